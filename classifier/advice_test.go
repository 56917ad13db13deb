package classifier

import (
	"slices"
	"strings"
	"testing"

	"huiying/incident"
)

// TestAdvice_BesideTheRules: what the model's view of a matter does to a level.
func TestAdvice_BesideTheRules(t *testing.T) {
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
		{"both are calm", incident.General, nil, nil, 0.2, incident.General, false},
		{"an emergency of the rules stands, and is asked about", incident.Emergency, nil, nil, 0.01, incident.Emergency, true},
		{"a major of the rules stands, and is asked about", incident.Major, nil, nil, 0.01, incident.Major, true},
		{"of major or emergency it has no opinion", incident.Emergency, nil, nil, 0.99, incident.Emergency, false},
		{"it never makes an emergency", incident.Major, doubt, nil, 0.999, incident.Major, false},
		{"half sure says nothing", incident.General, nil, nil, 0.6, incident.General, false},
		{"rather sure: a question", incident.General, nil, nil, 0.75, incident.General, true},
		{"very sure, but no rule doubts: a question", incident.General, nil, nil, 0.97, incident.General, true},
		{"a rule doubts and it is very sure: major", incident.General, doubt, nil, 0.9, incident.Major, true},
		{"a drill is for people", incident.General, doubt, []string{"drill"}, 0.99, incident.General, true},
	} {
		g := incident.Grading{Level: c.level, Doubts: slices.Clone(c.doubts), Flags: c.flags}
		a := Advice{Grave: c.grave, GraveWords: []string{"坍塌"}}
		got := Combine(g, "坍塌", a.proposal(g.Level)...)
		if got.Level != c.want || (len(got.Doubts) == len(c.doubts)+1) != c.asks {
			t.Errorf("%s: %s with %q", c.name, got.Level, got.Doubts)
		}
	}
	a := Advice{Grave: 0.75, GraveWords: []string{"坍塌", "被埋"}}
	got := Combine(incident.Grading{Level: incident.General}, "", a.proposal(incident.General)...)
	if len(got.Doubts) != 1 || !strings.Contains(got.Doubts[0], "本地模型认为可能是重大问题（依以往定级，把握75%，看“坍塌、被埋”等词）") {
		t.Errorf("the officer reads %q", got.Doubts)
	}
}
