package web_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/internal/browser"
	"huiying/org"
	"huiying/sla"
	"huiying/web/api"
)

// owing is a house with recurring duties: those of the year, and a few documents, at 17:50
// on Friday 20 November 2026.
func owing(tb testing.TB) *house {
	tb.Helper()
	h := busy(tb)
	doc, err := os.ReadFile("../configs/duties.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	rules, err := sla.ParseDuties(nil, "duties.yaml", doc)
	if err == nil {
		rules, err = sla.ParseDuties(rules, "county", []byte("accounts: [{name: 某县发布（微信公众号）, unit: 县政府办}]"))
	}
	if err != nil {
		tb.Fatal(err)
	}
	h.desk.Duties = rules
	if n, err := h.desk.OpenDuties(tb.Context(), h.clock.Now()); err != nil || n != 4 { // D2 of two units, D5, D7
		tb.Fatalf("opened %d: %v", n, err)
	}
	for _, o := range []desk.DutyOrder{
		{Rule: "D1", Unit: "县住建局", Subject: "《物业管理办法》", Start: h.clock.Now().Add(-7 * 24 * time.Hour)},
		{Rule: "D9", Unit: "县生态环境局", Subject: "2026-031", Start: h.clock.Now().Add(-24 * time.Hour)},
	} {
		if _, _, err := h.desk.OpenDuty(tb.Context(), h.actor(tb, "zhiban"), o); err != nil {
			tb.Fatal(err)
		}
	}
	return h
}

// dutyOf finds the duty whose title holds a text.
func dutyOf(tb testing.TB, h *house, title string) incident.Case {
	tb.Helper()
	var found incident.Case
	err := h.desk.EachDuty(tb.Context(), desk.Filter{}, h.clock.Now(), func(c incident.Case) {
		if strings.Contains(c.Report.Title, title) && found.ID == 0 {
			found = c
		}
	})
	if err != nil || found.ID == 0 {
		tb.Fatalf("no duty %q: %v", title, err)
	}
	return found
}

func TestDuties_ListFiguresAndFilters(t *testing.T) {
	t.Parallel()
	h := owing(t)
	b := h.signIn(t, "zhiban")
	body := b.get("/duties").Body.String()
	mustHave(t, body, `<b>1</b> <span>已逾期</span>`, "政策解读：《物业管理办法》", "已逾期", "2026年第47周更新：某县发布（微信公众号）", "2026年政务公开工作领导小组向县政府报告工作",
		"依申请公开答复：2026-031", "已填报0次（主要负责人0次），须6次（主要负责人3次）", "2026年各项任务", "登记任务", `aria-current="page">任务</a>`)
	if first := strings.Index(body, "物业管理办法"); first > strings.Index(body, "第47周") || first < 0 {
		t.Error("what is overdue does not come first")
	}
	overdue := b.get("/duties?show=overdue").Body.String()
	mustHave(t, overdue, "物业管理办法")
	mustNotHave(t, overdue, "2026-031")
	mustHave(t, b.get("/duties?unit=zjj").Body.String(), "物业管理办法")
	mustNotHave(t, b.get("/duties?unit=zjj&rule=D1").Body.String(), "2026-031", `<td class="title"><a href="/duties/8">2026年主动解读`)
	mustHave(t, b.get("/duties?show=year&rule=D7").Body.String(), "领导小组")
	// The board of incidents knows nothing of them.
	board := b.get("/").Body.String()
	mustNotHave(t, board, "物业管理办法")
	mustHave(t, board, `<b>2</b> <span>超期</span>`)
	mustHave(t, h.signIn(t, "jingban").get("/duties?mine=1").Body.String(), "物业管理办法")
}

func TestDuty_FulfilledOnItsPage(t *testing.T) {
	t.Parallel()
	h := owing(t)
	c := dutyOf(t, h, "物业管理办法")
	page := "/duties/" + c.ID.String()
	b := h.signIn(t, "jingban")
	body := b.get("/incidents/" + c.ID.String()).Body.String() // a link of before
	mustHave(t, body, "周期任务", "已逾期", "印发当日（11月13日）不计，自次日起数5个自然日，最迟2026年11月18日24:00", "县通知一（三）3", "履行", "还没有填报",
		`action="`+page+`/fulfil#form-fulfil"`)
	mustNotHave(t, body, "签收", "申请延期", "县值班员、")
	answer := b.fill(page, page+"/fulfil", map[string]string{"address": ""})
	mustHave(t, answer.Body.String(), "请填写解读网址")
	answer = b.fill(page, page+"/fulfil", map[string]string{"address": "https://www.example.gov.cn/jd/1", "at": "2026-11-18T15:00"})
	if answer.Code != 303 || answer.Header().Get("Location") != page {
		t.Fatalf("answered %d, %s: %s", answer.Code, answer.Header().Get("Location"), answer.Body.String())
	}
	body = b.get(page).Body.String()
	mustHave(t, body, "“履行”已办好", "按时完成", "https://www.example.gov.cn/jd/1", "完成于11月18日15:00")
	officer := h.signIn(t, "zhuren")
	mustHave(t, officer.get(page).Body.String(), "撤销填报")
	answer = officer.fill(page, page+"/strike_proof", map[string]string{"n": "1", "reason": "网址打不开"})
	if answer.Code != 303 {
		t.Fatalf("striking answered %d: %s", answer.Code, answer.Body.String())
	}
	mustHave(t, officer.get(page).Body.String(), "已撤销：网址打不开", "已逾期", "作废")
}

func TestDuty_OpenedByForm(t *testing.T) {
	t.Parallel()
	h := owing(t)
	b := h.signIn(t, "jingban")
	mustHave(t, b.get("/duties").Body.String(), "政策解读（印发后5日）", "依申请公开（收到申请后20个工作日）", `<option value="zjj" selected>`)
	answer := b.fill("/duties", "/duties", map[string]string{"rule": "D10", "unit": "zjj"})
	mustHave(t, answer.Body.String(), "还没有登记，请改正后再提交", "请填写文件名称、文号或申请编号")
	form := map[string]string{"rule": "D10", "unit": "zjj", "subject": "建发〔2026〕9号", "start": "2026-11-19"}
	answer = b.fill("/duties", "/duties", form)
	where := answer.Header().Get("Location")
	if answer.Code != 303 {
		t.Fatalf("answered %d: %s", answer.Code, answer.Body.String())
	}
	mustHave(t, b.get(where).Body.String(), "已登记", "主动公开：建发〔2026〕9号", "12月17日24:00")
	answer = b.fill("/duties", "/duties", form)
	if answer.Header().Get("Location") != where {
		t.Errorf("twice leads to %s, not %s", answer.Header().Get("Location"), where)
	}
	form["unit"] = "sthjj"
	mustHave(t, b.fill("/duties", "/duties", form).Body.String(), "不能办理")
}

// TestDuties_InTheWeek: the week's summary says how duties stand, and a unit's people read
// their own.
func TestDuties_InTheWeek(t *testing.T) {
	t.Parallel()
	h := owing(t)
	h.advance(t, 3*24*time.Hour) // Monday
	body := h.signIn(t, "zhiban").get("/weekly/2026-W47").Body.String()
	mustHave(t, body, "<p>本周到期2项，按时完成0项；现逾期2项（县政府办1项、县住建局1项），两周内到期0项。",
		"政策解读：《物业管理办法》", "已逾期4天", "最迟11月18日24:00")
	h.do(t, "jingban", dutyOf(t, h, "物业管理办法").ID, incident.Fulfil{Address: "https://www.example.gov.cn/1"})
	mustHave(t, h.signIn(t, "jingban").get("/weekly/2026-W47").Body.String(), "现逾期1项（县住建局1项）") // as at Sunday 24:00
	mustHave(t, h.signIn(t, "zhiban").get("/weekly/2026-W48").Body.String(), "逾期5天完成", "现逾期1项（县政府办1项）")
	mustHave(t, h.call(t, "zhiban", "GET", "/api/v1/reports/weekly/2026-W47", "").Body.String(), `"duties":{"units":[{"unit":"fuban"`)
}

func TestDuties_API(t *testing.T) {
	t.Parallel()
	h := owing(t)
	var list api.Duties
	w := h.call(t, "zhiban", "GET", "/api/v1/duties?open=true&rule=D1", "")
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Duties) != 1 || list.Duties[0].State != incident.DutyOverdue {
		t.Fatalf("list: %d %s", w.Code, w.Body.String())
	}
	id := list.Duties[0].ID
	w = h.call(t, "jingban", "POST", fmt.Sprintf("/api/v1/duties/%s/fulfil", id), `{"address":"https://www.example.gov.cn/1"}`)
	var one api.Duty
	if err := json.Unmarshal(w.Body.Bytes(), &one); err != nil || w.Code != 200 || one.State != incident.DutyLate || one.Done != 1 {
		t.Errorf("fulfil: %d %s", w.Code, w.Body.String())
	}
	body := `{"rule":"D9","unit":"县住建局","subject":"2026-040","start":"2026-11-20T09:00:00+08:00"}`
	for i, want := range []int{201, 200} {
		w = h.call(t, "zhiban", "POST", "/api/v1/duties", body)
		if w.Code != want {
			t.Errorf("post %d: %d %s", i, w.Code, w.Body.String())
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &one); err != nil || one.LimitAt != "2026-12-19T00:00:00+08:00" || one.UnitName != "县住建局" {
		t.Errorf("opened: %s", w.Body.String())
	}
	for name, tt := range map[string]struct {
		person       org.PersonID
		method, path string
		body         string
		code         int
		want         string
	}{
		"an incident's command": {"zhiban", "POST", "/incidents/" + id.String() + "/dispatch", `{"lead":"zjj"}`, 409, "没有“分办”这一步"},
		"as an incident":        {"zhiban", "GET", "/incidents/" + id.String(), "", 404, "是周期任务"},
		"an incident as a duty": {"zhiban", "GET", "/duties/1", "", 404, "1号不是周期任务"},
		"no such rule":          {"zhiban", "GET", "/duties?rule=D99", "", 400, "没有“D99”这项任务"},
		"no year":               {"zhiban", "GET", "/duties?year=x", "", 400, "“x”不是年份"},
		"an unknown field":      {"zhiban", "POST", "/duties", `{"rules":1}`, 400, "请求内容读不懂"},
		"an intake account":     {"hotline", "GET", "/duties", "", 403, "接入账号"},
		"another unit's proof":  {"huanbao", "POST", "/duties/" + id.String() + "/fulfil", `{"address":"x"}`, 403, "须由负责单位"},
	} {
		if w := h.call(t, tt.person, tt.method, "/api/v1"+tt.path, tt.body); w.Code != tt.code || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body.String())
		}
	}
}

// TestDuties_InARealBrowser looks at the list and at one duty on a desk and on a phone, and
// hands a proof in.
func TestDuties_InARealBrowser(t *testing.T) {
	t.Parallel()
	b := browser.New(t)
	h := owing(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	b.Open(server.URL + "/login")
	b.Write("#token", h.tokens["jingban"])
	b.Follow("button.main")
	year := dutyOf(t, h, "2026年主动解读政策")
	for _, width := range []int{375, 1280} {
		b.Size(width, 800, width < 700)
		for name, path := range map[string]string{"duties": "/duties", "duty": "/duties/" + year.ID.String()} {
			b.Open(server.URL + path)
			b.MustShow("2026年主动解读政策")
			if got := b.Width(); got > width {
				t.Errorf("%s is %d px wide in a window of %d", name, got, width)
			}
			b.Picture(fmt.Sprintf("%s-%d", name, width))
		}
	}
	c := dutyOf(t, h, "物业管理办法")
	b.Open(server.URL + "/duties/" + c.ID.String())
	b.Write("#fulfil-address", "https://www.example.gov.cn/jd/1")
	b.Follow("#form-fulfil button")
	b.MustShow("“履行”已办好", "逾期完成")
	b.Picture("duty-done")
}

// TestHeartbeat_API: a source that has nothing to report says that it is there.
func TestHeartbeat_API(t *testing.T) {
	t.Parallel()
	h := owing(t)
	path := "/api/v1/heartbeats/" + url.PathEscape("12345热线")
	if w := h.call(t, "hotline", "POST", path, ""); w.Code != 404 || !strings.Contains(w.Body.String(), "还没有配置要监测的来源") {
		t.Errorf("where none is watched: %d %s", w.Code, w.Body.String())
	}
	h.desk.Duties.Watch.Sources = []sla.WatchSource{{Name: "12345热线"}}
	if w := h.call(t, "hotline", "POST", path, ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"at":"2026-11-20T17:50:00+08:00"`) {
		t.Errorf("a heartbeat: %d %s", w.Code, w.Body.String())
	}
	if w := h.call(t, "screen", "POST", path, ""); w.Code != 403 {
		t.Errorf("a viewer's: %d %s", w.Code, w.Body.String())
	}
	for range 4 {
		h.advance(t, 16*time.Minute)
		if err := h.desk.Watch(t.Context(), h.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	b := h.signIn(t, "zhiban")
	mustHave(t, b.get("/duties").Body.String(), "监测中断：12345热线", "中断")
}
