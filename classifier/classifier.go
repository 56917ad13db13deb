package classifier

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"huiying/classifier/figures"
	"huiying/classifier/model"
	"huiying/incident"
	"huiying/org"
)

// Classifier grades and routes reports by rules. Assess may be called from many goroutines.
type Classifier struct {
	rules     *Rules
	directory func() *org.Directory
	routes    atomic.Pointer[routes]
	gazetteer atomic.Pointer[gazetteer]
	model     *model.Model
}

// Option changes how a classifier is made.
type Option func(*Classifier)

// New makes a classifier of the rules. directory is asked at each assessment who the
// units are; nil leaves units out.
func New(rules *Rules, directory func() *org.Directory, opts ...Option) *Classifier {
	c := &Classifier{rules: rules, directory: directory}
	for _, o := range opts {
		o(c)
	}
	return c
}

// maxEvidence bounds what is shown to an officer.
const maxEvidence = 8

// Assess reads the report and says what it may be. It is pure and takes well under a
// millisecond. A zero now leaves the report's age out of account where the report
// does not say when it was submitted.
func (c *Classifier) Assess(r incident.Report, now time.Time) Assessment {
	return c.AssessGiven(r, now, c.judge(r))
}

// AssessGiven is Assess with what a model said, by head, in place of the classifier's own
// model; nil for nothing.
func (c *Classifier) AssessGiven(r incident.Report, now time.Time, said map[string]model.Opinion) Assessment {
	at := r.SubmittedAt
	if at.IsZero() {
		at = r.FoundAt
	}
	if at.IsZero() {
		at = now
	}
	reading := c.rules.reader.Read(figures.Text{Title: r.Title, Body: r.Text, At: at})
	v := c.rules.look(c.rules.words.read(reading))
	out := Assessment{Figures: reading.Stated(), Places: c.places(r, v.text), Advice: advise(said)}
	if m, ok := reading.Happened(); ok {
		out.Happened = &m
	}
	out.Grading = v.grade()
	if r.Source.Kind == incident.SourceSuperior {
		handedDown(&out.Grading)
	}
	duties := v.duties()
	if out.Grading.Category == "" {
		out.Grading.Category = topic(reading, duties, out.Advice)
	}
	out.Units = c.route(r, v, duties, out.Advice)
	if out.Advice != nil {
		out.Grading = Combine(out.Grading, reading.Text(), out.Advice.proposal(out.Grading.Level)...)
	}
	return out
}

// topic is what an item without an event is about: a rumour that is denied, else what
// the model is rather sure of, else the category of the duties that the text shows most.
func topic(r figures.Reading, duties []dutyHit, advice *Advice) string {
	if r.Flags&figures.Denied != 0 {
		return "网络谣言"
	}
	if advice != nil && advice.Category.P >= 0.5 {
		return advice.Category.Class
	}
	scores := map[string]float64{}
	best := ""
	for _, d := range duties {
		scores[d.Category] += d.score
		if best == "" || scores[d.Category] > scores[best] {
			best = d.Category
		}
	}
	return best
}

// handedDown makes what a superior handed down at least major (facts/standards.md 1.4).
func handedDown(g *incident.Grading) {
	if g.Level == incident.General {
		g.Level = incident.Major
	}
	g.Influence = true
	g.Evidence = append(g.Evidence, incident.Evidence{Rule: "T0", Clause: "国办发〔2016〕61号；★ 上级交办", Quote: "来源为上级交办"})
}

// grade applies the rules to what is fact now, and asks about what is not.
func (v *view) grade() incident.Grading {
	abroad := v.abroad()
	g := incident.Grading{Level: incident.General, By: "classifier", Flags: v.flags(abroad)}
	found := v.findings()
	if v.reading.Flags&figures.Hearsay != 0 {
		found = append(found, v.hearsay(found)...)
	}
	slices.SortStableFunc(found, func(a, b finding) int {
		if d := b.weight() - a.weight(); d != 0 {
			return d
		}
		return a.at - b.at
	})
	for _, f := range found {
		v.weigh(&g, f)
	}
	v.doubts(&g, found)
	if g.Category == "" {
		g.Category = v.event()
	}
	if len(g.Evidence) > maxEvidence {
		g.Evidence = g.Evidence[:maxEvidence]
	}
	return g
}

// weight puts binding findings before questions, high grades before low ones.
func (f finding) weight() int {
	w := f.grade.Rank() * 2
	if !f.asks {
		w += 9
	}
	return w
}

// weigh lets one finding, the weightiest first, act on the grading.
func (v *view) weigh(g *incident.Grading, f finding) {
	if f.asks && !f.matters(*g) {
		return
	}
	g.Evidence = append(g.Evidence, f.evidence())
	if f.asks {
		g.Doubts = append(g.Doubts, v.question(f))
		return
	}
	level := incident.Major
	if f.grade != "" {
		level = f.grade.Level()
		if Grade(g.Grade).Rank() < f.grade.Rank() {
			g.Grade, g.Category = string(f.grade), v.named(f.category)
		}
	}
	if level.Rank() > g.Level.Rank() {
		g.Level = level
	}
	g.Influence = g.Influence || f.influence
	if f.more.Rank() > f.grade.Rank() && f.grade != "" {
		g.Doubts = append(g.Doubts, fmt.Sprintf("数字“%s”并非确数，可能达到%s，请核实。", f.figure.Quote, f.more))
	}
}

// matters tells whether the answer to what is asked could change the grading.
func (f finding) matters(g incident.Grading) bool {
	if f.grade == "" {
		return g.Level == incident.General
	}
	return f.grade.Rank() > Grade(g.Grade).Rank()
}

// question is what a person is asked.
func (v *view) question(f finding) string {
	if f.name != "" {
		return fmt.Sprintf("是否属于“%s”？依据原文“%s”。", f.name, f.quote)
	}
	return fmt.Sprintf("是否达到%s（%s）？依据原文“%s”，请核实。", f.grade, f.clause, f.quote)
}

// named is the category shown for a rule's: the more special one that the text names.
func (v *view) named(at int) string {
	if at < 0 {
		return v.event()
	}
	c := v.rules.categories[at]
	for _, i := range c.covers[1:] {
		if v.present[i] {
			return v.rules.categories[i].Name
		}
	}
	return c.Name
}

// event is the category that the text names first; empty when it names none as fact.
func (v *view) event() string {
	best := -1
	for i, ok := range v.present {
		if _, live := v.any(v.rules.categories[i].pats, true); !ok || !live {
			continue
		}
		if best < 0 || v.where[i].Start < v.where[best].Start {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return v.rules.categories[best].Name
}

// flags names what holds for the text as a whole.
func (v *view) flags(abroad bool) []string {
	var out []string
	add := func(ok bool, name string) {
		if ok {
			out = append(out, name)
		}
	}
	f := v.reading.Flags
	add(f&figures.Drill != 0, "drill")
	add(f&(figures.Hearsay|figures.Denied) != 0, "rumor")
	_, now := v.sum(v.rules.numbers("deaths"))
	add(f&figures.Historical != 0 && !now, "historical")
	add(f&figures.Negated != 0, "negated")
	add(abroad, "foreign")
	return out
}
