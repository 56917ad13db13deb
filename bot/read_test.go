package bot

import (
	"testing"
	"time"
)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.FixedZone("", 8*60*60))
}

// TestFindWhen reads on Friday 20 November 2026 at 10:00.
func TestFindWhen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"今天9点20分": at(20, 9, 20), "昨天下午3点": at(19, 15, 0), "昨晚8点": at(19, 20, 0), "昨晚8点半": at(19, 20, 30), "明天": at(21, 0, 0),
		"11月22日": at(22, 0, 0), "11月22日 8:05": at(22, 8, 5), "2026-11-22 18:30": at(22, 18, 30), "周一": at(23, 0, 0), "下周五": at(27, 0, 0),
		"半小时前": at(20, 9, 30), "10分钟前": at(20, 9, 50), "两小时前": at(20, 8, 0), "刚才": at(20, 10, 0), "9:05": at(20, 9, 5), "中午12点": at(20, 12, 0),
		"22号上午9点": at(22, 9, 0), "凌晨3点": at(20, 3, 0), "晚上十一点": at(20, 23, 0), "明天24点": at(22, 0, 0),
	} {
		got, ok := findWhen(text, at(20, 10, 0), at(20, 10, 0).Location())
		if !ok || !got.at.Equal(want) {
			t.Errorf("%s: %v, %v, want %v", text, got.at, ok, want)
		}
	}
	for _, text := range []string{"", "3号", "没有时间", "13月45日", "25点", "几点"} {
		if got, ok := findWhen(text, at(20, 10, 0), at(20, 10, 0).Location()); ok {
			t.Errorf("%s: %v", text, got.at)
		}
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3号": "3", "#3": "3", "第12号": "12", "十二号": "12", "一百零五号": "105", "3号和5号": "3 5", "３号": "3", "签收 3 号": "3",
		"3号楼": "", "和平小区3号仓库": "", "11月3号": "", "2号线": "", "没有": "", "0号": "", "13812345678": "", "二〇二六年": "", "3号件": "3",
	} {
		got := ""
		for _, m := range mentions(tidy(text)) {
			if got != "" {
				got += " "
			}
			got += m.id.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, title, place string }{
		{"网友在抖音发视频，城东物流园仓库起火，有12人被困", "城东物流园仓库起火，有12人被困", "城东物流园仓库"},
		{"【城关镇某小学食堂饭菜不洁】多名家长聚集", "城关镇某小学食堂饭菜不洁", "城关镇某小学"},
		{"12345转来：和平小区3号楼前路灯坏了一周", "和平小区3号楼前路灯坏了一周", "和平小区3号楼"},
		{"今天上午8点，有群众反映人民路与解放路路口信号灯不亮", "人民路与解放路路口信号灯不亮", "人民路与解放路路口"},
		{"您好，领导好，我们村的路灯坏了", "我们村的路灯坏了", ""},
		{"物业乱收费。业主不满", "物业乱收费", ""},
	} {
		if got := readTitle(tt.text); got != tt.title {
			t.Errorf("title of %s: %q, want %q", tt.text, got, tt.title)
		}
		if got := readPlace(tt.text); got != tt.place {
			t.Errorf("place in %s: %q, want %q", tt.text, got, tt.place)
		}
	}
	now := at(20, 10, 0)
	if got, ok := readFound("11月20日8时20分接报，人民路塌陷", now, now.Location()); !ok || !got.Equal(at(20, 8, 20)) {
		t.Errorf("found %v, %v", got, ok)
	}
	if got, ok := readFound("昨晚8点起火，今早发现", now, now.Location()); ok && got.After(now) {
		t.Errorf("found %v", got)
	}
}

// FuzzReading: no text that a stranger sends stops the house.
func FuzzReading(f *testing.F) {
	for _, s := range []string{"", "3号", "第一百号签收", "今天9点20分", "【】", "1月32日25点", "来电人张三13812345678", "\xff号", "把3号转给水利局", "9999999999999号", "值班 明天8点到20点"} {
		f.Add(s)
	}
	now := at(20, 10, 0)
	vs := newVerbs(true)
	f.Fuzz(func(_ *testing.T, s string) {
		text := tidy(s)
		mentions(text)
		findWhen(text, now, now.Location())
		readFound(s, now, now.Location())
		readTitle(s)
		readPlace(s)
		readReporter(s)
		readTicket(s)
		vs.explicit(text)
		vs.within(text)
	})
}
