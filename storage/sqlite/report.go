package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// Touched implements report.Source. Everything is read in one transaction, so that all
// figures of a report are of one moment.
func (db *DB) Touched(ctx context.Context, from, to, asAt time.Time, yield func(report.Touched) error) error {
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	ids, err := int64s(ctx, t, touchedQuery, ms(from), ms(from), ms(to), ms(to))
	if err != nil {
		return fmt.Errorf("look for touched incidents: %w", err)
	}
	later, err := laterThan(ctx, t, asAt)
	if err != nil {
		return err
	}
	for len(ids) > 0 {
		n := min(maxPage, len(ids))
		cases, err := casesOf(ctx, t, ids[:n])
		if err != nil {
			return err
		}
		for _, c := range cases {
			if err := yield(report.Touched{Case: c, Later: later[c.ID]}); err != nil {
				return err
			}
		}
		ids = ids[n:]
	}
	return nil
}

// The indexes are named: to have the answer in order, SQLite would else read both tables whole.
const touchedQuery = `SELECT incident FROM entries INDEXED BY entries_at WHERE at > ?
	UNION SELECT incident FROM milestones INDEXED BY milestones_limit WHERE limit_at > ? AND limit_at <= ?
	UNION SELECT incident FROM milestones INDEXED BY milestones_pending WHERE state = 'pending' AND limit_at <= ?
	ORDER BY incident`

// casesOf reads cases whole, by id.
func casesOf(ctx context.Context, q querier, ids []int64) ([]incident.Case, error) {
	these, err := list(ids)
	if err != nil {
		return nil, err
	}
	return readCases(ctx, q, theseCases+` ORDER BY id`, these)
}

// laterThan lists the commands that were given after an instant, by case and in order.
func laterThan(ctx context.Context, q querier, at time.Time) (map[incident.ID][]incident.Kind, error) {
	rows, err := q.QueryContext(ctx, `SELECT incident, json_extract(CAST(body AS TEXT), '$.command') FROM entries INDEXED BY entries_at WHERE at > ? ORDER BY incident, seq`, ms(at))
	if err != nil {
		return nil, fmt.Errorf("read later entries: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := map[incident.ID][]incident.Kind{}
	for rows.Next() {
		var id incident.ID
		var kind incident.Kind
		if err := rows.Scan(&id, &kind); err != nil {
			return nil, fmt.Errorf("read later entry: %w", err)
		}
		out[id] = append(out[id], kind)
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}

// KeepReport implements report.Shelf.
func (db *DB) KeepReport(ctx context.Context, k report.Kept, first bool) (int, error) {
	revision := 0
	err := db.write(ctx, func(w *tx) error {
		if err := w.row("next revision", string(k.Kind), k.Period).Scan(&revision); err != nil {
			return fmt.Errorf("next revision: %w", err)
		}
		if first && revision > 1 {
			revision = 0
			return nil
		}
		_, err := w.exec("keep report", string(k.Kind), k.Period, revision, ms(k.At), k.Issuer, k.Policy, k.Hash, []byte(k.Body))
		return err
	})
	return revision, err
}

// Report implements report.Shelf.
func (db *DB) Report(ctx context.Context, kind report.Kind, period string, revision int) (report.Kept, error) {
	k := report.Kept{Kind: kind, Period: period}
	var at int64
	err := db.read.QueryRowContext(ctx, `SELECT revision, at, issuer, policy, hash, body FROM reports
		WHERE kind = ? AND period = ? AND (revision = ? OR ? = 0) ORDER BY revision DESC LIMIT 1`,
		string(kind), period, revision, revision).Scan(&k.Revision, &at, &k.Issuer, &k.Policy, &k.Hash, (*[]byte)(&k.Body))
	if errors.Is(err, sql.ErrNoRows) {
		return k, incident.ErrNotFound
	}
	if err != nil {
		return k, fmt.Errorf("read report: %w", err)
	}
	k.At = fromMS(at)
	return k, nil
}

// Reports implements report.Shelf.
func (db *DB) Reports(ctx context.Context, kind report.Kind, n int) ([]report.Kept, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT kind, period, revision, at, issuer, policy, hash FROM reports
		WHERE kind = ? OR ? = '' ORDER BY period DESC, revision DESC, kind LIMIT ?`, string(kind), string(kind), n)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := []report.Kept{}
	for rows.Next() {
		var k report.Kept
		var at int64
		if err := rows.Scan(&k.Kind, &k.Period, &k.Revision, &at, &k.Issuer, &k.Policy, &k.Hash); err != nil {
			return nil, fmt.Errorf("list reports: %w", err)
		}
		k.At = fromMS(at)
		out = append(out, k)
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}

// AddRuling implements report.Shelf.
func (db *DB) AddRuling(ctx context.Context, r report.Ruling) (int64, bool, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return 0, false, fmt.Errorf("encode ruling: %w", err)
	}
	added := false
	var id int64
	err = db.write(ctx, func(w *tx) error {
		var err error
		if added, err = w.changed("add ruling", r.Key, string(r.Kind), r.Period, string(r.Unit), string(r.State), ms(r.At), body); err != nil {
			return err
		}
		if err := w.row("find ruling", r.Key).Scan(&id); err != nil {
			return fmt.Errorf("find ruling: %w", err)
		}
		return nil
	})
	return id, added, err
}

// DecideRuling implements report.Shelf.
func (db *DB) DecideRuling(ctx context.Context, r report.Ruling, from report.RulingState) (bool, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("encode ruling: %w", err)
	}
	changed := false
	err = db.write(ctx, func(w *tx) error {
		var err error
		changed, err = w.changed("decide ruling", string(r.State), body, r.ID, string(from))
		return err
	})
	return changed, err
}

// Ruling implements report.Shelf.
func (db *DB) Ruling(ctx context.Context, id int64) (report.Ruling, error) {
	list, err := db.rulings(ctx, `WHERE id = ?`, id)
	if err != nil {
		return report.Ruling{}, err
	}
	if len(list) == 0 {
		return report.Ruling{}, incident.ErrNotFound
	}
	return list[0], nil
}

// Rulings implements report.Shelf.
func (db *DB) Rulings(ctx context.Context, kind report.RulingKind, period string, unit org.UnitID) ([]report.Ruling, error) {
	return db.rulings(ctx, `WHERE (kind = ?1 OR ?1 = '') AND (period = ?2 OR ?2 = '') AND (unit = ?3 OR ?3 = '') ORDER BY id`,
		string(kind), period, string(unit))
}

func (db *DB) rulings(ctx context.Context, where string, args ...any) ([]report.Ruling, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT id, body FROM rulings `+where, args...) //nolint:gosec // where is one of the two above
	if err != nil {
		return nil, fmt.Errorf("read rulings: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := []report.Ruling{}
	for rows.Next() {
		var id int64
		var body sql.RawBytes
		if err := rows.Scan(&id, &body); err != nil {
			return nil, fmt.Errorf("read ruling: %w", err)
		}
		var r report.Ruling
		if err := json.Unmarshal(body, &r); err != nil {
			return nil, fmt.Errorf("decode ruling: %w", err)
		}
		r.ID = id
		out = append(out, r)
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}
