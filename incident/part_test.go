package incident_test

import (
	"testing"

	"huiying/incident"
	"huiying/org"
)

// TestAssign_HalfOfTheTimeLeft: an assisting unit's limit lies within the lead's, is met by
// its answer, and makes nobody overdue.
func TestAssign_HalfOfTheTimeLeft(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00") // concluded by the 26th, 24:00
	// From the 23rd 12:00 to the 26th 24:00 are 84 hours; half of them end on the 25th at 06:00.
	s.do("2026-11-23T12:00:00+08:00", handler(), incident.Assign{Unit: water, Text: "核实水质"})
	m := s.state(incident.MilestonePart, incident.Pending, "2026-11-24T00:00:00+08:00")
	if !m.Limit.Equal(at(t, "2026-11-25T06:00:00+08:00")) || m.Unit != water || m.Counted != "取主办单位剩余时限的一半，最迟11月25日06:00（本县建议）。" {
		t.Errorf("limit %s of %s: %s", m.Limit, m.Unit, m.Counted)
	}
	if due, _ := s.c.NextDue(); due.Kind.Inner() {
		t.Errorf("%s is shown as what the incident owes next", due.Kind)
	}
	s.refused("2026-11-23T12:01:00+08:00", handler(), incident.Assign{Unit: traffic, Text: "核实"}, "请选择本件的协办单位")
	s.refused("2026-11-23T12:01:00+08:00", handler(), incident.Assign{Unit: water, Text: "核实", DueAt: at(t, "2026-11-27T08:00:00+08:00")}, "不能晚于主办单位的时限（11月26日24:00）")
	s.refused("2026-11-23T12:01:00+08:00", handler(), incident.Assign{Unit: water, Text: "核实", DueAt: at(t, "2026-11-23T12:00:00+08:00")}, "不能早于现在")
	s.refused("2026-11-23T12:02:00+08:00", actor(water, org.Handler), incident.GiveOpinion{Part: 2, Text: "达标"}, "没有编号为2的协办任务")
	s.do("2026-11-23T15:00:00+08:00", actor(water, org.Handler), incident.GiveOpinion{Text: "水质达标"})
	s.state(incident.MilestonePart, incident.Met, "2026-11-24T00:00:00+08:00")
	if o := s.c.Opinions; len(o) != 1 || o[0].Part != 1 || o[0].Unit != water || o[0].Post != org.Handler {
		t.Errorf("opinions %+v", o)
	}
}

// TestAssign_UnitTakenOff owes its part no more.
func TestAssign_UnitTakenOff(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T12:00:00+08:00", handler(), incident.Assign{Unit: water, Text: "核实水质"})
	s.do("2026-11-26T12:00:00+08:00", duty(), incident.Dispatch{Lead: house})
	s.state(incident.MilestonePart, incident.Voided, "2026-11-26T12:00:00+08:00")
}

// TestOpinion_Accepts: an assisting unit that answers has taken the matter on, so that
// nobody is pressed to accept any more; both stand in the log.
func TestOpinion_Accepts(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	pending := func() (out int) {
		for _, m := range s.c.PendingOf(incident.MilestoneAccept) {
			if m.Unit == water {
				out++
			}
		}
		return out
	}
	if pending() != 1 {
		t.Fatalf("the assisting unit owes %d acceptances, want 1", pending())
	}
	s.do("2026-11-23T10:00:00+08:00", actor(water, org.Handler), incident.GiveOpinion{Text: "水质达标"})
	if d := s.c.Dispatching(water); pending() != 0 || !d.Accepted.Equal(at(t, "2026-11-23T10:00:00+08:00")) {
		t.Errorf("still owed %d, accepted at %s", pending(), d.Accepted)
	}
	s.do("2026-11-23T11:00:00+08:00", actor(water, org.Handler), incident.GiveOpinion{Text: "复测达标"})
}
