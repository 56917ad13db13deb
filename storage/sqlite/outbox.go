package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// outbox is the outbox's memory: what is out with the courier, and what it holds back.
// It need not survive the process: another one begins with what the rows say.
type outbox struct {
	mu    sync.Mutex
	out   map[notify.NoticeID]time.Time // until when; the far future while it is being sent
	tried map[notify.EnvelopeID]bool    // envelopes out with the courier
	// sealing are the keys of envelopes that are being written down: they are out with the
	// courier before they have a number.
	sealing map[string]bool
	paused  map[org.PersonID]time.Time // until when nothing new of his is claimed
}

// pausedAt lists, as JSON, those of whom nothing new is claimed at an instant.
func (o *outbox) pausedAt(now time.Time) (string, error) {
	people := []string{}
	for p, until := range o.paused {
		if until.After(now) {
			people = append(people, string(p))
		} else {
			delete(o.paused, p)
		}
	}
	return list(people)
}

func (o *outbox) taken(id notify.NoticeID, now time.Time) bool {
	until, ok := o.out[id]
	if ok && !until.After(now) {
		delete(o.out, id)
		ok = false
	}
	return ok
}

// farFuture outlasts any process.
func farFuture(now time.Time) time.Time { return now.AddDate(10, 0, 0) }

// Claim implements notify.Outbox.
func (db *DB) Claim(ctx context.Context, now time.Time, n int) ([]notify.Parcel, time.Time, error) {
	db.outbox.mu.Lock()
	defer db.outbox.mu.Unlock()
	parcels, err := db.again(ctx, now, n)
	if err != nil {
		return nil, time.Time{}, err
	}
	if len(parcels) < n {
		fresh, err := db.fresh(ctx, now, n-len(parcels))
		if err != nil {
			return nil, time.Time{}, err
		}
		parcels = append(parcels, fresh...)
	}
	if len(parcels) > 0 {
		return parcels, time.Time{}, nil
	}
	next, err := db.nextWaiting(ctx, now)
	return nil, next, err
}

// again claims envelopes whose retry is due, and those that an earlier process left open.
func (db *DB) again(ctx context.Context, now time.Time, n int) ([]notify.Parcel, error) {
	rows, err := db.reader.QueryContext(ctx, `SELECT id, person, channel, addr, key, body, urgency, tries, created_at FROM envelopes
		WHERE state = 'open' AND due_at <= ? ORDER BY due_at LIMIT ?`, ms(now), n+len(db.outbox.tried)+len(db.outbox.sealing))
	if err != nil {
		return nil, fmt.Errorf("read open envelopes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []notify.Parcel
	for rows.Next() && len(out) < n {
		var e notify.Envelope
		var created int64
		if err := rows.Scan(&e.ID, &e.Person, &e.Channel, &e.To, &e.Key, &e.Body, &e.Urgency, &e.Tries, &created); err != nil {
			return nil, fmt.Errorf("read open envelope: %w", err)
		}
		if db.outbox.tried[e.ID] || db.outbox.sealing[e.Key] {
			continue
		}
		e.CreatedAt = fromMS(created)
		db.outbox.tried[e.ID] = true
		out = append(out, notify.Parcel{Person: e.Person, Again: &e})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read open envelopes: %w", err)
	}
	var notices []*notify.Waiting
	for i := range out {
		if err := db.enclosed(ctx, &out[i]); err != nil {
			return nil, err
		}
		for j := range out[i].Notices {
			notices = append(notices, &out[i].Notices[j])
		}
	}
	return out, db.briefs(ctx, notices)
}

// enclosed reads which notices an envelope holds.
func (db *DB) enclosed(ctx context.Context, p *notify.Parcel) error {
	rows, err := db.reader.QueryContext(ctx, `SELECT id, incident, failed, body FROM notices WHERE envelope = ? AND envelope <> 0 ORDER BY urgency DESC, id`, int64(p.Again.ID))
	if err != nil {
		return fmt.Errorf("read envelope's notices: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	for rows.Next() {
		w, err := scanWaiting(rows)
		if err != nil {
			return err
		}
		p.Again.Notices = append(p.Again.Notices, w.ID)
		p.Notices = append(p.Notices, w)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read envelope's notices: %w", err)
	}
	return nil
}

func scanWaiting(rows *sql.Rows) (notify.Waiting, error) {
	var w notify.Waiting
	var failed string
	var body sql.RawBytes
	var inc int64
	if err := rows.Scan(&w.ID, &inc, &failed, &body); err != nil {
		return w, fmt.Errorf("read notice: %w", err)
	}
	if err := json.Unmarshal(body, &w.Notice); err != nil {
		return w, fmt.Errorf("decode notice %d: %w", w.ID, err)
	}
	w.Notice.Incident = incident.ID(inc) // a new incident's notices were written before it had a number
	w.Failed = strings.Fields(failed)
	return w, nil
}

const (
	waitingColumns = `SELECT n.id, n.incident, n.failed, n.body FROM notices n WHERE n.state = 'waiting' AND n.not_before <= ? `
	perPerson      = 50 // of one person's notices in one message; the rest follows in the next
)

// fresh claims notices that were not rendered yet: each emergency alone, else all of a person's.
func (db *DB) fresh(ctx context.Context, now time.Time, n int) ([]notify.Parcel, error) {
	queue, err := db.queue(ctx, now, 4*n+len(db.outbox.out))
	if err != nil {
		return nil, err
	}
	var parcels []notify.Parcel
	seen := map[org.PersonID]bool{}
	for _, q := range queue {
		if len(parcels) == n {
			break
		}
		var all []notify.Waiting
		switch {
		case q.urgency == incident.UrgencyEmergency:
			all, err = db.waiting(ctx, now, waitingColumns+`AND n.id = ?`, ms(now), int64(q.id))
		case !seen[q.person]:
			seen[q.person] = true
			all, err = db.waiting(ctx, now, waitingColumns+`AND n.person = ? AND n.urgency < ? ORDER BY n.urgency DESC, n.id LIMIT ?`,
				ms(now), string(q.person), int(incident.UrgencyEmergency), perPerson+len(db.outbox.out))
		}
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			parcels = append(parcels, notify.Parcel{Person: q.person, Notices: all[:min(len(all), perPerson)]})
		}
	}
	var notices []*notify.Waiting
	for i := range parcels {
		for j := range parcels[i].Notices {
			w := &parcels[i].Notices[j]
			db.outbox.out[w.ID] = farFuture(now)
			notices = append(notices, w)
		}
	}
	return parcels, db.briefs(ctx, notices)
}

// queued is a notice's place in the queue.
type queued struct {
	id      notify.NoticeID
	person  org.PersonID
	urgency incident.Urgency
}

// queue is the first of what waits and is not out already, the most urgent first, without
// those who have had their quota. It reads an index alone.
func (db *DB) queue(ctx context.Context, now time.Time, n int) ([]queued, error) {
	paused, err := db.outbox.pausedAt(now)
	if err != nil {
		return nil, err
	}
	rows, err := db.reader.QueryContext(ctx, `SELECT id, person, urgency FROM notices WHERE state = 'waiting' AND not_before <= ?
		AND person NOT IN (SELECT value FROM json_each(?)) ORDER BY urgency DESC, id LIMIT ?`, ms(now), paused, n)
	if err != nil {
		return nil, fmt.Errorf("read queue: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []queued
	for rows.Next() {
		var q queued
		if err := rows.Scan(&q.id, &q.person, &q.urgency); err != nil {
			return nil, fmt.Errorf("read queue: %w", err)
		}
		if !db.outbox.taken(q.id, now) {
			out = append(out, q)
		}
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}

// waiting reads notices that may be sent now and are not out already.
func (db *DB) waiting(ctx context.Context, now time.Time, query string, args ...any) ([]notify.Waiting, error) {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read waiting notices: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []notify.Waiting
	for rows.Next() {
		var w notify.Waiting
		var inc int64
		var failed string
		var body sql.RawBytes
		if err := rows.Scan(&w.ID, &inc, &failed, &body); err != nil {
			return nil, fmt.Errorf("read notice: %w", err)
		}
		if db.outbox.taken(w.ID, now) {
			continue
		}
		if err := json.Unmarshal(body, &w.Notice); err != nil {
			return nil, fmt.Errorf("decode notice %d: %w", w.ID, err)
		}
		w.Notice.Incident = incident.ID(inc)
		w.Failed = strings.Fields(failed)
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read waiting notices: %w", err)
	}
	return out, nil
}

// briefs reads what the messages need to know of the notices' incidents as they are now.
func (db *DB) briefs(ctx context.Context, ws []*notify.Waiting) error {
	if len(ws) == 0 {
		return nil
	}
	ids := make([]incident.ID, 0, len(ws))
	for _, w := range ws {
		ids = append(ids, w.Notice.Incident)
	}
	these, err := list(ids)
	if err != nil {
		return err
	}
	briefs, err := db.incidentBriefs(ctx, these)
	if err != nil {
		return err
	}
	stones, err := db.briefMilestones(ctx, these)
	if err != nil {
		return err
	}
	for _, w := range ws {
		w.Brief = briefs[w.Notice.Incident]
		for _, m := range stones[w.Notice.Incident] {
			if m.Seq == w.Notice.Milestone {
				w.Brief.Milestone = m
			}
		}
	}
	return nil
}

func (db *DB) incidentBriefs(ctx context.Context, these string) (map[incident.ID]incident.Brief, error) {
	rows, err := db.reader.QueryContext(ctx, `SELECT id, title, state, level, lead, source, duty,
		coalesce(json_extract(CAST(body AS TEXT), '$.report.place'), ''),
		coalesce(json_extract(CAST(body AS TEXT), '$.grading.confirmed'), 0),
		coalesce(json_extract(CAST(body AS TEXT), '$.report.reporter.name'), '') FROM incidents
		WHERE id IN (SELECT value FROM json_each(?))`, these)
	if err != nil {
		return nil, fmt.Errorf("read briefs: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	briefs := map[incident.ID]incident.Brief{}
	for rows.Next() {
		var b incident.Brief
		var reporter string
		if err := rows.Scan(&b.ID, &b.Title, &b.State, &b.Level, &b.Lead, &b.Source, &b.Duty, &b.Place, &b.Confirmed, &reporter); err != nil {
			return nil, fmt.Errorf("read brief: %w", err)
		}
		b.Title = incident.WithoutReporter(b.Title, incident.Reporter{Name: reporter})
		briefs[b.ID] = b
	}
	return briefs, rows.Err() //nolint:wrapcheck // of this query
}

func (db *DB) briefMilestones(ctx context.Context, these string) (map[incident.ID][]incident.Milestone, error) {
	rows, err := db.reader.QueryContext(ctx, `SELECT incident, body FROM milestones WHERE incident IN (SELECT value FROM json_each(?))`, these)
	if err != nil {
		return nil, fmt.Errorf("read milestones: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := map[incident.ID][]incident.Milestone{}
	for rows.Next() {
		var id incident.ID
		var body sql.RawBytes
		if err := rows.Scan(&id, &body); err != nil {
			return nil, fmt.Errorf("read milestone: %w", err)
		}
		var m incident.Milestone
		if err := json.Unmarshal(body, &m); err != nil {
			return nil, fmt.Errorf("decode milestone: %w", err)
		}
		out[id] = append(out[id], m)
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}

// nextWaiting is when something that waits may be sent; zero when nothing waits.
func (db *DB) nextWaiting(ctx context.Context, now time.Time) (time.Time, error) {
	var held, due sql.NullInt64
	err := db.reader.QueryRowContext(ctx, `SELECT
		(SELECT min(not_before) FROM notices WHERE state = 'waiting' AND not_before > ?),
		(SELECT min(due_at) FROM envelopes WHERE state = 'open' AND due_at > ?)`, ms(now), ms(now)).Scan(&held, &due)
	if err != nil {
		return time.Time{}, fmt.Errorf("read next waiting: %w", err)
	}
	next := farFuture(now)
	for _, n := range []sql.NullInt64{held, due} {
		if n.Valid && fromMS(n.Int64).Before(next) {
			next = fromMS(n.Int64)
		}
	}
	for id, until := range db.outbox.out {
		switch {
		case !until.After(now):
			delete(db.outbox.out, id) // withdrawn while it was held, or it would have been claimed
		case until.Before(next):
			next = until
		}
	}
	for p, until := range db.outbox.paused {
		if until.After(now) && until.Before(next) && db.waits(ctx, p) {
			next = until
		}
	}
	if next.Equal(farFuture(now)) || next.After(now.AddDate(5, 0, 0)) {
		return time.Time{}, nil
	}
	return next, nil
}

// waits tells whether anything waits for a person.
func (db *DB) waits(ctx context.Context, p org.PersonID) bool {
	var one int
	err := db.reader.QueryRowContext(ctx, `SELECT 1 FROM notices WHERE person = ? AND state = 'waiting' LIMIT 1`, string(p)).Scan(&one)
	return !errors.Is(err, sql.ErrNoRows) // in doubt, look again
}

// Pause implements notify.Outbox.
func (db *DB) Pause(p notify.Parcel, until time.Time) {
	db.outbox.mu.Lock()
	defer db.outbox.mu.Unlock()
	for _, w := range p.Notices {
		delete(db.outbox.out, w.ID)
	}
	db.outbox.paused[p.Person] = until
}

// Hold implements notify.Outbox.
func (db *DB) Hold(ids []notify.NoticeID, until time.Time) {
	db.outbox.mu.Lock()
	defer db.outbox.mu.Unlock()
	for _, id := range ids {
		db.outbox.out[id] = until
	}
}

// unseal takes notices, and perhaps an envelope, out of the courier's hands.
func (db *DB) unseal(env notify.EnvelopeID, ids []notify.NoticeID) {
	db.outbox.mu.Lock()
	defer db.outbox.mu.Unlock()
	delete(db.outbox.tried, env)
	for _, id := range ids {
		delete(db.outbox.out, id)
	}
}

// Prepare implements notify.Outbox.
func (db *DB) Prepare(ctx context.Context, e notify.Envelope, now time.Time) (notify.EnvelopeID, error) {
	var id notify.EnvelopeID
	db.outbox.mu.Lock()
	db.outbox.sealing[e.Key] = true
	db.outbox.mu.Unlock()
	err := db.write(ctx, func(w *tx) error {
		for _, n := range e.Notices {
			var one int
			if err := w.row("notice waits", int64(n)).Scan(&one); errors.Is(err, sql.ErrNoRows) {
				return refusal{notify.ErrWithdrawn}
			} else if err != nil {
				return fmt.Errorf("notice waits: %w", err)
			}
		}
		r, err := w.exec("insert envelope", string(e.Person), e.Channel, e.To, e.Key, e.Body, int(e.Urgency), ms(now), ms(now), ms(now))
		if err != nil {
			return err
		}
		last, err := r.LastInsertId()
		if err != nil {
			return fmt.Errorf("insert envelope: %w", err)
		}
		id = notify.EnvelopeID(last)
		for _, n := range e.Notices {
			if _, err := w.exec("enclose notice", last, int64(n)); err != nil {
				return err
			}
		}
		return nil
	})
	db.outbox.mu.Lock()
	defer db.outbox.mu.Unlock()
	delete(db.outbox.sealing, e.Key)
	for _, n := range e.Notices {
		delete(db.outbox.out, n)
	}
	if err != nil {
		return 0, err
	}
	db.outbox.tried[id] = true
	return id, nil
}

// Settle implements notify.Outbox.
func (db *DB) Settle(ctx context.Context, r notify.Result, now time.Time) error {
	o := r.Outcome
	err := db.write(ctx, func(w *tx) error {
		if r.Envelope == 0 {
			for _, n := range r.Notices {
				if _, err := w.exec("end notice", endState(o.Status), string(o.Reason), int64(n)); err != nil {
					return err
				}
			}
			return nil
		}
		if o.Status == notify.Retry {
			if _, err := w.exec("retry envelope", ms(now.Add(o.After)), string(o.Reason), o.Detail, int64(r.Envelope)); err != nil {
				return err
			}
			if o.Reason == notify.ReasonQuota {
				return nil // it waits for its turn: that was no try
			}
			_, err := w.exec("try envelope", ms(now), ms(now.Add(o.After)), int64(r.Envelope))
			return err
		}
		state := endState(o.Status)
		if _, err := w.exec("settle envelope", state, ms(now), string(o.Reason), o.Detail, o.Receipt, o.Code, int64(r.Envelope)); err != nil {
			return err
		}
		if r.Next {
			_, err := w.exec("next channel", r.Channel, string(o.Reason), int64(r.Envelope))
			return err
		}
		if _, err := w.exec("settle notices", state, string(o.Reason), int64(r.Envelope)); err != nil || o.Code == "" {
			return err
		}
		_, err := w.exec("amend late card", ms(now), int64(r.Envelope)) // settled while it was on its way
		return err
	})
	db.unseal(r.Envelope, r.Notices)
	return err
}

// endState is the state of what ended with an outcome.
func endState(s notify.Status) string {
	switch s { //nolint:exhaustive // a retry is no end
	case notify.Permanent:
		return "failed"
	case notify.Superseded:
		return "withdrawn"
	}
	return "sent"
}

// Recent implements notify.Outbox.
func (db *DB) Recent(ctx context.Context, channel string, since time.Time) (map[string][]time.Time, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT addr, tried_at FROM envelopes WHERE channel = ? AND tried_at >= ? ORDER BY tried_at`, channel, ms(since))
	if err != nil {
		return nil, fmt.Errorf("read recent envelopes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := map[string][]time.Time{}
	for rows.Next() {
		var to string
		var at int64
		if err := rows.Scan(&to, &at); err != nil {
			return nil, fmt.Errorf("read recent envelope: %w", err)
		}
		out[to] = append(out[to], fromMS(at))
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}
