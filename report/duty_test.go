package report_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// TestDutyWeek: every way in which a duty can stand at the end of week 47 of 2026, as at Sunday
// 24:00: what was done or handed in later changes nothing but what was done before.
func TestDutyWeek(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("Asia/Shanghai", 8*60*60)
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, zone) } // 24:00 of the day before
	week, _ := report.ParseWeek("2026-W47")                                          // 16 to 22 November
	var cases []incident.Case
	duty := func(unit org.UnitID, title string, limit, met time.Time, pace bool) {
		d := incident.Duty{Rule: "D4", Cycle: incident.Yearly, Dues: []incident.DutyDue{{By: "end", Goal: 1, Pace: pace}}}
		m := incident.Milestone{Seq: 1, Kind: incident.MilestoneDuty, Ref: d.Ref(0), State: incident.Pending, Limit: limit, MetAt: met}
		if !met.IsZero() {
			m.State = incident.Met
		}
		cases = append(cases, incident.Case{
			ID: incident.FirstDuty + incident.ID(len(cases)), Duty: &d, Lead: unit, Report: incident.Report{Title: title}, RegisteredAt: day(1),
			Milestones: []incident.Milestone{m},
		})
	}
	none := time.Time{}
	duty("a", "在期", day(18), day(17), false)
	duty("a", "周日24:00", day(23), day(23), false) // 24:00 itself is in time
	duty("a", "迟了", day(18), day(20), false)
	duty("b", "没有做", day(18), none, false)
	duty("b", "上周到期没有做", day(10), none, false)
	duty("b", "下周才做", day(18), none, false) // as it was at Sunday
	duty("b", "落后", day(18), none, true)
	duty("c", "两周内", day(30), none, false)
	duty("c", "两周末", day(23).AddDate(0, 0, 14), none, false)
	duty("c", "更远", day(23).AddDate(0, 0, 15), none, false)
	duty("c", "作废", day(18), none, false)
	cases[len(cases)-1].State = incident.Void
	duty("c", "以后才有", day(18), none, false)
	cases[len(cases)-1].RegisteredAt = day(24)
	outage := incident.Duty{Rule: "D6", Cycle: incident.Watching}
	cases = append(cases, incident.Case{ID: incident.FirstDuty + 90, Duty: &outage, RegisteredAt: day(19)}, incident.Case{ID: incident.FirstDuty + 91, Duty: &outage, RegisteredAt: day(12)})
	dir, err := org.NewDirectory(org.Data{Units: []org.Unit{{ID: "a", Name: "县甲局"}, {ID: "b", Name: "县乙局"}, {ID: "c", Name: "县丙局"}}})
	if err != nil {
		t.Fatal(err)
	}
	w := report.NewDutyWeek(cases, week.Period(zone, time.Time{}), dir)
	want := "周期任务：本周到期5项，按时完成2项，逾期完成1项；现逾期3项（县乙局3项），两周内到期2项；监测中断1次。"
	if w.Line() != want {
		t.Errorf("got  %s\nwant %s", w.Line(), want)
	}
	titles := func(rows []report.DutyRow) string {
		var out []string
		for _, r := range rows {
			out = append(out, r.Title)
		}
		return strings.Join(out, " ")
	}
	if got := titles(w.Late); got != "上周到期没有做 迟了 没有做 下周才做" {
		t.Errorf("late: %s", got)
	}
	if got := titles(w.Soon); got != "两周内 两周末" {
		t.Errorf("soon: %s", got)
	}
	if w.Units[0].Name != "县乙局" || w.Units[0].Behind != 1 || w.Units[0].Overdue != 3 {
		t.Errorf("the worst first: %+v", w.Units)
	}
	if own := w.Of("a"); len(own.Units) != 1 || own.Overdue() != 0 || titles(own.Late) != "迟了" || own.Outages != 0 {
		t.Errorf("a unit's own: %+v", own)
	}
	if line := report.NewDutyWeek(nil, week.Period(zone, time.Time{}), dir).Line(); line != "" {
		t.Errorf("without duties: %q", line)
	}
}
