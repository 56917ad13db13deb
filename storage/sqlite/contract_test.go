package sqlite_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"huiying/storage/sqlite"
	"huiying/storage/storagetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(t *testing.T, dir string) storagetest.Store {
		t.Helper()
		db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(dir, "huiying.db"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
