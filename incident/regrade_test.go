package incident_test

import (
	"testing"

	"huiying/incident"
)

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
	s.refused("2026-11-25T09:10:00+08:00", director(), incident.Archive{}, "“复盘”")
	s.do("2026-11-25T09:20:00+08:00", duty(), sample(incident.KindReflect))
	s.do("2026-11-25T09:30:00+08:00", director(), incident.Archive{})
}
