package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

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
