package web_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/browser"
	"huiying/org"
)

// hot is a house with an emergency in the middle of it: a report sent, a draft under
// review in its second version, an assisting unit that counts otherwise, a release late.
func hot(tb testing.TB) *house {
	tb.Helper()
	h := newHouse(tb)
	r := report("开发区某化工企业车间爆炸")
	r.Register.Report.Text = "下午4时30分许，开发区一化工企业车间发生爆炸，3人受伤，现场有浓烟。"
	r.Register.Report.Place = "开发区工业大道18号"
	r.Register.Grading = incident.Grading{Level: incident.Emergency, By: "officer", Confirmed: true, Category: "生产安全事故", Grade: "较大"}
	r.Lead, r.Assisting = "zjj", []org.UnitID{"sthjj"}
	h.register(tb, r)
	h.do(tb, "jingban", 1, incident.Accept{})
	h.do(tb, "huanbao", 1, incident.Accept{})
	h.advance(tb, 20*time.Minute)
	h.do(tb, "jingban", 1, incident.Progress{Text: "消防到场，明火已控制，疏散周边群众120人。"})
	h.do(tb, "jingban", 1, incident.FirstReport{Text: "车间爆炸，3人受伤送医，明火已控制，原因待核实。"})
	h.do(tb, "jingban", 1, incident.Assign{Unit: "sthjj", Text: "监测下风向空气质量，核实有无泄漏"})
	h.advance(tb, 70*time.Minute)
	h.do(tb, "huanbao", 1, incident.GiveOpinion{Text: "下风向三个点位达标，厂区外未检出泄漏。现场受伤4人。"})
	h.do(tb, "jingban", 1, incident.WriteDraft{Title: "关于开发区车间爆炸的情况通报", Text: "今天下午，开发区一企业车间发生爆炸，明火已扑灭，3人受伤送医，家属情绪稳定。"})
	h.do(tb, "jingban", 1, incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true})
	h.do(tb, "fenguan", 1, incident.ReviewDraft{Draft: 1, Hash: hash(tb, h), Comment: "删去“情绪稳定”，写明咨询电话和下次发布时间"})
	h.do(tb, "jingban", 1, incident.WriteDraft{Draft: 1, Title: "关于开发区车间爆炸的情况通报", Text: "11月20日下午，开发区一企业车间发生爆炸，明火已扑灭，3人受伤送医，原因正在调查。经监测，厂区外空气质量达标，请勿前往现场。21时再次发布。咨询电话12345。"})
	h.do(tb, "jingban", 1, incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true})
	h.do(tb, "juzhang", 1, incident.ReviewDraft{Draft: 1, Hash: hash(tb, h), Approve: true})
	return h
}

func hash(tb testing.TB, h *house) string {
	tb.Helper()
	c, err := h.desk.Get(tb.Context(), 1)
	if err != nil {
		tb.Fatal(err)
	}
	return c.Drafts[0].Last().Hash
}

// TestRoom_HoldsWhatIsAskedFor while it is hot: countdowns, reports out of the log with
// 待核实 for what is not known, who was told, who reviewed, and where units differ.
func TestRoom_HoldsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	h := hot(t)
	body := h.signIn(t, "zhiban").get("/incidents/1/room").Body.String()
	mustHave(t, body, "权威发布 力争（3小时）", "权威发布 最迟（5小时）", "新闻发布会（24小时）", "主要负责人尚未发声",
		"受伤人数不一致：县生态环境局协办意见4，县住建局首报3", "首报 县住建局", "续报每2小时一次，下一次11月20日19:00前，还剩50分钟",
		"续报底稿", "自11月20日17:00上次报告以来", "下一步：待核实", "终报底稿", "原因：待核实", "复审等待审核，还剩15分钟", "终审通过",
		"监测下风向空气质量", "下风向三个点位达标", "何时通知了谁", "请会签回应稿1")
	h.do(t, "fenguan", 1, incident.ReviewDraft{Draft: 1, Hash: hash(t, h), Approve: true})
	h.do(t, "zhuren", 1, incident.ReviewDraft{Draft: 1, Hash: hash(t, h), Approve: true})
	h.do(t, "huanju", 1, incident.Countersign{Draft: 1, Hash: hash(t, h), Agree: true})
	h.do(t, "juzhang", 1, incident.Release{Address: "https://www.example.gov.cn/1", Channel: "县政府网站", Speaker: "局长己", HeadSpoke: true})
	h.do(t, "juzhang", 1, incident.PressConference{Place: "融媒体中心", Speaker: "局长己", Host: "宣传部", Questions: "问：有无污染？答：监测达标。"})
	body = h.signIn(t, "zhiban").get("/incidents/1/room").Body.String()
	mustHave(t, body, "主要负责人已发声", "县政府网站 https://www.example.gov.cn/1，发布人局长己（主要负责人发声）", "下一次发布", "主持宣传部", "问：有无污染？答：监测达标。", "续报每日一次")
}

// TestIncident_ShowsDraftAndChecks: the wording, what changed, what the checks found and who was asked.
func TestIncident_ShowsDraftAndChecks(t *testing.T) {
	t.Parallel()
	h := hot(t)
	body := h.signIn(t, "fenguan").get("/incidents/1").Body.String()
	mustHave(t, body, "应急处置页", "可能缺少：政策依据", "受伤人数与协办意见不一致：稿中“3人受伤”，县生态环境局协办意见为“受伤4人”",
		"与第1版的不同", "复审（第1版）", "删去“情绪稳定”", `name="hash" value="`+hash(t, h)+`"`, "等待会签")
	mustHave(t, h.signIn(t, "jingban").get("/incidents/1").Body.String(), "关于开发区某化工企业车间爆炸的续报1", "四、舆情情况：尚未对外发布")
}

// TestRoom_InARealBrowser looks at draft and room on a desk and on a phone.
func TestRoom_InARealBrowser(t *testing.T) {
	t.Parallel()
	b := browser.New(t)
	h := hot(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	b.Open(server.URL + "/login")
	b.Write("#token", h.tokens["fenguan"])
	b.Follow("button.main")
	for _, width := range []int{375, 1280} {
		b.Size(width, 800, width < 700)
		for name, path := range map[string]string{"draft": "/incidents/1", "room": "/incidents/1/room"} {
			b.Open(server.URL + path)
			b.MustShow("关于开发区车间爆炸的情况通报")
			if got := b.Width(); got > width {
				t.Errorf("%s is %d px wide in a window of %d", name, got, width)
			}
			b.Picture(fmt.Sprintf("%s-%d", name, width))
		}
	}
}

// closed is a house with an emergency that was consulted on, released and concluded.
func closed(tb testing.TB) *house {
	tb.Helper()
	h := hot(tb)
	h.do(tb, "fuxian", 1, incident.Consult{
		Participants: "县政府办、县委宣传部、县委网信办、县公安局、县住建局、县生态环境局", Facts: "截至18时30分，3人受伤，均无生命危险；厂区外未检出泄漏",
		Wording:  "事故造成3人受伤，厂区外空气质量达标，原因正在调查，21时再次发布。",
		Division: []incident.Item{{Text: "每两小时监测一次厂界空气并报数", Unit: "sthjj"}, {Text: "统一对外发布", Unit: "zjj"}},
	})
	h.do(tb, "jingban", 1, incident.Progress{Text: "现场清理完毕", Files: []incident.Attachment{{Name: "清理前.jpg", URL: "/files/aa/1.jpg"}, {Name: "清理后.jpg", URL: "/files/aa/2.jpg"}}})
	h.do(tb, "fenguan", 1, incident.ReviewDraft{Draft: 1, Hash: hash(tb, h), Approve: true})
	h.do(tb, "zhuren", 1, incident.ReviewDraft{Draft: 1, Hash: hash(tb, h), Approve: true})
	h.do(tb, "huanju", 1, incident.Countersign{Draft: 1, Hash: hash(tb, h), Agree: true})
	h.do(tb, "juzhang", 1, incident.Release{Address: "https://www.example.gov.cn/1", Channel: "县政府网站", HeadSpoke: true})
	h.do(tb, "jingban", 1, incident.Compose{})
	h.do(tb, "jingban", 1, incident.FirstReport{Text: "事故原因查明，伤员已出院。", Final: true})
	h.do(tb, "juzhang", 1, incident.Conclude{ConcludeKind: incident.Resolved, Result: "伤员已出院，企业停产整改"})
	return h
}

// lessons is what the house learned from it.
func lessons() incident.Reflect {
	return incident.Reflect{
		Happened: "11月20日16时30分车间爆炸，20分钟后首报，2小时40分后发布。", Well: "首报和疏散及时，主要负责人当天发声。", Ill: "两个单位伤亡数字不一致，第一版回应稿被退回。",
		Causes: "各单位各自统计，没有先会商。", TookPart: "副县丙、主任乙、局长己、经办丁",
		Measures: []incident.Item{
			{Text: "突发事件半小时内先会商再报数", Unit: "fuban", DueAt: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)},
			{Text: "园区企业每季度演练一次", Unit: "zjj", DueAt: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		},
	}
}

// TestIncident_WhatWasAgreedAndLearned: wording beside drafts, proofs, and the review that is owed, then held.
func TestIncident_WhatWasAgreedAndLearned(t *testing.T) {
	t.Parallel()
	h := closed(t)
	body := h.signIn(t, "jingban").get("/incidents/1").Body.String()
	mustHave(t, body, "第1次，", "县委宣传部", "<b>会商口径</b> 事故造成3人受伤", "统一口径：事故造成3人受伤", "初稿由模板填写，须人工核改或采用",
		"清理后.jpg", "复盘还剩", "自次日起数10个工作日", `id="form-after_action"`, "每两小时监测一次厂界空气并报数，期限")
	mustNotHave(t, body, "各单位数字不一致")
	h.do(t, "jingban", 1, lessons())
	body = h.signIn(t, "jingban").get("/incidents/1").Body.String()
	mustHave(t, body, "经办丁记录", "各单位各自统计", "突发事件半小时内先会商再报数", "12月1日08:00")
	mustNotHave(t, body, "复盘还剩")
	mustHave(t, h.signIn(t, "jingban").get("/incidents/1/room").Body.String(), "会商", "复盘", "园区企业每季度演练一次")
}

// TestRoom_AgreedAndLearnedInARealBrowser looks at the same on a desk and on a phone.
func TestRoom_AgreedAndLearnedInARealBrowser(t *testing.T) {
	t.Parallel()
	b := browser.New(t)
	h := closed(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	b.Open(server.URL + "/login")
	b.Write("#token", h.tokens["jingban"])
	b.Follow("button.main")
	for _, stage := range []string{"owed", "held"} {
		if stage == "held" {
			h.do(t, "jingban", 1, lessons())
		}
		for _, width := range []int{375, 1280} {
			b.Size(width, 800, width < 700)
			for name, path := range map[string]string{"incident": "/incidents/1", "room": "/incidents/1/room"} {
				b.Open(server.URL + path)
				b.MustShow("会商")
				if got := b.Width(); got > width {
					t.Errorf("%s is %d px wide in a window of %d", name, got, width)
				}
				b.Picture(fmt.Sprintf("learned-%s-%s-%d", stage, name, width))
			}
		}
	}
}
