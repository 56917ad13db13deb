package bench_test

import (
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"huiying/desk"
	"huiying/internal/year"
	"huiying/storage/sqlite"
)

// played returns the folder of a county's year of 50,000 incidents, which ends on a Monday,
// 31 August 2026. The first time it takes some minutes.
func played(b *testing.B) string {
	b.Helper()
	schema, err := sqlite.Schema()
	if err != nil {
		b.Fatal(err)
	}
	const days = 364
	end := time.Date(2026, 8, 31, 0, 0, 0, 0, year.Zone())
	dir, err := year.Kept(b.Context(), year.Play{Seed: 1, From: end.AddDate(0, 0, -days), Days: days, Incidents: 50_000, Every: 2 * time.Hour, Ahead: 1000},
		schema, func(dir string) (desk.Store, io.Closer, error) {
			db, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(dir, "huiying.db"), Log: slog.New(slog.DiscardHandler), Throwaway: true})
			return db, db, err //nolint:wrapcheck // a sentence for people
		})
	if err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkReport is the whole of `huiying report` over a year of 50,000 incidents, from
// its start to the written file: of the last week and month, and of ones in the middle,
// whose incidents went on afterwards.
func BenchmarkReport(b *testing.B) {
	bin, dir := huiying(b), played(b)
	for _, period := range []struct{ name, kind, flag, value string }{
		{"week-last", "weekly", "--week", "2026-W35"},
		{"week-middle", "weekly", "--week", "2026-W10"},
		{"month-last", "evaluation", "--month", "2026-07"},
		{"month-middle", "evaluation", "--month", "2026-02"},
	} {
		for _, format := range []string{"md", "xlsx", "docx", "png"} {
			b.Run(period.name+"/"+format, func(b *testing.B) {
				out := filepath.Join(b.TempDir(), "report."+format)
				for b.Loop() {
					cmd := exec.CommandContext(b.Context(), bin, "report", period.kind, period.flag, period.value, "--format", format, "-o", out)
					cmd.Env = append(os.Environ(), "HUIYING_STORAGE__DIR="+dir, "HUIYING_CLOCK__START=2026-08-31T08:00:00+08:00")
					if text, err := cmd.CombinedOutput(); err != nil {
						b.Fatalf("%v: %s", err, text)
					}
				}
				if written, err := os.Stat(out); err != nil || written.Size() < 800 {
					b.Fatalf("nothing was counted: %v, %v", written, err)
				}
			})
		}
	}
}
