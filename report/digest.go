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
		fmt.Fprintf(&b, "\n%s %d号 %s：%s，最迟%s", word, o.Incident, cut(o.Title, titleRunes), o.Milestone.Chinese(), incident.ShowFrom(o.Limit, now, zone))
	}
	return b.String()
}

// titleRunes is how much of a title stands in a list.
const titleRunes = 16
