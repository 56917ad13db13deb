package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxMessage is how many bytes of UTF-8 a message holds: WeChat Work cuts an application's
// message at 2,048 without a word (chat-protocols.md), and its link wants room too.
const maxMessage = 1900

// span is the period as people read it: 11月16日—11月22日.
func (w Weekly) span(zone *time.Location) string {
	return w.Period.From.In(zone).Format("1月2日") + "—" + w.Period.To.In(zone).AddDate(0, 0, -1).Format("1月2日")
}

// Text is the summary as a message that fits every channel: the figures with their change,
// the units, and as many of the gravest items as there is room for. The rest is counted.
func (w Weekly) Text(zone *time.Location) string {
	var b message
	o := w.Overview
	name := ""
	if w.Unit != "" {
		name = "（" + w.Name + "）"
	}
	b.add(fmt.Sprintf("【每周超期汇总】%s%s", w.span(zone), name))
	b.add(fmt.Sprintf("现超期%d项%s：本周新增%d，以前遗留%d；本周超期办理%d项", o.Overdue(), w.change(Overview.Overdue), o.Newly, o.Still, o.Late))
	b.add(fmt.Sprintf("收件%d件%s，办结%d件，按期办结率%s（%d/%d），下周到期%d项",
		o.Received, w.change(func(o Overview) int { return o.Received }), o.Concluded, o.OnTimeRate(), o.OnTime, o.Ending, o.Soon))
	if w.Unit == "" {
		w.unitLines(&b)
	}
	if w.Duties != nil {
		if line := w.Duties.Line(); line != "" {
			b.add(line)
		}
	}
	if len(w.Late) == 0 {
		b.add("没有超期事项。")
	}
	tail := func(rest int) string { return fmt.Sprintf("另有%d项，见附件或页面", rest) }
	for i, r := range w.Late {
		if !b.room(r.line(), tail(len(w.Late)-i)) {
			b.add(tail(len(w.Late) - i))
			break
		}
		b.add(r.line())
	}
	return b.b.String()
}

func (w Weekly) unitLines(b *message) {
	const shown = 5
	var worst []string
	for _, u := range w.Worst(shown) {
		worst = append(worst, fmt.Sprintf("%s%d项", u.Name, u.Overdue()))
	}
	if len(worst) > 0 {
		b.add("超期较多：" + strings.Join(worst, "、"))
	}
	var best []string
	for _, u := range w.Best(3) {
		best = append(best, fmt.Sprintf("%s（%d件）", u.Name, u.Ending))
	}
	if len(best) > 0 {
		b.add("全部按期：" + strings.Join(best, "、"))
	}
}

// change is the difference from the week before, in brackets; empty without one.
func (w Weekly) change(of func(Overview) int) string {
	if w.Last == nil {
		return ""
	}
	switch d := of(w.Overview) - of(*w.Last); {
	case d > 0:
		return fmt.Sprintf("（较上周+%d）", d)
	case d < 0:
		return fmt.Sprintf("（较上周%d）", d)
	}
	return "（与上周持平）"
}

func (r LateRow) line() string {
	line := fmt.Sprintf("%s号 %s %s %s：%s", r.Incident, r.Level.Chinese(), cut(r.Title, titleRunes), r.UnitName, r.Milestone.Chinese())
	if r.Kind == LateMet {
		return line + fmt.Sprintf("超期%d天完成", r.Days)
	}
	line += fmt.Sprintf("已超期%d天", r.Days)
	if n := len(r.Told); n > 0 {
		line += "，已催" + itoa(n) + "次"
	}
	return line
}

// message collects lines up to the limit of bytes.
type message struct{ b strings.Builder }

// room tells whether the line fits and a closing line after it.
func (m *message) room(line, closing string) bool {
	return m.b.Len()+len(line)+len(closing)+2 <= maxMessage
}

func (m *message) add(line string) {
	if m.b.Len() > 0 {
		m.b.WriteByte('\n')
	}
	m.b.WriteString(line)
}

// Scope names whose summary it is.
func (w Weekly) Scope() string {
	if w.Unit == "" {
		return "全县"
	}
	return w.Name
}

// Issue is the number of the bulletin in its year: 第47期.
func (w Weekly) Issue() string {
	week, ok := ParseWeek(w.Week)
	if !ok {
		return w.Week
	}
	return fmt.Sprintf("%d年第%d期", week.Year, week.Number)
}

func itoa(n int) string { return strconv.Itoa(n) }

// cut shortens a text to so many characters, the last an ellipsis.
func cut(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
