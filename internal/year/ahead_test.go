package year_test

import (
	"log/slog"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/year"
	"huiying/storage/sqlite"
)

// TestPlay_AheadIsTheSame: saved many changes at a time or each by itself, the play leaves
// the same cases and the same logs, hashes included.
func TestPlay_AheadIsTheSame(t *testing.T) {
	t.Parallel()
	played := func(ahead int) *sqlite.DB {
		db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "huiying.db"), Log: slog.New(slog.DiscardHandler), Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		_, _, err = year.Run(t.Context(), year.Play{
			Store: db, Seed: 3, From: time.Date(2026, 8, 31, 0, 0, 0, 0, year.Zone()), Days: 21, Incidents: 80, Every: time.Hour, Ahead: ahead,
		})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	slow, fast := played(0), played(64)
	for id := incident.ID(1); id <= 80; id++ {
		want, err := slow.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fast.Load(t.Context(), id)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("incident %s differs, %v:\n%+v\n%+v", id, err, got, want)
		}
		wanted, err := slow.Log(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if log, err := fast.Log(t.Context(), id); err != nil || !reflect.DeepEqual(log, wanted) {
			t.Fatalf("the log of incident %s differs, %v", id, err)
		}
	}
}
