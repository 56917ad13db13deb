package classifier

import (
	"maps"
	"slices"
	"strings"

	"huiying/classifier/figures"
)

// category is a kind of event ready to be looked for.
type category struct {
	Category
	pats []pattern
	// covers are the indexes of the categories whose presence lets this one's rules
	// hold: itself and those under it.
	covers []int
}

// rule is a rule ready to be applied.
type rule struct {
	Rule
	origin   origin
	category int // -1 for any
	metrics  []int
	when     []threshold
	words    []pattern
	unless   []pattern
	steps    []step
}

// step is a grade and the number from which on it holds.
type step struct {
	grade Grade
	from  float64
}

// steps lists the thresholds of grades from low to high.
func steps(grades map[Grade]float64) []step {
	var out []step
	for _, g := range Grades() {
		if from, ok := grades[g]; ok {
			out = append(out, step{g, from})
		}
	}
	return out
}

// trigger is a trigger ready to be applied.
type trigger struct {
	Trigger
	origin  origin
	metrics []int
	when    []threshold
	words   []pattern
	unless  []pattern
}

// duty is a duty ready to be looked for.
type duty struct {
	Duty
	pats []pattern
}

// compile numbers all words and makes everything that is enabled ready.
func (r *Rules) compile() {
	b := newWordbook()
	r.metrics = figures.Metrics()
	r.endangered = slices.Index(r.metrics, figures.Endangered)
	r.stuck = r.numbers("trapped+missing")
	index := map[string]int{}
	for i, c := range r.doc.Categories {
		index[c.Name] = i
		r.categories = append(r.categories, category{Category: c, pats: b.patterns(c.Keywords), covers: []int{i}})
		b.exceptions(c.Except)
	}
	for i, c := range r.doc.Categories {
		if c.Under != "" {
			up := &r.categories[index[c.Under]]
			up.covers = append(up.covers, i)
		}
	}
	for i, x := range r.doc.Rules {
		if x.Enabled != nil && !*x.Enabled {
			continue
		}
		at := -1
		if x.Category != "" {
			at = index[x.Category]
		}
		r.rules = append(r.rules, rule{Rule: x, origin: r.origins.of("rules", i), category: at, metrics: r.numbers(x.Metric), when: r.thresholds(x.When), words: b.patterns(x.Words), unless: b.patterns(x.Unless), steps: steps(x.Grades)})
	}
	for i, t := range r.doc.Triggers {
		if t.Enabled == nil || *t.Enabled {
			r.triggers = append(r.triggers, trigger{Trigger: t, origin: r.origins.of("triggers", i), metrics: r.numbers(t.Metric), when: r.thresholds(t.When), words: b.patterns(t.Words), unless: b.patterns(t.Unless)})
		}
	}
	for _, d := range r.doc.Routing {
		r.duties = append(r.duties, duty{Duty: d, pats: b.patterns(d.Keywords)})
	}
	r.places = b.patterns(r.doc.Abroad.Places)
	r.elsewhere = b.patterns(r.doc.Abroad.Elsewhere)
	r.home = b.patterns(r.doc.Abroad.Home)
	r.compatriot = b.patterns(r.doc.Abroad.Compatriots)
	b.done()
	r.words = b
}

// threshold is what another figure must reach.
type threshold struct {
	metric int
	least  float64
}

// numbers turns deaths+missing into the numbers of its metrics.
func (r *Rules) numbers(s string) []int {
	var out []int
	for m := range strings.SplitSeq(s, "+") {
		if i := slices.Index(r.metrics, figures.Metric(m)); i >= 0 {
			out = append(out, i)
		}
	}
	return out
}

func (r *Rules) thresholds(when map[figures.Metric]float64) []threshold {
	var out []threshold
	for _, m := range slices.Sorted(maps.Keys(when)) {
		out = append(out, threshold{slices.Index(r.metrics, m), when[m]})
	}
	return out
}

// clause is where the rule's grade is written.
func (r Rule) clause(g Grade) string {
	c, ok := r.Clauses[g]
	if !ok {
		c = r.Clause
	}
	if strings.HasSuffix(r.Source, "）") {
		return r.Source + c
	}
	return strings.TrimSpace(r.Source + " " + c)
}

// asks tells whether the rule only raises a question about that grade.
func (r Rule) asks(g Grade) bool { return r.Confirm || slices.Contains(r.Asks, g) }
