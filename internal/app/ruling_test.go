package app

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"huiying/report"
)

// TestRulings_AreToldToWhomTheyConcern: an appeal reaches the director, its answer the unit's
// leaders, each once, with the page's address; so does what is entered in its sheet.
func TestRulings_AreToldToWhomTheyConcern(t *testing.T) {
	t.Parallel()
	y := newYear(t, "2026-11-02 09:00")
	y.jobs.fresh = false
	y.register("钱值班", map[string]any{"source": "12345热线", "external_id": "A1", "title": "路灯不亮", "text": "和平小区路灯不亮", "lead": "县住建局"})
	y.fake.Advance(y.at("2026-12-08 09:00").Sub(y.now()))
	y.post("郑主任", "/reports/evaluation/2026-11/issue", nil).wants(200)
	said := func(act func()) string {
		before := y.out.Len()
		act()
		return y.out.String()[before:]
	}
	wants := func(book string, parts ...string) {
		t.Helper()
		for _, p := range parts {
			if strings.Count(book, p) != 1 {
				t.Errorf("the book has %q %d times, want once:\n%s", p, strings.Count(book, p), book)
			}
		}
	}
	e, _, err := y.reports.Evaluation(t.Context(), report.Month{Year: 2026, Month: time.November}, y.now())
	y.must(err)
	var lost report.Deduction
	for _, u := range e.Units {
		if u.Unit == "zjj" {
			lost = u.Deductions[0]
		}
	}
	var appeal answer
	wants(said(func() {
		appeal = y.post("王局长", "/reports/evaluation/2026-11/appeals", map[string]any{
			"figure": lost.Figure, "incident": lost.Incident, "milestone": lost.Milestone, "text": "系统升级，已书面报告",
		})
		appeal.wants(201)
	}), "→ 郑主任：【申诉】县住建局对2026-11的评估")
	id, _ := appeal.Body["id"].(float64)
	wants(said(func() {
		y.post("郑主任", "/rulings/"+strconv.Itoa(int(id))+"/decision", map[string]any{"adopt": true, "answer": "情况属实"}).wants(200)
	}), "→ 王副局长、王局长：【申诉答复】采纳")
	var entry answer
	wants(said(func() {
		entry = y.post("钱值班", "/reports/year/2026/entries", map[string]any{"unit": "县住建局", "points": 1.5, "text": "台账不全"})
		entry.wants(201)
	}), "→ 王副局长、王局长：【年终考核扣分】2026年扣1.5分")
	id, _ = entry.Body["id"].(float64)
	wants(said(func() {
		y.post("钱值班", "/rulings/"+strconv.Itoa(int(id))+"/withdrawal", map[string]any{"answer": "已补齐"}).wants(200)
	}), "→ 王副局长、王局长：【年终考核扣分】已撤销：2026年扣1.5分")
}
