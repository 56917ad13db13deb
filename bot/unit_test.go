package bot_test

import (
	"fmt"
	"strings"
	"testing"

	"huiying/bot"
	"huiying/incident"
	"huiying/org"
	"huiying/storage/blob"
)

// led is incident 1, an emergency that a unit leads and another assists, both accepted.
func led(t *testing.T) (h *house, lead, assisting *officer) {
	t.Helper()
	h = open(t)
	h.files = blob.Open(t.TempDir())
	h.restart()
	duty := h.as("钱值班")
	duty.say(fire)
	duty.tap("只登记")
	duty.say("分办1号 应急局，协办水利局")
	lead, assisting = h.as(h.person("县应急管理局", org.Handler)), h.as(h.person("县水利局", org.Handler))
	lead.say("签收1号")
	assisting.say("签收1号")
	return h, lead, assisting
}

// TestAssign_AskedForAndAnsweredInChat: in so many words, or asked for what is missing.
func TestAssign_AskedForAndAnsweredInChat(t *testing.T) {
	t.Parallel()
	h, lead, assisting := led(t)
	got := lead.say("交办协办1号 水利局 核实消防水源水量，明天12:00前答复")
	if !strings.Contains(got, "交办协办任务1给县水利局，11月21日12:00前完成：核实消防水源水量") {
		t.Errorf("in so many words:\n%s", got)
	}
	if got := lead.say("协办任务1号"); !strings.Contains(got, "交给哪个协办单位") || !strings.Contains(got, "[县水利局]") {
		t.Fatalf("asked:\n%s", got)
	}
	lead.tap("县水利局")
	if got := lead.say("报一次下游水质"); !strings.Contains(got, "协办任务2给县水利局") {
		t.Errorf("filled in:\n%s", got)
	}
	if got := assisting.say("1号现在怎么样"); !strings.Contains(got, "[协办意见]") {
		t.Errorf("not offered:\n%s", got)
	}
	if got := assisting.say("协办意见1号 水源充足，蓄水3万方"); !strings.Contains(got, "县水利局协办意见（任务1）：水源充足，蓄水3万方") {
		t.Errorf("answered:\n%s", got)
	}
	if c := h.get(1); len(c.Parts) != 2 || c.Parts[0].Answered.IsZero() || !c.Parts[1].Answered.IsZero() {
		t.Errorf("tasks %+v", c.Parts)
	}
}

// TestProof_PicturesWithACommand: below a command, or while one is being filled in.
func TestProof_PicturesWithACommand(t *testing.T) {
	t.Parallel()
	h, lead, _ := led(t)
	png := func(name string) bot.File { return file(name, "\x89PNG\r\n\x1a\n0000") }
	if got := shown(lead.hear(bot.Message{Text: "进展1号 明火已扑灭", Files: []bot.File{png("现场.png")}})); !strings.Contains(got, "进展：明火已扑灭（附件1个）") {
		t.Errorf("below a command:\n%s", got)
	}
	lead.say("进展1号")
	if got := shown(lead.hear(bot.Message{Files: []bot.File{png("整改前.png")}})); !strings.Contains(got, "附件已收到（共1个）") || !strings.Contains(got, "请写进展") {
		t.Errorf("while it is asked for:\n%s", got)
	}
	if got := shown(lead.hear(bot.Message{Text: "已清理现场", Files: []bot.File{png("整改后.png")}})); !strings.Contains(got, "进展：已清理现场（附件2个）") {
		t.Errorf("with the answer:\n%s", got)
	}
	c := h.get(1)
	if len(c.Proofs) != 2 || c.Proofs[1].Kind != incident.KindProgress || len(c.Proofs[1].Files) != 2 || c.Proofs[1].Files[1].Name != "整改后.png" || h.count() != 1 {
		t.Errorf("kept %+v, %d incidents", c.Proofs, h.count())
	}
}

// TestSearch_SecondPage: by a button, or by the words where they are too long for one.
func TestSearch_SecondPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	duty := h.as("钱值班")
	for i := range 10 {
		duty.say(fmt.Sprintf("和平小区%d号楼路灯坏了一周，晚上出行不便", i+1))
		duty.tap("12345热线")
		duty.tap("只登记")
	}
	if got := duty.say("查询 路灯"); !strings.Contains(got, "找到10件") || !strings.Contains(got, "另有2件") {
		t.Fatalf("first page:\n%s", got)
	}
	if got := duty.tap("下一页"); !strings.Contains(got, "2号【") || strings.Contains(got, "3号【") || strings.Contains(got, "[下一页]") {
		t.Errorf("second page:\n%s", got)
	}
}

// TestConsult_InChat asks for what is missing; a division that names no unit is asked for again.
func TestConsult_InChat(t *testing.T) {
	t.Parallel()
	h, lead, _ := led(t)
	lead.say("会商1号")
	lead.say("县政府办、宣传部、应急局、水利局")
	lead.say("截至11时3人受伤")
	lead.say("3人受伤，原因正在调查")
	if got := lead.say("监测水质"); !strings.Contains(got, "没有写明责任单位") {
		t.Errorf("no unit:\n%s", got)
	}
	if got := lead.say("县水利局：监测水质，11月22日前"); !strings.Contains(got, "分工：县水利局：监测水质（11月22日24:00前）") {
		t.Errorf("held:\n%s", got)
	}
	lead.say("拟稿1号")
	lead.say("情况通报")
	lead.say("4人受伤，已采取措施，依法调查，请拨打12345，后续发布，目前请绕行。")
	if got := lead.say("送审1号"); !strings.Contains(got, "▲会商口径：3人受伤，原因正在调查") || !strings.Contains(got, "受伤人数与会商口径不一致：稿中“4人受伤”，会商口径为“3人受伤”") {
		t.Errorf("beside the draft:\n%s", got)
	}
	if c := h.get(1); len(c.Consultations) != 1 || len(c.Parts) != 1 {
		t.Errorf("kept %+v, tasks %+v", c.Consultations, c.Parts)
	}
}
