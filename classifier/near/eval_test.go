package near_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"huiying/classifier/near"
)

// message is a citizen's message of the hot-issue files.
type message struct {
	ID, Title, Text string
	Time            time.Time
}

// shared is the folder of real texts: HUIYING_SHARED, or a folder named shared beside
// the module's root.
func shared(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("HUIYING_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
		if _, err := os.Stat(dir); err != nil {
			dir = filepath.Join("..", "..", "..", "..", "shared")
		}
	}
	dir = filepath.Join(dir, "data")
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("no real texts: set HUIYING_SHARED to the folder that has data/ in it")
	}
	return dir
}

func readLines[T any](tb testing.TB, file string) (out []T) {
	tb.Helper()
	f, err := os.Open(file)
	if err != nil {
		tb.Skip(err)
	}
	defer f.Close() //nolint:errcheck // read only
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			tb.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

type labelled struct {
	ID      string   `json:"cluster_id"`
	Loose   bool     `json:"loose"`
	Members []string `json:"message_ids"`
}

// bCubed compares two sortings of the labelled rows; rows without a label do not count,
// since nobody said that they belong to none.
func bCubed(want map[string]string, got map[string]int) (p, r, f float64) {
	for a, label := range want {
		var mine, theirs, both float64
		for b, other := range want {
			sameMine, sameTheirs := got[a] == got[b], label == other
			if sameMine {
				mine++
			}
			if sameTheirs {
				theirs++
			}
			if sameMine && sameTheirs {
				both++
			}
		}
		p += both / mine
		r += both / theirs
	}
	n := float64(len(want))
	p, r = p/n, r/n
	return p, r, 2 * p * r / (p + r)
}

// TestCluster_HotIssues measures the sorting of real messages into matters. With -v it
// shows what was split and what unlabelled messages were drawn into a labelled matter.
func TestCluster_HotIssues(t *testing.T) {
	t.Parallel()
	dir := shared(t)
	messages := readLines[message](t, filepath.Join(dir, "hot_issues_dev.jsonl"))
	clusters := readLines[labelled](t, filepath.Join(dir, "hot_dev.jsonl"))
	texts := make([]near.Text, len(messages))
	for i, m := range messages {
		texts[i] = near.Text{Title: m.Title, Body: m.Text, At: m.Time}
	}
	got := map[string]int{}
	for i, g := range near.Cluster(texts) {
		got[messages[i].ID] = g
	}
	all, plain := map[string]string{}, map[string]string{}
	for _, c := range clusters {
		for _, m := range c.Members {
			all[m] = c.ID
			if !c.Loose {
				plain[m] = c.ID
			}
		}
	}
	p, r, f := bCubed(all, got)
	t.Logf("B3 over %d labelled messages: P %.4f R %.4f F1 %.4f", len(all), p, r, f)
	if f < 0.97 {
		t.Errorf("B3 F1 = %.4f, want at least 0.97", f)
	}
	p, r, f = bCubed(plain, got)
	t.Logf("without the loose matter: P %.4f R %.4f F1 %.4f", p, r, f)
	drawn := 0
	for _, m := range messages {
		if all[m.ID] != "" {
			continue
		}
		for _, c := range clusters {
			if slices.ContainsFunc(c.Members, func(o string) bool { return got[o] == got[m.ID] }) {
				drawn++
				t.Logf("unlabelled %s was drawn into %s", m.ID, c.ID)
				break
			}
		}
	}
	t.Logf("%d unlabelled messages were drawn into %d labelled matters", drawn, len(clusters))
	for _, pair := range lookAlikes {
		if got[pair[0]] == got[pair[1]] {
			t.Errorf("%s and %s are of one matter; same words, another place", pair[0], pair[1])
		}
	}
}

// lookAlikes are messages of the file that have nearly the same words about different places.
var lookAlikes = [][2]string{{"360112", "233759"}, {"360112", "255719"}, {"233759", "255719"}, {"360110", "266368"}}
