package classifier_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"huiying/classifier/figures"
	"huiying/incident"
)

// TestAssess_WorkedExamples holds the levels, grades, categories and figures of the
// worked examples of time limits.
func TestAssess_WorkedExamples(t *testing.T) {
	t.Parallel()
	var doc struct {
		Examples []struct {
			ID       string    `yaml:"id"`
			Received time.Time `yaml:"received_at"`
			Text     string    `yaml:"text"`
			Expect   struct {
				Level    incident.Level             `yaml:"level"`
				AnyOf    []incident.Level           `yaml:"level_any_of"`
				Grade    string                     `yaml:"grade"`
				Category string                     `yaml:"category"`
				Figures  map[figures.Metric]float64 `yaml:"figures"`
				Flags    []string                   `yaml:"flags"`
				Rule     string                     `yaml:"rule"`
			} `yaml:"expect"`
		} `yaml:"examples"`
	}
	if err := yaml.NewDecoder(shared(t, "facts", "sla_examples.yaml")).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	c := classifierOf(t)
	for _, e := range doc.Examples {
		got := c.Assess(incident.Report{Text: e.Text, SubmittedAt: e.Received}, e.Received)
		g, want := got.Grading, e.Expect
		if want.Grade == "none" {
			want.Grade = ""
		}
		levels := append(slices.Clone(want.AnyOf), want.Level)
		if !slices.Contains(levels, g.Level) || g.Grade != want.Grade || g.Category != want.Category {
			t.Errorf("%s: got %s %q %q, want %v %q %q\n  %+v", e.ID, g.Level, g.Grade, g.Category, levels, want.Grade, want.Category, g.Evidence)
		}
		for _, f := range want.Flags {
			if !slices.Contains(g.Flags, f) {
				t.Errorf("%s: flag %s is missing in %v", e.ID, f, g.Flags)
			}
		}
		if want.Rule != "" && !slices.ContainsFunc(g.Evidence, func(x incident.Evidence) bool { return x.Clause == want.Rule }) {
			t.Errorf("%s: clause %q is missing in %+v", e.ID, want.Rule, g.Evidence)
		}
		for _, m := range slices.Sorted(maps.Keys(want.Figures)) {
			if f, ok := got.Figures[m]; !ok || f.Value != want.Figures[m] {
				t.Errorf("%s: %s is %v (%v), want %v", e.ID, m, f.Value, ok, want.Figures[m])
			}
		}
	}
}
