package incident_test

import (
	"testing"
	"time"

	"huiying/incident"
)

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
	s.refused("2026-11-23T12:21:00+08:00", director(), incident.Archive{}, "复盘")
	s.do("2026-11-23T12:25:00+08:00", handler(), sample(incident.KindReflect))
	s.do("2026-11-23T12:30:00+08:00", director(), incident.Archive{})
	s.refused("2026-11-23T12:31:00+08:00", duty(), incident.Reopen{Reason: "x"}, "县政府办主任")
	s.do("2026-11-23T12:32:00+08:00", director(), incident.Reopen{Reason: "群众不满意"})
}
