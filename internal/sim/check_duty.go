package sim

import (
	"context"
	"fmt"
	"slices"

	"huiying/desk"
	"huiying/incident"
)

// dutiesSince is the beat of when the county first looked for duties.
const dutiesSince = "duties/since"

// checkDuties: what the calendar brought was opened once, what came by a document is where
// it was acknowledged, and nobody reads of either among incidents.
func (w *world) checkDuties(ctx context.Context) error {
	var listed []incident.ID
	keys := map[string]int{}
	take := func(c incident.Case) {
		listed = append(listed, c.ID)
		keys[c.Report.ExternalID]++
	}
	if err := w.house.Desk.EachDuty(ctx, desk.Filter{}, w.clock.Now(), take); err != nil {
		return err //nolint:wrapcheck // names what was tried
	}
	slices.Sort(listed)
	if !slices.Equal(listed, w.dutyIDs()) {
		w.broken("duties are listed as %v, there are %d", listed, len(w.duties))
	}
	beats, err := w.db.Beats(ctx)
	if err != nil {
		return fmt.Errorf("read beats: %w", err)
	}
	since, known := beats[dutiesSince]
	if !known {
		w.broken("duties were never looked for")
	}
	want := map[string]bool{}
	for _, cmd := range w.house.Desk.DutiesBetween(since, w.lookedAt) {
		want[cmd.Key] = true
	}
	for _, c := range w.duties {
		if key := c.Report.ExternalID; !c.Duty.Cycle.ByCalendar() {
			want[key] = true
		}
	}
	for key := range want {
		if keys[key] != 1 {
			w.broken("%s was opened %d times", key, keys[key])
		}
	}
	for key, n := range keys {
		if !want[key] {
			w.broken("%s was opened %d times, and has not come up", key, n)
		}
	}
	for key, id := range w.orders {
		if w.duties[id].Report.ExternalID != key {
			w.broken("%s was acknowledged as %s, which is not it", key, id)
		}
	}
	return w.checkApart(ctx)
}

// checkApart: the board's figures and the list of incidents are those of the incidents alone.
func (w *world) checkApart(ctx context.Context) error {
	now := w.clock.Now()
	got, err := w.db.Counts(ctx, now)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	states := map[incident.State]int{}
	for _, c := range w.cases {
		states[c.State]++
		if c.Duty != nil {
			w.broken("incident %s is a duty", c.ID)
		}
	}
	for _, s := range incident.States() {
		if got.States[s] != states[s] {
			w.broken("%d incidents are counted as %s, there are %d", got.States[s], s, states[s])
		}
	}
	page, err := w.db.List(ctx, desk.Filter{Now: now, Newest: true, Limit: 200})
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	if len(page.Cases) != len(w.cases) {
		w.broken("%d incidents are listed, there are %d", len(page.Cases), len(w.cases))
	}
	late := 0
	for _, c := range page.Cases {
		if c.Duty != nil {
			w.broken("duty %s is listed among incidents", c.ID)
		}
		if slices.ContainsFunc(c.Milestones, func(m incident.Milestone) bool { return m.StateAt(now) == incident.Overdue && !m.Kind.Inner() }) {
			late++
		}
	}
	if got.Overdue != late {
		w.broken("%d incidents are counted as overdue, there are %d", got.Overdue, late)
	}
	return nil
}

// checkTimed: an open duty that has no timer is past its last rung, and somebody was told.
func (w *world) checkTimed(ctx context.Context) error {
	untimed, err := w.db.Untimed(ctx, incident.FirstDuty-1, len(w.duties)+1)
	if err != nil {
		return fmt.Errorf("look for untimed duties: %w", err)
	}
	for _, id := range untimed {
		c, now := w.duties[id], w.clock.Now()
		told := slices.ContainsFunc(c.Milestones, func(m incident.Milestone) bool { return m.StateAt(now) == incident.Overdue && len(m.Told) > 0 })
		if !told {
			w.broken("duty %s has no timer and nobody was told", id)
		}
	}
	return nil
}
