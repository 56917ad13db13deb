package classifier_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"huiying/classifier"
	"huiying/classifier/figures"
	"huiying/incident"
)

// line is what HUIYING_DUMP writes of each unlabelled text, for reading.
type line struct {
	Set      string                     `json:"set"`
	ID       classifier.ID              `json:"id"`
	Level    incident.Level             `json:"level"`
	Grade    string                     `json:"grade,omitempty"`
	Category string                     `json:"category,omitempty"`
	Flags    []string                   `json:"flags,omitempty"`
	Figures  map[figures.Metric]float64 `json:"figures,omitempty"`
	Quotes   []string                   `json:"quotes,omitempty"`
	Evidence []incident.Evidence        `json:"evidence,omitempty"`
	Doubts   []string                   `json:"doubts,omitempty"`
	Title    string                     `json:"title,omitempty"`
	Text     string                     `json:"text"`
}

// TestUnlabelled_FewAlarms grades every developer-side text. Complaints, letters and
// hotline calls hold no emergency; HUIYING_DUMP=FILE writes what was made of each.
func TestUnlabelled_FewAlarms(t *testing.T) {
	t.Parallel()
	c := classifierOf(t)
	var dump *json.Encoder
	if name := os.Getenv("HUIYING_DUMP"); name != "" {
		f, err := os.Create(filepath.Clean(name))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		t.Cleanup(func() {
			if err := w.Flush(); err != nil {
				t.Error(err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		dump = json.NewEncoder(w)
		dump.SetEscapeHTML(false)
	}
	for _, set := range []struct {
		name string
		most int // emergencies
	}{
		{"messages_dev.jsonl", 0},
		{"hotline_fuzhou_dev.jsonl", 0},
		{"replies_dev.jsonl", 0},
		{"hot_issues_dev.jsonl", 0},
		{"weibo_rumor_dev.jsonl", 30},
		{"incidents_dev.jsonl", 134},
	} {
		count := map[incident.Level]int{}
		if err := classifier.ReadRows(shared(t, "data", set.name), func(row classifier.Row) error {
			r := row.Report()
			a := c.Assess(r, r.SubmittedAt)
			count[a.Grading.Level]++
			if dump == nil {
				return nil
			}
			out := line{
				Set: set.name, ID: row.ID, Level: a.Grading.Level, Grade: a.Grading.Grade, Category: a.Grading.Category, Flags: a.Grading.Flags,
				Evidence: a.Grading.Evidence, Doubts: a.Grading.Doubts, Title: row.Title, Text: row.Text, Figures: map[figures.Metric]float64{},
			}
			for m, f := range a.Figures {
				out.Figures[m] = f.Value
				out.Quotes = append(out.Quotes, fmt.Sprintf("%s=%v %s", m, f.Value, f.Quote))
			}
			return dump.Encode(out)
		}); err != nil {
			t.Fatal(set.name, err)
		}
		t.Log(set.name, count)
		if n := count[incident.Emergency]; n > set.most {
			t.Errorf("%s: %d emergencies, want at most %d", set.name, n, set.most)
		}
	}
}
