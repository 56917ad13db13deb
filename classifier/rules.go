package classifier

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"huiying/classifier/figures"
	"huiying/incident"
)

// Grade is an event's official grade (突发事件应对法 第三条).
type Grade string

// The grades from low to high; the empty one is none.
const (
	Ordinary Grade = "一般"
	Larger   Grade = "较大"
	Grave    Grade = "重大"
	Gravest  Grade = "特别重大"
)

// Grades lists them from low to high.
func Grades() []Grade { return []Grade{Ordinary, Larger, Grave, Gravest} }

// Rank is 1 for 一般 up to 4 for 特别重大, 0 for none.
func (g Grade) Rank() int { return slices.Index(Grades(), g) + 1 }

// Level is the product's level of an event so graded (facts/standards.md 1.1): what is
// graded 一般 is major only if a trigger says so.
func (g Grade) Level() incident.Level {
	switch g {
	case Grave, Gravest:
		return incident.Emergency
	case Larger:
		return incident.Major
	case Ordinary:
	}
	return incident.General
}

// Category is a kind of event and the words that show it.
type Category struct {
	Name string `yaml:"name"`
	// Under is the category whose rules hold for this one too.
	Under    string   `yaml:"under,omitempty"`
	Keywords []string `yaml:"keywords"`
	// Except are phrases that hold a keyword and mean something else.
	Except []string `yaml:"except,omitempty"`
}

// Rule grades an event by one metric, or by words.
type Rule struct {
	ID string `yaml:"id"`
	// Category is the kind of event it holds for; empty for any.
	Category string `yaml:"category,omitempty"`
	// Metric is a figure, or figures joined by +; empty for a rule of words.
	Metric string            `yaml:"metric,omitempty"`
	Grades map[Grade]float64 `yaml:"grades,omitempty"`
	// Grade is what a rule of words gives.
	Grade Grade `yaml:"grade,omitempty"`
	// Words, one of which must occur; 甲+乙 asks for both in one sentence.
	Words  []string                   `yaml:"words,omitempty"`
	Unless []string                   `yaml:"unless,omitempty"`
	When   map[figures.Metric]float64 `yaml:"when,omitempty"`
	Source string                     `yaml:"source"`
	Clause string                     `yaml:"clause,omitempty"`
	// Clauses by grade, where they differ.
	Clauses map[Grade]string `yaml:"clauses,omitempty"`
	// Mark says how far the rule was checked: ✓ against the text of the law, ○ not, ★ is
	// a proposal of this product.
	Mark Mark `yaml:"mark,omitempty"`
	// Potential: what may be lost counts as well (潜在经济损失).
	Potential bool `yaml:"potential,omitempty"`
	// Confirm: it only raises a question. Asks lists grades of which it does.
	Confirm      bool      `yaml:"confirm,omitempty"`
	Asks         []Grade   `yaml:"asks,omitempty"`
	Enabled      *bool     `yaml:"enabled,omitempty"`
	Jurisdiction string    `yaml:"jurisdiction,omitempty"`
	Examples     []Example `yaml:"examples,omitempty"`
}

// Mark says how far a rule was checked.
type Mark string

// The marks.
const (
	Checked   Mark = "✓"
	Unchecked Mark = "○"
	Proposed  Mark = "★"
)

// Example is a text and what the rule or trigger, alone, makes of it: the grade of a
// rule, whether a trigger holds, whether it only asks. One with none of these is a near
// miss, which the rule must leave alone.
type Example struct {
	Text  string `yaml:"text"`
	Grade Grade  `yaml:"grade,omitempty"`
	Holds bool   `yaml:"holds,omitempty"`
	Asks  bool   `yaml:"asks,omitempty"`
}

// miss tells whether the example is one that must be left alone.
func (e Example) miss() bool { return e.Grade == "" && !e.Holds && !e.Asks }

// Trigger makes an item at least major without any grade (facts/standards.md 1.4).
type Trigger struct {
	ID        string                     `yaml:"id"`
	Name      string                     `yaml:"name"`
	Metric    string                     `yaml:"metric,omitempty"`
	AtLeast   float64                    `yaml:"at_least,omitempty"`
	Words     []string                   `yaml:"words,omitempty"`
	Unless    []string                   `yaml:"unless,omitempty"`
	When      map[figures.Metric]float64 `yaml:"when,omitempty"`
	Influence bool                       `yaml:"influence,omitempty"`
	Confirm   bool                       `yaml:"confirm,omitempty"`
	Enabled   *bool                      `yaml:"enabled,omitempty"`
	Examples  []Example                  `yaml:"examples,omitempty"`
}

// Duty is a duty of units: the words by which it is recognised, and what such items are called.
type Duty struct {
	Duty     string   `yaml:"duty"`
	Category string   `yaml:"category"`
	Keywords []string `yaml:"keywords"`
}

// Abroad tells events outside the country apart: the title or the first sentences name
// a place there, and none at home.
type Abroad struct {
	Home        []string `yaml:"home"`
	Places      []string `yaml:"places"`
	Compatriots []string `yaml:"compatriots"`
	// Elsewhere are words for places that are not the county's.
	Elsewhere []string `yaml:"elsewhere"`
}

// document is rules.yaml.
type document struct {
	Categories []Category `yaml:"categories"`
	Rules      []Rule     `yaml:"rules"`
	Triggers   []Trigger  `yaml:"triggers"`
	Routing    []Duty     `yaml:"routing"`
	Abroad     Abroad     `yaml:"abroad"`
}

// Rules are the county's rules of grading and routing, ready to be used. They do not
// change once made and may be used from many goroutines.
type Rules struct {
	doc     document
	origins origins
	before  map[string]Rule // by id, of rules that a later file changed
	reader  *figures.Reader
	words   *wordbook

	metrics    []figures.Metric
	endangered int   // the number of that metric
	stuck      []int // the metrics that endangered is made of
	categories []category
	rules      []rule
	triggers   []trigger
	duties     []duty
	places     []pattern
	compatriot []pattern
	home       []pattern
	elsewhere  []pattern
}

// faults reports everything that cannot be, with its file and line.
func (d *document) faults(at origins) []error {
	var errs []error
	bad := func(section string, i int, format string, a ...any) {
		errs = append(errs, fmt.Errorf("%s：%s", at.of(section, i), fmt.Sprintf(format, a...)))
	}
	names := map[string]bool{}
	for i, c := range d.Categories {
		if c.Name == "" || len(c.Keywords) == 0 {
			bad("categories", i, "事件类别须有 name 和 keywords")
		}
		if names[c.Name] {
			bad("categories", i, "事件类别“%s”重复", c.Name)
		}
		names[c.Name] = true
	}
	for i, c := range d.Categories {
		if c.Under != "" && !names[c.Under] {
			bad("categories", i, "“%s”的上级类别“%s”不存在", c.Name, c.Under)
		}
	}
	ids := map[string]bool{}
	for i, r := range d.Rules {
		for _, fault := range r.faults(names, ids) {
			bad("rules", i, "%s", fault)
		}
		ids[r.ID] = true
	}
	for i, t := range d.Triggers {
		for _, fault := range t.faults(ids) {
			bad("triggers", i, "%s", fault)
		}
		ids[t.ID] = true
	}
	for i, u := range d.Routing {
		if u.Duty == "" || u.Category == "" || len(u.Keywords) == 0 {
			bad("routing", i, "职责须有 duty、category 和 keywords")
		}
	}
	return errs
}

func (r Rule) faults(categories, ids map[string]bool) []string {
	var out []string
	bad := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	if r.ID == "" || ids[r.ID] {
		bad("规则编号（id）“%s”为空或重复", r.ID)
	}
	if r.Category != "" && !categories[r.Category] {
		bad("规则%s的类别“%s”不存在，请先写在 categories 里", r.ID, r.Category)
	}
	if r.Source == "" || r.Clause == "" && len(r.Clauses) == 0 {
		bad("规则%s须注明依据：source 和 clause", r.ID)
	}
	switch {
	case r.Metric != "" && len(r.Grades) == 0:
		bad("规则%s有 metric，须有 grades（各级起点）", r.ID)
	case r.Metric == "" && (len(r.Words) == 0 || r.Grade == ""):
		bad("规则%s须有 metric 和 grades，或者 words 和 grade", r.ID)
	case r.Metric != "" && r.Grade != "":
		bad("规则%s已按 metric 分级，不能再写 grade", r.ID)
	}
	out = append(out, metricFaults(r.ID, r.Metric, r.When)...)
	switch {
	case !slices.Contains([]Mark{"", Checked, Unchecked, Proposed}, r.Mark):
		bad("规则%s的 mark“%s”不认识，可用 ✓、○、★", r.ID, r.Mark)
	case r.Mark == Unchecked && !r.Confirm && len(r.Asks) == 0:
		bad("规则%s未核原文（mark: ○），只能提出疑问：请写 confirm: true，或在 asks 里列出级别", r.ID)
	}
	out = append(out, exampleFaults("规则"+r.ID, r.Examples)...)
	out = append(out, wordFaults("规则"+r.ID, r.Words, r.Unless)...)
	return append(out, r.gradeFaults()...)
}

// gradeFaults finds unknown grades and thresholds that do not rise, which make a grade
// that no event can have.
func (r Rule) gradeFaults() []string {
	var out []string
	for _, g := range slices.Sorted(maps.Keys(r.Grades)) {
		if g.Rank() == 0 {
			out = append(out, fmt.Sprintf("规则%s的等级“%s”不认识，可用一般、较大、重大、特别重大", r.ID, g))
		}
	}
	if r.Grade != "" && r.Grade.Rank() == 0 {
		out = append(out, fmt.Sprintf("规则%s的等级“%s”不认识，可用一般、较大、重大、特别重大", r.ID, r.Grade))
	}
	last, from := Grade(""), 0.0
	for _, g := range Grades() {
		v, ok := r.Grades[g]
		if !ok {
			continue
		}
		if v <= 0 || last != "" && v <= from {
			out = append(out, fmt.Sprintf("规则%s的“%s”起点%v须大于0，且高于“%s”的起点%v，否则永远不会用到", r.ID, g, v, last, from))
		}
		last, from = g, v
	}
	for _, g := range r.Asks {
		if _, ok := r.Grades[g]; !ok {
			out = append(out, fmt.Sprintf("规则%s的 asks 里的“%s”不在 grades 中", r.ID, g))
		}
	}
	return out
}

func (t Trigger) faults(ids map[string]bool) []string {
	var out []string
	if t.ID == "" || t.Name == "" || ids[t.ID] {
		out = append(out, fmt.Sprintf("情形须有不重复的编号（id）和名称（name）：“%s”", t.ID))
	}
	if t.Metric == "" && len(t.Words) == 0 {
		out = append(out, fmt.Sprintf("情形%s须有 metric 或 words", t.ID))
	}
	if t.Metric != "" && t.AtLeast <= 0 {
		out = append(out, fmt.Sprintf("情形%s有 metric，须写 at_least（起点）", t.ID))
	}
	out = append(out, exampleFaults("情形"+t.ID, t.Examples)...)
	out = append(out, wordFaults("情形"+t.ID, t.Words, t.Unless)...)
	return append(out, metricFaults(t.ID, t.Metric, t.When)...)
}

// exampleFaults asks for a text that fits and one that nearly does.
func exampleFaults(who string, examples []Example) []string {
	hits := slices.ContainsFunc(examples, func(e Example) bool { return !e.miss() })
	if !hits || !slices.ContainsFunc(examples, Example.miss) {
		return []string{who + "的示例（examples）不全：至少写一条符合的（写明 grade、holds: true 或 asks: true），一条相近但不符合的（什么都不写）"}
	}
	return nil
}

// maxTogether is how many words a pattern of words may ask for in one sentence.
const maxTogether = 5

// wordFaults finds words that can never let a rule hold.
func wordFaults(who string, words, unless []string) []string {
	var out []string
	dead := 0
	for _, w := range words {
		if strings.Count(w, "+") >= maxTogether {
			out = append(out, fmt.Sprintf("%s的词语“%s”超过%d个词，请减少", who, w, maxTogether))
		}
		if slices.ContainsFunc(unless, func(u string) bool { return !strings.Contains(u, "+") && strings.Contains(w, u) }) {
			dead++
		}
	}
	if dead > 0 && dead == len(words) {
		out = append(out, who+"的词语（words）全被除外词（unless）排除，永远不会用到，请改其中之一")
	}
	return out
}

func metricFaults(id, metric string, when map[figures.Metric]float64) []string {
	var out []string
	known := figures.Metrics()
	for m := range strings.SplitSeq(metric, "+") {
		if m != "" && !slices.Contains(known, figures.Metric(m)) {
			out = append(out, fmt.Sprintf("%s的 metric“%s”不认识，可用%s", id, m, metricList(known)))
		}
	}
	for m := range when {
		if !slices.Contains(known, m) {
			out = append(out, fmt.Sprintf("%s的 when“%s”不认识，可用%s", id, m, metricList(known)))
		}
	}
	return out
}

func metricList(known []figures.Metric) string {
	names := make([]string, len(known))
	for i, m := range known {
		names[i] = string(m)
	}
	return strings.Join(names, "、")
}
