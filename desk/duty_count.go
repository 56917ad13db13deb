package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// DutySoon is how far ahead a duty counts as coming up.
const DutySoon = 14 * 24 * time.Hour

// DutyCounts are duties by how they stand.
type DutyCounts struct {
	DutyTally
	// Rules and Units are in the order of their names.
	Rules []DutyTally
	Units []DutyTally
}

// DutyTally counts duties of one rule or one unit, or all.
type DutyTally struct {
	Rule   string
	Unit   org.UnitID
	States map[incident.DutyState]int
	// Soon are those whose next limit, on the way or the last, falls within [DutySoon].
	Soon int
}

// All is how many there are, void ones left out.
func (t DutyTally) All() int {
	n := 0
	for s, k := range t.States {
		if s != incident.DutyVoid {
			n += k
		}
	}
	return n
}

func (t *DutyTally) add(s incident.DutyState, soon bool) {
	if t.States == nil {
		t.States = map[incident.DutyState]int{}
	}
	t.States[s]++
	if soon {
		t.Soon++
	}
}

// EachDuty calls take for each duty that the filter chooses, what is due first.
func (d *Desk) EachDuty(ctx context.Context, f Filter, now time.Time, take func(incident.Case)) error {
	f.Duties, f.Now, f.Limit = true, now, 200
	for {
		page, err := d.Store.List(ctx, f)
		if err != nil {
			return fmt.Errorf("list duties: %w", err)
		}
		for _, c := range page.Cases {
			take(c)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return nil
		}
	}
}

// DutiesSince returns the duties that began at or after an instant, void ones too.
func (d *Desk) DutiesSince(ctx context.Context, since time.Time) ([]incident.Case, error) {
	var out []incident.Case
	err := d.EachDuty(ctx, Filter{ReceivedFrom: since}, d.Clock.Now(), func(c incident.Case) { out = append(out, c) })
	return out, err
}

// CountDuties counts the duties that a filter chooses, by rule and by unit.
func (d *Desk) CountDuties(ctx context.Context, f Filter, now time.Time) (DutyCounts, error) {
	var out DutyCounts
	rules, units := map[string]*DutyTally{}, map[org.UnitID]*DutyTally{}
	err := d.EachDuty(ctx, f, now, func(c incident.Case) {
		state := c.DutyState(now)
		due, open := c.NextDue()
		soon := open && !due.Limit.Before(now) && !due.Limit.After(now.Add(DutySoon))
		out.add(state, soon)
		if rules[c.Duty.Rule] == nil {
			rules[c.Duty.Rule] = &DutyTally{Rule: c.Duty.Rule}
		}
		if units[c.Lead] == nil {
			units[c.Lead] = &DutyTally{Unit: c.Lead}
		}
		rules[c.Duty.Rule].add(state, soon)
		units[c.Lead].add(state, soon)
	})
	for _, t := range rules {
		out.Rules = append(out.Rules, *t)
	}
	for _, t := range units {
		out.Units = append(out.Units, *t)
	}
	slices.SortFunc(out.Rules, func(a, b DutyTally) int { return d.ruleOrder(a.Rule, b.Rule) })
	slices.SortFunc(out.Units, func(a, b DutyTally) int { return strings.Compare(string(a.Unit), string(b.Unit)) })
	return out, err
}

// ruleOrder is the order in which the rules are written.
func (d *Desk) ruleOrder(a, b string) int {
	at := func(id string) int {
		if d.Duties == nil {
			return 0
		}
		for i, r := range d.Duties.Rules {
			if r.ID == id {
				return i
			}
		}
		return len(d.Duties.Rules)
	}
	if x, y := at(a), at(b); x != y {
		return x - y
	}
	return strings.Compare(a, b)
}
