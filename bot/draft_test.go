package bot_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"huiying/bot"
	"huiying/incident"
	"huiying/storage/blob"
)

const fire = "网友在抖音发视频，城东物流园仓库起火，有12人被困，3人受伤"

// TestLogging_TwoMessagesAndATap is the typical way: a text, the source, a tap.
func TestLogging_TwoMessagesAndATap(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say("和平小区路灯坏了一周，晚上出行不便")
	if got := duty.say("12345热线"); !strings.Contains(got, "还没有登记") || h.count() != 0 {
		t.Fatalf("%d registered before the tap:\n%s", h.count(), got)
	}
	duty.tap("登记并分办")
	c := h.get(1)
	if c.Report.Source.Name != "12345热线" || c.Level() != incident.General || !c.Grading.Confirmed || c.Lead == "" || c.Report.Place != "和平小区" {
		t.Errorf("registered %+v, lead %s", c.Report, c.Lead)
	}
}

// TestLogging_TapsTwiceLateAndAfterCancel: a button of a draft registers once, whatever is tapped after.
func TestLogging_TapsTwiceLateAndAfterCancel(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say(fire)
	ok, no := duty.button("登记并分办").Key, duty.button("取消").Key
	duty.tapKey(ok)
	for _, key := range []string{ok, no, ok} {
		if got := duty.tapKey(key); !strings.Contains(got, "登记为1号") || h.count() != 1 {
			t.Errorf("again: %d incidents, %s", h.count(), got)
		}
	}
	if got := h.as("冯值班").tapKey(ok); h.count() != 1 || strings.Contains(got, "登记为") {
		t.Errorf("another officer's tap: %d incidents, %s", h.count(), got)
	}
	duty.say(fire)
	ok = duty.button("登记并分办").Key
	duty.tap("取消")
	if got := duty.tapKey(ok); h.count() != 1 || !strings.Contains(got, "已取消") {
		t.Errorf("after 取消: %d incidents, %s", h.count(), got)
	}
}

// TestLogging_SurvivesARestart: the next message goes on where the last process stopped.
func TestLogging_SurvivesARestart(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say("河东大桥桥面有裂缝，过往车辆多，村民担心")
	h.restart()
	if got := duty.say("单位报送"); !strings.Contains(got, "来源：单位报送") || !strings.Contains(got, "河东大桥") {
		t.Fatalf("the dialog is lost:\n%s", got)
	}
	key := duty.button("登记并分办").Key
	h.restart()
	duty.tapKey(key)
	h.restart()
	if got := duty.tapKey(key); h.count() != 1 || !strings.Contains(got, "登记为1号") {
		t.Errorf("%d incidents: %s", h.count(), got)
	}
}

// TestLogging_IdleKeepsTheDraft: after half an hour the dialog ends and the draft is there.
func TestLogging_IdleKeepsTheDraft(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say(fire)
	h.clock.Advance(31 * time.Minute)
	if got := duty.say("我的"); strings.Contains(got, "还没有办完") {
		t.Errorf("the dialog goes on: %s", got)
	}
	if got := duty.say("继续"); !strings.Contains(got, "城东物流园") || !strings.Contains(got, "还没有登记") {
		t.Errorf("the draft is lost: %s", got)
	}
	duty.tap("登记并分办")
	if h.count() != 1 {
		t.Errorf("%d incidents", h.count())
	}
}

// TestLogging_AnotherTopicComesBack: an order in between is done, and the draft waits.
func TestLogging_AnotherTopicComesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say(fire)
	duty.tap("登记并分办")
	duty.say("人民路路面塌陷，请核实，来源微博")
	if got := duty.say("督办1号 请立即反馈"); !strings.Contains(got, "已办：督办") || !strings.Contains(got, "人民路") {
		t.Errorf("the draft is not reminded of: %s", got)
	}
	if got := duty.tap("继续登记"); !strings.Contains(got, "人民路") {
		t.Errorf("not resumed: %s", got)
	}
	duty.tap("只登记")
	if h.count() != 2 {
		t.Errorf("%d incidents", h.count())
	}
}

// TestLogging_Changes: each piece is changed by words or by buttons, and what was set by a
// person is what is registered.
func TestLogging_Changes(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say(fire)
	duty.say("地点改为城关镇人民路12号")
	duty.say("标题：城关镇仓库火灾")
	duty.say("时间改为今天9点20分")
	duty.tap("改等级")
	duty.tap("重大问题")
	duty.tap("改其他")
	duty.tap("来源")
	duty.tap("微博")
	if got := duty.say("单位改为火星局"); !strings.Contains(got, "没有“火星局”") {
		t.Errorf("an unknown unit: %s", got)
	}
	if got := duty.say("应急局"); !strings.Contains(got, "县应急管理局（您定的）") {
		t.Errorf("the unit: %s", got)
	}
	if got := duty.say("时间改为明天9点"); !strings.Contains(got, "不能晚于现在") {
		t.Errorf("a time to come: %s", got)
	}
	duty.say("今天9点20分")
	duty.tap("登记并分办")
	c := h.get(1)
	at := time.Date(2026, 11, 20, 9, 20, 0, 0, zone())
	if c.Report.Place != "城关镇人民路12号" || c.Report.Title != "城关镇仓库火灾" || c.Level() != incident.Major ||
		c.Report.Source.Name != "微博" || c.Lead != "yjj" || !c.Report.FoundAt.Equal(at) {
		t.Errorf("registered %+v, %s, lead %s", c.Report, c.Level(), c.Lead)
	}
}

// TestLogging_AUnitLeavesLevelAndDispatchToTheCounty: who may not dispatch is not offered it.
func TestLogging_AUnitLeavesLevelAndDispatchToTheCounty(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.as("王经办")
	if got := o.say("登记：" + fire + "。单位报送"); strings.Contains(got, "分办]") || !strings.Contains(got, "[确认登记]") {
		t.Fatalf("offered:\n%s", got)
	}
	o.tap("确认登记")
	if c := h.get(1); c.Grading.Confirmed || c.Lead != "" || c.Level() != incident.Emergency {
		t.Errorf("level %s confirmed %v, lead %q", c.Level(), c.Grading.Confirmed, c.Lead)
	}
}

func file(name, body string) bot.File {
	return bot.File{Name: name, Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }}
}

// TestLogging_PicturesAndLinks come with a report, or begin one.
func TestLogging_PicturesAndLinks(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.files = blob.Open(t.TempDir())
	h.restart()
	duty := h.as("钱值班")
	if got := shown(duty.hear(bot.Message{Files: []bot.File{file("现场.png", "\x89PNG\r\n\x1a\n0000"), file("坏.exe", "MZ")}})); !strings.Contains(got, "附件已收到") || !strings.Contains(got, "“坏.exe”这类文件不收") {
		t.Fatalf("pictures:\n%s", got)
	}
	duty.say("人民路路面塌陷一个大坑，车辆绕行")
	if got := duty.tap("微博"); !strings.Contains(got, "附件：1个：现场.png") {
		t.Errorf("the picture is not read out:\n%s", got)
	}
	duty.tap("只登记")
	if c := h.get(1); len(c.Report.Attachments) != 1 || !strings.HasPrefix(c.Report.Attachments[0].URL, "/files/") {
		t.Errorf("attachments: %+v", c.Report.Attachments)
	}
	got := shown(duty.hear(bot.Message{Link: &bot.Link{Title: "某小学食堂饭菜不洁，家长聚集", URL: "https://weibo.com/1/abc"}}))
	if !strings.Contains(got, "来源：微博") || !strings.Contains(got, "某小学食堂饭菜不洁") {
		t.Errorf("a link:\n%s", got)
	}
	duty.tap("只登记")
	if c := h.get(2); c.Report.URL != "https://weibo.com/1/abc" {
		t.Errorf("the address: %q", c.Report.URL)
	}
}

// TestLogging_TheSameTicketIsOneIncident: the source's own number makes it known.
func TestLogging_TheSameTicketIsOneIncident(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, name := range []string{"钱值班", "冯值班"} {
		o := h.as(name)
		o.say("12345转来，工单号20261120001：和平小区路灯坏了一周")
		o.tap("只登记")
		h.clock.Advance(time.Minute)
	}
	if h.count() != 1 {
		t.Errorf("%d incidents, want 1", h.count())
	}
}

// TestLogging_NoPersonalDataIsShown: what a reporter left is kept, and not read out.
func TestLogging_NoPersonalDataIsShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	all := duty.say("12345转来：来电人张三丰13812345678反映，和平小区路灯坏了，电话13812345678")
	all += duty.tap("只登记") + duty.say("查询1") + duty.say("逾期") + duty.say("查询 路灯")
	if strings.Contains(all, "13812345678") {
		t.Errorf("a telephone number is shown:\n%s", all)
	}
	if c := h.get(1); c.Report.Reporter.Phone != "13812345678" {
		t.Errorf("the reporter: %+v", c.Report.Reporter)
	}
}
