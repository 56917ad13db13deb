package drill_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiying/configs"
	"huiying/internal/app"
	"huiying/internal/drill"
)

var update = flag.Bool("update", false, "write the golden files anew; read them before you commit")

// Each script in testdata is a scenario that a county may rehearse; beside it stands all
// that becomes of it, as the officer at the command line reads it.
func TestDrill_PlaysEveryScriptAsWritten(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) < 20 {
		t.Fatalf("found %d scripts, want at least 20", len(scripts))
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			t.Parallel()
			got := play(t, path)
			golden := strings.TrimSuffix(path, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from its golden file:\n%s", path, firstDifference(got, want))
			}
		})
	}
}

func play(t *testing.T, path string) []byte {
	t.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	script, err := drill.Parse(path, doc)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = app.Drill(t.Context(), cfg, script, func(e drill.Event) {
		if err := drill.WriteText(&out, e, script.Zone); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		a, b := "(end)", "(end)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return "got  " + a + "\nwant " + b
		}
	}
	return ""
}

// A fault in a script is named with its line, before anything is played.
func TestParse_NamesTheLineOfEachFault(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ doc, want string }{
		"unknown step":  {"steps:\n  - {at: 2026-11-16T09:00:00+08:00, do: dance, id: A}", "第2行：没有“dance”这个操作"},
		"no instant":    {"steps:\n  - {do: register, id: A}", "缺少时间 at"},
		"no id":         {"steps:\n  - {at: 2026-11-16T09:00:00+08:00, do: accept}", "缺少事件代号 id"},
		"out of order":  {"steps:\n  - {at: 2026-11-16T09:00:00+08:00, do: register, id: A}\n  - {at: 2026-11-16T08:00:00+08:00, do: accept, id: A}", "第3行：步骤须按时间先后排列"},
		"unknown post":  {"steps:\n  - {at: 2026-11-16T09:00:00+08:00, do: accept, id: A, by: {post: king}}", "职务“king”不认识"},
		"unknown zone":  {"zone: Mars/Base\nsteps: []", "时区“Mars/Base”不认识"},
		"unknown key":   {"stepz: []", "stepz"},
		"nothing to do": {"until: 2026-11-16T09:00:00+08:00", "没有步骤"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := drill.Parse("x.yaml", []byte(tt.doc))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want it to say %q", err, tt.want)
			}
		})
	}
}
