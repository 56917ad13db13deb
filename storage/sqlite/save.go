package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
)

// ms is an instant as it is kept: UTC milliseconds, 0 for none.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// never is the next limit of a case with nothing pending: it stands at the end of a list.
const never = math.MaxInt64

// nextLimit is what a case is ordered by: its earliest pending limit.
func nextLimit(c incident.Case) int64 {
	if m, ok := c.NextDue(); ok {
		return ms(m.Limit)
	}
	return never
}

// encoded is a change as rows, made in the caller's goroutine so that the writer only writes.
type encoded struct {
	ch         desk.Change
	body       []byte // nil for a lean change
	milestones [][]byte
	entries    [][]byte
	notices    [][]byte
	nextLimit  int64
	acted      int64 // when the last of its deeds was done, 0 for none
}

func encode(ch desk.Change) (encoded, error) {
	e := encoded{ch: ch, nextLimit: nextLimit(ch.Case)}
	var errs []error
	put := func(v any) []byte {
		raw, err := json.Marshal(v)
		errs = append(errs, err)
		return raw
	}
	for _, en := range ch.Entries {
		if en.Command.Deed() {
			e.acted = max(e.acted, ms(en.At))
		}
	}
	if !ch.Lean || ch.Case.ID == 0 || e.acted > 0 {
		c := ch.Case
		c.Milestones = nil
		e.body = put(c)
	}
	for _, m := range ch.Milestones {
		e.milestones = append(e.milestones, put(m))
	}
	// The caller's entries stay as they are: he may look at them while the writer works.
	e.ch.Entries = slices.Clone(ch.Entries)
	for i := range e.ch.Entries {
		// As it will be read: milliseconds, no hashes, which are given by the writer.
		e.ch.Entries[i].At = fromMS(ms(e.ch.Entries[i].At))
		e.entries = append(e.entries, put(e.ch.Entries[i]))
	}
	for _, n := range ch.Notices {
		e.notices = append(e.notices, put(n))
	}
	return e, errors.Join(errs...)
}

// Save implements desk.Store.
func (db *DB) Save(ctx context.Context, changes ...desk.Change) ([]desk.Saved, error) {
	rows := make([]encoded, len(changes))
	for i, ch := range changes {
		e, err := encode(ch)
		if err != nil {
			return nil, fmt.Errorf("encode change: %w", err)
		}
		rows[i] = e
	}
	out := make([]desk.Saved, len(changes))
	if len(rows) == 1 {
		err := db.write(ctx, func(w *tx) error {
			s, err := w.save(&rows[0])
			out[0] = s
			return err
		})
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	err := db.write(ctx, func(w *tx) error {
		for i := range rows {
			s, err := w.save(&rows[i])
			if err != nil {
				return err
			}
			out[i] = s
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// save writes one change. What may refuse it is looked at before anything is written,
// so that a stale or repeated change leaves the group's transaction as it was.
func (w *tx) save(e *encoded) (desk.Saved, error) {
	if e.ch.Case.ID == 0 {
		return w.saveNew(e)
	}
	c := &e.ch.Case
	for _, en := range e.ch.Entries {
		var one int
		if en.Key == "" {
			continue
		}
		switch err := w.row("find key", int64(c.ID), en.Key).Scan(&one); {
		case err == nil:
			return desk.Saved{ID: c.ID, Err: incident.ErrRepeat}, nil
		case !errors.Is(err, sql.ErrNoRows):
			return desk.Saved{}, fmt.Errorf("find key: %w", err)
		}
	}
	seq, hash, hashes := chain(c.ID, c.Log, e.ch.Entries)
	ok, err := w.update(e, seq, hash)
	if err != nil {
		return desk.Saved{}, err
	}
	if !ok {
		return desk.Saved{ID: c.ID, Err: incident.ErrStale}, nil
	}
	return desk.Saved{ID: c.ID, Version: c.Version + 1}, w.parts(c.ID, e, hashes)
}

func (w *tx) update(e *encoded, seq int, hash []byte) (bool, error) {
	c := &e.ch.Case
	if e.body == nil {
		return w.changed("lean incident", seq, hash, int64(c.ID), c.Version)
	}
	var level, state, lead string
	switch err := w.row("was incident", int64(c.ID), c.Version).Scan(&level, &state, &lead); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("was incident: %w", err)
	}
	if _, err := w.exec("update incident", string(c.State), c.State.Open(), string(c.Level()), string(c.Lead), e.nextLimit,
		ms(c.ReceivedAt), c.Report.Title, seq, hash, int64(c.Matter), e.acted, e.body, int64(c.ID), c.Version); err != nil {
		return false, err
	}
	if c.Duty != nil || level == string(c.Level()) && state == string(c.State) && lead == string(c.Lead) {
		return true, nil // a duty is not among the counters
	}
	w.count(level, state, lead, -1)
	w.count(string(c.Level()), string(c.State), string(c.Lead), 1)
	return true, nil
}

func (w *tx) saveNew(e *encoded) (desk.Saved, error) {
	c := &e.ch.Case
	r := c.Report
	next, err := w.number(c.Duty != nil)
	if err != nil {
		return desk.Saved{}, err
	}
	id := incident.ID(*next)
	_, hash, hashes := chain(id, c.Log, e.ch.Entries)
	fresh, err := w.changed("insert incident", *next, string(c.State), c.State.Open(), string(c.Level()), string(c.Lead), e.nextLimit,
		ms(c.ReceivedAt), r.Source.Name, r.ExternalID, r.Title, len(e.ch.Entries), hash, int64(c.Matter), ms(c.RegisteredAt), e.acted, rule(*c), e.body)
	if err != nil {
		return desk.Saved{}, err
	}
	if !fresh {
		var id int64
		if err := w.row("find external", r.ExternalID, r.Source.Name).Scan(&id); err != nil {
			return desk.Saved{}, fmt.Errorf("find external: %w", err)
		}
		return desk.Saved{ID: incident.ID(id), Err: incident.ErrRepeat}, nil
	}
	*next++
	if c.Duty == nil {
		w.count(string(c.Level()), string(c.State), string(c.Lead), 1)
	}
	return desk.Saved{ID: id, Version: 1}, w.parts(id, e, hashes)
}

// chain numbers the entries and computes their hashes onto the case's log.
func chain(id incident.ID, head incident.LogHead, entries []incident.Entry) (int, []byte, [][]byte) {
	seq, hash := head.Seq, head.Hash
	hashes := make([][]byte, len(entries))
	for i := range entries {
		seq++
		entries[i].Incident, entries[i].Seq = id, seq
		hash = incident.Chain(hash, entries[i])
		hashes[i] = hash
	}
	return seq, hash, hashes
}

// parts writes everything that belongs to the incident.
func (w *tx) parts(id incident.ID, e *encoded, hashes [][]byte) error {
	for i, m := range e.ch.Milestones {
		if _, err := w.exec("put milestone", int64(id), m.Seq, string(m.Kind), shown(m), ms(m.Limit), e.milestones[i]); err != nil {
			return err
		}
	}
	for _, t := range e.ch.Timers {
		if _, err := w.exec("put timer", int64(id), t.Milestone, t.Rung, ms(t.FireAt)); err != nil {
			return err
		}
	}
	for _, seq := range e.ch.Stopped {
		if _, err := w.exec("stop timer", int64(id), seq); err != nil {
			return err
		}
	}
	for _, seq := range e.ch.Settled {
		if _, err := w.exec("withdraw", int64(id), seq); err != nil {
			return err
		}
		if err := w.amend(id, seq, e.ch.Entries); err != nil {
			return err
		}
	}
	for i, en := range e.ch.Entries {
		if _, err := w.exec("insert entry", int64(id), en.Seq, ms(en.At), en.Key, e.entries[i], hashes[i]); err != nil {
			return err
		}
	}
	for i, n := range e.ch.Notices {
		if err := w.notice(id, n, e.notices[i]); err != nil {
			return err
		}
	}
	return nil
}

// shown is a milestone's state in its column, by which overdue incidents are found and
// counted: an inner one that is pending, and one of a recurring duty, make no incident
// overdue and are called by other words.
func shown(m incident.Milestone) string {
	switch {
	case m.Kind.Inner() && m.Pending():
		return "inner"
	case m.Kind == incident.MilestoneDuty && m.Pending():
		return "duty"
	}
	return string(m.State)
}

// rule is the duty's that a case is, empty for an incident.
func rule(c incident.Case) string {
	if c.Duty == nil {
		return ""
	}
	return c.Duty.Rule
}

func (w *tx) notice(id incident.ID, n incident.Notice, body []byte) error {
	_, err := w.exec("insert notice", int64(id), n.Milestone, n.Rung, n.Nth, n.Entry, string(n.Person), string(n.Kind),
		int(n.Urgency), ms(n.NotBefore), ms(n.At), body)
	return err
}

// Announce implements desk.Store.
func (db *DB) Announce(ctx context.Context, notices []incident.Notice) error {
	bodies := make([][]byte, len(notices))
	for i, n := range notices {
		raw, err := json.Marshal(n)
		if err != nil {
			return fmt.Errorf("encode notice: %w", err)
		}
		bodies[i] = raw
	}
	return db.write(ctx, func(w *tx) error {
		for i, n := range notices {
			if err := w.notice(0, n, bodies[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
