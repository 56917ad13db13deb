package classifier

import (
	"fmt"
	"maps"
	"slices"
)

// clashes finds rules that say different things of the same, and county rules that are
// looser than the law.
func (r *Rules) clashes() []error {
	var errs []error
	type key struct{ category, metric, words, unless, when string }
	first := map[key]int{}
	for i, x := range r.doc.Rules {
		if x.Enabled != nil && !*x.Enabled {
			continue
		}
		if was, ok := r.before[x.ID]; ok {
			if what := x.looser(was); what != "" {
				errs = append(errs, fmt.Errorf("%s：规则%s%s。依据是%s，地方标准只能从严；确需停用请写 enabled: false", r.origins.of("rules", i), x.ID, what, was.clause("")))
			}
		}
		if x.Confirm {
			continue
		}
		k := key{x.Category, x.Metric, fmt.Sprint(x.Words), fmt.Sprint(x.Unless), fmt.Sprint(x.When)}
		j, ok := first[k]
		if !ok {
			first[k] = i
			continue
		}
		errs = append(errs, fmt.Errorf("%s：规则%s与%s的规则%s条件完全相同%s，请合并，或停用其中一条", r.origins.of("rules", i), x.ID, r.origins.of("rules", j), r.doc.Rules[j].ID, differing(x, r.doc.Rules[j])))
	}
	return errs
}

// differing names the grade on which two rules of the same condition disagree.
func differing(a, b Rule) string {
	for _, g := range Grades() {
		x, ok := a.Grades[g]
		y, both := b.Grades[g]
		if ok && both && x != y {
			return fmt.Sprintf("，而“%s”的起点不同（%v与%v）", g, x, y)
		}
	}
	if a.Grade != b.Grade {
		return fmt.Sprintf("，而等级不同（%s与%s）", a.Grade, b.Grade)
	}
	return ""
}

// looser says how a changed rule asks for more than the checked one that it changes.
func (r Rule) looser(was Rule) string {
	if was.Mark != Checked {
		return ""
	}
	for _, g := range slices.Sorted(maps.Keys(was.Grades)) {
		if was.asks(g) {
			continue
		}
		if now := r.Grades[g]; now > was.Grades[g] {
			return fmt.Sprintf("把“%s”的起点从%v放宽到%v", g, was.Grades[g], now)
		}
		if r.asks(g) {
			return fmt.Sprintf("把“%s”改为只提出疑问", g)
		}
	}
	if was.Grade != "" && !was.Confirm && (r.Confirm || r.Grade.Rank() < was.Grade.Rank()) {
		return fmt.Sprintf("把“%s”降低了", was.Grade)
	}
	return ""
}

// triggering tells whether a trigger has one of the category's words.
func (r *Rules) triggering(c Category) bool {
	return slices.ContainsFunc(r.doc.Triggers, func(t Trigger) bool {
		return slices.ContainsFunc(t.Words, func(w string) bool { return slices.Contains(c.Keywords, w) })
	})
}

// Warnings names what an administrator should know though it is no fault: checked rules
// that are switched off, and kinds of events that no rule is for.
func (r *Rules) Warnings() []string {
	var out []string
	ruled := map[string]bool{}
	for i, x := range r.doc.Rules {
		if x.Enabled == nil || *x.Enabled {
			ruled[x.Category] = true
			continue
		}
		if x.Mark == Checked {
			out = append(out, fmt.Sprintf("%s：停用了有法规依据的规则%s（%s）", r.origins.of("rules", i), x.ID, x.clause("")))
		}
	}
	for i, c := range r.doc.Categories {
		if !ruled[c.Name] && c.Under == "" && !r.triggering(c) {
			out = append(out, fmt.Sprintf("%s：事件类别“%s”没有一条规则", r.origins.of("categories", i), c.Name))
		}
	}
	return out
}
