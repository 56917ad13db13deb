package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/bot"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// register takes a report in and dispatches it, without talking.
func (h *house) register(unit, title string) {
	h.tb.Helper()
	dir := h.desk.Directory()
	by, ok := dir.Actor("zhiban1", "test", h.clock.Now())
	if !ok {
		h.tb.Fatal("no duty officer")
	}
	var lead org.UnitID
	if unit != "" {
		u, _ := dir.FindUnit(unit)
		lead = u.ID
	}
	_, _, err := h.desk.Register(h.tb.Context(), by, desk.Registration{
		Register: incident.Register{
			Report:  incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline, WantsAnswer: true}, Title: title},
			Grading: incident.Grading{Level: incident.General, By: "officer", Confirmed: true},
		},
		Lead: lead,
	})
	h.must(err)
}

// TestWords: the same order in the ways in which people write it.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"签收1号", "签收 1号", "签收#1", "签收 1", "1号签收", "1号 签收", "#1 签收", "签收１号", "签收一号", "／签收 １", "/accept 1", "accept #1", "第1号签收", "签收：1号。", "1 号签收",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.register("县水利局", "河堤塌了一段")
			got := h.as(h.person("县水利局", org.Handler)).say(text)
			if h.get(1).State != incident.Accepted || !strings.Contains(got, "县水利局签收") {
				t.Errorf("%s: %s\n%s", text, h.get(1).State, got)
			}
		})
	}
}

// TestPlainWords: ordinary words show, or ask to confirm; nothing is done by them alone.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	h.register("县城管局", "路灯不亮")
	duty := h.as("钱值班")
	for _, tt := range []struct{ text, want string }{
		{"1号现在怎么样", "■ 1号 河堤塌了一段"},
		{"1号", "■ 1号 河堤塌了一段"},
		{"1号办结了吗", "■ 1号 河堤塌了一段"},
		{"不要催1号", "■ 1号 河堤塌了一段"},
		{"把1号转给城管局", "[确认分办]"},
		{"1号交给县城管局，请住建局协办", "协办单位：县住建局"},
		{"1号催一下", "[确认督办]"},
		{"麻烦催催1号", "[确认督办]"},
		{"1号和2号都催一下", "说到了几件事"},
		{"把1号并入2号", "请写明并案理由"},
		{"2号升级为重大问题，有老人摔伤", "是事态有了发展"},
		{"1号督办还是退回", "要做哪一样"},
		{"今天有没有超期的", "没有超期"},
		{"今天谁值班", "现在值班"},
		{"和平小区3号楼怎么没水", "从哪里来的"},
		{"11月3号开会", "没看明白"},
		{"9号现在怎么样", "没有这个编号"},
		{"签收9号", "没有这个编号"},
	} {
		if got := duty.say(tt.text); !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %q, got\n%s", tt.text, tt.want, got)
		}
		duty.say("取消")
	}
	for id := range incident.ID(2) {
		if entries, err := h.db.Log(t.Context(), id+1); err != nil || len(entries) != 3 {
			t.Errorf("incident %d has %d entries, want registration, dispatch and who was told (%v)", id+1, len(entries), err)
		}
	}
}

// TestAmbiguous: without a number, one candidate is shown to be confirmed, several are offered.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	h := open(t)
	water := h.as(h.person("县水利局", org.Handler))
	if got := water.say("签收"); !strings.Contains(got, "没有您可以“签收”的事件") {
		t.Errorf("none: %s", got)
	}
	h.register("县水利局", "河堤塌了一段")
	if got := water.say("签收"); !strings.Contains(got, "[确认签收]") || h.get(1).State != incident.Dispatched {
		t.Errorf("one: %s", got)
	}
	h.register("县水利局", "水库漏水")
	water.say("取消")
	fresh := h.as(h.person("县水利局", org.Deputy))
	if got := fresh.say("签收"); !strings.Contains(got, "哪一件") {
		t.Errorf("two: %s", got)
	}
	if got := fresh.tap("2号"); h.get(2).State != incident.Accepted || !strings.Contains(got, "水库漏水") {
		t.Errorf("chosen: %s", got)
	}
	if got := fresh.say("它现在怎么样"); !strings.Contains(got, "2号 水库漏水") {
		t.Errorf("it: %s", got)
	}
}

// TestCardTaps: a card's button is done once; late, twice, or by the wrong person it is
// answered with what is true now, and the card says who did it.
func TestCardTaps(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	handler, boss, other := h.as(h.person("县水利局", org.Handler)), h.as(h.person("县水利局", org.Head)), h.as(h.person("县城管局", org.Handler))
	if got := other.tapKey("accept:1:1"); !strings.Contains(got, "须由主办或协办单位办理") || h.get(1).State != incident.Dispatched {
		t.Errorf("the wrong person: %s", got)
	}
	h.clock.Advance(5 * time.Minute)
	want := "〔卡片：" + handler.name + " 10:05 已签收〕"
	if got := handler.tapKey("accept:1:1"); !strings.Contains(got, want) {
		t.Errorf("first: %s", got)
	}
	h.clock.Advance(5 * time.Minute)
	if got := handler.tapKey("accept:1:1"); !strings.Contains(got, want) || !strings.Contains(got, "10:05签收，无需重复") {
		t.Errorf("twice: %s", got)
	}
	if got := boss.tapKey("accept:1:1"); !strings.Contains(got, want) {
		t.Errorf("a colleague: %s", got)
	}
	if got := handler.tapKey("ask_extension:1:2"); !strings.Contains(got, "要延期几天") || strings.Contains(got, "〔卡片") {
		t.Errorf("a question leaves the card: %s", got)
	}
	handler.say("2天")
	if got := handler.say("等待检测"); !strings.Contains(got, "申请延期2天") {
		t.Errorf("asked for: %s", got)
	}
	if got := handler.tapKey("acknowledge:1:1"); !strings.Contains(got, "已知悉") {
		t.Errorf("acknowledged: %s", got)
	}
	for _, key := range []string{"", ":", "accept", "accept:x", "accept:99:1", "tell:1:1", "nonsense:1", "f", "f:", "f:abc", "f:abc:ok", "view:", "view:x", "list:overdue:x", "list::", "say:", strings.Repeat("f:", 500)} {
		if got := handler.tapKey(key); strings.TrimSpace(got) == "" {
			t.Errorf("key %q is answered with nothing", key)
		}
	}
}

// TestRepeated: a message is answered as the first time, and done once, also by a process
// that starts anew.
func TestRepeated(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	o := h.as(h.person("县水利局", org.Handler))
	first := shown(o.hear(bot.Message{ID: "same", Text: "进展1号 已派人"}))
	h.restart()
	again := shown(o.hear(bot.Message{ID: "same", Text: "进展1号 已派人"}))
	if first != again || len(h.entries(1, incident.KindProgress)) != 1 {
		t.Errorf("%d entries\nfirst %s\nagain %s", len(h.entries(1, incident.KindProgress)), first, again)
	}
}

func (h *house) entries(id incident.ID, kind incident.Kind) []incident.Entry {
	h.tb.Helper()
	all, err := h.db.Log(h.tb.Context(), id)
	h.must(err)
	var out []incident.Entry
	for _, e := range all {
		if e.Command == kind {
			out = append(out, e)
		}
	}
	return out
}

// TestForms: what is missing is asked for one at a time; what the desk does not take is asked for again.
func TestForms(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	handler, deputy := h.as(h.person("县水利局", org.Handler)), h.as(h.person("县水利局", org.Deputy))
	handler.say("签收1号")
	if got := handler.say("延期1号"); !strings.Contains(got, "要延期几天") {
		t.Fatal(got)
	}
	if got := handler.say("很多"); !strings.Contains(got, "请写数字") {
		t.Errorf("no number: %s", got)
	}
	handler.say("9")
	if got := handler.say("等待材料"); !strings.Contains(got, "1至3天之间") {
		t.Errorf("too many: %s", got)
	}
	if got := handler.say("两天"); !strings.Contains(got, "申请延期2天，理由：等待材料") {
		t.Errorf("mended: %s", got)
	}
	if got := deputy.say("办结 1号 已解决，河堤已修复加固"); !strings.Contains(got, "处理结果：河堤已修复加固") {
		t.Errorf("all at once: %s", got)
	}
	if got := deputy.say("确认"); !strings.Contains(got, "已办：办结") || h.get(1).State != incident.Concluded {
		t.Errorf("confirmed by word: %s", got)
	}
	if got := h.as("钱值班").say("重办1号"); !strings.Contains(got, "重办理由") {
		t.Errorf("reopen: %s", got)
	}
}

// TestStrangers are refused politely, the duty officers hear of it once, and a code binds an account.
func TestStrangers(t *testing.T) {
	t.Parallel()
	h := open(t)
	stranger := &officer{house: h, name: "100200300", platform: "telegram", chat: "100200300"}
	for _, text := range []string{"你好", "签收1号", "绑定 ABCDEFGH"} {
		if got := stranger.say(text); !strings.Contains(got, "还没有登记") && !strings.Contains(got, "绑定码不对") {
			t.Errorf("%s: %s", text, got)
		}
	}
	parcels, _, err := h.db.Claim(t.Context(), h.clock.Now(), 50)
	if err != nil || len(parcels) != 2 || len(parcels[0].Notices) != 1 || !strings.Contains(parcels[0].Notices[0].Notice.Text, "100200300") {
		t.Errorf("the duty officers are told: %+v, %v", parcels, err)
	}
	got := h.as("王经办").say("绑定")
	code := got[strings.Index(got, "绑定 ")+len("绑定 "):]
	code = strings.TrimSpace(strings.SplitN(code, "\n", 2)[0])
	h.restart()
	if got := stranger.say("绑定 " + code); !strings.Contains(got, "已绑定：王经办") {
		t.Fatalf("%q: %s", code, got)
	}
	if got := stranger.say("我的"); !strings.Contains(got, "没有等您办理的事项") {
		t.Errorf("bound: %s", got)
	}
	second := &officer{house: h, name: "999", platform: "telegram", chat: "999"}
	if got := second.say("绑定 " + code); !strings.Contains(got, "已用过") {
		t.Errorf("a code twice: %s", got)
	}
}

// TestGroups: the bot answers when named, shows no text of the report, and a person's
// buttons are his own.
func TestGroups(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了，联系电话13812345678")
	group := func(name string) *officer { return &officer{house: h, name: name, platform: "console", chat: "group"} }
	duty := group("钱值班")
	if got := duty.hear(bot.Message{Text: "1号怎么样", Group: true}); got != nil {
		t.Errorf("not named: %s", shown(got))
	}
	if got := shown(duty.hear(bot.Message{Text: "1号怎么样", Group: true, Named: true})); !strings.Contains(got, "1号 河堤塌了") || strings.Contains(got, "13812345678") || strings.Contains(got, "登记：") {
		t.Errorf("named: %s", got)
	}
	duty.hear(bot.Message{Text: "把1号转给城管局", Group: true, Named: true})
	key := duty.button("确认分办").Key
	other := group("郑主任")
	if got := shown(other.hear(bot.Message{Tap: &bot.Tap{Key: key}, Group: true})); !strings.Contains(got, "只有发起人本人") || h.get(1).Lead != "slj" {
		t.Errorf("another person's tap: %s", got)
	}
	duty.hear(bot.Message{Tap: &bot.Tap{Key: key}, Group: true})
	if h.get(1).Lead != "cgj" {
		t.Errorf("lead %s", h.get(1).Lead)
	}
}

// TestTextIsText: whatever a report says is shown as text, cut to size, and obeyed by nobody.
func TestTextIsText(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	for i, text := range []string{
		"<script>alert(1)</script>路面塌陷，来源微博", "**加粗**[点我](javascript:alert(1))路面塌陷，来源微博", "\x1b[31m红色\x07路面塌陷，来源微博",
		"f:abc:ok 路面塌陷，来源微博", strings.Repeat("路面塌陷，车辆绕行，来源微博。", 4000),
	} {
		got := duty.say("登记 " + text)
		if strings.ContainsAny(got, "\x1b\x07") || len([]rune(got)) > 1500 {
			t.Errorf("%d: %d characters, control characters %v", i, len([]rune(got)), strings.ContainsAny(got, "\x1b\x07"))
		}
		if h.count() != i {
			t.Fatalf("%d: registered before the tap", i)
		}
		duty.tap("只登记")
	}
}

// TestRoster: shifts, leave and stand-ins by words; who stands in may act.
func TestRoster(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	handler, chief := h.person("县水利局", org.Handler), h.person("县水利局", org.SectionHead)
	o := h.as(handler)
	if got := o.say("请假 今天到22日 " + chief + "代"); !strings.Contains(got, "11月20日10:00至11月22日24:00") || !strings.Contains(got, "由"+chief+"代班") {
		t.Fatal(got)
	}
	o.tap("确认")
	dir := h.desk.Directory()
	on := dir.Resolve([]org.Post{org.Handler}, "slj", h.clock.Now())
	if len(on) != 1 || on[0].Person.Name != chief {
		t.Errorf("told instead: %+v", on)
	}
	h.restart()
	if got := h.as(chief).say("值班"); !strings.Contains(got, handler+"请假") {
		t.Errorf("shown: %s", got)
	}
	if got := o.say("销假"); !strings.Contains(got, "已销假") || len(h.desk.Directory().Data().Absences) == 1 && h.desk.Directory().Data().Absences[0].To.After(h.clock.Now()) {
		t.Errorf("back: %s", got)
	}
	if got := o.say("值班 明天8点到20点 " + handler); !strings.Contains(got, "请确认") {
		t.Fatal(got)
	}
	if got := o.tap("确认"); !strings.Contains(got, "您不能为县水利局排班") {
		t.Errorf("a handler draws up the roster: %s", got)
	}
	duty := h.as("钱值班")
	duty.say("值班 今天8点到20点 冯值班")
	duty.tap("确认")
	if on := h.desk.OnDuty(org.DutyOfficer, "", h.clock.Now()); len(on) != 1 || on[0] != "zhiban2" {
		t.Errorf("on duty: %v", on)
	}
	if got := o.say("转人 " + h.person("县城管局", org.Handler)); !strings.Contains(got, "请确认") {
		t.Fatal(got)
	}
	if got := o.tap("确认"); !strings.Contains(got, "不在同一单位") {
		t.Errorf("another unit's: %s", got)
	}
	if got := o.say("1号转人 " + chief); !strings.Contains(got, "已转请"+chief) {
		t.Errorf("passed on: %s", got)
	}
	if got := duty.say("值班 取消 冯值班"); !strings.Contains(got, "已取消") || fmt.Sprint(h.desk.OnDuty(org.DutyOfficer, "", h.clock.Now())) != "[zhiban1 zhiban2]" {
		t.Errorf("%v: %s", h.desk.OnDuty(org.DutyOfficer, "", h.clock.Now()), got)
	}
}

// TestPassOn: 转办 on a card asks which colleague, and tells him.
func TestPassOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	o, chief := h.as(h.person("县水利局", org.Handler)), h.person("县水利局", org.SectionHead)
	if got := o.tapKey("pass:1:1"); !strings.Contains(got, "转给哪位同事") {
		t.Fatal(got)
	}
	if got := o.tap(chief); !strings.Contains(got, "已转请"+chief) || len(h.entries(1, incident.KindComment)) != 1 {
		t.Errorf("passed on: %s", got)
	}
	if got := h.as("钱值班").tapKey("view:1:1"); !strings.Contains(got, "转请"+chief+"接着办理") {
		t.Errorf("the log: %s", got)
	}
}

// TestLeftAlone: an answer that comes after half an hour hears that the question has ended.
func TestLeftAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	o := h.as(h.person("县水利局", org.Handler))
	o.say("延期1号")
	h.clock.Advance(31 * time.Minute)
	if got := o.say("2天"); !strings.Contains(got, "“申请延期”超过30分钟没有继续") {
		t.Errorf("a late answer: %s", got)
	}
	if got := o.tap("申请延期"); !strings.Contains(got, "要延期几天") {
		t.Errorf("begun anew: %s", got)
	}
	if got := h.as("钱值班").say("好的，谢谢，辛苦你们了"); strings.Contains(got, "请核对") {
		t.Errorf("thanks are no report: %s", got)
	}
	if got := h.as("王经办").say("嗯嗯"); strings.Contains(h.as("王经办").say("我的"), "还有一份") {
		t.Errorf("what was only offered is reminded of: %s", got)
	}
}
