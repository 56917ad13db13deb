package sla_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

func drawCase(t *rapid.T, b sla.Book) incident.Case {
	level := rapid.SampledFrom(incident.Levels()).Draw(t, "level")
	received := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(t, "minute")) * time.Minute)
	c := b.Preview(level, received, incident.Source{Name: "论坛", Kind: incident.SourceWeb, Public: true, WantsAnswer: true})
	c.ID = 3
	return c
}

// TestDue_AndLaterIsTheLadder: at any instant each rung is either due or still to come, and
// what is due stays due; the highest comes first.
func TestDue_AndLaterIsTheLadder(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, b)
		earlier := map[string]bool{}
		for now := c.ReceivedAt.Add(-time.Hour); now.Before(c.ReceivedAt.Add(14 * 24 * time.Hour)); now = now.Add(drawStep(t)) {
			due := map[string]bool{}
			all := b.Due(c, now)
			for i, f := range all {
				key := fmt.Sprint(f.Milestone, "/", f.Rung)
				if due[key] || f.At.After(now) || f.Repeat || len(f.Posts) == 0 {
					t.Fatalf("at %s: %+v", now, f)
				}
				due[key] = true
				if prev := all[max(0, i-1)]; prev.Milestone == f.Milestone && prev.At.Before(f.At) {
					t.Fatalf("a lower rung before a higher one: %+v, %+v", prev, f)
				}
			}
			for key := range earlier {
				if !due[key] {
					t.Fatalf("at %s %s is not due any more, though nobody was told", now, key)
				}
			}
			earlier = due
		}
		whole := 0
		for _, m := range c.Milestones {
			if m.Pending() {
				whole += len(b.Ladder(c, m))
			}
		}
		if all := b.Due(c, c.ReceivedAt.Add(60*24*time.Hour)); len(all) != whole {
			t.Fatalf("in the end %d rungs are due, the ladders have %d", len(all), whole)
		}
	})
}

func drawStep(t *rapid.T) time.Duration {
	return time.Duration(rapid.IntRange(1, 4*24*60).Draw(t, "minutes on")) * time.Minute
}

// TestTimers_UntilExhausted fires at each timer, on time or after an outage: each rung is told
// exactly once, never before its instant, repeats come at their distance until acknowledged,
// and the timer is always the earliest of what was not told.
func TestTimers_UntilExhausted(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t, b)
		late := rapid.Bool().Draw(t, "outages")
		rungs := map[string]time.Time{} // where each rung stands
		for _, m := range c.Milestones {
			if m.Pending() {
				for _, f := range b.Due(c, c.ReceivedAt.Add(60*24*time.Hour)) {
					if f.Milestone == m.Seq {
						rungs[fmt.Sprint(m.Seq, "/", f.Rung)] = f.At
					}
				}
			}
		}
		told := map[string]int{} // the last Nth of each
		now := c.ReceivedAt
		for steps := 0; ; steps++ {
			next, ok := earliest(b.Timers(c))
			if !ok {
				break
			}
			if steps > 2000 {
				t.Fatal("the ladder never ends")
			}
			if want := earliestUntold(c, rungs); !want.IsZero() && next.FireAt.After(want) {
				t.Fatalf("the timer is set to %s, a rung stands at %s", next.FireAt, want)
			}
			now = latest(now, next.FireAt)
			if late && rapid.IntRange(0, 5).Draw(t, "an outage") == 0 {
				now = now.Add(drawStep(t))
			}
			due := b.Due(c, now)
			if len(due) == 0 {
				t.Fatalf("the timer of milestone %d rung %d at %s has nothing to say", next.Milestone, next.Rung, next.FireAt)
			}
			for _, f := range due {
				key := fmt.Sprint(f.Milestone, "/", f.Rung)
				was, before := told[key]
				switch {
				case before != f.Repeat || (before && f.Nth <= was):
					t.Fatalf("rung %s is told again: %+v after %d", key, f, was)
				case now.Before(rungs[key]):
					t.Fatalf("rung %s is told at %s, before %s", key, now, rungs[key])
				case !late && !before && !now.Equal(rungs[key]):
					t.Fatalf("rung %s is told at %s, want %s", key, now, rungs[key])
				}
				told[key] = f.Nth
				c = tell(t, c, f, now)
			}
			if rapid.IntRange(0, 2).Draw(t, "acknowledged") == 0 || len(told) == len(rungs) {
				c = acknowledge(t, c, now)
			}
		}
		if len(told) != len(rungs) {
			t.Fatalf("%d of %d rungs were told", len(told), len(rungs))
		}
	})
}

func earliest(timers []incident.Timer) (incident.Timer, bool) {
	if len(timers) == 0 {
		return incident.Timer{}, false
	}
	return slices.MinFunc(timers, func(a, b incident.Timer) int { return a.FireAt.Compare(b.FireAt) }), true
}

func earliestUntold(c incident.Case, rungs map[string]time.Time) time.Time {
	var best time.Time
	for _, m := range c.Milestones {
		for key, at := range rungs {
			var seq, rung int
			if _, err := fmt.Sscanf(key, "%d/%d", &seq, &rung); err != nil || seq != m.Seq || m.Rung(rung) != nil {
				continue
			}
			if best.IsZero() || at.Before(best) {
				best = at
			}
		}
	}
	return best
}

func tell(t *rapid.T, c incident.Case, f sla.Firing, now time.Time) incident.Case {
	next, _, err := c.Apply(incident.Tell{Milestone: f.Milestone, Rungs: []incident.ToldRung{
		{Rung: f.Rung, Nth: f.Nth, Label: f.Label, People: []org.PersonID{"甲", "乙"}},
	}}, org.System("engine"), now)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func acknowledge(t *rapid.T, c incident.Case, now time.Time) incident.Case {
	for _, who := range []org.PersonID{"甲", "乙"} {
		by := person(house, org.Handler)
		by.Person = who
		next, _, err := c.Apply(incident.Acknowledge{}, by, now)
		if err != nil {
			t.Fatal(err)
		}
		c = next
	}
	return c
}

// TestDue_RepeatsUntilEverybodyAcknowledged: one person's 知悉 silences him, not the other.
func TestDue_RepeatsUntilEverybodyAcknowledged(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	l := begin(t, b, incident.Emergency, "2026-11-18T10:00:00+08:00", hotline())
	seq := l.last(incident.MilestoneAccept).Seq
	repeat := func(when string) (nths []int) {
		for _, f := range b.Due(l.c, at(t, when)) {
			if f.Milestone == seq && f.Label == "T" {
				nths = append(nths, f.Nth)
			}
		}
		return nths
	}
	l.do("2026-11-18T10:05:00+08:00", org.System("engine"), incident.Tell{Milestone: seq, Rungs: []incident.ToldRung{{Rung: 2, Label: "T", People: []org.PersonID{"甲", "乙"}}}})
	if got := repeat("2026-11-18T10:09:59+08:00"); len(got) != 0 {
		t.Errorf("before five minutes are over: %v", got)
	}
	if got := repeat("2026-11-18T10:10:00+08:00"); !slices.Equal(got, []int{1}) {
		t.Errorf("after five minutes: %v", got)
	}
	if got := repeat("2026-11-18T10:31:00+08:00"); !slices.Equal(got, []int{5}) {
		t.Errorf("after an outage the last of the missed repeats alone: %v", got)
	}
	one := person(house, org.Handler)
	one.Person = "甲"
	l.do("2026-11-18T10:06:00+08:00", one, incident.Acknowledge{Milestone: seq, Rung: 2})
	if got := repeat("2026-11-18T10:10:00+08:00"); !slices.Equal(got, []int{1}) {
		t.Errorf("one of two acknowledged: %v", got)
	}
	other := one
	other.Person = "乙"
	l.do("2026-11-18T10:07:00+08:00", other, incident.Acknowledge{Milestone: seq, AllRungs: true})
	if got := repeat("2026-11-18T11:00:00+08:00"); len(got) != 0 {
		t.Errorf("both acknowledged: %v", got)
	}
	l.do("2026-11-18T10:08:00+08:00", person(house, org.Handler), incident.Accept{})
	for _, f := range b.Due(l.c, at(t, "2026-11-19T10:00:00+08:00")) {
		if f.Milestone == seq {
			t.Errorf("accepted, and still rung: %+v", f)
		}
	}
}

// TestDue_AssistingUnitIsToldOfItsOwn: its posts for its acceptance, the county not twice.
func TestDue_AssistingUnitIsToldOfItsOwn(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	l := begin(t, b, incident.Emergency, "2026-11-18T10:00:00+08:00", hotline())
	l.do("2026-11-18T10:00:00+08:00", person(hall, org.DutyOfficer), incident.Dispatch{Lead: house, Assisting: []org.UnitID{water}})
	for _, f := range b.Due(l.c, at(t, "2026-11-18T10:00:00+08:00")) {
		if f.Label != "D" {
			continue
		}
		want := []org.Post{org.Handler, org.Deputy, org.Head, org.DutyOfficer, org.OfficeDirector, org.DeputyLeader}
		if f.Unit == water {
			want = want[:3]
		}
		if !slices.Equal(f.Posts, want) {
			t.Errorf("%s: %v, want %v", f.Unit, f.Posts, want)
		}
	}
	for _, m := range l.c.PendingOf(incident.MilestoneRelease) {
		if got := b.Due(l.c, m.Limit); !slices.ContainsFunc(got, func(f sla.Firing) bool { return f.Milestone == m.Seq && f.Unit == house }) {
			t.Error("other milestones ring the lead alone")
		}
	}
}
