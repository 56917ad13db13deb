package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"huiying/incident"
)

// Spend adds to what was spent on a day unless it would then pass a limit; a limit of 0
// is none. It tells whether it was added. It implements classifier.Purse.
func (db *DB) Spend(ctx context.Context, day string, requests, tokens, maxRequests, maxTokens int) (bool, error) {
	added := false
	err := db.write(ctx, func(w *tx) error {
		if _, err := w.exec("open day", day); err != nil {
			return err
		}
		var err error
		added, err = w.changed("spend", requests, tokens, day, maxRequests, requests, maxRequests, maxTokens, tokens, maxTokens)
		return err
	})
	return added, err
}

// Spent is what was spent on a day.
func (db *DB) Spent(ctx context.Context, day string) (requests, tokens int, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT requests, tokens FROM spending WHERE day = ?`, day).Scan(&requests, &tokens)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read spending: %w", err)
	}
	return requests, tokens, nil
}

// Newest is the id of the newest case, 0 when there is none.
func (db *DB) Newest(ctx context.Context) (incident.ID, error) {
	var id int64
	if err := db.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM incidents WHERE id < ?`, int64(incident.FirstDuty)).Scan(&id); err != nil {
		return 0, fmt.Errorf("read newest case: %w", err)
	}
	return incident.ID(id), nil
}

// Mark is how far a reader has come; false when it never began.
func (db *DB) Mark(ctx context.Context, name string) (int64, bool, error) {
	var n int64
	err := db.read.QueryRowContext(ctx, `SELECT n FROM marks WHERE name = ?`, name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read mark: %w", err)
	}
	return n, true, nil
}

// PutMark keeps how far a reader has come.
func (db *DB) PutMark(ctx context.Context, name string, n int64) error {
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("put mark", name, n)
		return err
	})
}
