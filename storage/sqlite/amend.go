package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/notify"
)

// tapFirst is how long a card that was settled waits to be changed, so that the tap that
// settled it changes its own card itself.
const tapFirst = 2 * time.Second

// amend lets the cards that were sent about a settled milestone wait to be changed.
func (w *tx) amend(id incident.ID, seq int, entries []incident.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	_, err := w.exec("amend cards", entries[0].Seq, ms(entries[0].At.Add(tapFirst)), int64(id), seq)
	return err
}

// DueAmendments implements notify.Amendments.
func (db *DB) DueAmendments(ctx context.Context, now time.Time, n int) ([]notify.Amendment, time.Time, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT a.incident, a.envelope, a.tries, e.channel, e.addr, e.key, e.code, e.body, e.settled_at, m.body, coalesce(l.body, ''), coalesce(l.seq, 0)
		FROM amendments a JOIN envelopes e ON e.id = a.envelope JOIN milestones m ON m.incident = a.incident AND m.seq = a.milestone
		LEFT JOIN entries l ON l.incident = a.incident AND l.seq = a.entry
		WHERE a.done = 0 AND a.due_at <= ? ORDER BY a.due_at LIMIT ?`, ms(now), n)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read amendments: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []notify.Amendment
	var of []int64
	for rows.Next() {
		a, id, err := scanAmendment(rows)
		if err != nil {
			return nil, time.Time{}, err
		}
		out, of = append(out, a), append(of, id)
	}
	if err := rows.Err(); err != nil {
		return nil, time.Time{}, fmt.Errorf("read amendments: %w", err)
	}
	for i := range out {
		if err := db.settledBy(ctx, of[i], &out[i]); err != nil {
			return nil, time.Time{}, err
		}
	}
	if len(out) > 0 {
		return out, time.Time{}, nil
	}
	var due sql.NullInt64
	err = db.read.QueryRowContext(ctx, `SELECT min(a.due_at) FROM amendments a JOIN envelopes e ON e.id = a.envelope WHERE a.done = 0`).Scan(&due)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read next amendment: %w", err)
	}
	return nil, fromMS(due.Int64), nil
}

// settledBy finds the entry that met a milestone while its card was still on its way: the
// first of that instant.
func (db *DB) settledBy(ctx context.Context, id int64, a *notify.Amendment) error {
	if a.Entry.Seq != 0 || a.Milestone.MetAt.IsZero() {
		return nil
	}
	var body []byte
	var seq int
	err := db.read.QueryRowContext(ctx, `SELECT body, seq FROM entries WHERE incident = ? AND at = ? ORDER BY seq LIMIT 1`, id, ms(a.Milestone.MetAt)).Scan(&body, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read entry: %w", err)
	}
	if err := json.Unmarshal(body, &a.Entry); err != nil {
		return fmt.Errorf("decode entry: %w", err)
	}
	a.Entry.Seq = seq
	return nil
}

func scanAmendment(rows *sql.Rows) (notify.Amendment, int64, error) {
	var a notify.Amendment
	var id, sent int64
	var seq int // an entry is numbered by its row
	var milestone, entry []byte
	if err := rows.Scan(&id, &a.Envelope, &a.Tries, &a.Channel, &a.To, &a.Key, &a.Code, &a.Body, &sent, &milestone, &entry, &seq); err != nil {
		return a, id, fmt.Errorf("read amendment: %w", err)
	}
	a.SentAt = fromMS(sent)
	if err := json.Unmarshal(milestone, &a.Milestone); err != nil {
		return a, id, fmt.Errorf("decode milestone: %w", err)
	}
	if len(entry) > 0 {
		if err := json.Unmarshal(entry, &a.Entry); err != nil {
			return a, id, fmt.Errorf("decode entry: %w", err)
		}
	}
	a.Entry.Seq = seq
	return a, id, nil
}

// SettleAmendment implements notify.Amendments.
func (db *DB) SettleAmendment(ctx context.Context, id notify.EnvelopeID, o notify.Outcome, now time.Time) error {
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("settle amendment", ms(now.Add(o.After)), o.Status != notify.Retry, int64(id))
		return err
	})
}
