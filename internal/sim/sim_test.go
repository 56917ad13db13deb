package sim_test

import (
	"flag"
	"testing"
	"time"

	"huiying/configs"
	"huiying/internal/app"
	"huiying/internal/sim"
)

var (
	seeds = flag.Int("seeds", 300, "how many seeds TestSimulation plays")
	first = flag.Uint64("seed", 1, "the first seed; with -seeds 1 a failing one is replayed exactly")
	steps = flag.Int("steps", 120, "how many things happen in one world")
)

// Whatever is killed, fails, lies or comes late: nobody is told twice, nobody is told
// after it was met, nobody who should be told is not, and the log tells the whole story.
func TestSimulation(t *testing.T) {
	t.Parallel()
	setting := setting(t)
	for i := range *seeds {
		problems, err := sim.Run(t.Context(), *first+uint64(i), t.TempDir(), setting) //nolint:gosec // a small count
		if err != nil {
			t.Fatalf("seed %d: %v", *first+uint64(i), err) //nolint:gosec // a small count
		}
		for _, p := range problems {
			t.Error(p)
		}
		if t.Failed() {
			return
		}
	}
}

func setting(t *testing.T) sim.Setting {
	t.Helper()
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	book, err := app.LoadBook(cfg, "")
	if err != nil {
		t.Fatal(err)
	}
	book.Zone, err = time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	templates, err := configs.Dir("", "templates")
	if err != nil {
		t.Fatal(err)
	}
	return sim.Setting{Book: book, Templates: templates, Steps: *steps}
}
