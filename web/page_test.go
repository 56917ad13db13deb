package web_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/web"
)

// mustHave fails for each text that a page lacks.
func mustHave(tb testing.TB, body string, texts ...string) {
	tb.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			tb.Errorf("the page lacks %q:\n%s", text, body)
		}
	}
}

// mustNotHave fails for each text that a page holds.
func mustNotHave(tb testing.TB, body string, texts ...string) {
	tb.Helper()
	for _, text := range texts {
		if strings.Contains(body, text) {
			tb.Errorf("the page holds %q:\n%s", text, body)
		}
	}
}

// rows are the numbers of the incidents that a board lists, in order.
func rows(body string) string {
	var out []string
	for _, m := range regexp.MustCompile(`<td class="no">(\d+)号`).FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return strings.Join(out, " ")
}

func TestBoard_FiguresOrderAndFilters(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "zhiban")
	body := b.get("/").Body.String()
	mustHave(t, body, `<b>2</b> <span>超期</span>`, `<b>5</b> <span>今日到期</span>`, `<b>4</b> <span>待分办</span>`, `<b>1</b> <span>重大突发</span>`,
		"已超1小时", "已超10分钟", "还剩4小时", "还剩2小时50分钟", "待人工确认", "县住建局", "未分办", "示例县人民政府", "值班甲", "县值班员", "更新于 17:50:00")
	mustNotHave(t, body, "模拟时钟", "13812341234")
	for query, want := range map[string]string{
		"":                   "2 3 1 5 6 7",
		"?open=1&mine=1":     "2 3 1 5 6 7", // a link of messages; the county office has no unit of its own
		"?overdue=1":         "2 3",
		"?today=1":           "2 1 5 6 7", // 2's release, at 21:40, is due today as well
		"?show=waiting":      "2 5 6 7",
		"?level=emergency":   "2",
		"?level=nonsense":    "2 3 1 5 6 7",
		"?show=all":          "7 6 5 4 3 2 1",
		"?show=concluded":    "4",
		"?show=dispatched":   "3 1",
		"?unit=zjj":          "1",
		"?unit=zjj&show=all": "4 1",
		"?q=河道":              "3",
		"?q=6":               "6",
		"?q=没有的词":            "",
	} {
		if got := rows(b.get("/" + query).Body.String()); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	if got := rows(h.signIn(t, "jingban").get("/incidents?open=1&mine=1").Body.String()); got != "1" {
		t.Errorf("a handler's own unit has %q, want 1", got)
	}
	mustHave(t, b.get("/?q=没有的词").Body.String(), "没有符合条件的事件")
	if w := b.get("/?unit=火星局"); w.Code != 400 || !strings.Contains(w.Body.String(), "火星局") {
		t.Errorf("an unknown unit answers %d", w.Code)
	}
}

// TestBoard_AnswerOwedOnWhatIsConcluded: the figure and the list agree on a feedback that
// is overdue though its incident is concluded.
func TestBoard_AnswerOwedOnWhatIsConcluded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := report("路灯不亮")
	r.Lead = "zjj"
	h.register(t, r)
	h.do(t, "fenguan", 1, incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修复", Address: "https://example.com"})
	h.advance(t, 25*time.Hour)
	b := h.signIn(t, "zhiban")
	body := b.get("/?overdue=1").Body.String()
	mustHave(t, body, `<b>1</b> <span>超期</span>`, "反馈", "已超1小时")
	if rows(body) != "1" || rows(b.get("/").Body.String()) != "" {
		t.Errorf("overdue lists %q, open %q", rows(body), rows(b.get("/").Body.String()))
	}
}

func TestBoard_EmptyAndSimulated(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(d *web.Deps) { d.Simulated = true })
	body := h.signIn(t, "zhiban").get("/").Body.String()
	mustHave(t, body, "现在没有办理中的事件", "模拟时钟", "2026年11月20日 16:40:00")
}

func TestBoard_Pages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 65 {
		h.register(t, report(fmt.Sprintf("第%d件", i+1)))
	}
	b := h.signIn(t, "zhiban")
	seen, next := 0, "/?show=waiting"
	for page := range 3 {
		body := b.get(next).Body.String()
		seen += len(strings.Fields(rows(body)))
		if strings.Contains(body, "回到第一页") != (page > 0) {
			t.Errorf("page %d offers the first page: %v", page, page == 0)
		}
		m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
		if m == nil {
			if page != 2 {
				t.Fatalf("page %d is the last", page)
			}
			break
		}
		if next = strings.ReplaceAll(m[1], "&amp;", "&"); !strings.Contains(next, "show=waiting") {
			t.Errorf("the next page forgets the filter: %s", next)
		}
	}
	if seen != 65 {
		t.Errorf("the pages list %d incidents, want 65", seen)
	}
}

func TestBoard_ForWhomItIsNot(t *testing.T) {
	t.Parallel()
	h := busy(t)
	if w := h.signIn(t, "hotline").get("/"); w.Code != 403 || !strings.Contains(w.Body.String(), "接入账号") {
		t.Errorf("an intake account gets %d", w.Code)
	}
	w := h.signIn(t, "screen").get("/incidents/1")
	mustHave(t, w.Body.String(), "您在这件事上没有可办的操作", "张**")
	mustNotHave(t, w.Body.String(), "<summary>", `href="/register"`)
}

// TestIncident_EverythingOnOnePage reads the page as a handler of the lead unit does.
func TestIncident_EverythingOnOnePage(t *testing.T) {
	t.Parallel()
	h := busy(t)
	h.do(t, "jingban", 1, incident.AskExtension{Days: 2, Reason: "等待检测"})
	h.do(t, "zhuren", 1, incident.GrantExtension{Answer: "同意"})
	body := h.signIn(t, "jingban").get("/incidents/1").Body.String()
	mustHave(t, body,
		"1号", "城东小区外墙脱落", "一般", "处置中", "12345热线（编号 20261120-0042）", "城东街道幸福小区3号楼", "系统研判",
		"张**", "138****1234", "联系电话138****1234",
		"签收", "按时完成", "首次回应", "还剩46小时50分钟", "11月22日16:40", "国办发〔2016〕61号",
		"11月25日24:00", "已延期", "原为 11月23日24:00",
		"分办给县住建局", "县住建局签收", "已分办 → 已签收", "经办丁（县住建局经办人）", "值班甲（县值班员）", "签收催办：分办时（1人）",
		"准予延期2天：同意", "签收：分办时", "已撤回（时限已完成）", "等待发送", "主任乙",
	)
	mustNotHave(t, body, "张小明", "13812341234", "分办给zjj", "zjj签收", ">web:")
	evidence := h.signIn(t, "zhiban").get("/incidents/2").Body.String()
	mustHave(t, evidence, "“发生爆炸”", "生产安全事故报告和调查处理条例第三条", "疑为传言", "系统研判，待人工确认", "建议承办：", "县住建局", "已超1小时",
		"最迟时限到", "最迟时限后再过一个原时限", "起算后1小时")
}

func TestIncident_ShowsWhatStrangersWroteAsText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := report(`<script>alert(1)</script>`)
	r.Register.Report.Text = `"><img src=x onerror=alert(1)>`
	r.Register.Report.URL = "javascript:alert(1)"
	r.Register.Report.Attachments = []incident.Attachment{{URL: "javascript:alert(2)"}, {Name: "图", URL: "https://example.com/a.jpg"}}
	h.register(t, r)
	b := h.signIn(t, "zhiban")
	body := b.get("/incidents/1").Body.String()
	mustNotHave(t, body+b.get("/").Body.String(), "<script>alert", "<img src=x", "javascript:alert")
	mustHave(t, body, "&lt;script&gt;", "附件1", `href="https://example.com/a.jpg"`)
}

// TestWords_LastsLongAndShort: the words for time left at their edges, read off the board.
func TestWords_LastsLongAndShort(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]string{
		0: "还剩4小时", 3*time.Hour + 59*time.Minute: "还剩1分钟", 4*time.Hour - time.Second: "还剩不到1分钟", 4 * time.Hour: "还剩不到1分钟",
		4*time.Hour + time.Second: "已超不到1分钟", 5*time.Hour + 30*time.Minute: "已超1小时30分钟", 52*time.Hour - time.Second: "已超47小时59分钟",
		52 * time.Hour: "已超2天", 53 * time.Hour: "已超2天1小时",
	} {
		h := newHouse(t)
		h.register(t, desk.Registration{Register: incident.Register{Report: incident.Report{Title: "停水"}}})
		h.clock.Advance(after)
		body := h.signIn(t, "zhiban").get("/").Body.String()
		if !strings.Contains(body, ">"+want+"<") {
			t.Errorf("after %s: no %s on the board", after, strconv.Quote(want))
		}
	}
}
