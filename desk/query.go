package desk

import (
	"context"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Get returns the case, or [incident.ErrNotFound].
func (d *Desk) Get(ctx context.Context, id incident.ID) (incident.Case, error) {
	c, err := d.Store.Load(ctx, id)
	if err != nil {
		return c, fmt.Errorf("load incident %s: %w", id, err)
	}
	return c, nil
}

// Unmask returns the case's reporters in clear to somebody who gives a reason, and
// logs that he saw them (个人信息保护法 第五十一条).
func (d *Desk) Unmask(ctx context.Context, by org.Actor, id incident.ID, reason string) (incident.Case, error) {
	c, err := d.Get(ctx, id)
	if err != nil {
		return c, err
	}
	if !by.County(org.DutyOfficer, org.OfficeDirector) && !by.In(c.Lead) {
		return incident.Case{}, &incident.Error{
			Code: incident.CodeForbidden, Text: "来件人信息只有主办单位和县政府办可以查看。",
		}
	}
	if reason == "" {
		return incident.Case{}, &incident.Error{Code: incident.CodeInvalid, Field: "reason", Text: "请填写查看来件人信息的理由。"}
	}
	return d.do(ctx, by, id, incident.Comment{Text: "查看来件人信息，理由：" + reason}, "")
}

// Replay makes the case anew from its log alone, timed by the policies that it names; it
// differs from the stored one in nothing but Version and Log, or the log was tampered with.
func (d *Desk) Replay(ctx context.Context, id incident.ID) (incident.Case, error) {
	entries, err := d.Store.Log(ctx, id)
	if err != nil {
		return incident.Case{}, fmt.Errorf("read log of incident %s: %w", id, err)
	}
	if len(entries) == 0 {
		return incident.Case{}, incident.ErrNotFound
	}
	return d.follow(ctx, id, incident.Case{}, entries)
}

// AsAt returns the case as it was at an instant, made from its log alone: what was decided
// at that instant counts, what came later does not. False where it was not registered yet.
func (d *Desk) AsAt(ctx context.Context, id incident.ID, at time.Time) (incident.Case, bool, error) {
	was, err := d.AsAtEach(ctx, id, at)
	if err != nil {
		return incident.Case{}, false, err
	}
	return was[0], was[0].State != "", nil
}

// AsAtEach is AsAt at several instants, the earliest first, by reading the log once. Where
// the case was not registered yet it is the zero one.
func (d *Desk) AsAtEach(ctx context.Context, id incident.ID, at ...time.Time) ([]incident.Case, error) {
	entries, err := d.Store.LogTo(ctx, id, at[len(at)-1])
	if err != nil {
		return nil, fmt.Errorf("read log of incident %s: %w", id, err)
	}
	out := make([]incident.Case, len(at))
	var c incident.Case
	for i, until := range at {
		n := 0
		for n < len(entries) && !entries[n].At.After(until) {
			n++
		}
		if c, err = d.follow(ctx, id, c, entries[:n]); err != nil {
			return nil, err
		}
		out[i], entries = c, entries[n:]
	}
	return out, nil
}

// follow goes on with a case by the entries that came after.
func (d *Desk) follow(ctx context.Context, id incident.ID, from incident.Case, entries []incident.Entry) (incident.Case, error) {
	c, err := from.Follow(entries, func(c incident.Case, cmd incident.Command, now time.Time) (incident.Case, error) {
		if cmd.Kind() == incident.KindTell {
			return c, nil // fire plans nothing either
		}
		c, _, err := d.timed(ctx, c, cmd, now)
		return c, err
	})
	if err != nil {
		return c, fmt.Errorf("replay incident %s: %w", id, err)
	}
	return c, nil
}

// Unwatched is an open incident that nobody will be told of any more though it is not
// overdue to the end of its ladder: the standing check finds none (rules.md, Late).
type Unwatched struct {
	ID incident.ID
}

// Check is the standing check: every open incident has a timer in the future, or is
// overdue and somebody was told. It returns those that fail it, and gives those that lost
// their timers the ones that they should have.
func (d *Desk) Check(ctx context.Context, now time.Time) ([]Unwatched, error) {
	var out []Unwatched
	var after incident.ID
	for {
		ids, err := d.Store.Untimed(ctx, after, batch)
		if err != nil {
			return nil, fmt.Errorf("look for untimed incidents: %w", err)
		}
		for _, id := range ids {
			c, err := d.Store.Load(ctx, id)
			if err != nil {
				return nil, fmt.Errorf("load incident %s: %w", id, err)
			}
			book, err := d.BookOf(ctx, c.Policy)
			if err != nil {
				return nil, err
			}
			timers := book.Timers(c)
			if len(timers) > 0 || !watched(c, now) {
				out = append(out, Unwatched{ID: id})
			}
			if len(timers) > 0 {
				change := Change{Case: c, Lean: true, Timers: timers}
				if err := d.keep(ctx, []Change{change}); err != nil {
					return nil, err
				}
				d.saved(change)
			}
			after = id
		}
		if len(ids) < batch {
			return out, nil
		}
	}
}

func watched(c incident.Case, now time.Time) bool {
	for _, m := range c.Milestones {
		if m.StateAt(now) == incident.Overdue && len(m.Told) > 0 {
			return true
		}
	}
	return false
}
