package figures

import (
	"slices"
	"strings"
)

// Stated is the one figure of each metric that the text gives as its last word: what
// is known of the present matter, else what is told by hearsay or of long ago. A
// metric that the text does not state is absent; one that it denies is 0.
func (r Reading) Stated() map[Metric]Figure {
	out := map[Metric]Figure{}
	for _, m := range Metrics() {
		if f, ok := r.Last(m, 0); ok {
			out[m] = f
		} else if f, ok := r.Last(m, Natural); ok {
			out[m] = f
		} else if f, ok := r.Last(m, Hearsay|Historical); ok {
			out[m] = f
		}
	}
	r.reconcile(out)
	return out
}

// reconcile takes those of the injured out who have died since by the headline, where
// the text counts them as seriously injured still.
func (r Reading) reconcile(out map[Metric]Figure) {
	hurt, ok := out[Injuries]
	serious, both := out[SeriousInjuries]
	if !ok || !both || serious.Start >= r.titleEnd || serious.Value >= hurt.Value {
		return
	}
	body, ok := r.LastOf(SeriousInjuries, 0, func(f Figure) bool { return f.Start >= r.titleEnd })
	if ok && body.Value == hurt.Value {
		out[Injuries] = serious
	}
}

// Last is the last word on a metric among figures whose contexts are all in allowed.
func (r Reading) Last(m Metric, allowed Context) (Figure, bool) { return r.LastOf(m, allowed, nil) }

// LastOf is [Reading.Last] among figures for which only is true; nil lets all pass.
func (r Reading) LastOf(m Metric, allowed Context, only func(Figure) bool) (Figure, bool) {
	var title, body, none Figure
	inTitle, inBody, zero, again := false, false, false, false
	for i := range r.Figures {
		f := &r.Figures[i]
		if f.Metric != m || f.Vague || f.Context&^(allowed|Negated) != 0 || only != nil && !only(*f) {
			continue
		}
		switch {
		case f.Has(Negated):
			none, zero = *f, true
		case f.Start < r.titleEnd:
			title, inTitle = later(title, *f, inTitle, r.joined), true
		default:
			body, inBody = later(body, *f, inBody, r.joined), true
			again = again || inTitle && f.Value == title.Value && f.Qualifier == title.Qualifier
		}
	}
	switch {
	case !inTitle && !inBody:
		return none, zero
	case m == Injuries && inBody:
		body = r.allInjured(body, allowed)
	}
	switch {
	case !inBody:
		return title, true
	case !inTitle:
		return body, true
	case again && m != Deaths && title.Qualifier == Exact && !title.Implied:
		return title, true // the headline's number, which the text repeats
	}
	return headline(title, body, m), true
}

// headline decides between what the title and what the text says: a title rounds, but
// an exact one is the last word on the injured, some of whom may have died since.
func headline(title, body Figure, m Metric) Figure {
	switch {
	case title.Implied || title.Qualifier != Exact && body.Qualifier != title.Qualifier:
		return body
	case body.Implied || (m == Injuries || m == SeriousInjuries) && title.Qualifier == Exact && body.Value == title.Value+1:
		return title
	case title.Value > body.Value:
		return title
	}
	return body
}

// addReach is within how many bytes 又有 adds to an earlier number.
const addReach = 1200

// later decides between an earlier figure of one metric, if there is one, and a later.
func later(a, b Figure, have bool, text string) Figure {
	switch {
	case !have || b.Replaces:
		return b
	case b.Adds && !b.Implied && (b.Newly || b.Value <= a.Value) && b.Start-a.Start < addReach && !strings.Contains(text[a.Start:b.Start], "\n") && !strings.Contains(text[a.Start:a.End], text[b.Start:b.End]):
		sum := b
		sum.Value += a.Value
		sum.Max += a.Max
		sum.Start, sum.Quote = a.Start, a.Quote
		sum.End = a.End
		sum.Adds = false
		sum.Qualifier = a.Qualifier
		return sum
	case a.Implied != b.Implied:
		if a.Implied {
			return b
		}
		return a
	case (a.Qualifier == Nearly) != (b.Qualifier == Nearly):
		if a.Qualifier == Nearly {
			return b
		}
		return a
	case b.Value > a.Value || b.Value == a.Value && len(b.Quote) > len(a.Quote):
		return b
	}
	return a
}

// kinds is how many kinds of injuries a text may list side by side.
const kinds = 6

// allInjured adds up 1人重伤、4人轻伤: the injured are all of them, where the text
// gives no sum that holds them.
func (r Reading) allInjured(best Figure, allowed Context) Figure {
	sum := 0.0
	var seen []Figure
	for _, f := range r.Figures {
		if f.Metric != Injuries && f.Metric != SeriousInjuries || f.Vague || f.Part || f.Has(Negated) || f.Context&^allowed != 0 {
			continue
		}
		if len(seen) > 0 && f.Start-endOf(seen) > 24 || len(seen) == kinds {
			sum, seen = 0, nil
		}
		if slices.ContainsFunc(seen, func(s Figure) bool { return s.Metric == f.Metric && s.Value == f.Value && s.Metric == SeriousInjuries }) {
			continue
		}
		seen = append(seen, f)
		sum += f.Value
		if len(seen) > 1 && sum > best.Value && listed(seen, r.joined) {
			best.Value, best.Max = sum, sum
			best.Start, best.End = seen[0].Start, f.End
			best.Quote = r.joined[best.Start:best.End]
		}
	}
	return best
}

func endOf(seen []Figure) int {
	if len(seen) == 0 {
		return 0
	}
	return seen[len(seen)-1].End
}

// listed tells whether kinds of injuries stand side by side, none being a sum of the others.
func listed(seen []Figure, text string) bool {
	for _, f := range seen {
		q := text[f.Start:f.End]
		if !strings.Contains(q, "重") && !strings.Contains(q, "轻") {
			return false
		}
	}
	return true
}
