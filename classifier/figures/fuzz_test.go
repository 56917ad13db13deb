package figures_test

import (
	"fmt"
	"strings"
	"testing"

	"huiying/classifier/figures"
)

// FuzzRead: no text makes the reader panic or claim what is not there.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"造成12人死亡，3人受伤。", "死亡人数由5人上升到8人", "１２名矿工被困，已救出8人", "《十人死亡》网传", "2008年5月12日14时28分7.8级地震",
		"数十人伤亡。", "二〇〇八年", "紧急转移1200户4300人", "第三者", "死", "（（（死亡", "【死亡】3", "9999999999999999999999人死亡", "\x80\xff死亡3人", "死亡3人\n\n", "1-2-3死",
		"零伤亡", "均为重伤", "如果死亡3人，", "亿亿亿人死亡", "点点点", "一二三四五六七八九十百千万亿人",
	} {
		f.Add("", s)
		f.Add(s, s)
	}
	reader := figures.NewReader()
	f.Fuzz(func(t *testing.T, title, body string) {
		r := reader.Read(figures.Text{Title: title, Body: body, At: at()})
		text := r.Text()
		for _, x := range r.Figures {
			if x.Start < 0 || x.Start > x.End || x.End > len(text) || text[x.Start:x.End] != x.Quote {
				t.Fatalf("quote %q at %d–%d is not in the text of %d bytes", x.Quote, x.Start, x.End, len(text))
			}
			if x.Value < 0 || x.Max < x.Value {
				t.Fatalf("%+v: from %v to %v", x, x.Value, x.Max)
			}
		}
		for m, x := range r.Stated() {
			if x.Metric != m && m != figures.Injuries {
				t.Fatalf("%s holds %+v", m, x)
			}
		}
		at := 0
		for _, s := range r.Sentences() {
			if s.Start < at || s.End < s.Start || s.End > len(text) {
				t.Fatalf("sentence %d–%d after %d in %d bytes", s.Start, s.End, at, len(text))
			}
			at = s.End
		}
	})
}

// BenchmarkRead_Repeated reads texts of one piece repeated, which make a reader that
// looks back too far quadratic: the MB/s of 64 KiB and of 1 MiB should be alike.
func BenchmarkRead_Repeated(b *testing.B) {
	reader := figures.NewReader()
	for _, piece := range pieces() {
		for _, size := range []int{64 << 10, 1 << 20} {
			name := piece
			if len(name) > 30 {
				name = name[:30]
			}
			b.Run(fmt.Sprintf("%s/%dKiB", name, size>>10), func(b *testing.B) {
				text := figures.Text{Body: strings.Repeat(piece, size/len(piece)), At: at()}
				b.SetBytes(int64(size))
				for b.Loop() {
					reader.Read(text).Stated()
				}
			})
		}
	}
}

// pieces are what a text may be nothing but.
func pieces() []string {
	return []string{
		"3", "一", "死", "死亡", "3人", "死亡3人", "3人死亡", "司机", "某", "，", "、", "。", "（", "）", "《", "#", "\n", "被困", "救出3人", "被困3人", "3人重伤", "3人重伤、", "如果", "未", "无", "就诊", "10余人呕吐10人就诊",
		"又有3人死亡，", "剩余3人", "未死", "无3人死亡", "其中", "累计3人", "仍有3人被困", "均为重伤", "一二三四五六七八九十百千万亿", "由3人死亡到", "5月12日", "去世", "《死亡", "母女", "停水3天", "全部获救", "损失", "地震", "演练", "系谣言",
		"工地昨晚发生坍塌，造成2人死亡、5人受伤，其中1人重伤，目前仍有1人被困。",
	}
}
