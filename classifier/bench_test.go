package classifier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/incident"
)

// report300 is a text of about 300 bytes, as citizens write.
const report300 = "A市万家丽路某小区旁工地昨晚发生坍塌，造成2人死亡、5人受伤，其中1人重伤，消防到场救出3人，目前仍有1人被困，周边200余户居民已疏散，请有关部门尽快公布原因并督促物业和开发商排查隐患。"

func BenchmarkAssess(b *testing.B) {
	c := classifier.New(rulesOf(b), directoryOf(b))
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	r := incident.Report{Text: report300}
	b.SetBytes(int64(len(r.Text)))
	b.ReportAllocs()
	for b.Loop() {
		c.Assess(r, now)
	}
}

func BenchmarkAssess_Complaint(b *testing.B) {
	c := classifier.New(rulesOf(b), directoryOf(b))
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	r := incident.Report{Text: "尊敬的领导：我们小区楼下的烧烤摊每天营业到凌晨两点，油烟很大，噪音扰民，老人和孩子都睡不好觉，多次向物业和城管反映都没有解决，希望相关部门能管一管，给我们一个安静的生活环境，谢谢！"}
	b.ReportAllocs()
	for b.Loop() {
		c.Assess(r, now)
	}
}

func BenchmarkAssess_LongText(b *testing.B) {
	c := classifier.New(rulesOf(b), directoryOf(b))
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	r := incident.Report{Text: strings.Repeat(report300, 3500)} // 1 MiB
	for b.Loop() {
		c.Assess(r, now)
	}
}

// BenchmarkAssess_Abroad is a long text of foreign events and our people in them.
func BenchmarkAssess_Abroad(b *testing.B) {
	c := classifier.New(rulesOf(b), directoryOf(b))
	for _, size := range []int{64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			piece := "美国发生车祸，3名中国公民死亡。"
			r := incident.Report{Text: strings.Repeat(piece, size/len(piece))}
			b.SetBytes(int64(size))
			for b.Loop() {
				c.Assess(r, reported())
			}
		})
	}
}
