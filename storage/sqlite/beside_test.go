package sqlite_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"huiying/desk"
	"huiying/incident"
	"huiying/storage/sqlite"
)

// TestChanged: a house learns that another process wrote, and not of its own writes.
func TestChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "huiying.db")
	house, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	other, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Log: slog.New(slog.DiscardHandler), Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := other.Close(); err != nil {
			t.Error(err)
		}
		if err := house.Close(); err != nil {
			t.Error(err)
		}
	})
	write := func(db *sqlite.DB, mark int64) func() error {
		return func() error { return db.PutMark(t.Context(), "test", mark) }
	}
	for _, step := range []struct {
		what string
		do   func() error
		want bool
	}{
		{"first look", func() error { return nil }, false},
		{"own write", write(house, 1), false},
		{"another's write", write(other, 2), true},
		{"looked at already", func() error { return nil }, false},
		{"own write after another's", write(house, 3), false},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got, err := house.Changed(t.Context()); err != nil || got != step.want {
			t.Errorf("%s: changed %v, %v, want %v", step.what, got, err, step.want)
		}
	}
}

// TestNewest: duties have numbers far above incidents', and are not the newest of them.
func TestNewest(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "huiying.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c := incident.Case{State: incident.Assessed, Grading: incident.Grading{Level: incident.General}, ReceivedAt: begin(), RegisteredAt: begin()}
	duty := c
	duty.State, duty.Duty = incident.Handling, &incident.Duty{Rule: "D4", Period: "2026"}
	entries := []incident.Entry{{At: begin(), Command: incident.KindRegister}}
	saved, err := db.Save(t.Context(), desk.Change{Case: duty, Entries: entries}, desk.Change{Case: c, Entries: entries})
	if err != nil || saved[0].Err != nil || saved[1].Err != nil || saved[0].ID < incident.FirstDuty {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	if newest, err := db.Newest(t.Context()); err != nil || newest != saved[1].ID {
		t.Errorf("newest %d, %v, want %d", newest, err, saved[1].ID)
	}
}
