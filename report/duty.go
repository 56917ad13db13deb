package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// DutySource yields the recurring duties that began at or after an instant; [desk.Desk.DutiesSince]
// is one.
type DutySource func(ctx context.Context, since time.Time) ([]incident.Case, error)

const (
	// dutyBack is longer than any duty runs.
	dutyBack = 400 * 24 * time.Hour
	// dutyAhead is how far the summary looks ahead on duties.
	dutyAhead = 2 * aWeek
)

// DutyWeek is how the recurring duties (周期任务) stand at the end of a week.
type DutyWeek struct {
	Units []DutyUnit `json:"units"`
	// Late are past the notice's limit, or were done after it in the week; Soon fall due
	// within two weeks.
	Late []DutyRow `json:"late"`
	Soon []DutyRow `json:"soon"`
	// Outages are how often 24小时监测 was broken in the week.
	Outages int `json:"outages"`
}

// DutyUnit is one unit's line.
type DutyUnit struct {
	Unit org.UnitID `json:"unit"`
	Name string     `json:"name"`
	// Ended fell due in the week; OnTime and MetLate of them.
	Ended   int `json:"ended"`
	OnTime  int `json:"on_time"`
	MetLate int `json:"met_late"`
	Overdue int `json:"overdue"` // at the cut-off, whenever it fell due
	Behind  int `json:"behind"`  // behind the pace that the county set itself; accuses nobody
	Soon    int `json:"soon"`
}

// DutyRow is one limit of a duty.
type DutyRow struct {
	Duty     incident.ID `json:"duty"`
	Title    string      `json:"title"`
	Unit     org.UnitID  `json:"unit"`
	UnitName string      `json:"unit_name"`
	Limit    time.Time   `json:"limit"`
	MetAt    time.Time   `json:"met_at,omitzero"`
	Days     int         `json:"days,omitempty"`
	Pace     bool        `json:"pace,omitempty"`
}

// changedSince tells whether something may have been done with a duty after an instant, so
// that it must be made anew from its log.
func changedSince(c incident.Case, at time.Time) bool {
	if c.Duty == nil || c.RegisteredAt.After(at) {
		return false
	}
	later := slices.ContainsFunc(c.Duty.Entries, func(e incident.DutyEntry) bool { return e.RecordedAt.After(at) || e.Struck != "" })
	return later || c.State == incident.Void || len(c.Extensions) > 0
}

// NewDutyWeek counts duties as they were at the period's cut-off. A proof counts by when the
// thing was done, of those that had been handed in by then.
func NewDutyWeek(cases []incident.Case, p Period, dir *org.Directory) DutyWeek {
	var w DutyWeek
	units := map[org.UnitID]*DutyUnit{}
	for _, c := range cases {
		if c.Duty == nil || c.State == incident.Void || c.RegisteredAt.After(p.CutOff) {
			continue
		}
		if c.Duty.Cycle == incident.Watching {
			if p.Has(c.RegisteredAt) {
				w.Outages++
			}
			continue
		}
		u := units[c.Lead]
		if u == nil {
			u = &DutyUnit{Unit: c.Lead, Name: dir.UnitName(c.Lead)}
			units[c.Lead] = u
		}
		for _, m := range c.Milestones {
			if due, ok := c.Duty.DueOf(m); ok && m.State != incident.Voided {
				w.add(u, c, m, due, p)
			}
		}
	}
	for _, u := range units {
		w.Units = append(w.Units, *u)
	}
	slices.SortFunc(w.Units, func(a, b DutyUnit) int {
		return cmp.Or(b.Overdue-a.Overdue, b.MetLate-a.MetLate, cmp.Compare(a.Unit, b.Unit))
	})
	byLimit := func(a, b DutyRow) int { return cmp.Or(a.Limit.Compare(b.Limit), cmp.Compare(a.Duty, b.Duty)) }
	slices.SortFunc(w.Late, byLimit)
	slices.SortFunc(w.Soon, byLimit)
	return w
}

func (w *DutyWeek) add(u *DutyUnit, c incident.Case, m incident.Milestone, due incident.DutyDue, p Period) {
	row := DutyRow{Duty: c.ID, Title: incident.MaskText(c.Report.Title), Unit: c.Lead, UnitName: u.Name, Limit: m.Limit, Pace: due.Pace}
	met := !m.MetAt.IsZero() && !m.MetAt.After(p.CutOff)
	late := met && m.MetAt.After(m.Limit)
	over := !met && !m.Limit.After(p.CutOff)
	if p.Has(m.Limit) && !due.Pace {
		u.Ended++
		if met && !late {
			u.OnTime++
		} else if late {
			u.MetLate++
		}
	}
	switch {
	case over && due.Pace:
		u.Behind++
	case over:
		u.Overdue++
		row.Days = p.days(m)
		w.Late = append(w.Late, row)
	case late && !due.Pace && p.Has(m.MetAt):
		row.MetAt, row.Days = m.MetAt, p.days(m)
		w.Late = append(w.Late, row)
	case !met && !m.Limit.After(p.To.Add(dutyAhead)):
		u.Soon++
		w.Soon = append(w.Soon, row)
	}
}

// Overdue is how many duties are past their limits.
func (w DutyWeek) Overdue() int {
	n := 0
	for _, u := range w.Units {
		n += u.Overdue
	}
	return n
}

// Of is one unit's part.
func (w DutyWeek) Of(unit org.UnitID) DutyWeek {
	other := func(r DutyRow) bool { return r.Unit != unit }
	return DutyWeek{
		Units: slices.DeleteFunc(slices.Clone(w.Units), func(u DutyUnit) bool { return u.Unit != unit }),
		Late:  slices.DeleteFunc(slices.Clone(w.Late), other), Soon: slices.DeleteFunc(slices.Clone(w.Soon), other),
	}
}

// Line is the duties in a sentence; empty where there is nothing to say.
func (w DutyWeek) Line() string {
	ended, onTime, late := 0, 0, 0
	var worst []string
	for _, u := range w.Units {
		ended, onTime, late = ended+u.Ended, onTime+u.OnTime, late+u.MetLate
		if u.Overdue > 0 && len(worst) < 5 {
			worst = append(worst, fmt.Sprintf("%s%d项", u.Name, u.Overdue))
		}
	}
	if ended+len(worst)+len(w.Soon)+w.Outages == 0 {
		return ""
	}
	line := fmt.Sprintf("周期任务：本周到期%d项，按时完成%d项", ended, onTime)
	if late > 0 {
		line += fmt.Sprintf("，逾期完成%d项", late)
	}
	line += fmt.Sprintf("；现逾期%d项", w.Overdue())
	if len(worst) > 0 {
		line += "（" + strings.Join(worst, "、") + "）"
	}
	line += fmt.Sprintf("，两周内到期%d项", len(w.Soon))
	if w.Outages > 0 {
		line += fmt.Sprintf("；监测中断%d次", w.Outages)
	}
	return line + "。"
}

// tables are the duties by unit, and one by one.
func (w DutyWeek) tables(cutOff time.Time, zone *time.Location) []Table {
	units := Table{Title: "周期任务（按单位）", Columns: []Column{
		{Name: "单位", Width: 20},
		{Name: "本周到期", Width: 10, Sum: true},
		{Name: "按时完成", Width: 10, Sum: true},
		{Name: "逾期完成", Width: 10, Sum: true},
		{Name: "现逾期", Width: 10, Sum: true},
		{Name: "进度落后", Width: 10, Sum: true},
		{Name: "两周内到期", Width: 12, Sum: true},
	}, Sum: len(w.Units) > 0}
	for _, u := range w.Units {
		units.Rows = append(units.Rows, []Cell{
			text(u.Name), number(u.Ended), number(u.OnTime), number(u.MetLate), number(u.Overdue), number(u.Behind), number(u.Soon),
		})
	}
	rows := Table{Title: "周期任务（逐项）", Columns: []Column{
		{Name: "编号", Width: 9},
		{Name: "任务", Width: 34},
		{Name: "单位", Width: 16},
		{Name: "到期时间", Width: 18},
		{Name: "情形", Width: 18},
	}}
	put := func(r DutyRow, state string) {
		rows.Rows = append(rows.Rows, []Cell{
			text(r.Duty.No()), text(cut(r.Title, titleRunes)), text(r.UnitName), text(incident.ShowFrom(r.Limit, cutOff, zone)), text(state),
		})
	}
	for _, r := range w.Late {
		state := fmt.Sprintf("已逾期%d天", r.Days)
		if !r.MetAt.IsZero() {
			state = fmt.Sprintf("逾期%d天完成", r.Days)
		}
		put(r, state)
	}
	for _, r := range w.Soon {
		state := "两周内到期"
		if r.Pace {
			state = "阶段进度"
		}
		put(r, state)
	}
	return []Table{units, rows}
}
