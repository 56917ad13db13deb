package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"huiying/incident"
	"huiying/org"
)

const (
	// batch is how many cases with due timers are decided on and saved together.
	batch = 128
	// lanes is how many batches are under way at once: while one is written, the next is
	// read and decided on.
	lanes = 3
	// most is how many cases one call fires before people are told of them. Deciding
	// comes before sending, so that what is due stands in the outbox soon.
	most = 80 * batch
)

// Fire fires every timer that is due at now and says when the next one is (zero for
// none). It is the engine's FireFunc. What is late, after an outage, is fired at once;
// of one milestone each person hears only the highest rung.
func (d *Desk) Fire(ctx context.Context, now time.Time) (time.Time, error) {
	for {
		ids, next, err := d.Store.Due(ctx, now, most)
		if err != nil {
			return time.Time{}, fmt.Errorf("look for due timers: %w", err)
		}
		if len(ids) == 0 {
			return next, nil
		}
		changes, err := d.fireAll(ctx, ids, now)
		d.saved(changes...)
		if err != nil {
			return time.Time{}, err
		}
	}
}

// fireAll fires the due timers of cases and returns what was saved. The first fault stops
// it; a case that cannot be timed does not silence the others.
func (d *Desk) fireAll(ctx context.Context, ids []incident.ID, now time.Time) ([]Change, error) {
	if len(ids) <= batch {
		return d.fireBatch(ctx, ids, now)
	}
	batches := make(chan []incident.ID, len(ids)/batch+1)
	for chunk := range slices.Chunk(ids, batch) {
		batches <- chunk
	}
	close(batches)
	var mu sync.Mutex
	var changes []Change
	var fault error
	var all sync.WaitGroup
	for range lanes {
		all.Go(func() {
			for chunk := range batches {
				done, err := d.fireBatch(ctx, chunk, now)
				mu.Lock()
				changes, fault = append(changes, done...), errors.Join(fault, err)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return changes, fault
}

func (d *Desk) fireBatch(ctx context.Context, ids []incident.ID, now time.Time) ([]Change, error) {
	cases, err := d.Store.LoadAll(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("load due incidents: %w", err)
	}
	changes := make([]Change, 0, len(cases))
	var faults []error
	for _, c := range cases {
		change, err := d.fire(ctx, c, now)
		if err != nil {
			faults = append(faults, fmt.Errorf("fire timer of incident %s: %w", c.ID, err))
			continue
		}
		changes = append(changes, change)
	}
	if err := d.keep(ctx, changes); err != nil {
		return nil, errors.Join(append(faults, err)...)
	}
	return changes, errors.Join(faults...)
}

// keep saves fired timers; whoever is to be woken is for the caller.
func (d *Desk) keep(ctx context.Context, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	saved, err := d.Store.Save(ctx, changes...)
	if err != nil {
		return fmt.Errorf("save fired timers: %w", err)
	}
	for _, s := range saved {
		// A stale case was changed meanwhile; the next look decides on it anew.
		if s.Err != nil && !errors.Is(s.Err, incident.ErrStale) {
			return fmt.Errorf("save fired timer of incident %s: %w", s.ID, s.Err)
		}
	}
	return nil
}

// fire decides on the due timers of one case.
func (d *Desk) fire(ctx context.Context, c incident.Case, now time.Time) (Change, error) {
	book, err := d.BookOf(ctx, c.Policy)
	if err != nil {
		return Change{}, err
	}
	after := c
	entries, notices := d.tell(&after, book.Due(c, now), now)
	change := d.change(book, c, after, entries, notices)
	change.Lean = true
	d.mend(&change, book.Timers(after), now)
	return change, nil
}

// mend makes the stored timers those that the case should have, if a timer was due
// that the ladder knows nothing of; else the engine would look at it for ever.
func (d *Desk) mend(change *Change, timers []incident.Timer, now time.Time) {
	if len(change.Entries) > 0 {
		return
	}
	d.Log.Warn("timer without a rung", "incident", change.Case.ID)
	change.Timers = timers
	has := map[int]bool{}
	for _, t := range timers {
		has[t.Milestone] = t.FireAt.After(now)
	}
	for _, m := range change.Case.Milestones {
		if !has[m.Seq] {
			change.Stopped = append(change.Stopped, m.Seq)
		}
	}
}

// Unreached tells the county's duty officer, and the next rung's people with him, that
// a notice reached nobody on any channel (rules.md, Late). Nothing is dropped in silence.
func (d *Desk) Unreached(ctx context.Context, n incident.Notice, reason string) error {
	if n.Person.Group() {
		d.Log.Error("a unit's group was not told", "incident", n.Incident, "person_id", n.Person, "reason", reason)
		return nil // its people were told themselves
	}
	now := d.Clock.Now()
	for range tries {
		c, err := d.Store.Load(ctx, n.Incident)
		if err != nil {
			return fmt.Errorf("load incident %s: %w", n.Incident, err)
		}
		dir := d.Directory()
		text := fmt.Sprintf("给%s（%s%s）的消息没有送达：%s", dir.PersonName(n.Person), dir.UnitName(n.Unit), n.Post.Chinese(), reason)
		next, out, err := c.Apply(incident.Comment{Text: text}, org.System("courier"), now)
		if err != nil {
			// An archived, merged or void case needs nobody any more.
			return nil //nolint:nilerr // nothing is owed on it
		}
		book, err := d.BookOf(ctx, c.Policy)
		if err != nil {
			return err
		}
		change := d.change(book, c, next, out.Entries, d.insteadOf(next, n, text, now))
		saved, err := d.Store.Save(ctx, change)
		if err != nil {
			return fmt.Errorf("save unreached notice: %w", err)
		}
		if errors.Is(saved[0].Err, incident.ErrStale) {
			continue
		}
		if saved[0].Err == nil {
			d.saved(change)
		}
		return saved[0].Err
	}
	return incident.ErrStale
}

// insteadOf owes the notices for somebody who could not be reached. A notice that was
// itself about an unreachable person is not passed on again, lest it goes in a ring.
func (d *Desk) insteadOf(c incident.Case, n incident.Notice, text string, now time.Time) []incident.Notice {
	if n.Kind == incident.NoticeUnreachable {
		return nil
	}
	posts := []org.Post{org.DutyOfficer}
	if m := c.Milestone(n.Milestone); m != nil {
		if book, ok := d.cached(c.Policy); ok {
			for _, r := range book.Ladder(c, *m) {
				if r.Number > n.Rung {
					posts = append(posts, r.Posts...)
					break
				}
			}
		}
	}
	var out []incident.Notice
	for _, r := range d.Directory().Resolve(posts, n.Unit, now) {
		if r.Person.ID == n.Person || !d.Reachable(r.Person) {
			continue
		}
		out = append(out, incident.Notice{
			Incident: c.ID, Milestone: n.Milestone, About: n.About, Kind: incident.NoticeUnreachable, Rung: n.Rung,
			Label: n.Label, Entry: c.Log.Seq + 1, Person: r.Person.ID, Unit: r.Unit, Post: r.Post, StandsFor: r.StandsFor,
			Level: c.Level(), Urgency: max(urgency(c.Level(), false), n.Urgency), At: now, Text: text,
		})
	}
	return out
}
