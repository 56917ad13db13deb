package killtest_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiying/storage/sqlite"
)

// TestKill_AnImportTakesEachRowOnce: an import is killed at random instants and begun again
// until it is let through; whatever was saved by then, each row is there once.
func TestKill_AnImportTakesEachRowOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bin, file := filepath.Join(dir, "huiying"), filepath.Join(dir, "工单.csv")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "sqlite_fts5", "-o", bin, "huiying/cmd/huiying")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	const rows = 12_000
	var text strings.Builder
	text.WriteString("工单编号,诉求标题,诉求内容\n")
	for i := range rows {
		fmt.Fprintf(&text, "GD%06d,%d号楼夜间施工噪音扰民,楼下工地每天晚上十点以后还在打桩，希望派人核实处理。\n", i, i)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func() *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), bin, "import", file, "--source", "12345热线", "--json")
		cmd.Env = append(os.Environ(), "HUIYING_STORAGE__DIR="+dir)
		return cmd
	}
	r := rand.New(rand.NewPCG(*seed, 2))
	for range 6 {
		cmd := run()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pause(t, time.Duration(150+r.IntN(700))*time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !strings.Contains(err.Error(), "finished") {
			t.Fatal(err)
		}
		cmd.Wait() //nolint:errcheck // it was killed
	}
	var result struct{ Created, Duplicates int }
	out, err := run().Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &result); err != nil || result.Created+result.Duplicates != rows {
		t.Fatalf("%s, %v", out, err)
	}
	t.Logf("%d rows were in when it was let through, %d came then", result.Duplicates, result.Created)
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(dir, "huiying.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	audit, err := db.VerifyLog(t.Context())
	if err != nil || audit.Incidents != rows || len(audit.Problems) > 0 {
		t.Errorf("%d incidents, want %d; %v, %v", audit.Incidents, rows, audit.Problems, err)
	}
}
