package sla_test

import (
	"testing"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// TestFollowup_TwoHoursThenDaily: from each report on, closely until a press conference was
// held, then daily, until the final report or the conclusion; never of a lower level.
func TestFollowup_TwoHoursThenDaily(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	l := begin(t, b, incident.Emergency, "2026-11-18T10:00:00+08:00", incident.Source{Name: "值班电话"})
	handler := person(house, org.Handler)
	due := func(when, want string) {
		t.Helper()
		l.c = l.b.Plan(l.c, at(t, when))
		pending := l.c.PendingOf(incident.MilestoneFollowup)
		switch {
		case want == "" && len(pending) > 0:
			t.Errorf("at %s still due at %s", when, pending[0].Limit)
		case want != "" && (len(pending) != 1 || !pending[0].Limit.Equal(at(t, want))):
			t.Errorf("at %s due %+v, want one at %s", when, pending, want)
		}
	}
	due("2026-11-18T10:20:00+08:00", "")
	l.do("2026-11-18T10:30:00+08:00", handler, incident.FirstReport{Text: "首报"})
	due("2026-11-18T10:30:00+08:00", "2026-11-18T12:30:00+08:00")
	l.do("2026-11-18T12:40:00+08:00", handler, incident.FirstReport{Text: "续报"})
	due("2026-11-18T12:40:00+08:00", "2026-11-18T14:40:00+08:00")
	if m := l.c.Milestones[len(l.c.Milestones)-2]; m.Kind != incident.MilestoneFollowup || m.State != incident.MetLate || !m.Kind.Inner() {
		t.Errorf("the first one: %+v", m)
	}
	// A conference while one is overdue: it ends, and the next is due a day after the last report.
	l.do("2026-11-18T15:00:00+08:00", person(house, org.Head), incident.PressConference{Place: "县政府", Speaker: "王局长"})
	due("2026-11-18T15:00:00+08:00", "2026-11-19T12:40:00+08:00")
	l.do("2026-11-19T12:00:00+08:00", handler, incident.FirstReport{Text: "续报"})
	due("2026-11-19T12:00:00+08:00", "2026-11-20T12:00:00+08:00")
	l.do("2026-11-19T18:00:00+08:00", handler, incident.FirstReport{Text: "终报", Final: true})
	due("2026-11-19T18:00:00+08:00", "")

	l = begin(t, b, incident.Emergency, "2026-11-18T10:00:00+08:00", incident.Source{Name: "值班电话"})
	l.do("2026-11-18T10:30:00+08:00", handler, incident.FirstReport{Text: "首报"})
	l.do("2026-11-18T11:00:00+08:00", person(house, org.Head), incident.Conclude{ConcludeKind: incident.Resolved, Result: "误报火情，已排除"})
	due("2026-11-18T11:00:00+08:00", "")
	l.do("2026-11-20T09:00:00+08:00", person(hall, org.OfficeDirector), incident.Reopen{Reason: "复燃"})
	due("2026-11-20T09:00:00+08:00", "2026-11-20T11:00:00+08:00")

	l = begin(t, b, incident.Major, "2026-11-18T10:00:00+08:00", incident.Source{Name: "值班电话"})
	l.do("2026-11-18T10:30:00+08:00", handler, incident.FirstReport{Text: "首报"})
	due("2026-11-18T10:30:00+08:00", "")
}

// TestFollowup_OldPoliciesHaveNone: an incident that an older policy times is not chased for it.
func TestFollowup_OldPoliciesHaveNone(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	p := *b.Policy
	p.Milestones = map[incident.MilestoneKind]map[incident.Level]sla.Limit{}
	for kind, levels := range b.Policy.Milestones {
		if kind != incident.MilestoneFollowup {
			p.Milestones[kind] = levels
		}
	}
	l := begin(t, sla.Book{Policy: &p, Holidays: b.Holidays, Zone: b.Zone}, incident.Emergency, "2026-11-18T10:00:00+08:00", incident.Source{Name: "值班电话"})
	l.do("2026-11-18T10:30:00+08:00", person(house, org.Handler), incident.FirstReport{Text: "首报"})
	if due := l.c.PendingOf(incident.MilestoneFollowup); len(due) != 0 {
		t.Errorf("due %+v", due)
	}
}
