package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiying/incident"
)

// Touched is a case of a period, as it is now, with the commands that were given after the
// instant asked for, oldest first.
type Touched struct {
	Case  incident.Case
	Later []incident.Kind
}

// Source is what figures are counted from. storage implements it.
type Source interface {
	// Touched yields, by id, every case that something happened to after from, or that had
	// a limit after from and not after to, or that owes something due by to. No figure of
	// that time rests on another case. Later are the commands given after asAt. What yield
	// returns ends it and is returned.
	Touched(ctx context.Context, from, to, asAt time.Time, yield func(Touched) error) error
}

// AsAt returns a case as it was at an instant, by its log alone; false where it was not
// registered yet. [desk.Desk.AsAt] is one.
type AsAt func(ctx context.Context, id incident.ID, at time.Time) (incident.Case, bool, error)

// Period is the time that a report is about. An instant belongs to the period whose end it
// is: a limit of Sunday 24:00 is Sunday's, so From is not included and To is.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// CutOff is the instant as at which everything is counted: To, or now while the period
	// still runs. What happened later changes nothing.
	CutOff time.Time `json:"cut_off"`
}

// Has tells whether the instant belongs to the period, up to the cut-off.
func (p Period) Has(at time.Time) bool {
	return !at.IsZero() && at.After(p.From) && !at.After(p.CutOff)
}

// due tells whether a milestone fell due in the period; void ones never count.
func (p Period) due(m incident.Milestone) bool { return m.State != incident.Voided && p.Has(m.Limit) }

// overdue tells whether the milestone is owed at the cut-off although its limit has passed.
func (p Period) overdue(m incident.Milestone) bool { return m.Pending() && !m.Limit.After(p.CutOff) }

// days is how many days a milestone is, or was, late: every day that was begun counts.
func (p Period) days(m incident.Milestone) int {
	end := p.CutOff
	if !m.Pending() {
		end = m.MetAt
	}
	const day = 24 * time.Hour
	return max(1, int((end.Sub(m.Limit)+day-1)/day))
}

// scope is what a report looks at.
type scope struct {
	Period
	// ahead reaches beyond the period, for what falls due after it.
	ahead time.Duration
	// told: it matters who had been told by the cut-off.
	told bool
}

// gather hands the cases of a period to visit, each as it was at the cut-off.
func gather(ctx context.Context, src Source, asAt AsAt, s scope, visit func(incident.Case)) error {
	err := src.Touched(ctx, s.From, s.To.Add(s.ahead), s.CutOff, func(t Touched) error {
		c, same := s.unchanged(t)
		if same {
			visit(c)
			return nil
		}
		was, there, err := asAt(ctx, c.ID, s.CutOff)
		if _, refused := errors.AsType[*incident.Error](err); refused {
			// Written under older rules, by which the present ones would not act.
			was, there, err = rewind(c, s.CutOff), !c.RegisteredAt.After(s.CutOff), nil
		}
		if err != nil {
			return fmt.Errorf("look back at incident %s: %w", c.ID, err)
		}
		if there {
			visit(was)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the period's incidents: %w", err)
	}
	return nil
}

// unchanged returns the case as it was at the cut-off where that can be told without its
// log: nothing happened since but messages, which change no figure. An old case that
// nobody closes has hundreds of them in its log.
func (s scope) unchanged(t Touched) (incident.Case, bool) {
	c := t.Case
	for _, k := range t.Later {
		switch {
		case k == incident.KindTell || k == incident.KindComment:
		case k == incident.KindAcknowledge && !s.told:
		default:
			return c, false
		}
	}
	if len(t.Later) == 0 || !s.told {
		return c, true
	}
	c.Milestones = incident.CloneMilestones(c.Milestones)
	for i := range c.Milestones {
		m := &c.Milestones[i]
		later := func(r incident.Told) bool { return r.At.After(s.CutOff) }
		if slices.ContainsFunc(m.Told, func(r incident.Told) bool { return later(r) && r.Nth > 0 }) {
			return c, false // the repeat hides when the rung was told before
		}
		m.Told = slices.DeleteFunc(m.Told, later)
	}
	return c, true
}

// rewind takes back what happened to a case after an instant, as far as the case itself
// tells. It is for logs that the present rules cannot replay.
func rewind(c incident.Case, at time.Time) incident.Case {
	later := func(t time.Time) bool { return t.After(at) }
	c.Milestones = slices.DeleteFunc(incident.CloneMilestones(c.Milestones), func(m incident.Milestone) bool { return later(m.From) })
	for i := range c.Milestones {
		m := &c.Milestones[i]
		if later(m.MetAt) {
			m.State, m.MetAt = incident.Pending, time.Time{}
		}
		m.Told = slices.DeleteFunc(m.Told, func(t incident.Told) bool { return later(t.At) })
	}
	concluded := len(c.Conclusions)
	c.Conclusions = slices.DeleteFunc(slices.Clone(c.Conclusions), func(r incident.Conclusion) bool { return later(r.At) })
	c.Responses = slices.DeleteFunc(slices.Clone(c.Responses), func(r incident.Response) bool { return later(r.At) })
	c.Releases = slices.DeleteFunc(slices.Clone(c.Releases), func(r incident.Releasing) bool { return later(r.At) })
	c.Conferences = slices.DeleteFunc(slices.Clone(c.Conferences), func(r incident.Conference) bool { return later(r.At) })
	c.Extensions = slices.DeleteFunc(slices.Clone(c.Extensions), func(r incident.Extension) bool { return later(r.AskedAt) })
	c.Dispatchings = slices.DeleteFunc(slices.Clone(c.Dispatchings), func(d incident.Dispatching) bool { return later(d.At) })
	if len(c.Conclusions) < concluded && counts(c) {
		c.State, c.Verified = incident.Handling, ""
	}
	return c
}

// counts tells whether the case itself counts: one that was merged or voided does not,
// though its milestones that were met before do.
func counts(c incident.Case) bool { return c.State != incident.Merged && c.State != incident.Void }
