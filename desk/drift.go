package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Drift is how often officers decided otherwise than was suggested, in a span of time.
type Drift struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Reports are all that were received and neither merged nor void.
	Reports  int     `json:"reports"`
	Level    Changes `json:"level"`
	Category Changes `json:"category"`
	Unit     Changes `json:"unit"`
	// Returned are dispatches that units sent back.
	Returned int `json:"returned"`
	// Rules tells, for each rule, of the levels that it spoke for; the rule without a
	// name stands for reports on which no rule spoke.
	Rules []RuleDrift `json:"rules"`
	// Model tells how often officers decided otherwise than the model said.
	Model []ModelDrift `json:"model"`
}

// Changes are suggestions on which an officer decided, and those that he changed.
type Changes struct {
	Decided int `json:"decided"`
	Changed int `json:"changed"`
}

// Rate is the share that was changed; 0 of none.
func (c Changes) Rate() float64 { return float64(c.Changed) / float64(max(c.Decided, 1)) }

func (c *Changes) add(changed bool) {
	c.Decided++
	if changed {
		c.Changed++
	}
}

// RuleDrift is of one rule.
type RuleDrift struct {
	Rule string `json:"rule"`
	Changes
	// Raised and Lowered are how officers changed the level.
	Raised  int `json:"raised"`
	Lowered int `json:"lowered"`
}

// ModelDrift is of one question to the model: category, unit or level.
type ModelDrift struct {
	About string `json:"about"`
	Changes
}

// Drift counts over the incidents received in [from, to).
func (d *Desk) Drift(ctx context.Context, from, to time.Time) (Drift, error) {
	t := drifting{Drift: Drift{From: from, To: to}, rules: map[string]*RuleDrift{}, model: map[string]*ModelDrift{}, find: d.Directory().FindUnit}
	err := d.Pasts(ctx, from, to, func(p Past) error {
		t.add(p)
		return nil
	})
	if err != nil {
		return Drift{}, err
	}
	return t.done(), nil
}

// drifting is a drift being counted.
type drifting struct {
	Drift
	rules map[string]*RuleDrift
	model map[string]*ModelDrift
	find  func(string) (org.Unit, bool)
}

func (t *drifting) add(p Past) {
	t.Reports++
	s := p.Suggested
	if s.By == "classifier" && p.Level != "" {
		t.Level.add(p.Level != s.Level)
		t.byRule(s, p.Level)
	}
	if s.Category != "" && p.Category != "" {
		t.Category.add(p.Category != s.Category)
	}
	if len(s.Suggested) > 0 && p.Unit != "" {
		t.Unit.add(p.Unit != s.Suggested[0])
	}
	for _, c := range p.Corrections {
		if c.Returned {
			t.Returned++
		}
	}
	for _, a := range s.Advice {
		t.byModel(a, p)
	}
}

func (t *drifting) byRule(s incident.Grading, decided incident.Level) {
	seen := map[string]bool{}
	for _, e := range s.Evidence {
		if !e.Asks {
			seen[e.Rule] = true
		}
	}
	if len(seen) == 0 {
		seen[""] = true
	}
	for id := range seen {
		r := t.rules[id]
		if r == nil {
			r = &RuleDrift{Rule: id}
			t.rules[id] = r
		}
		r.add(decided != s.Level)
		switch {
		case decided.Rank() > s.Level.Rank():
			r.Raised++
		case decided.Rank() < s.Level.Rank():
			r.Lowered++
		}
	}
}

func (t *drifting) byModel(a incident.Advice, p Past) {
	decided, said := "", a.Class
	switch a.About {
	case AboutCategory:
		decided = p.Category
	case AboutUnit:
		decided = string(p.Unit)
		if u, ok := t.find(said); ok {
			said = string(u.ID)
		}
	case AboutLevel:
		decided = string(p.Level)
		if p.Level == incident.Emergency {
			decided = string(incident.Major) // it knows general and the rest
		}
	}
	if decided == "" {
		return
	}
	m := t.model[a.About]
	if m == nil {
		m = &ModelDrift{About: a.About}
		t.model[a.About] = m
	}
	m.add(decided != said)
}

// done lists rules with the most changes first.
func (t *drifting) done() Drift {
	t.Rules, t.Model = []RuleDrift{}, []ModelDrift{}
	for _, r := range t.rules {
		t.Rules = append(t.Rules, *r)
	}
	slices.SortFunc(t.Rules, func(a, b RuleDrift) int {
		return cmp.Or(b.Changed-a.Changed, b.Decided-a.Decided, cmp.Compare(a.Rule, b.Rule))
	})
	for _, about := range slices.Sorted(maps.Keys(t.model)) {
		t.Model = append(t.Model, *t.model[about])
	}
	return t.Drift
}
