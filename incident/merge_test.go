package incident_test

import (
	"strings"
	"testing"

	"huiying/incident"
	"huiying/org"
)

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
	s.refused("2026-11-23T10:00:00+08:00", duty(), incident.Merge{Into: 3, Reason: "同一件事"}, "自身")
	s.refused("2026-11-23T10:00:00+08:00", duty(), incident.Merge{Reason: "同一件事"}, "编号")
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
