package incident_test

import (
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

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
	s.do("2026-11-20T18:20:00+08:00", director(), incident.Designate{Lead: house, Reason: "职责明确"})
	s.refused("2026-11-20T18:21:00+08:00", boss(), back, "不得退回")
	s.refused("2026-11-20T18:21:00+08:00", duty(), incident.Dispatch{Lead: traffic}, "指定承办")
	s.do("2026-11-20T18:22:00+08:00", director(), incident.Designate{Lead: traffic, Reason: "职责明确"})
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
