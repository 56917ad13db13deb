package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiying/incident"
)

const caseColumns = `SELECT id, version, log_seq, log_hash, body FROM incidents `

// The queries that are put inside read transactions, prepared at the start.
const (
	oneCase         = caseColumns + `WHERE id = ?`
	theseCases      = caseColumns + `WHERE id IN (SELECT value FROM json_each(?))`
	theirMilestones = `SELECT incident, body FROM milestones WHERE incident IN (SELECT value FROM json_each(?)) ORDER BY incident, seq`
	dueTimers       = `SELECT incident FROM timers WHERE fire_at <= ? ORDER BY fire_at LIMIT ?`
	nextTimer       = `SELECT min(fire_at) FROM timers WHERE fire_at > ?`
)

func scanCase(rows interface{ Scan(...any) error }) (incident.Case, error) {
	var c incident.Case
	var id, version int64
	var seq int
	var hash, body []byte
	if err := rows.Scan(&id, &version, &seq, &hash, &body); err != nil {
		return c, err //nolint:wrapcheck // wrapped by the caller
	}
	head := incident.Case{ID: incident.ID(id), Version: version, Log: incident.LogHead{Seq: seq, Hash: hash}}
	err := decodeCase(body, head, &c)
	return c, err
}

// decodeCase reads a case's body; what stands in columns is in head.
func decodeCase(body []byte, head incident.Case, c *incident.Case) error {
	if err := json.Unmarshal(body, c); err != nil {
		return fmt.Errorf("decode incident %s: %w", head.ID, err)
	}
	c.ID, c.Version, c.Log = head.ID, head.Version, head.Log
	return nil
}

func decodeMilestone(body []byte, id incident.ID, m *incident.Milestone) error {
	if err := json.Unmarshal(body, m); err != nil {
		return fmt.Errorf("decode milestone of incident %s: %w", id, err)
	}
	return nil
}

// Load implements desk.Store.
func (db *DB) Load(ctx context.Context, id incident.ID) (incident.Case, error) {
	// One read transaction, so that the case and its milestones are of one moment.
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return incident.Case{}, fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	q := db.reader.in(t)
	c, err := scanCase(q.QueryRowContext(ctx, oneCase, int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return c, incident.ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("read incident: %w", err)
	}
	cases := []incident.Case{c}
	if err := milestones(ctx, q, cases); err != nil {
		return c, err
	}
	return cases[0], nil
}

// milestones reads the milestones of all the cases at once.
func milestones(ctx context.Context, q querier, cases []incident.Case) error {
	if len(cases) == 0 {
		return nil
	}
	at := make(map[incident.ID]int, len(cases))
	ids := make([]incident.ID, len(cases))
	for i, c := range cases {
		at[c.ID] = i
		ids[i] = c.ID
	}
	these, err := list(ids)
	if err != nil {
		return err
	}
	rows, err := q.QueryContext(ctx, theirMilestones, these)
	if err != nil {
		return fmt.Errorf("read milestones: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	for rows.Next() {
		var id int64
		var body sql.RawBytes
		if err := rows.Scan(&id, &body); err != nil {
			return fmt.Errorf("read milestone: %w", err)
		}
		var m incident.Milestone
		if err := decodeMilestone(body, incident.ID(id), &m); err != nil {
			return err
		}
		c := &cases[at[incident.ID(id)]]
		c.Milestones = append(c.Milestones, m)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read milestones: %w", err)
	}
	return nil
}

// readCases runs a query of caseColumns and reads the cases with their milestones.
func readCases(ctx context.Context, q querier, query string, args ...any) ([]incident.Case, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var cases []incident.Case
	for rows.Next() {
		c, err := scanCase(rows)
		if err != nil {
			return nil, fmt.Errorf("read incident: %w", err)
		}
		cases = append(cases, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	return cases, milestones(ctx, q, cases)
}

// Due implements desk.Store.
func (db *DB) Due(ctx context.Context, now time.Time, n int) ([]incident.ID, time.Time, error) {
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	q := db.reader.in(t)
	timers, err := int64s(ctx, q, dueTimers, ms(now), n)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read due timers: %w", err)
	}
	var next sql.NullInt64
	if err := q.QueryRowContext(ctx, nextTimer, ms(now)).Scan(&next); err != nil {
		return nil, time.Time{}, fmt.Errorf("read next timer: %w", err)
	}
	ids := make([]incident.ID, 0, len(timers))
	seen := make(map[int64]bool, len(timers))
	for _, id := range timers {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, incident.ID(id))
		}
	}
	return ids, fromMS(next.Int64), nil
}

// LoadAll implements desk.Store.
func (db *DB) LoadAll(ctx context.Context, ids []incident.ID) ([]incident.Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rank := make(map[incident.ID]int, len(ids))
	for i, id := range ids {
		rank[id] = i
	}
	these, err := list(ids)
	if err != nil {
		return nil, err
	}
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	cases, err := readCases(ctx, db.reader.in(t), theseCases, these)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(cases, func(a, b incident.Case) int { return rank[a.ID] - rank[b.ID] })
	return cases, nil
}

func int64s(ctx context.Context, q querier, query string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err //nolint:wrapcheck // wrapped by the caller
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err //nolint:wrapcheck // wrapped by the caller
		}
		out = append(out, n)
	}
	return out, rows.Err() //nolint:wrapcheck // wrapped by the caller
}

// Untimed implements desk.Store.
func (db *DB) Untimed(ctx context.Context, after incident.ID, n int) ([]incident.ID, error) {
	ids, err := int64s(ctx, db.read, `SELECT id FROM incidents WHERE open = 1 AND id > ? AND NOT EXISTS
		(SELECT 1 FROM timers WHERE timers.incident = incidents.id) ORDER BY id LIMIT ?`, int64(after), n)
	if err != nil {
		return nil, fmt.Errorf("read untimed incidents: %w", err)
	}
	out := make([]incident.ID, len(ids))
	for i, id := range ids {
		out[i] = incident.ID(id)
	}
	return out, nil
}

// FindExternal implements desk.Store.
func (db *DB) FindExternal(ctx context.Context, source, externalID string) (incident.ID, error) {
	var id int64
	err := db.read.QueryRowContext(ctx, `SELECT id FROM incidents WHERE external_id = ? AND external_id <> '' AND source = ?`, externalID, source).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, incident.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("find by external id: %w", err)
	}
	return incident.ID(id), nil
}

// Log implements desk.Store.
func (db *DB) Log(ctx context.Context, id incident.ID) ([]incident.Entry, error) {
	return db.LogTo(ctx, id, time.UnixMilli(never))
}

// LogTo implements desk.Store.
func (db *DB) LogTo(ctx context.Context, id incident.ID, at time.Time) ([]incident.Entry, error) {
	var out []incident.Entry
	err := db.eachEntry(ctx, caseLog, id, func(e incident.Entry, body []byte) (bool, error) {
		if e.At.After(at) {
			return false, nil
		}
		if err := decodeEntry(body, &e); err != nil {
			return false, err
		}
		if len(out) > 0 {
			e.Prev = out[len(out)-1].Hash
		}
		out = append(out, e)
		return true, nil
	}, int64(id))
	return out, err
}

// LogBack implements report.Source.
func (db *DB) LogBack(ctx context.Context, id incident.ID, at time.Time, take func(incident.Entry) bool) error {
	return db.eachEntry(ctx, caseLogBack, id, func(e incident.Entry, body []byte) (bool, error) {
		if err := decodeEntry(body, &e); err != nil {
			return false, err
		}
		return take(e), nil
	}, int64(id), ms(at))
}

const (
	caseLog     = `SELECT seq, at, body, hash FROM entries WHERE incident = ? ORDER BY seq`
	caseLogBack = `SELECT seq, at, body, hash FROM entries WHERE incident = ? AND at <= ? ORDER BY seq DESC`
)

// eachEntry hands the entries that a query finds to take, with their bodies still encoded,
// until it says that it is enough.
func (db *DB) eachEntry(ctx context.Context, query string, id incident.ID, take func(e incident.Entry, body []byte) (bool, error), args ...any) error {
	rows, err := db.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	for more := true; more && rows.Next(); {
		e := incident.Entry{Incident: id}
		var at int64
		var body sql.RawBytes
		if err := rows.Scan(&e.Seq, &at, &body, &e.Hash); err != nil {
			return fmt.Errorf("read entry: %w", err)
		}
		e.At = fromMS(at)
		if more, err = take(e, body); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	return nil
}

// decodeEntry reads an entry's body; its number and hash stand in columns.
func decodeEntry(body []byte, e *incident.Entry) error {
	at := *e
	if err := json.Unmarshal(body, e); err != nil {
		return fmt.Errorf("decode entry %d of incident %s: %w", at.Seq, at.Incident, err)
	}
	e.Incident, e.Seq, e.Hash, e.Prev = at.Incident, at.Seq, at.Hash, nil
	return nil
}
