package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mattn/go-sqlite3"

	"huiying/storage/sqlite"
	"huiying/storage/storagetest"
)

// recorder is the driver with an ear: it keeps the text of every query.
type recorder struct {
	sqlite3.SQLiteDriver
	mu      sync.Mutex
	queries map[string]bool
}

func (r *recorder) Open(dsn string) (driver.Conn, error) {
	c, err := r.SQLiteDriver.Open(dsn)
	if err != nil {
		return nil, err //nolint:wrapcheck // handed through
	}
	inner, ok := c.(*sqlite3.SQLiteConn)
	if !ok {
		return nil, errors.New("not the connection that was expected")
	}
	return &recorded{inner, r}, nil
}

func (r *recorder) heard(query string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queries[query] = true
}

type recorded struct {
	*sqlite3.SQLiteConn
	r *recorder
}

func (c *recorded) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.r.heard(query)
	return c.SQLiteConn.PrepareContext(ctx, query) //nolint:wrapcheck // handed through
}

func (c *recorded) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.r.heard(query)
	return c.SQLiteConn.QueryContext(ctx, query, args) //nolint:wrapcheck // handed through
}

func (c *recorded) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.r.heard(query)
	return c.SQLiteConn.ExecContext(ctx, query, args) //nolint:wrapcheck // handed through
}

// few are indexes that hold little whatever the database holds: what is open, pending or
// waits. Walking along one of them is no scan of a table.
var few = []string{
	"incidents_open", "milestones_pending", "timers_due", "notices_waiting", "notices_person", "notices_failed", "envelopes_due",
	"incidents_duties", "milestones_duty",
}

// walks are queries that walk along a table on purpose.
func walks(query string) bool {
	for _, known := range []string{
		"CREATE ", "ALTER ", "DROP INDEX", "UPDATE incidents SET\n", "goose_db_version", // of migrations, at the start
		"DELETE FROM envelopes",  // once a night
		"ORDER BY id DESC LIMIT", // the newest first until the page is full: a rare word is looked for in all
	} {
		if strings.Contains(query, known) {
			return true
		}
	}
	return false
}

var scanned = regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)

// TestPlans_NoQueryReadsATableFromEndToEnd runs the whole contract and asks the database how
// it would answer every query that it heard.
func TestPlans_NoQueryReadsATableFromEndToEnd(t *testing.T) {
	t.Parallel()
	r := &recorder{queries: map[string]bool{}}
	sql.Register("sqlite3-recorded", r)
	open := func(t *testing.T, dir string) storagetest.Store {
		t.Helper()
		db, err := sqlite.Open(t.Context(), sqlite.Options{
			Path: filepath.Join(dir, "huiying.db"), Log: slog.New(slog.DiscardHandler), Driver: "sqlite3-recorded",
		})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	t.Run("contract", func(t *testing.T) {
		storagetest.Run(t, open)
	})
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", filepath.Join(dir, "huiying.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, query := range slices.Sorted(maps.Keys(r.queries)) {
		if walks(query) {
			continue
		}
		for _, step := range plan(t, db, query) {
			m := scanned.FindStringSubmatch(step)
			if m != nil && big(m[1]) && !slices.Contains(few, m[2]) {
				t.Errorf("%s\n  in  %s", step, strings.Join(strings.Fields(query), " "))
			}
		}
	}
}

func big(table string) bool {
	return slices.Contains([]string{"incidents", "i", "milestones", "m", "timers", "t", "entries", "e", "notices", "n", "envelopes", "v"}, table)
}

func plan(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	args := make([]any, strings.Count(query, "?"))
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		if strings.Contains(err.Error(), "syntax error") || strings.Contains(err.Error(), "near") {
			return nil // BEGIN, COMMIT and the like have no plan
		}
		t.Fatalf("%s: %v", query, err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
