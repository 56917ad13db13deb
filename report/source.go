package report

import (
	"context"
	"slices"
	"time"

	"huiying/incident"
)

// Touched is a case of a period.
type Touched struct {
	ID incident.ID
	// Acted is when something was last done with it, messages and comments left out.
	Acted time.Time
	// Case is the case as it is now. It may be called from any goroutine.
	Case func() (incident.Case, error)
}

// Source is what figures are counted from. storage implements it.
type Source interface {
	// Touched yields, by id, every case registered by asAt that something was done with
	// after from, or that has a limit after from and not after to, or that owes something
	// due by to. No figure of that time rests on another case: one with which nothing was
	// done after from has the milestones now that it had then. What yield returns ends it
	// and is returned.
	Touched(ctx context.Context, from, to, asAt time.Time, yield func(Touched) error) error
	// LogBack yields the entries of a case that are not later than an instant, the newest
	// first, until take says that it is enough.
	LogBack(ctx context.Context, id incident.ID, at time.Time, take func(incident.Entry) bool) error
}

// AsAt returns a case as it was at instants, the earliest first, by its log alone; the zero
// case where it was not registered yet. [desk.Desk.AsAtEach] is one.
type AsAt func(ctx context.Context, id incident.ID, at ...time.Time) ([]incident.Case, error)

// Period is the time that a report is about. An instant belongs to the period whose end it
// is: a limit of Sunday 24:00 is Sunday's, so From is not included and To is.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// CutOff is the instant as at which everything is counted: To, or now while the period
	// still runs. What happened later changes nothing.
	CutOff time.Time `json:"cut_off"`
}

// period runs from one instant to another, counted as at now where it still runs; a zero
// now takes its end.
func period(from, to, now time.Time) Period {
	p := Period{From: from, To: to, CutOff: to}
	if !now.IsZero() && now.Before(to) {
		p.CutOff = now
	}
	return p
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
