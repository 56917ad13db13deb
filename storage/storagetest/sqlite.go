package storagetest

import (
	"log/slog"
	"path/filepath"
	"testing"

	"huiying/storage/sqlite"
)

// OpenSQLite opens an empty database in a folder of the test's own, as durable as in
// service, and closes it when the test ends.
func OpenSQLite(tb testing.TB) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), sqlite.Options{Path: filepath.Join(tb.TempDir(), "huiying.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatalf("open database: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close database: %v", err)
		}
	})
	return db
}
