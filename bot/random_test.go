package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/bot"
)

// TestRandomDialogs: whatever is said, tapped and repeated in whatever order, by several
// people: nothing is registered but by a tap that confirms or by 确认, no reply is empty,
// a message that comes twice is answered as the first time, and a restart loses nothing.
func TestRandomDialogs(t *testing.T) {
	t.Parallel()
	h := open(t)
	lines := []string{
		"帮助", "登记", fire, "和平小区路灯坏了一周，晚上出行不便", "12345热线", "取消", "继续", "草稿", "我的", "逾期", "值班", "交班", "周报", "绑定",
		"1号", "1号怎么样", "签收1号", "签收", "退回1号", "不归我们管", "进展1号 已派人", "延期1号", "2", "两天", "等待检测", "把1号转给水利局", "转给城管局",
		"1号催一下", "督办1号", "办结1号", "已解决", "修好了", "升级1号", "重大突发", "事态发展", "死亡3人", "并案1号 2号", "把1号并入2号", "发布1号 https://a.cn/1",
		"地点改为人民路12号", "改单位", "应急局", "单位改为火星局", "时间改为昨晚8点", "改等级", "今天有没有超期的", "它现在怎么样", "3号楼漏水", "请假 明天 王科长代", "请假",
		"销假", "转人 王科长", "值班 明天8点到20点 冯值班", "反馈1号", "归档1号", "重办1号", "受理1号", "？？", "   ", "\x00\x1b[2J", strings.Repeat("长", 25_000), "/accept 1", "#1", "0号", "查询 路灯", "查询",
		"好", "是", "不", "1", "知悉1号", "收到", "备注1号 已电话核实", "<b>x</b>", "f:x:ok",
	}
	names := []string{"钱值班", "王经办", "王局长", "郑主任", "陌生人"}
	var keys []string
	session := 0
	rapid.Check(t, func(rt *rapid.T) {
		session++
		people := map[string]*officer{}
		for i := range rapid.IntRange(1, 25).Draw(rt, "messages") {
			name := rapid.SampledFrom(names).Draw(rt, "who")
			o := people[name]
			if o == nil {
				o = h.as(name)
				o.chat = fmt.Sprintf("%s-%d", name, session)
				people[name] = o
			}
			m := bot.Message{ID: fmt.Sprintf("r%d-%d", session, i)}
			confirms := false
			switch rapid.IntRange(0, 9).Draw(rt, "how") {
			case 0, 1, 2, 3:
				if len(keys) == 0 {
					continue
				}
				key := rapid.SampledFrom(keys).Draw(rt, "key")
				m.Tap = &bot.Tap{Key: key, Card: "c"}
				confirms = strings.HasSuffix(key, ":ok") || strings.HasSuffix(key, ":reg") || strings.Contains(key, ":m:")
			case 4:
				h.clock.Advance(time.Duration(rapid.IntRange(1, 120).Draw(rt, "minutes")) * time.Minute)
				m.Entered = true
			default:
				m.Text = rapid.SampledFrom(lines).Draw(rt, "line")
			}
			before := h.count()
			replies := o.hear(m)
			if after := h.count(); after > before && !confirms {
				rt.Fatalf("%s registered %d by %+v", name, after-before, m)
			}
			if len(replies) == 0 && !m.Entered {
				rt.Fatalf("%+v is answered with nothing", m)
			}
			for _, r := range replies {
				if r.Title == "" && strings.TrimSpace(r.Text) == "" {
					rt.Fatalf("%+v is answered with an empty message", m)
				}
				for _, b := range slices.Concat(r.Buttons...) {
					if b.Text == "" || b.Key == "" || len(b.Key) > 64 {
						rt.Fatalf("button %+v after %+v", b, m)
					}
					keys = append(keys, b.Key)
				}
			}
			keys = keys[max(0, len(keys)-60):]
			if again := o.hear(m); shown(again) != shown(replies) {
				rt.Fatalf("again: %s\nfirst: %s", shown(again), shown(replies))
			}
		}
	})
	if audit, err := h.db.VerifyLog(t.Context()); err != nil || len(audit.Problems) > 0 {
		t.Errorf("the log: %+v, %v", audit, err)
	}
}
