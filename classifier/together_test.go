package classifier

import (
	"slices"
	"testing"

	"huiying/incident"
)

// TestTogether_NeverLowersAndRaisesOnlyWhereRulesDoubt is the combination rule, written down.
func TestTogether_NeverLowersAndRaisesOnlyWhereRulesDoubt(t *testing.T) {
	t.Parallel()
	doubt := []string{"是否属于“群体性事项”？"}
	for _, c := range []struct {
		name   string
		level  incident.Level
		doubts []string
		flags  []string
		grave  float64
		want   incident.Level
		asks   bool // one more question than before
	}{
		{"no levels were learned", incident.General, nil, nil, -1, incident.General, false},
		{"the model is calm", incident.General, nil, nil, 0.2, incident.General, false},
		{"an emergency of the rules stands", incident.Emergency, nil, nil, 0.01, incident.Emergency, false},
		{"a major of the rules stands", incident.Major, doubt, nil, 0.01, incident.Major, false},
		{"it never makes an emergency", incident.Major, doubt, nil, 0.999, incident.Major, false},
		{"rather sure: a question", incident.General, nil, nil, 0.75, incident.General, true},
		{"very sure, but no rule doubts: a question", incident.General, nil, nil, 0.97, incident.General, true},
		{"a rule doubts, rather sure: a question", incident.General, doubt, nil, 0.8, incident.General, true},
		{"a rule doubts and it is very sure: major", incident.General, doubt, nil, 0.9, incident.Major, true},
		{"a drill is for people", incident.General, doubt, []string{"drill"}, 0.99, incident.General, false},
	} {
		g := incident.Grading{Level: c.level, Doubts: slices.Clone(c.doubts), Flags: c.flags}
		got := together(g, Advice{Grave: c.grave, GraveWords: []string{"坍塌"}})
		if got.Level != c.want || (len(got.Doubts) == len(c.doubts)+1) != c.asks {
			t.Errorf("%s: %s with %q", c.name, got.Level, got.Doubts)
		}
		if c.asks && (len(got.Evidence) != 1 || got.Evidence[0].Rule != modelRule || got.Evidence[0].Asks != (got.Level == incident.General)) {
			t.Errorf("%s: evidence %+v", c.name, got.Evidence)
		}
	}
}
