package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

func hotline() incident.Source {
	return incident.Source{Name: "12345热线", Kind: incident.SourceHotline}
}

// TestExtension_ByEachCalendar: 3日 from Friday 20 November 16:40, extended by 2日 in the same calendar.
func TestExtension_ByEachCalendar(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cal           sla.Calendar
		limit, longer string
	}{
		{sla.Exact, "2026-11-23T16:40:00+08:00", "2026-11-25T16:40:00+08:00"},
		{sla.Natural, "2026-11-24T00:00:00+08:00", "2026-11-26T00:00:00+08:00"},
		{sla.NaturalRoll, "2026-11-24T00:00:00+08:00", "2026-11-26T00:00:00+08:00"},
		// 3 working days after Friday: Monday to Wednesday; two more: Friday 24:00.
		{sla.Working, "2026-11-26T00:00:00+08:00", "2026-11-28T00:00:00+08:00"},
	}
	for _, tt := range tests {
		l := begin(t, book(t, "calendar: "+string(tt.cal)), incident.General, "2026-11-20T16:40:00+08:00", hotline())
		if m := l.last(incident.MilestoneConclude); !m.Limit.Equal(at(t, tt.limit)) || m.Days != 3 {
			t.Fatalf("%s: limit %s", tt.cal, m.Limit.In(zone()))
		}
		l.do("2026-11-21T09:00:00+08:00", person(house, org.Handler), incident.AskExtension{Days: 2, Reason: "等待检测"})
		if m := l.last(incident.MilestoneConclude); !m.Limit.Equal(at(t, tt.limit)) {
			t.Errorf("%s: asking moved the limit", tt.cal)
		}
		l.do("2026-11-21T10:00:00+08:00", person(hall, org.OfficeDirector), incident.GrantExtension{})
		m := l.last(incident.MilestoneConclude)
		if !m.Limit.Equal(at(t, tt.longer)) || !m.Original.Equal(at(t, tt.limit)) || !m.Extended || m.Round != 1 {
			t.Errorf("%s: extended to %s: %+v", tt.cal, m.Limit.In(zone()), m)
		}
		if !strings.Contains(m.Counted, "经批准延期2天") {
			t.Errorf("%s: does not say how: %s", tt.cal, m.Counted)
		}
	}
}

// TestExtension_AsLongAsTheLimitIsInDays: holidays stretch 3 working days over twelve, and still
// only 3日 may be added; the rung for limits of 5日 and longer stays away.
func TestExtension_AsLongAsTheLimitIsInDays(t *testing.T) {
	t.Parallel()
	b := book(t, "calendar: working")
	l := begin(t, b, incident.General, "2026-02-14T10:00:00+08:00", hotline()) // off from the 15th to the 23rd
	m := l.last(incident.MilestoneConclude)
	if !m.Limit.Equal(at(t, "2026-02-27T00:00:00+08:00")) {
		t.Fatalf("limit %s", m.Limit.In(zone()))
	}
	for _, r := range b.Ladder(l.c, m) {
		if r.Label == "L-48h" {
			t.Error("3日 are warned as 5日 are")
		}
	}
	_, _, err := l.c.Apply(incident.AskExtension{Days: 4, Reason: "x"}, person(house, org.Handler), at(t, "2026-02-14T11:00:00+08:00"))
	if err == nil || !strings.Contains(err.Error(), "1至3天") {
		t.Errorf("four days for three: %v", err)
	}
	l.do("2026-02-14T11:00:00+08:00", person(house, org.Handler), incident.AskExtension{Days: 3, Reason: "x"})
	l.do("2026-02-14T12:00:00+08:00", person(hall, org.OfficeDirector), incident.GrantExtension{})
	longer, warned := l.last(incident.MilestoneConclude), false
	for _, r := range b.Ladder(l.c, longer) {
		warned = warned || r.Label == "L-48h"
	}
	// Four working days from 24 to 27 February, worked Saturday the 28th, Monday 2 March.
	if !warned || longer.Days != 6 || !longer.Limit.Equal(at(t, "2026-03-03T00:00:00+08:00")) {
		t.Errorf("6日 end %s, warned two days before: %v", longer.Limit.In(zone()), warned)
	}
}

// TestHanded_TheEarlierBinds: a limit that came with the item is a second one, and both are shown.
func TestHanded_TheEarlierBinds(t *testing.T) {
	t.Parallel()
	const own = "2026-11-24T00:00:00+08:00"
	tests := []struct {
		name          string
		level         incident.Level
		kind          incident.MilestoneKind
		handed, limit string
		target        string
		says          string
	}{
		{"earlier", incident.General, incident.MilestoneConclude, "2026-11-22T12:00:00+08:00", "2026-11-22T12:00:00+08:00", "2026-11-22T12:00:00+08:00", "随件期限11月22日12:00（市12345）更早，以其为准；本县时限为11月23日24:00"},
		{"later", incident.General, incident.MilestoneConclude, "2026-11-30T00:00:00+08:00", own, "2026-11-23T16:40:00+08:00", "随件期限11月29日24:00（市12345）较晚"},
		{"the same instant", incident.General, incident.MilestoneConclude, own, own, "2026-11-23T16:40:00+08:00", "较晚"},
		{"of a conclusion, for a major's plan", incident.Major, incident.MilestonePlan, "2026-11-22T00:00:00+08:00", "2026-11-22T00:00:00+08:00", "2026-11-22T00:00:00+08:00", "11月21日24:00"},
		{"before the item came", incident.General, incident.MilestoneConclude, "2026-11-20T12:00:00+08:00", own, "2026-11-23T16:40:00+08:00", ""},
	}
	for _, tt := range tests {
		l := begin(t, book(t, ""), tt.level, "2026-11-20T16:40:00+08:00", hotline(),
			incident.HandedLimit{Kind: incident.MilestoneConclude, Limit: at(t, tt.handed), By: "市12345"})
		m := l.last(tt.kind)
		if !m.Limit.Equal(at(t, tt.limit)) || !m.Target.Equal(at(t, tt.target)) || !strings.Contains(m.Counted, tt.says) {
			t.Errorf("%s: %s / %s: %s", tt.name, m.Target.In(zone()), m.Limit.In(zone()), m.Counted)
		}
	}
}

// TestHanded_IsNotTheCountysToExtend: the county's own limit moves, the handed one binds on.
func TestHanded_IsNotTheCountysToExtend(t *testing.T) {
	t.Parallel()
	l := begin(t, book(t, ""), incident.General, "2026-11-20T16:40:00+08:00", hotline(),
		incident.HandedLimit{Kind: incident.MilestoneConclude, Limit: at(t, "2026-11-25T12:00:00+08:00"), By: "市12345"})
	l.do("2026-11-21T09:00:00+08:00", person(house, org.Handler), incident.AskExtension{Days: 3, Reason: "x"})
	l.do("2026-11-21T10:00:00+08:00", person(hall, org.OfficeDirector), incident.GrantExtension{})
	if m := l.last(incident.MilestoneConclude); !m.Limit.Equal(at(t, "2026-11-25T12:00:00+08:00")) || !strings.Contains(m.Counted, "更早，以其为准") {
		t.Errorf("own limit 26th 24:00, handed down 25th noon: %s, %s", m.Limit.In(zone()), m.Counted)
	}
}

// TestReturn_NoRestart: the second unit's acceptance counts from its own dispatch, the conclusion from the start.
func TestReturn_NoRestart(t *testing.T) {
	t.Parallel()
	l := begin(t, book(t, ""), incident.General, "2026-11-20T09:00:00+08:00", hotline())
	l.do("2026-11-20T10:00:00+08:00", person(house, org.Deputy), incident.Return{Reason: "不属本单位职责"})
	if m := l.last(incident.MilestoneDispatch); !m.Pending() || !m.Limit.Equal(at(t, "2026-11-20T14:00:00+08:00")) {
		t.Errorf("to be dispatched anew within 4 h of the return: %+v", m)
	}
	if m := l.last(incident.MilestoneAccept); m.State != incident.Met {
		t.Errorf("a return meets the acceptance: %+v", m)
	}
	l.do("2026-11-20T11:00:00+08:00", person(hall, org.DutyOfficer), incident.Dispatch{Lead: water})
	if m := l.last(incident.MilestoneAccept); m.Unit != water || !m.Limit.Equal(at(t, "2026-11-20T15:00:00+08:00")) {
		t.Errorf("accept: %+v", m)
	}
	if m := l.last(incident.MilestoneConclude); !m.Limit.Equal(at(t, "2026-11-24T00:00:00+08:00")) || m.Seq != 2 {
		t.Errorf("conclude: %+v", m)
	}
}

// TestReopen_CountsAnew by the calendar of the level and source.
func TestReopen_CountsAnew(t *testing.T) {
	t.Parallel()
	l := begin(t, book(t, "calendars: {sources: {12345热线: working}}"), incident.General, "2026-11-20T16:40:00+08:00", hotline())
	l.do("2026-11-20T17:00:00+08:00", person(house, org.Deputy), incident.Conclude{ConcludeKind: incident.Resolved, Result: "x"})
	l.do("2026-11-27T10:00:00+08:00", person(hall, org.DutyOfficer), incident.Reopen{Reason: "群众不满意"}) // a Friday
	if m := l.last(incident.MilestoneConclude); m.Clock != 2 || !m.Limit.Equal(at(t, "2026-12-03T00:00:00+08:00")) || !strings.Contains(m.Counted, "重办当日") {
		t.Errorf("three working days from Friday end on Wednesday 24:00: %+v", m)
	}
}

// TestRetime_MovesOnlyWhatIsPending: another policy, by name, with what was before kept.
func TestRetime_MovesOnlyWhatIsPending(t *testing.T) {
	t.Parallel()
	l := begin(t, book(t, ""), incident.Major, "2026-11-20T16:40:00+08:00", hotline())
	l.do("2026-11-20T17:00:00+08:00", person(house, org.Handler), incident.Accept{})
	told := incident.Tell{Milestone: l.last(incident.MilestonePlan).Seq, Rungs: []incident.ToldRung{{Rung: 1, Label: "L-48h", People: []org.PersonID{"甲"}}}}
	l.do("2026-11-24T07:30:00+08:00", org.System("engine"), told)
	before := l.c
	l.b = book(t, "milestones: {plan: {major: {days: 3, target: 72h}}, accept: {major: {limit: 10h}}}")
	if again := l.b.Plan(l.c, at(t, "2026-11-24T08:00:00+08:00")); fmt.Sprint(again.Milestones) != fmt.Sprint(l.c.Milestones) || again.Policy != l.c.Policy {
		t.Error("another policy moved limits by itself")
	}
	l.do("2026-11-24T09:00:00+08:00", person(hall, org.OfficeDirector), incident.Retime{Policy: l.b.Policy.Version(), Reason: "本县新规"})
	m := l.last(incident.MilestonePlan)
	if !m.Limit.Equal(at(t, "2026-11-24T00:00:00+08:00")) || !m.Original.Equal(at(t, "2026-11-26T00:00:00+08:00")) || m.Round != 1 || len(m.Told) != 0 || m.Days != 3 {
		t.Errorf("plan: %+v", m)
	}
	if l.c.Policy != l.b.Policy.Version() {
		t.Error("the case does not keep the version")
	}
	for i, was := range before.Milestones {
		if is := l.c.Milestones[i]; !was.Pending() && (!is.Limit.Equal(was.Limit) || is.State != was.State) {
			t.Errorf("a settled limit moved: %+v to %+v", was, is)
		}
	}
	same := l.last(incident.MilestonePlan)
	l.do("2026-11-24T10:00:00+08:00", person(hall, org.OfficeDirector), incident.Retime{Reason: "再算一次"})
	if m := l.last(incident.MilestonePlan); m.Round != same.Round || !m.Original.Equal(same.Original) {
		t.Errorf("counting again the same moved something: %+v", m)
	}
}

// TestRetime_WhenTheYearIsPublished: the provisional limit is counted anew and its warning goes.
func TestRetime_WhenTheYearIsPublished(t *testing.T) {
	t.Parallel()
	b := book(t, "calendar: working")
	l := begin(t, b, incident.General, "2026-12-30T10:00:00+08:00", hotline()) // a Wednesday
	m := l.last(incident.MilestoneConclude)
	// 31 December, then 1 January is statutory, the weekend, 4 and 5 January.
	if !m.Limit.Equal(at(t, "2027-01-06T00:00:00+08:00")) || m.Warning == "" {
		t.Fatalf("provisional: %s, %q", m.Limit.In(zone()), m.Warning)
	}
	year, err := sla.LoadHolidays(map[string][]byte{
		"2026.json": []byte(`{"year":2026,"days":[{"date":"2026-10-01","isOffDay":true}]}`),
		"2027.json": []byte(`{"year":2027,"days":[{"date":"2027-01-01","isOffDay":true},{"date":"2027-01-02","isOffDay":true},{"date":"2027-01-03","isOffDay":false}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.b.Holidays = year
	l.do("2026-12-31T10:00:00+08:00", org.System("calendar"), incident.Retime{Reason: "2027年放假安排已公布"})
	if m := l.last(incident.MilestoneConclude); !m.Limit.Equal(at(t, "2027-01-05T00:00:00+08:00")) || m.Warning != "" {
		t.Errorf("the Sunday is worked: %s, %q", m.Limit.In(zone()), m.Warning)
	}
}

// TestHolidays_Faults: a broken file is named, an empty year is not published.
func TestHolidays_Faults(t *testing.T) {
	t.Parallel()
	_, err := sla.LoadHolidays(map[string][]byte{
		"a.json": []byte("{"), "b.json": []byte(`{"year":2027,"days":[{"date":"1 January","isOffDay":true}]}`), "LICENSE": []byte("x"),
	})
	for _, want := range []string{"a.json 读不懂", "b.json 的日期“1 January”有误"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	h, err := sla.LoadHolidays(map[string][]byte{"2027.json": []byte(`{"year":2027,"days":[]}`)})
	if err != nil || h.Published(2027) || (*sla.Holidays)(nil).Published(2026) {
		t.Errorf("an empty year: %v, published %v", err, h.Published(2027))
	}
}

// TestPlan_DayIsTheCountys whatever zone the instant is written in (facts/standards.md 2.4.2).
func TestPlan_DayIsTheCountys(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	want := at(t, "2026-11-24T00:00:00+08:00")
	for _, place := range []string{"UTC", "America/Los_Angeles", "Asia/Tokyo"} {
		loc, err := time.LoadLocation(place)
		if err != nil {
			t.Skip("no zone data here")
		}
		// 00:30 on the 20th in the county is still the 19th in most of the world.
		m := milestone(b.Preview(incident.General, at(t, "2026-11-20T00:30:00+08:00").In(loc), web()), incident.MilestoneConclude)
		if !m.Limit.Equal(want) {
			t.Errorf("%s: %s", place, m.Limit.In(zone()))
		}
	}
}

// TestMet_ToTheMillisecond: met if met_at <= limit_at (facts/standards.md 2.4.1).
func TestMet_ToTheMillisecond(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]incident.MilestoneState{
		"2026-11-24T00:00:00+08:00": incident.Met, "2026-11-24T00:00:00.001+08:00": incident.MetLate,
	} {
		l := begin(t, book(t, ""), incident.General, "2026-11-20T16:40:00+08:00", hotline())
		l.do(when, person(house, org.Deputy), incident.Conclude{ConcludeKind: incident.Resolved, Result: "x"})
		if m := l.last(incident.MilestoneConclude); m.State != want {
			t.Errorf("%s: %s", when, m.State)
		}
	}
}
