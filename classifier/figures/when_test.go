package figures_test

import (
	"testing"
	"time"

	"huiying/classifier/figures"
)

func TestRead_WhenItHappened(t *testing.T) {
	t.Parallel()
	reader := figures.NewReader()
	for _, c := range []struct{ text, want, quote string }{
		{"11月18日清晨6时20分许，大客车侧翻。", "2026-11-18 06:20", "11月18日清晨6时20分"},
		{"昨晚8时许，一名骑手被撞。", "2026-11-19 20:00", "昨晚8时"},
		{"今天下午3点半，商场起火。", "2026-11-20 15:30", "今天下午3点半"},
		{"16日23时，煤矿透水。", "2026-11-16 23:00", "16日23时"},
		{"25日，山体滑坡。", "2026-10-25 00:00", "25日"},
		{"2008年汶川地震后，我家一直住板房。前天房子漏水。", "2026-11-18 00:00", "前天"},
		{"２０２６年１１月１０日上午，管道漏气。", "2026-11-10 00:00", "２０２６年１１月１０日"},
		{"路灯坏了三个月。", "", ""},
		{"如果11月30日前还不修，我们就去上访。", "", ""},
		{"办事大厅工作时间为周一至周五9时至17时。", "", ""},
	} {
		got, ok := reader.Read(figures.Text{Body: c.text, At: at()}).Happened()
		if !ok {
			if c.want != "" {
				t.Errorf("%s: no time, want %s", c.text, c.want)
			}
			continue
		}
		if s := got.At.Format("2006-01-02 15:04"); s != c.want || got.Quote != c.quote {
			t.Errorf("%s: %s %q, want %s %q", c.text, s, got.Quote, c.want, c.quote)
		}
	}
	if _, ok := reader.Read(figures.Text{Body: "昨晚起火。", At: time.Time{}}).Happened(); ok {
		t.Error("yesterday of an unknown day is told")
	}
}
