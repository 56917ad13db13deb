package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
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
	rows, err := db.read.QueryContext(ctx, `SELECT a.envelope, a.tries, e.channel, e.addr, e.key, e.code, e.body, e.settled_at, m.body, coalesce(l.body, '')
		FROM amendments a JOIN envelopes e ON e.id = a.envelope JOIN milestones m ON m.incident = a.incident AND m.seq = a.milestone
		LEFT JOIN entries l ON l.incident = a.incident AND l.seq = a.entry
		WHERE a.done = 0 AND a.due_at <= ? ORDER BY a.due_at LIMIT ?`, ms(now), n)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read amendments: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []notify.Amendment
	for rows.Next() {
		a, err := scanAmendment(rows)
		if err != nil {
			return nil, time.Time{}, err
		}
		out = append(out, a)
	}
	if err := rows.Err(); err != nil {
		return nil, time.Time{}, fmt.Errorf("read amendments: %w", err)
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

func scanAmendment(rows *sql.Rows) (notify.Amendment, error) {
	var a notify.Amendment
	var sent int64
	var milestone, entry []byte
	if err := rows.Scan(&a.Envelope, &a.Tries, &a.Channel, &a.To, &a.Key, &a.Code, &a.Body, &sent, &milestone, &entry); err != nil {
		return a, fmt.Errorf("read amendment: %w", err)
	}
	a.SentAt = fromMS(sent)
	if err := json.Unmarshal(milestone, &a.Milestone); err != nil {
		return a, fmt.Errorf("decode milestone: %w", err)
	}
	if len(entry) > 0 {
		if err := json.Unmarshal(entry, &a.Entry); err != nil {
			return a, fmt.Errorf("decode entry: %w", err)
		}
	}
	return a, nil
}

// SettleAmendment implements notify.Amendments.
func (db *DB) SettleAmendment(ctx context.Context, id notify.EnvelopeID, o notify.Outcome, now time.Time) error {
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("settle amendment", ms(now.Add(o.After)), o.Status != notify.Retry, int64(id))
		return err
	})
}
