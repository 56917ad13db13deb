package classifier

import (
	"slices"
	"strings"

	"huiying/classifier/figures"
	"huiying/classifier/match"
	"huiying/incident"
)

// finding is what one rule or trigger found.
type finding struct {
	rule     string
	name     string // of a trigger
	category int    // of the rule, -1 for any
	grade    Grade  // empty for a trigger
	asks     bool
	clause   string
	quote    string
	at       int // place of the quote, for order
	figure   figures.Figure
	// more is the grade that the figure's upper end would reach, when it is not exact.
	more      Grade
	influence bool
}

// view is a text with what was found in it, and the figures that may count.
type view struct {
	*page
	rules *Rules
	// present tells which categories the text names, where tells by what.
	present []bool
	where   []match.Hit
	// allowed are contexts in which figures count beside plain fact.
	allowed figures.Context
	// only, when set, leaves out figures for which it is false.
	only func(figures.Figure) bool
	// away: the event lies abroad, so that words alone tell nothing of the county.
	away bool
	// known keeps the last word on each metric once it was asked for.
	known [metricCount]known
}

// metricCount is how many metrics there are.
const metricCount = 18

// known is the last word on a metric.
type known struct {
	asked, ok bool
	figure    figures.Figure
}

func (r *Rules) look(p *page) *view {
	v := &view{page: p, rules: r, present: make([]bool, len(r.categories)), where: make([]match.Hit, len(r.categories))}
	for i := range r.categories {
		v.where[i], v.present[i] = p.any(r.categories[i].pats, false)
	}
	return v
}

// holds tells whether the text is of a kind that the rule is for.
func (v *view) holds(at int) bool {
	if at < 0 {
		return true
	}
	return slices.ContainsFunc(v.rules.categories[at].covers, func(i int) bool { return v.present[i] })
}

// findings applies every rule and trigger.
func (v *view) findings() []finding {
	var out []finding
	for i := range v.rules.rules {
		if f, ok := v.apply(&v.rules.rules[i]); ok {
			out = append(out, f)
		}
	}
	for i := range v.rules.triggers {
		if f, ok := v.trigger(&v.rules.triggers[i]); ok {
			out = append(out, f)
		}
	}
	return out
}

// apply applies one rule.
func (v *view) apply(r *rule) (finding, bool) {
	if !v.holds(r.category) || v.away && r.Metric == "" {
		return finding{}, false
	}
	f := finding{rule: r.ID, category: r.category}
	if r.Potential && v.allowed&figures.Hypothetical == 0 {
		v = v.allowing(figures.Hypothetical)
	}
	if len(r.words) > 0 {
		h, ok := v.any(r.words, !r.Potential)
		if !ok {
			return f, false
		}
		f.quote, f.at = v.quote(h), h.Start
	}
	if _, ok := v.any(r.unless, false); ok {
		return f, false
	}
	if !v.when(r.when) {
		return f, false
	}
	if r.Metric == "" {
		f.grade = r.Grade
	} else {
		sum, ok := v.sum(r.metrics)
		if !ok || r.Metric == string(figures.LossYuan) && !v.beside(r.category, sum) {
			return f, false
		}
		f.grade, f.more = reach(r.steps, floor(sum)), reach(r.steps, ceiling(sum))
		f.quote, f.at, f.figure = sum.Quote, sum.Start, sum
	}
	if f.grade == "" && f.more == "" {
		return f, false
	}
	f.asks = r.asks(f.grade)
	f.clause = r.clause(f.grade)
	if f.grade == "" {
		f.asks, f.grade, f.clause = true, f.more, r.clause(f.more)
	}
	return f, true
}

// lossReach is within how many sentences of a loss the event stands that caused it.
const lossReach = 3

// beside tells whether the text speaks of the category near the figure: of money much is
// said that no event cost.
func (v *view) beside(category int, f figures.Figure) bool {
	if category < 0 {
		return true
	}
	at := int32(v.reading.SentenceIndex(f.Start)) //nolint:gosec // few sentences
	for _, c := range v.rules.categories[category].covers {
		for _, p := range v.rules.categories[c].pats {
			for i := v.byWord[p.words[0]]; i > 0; i = v.next[i-1] {
				if d := v.sentence[i-1] - at; v.live[i-1] && d >= -lossReach && d <= lossReach {
					return true
				}
			}
		}
	}
	return false
}

// near tells whether one of the words stands near the figure.
func (v *view) near(words []pattern, f figures.Figure) bool {
	at := int32(v.reading.SentenceIndex(f.Start)) //nolint:gosec // few sentences
	for _, p := range words {
		for i := v.byWord[p.words[0]]; i > 0; i = v.next[i-1] {
			if d := v.sentence[i-1] - at; d >= -lossReach && d <= lossReach {
				return true
			}
		}
	}
	return false
}

// when tells whether the other figures that a rule asks for are reached.
func (v *view) when(least []threshold) bool {
	for _, t := range least {
		if f, ok := v.last(t.metric); !ok || f.Value < t.least {
			return false
		}
	}
	return true
}

// trigger applies one trigger.
func (v *view) trigger(t *trigger) (finding, bool) {
	f := finding{rule: t.ID, name: t.Name, category: -1, asks: t.Confirm, influence: t.Influence && !t.Confirm, clause: "国办发〔2016〕61号；★ " + t.Name}
	if _, ok := v.any(t.unless, false); ok || v.away && len(t.metrics) == 0 {
		return f, false
	}
	if len(t.words) > 0 {
		h, ok := v.any(t.words, len(t.metrics) == 0)
		if !ok {
			return f, false
		}
		f.quote, f.at = v.quote(h), h.Start
	}
	if !v.when(t.when) {
		return f, false
	}
	if len(t.metrics) > 0 {
		sum, ok := v.sum(t.metrics)
		if !ok || floor(sum) < t.AtLeast || len(t.words) > 0 && !v.near(t.words, sum) {
			return f, false
		}
		f.quote, f.at, f.figure = sum.Quote, sum.Start, sum
	}
	return f, true
}

// sum adds up the metrics as far as the text states them. Endangered is what is stated,
// or the trapped and missing if they are more (facts/standards.md 1.2).
func (v *view) sum(ms []int) (figures.Figure, bool) {
	if len(ms) == 1 {
		return v.last(ms[0])
	}
	var total figures.Figure
	found := false
	for _, m := range ms {
		f, ok := v.last(m)
		if !ok {
			continue
		}
		if !found {
			total, found = f, true
			continue
		}
		if f.Value > 0 {
			total = plus(total, f)
		}
	}
	return total, found
}

// plus adds two figures of different metrics; the quote is both.
func plus(a, b figures.Figure) figures.Figure {
	if a.Value == 0 {
		return b
	}
	a.Value += b.Value
	a.Max += b.Max
	if b.Qualifier != figures.Exact {
		a.Qualifier = b.Qualifier
	}
	if !strings.Contains(a.Quote, b.Quote) {
		a.Quote += "、" + b.Quote
	}
	return a
}

// last is the last word on a metric, by its number.
func (v *view) last(m int) (figures.Figure, bool) {
	k := &v.known[m]
	if !k.asked {
		k.figure, k.ok = v.reading.LastOf(v.rules.metrics[m], v.allowed, v.only)
		if m == v.rules.endangered {
			stuck, ok := v.sum(v.rules.stuck)
			if ok && stuck.Value > k.figure.Value {
				k.figure, k.ok = stuck, true
			}
		}
		k.asked = true
	}
	return k.figure, k.ok
}

// floor is the number for thresholds: 近30人 is below 30.
func floor(f figures.Figure) float64 {
	if f.Qualifier == figures.Nearly {
		return f.Value - f.Value/1000
	}
	return f.Value
}

// ceiling is what the number may be as well: the top of a range, a little more than 约;
// of 余 and 数十 up to the next round number.
func ceiling(f figures.Figure) float64 {
	switch f.Qualifier {
	case figures.Exact:
		return f.Value
	case figures.Range, figures.Nearly:
		return f.Max
	case figures.About:
		return f.Max * 1.1
	case figures.AtLeast:
		if strings.ContainsAny(f.Quote, "数几") {
			return f.Value * 4.5 // 数十: up to 90
		}
		return f.Max * 1.1
	}
	return f.Max
}

// reach is the highest grade whose threshold the number has reached; 以上 includes it.
func reach(steps []step, v float64) Grade {
	best := Grade("")
	for _, s := range steps {
		if v >= s.from {
			best = s.grade
		}
	}
	return best
}

// evidence shows a finding to a person.
func (f finding) evidence() incident.Evidence {
	return incident.Evidence{Rule: f.rule, Clause: f.clause, Quote: f.quote, Asks: f.asks}
}
