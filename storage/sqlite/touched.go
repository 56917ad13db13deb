package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"huiying/incident"
	"huiying/report"
)

// Touched implements report.Source. Everything is read in one transaction, so that all
// figures of a report are of one moment. What is read is decoded by who asks for it.
func (db *DB) Touched(ctx context.Context, from, to, asAt time.Time, yield func(report.Touched) error) error {
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	acted, err := actedOn(ctx, t, from, asAt)
	if err != nil {
		return err
	}
	due, err := int64s(ctx, t, dueQuery, ms(from), ms(to), ms(to))
	if err != nil {
		return fmt.Errorf("look for due milestones: %w", err)
	}
	ids := slices.Clone(due)
	for id := range acted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for page := range slices.Chunk(slices.Compact(ids), maxPage) {
		if err := db.touchedPage(ctx, t, page, acted, asAt, yield); err != nil {
			return err
		}
	}
	return nil
}

const (
	actedQuery = `SELECT id, acted_at FROM incidents INDEXED BY incidents_acted WHERE acted_at > ? AND registered_at <= ? AND duty = ''`
	// The indexes are named: to have the answer in order, SQLite would else read the table whole.
	dueQuery = `SELECT incident FROM milestones INDEXED BY milestones_limit WHERE limit_at > ? AND limit_at <= ?
	UNION SELECT incident FROM milestones INDEXED BY milestones_pending WHERE state = 'pending' AND limit_at <= ?`
	stillCases      = `SELECT id, version, log_seq, log_hash, body, acted_at FROM incidents WHERE id IN (SELECT value FROM json_each(?)) AND registered_at <= ? AND duty = '' ORDER BY id`
	stillMilestones = `SELECT incident, body FROM milestones WHERE incident IN (SELECT value FROM json_each(?)) ORDER BY incident, seq`
)

// actedOn lists when what was done last with the cases that something was done with after
// from, of those that were registered by asAt.
func actedOn(ctx context.Context, q querier, from, asAt time.Time) (map[int64]int64, error) {
	rows, err := q.QueryContext(ctx, actedQuery, ms(from), ms(asAt))
	if err != nil {
		return nil, fmt.Errorf("look for incidents acted on: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := map[int64]int64{}
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return nil, fmt.Errorf("look for incidents acted on: %w", err)
		}
		out[id] = at
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}

// touchedPage yields a page of cases. Of one that something was done with since asAt nothing
// is read: whoever wants it as it was makes it from its log.
func (db *DB) touchedPage(ctx context.Context, q querier, ids []int64, acted map[int64]int64, asAt time.Time, yield func(report.Touched) error) error {
	var still []int64
	for _, id := range ids {
		if acted[id] <= ms(asAt) {
			still = append(still, id)
		}
	}
	raw, err := rawCases(ctx, q, still, asAt)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t := report.Touched{ID: incident.ID(id)}
		switch r := raw[id]; {
		case r != nil:
			t.Acted, t.Case = fromMS(r.acted), r.decode
		case acted[id] > ms(asAt):
			t.Acted = fromMS(acted[id])
			t.Case = func() (incident.Case, error) { return db.Load(ctx, t.ID) }
		default:
			continue // registered later
		}
		if err := yield(t); err != nil {
			return err
		}
	}
	return nil
}

// rawCase is a case as it is stored.
type rawCase struct {
	head       incident.Case
	acted      int64
	body       []byte
	milestones [][]byte
}

func rawCases(ctx context.Context, q querier, ids []int64, asAt time.Time) (map[int64]*rawCase, error) {
	these, err := list(ids)
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, stillCases, these, ms(asAt))
	if err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := make(map[int64]*rawCase, len(ids))
	for rows.Next() {
		r := &rawCase{}
		if err := rows.Scan(&r.head.ID, &r.head.Version, &r.head.Log.Seq, &r.head.Log.Hash, &r.body, &r.acted); err != nil {
			return nil, fmt.Errorf("read incident: %w", err)
		}
		out[int64(r.head.ID)] = r
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	return out, rawMilestones(ctx, q, these, out)
}

func rawMilestones(ctx context.Context, q querier, these string, cases map[int64]*rawCase) error {
	rows, err := q.QueryContext(ctx, stillMilestones, these)
	if err != nil {
		return fmt.Errorf("read milestones: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	for rows.Next() {
		var id int64
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return fmt.Errorf("read milestone: %w", err)
		}
		if c := cases[id]; c != nil {
			c.milestones = append(c.milestones, body)
		}
	}
	return rows.Err() //nolint:wrapcheck // of this query
}

func (r *rawCase) decode() (incident.Case, error) {
	c := incident.Case{}
	if err := decodeCase(r.body, r.head, &c); err != nil {
		return c, err
	}
	c.Milestones = make([]incident.Milestone, len(r.milestones))
	for i, body := range r.milestones {
		if err := decodeMilestone(body, r.head.ID, &c.Milestones[i]); err != nil {
			return c, err
		}
	}
	return c, nil
}
