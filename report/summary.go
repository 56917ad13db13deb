package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Owed is one milestone that a unit still owes.
type Owed struct {
	Incident  incident.ID
	Title     string // masked
	Level     incident.Level
	Unit      org.UnitID
	Milestone incident.MilestoneKind
	Limit     time.Time
}

// Owing lists the pending milestones of a case with the units that owe them: the unit
// of an accept milestone, else the lead; empty where the county has not dispatched yet.
func Owing(c incident.Case) []Owed {
	var out []Owed
	for _, m := range c.Milestones {
		if !m.Pending() || m.Kind.Inner() {
			continue
		}
		o := Owed{
			Incident: c.ID, Title: incident.MaskText(c.Report.Title), Level: c.Level(),
			Unit: c.Lead, Milestone: m.Kind, Limit: m.Limit,
		}
		if m.Kind == incident.MilestoneAccept {
			o.Unit = m.Unit
		}
		out = append(out, o)
	}
	return out
}

// Day is what a unit must do today: overdue first, then what falls due before End.
type Day struct {
	Date time.Time // midnight at the beginning of the day, in the county's zone
	End  time.Time
	Owed []Owed
}

// NewDay collects what is overdue at now, or falls due before the end of now's day, in zone.
func NewDay(cases []incident.Case, now time.Time, zone *time.Location) Day {
	local := now.In(zone)
	d := Day{Date: time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)}
	// What is due at 24:00 of today is due today.
	d.End = d.Date.AddDate(0, 0, 1)
	for _, c := range cases {
		for _, o := range Owing(c) {
			if !o.Limit.After(d.End) {
				d.Owed = append(d.Owed, o)
			}
		}
	}
	slices.SortStableFunc(d.Owed, func(a, b Owed) int {
		return cmp.Or(a.Limit.Compare(b.Limit), cmp.Compare(a.Incident, b.Incident))
	})
	return d
}

// Of is the part of the day that one unit owes; the empty unit is the county's own part.
func (d Day) Of(unit org.UnitID) Day {
	d.Owed = slices.DeleteFunc(slices.Clone(d.Owed), func(o Owed) bool { return o.Unit != unit })
	return d
}

// Units lists the units that owe something, in the order of their most urgent item.
func (d Day) Units() []org.UnitID {
	var out []org.UnitID
	for _, o := range d.Owed {
		if !slices.Contains(out, o.Unit) {
			out = append(out, o.Unit)
		}
	}
	return out
}

// lines bounds a message's list, so that it stays readable on a phone.
const lines = 10

// Text is the day as a message; empty when nothing is owed.
func (d Day) Text(now time.Time, zone *time.Location) string {
	if len(d.Owed) == 0 {
		return ""
	}
	overdue := 0
	for _, o := range d.Owed {
		if now.After(o.Limit) {
			overdue++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "【每日提醒】%s：已超期%d项，今日到期%d项", d.Date.Format("1月2日"), overdue, len(d.Owed)-overdue)
	for i, o := range d.Owed {
		if i == lines {
			fmt.Fprintf(&b, "\n另有%d项，请到页面查看", len(d.Owed)-lines)
			break
		}
		word := "到期"
		if now.After(o.Limit) {
			word = "超期"
		}
		fmt.Fprintf(&b, "\n%s %d号 %s：%s，最迟%s", word, o.Incident, short(o.Title), o.Milestone.Chinese(), incident.ShowFrom(o.Limit, now, zone))
	}
	return b.String()
}

// titleRunes is how much of a title stands in a list.
const titleRunes = 16

func short(title string) string {
	r := []rune(strings.Join(strings.Fields(title), " "))
	if len(r) <= titleRunes {
		return string(r)
	}
	return string(r[:titleRunes-1]) + "…"
}

// Week is the overdue summary of one week: what was overdue at some moment of it.
type Week struct {
	From, To time.Time // From included, To not; Monday 00:00 in the county's zone
	Rows     []Late
}

// Late is one milestone that passed its limit.
type Late struct {
	Owed
	MetAt time.Time // zero while it is still overdue
}

// WeekBefore is the whole week, Monday to Sunday, before the day of now.
func WeekBefore(now time.Time, zone *time.Location) (from, to time.Time) {
	local := now.In(zone)
	to = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	for to.Weekday() != time.Monday {
		to = to.AddDate(0, 0, -1)
	}
	return to.AddDate(0, 0, -7), to
}

// NewWeek collects the milestones that were overdue at some moment of the time between from (included) and
// to (not included), as known at now.
func NewWeek(cases []incident.Case, from, to, now time.Time) Week {
	w := Week{From: from, To: to}
	for _, c := range cases {
		for _, m := range c.Milestones {
			if m.State == incident.Voided || m.Kind.Inner() || !m.Limit.Before(to) || !m.Limit.Before(now) {
				continue
			}
			ended := !m.Pending()
			if ended && (m.State != incident.MetLate || m.MetAt.Before(from)) {
				continue
			}
			late := Late{Owed: Owed{
				Incident: c.ID, Title: incident.MaskText(c.Report.Title), Level: c.Level(),
				Unit: c.Lead, Milestone: m.Kind, Limit: m.Limit,
			}}
			if m.Kind == incident.MilestoneAccept {
				late.Unit = m.Unit
			}
			if ended {
				late.MetAt = m.MetAt
			}
			w.Rows = append(w.Rows, late)
		}
	}
	slices.SortStableFunc(w.Rows, func(a, b Late) int {
		return cmp.Or(b.Level.Rank()-a.Level.Rank(), a.Limit.Compare(b.Limit), cmp.Compare(a.Incident, b.Incident))
	})
	return w
}

// Text is the week as a message to leaders: the figures, the units by number, and the
// gravest items. names turns a unit's id into its name.
func (w Week) Text(now time.Time, names func(org.UnitID) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "【每周超期汇总】%s—%s", w.From.Format("1月2日"), w.To.AddDate(0, 0, -1).Format("1月2日"))
	if len(w.Rows) == 0 {
		b.WriteString("\n本周没有超期事项。")
		return b.String()
	}
	open := 0
	byUnit := map[org.UnitID]int{}
	var units []org.UnitID
	for _, r := range w.Rows {
		if r.MetAt.IsZero() {
			open++
		}
		if byUnit[r.Unit]++; byUnit[r.Unit] == 1 {
			units = append(units, r.Unit)
		}
	}
	fmt.Fprintf(&b, "\n超期%d项，其中仍未办理%d项", len(w.Rows), open)
	slices.SortStableFunc(units, func(a, c org.UnitID) int { return byUnit[c] - byUnit[a] })
	for i, u := range units {
		if i == lines {
			break
		}
		name := "县政府办（未分办）"
		if u != "" {
			name = names(u)
		}
		fmt.Fprintf(&b, "\n%s：%d项", name, byUnit[u])
	}
	b.WriteString("\n较重的事项：")
	for i, r := range w.Rows {
		if i == lines/2 {
			break
		}
		end, word := now, "仍超"
		if !r.MetAt.IsZero() {
			end, word = r.MetAt, "曾超"
		}
		fmt.Fprintf(&b, "\n%s %d号 %s：%s%s%s", r.Level.Chinese(), r.Incident, short(r.Title), r.Milestone.Chinese(), word, days(end.Sub(r.Limit)))
	}
	return b.String()
}

func days(d time.Duration) string {
	if d < 24*time.Hour {
		return fmt.Sprintf("%d小时", max(1, int(d/time.Hour)))
	}
	return fmt.Sprintf("%d天", d/(24*time.Hour))
}
