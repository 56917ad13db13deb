package report

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"huiying/incident"
)

// untell takes back what people were told after a look's cut-off, of a case with which
// nothing else was done since. An old case that nobody closes has hundreds of messages in
// its log, so that only those are read, from the cut-off backwards, which say what a later
// repeat of the same rung wrote over.
func (g gatherer) untell(ctx context.Context, t *gathered, i int) error {
	at := g.looks[i].CutOff
	hidden := hiddenRungs{}
	c, simple := hidden.take(t.is, at)
	switch {
	case !simple:
		return g.lookBack(ctx, t, i, i+1)
	case len(hidden) == 0:
		t.was[i] = c
		return nil
	}
	var fault error
	err := g.src.LogBack(ctx, c.ID, at, func(e incident.Entry) bool {
		if e.Command != incident.KindTell {
			return true
		}
		var tell incident.Tell
		if fault = json.Unmarshal(e.Payload, &tell); fault != nil {
			return false
		}
		return hidden.see(e.At, tell) > 0
	})
	hidden.uncover(c.Milestones)
	t.was[i] = c
	return errors.Join(err, fault)
}

// hiddenRungs are those whose record a later repeat wrote over, by milestone and rung.
type hiddenRungs map[[2]int]*hiddenRung

type hiddenRung struct {
	told *incident.Told
	// at and nth are of the last time before; people is how many of those told by now
	// had been told by then: each time adds at the end of the list.
	at     time.Time
	nth    int
	people int
}

// take copies the case without the rungs that were told only after an instant, and
// collects those that were told then and perhaps before. False where that cannot be told
// apart: a limit that was moved began its ladder anew.
func (h hiddenRungs) take(c incident.Case, at time.Time) (incident.Case, bool) {
	c.Milestones = incident.CloneMilestones(c.Milestones)
	for i := range c.Milestones {
		m := &c.Milestones[i]
		m.Told = slices.DeleteFunc(m.Told, func(t incident.Told) bool { return t.At.After(at) && t.Nth == 0 })
		for j := range m.Told {
			if !m.Told[j].At.After(at) {
				continue
			}
			if m.Round > 0 {
				return c, false
			}
			h[[2]int{m.Seq, m.Told[j].Rung}] = &hiddenRung{told: &m.Told[j]}
		}
	}
	return c, true
}

// see takes notice of an earlier message, the newest first, and returns how many rungs may
// still hide something.
func (h hiddenRungs) see(at time.Time, tell incident.Tell) int {
	for _, r := range tell.Rungs {
		one := h[[2]int{tell.Milestone, r.Rung}]
		if one == nil {
			continue
		}
		if one.at.IsZero() {
			one.at, one.nth = at, r.Nth
		}
		for _, p := range r.People {
			one.people = max(one.people, 1+slices.Index(one.told.People, p))
		}
	}
	open := 0
	for _, one := range h {
		if one.at.IsZero() || one.people < len(one.told.People) {
			open++
		}
	}
	return open
}

// uncover puts the records as they were, without those that had none by then.
func (h hiddenRungs) uncover(milestones []incident.Milestone) {
	for _, one := range h {
		one.told.At, one.told.Nth, one.told.People = one.at, one.nth, one.told.People[:one.people]
	}
	for i := range milestones {
		m := &milestones[i]
		m.Told = slices.DeleteFunc(m.Told, func(t incident.Told) bool { return t.At.IsZero() })
	}
}
