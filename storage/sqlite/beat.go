package sqlite

import (
	"context"
	"fmt"
	"time"
)

// Beat implements desk.Store.
func (db *DB) Beat(ctx context.Context, name string, at time.Time) error {
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("put beat", name, ms(at))
		return err
	})
}

// Beats implements desk.Store.
func (db *DB) Beats(ctx context.Context) (map[string]time.Time, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT name, at FROM beats`)
	if err != nil {
		return nil, fmt.Errorf("read beats: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	out := map[string]time.Time{}
	for rows.Next() {
		var name string
		var at int64
		if err := rows.Scan(&name, &at); err != nil {
			return nil, fmt.Errorf("read beat: %w", err)
		}
		out[name] = fromMS(at)
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}
