package incident_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// builtin is the policy that the house ships, which counts the limits of these tests.
func builtin(tb testing.TB) sla.Book {
	tb.Helper()
	raw, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	p, err := sla.ParsePolicy("policy.yaml", raw)
	if err != nil {
		tb.Fatal(err)
	}
	return sla.Book{Policy: p, Zone: zone()}
}

// story is a case that goes through commands under the built-in policy.
type story struct {
	t *testing.T
	b sla.Book
	c incident.Case
}

// tell starts a story: registered at the instant and dispatched to house one minute later.
func tell(t *testing.T, level incident.Level, received string) *story {
	t.Helper()
	s := &story{t: t, b: builtin(t)}
	s.do(received, actor(hall, org.DutyOfficer), incident.Register{
		Report:  incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline, WantsAnswer: true}, Title: "路面有坑"},
		Grading: incident.Grading{Level: level, By: "officer", Confirmed: true},
	})
	s.c.ID = 3
	s.do(at(t, received).Add(time.Minute).Format(time.RFC3339), actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house, Assisting: []org.UnitID{water}})
	return s
}

func (s *story) do(when string, by org.Actor, cmd incident.Command) {
	s.t.Helper()
	now := at(s.t, when)
	next, _, err := s.c.Apply(cmd, by, now)
	if err != nil {
		s.t.Fatalf("%s at %s: %v", cmd.Kind(), when, err)
	}
	s.c = s.b.Plan(next, now)
}

// refused wants the command refused with a sentence that holds the words, and nothing changed.
func (s *story) refused(when string, by org.Actor, cmd incident.Command, words string) {
	s.t.Helper()
	next, out, err := s.c.Apply(cmd, by, at(s.t, when))
	if err == nil || !strings.Contains(incident.Text(err), words) {
		s.t.Errorf("%s at %s: want a refusal with %q, got %v", cmd.Kind(), when, words, err)
	}
	if len(out.Entries) != 0 || next.State != s.c.State {
		s.t.Errorf("%s at %s: refused, and yet something changed", cmd.Kind(), when)
	}
}

// state wants the kind's last milestone in a state, and returns it.
func (s *story) state(kind incident.MilestoneKind, want incident.MilestoneState, when string) incident.Milestone {
	s.t.Helper()
	var last incident.Milestone
	for _, m := range s.c.Milestones {
		if m.Kind == kind {
			last = m
		}
	}
	if got := last.StateAt(at(s.t, when)); got != want {
		s.t.Errorf("%s at %s is %q, want %q", kind, when, got, want)
	}
	return last
}

func handler() org.Actor  { return actor(house, org.Handler) }
func deputy() org.Actor   { return actor(house, org.Deputy) }
func boss() org.Actor     { return actor(house, org.Head) }
func duty() org.Actor     { return actor(hall, org.DutyOfficer) }
func director() org.Actor { return actor(hall, org.OfficeDirector) }

// TestExtension_Edges: once, before the limit, with a reason, at most the original length
// (facts/standards.md 2.4.6). Friday 16:40 and 3日 end on Monday 24:00.
func TestExtension_Edges(t *testing.T) {
	t.Parallel()
	const lastInstant, tooLate = "2026-11-24T00:00:00+08:00", "2026-11-24T00:00:00.001+08:00"
	ask := incident.AskExtension{Days: 3, Reason: "等待检测"}
	fresh := func() *story { return tell(t, incident.General, "2026-11-20T16:40:00+08:00") }

	s := fresh()
	s.refused("2026-11-20T17:00:00+08:00", handler(), incident.AskExtension{Days: 1}, "延期理由")
	s.refused("2026-11-20T17:00:00+08:00", handler(), incident.AskExtension{Days: 0, Reason: "x"}, "1至3天")
	s.refused("2026-11-20T17:00:00+08:00", handler(), incident.AskExtension{Days: -1, Reason: "x"}, "1至3天")
	s.refused("2026-11-20T17:00:00+08:00", handler(), incident.AskExtension{Days: 4, Reason: "x"}, "1至3天")
	s.refused(tooLate, handler(), ask, "11月23日24:00到期")
	s.do(lastInstant, handler(), ask) // the last instant is in time
	s.refused(lastInstant, handler(), ask, "正等待县政府办答复")
	s.refused(tooLate, director(), incident.GrantExtension{}, "只能不予延期")
	s.do(lastInstant, director(), incident.GrantExtension{})
	m := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-27T00:00:00+08:00")
	if !m.Extended || !m.Limit.Equal(at(t, "2026-11-27T00:00:00+08:00")) || !m.Original.Equal(at(t, lastInstant)) || m.Days != 6 {
		t.Errorf("extended by 3日 from Monday 24:00: %+v", m)
	}
	s.refused("2026-11-25T09:00:00+08:00", handler(), ask, "已经延期一次")
	s.refused("2026-11-25T09:00:00+08:00", director(), incident.GrantExtension{}, "没有等待答复")

	again := fresh()
	again.do("2026-11-21T09:00:00+08:00", handler(), ask)
	again.do("2026-11-21T10:00:00+08:00", director(), incident.RefuseExtension{Answer: "理由不足"})
	again.do("2026-11-21T11:00:00+08:00", handler(), ask) // refused once, it may be asked for anew
	again.do(tooLate, director(), incident.RefuseExtension{Answer: "已到期"})
	again.state(incident.MilestoneConclude, incident.Overdue, tooLate)
}

// TestExtension_NeverForAnEmergencysAnswers: a release, a conference and a first report cannot be extended.
func TestExtension_NeverForAnEmergencysAnswers(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Emergency, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T08:05:00+08:00", handler(), incident.Accept{})
	s.do("2026-11-23T08:10:00+08:00", handler(), incident.AskExtension{Days: 5, Reason: "现场复杂"})
	s.do("2026-11-23T08:15:00+08:00", director(), incident.GrantExtension{})
	if m := s.state(incident.MilestonePlan, incident.Pending, "2026-11-23T09:00:00+08:00"); !m.Limit.Equal(at(t, "2026-12-04T00:00:00+08:00")) {
		t.Errorf("the plan's 5日 become 10日: %s", m.Limit)
	}
	for kind, limit := range map[incident.MilestoneKind]string{
		incident.MilestoneRelease: "2026-11-23T13:00:00+08:00", incident.MilestonePressConference: "2026-11-24T08:00:00+08:00",
		incident.MilestoneFirstReport: "2026-11-23T09:00:00+08:00",
	} {
		if m := s.state(kind, incident.Pending, "2026-11-23T08:20:00+08:00"); m.Extended || !m.Limit.Equal(at(t, limit)) {
			t.Errorf("%s was moved to %s", kind, m.Limit)
		}
	}
	// Once plan and conclusion are settled nothing is left that could be extended.
	s.do("2026-11-23T08:30:00+08:00", handler(), incident.Plan{PromisedAt: at(t, "2026-11-25T00:00:00+08:00")})
	s.refused("2026-11-23T08:31:00+08:00", handler(), incident.AskExtension{Days: 2, Reason: "x"}, "已经延期一次")
	s.do("2026-11-23T09:00:00+08:00", boss(), sample(incident.KindConclude))
	s.refused("2026-11-23T09:01:00+08:00", handler(), incident.AskExtension{Days: 1, Reason: "x"}, "已办结")
}

// TestReturn_Edges: within 4 h (emergency 15 min) of the dispatch to that unit, never after a designation.
func TestReturn_Edges(t *testing.T) {
	t.Parallel()
	back := incident.Return{Reason: "不属本单位职责"}
	for level, until := range map[incident.Level]string{
		incident.General: "2026-11-20T20:41:00+08:00", incident.Major: "2026-11-20T20:41:00+08:00", incident.Emergency: "2026-11-20T16:56:00+08:00",
	} {
		in := tell(t, level, "2026-11-20T16:40:00+08:00") // dispatched at 16:41
		in.refused(at(t, until).Add(time.Millisecond).Format(time.RFC3339Nano), deputy(), back, "现已过期")
		in.do(until, deputy(), back)
		if in.c.State != incident.Returned || in.c.Lead != "" {
			t.Errorf("%s: returned: %s, lead %q", level, in.c.State, in.c.Lead)
		}
		in.refused(until, deputy(), back, "已退回")
	}
	s := tell(t, incident.General, "2026-11-20T16:40:00+08:00")
	s.do("2026-11-20T17:00:00+08:00", handler(), incident.Accept{})
	s.do("2026-11-20T17:10:00+08:00", deputy(), back) // accepting does not end the right
	s.do("2026-11-20T18:00:00+08:00", duty(), incident.Dispatch{Lead: house})
	s.refused("2026-11-20T22:00:00.001+08:00", deputy(), back, "11月20日22:00") // counted from the new dispatch
	s.do("2026-11-20T18:10:00+08:00", deputy(), back)
	s.do("2026-11-20T18:20:00+08:00", director(), incident.Designate{Lead: house})
	s.refused("2026-11-20T18:21:00+08:00", boss(), back, "不得退回")
	s.refused("2026-11-20T18:21:00+08:00", duty(), incident.Dispatch{Lead: traffic}, "指定承办")
	s.do("2026-11-20T18:22:00+08:00", director(), incident.Designate{Lead: traffic})
	s.refused("2026-11-20T18:23:00+08:00", actor(traffic, org.Head), back, "不得退回")
}

// TestReturn_LogKeepsWhoReturnedIt: the unit held responsible stands in the entry though the case left it.
func TestReturn_LogKeepsWhoReturnedIt(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-20T16:40:00+08:00")
	_, out, err := s.c.Apply(incident.Return{Reason: "不属本单位职责"}, deputy(), at(t, "2026-11-20T17:00:00+08:00"))
	if err != nil {
		t.Fatal(err)
	}
	if e := out.Entries[0]; e.Actor.Unit != house || e.Actor.Post != org.Deputy || e.Before.Lead != house || e.After.Lead != "" {
		t.Errorf("entry: %+v", e)
	}
}

// TestApply_LogNamesThePostThatGaveTheRight: one person with two posts acts in the one that allows it.
func TestApply_LogNamesThePostThatGaveTheRight(t *testing.T) {
	t.Parallel()
	both := actor(hall, org.DutyOfficer)
	both.Holds = append(both.Holds, org.Appointment{Person: both.Person, Unit: house, Post: org.Handler})
	s := tell(t, incident.General, "2026-11-20T16:40:00+08:00")
	for cmd, want := range map[incident.Command]org.Post{
		incident.Accept{}: org.Handler,
		incident.Regrade{To: incident.Major, RegradeBy: "correction", Reason: "x"}: org.DutyOfficer,
	} {
		_, out, err := s.c.Apply(cmd, both, at(t, "2026-11-20T17:00:00+08:00"))
		if err != nil || out.Entries[0].Actor.Post != want {
			t.Errorf("%s: as %v, want %s (%v)", cmd.Kind(), out.Entries, want, err)
		}
	}
}

// TestRegrade_Development: the new clock runs from when it happened (facts/standards.md 2.4.7).
func TestRegrade_Development(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T08:30:00+08:00", handler(), incident.Accept{})
	up := incident.Regrade{To: incident.Emergency, RegradeBy: "development", Reason: "坍塌，多人被困"}
	bad := up
	bad.HappenedAt = at(t, "2026-11-23T07:59:59+08:00")
	s.refused("2026-11-23T12:10:00+08:00", duty(), bad, "不能早于事件的接报时间")
	bad.HappenedAt = at(t, "2026-11-23T12:10:01+08:00")
	s.refused("2026-11-23T12:10:00+08:00", duty(), bad, "不能晚于现在")
	bad = up
	bad.Reason = ""
	s.refused("2026-11-23T12:10:00+08:00", duty(), bad, "理由")
	bad = up
	bad.RegradeBy = ""
	s.refused("2026-11-23T12:10:00+08:00", duty(), bad, "development")

	up.HappenedAt = at(t, "2026-11-23T12:00:00+08:00")
	s.do("2026-11-23T12:10:00+08:00", duty(), up)
	if m := s.state(incident.MilestoneRelease, incident.Pending, "2026-11-23T12:10:00+08:00"); !m.Limit.Equal(at(t, "2026-11-23T17:00:00+08:00")) || !m.Target.Equal(at(t, "2026-11-23T15:00:00+08:00")) {
		t.Errorf("release from 12:00: %s / %s", m.Target, m.Limit)
	}
	s.state(incident.MilestoneConclude, incident.Voided, "2026-11-23T12:10:00+08:00") // the level left
	if c := s.c.Clock(); c.N != 2 || !c.Start.Equal(up.HappenedAt) || s.c.Clocks[0].Closed.IsZero() {
		t.Errorf("clocks: %+v", s.c.Clocks)
	}
}

// TestRegrade_Correction: the new level's limits count from the first start, perhaps overdue at once.
func TestRegrade_Correction(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T08:30:00+08:00", handler(), incident.Accept{})
	s.do("2026-11-23T10:00:00+08:00", boss(), incident.Release{Address: "县政府网站"})
	s.do("2026-11-25T09:00:00+08:00", duty(), incident.Regrade{To: incident.Emergency, RegradeBy: "correction", Reason: "定级有误"})
	m := s.state(incident.MilestoneRelease, incident.Met, "2026-11-25T09:00:00+08:00") // it was there already
	if !m.Limit.Equal(at(t, "2026-11-23T13:00:00+08:00")) || !m.MetAt.Equal(at(t, "2026-11-23T10:00:00+08:00")) {
		t.Errorf("release: %+v", m)
	}
	s.state(incident.MilestonePressConference, incident.Overdue, "2026-11-25T09:00:00+08:00")
	s.state(incident.MilestoneFirstReport, incident.Overdue, "2026-11-25T09:00:00+08:00")
	s.do("2026-11-25T09:30:00+08:00", handler(), incident.FirstReport{Text: "首报"})
	s.state(incident.MilestoneFirstReport, incident.MetLate, "2026-11-25T10:00:00+08:00")
	// Back again: what is overdue of the level left stays, what is not becomes void.
	s.do("2026-11-25T10:00:00+08:00", duty(), incident.Regrade{To: incident.Major, RegradeBy: "correction", Reason: "复核"})
	s.state(incident.MilestonePressConference, incident.Overdue, "2026-11-25T10:00:00+08:00")
	if n := len(s.c.PendingOf(incident.MilestonePlan)); n != 1 {
		t.Errorf("%d plans pending, want the one of the running clock", n)
	}
	if m := s.state(incident.MilestonePlan, incident.Pending, "2026-11-25T10:00:00+08:00"); !m.Limit.Equal(at(t, "2026-11-29T00:00:00+08:00")) {
		t.Errorf("plan: 5日 from the 23rd end on the 28th at 24:00, got %s", m.Limit)
	}
}

// TestRegrade_KeepsAPlanThatWasGiven: a correction does not ask twice for the same plan, and its promise binds on.
func TestRegrade_KeepsAPlanThatWasGiven(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Major, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T09:00:00+08:00", handler(), incident.Plan{PromisedAt: at(t, "2026-12-10T00:00:00+08:00")})
	s.do("2026-11-24T09:00:00+08:00", duty(), incident.Regrade{To: incident.Emergency, RegradeBy: "correction", Reason: "定级有误"})
	s.state(incident.MilestonePlan, incident.Met, "2026-11-24T09:00:00+08:00")
	if m := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-24T09:00:00+08:00"); !m.Limit.Equal(at(t, "2026-12-11T00:00:00+08:00")) {
		t.Errorf("the promised day, 24:00: %+v", m)
	}
}

// TestRegrade_AfterTheConclusion: a correction for the record asks for no second conclusion.
func TestRegrade_AfterTheConclusion(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-24T08:00:00+08:00", deputy(), sample(incident.KindConclude))
	s.do("2026-11-24T08:10:00+08:00", handler(), incident.Feedback{Address: "工单"})
	s.do("2026-11-25T09:00:00+08:00", duty(), incident.Regrade{To: incident.Major, RegradeBy: "correction", Reason: "有人受伤"})
	s.state(incident.MilestonePlan, incident.Met, "2026-11-25T09:00:00+08:00")
	s.do("2026-11-25T09:10:00+08:00", director(), incident.Archive{})
}

// TestConclude_EachKindHoldsWhatItMust (facts/standards.md 2.4.8).
func TestConclude_EachKindHoldsWhatItMust(t *testing.T) {
	t.Parallel()
	const now = "2026-11-23T10:00:00+08:00"
	tests := []struct {
		name    string
		level   incident.Level
		cmd     incident.Conclude
		refusal string // empty: accepted
		state   incident.State
	}{
		{"resolved without a result", incident.Major, incident.Conclude{ConcludeKind: incident.Resolved}, "处理结果", ""},
		{"resolved", incident.Major, incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修补"}, "", incident.Concluded},
		{"explained without a basis", incident.Major, incident.Conclude{ConcludeKind: incident.Explained, Result: "x"}, "依据", ""},
		{"explained", incident.General, incident.Conclude{ConcludeKind: incident.Explained, Basis: "某条例第三条"}, "", incident.Concluded},
		{"clarified without facts", incident.Major, incident.Conclude{ConcludeKind: incident.Clarified, Address: "x"}, "事实", ""},
		{"clarified without an address", incident.Major, incident.Conclude{ConcludeKind: incident.Clarified, Facts: "x"}, "网址", ""},
		{"clarified", incident.Emergency, incident.Conclude{ConcludeKind: incident.Clarified, Facts: "不实", Address: "县政府网站"}, "", incident.Concluded},
		{"planned without a date", incident.Major, incident.Conclude{ConcludeKind: incident.Planned}, "承诺办结的日期", ""},
		{"planned for yesterday", incident.Major, incident.Conclude{ConcludeKind: incident.Planned, PromisedAt: time.Date(2026, 11, 22, 23, 0, 0, 0, zone())}, "不能早于今天", ""},
		{"planned for today, by date", incident.Major, incident.Conclude{ConcludeKind: incident.Planned, PromisedAt: time.Date(2026, 11, 23, 0, 0, 0, 0, zone())}, "", incident.Handling},
		{"planned", incident.Emergency, incident.Conclude{ConcludeKind: incident.Planned, PromisedAt: time.Date(2026, 12, 1, 0, 0, 0, 0, zone())}, "", incident.Handling},
		{"planned for a general", incident.General, incident.Conclude{ConcludeKind: incident.Planned, PromisedAt: time.Date(2026, 12, 1, 0, 0, 0, 0, zone())}, "不适用处理方案", ""},
		{"no kind", incident.Major, incident.Conclude{}, "办结方式", ""},
		{"an unknown kind", incident.Major, incident.Conclude{ConcludeKind: "done"}, "办结方式", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := tell(t, tt.level, "2026-11-23T08:00:00+08:00")
			if tt.refusal != "" {
				s.refused(now, boss(), tt.cmd, tt.refusal)
				return
			}
			s.do(now, boss(), tt.cmd)
			if s.c.State != tt.state {
				t.Errorf("state %s, want %s", s.c.State, tt.state)
			}
		})
	}
}

// TestPlan_PromiseIsTheNextLimit: the promised day's 24:00; the first promise binds.
func TestPlan_PromiseIsTheNextLimit(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Major, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T09:00:00+08:00", handler(), incident.Plan{PromisedAt: at(t, "2026-12-01T15:00:00+08:00")})
	s.do("2026-11-23T10:00:00+08:00", handler(), incident.Plan{PromisedAt: at(t, "2026-12-20T00:00:00+08:00")})
	s.state(incident.MilestonePlan, incident.Met, "2026-11-23T10:00:00+08:00")
	m := s.state(incident.MilestoneConclude, incident.Pending, "2026-12-02T00:00:00+08:00")
	if !m.Limit.Equal(at(t, "2026-12-02T00:00:00+08:00")) {
		t.Errorf("limit %s, want 1 December 24:00", m.Limit)
	}
	s.do("2026-12-02T00:00:00.001+08:00", boss(), sample(incident.KindConclude))
	s.state(incident.MilestoneConclude, incident.MetLate, "2026-12-03T00:00:00+08:00")
}

// TestReopen_NewClock: the second run has limits of its own, the first keeps its result.
func TestReopen_NewClock(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-20T16:40:00+08:00")
	s.do("2026-11-24T00:00:00.001+08:00", deputy(), sample(incident.KindConclude)) // one millisecond late
	s.do("2026-11-24T09:00:00+08:00", handler(), incident.Feedback{Address: "工单"})
	s.refused("2026-11-26T10:00:00+08:00", duty(), incident.Reopen{}, "重办理由")
	s.do("2026-11-26T10:00:00+08:00", duty(), incident.Reopen{Reason: "群众不满意"})
	if s.c.State != incident.Handling || s.c.Clock().Reason != "reopen" {
		t.Fatalf("reopened: %s, clock %+v", s.c.State, s.c.Clock())
	}
	if m := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-26T10:00:00+08:00"); !m.Limit.Equal(at(t, "2026-11-30T00:00:00+08:00")) || m.Clock != 2 {
		t.Errorf("3日 from the 26th end on the 29th at 24:00: %+v", m)
	}
	first := s.c.Milestones[slicesIndexKind(s.c, incident.MilestoneConclude)]
	if first.State != incident.MetLate || first.Clock != 1 {
		t.Errorf("the first result was lost: %+v", first)
	}
	// A correction of the reopened case counts from the reopening, not from the first report.
	s.do("2026-11-26T11:00:00+08:00", duty(), incident.Regrade{To: incident.Major, RegradeBy: "correction", Reason: "定级有误"})
	if m := s.state(incident.MilestonePlan, incident.Pending, "2026-11-26T11:00:00+08:00"); !m.Limit.Equal(at(t, "2026-12-02T00:00:00+08:00")) {
		t.Errorf("5日 from the 26th end on 1 December 24:00: %s", m.Limit)
	}
}

func slicesIndexKind(c incident.Case, kind incident.MilestoneKind) int {
	for i, m := range c.Milestones {
		if m.Kind == kind {
			return i
		}
	}
	return -1
}

// TestArchive_WaitsForWhatIsOwed and for nothing that nobody can do any more.
func TestArchive_WaitsForWhatIsOwed(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Emergency, "2026-11-23T08:00:00+08:00")
	// The assisting unit never accepts and no first report is written in time.
	s.do("2026-11-23T09:30:00+08:00", handler(), incident.Accept{})
	s.state(incident.MilestoneAccept, incident.Overdue, "2026-11-23T09:30:00+08:00")
	s.do("2026-11-23T10:00:00+08:00", boss(), incident.Release{Address: "县政府网站"})
	s.do("2026-11-23T11:00:00+08:00", boss(), incident.PressConference{Place: "县政府", Speaker: "王局长"})
	s.do("2026-11-23T12:00:00+08:00", boss(), sample(incident.KindConclude))
	s.refused("2026-11-23T12:01:00+08:00", director(), incident.Archive{}, "首报")
	s.do("2026-11-23T12:10:00+08:00", handler(), incident.FirstReport{Text: "终报", Final: true})
	s.refused("2026-11-23T12:11:00+08:00", director(), incident.Archive{}, "反馈")
	s.do("2026-11-23T12:20:00+08:00", handler(), incident.Feedback{Address: "工单"})
	s.do("2026-11-23T12:30:00+08:00", director(), incident.Archive{})
	s.refused("2026-11-23T12:31:00+08:00", duty(), incident.Reopen{Reason: "x"}, "县政府办主任")
	s.do("2026-11-23T12:32:00+08:00", director(), incident.Reopen{Reason: "群众不满意"})
}

// TestDispatch_AgainTakesTheFirstUnitOff: no clock restarts, and the unit that was taken off owes nothing.
func TestDispatch_AgainTakesTheFirstUnitOff(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	limit := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-23T08:01:00+08:00").Limit
	s.refused("2026-11-23T13:00:00+08:00", duty(), incident.Dispatch{Lead: house, Assisting: []org.UnitID{water}}, "无需再次分办")
	s.refused("2026-11-23T13:00:00+08:00", duty(), incident.Dispatch{}, "主办单位")
	s.refused("2026-11-23T13:00:00+08:00", duty(), incident.Dispatch{Lead: house, Assisting: []org.UnitID{house}}, "不能同时是协办单位")
	s.do("2026-11-23T13:00:00+08:00", duty(), incident.Dispatch{Lead: traffic, Assisting: []org.UnitID{water}})
	if m := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-23T13:00:00+08:00"); !m.Limit.Equal(limit) {
		t.Errorf("the clock restarted: %s, was %s", m.Limit, limit)
	}
	for _, m := range s.c.PendingOf(incident.MilestoneAccept) {
		if m.Unit == house {
			t.Errorf("the unit that was taken off is still asked to accept: %+v", m)
		}
	}
	s.refused("2026-11-23T13:01:00+08:00", handler(), incident.Accept{}, "主办或协办单位")
	// Units may be added while it is handled; the lead keeps it and accepts only once.
	s.do("2026-11-23T13:10:00+08:00", actor(traffic, org.Handler), incident.Progress{Text: "已派人"})
	s.do("2026-11-23T13:20:00+08:00", duty(), incident.Dispatch{Lead: traffic, Assisting: []org.UnitID{water, house}})
	if s.c.State != incident.Handling {
		t.Errorf("adding a unit moved the case to %s", s.c.State)
	}
	s.do("2026-11-23T13:30:00+08:00", handler(), incident.Accept{})
}

// TestRelease_RecordedLateIsNotTheNextOne: only a release after the last one meets the rolling release.
func TestRelease_RecordedLateIsNotTheNextOne(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Emergency, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T10:00:00+08:00", boss(), incident.Release{Address: "县政府网站"})
	roll := s.state(incident.MilestoneRollingRelease, incident.Pending, "2026-11-23T10:00:00+08:00")
	if !roll.Limit.Equal(at(t, "2026-11-24T10:00:00+08:00")) {
		t.Fatalf("24 h after the last release: %s", roll.Limit)
	}
	s.do("2026-11-23T11:00:00+08:00", boss(), incident.Release{Address: "微信公众号", At: at(t, "2026-11-23T09:30:00+08:00")})
	s.do("2026-11-23T11:00:00+08:00", boss(), incident.Release{Address: "电视台", At: at(t, "2026-11-23T10:00:00+08:00")})
	if m := s.state(incident.MilestoneRollingRelease, incident.Pending, "2026-11-23T11:00:00+08:00"); m.Seq != roll.Seq || !m.Limit.Equal(roll.Limit) {
		t.Errorf("an older release moved the next one: %d, was %d", m.Seq, roll.Seq)
	}
	s.do("2026-11-23T20:00:00+08:00", boss(), incident.Release{Address: "县政府网站"})
	if m := s.state(incident.MilestoneRollingRelease, incident.Pending, "2026-11-23T20:00:00+08:00"); !m.Limit.Equal(at(t, "2026-11-24T20:00:00+08:00")) {
		t.Errorf("the next one is due 24 h after this one: %+v", m)
	}
	s.do("2026-11-24T08:00:00+08:00", boss(), sample(incident.KindConclude))
	s.state(incident.MilestoneRollingRelease, incident.Voided, "2026-11-24T08:00:00+08:00")
	// Reopened a week later, the next release is due 24 h after that, not six days ago.
	s.do("2026-12-01T08:00:00+08:00", duty(), incident.Reopen{Reason: "又有新情况"})
	if m := s.state(incident.MilestoneRollingRelease, incident.Pending, "2026-12-01T08:00:00+08:00"); !m.Limit.Equal(at(t, "2026-12-02T08:00:00+08:00")) {
		t.Errorf("after reopening: %+v", m)
	}
}

// TestMergeAndSplit: nothing is owed while merged; what was owed comes back with the same limits.
func TestMergeAndSplit(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Major, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T09:00:00+08:00", handler(), incident.Plan{PromisedAt: at(t, "2026-12-10T00:00:00+08:00")})
	s.refused("2026-11-23T10:00:00+08:00", duty(), incident.Merge{Into: 3}, "自身")
	s.refused("2026-11-23T10:00:00+08:00", duty(), incident.Merge{}, "编号")
	s.do("2026-11-23T10:00:00+08:00", duty(), incident.Merge{Into: 9, Reason: "同一件事"})
	if _, pending := s.c.NextDue(); pending || s.c.MergedInto != 9 || s.c.Prior != incident.Handling {
		t.Fatalf("merged: %+v", s.c)
	}
	s.do("2026-11-23T11:00:00+08:00", duty(), incident.Split{Reason: "不是一件事"})
	if s.c.State != incident.Handling || s.c.MergedInto != 0 {
		t.Fatalf("split: %s", s.c.State)
	}
	if m := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-23T11:00:00+08:00"); !m.Limit.Equal(at(t, "2026-12-11T00:00:00+08:00")) {
		t.Errorf("the promise binds again: %+v", m)
	}
	s.state(incident.MilestonePlan, incident.Met, "2026-11-23T11:00:00+08:00")
}

// TestAbsorb_OlderStartBindsOnce: the public has waited since the older report; absorbing twice adds nothing.
func TestAbsorb_OlderStartBindsOnce(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	old := incident.Absorb{From: 2, Reports: []incident.Report{{Title: "同一件"}}, ReceivedAt: at(t, "2026-11-20T16:40:00+08:00")}
	s.do("2026-11-23T09:00:00+08:00", org.System("merge"), old)
	s.do("2026-11-23T09:01:00+08:00", org.System("merge"), old)
	if len(s.c.More) != 1 || s.c.More[0].From != 2 || len(s.c.Clocks) != 2 {
		t.Errorf("absorbed twice: %d reports, clocks %+v", len(s.c.More), s.c.Clocks)
	}
	if m := s.state(incident.MilestoneConclude, incident.Pending, "2026-11-23T09:00:00+08:00"); !m.Limit.Equal(at(t, "2026-11-24T00:00:00+08:00")) {
		t.Errorf("limit %s, want that of the older report", m.Limit)
	}
	s.do("2026-11-23T10:00:00+08:00", org.System("merge"), incident.Yield{From: 2})
	if len(s.c.More) != 0 {
		t.Error("the reports did not leave again")
	}
	s.do("2026-11-23T11:00:00+08:00", deputy(), sample(incident.KindConclude))
	s.refused("2026-11-23T12:00:00+08:00", org.System("merge"), old, "3号已办结")
}

// TestAcknowledge_StopsNothingButTheRepeats of the rungs that this person was told of.
func TestAcknowledge_StopsNothingButTheRepeats(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	var seqs []int
	for _, m := range s.c.Milestones {
		if m.Pending() {
			seqs = append(seqs, m.Seq)
			s.do("2026-11-23T10:00:00+08:00", org.System("engine"), incident.Tell{Milestone: m.Seq, Rungs: []incident.ToldRung{
				{Rung: 1, Label: "T", People: []org.PersonID{"甲", "乙"}}, {Rung: 2, Label: "L", People: []org.PersonID{"甲"}},
			}})
		}
	}
	as := func(person string) org.Actor {
		a := handler()
		a.Person, a.Name = org.PersonID(person), person
		return a
	}
	acked := func() string {
		var b strings.Builder
		for _, m := range s.c.Milestones {
			for _, told := range m.Told {
				for _, p := range told.Acked {
					b.WriteString(string(p))
				}
				b.WriteString(".")
			}
		}
		return b.String()
	}
	if len(seqs) < 2 {
		t.Fatal("want two pending milestones at least")
	}
	s.do("2026-11-23T10:01:00+08:00", as("丙"), incident.Acknowledge{}) // was told of nothing
	empty := acked()
	if strings.ContainsAny(empty, "甲乙丙") {
		t.Errorf("somebody who was not told acknowledged: %s", empty)
	}
	s.do("2026-11-23T10:02:00+08:00", as("乙"), incident.Acknowledge{Milestone: seqs[0], Rung: 1})
	s.do("2026-11-23T10:02:00+08:00", as("乙"), incident.Acknowledge{Milestone: seqs[0], Rung: 1})
	if got := acked(); strings.Count(got, "乙") != 1 || strings.Contains(got, "甲") {
		t.Errorf("one rung for one person, once: %s", got)
	}
	s.do("2026-11-23T10:03:00+08:00", as("甲"), incident.Acknowledge{Milestone: seqs[1], AllRungs: true})
	if got := acked(); strings.Count(got, "甲") != 2 {
		t.Errorf("all rungs of one milestone: %s", got)
	}
	s.do("2026-11-23T10:04:00+08:00", as("甲"), incident.Acknowledge{})
	if got := acked(); strings.Count(got, "甲") != 2*len(seqs) {
		t.Errorf("everything he was told of: %s", got)
	}
	for _, seq := range seqs {
		if !s.c.Milestone(seq).Pending() {
			t.Error("acknowledging met a milestone")
		}
	}
}
