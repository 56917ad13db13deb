package bot_test

import (
	"strings"
	"testing"

	"huiying/incident"
	"huiying/org"
)

// TestTyped_LabelIsATap: who types what a button says has tapped it.
func TestTyped_LabelIsATap(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say(fire)
	if got := duty.say("登记并分办"); !strings.Contains(got, "已登记：1号 城东物流园仓库起火") || h.count() != 1 {
		t.Fatalf("typed, not tapped:\n%s", got)
	}
	director := h.as("郑主任")
	director.say("作废1号 登记错了")
	if got := director.say("确认作废"); !strings.Contains(got, "已办：") || h.get(1).State != incident.Void {
		t.Errorf("confirmed in writing:\n%s", got)
	}
}

// TestReview_NoIsNoYes: 不通过 approves of nothing.
func TestReview_NoIsNoYes(t *testing.T) {
	t.Parallel()
	for _, no := range []string{"不通过", "这稿不能通过", "还没有通过的条件", "退回修改", "不同意通过"} {
		h, lead, _ := led(t)
		lead.say("拟稿1号")
		lead.say("情况通报")
		lead.say("3人受伤，已采取措施，依法调查，请拨打12345，后续发布，目前请绕行。")
		lead.say("送审1号")
		lead.tap("已做")
		lead.tap("已检查")
		section := h.as(h.person("县应急管理局", org.SectionHead))
		section.say("审核1号")
		got := section.say(no)
		if strings.Contains(got, "初审通过") || !strings.Contains(got, "退回修改") {
			t.Errorf("%s:\n%s", no, got)
		}
		section.say("取消")
		if got := section.say("审核1号 " + no); strings.Contains(got, "初审通过") {
			t.Errorf("审核1号 %s:\n%s", no, got)
		}
	}
}

// TestReceived_IsNotAccepted: 收到 does not accept, and says so.
func TestReceived_IsNotAccepted(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	water := h.as(h.person("县水利局", org.Handler))
	if got := water.say("收到"); !strings.Contains(got, "不算签收") || h.get(1).State != incident.Dispatched {
		t.Fatalf("received:\n%s", got)
	}
	water.tap("签收1号")
	if h.get(1).State != incident.Accepted {
		t.Errorf("state %s", h.get(1).State)
	}
	if got := water.say("收到"); !strings.Contains(got, "好的") {
		t.Errorf("nothing to accept:\n%s", got)
	}
}

// TestTitle_NamesNoReporter: the reporter's name and telephone are no part of the title,
// which everybody who is told reads.
func TestTitle_NamesNoReporter(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	got := duty.say("居民王建国（电话13812345678）在12345反映：城关镇人民路路灯坏了三个月，没人管")
	if !strings.Contains(got, "标题：城关镇人民路路灯坏了三个月") || strings.Contains(got, "王建国") {
		t.Errorf("read out:\n%s", got)
	}
	duty.tap("只登记")
	if got := duty.say("1号"); strings.Contains(got, "王建国") || strings.Contains(got, "13812345678") {
		t.Errorf("shown:\n%s", got)
	}
	if r := h.get(1).Report.Reporter; r.Name != "王建国" || r.Phone != "13812345678" {
		t.Errorf("reporter %+v", r)
	}
}

// TestQuestions_InOwnWords: what an officer asks without knowing the commands.
func TestQuestions_InOwnWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.register("县水利局", "河堤塌了一段")
	for _, tt := range []struct{ who, text, want string }{
		{"钱值班", "今天有什么事", "交接班"},
		{"钱值班", "今天到期的有哪些", "交接班"},
		{"郑主任", "全县有多少件在办", "在办：1件"},
		{"郑主任", "月报", "“评估”页面"},
		{"郑主任", "给我看看1号", "■ 1号 河堤塌了一段"},
		{h.person("县水利局", org.Deputy), "有什么要我审的", "河堤塌了一段"},
		{h.person("县水利局", org.Handler), "今天有什么事", "河堤塌了一段"},
		{h.person("县水利局", org.Handler), "我要请假", "请写明哪天请假"},
	} {
		if got := h.as(tt.who).say(tt.text); !strings.Contains(got, tt.want) {
			t.Errorf("%s, %s: want %q, got\n%s", tt.who, tt.text, tt.want, got)
		}
	}
	handler := h.as(h.person("县水利局", org.Handler))
	handler.say("请假 明天")
	if got := handler.say("逾期"); !strings.Contains(got, "请假还没有办完") || strings.Contains(got, "roster") {
		t.Errorf("the form's name:\n%s", got)
	}
}

// TestSpan_CountsFromToday: 明天到后天 is two days, whatever day it begins on.
func TestSpan_CountsFromToday(t *testing.T) {
	t.Parallel()
	h := open(t) // 20 November
	for _, tt := range []struct{ who, text, want string }{
		{"王经办", "请假 明天到后天 王科长代", "11月21日0:00至11月22日24:00"},
		{"王经办", "请假 后天到大后天", "11月22日0:00至11月23日24:00"},
		{"郑主任", "值班 明天晚上8点到后天8点 冯值班", "11月21日20:00至11月22日08:00"},
		{"郑主任", "值班 明天20点到8点 冯值班", "11月21日20:00至11月22日08:00"},
	} {
		o := h.as(tt.who)
		if got := o.say(tt.text); !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %q, got\n%s", tt.text, tt.want, got)
		}
		o.say("取消")
	}
}

// TestAnswers_InOwnWords: what people write for an answer besides what was asked.
func TestAnswers_InOwnWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	duty.say("和平小区路灯坏了一周，晚上出行不便")
	for _, no := range []string{"只登记", "重大的有几件呢", "登记并分办"} {
		if got := duty.say(no); !strings.Contains(got, "从哪里来的") && !strings.Contains(got, "不像来源") {
			t.Errorf("%s taken for a source:\n%s", no, got)
		}
	}
	duty.say("12345热线")
	duty.tap("只登记")
	if got := duty.say("分办1号 城管局，请住建局协办"); strings.Contains(got, "要求") {
		t.Errorf("a word of speech became an instruction:\n%s", got)
	}
	handler := h.as(h.person("县城管局", org.Handler))
	handler.say("签收1号")
	handler.say("延期1号")
	if got := handler.say("2天 检测结果未出"); !strings.Contains(got, "理由") {
		t.Errorf("days with more words:\n%s", got)
	}
	handler.say("取消")
	if got := handler.say("1号该归住建局管"); !strings.Contains(got, "“退回”") {
		t.Errorf("not ours:\n%s", got)
	}
	if got := duty.say("1号登记错了"); !strings.Contains(got, "县政府办主任") {
		t.Errorf("registered in error:\n%s", got)
	}
}

// TestHelp_OnOneCommand: how it is given and what it asks, and whose it is not.
func TestHelp_OnOneCommand(t *testing.T) {
	t.Parallel()
	h := open(t)
	handler := h.as(h.person("县水利局", org.Handler))
	for text, want := range map[string]string{
		"帮助 送审": "发「送审3号」，会问您：保密审查、个人信息", "怎么送审": "发「送审3号」", "延期怎么申请": "延期天数", "帮助 作废": "您的职务不办这一项", "帮助 签收": "发「签收3号」。",
	} {
		if got := handler.say(text); !strings.Contains(got, want) {
			t.Errorf("%s: want %q, got\n%s", text, want, got)
		}
	}
	h.register("县水利局", "河堤塌了一段")
	if got := handler.say("1号我们接了"); !strings.Contains(got, "[确认签收]") {
		t.Errorf("accepted in own words:\n%s", got)
	}
}

// TestReporter_NamedInPassing: who is named in the text is masked in it; what is no name stays.
func TestReporter_NamedInPassing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, name string }{
		{"市民李晓梅来电反映，和平小区停水两天了", "李晓梅"},
		{"村民张三投诉河东乡垃圾没人清运已经一周", "张三"},
		{"群众多次反映和平小区停水两天了没人管", ""},
		{"居民黄河村来电，和平小区停水两天了没人管", ""},
	} {
		h := open(t)
		duty := h.as("钱值班")
		duty.say("登记 " + tt.text)
		duty.say("12345热线")
		duty.tap("只登记")
		if r := h.get(1).Report.Reporter; r.Name != tt.name {
			t.Errorf("%s: read %q, want %q", tt.text, r.Name, tt.name)
		}
		if got := duty.say("1号"); tt.name != "" && strings.Contains(got, tt.name) {
			t.Errorf("shown:\n%s", got)
		}
	}
}
