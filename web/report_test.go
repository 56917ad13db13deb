package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/browser"
	"huiying/org"
	reports "huiying/report"
)

// late has an incident in each of the two units, both overdue a week later.
func late(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	for _, lead := range []org.UnitID{"zjj", "sthjj"} {
		r := report("路灯不亮，联系13812345678")
		r.Register.Report.ExternalID, r.Lead = string(lead), lead
		r.Register.Report.Reporter = incident.Reporter{Name: "张三丰", Phone: "13812345678"}
		h.register(t, r)
	}
	h.advance(t, 12*24*time.Hour) // Wednesday 2 December
	return h
}

// TestReports_EachReadsHisOwn: the county sees everybody, a unit itself only, an intake
// account nothing.
func TestReports_EachReadsHisOwn(t *testing.T) {
	t.Parallel()
	h := late(t)
	for _, c := range []struct {
		person     org.PersonID
		path       string
		status     int
		has, lacks string
	}{
		{"zhiban", "/weekly/2026-W48", http.StatusOK, `"unit_name":"县生态环境局"`, "13812345678"},
		{"screen", "/weekly/2026-W48", http.StatusOK, `"unit_name":"县住建局"`, "张三丰"},
		{"jingban", "/weekly/2026-W48", http.StatusOK, `"unit_name":"县住建局"`, `"unit_name":"县生态环境局"`},
		{"jingban", "/weekly/2026-W48?unit=县生态环境局", http.StatusForbidden, "本单位", ""},
		{"hotline", "/weekly/2026-W48", http.StatusForbidden, "查看权限", ""},
		{"zhiban", "/weekly/2026-W99", http.StatusUnprocessableEntity, "2026-W47", ""},
		{"zhiban", "/weekly/2030-W01", http.StatusConflict, "还没有开始", ""},
		{"zhiban", "/evaluation/2026-11", http.StatusOK, `"formula":"`, "13812345678"},
		{"zhiban", "/evaluation/2026-11/on_time", http.StatusOK, `"incident":1`, ""},
		{"huanbao", "/evaluation/2026-11/on_time", http.StatusOK, `"incident":2`, `"incident":1`},
		{"zhiban", "/evaluation/november", http.StatusUnprocessableEntity, "2026-11", ""},
	} {
		w := h.call(t, c.person, http.MethodGet, "/api/v1/reports"+c.path, "")
		body := w.Body.String()
		if w.Code/100 != c.status/100 || !strings.Contains(body, c.has) || (c.lacks != "" && strings.Contains(body, c.lacks)) {
			t.Errorf("%s %s: %d, want %d with %s and without %s:\n%.600s", c.person, c.path, w.Code, c.status, c.has, c.lacks, body)
		}
	}
}

// TestReports_Pages: a leader opens week and month, follows a figure to its incidents and
// takes the files along.
func TestReports_Pages(t *testing.T) {
	t.Parallel()
	h := late(t)
	b := h.signIn(t, "fuxian")
	mustHave(t, b.get("/").Body.String(), `href="/weekly"`, `href="/evaluation"`)
	week := b.get("/weekly/2026-W48").Body.String()
	mustHave(t, week, "每周超期汇总", "11月23日—11月29日", "未印发", `href="/incidents/1"`, "办结已超期", "县生态环境局", "bulletin.docx")
	mustNotHave(t, week, "13812345678", "张三丰")
	month := b.get("/evaluation/2026-11").Body.String()
	mustHave(t, month, "2026年11月效果评估", "按期办结率", "÷", `href="/evaluation/2026-11/on_time"`, "不排名")
	mustHave(t, b.get("/evaluation/2026-11/on_time").Body.String(), "只计入分母", `href="/incidents/2"`)
	for file, begins := range map[string]string{"bulletin.docx": "PK", "list.xlsx": "PK", "picture.png": "\x89PNG"} {
		w := b.get("/weekly/2026-W48/" + file)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), begins) {
			t.Errorf("%s: %d, %.20q", file, w.Code, w.Body.String())
		}
		if file == "picture.png" {
			if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil {
				t.Error(err)
			}
		}
	}
	if w := b.get("/weekly/2026-W48/bulletin.odt"); w.Code != http.StatusNotFound {
		t.Errorf("a file that is none: %d", w.Code)
	}
	unit := h.signIn(t, "juzhang").get("/weekly/2026-W48").Body.String()
	mustHave(t, unit, "县住建局", `href="/incidents/1"`)
	mustNotHave(t, unit, "县生态环境局", `href="/incidents/2"`)
}

// TestRulings_APersonDecides: what the rules propose waits for the director, with a reason.
func TestRulings_APersonDecides(t *testing.T) {
	t.Parallel()
	h := late(t)
	_, holidays := book(t)
	bureau := h.bureau(holidays)
	if _, _, err := bureau.IssueWeekly(t.Context(), org.System("weekly"), reports.Week{Year: 2026, Number: 48}, h.desk.Clock.Now(), false); err != nil {
		t.Fatal(err)
	}
	duty := h.signIn(t, "zhiban").get("/rulings").Body.String()
	mustHave(t, duty, "提醒函", "县住建局", "本周超期")
	mustNotHave(t, duty, "采纳</button>", "移送")
	director := h.signIn(t, "zhuren")
	mustHave(t, director.get("/rulings").Body.String(), "采纳</button>")
	if w := director.fill("/rulings", "/rulings/1", map[string]string{"adopt": "1", "answer": ""}); w.Code == http.StatusSeeOther {
		t.Error("decided without a reason")
	}
	if w := director.fill("/rulings", "/rulings/1", map[string]string{"adopt": "1", "answer": "同意发函"}); w.Code != http.StatusSeeOther {
		t.Errorf("decide: %d %s", w.Code, w.Body)
	}
	mustHave(t, director.get("/rulings").Body.String(), "已采纳", "主任乙：同意发函")
	mustHave(t, director.get("/weekly/2026-W48").Body.String(), "已印发")
}

// TestEvidence: one click gives the timeline with its hashes and the receipts, nothing of
// the reporter.
func TestEvidence(t *testing.T) {
	t.Parallel()
	h := late(t)
	b := h.signIn(t, "zhuren")
	mustHave(t, b.get("/incidents/1").Body.String(), "/incidents/1/evidence.zip")
	w := b.get("/incidents/1/evidence.zip")
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if w.Code != http.StatusOK || err != nil {
		t.Fatalf("evidence: %d, %v", w.Code, err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(raw)
	}
	mustHave(t, files["办理记录.json"], `"seq": 1`, `"command": "register"`, `"hash": "`)
	mustHave(t, files["送达记录.json"], "局长己")
	for name := range files {
		if name != "SHA256SUMS" {
			mustHave(t, files["SHA256SUMS"], name)
		}
		mustNotHave(t, files[name], "13812345678", "张三丰")
	}
	if w := b.get("/incidents/99/evidence.zip"); w.Code != http.StatusNotFound {
		t.Errorf("of no incident: %d", w.Code)
	}
}

// TestEvaluation_UnitSeesItsOwn: a unit's page shows the unit's figures, not the county's,
// in tiles, list and files.
func TestEvaluation_UnitSeesItsOwn(t *testing.T) {
	t.Parallel()
	h := late(t)
	h.do(t, "juzhang", 1, incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修复"})
	county := h.signIn(t, "fuxian").get("/evaluation/2026-11").Body.String()
	mustHave(t, county, "<small>0/2</small>", "县住建局", "县生态环境局")
	for path, want := range map[string]string{"/evaluation/2026-11": "2026年11月（县住建局）", "/year/2026": "2026年度考核（县住建局）"} {
		own := h.signIn(t, "juzhang").get(path).Body.String()
		mustHave(t, own, want, "<small>0/1</small>", "县住建局")
		mustNotHave(t, own, "县生态环境局", "<small>0/2</small>")
	}
	if w := h.signIn(t, "juzhang").get("/evaluation/2026-11/files/list.xlsx"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "PK") {
		t.Errorf("the unit's own list: %d", w.Code)
	}
}

// TestYear_Page: the county office enters a deduction and takes it back; a unit reads its own.
func TestYear_Page(t *testing.T) {
	t.Parallel()
	h := late(t)
	duty := h.signIn(t, "zhiban")
	mustHave(t, duty.get("/year/2026").Body.String(), "全年得分 = 0.4 × 日常考核", "0.6 × 年终考核", "登记扣分", "11月", "/year/2026/on_time")
	fields := map[string]string{"unit": "zjj", "points": "1.5", "text": "台账不全"}
	for field, want := range map[string]string{"points": "扣分须是数字", "unit": "请选择", "text": "理由和依据"} {
		wrong := map[string]string{"unit": "zjj", "points": "1.5", "text": "台账不全"}
		wrong[field] = ""
		if w := duty.fill("/year/2026", "/year/2026/entry", wrong); w.Code == http.StatusSeeOther || !strings.Contains(w.Body.String(), want) {
			t.Errorf("without %s: %d", field, w.Code)
		}
	}
	if w := duty.fill("/year/2026", "/year/2026/entry", fields); w.Code != http.StatusSeeOther {
		t.Fatalf("enter: %d %s", w.Code, w.Body)
	}
	mustHave(t, duty.get("/year/2026").Body.String(), "扣1.5分", "台账不全", "有效")
	unit := h.signIn(t, "juzhang").get("/year/2026").Body.String()
	mustHave(t, unit, "台账不全")
	mustNotHave(t, unit, "登记扣分", "撤销</button>")
	other := h.signIn(t, "huanju").get("/year/2026").Body.String()
	mustNotHave(t, other, "台账不全")
	if w := duty.fill("/year/2026", "/year/2026/entry/1", map[string]string{"answer": "已补齐"}); w.Code != http.StatusSeeOther {
		t.Fatalf("take back: %d %s", w.Code, w.Body)
	}
	mustHave(t, duty.get("/year/2026").Body.String(), "已撤销", "撤销理由：已补齐")
	mustHave(t, duty.get("/year/2026/on_time").Body.String(), "只计入分母", `href="/year/2026"`)
	for file, begins := range map[string]string{"bulletin.docx": "PK", "list.xlsx": "PK", "picture.png": "\x89PNG"} {
		if w := duty.get("/year/2026/files/" + file); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), begins) {
			t.Errorf("%s: %d", file, w.Code)
		}
	}
	if w := duty.get("/year/next"); w.Code != http.StatusNotFound {
		t.Errorf("a year that is none: %d", w.Code)
	}
}

// TestReports_InARealBrowser looks at week, month and year on a desk and a phone, as the
// county and as a unit, with every fold open.
func TestReports_InARealBrowser(t *testing.T) {
	t.Parallel()
	b := browser.New(t)
	h := late(t)
	_, holidays := book(t)
	h.do(t, "zhiban", 1, incident.Find{What: incident.Concealed, Unit: "zjj", Reason: "隐瞒伤亡人数", Evidence: "医院记录"})
	h.advance(t, 30*24*time.Hour)
	director, _ := h.desk.Directory().Actor("zhuren", "test", h.clock.Now())
	bureau := h.bureau(holidays)
	if _, _, err := bureau.IssueEvaluation(t.Context(), director, reports.Month{Year: 2026, Month: time.November}, h.clock.Now(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := bureau.Enter(t.Context(), director, reports.Entry{Year: 2026, Unit: "zjj", Points: 1.5, Text: "年终检查发现台账不全"}, h.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bureau.IssueAnnual(t.Context(), director, 2026, h.clock.Now(), false); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	for _, who := range []org.PersonID{"zhuren", "juzhang"} {
		b.Open(server.URL + "/login")
		b.Write("#token", h.tokens[who])
		b.Follow("button.main")
		for _, width := range []int{375, 1280} {
			b.Size(width, 1000, width < 700)
			for name, path := range map[string]string{"weekly": "/weekly/2026-W48", "evaluation": "/evaluation/2026-11", "year": "/year/2026", "rulings": "/rulings"} {
				b.Open(server.URL + path)
				b.Unfold()
				if got := b.Width(); got > width {
					t.Errorf("%s is %d px wide in a window of %d", name, got, width)
				}
				b.Picture(fmt.Sprintf("report-%s-%d-%s", who, width, name))
			}
		}
		b.Follow("form.who button")
	}
}

// TestReports_WhoMayDoWhat is the table of rights of what is done with reports by API: one
// who may not is refused with a sentence that says who may.
func TestReports_WhoMayDoWhat(t *testing.T) {
	t.Parallel()
	h := late(t) // 2 December
	d := describe(t, h)
	for _, c := range []struct {
		person     org.PersonID
		path, body string
		status     int
		says       string
	}{
		{person: "jingban", path: "/reports/weekly/2026-W48/issue", status: 403, says: "督办通报由县政府办印发"},
		{person: "screen", path: "/reports/evaluation/2026-11/issue", status: 403, says: "评估由县政府办印发"},
		{person: "hotline", path: "/reports/evaluation/2026-11/issue", status: 403, says: "县政府办"},
		{person: "zhiban", path: "/reports/weekly/2026-W49/issue", status: 409, says: "本周还没有结束"},
		{person: "zhiban", path: "/reports/weekly/2026-W99/issue", status: 422, says: "周请写成 2026-W47"},
		{person: "zhiban", path: "/reports/year/2026/issue", status: 409, says: "本年还没有结束"},
		{person: "zhiban", path: "/reports/evaluation/2026-11/issue", body: `{"repeat":true}`, status: 422, says: "读不懂"},
		{person: "juzhang", path: "/reports/evaluation/2026-11/appeals", body: `{"figure":"on_time","incident":1,"milestone":3,"text":"已报告"}`, status: 409, says: "还没有印发"},
		{person: "zhuren", path: "/reports/evaluation/2026-11/issue", status: 200, says: `"revision":1`},
		{person: "zhuren", path: "/reports/evaluation/2026-11/issue", status: 200, says: `"revision":1`},
		{person: "zhuren", path: "/reports/evaluation/2026-11/issue", body: `{"again":true}`, status: 200, says: `"revision":2`},
		{person: "zhuren", path: "/reports/weekly/2026-W48/issue", status: 200, says: `"hash":"`},
		{person: "jingban", path: "/reports/weekly/2026-W48/send", status: 403, says: "由县政府办发送"},
		{person: "zhiban", path: "/reports/weekly/2026-W48/send", status: 200, says: `"people":7`},
		{person: "zhiban", path: "/reports/evaluation/2026-11/appeals", body: `{"unit":"县住建局","figure":"on_time","incident":1,"milestone":3,"text":"已报告"}`, status: 403, says: "由被扣分的单位提出"},
		{person: "huanju", path: "/reports/evaluation/2026-11/appeals", body: `{"unit":"县住建局","figure":"on_time","incident":1,"milestone":3,"text":"已报告"}`, status: 403, says: "不在该单位任职"},
		{person: "juzhang", path: "/reports/evaluation/2026-11/appeals", body: `{"figure":"on_time","incident":1,"milestone":99,"text":"已报告"}`, status: 422, says: "没有这一项扣分"},
		{person: "juzhang", path: "/reports/evaluation/2026-11/appeals", body: `{"figure":"on_time","incident":1,"milestone":3}`, status: 422, says: "申诉理由"},
		{person: "juzhang", path: "/reports/evaluation/2026-11/appeals", body: `{"figure":"on_time","incident":1,"milestone":3,"text":"已书面报告"}`, status: 201, says: `"kind":"appeal"`},
		{person: "juzhang", path: "/reports/evaluation/2026-11/appeals", body: `{"figure":"on_time","incident":1,"milestone":3,"text":"已书面报告"}`, status: 409, says: "已经申诉过了"},
		{person: "juzhang", path: "/rulings/1/decision", body: `{"adopt":true,"answer":"同意"}`, status: 403, says: "由县政府办主任或分管副县长决定"},
		{person: "zhiban", path: "/rulings/1/decision", body: `{"adopt":true,"answer":"同意"}`, status: 403, says: "由县政府办主任或分管副县长决定"},
		{person: "zhuren", path: "/rulings/1/decision", body: `{"adopt":true}`, status: 422, says: "决定的理由"},
		{person: "zhuren", path: "/rulings/999/decision", body: `{"adopt":true,"answer":"同意"}`, status: 404, says: "没有第999号事项"},
		{person: "zhuren", path: "/rulings/one/decision", body: `{}`, status: 404, says: "待决定事项"},
		{person: "fuxian", path: "/rulings/1/decision", body: `{"adopt":true,"answer":"同意"}`, status: 200, says: `"state":"adopted"`},
		{person: "zhuren", path: "/rulings/1/decision", body: `{"adopt":false,"answer":"不同意"}`, status: 409, says: "已经有人作出决定"},
		{person: "juzhang", path: "/reports/year/2026/entries", body: `{"unit":"县住建局","points":1,"text":"台账不全"}`, status: 403, says: "由县政府办登记"},
		{person: "zhiban", path: "/reports/year/2026/entries", body: `{"unit":"县火星局","points":1,"text":"台账不全"}`, status: 422, says: "没有“县火星局”"},
		{person: "zhiban", path: "/reports/year/2026/entries", body: `{"unit":"县住建局","points":1,"text":"台账不全"}`, status: 201, says: `"kind":"entry"`},
	} {
		w := h.call(t, c.person, http.MethodPost, "/api/v1"+c.path, c.body)
		if ok := w.Code == c.status || c.status == 422 && w.Code == 400; !ok || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s %s: %d, want %d with %s:\n%s", c.person, c.path, c.body, w.Code, c.status, c.says, w.Body)
		}
		path := regexp.MustCompile(`/2026[-W0-9]*`).ReplaceAllStringFunc(c.path, func(p string) string {
			return map[bool]string{true: "/{week}"}[strings.Contains(p, "W")] + map[bool]string{true: "/{month}"}[len(p) == 8] + map[bool]string{true: "/{year}"}[len(p) == 5]
		})
		path = regexp.MustCompile(`/rulings/[^/]+`).ReplaceAllString(path, "/rulings/{ruling}")
		if err := d.check(http.MethodPost, "/api/v1"+path, w); err != nil {
			t.Error(err)
		}
	}
	list := h.call(t, "zhiban", http.MethodGet, "/api/v1/rulings?period=2026", "").Body.String()
	entry := regexp.MustCompile(`"id":(\d+)`).FindStringSubmatch(list)
	if entry == nil {
		t.Fatalf("the entry is not listed: %s", list)
	}
	path := "/api/v1/rulings/" + entry[1] + "/withdrawal"
	for _, c := range []struct {
		person org.PersonID
		path   string
		body   string
		status int
		says   string
	}{
		{"juzhang", path, `{"answer":"已补"}`, 403, "由县政府办撤销"},
		{"zhiban", path, `{}`, 422, "撤销的理由"},
		{"zhiban", "/api/v1/rulings/1/withdrawal", `{"answer":"已补"}`, 409, "不是年终考核扣分"},
		{"zhiban", path, `{"answer":"已补"}`, 200, `"state":"rejected"`},
		{"zhiban", path, `{"answer":"已补"}`, 409, "已经撤销"},
	} {
		w := h.call(t, c.person, http.MethodPost, c.path, c.body)
		if ok := w.Code == c.status || c.status == 422 && w.Code == 400; !ok || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: %d, want %d with %s:\n%s", c.person, c.path, w.Code, c.status, c.says, w.Body)
		}
	}
}

// TestReports_OfficeIssuesOnThePage: the county office issues and sends from the page; a
// unit has no button, and neither has anybody before the period ends.
func TestReports_OfficeIssuesOnThePage(t *testing.T) {
	t.Parallel()
	h := late(t)
	b := h.signIn(t, "zhiban")
	mustHave(t, b.get("/evaluation/2026-11").Body.String(), "未印发", ">印发</button>", "印发并发送")
	mustNotHave(t, b.get("/evaluation/2026-12").Body.String(), ">印发</button>")
	mustNotHave(t, h.signIn(t, "juzhang").get("/evaluation/2026-11").Body.String(), ">印发</button>")
	if w := b.fill("/evaluation/2026-11", "/evaluation/2026-11/issue", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("issue: %d %s", w.Code, w.Body)
	}
	mustHave(t, b.get("/evaluation/2026-11").Body.String(), "已印发。", "另存修订版", "再次发送")
	if w := b.fill("/evaluation/2026-11", "/evaluation/2026-11/send", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("send: %d %s", w.Code, w.Body)
	}
	mustHave(t, b.get("/evaluation/2026-11").Body.String(), "稍后发出")
}
