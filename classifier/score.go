package classifier

import (
	"fmt"
	"io"
	"slices"

	"huiying/classifier/figures"
	"huiying/incident"
)

// Scorecard compares what the classifier made of labelled texts with the labels.
type Scorecard struct {
	// Confusion counts unambiguous rows by the level that is right and the one given.
	Confusion map[incident.Level]map[incident.Level]int
	// Either counts ambiguous rows, and those that got one of their two levels.
	Either Share
	// Found counts rows that are emergencies, and those graded so; Alarms rows that are
	// none under either of their levels, and those graded so all the same.
	Found, Alarms Share
	// Unasked counts rows of drills, rumours and old matters, and those graded emergency
	// without a question raised.
	Unasked Share
	// Figures counts, by metric, figures that the labels state, and those read exactly
	// (none read is right for a label of 0); Invented those read where the labels state
	// none.
	Figures  map[figures.Metric]Share
	Invented map[figures.Metric]int
	Mistakes []Mistake
}

// Share is so many of so many.
type Share struct{ Part, Of int }

func (s *Share) add(part bool) {
	s.Of++
	if part {
		s.Part++
	}
}

// Rate is the share as a number; 1 of none.
func (s Share) Rate() float64 {
	if s.Of == 0 {
		return 1
	}
	return float64(s.Part) / float64(s.Of)
}

func (s Share) String() string {
	return fmt.Sprintf("%d/%d (%.1f %%)", s.Part, s.Of, 100*s.Rate())
}

// Mistake is where a label and the classifier differ. It holds no text.
type Mistake struct {
	ID   ID     `json:"id"`
	What string `json:"what"` // level, category, unit or a metric
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Add scores one row by its labels of level and figures; a row without a level is left out.
func (s *Scorecard) Add(row Row, a Assessment) {
	if row.Level == "" {
		return
	}
	s.level(row, a.Grading)
	for _, l := range row.figures() {
		s.figure(row, l, a.Figures)
	}
}

func (s *Scorecard) level(row Row, g incident.Grading) {
	right := g.Level == row.Level
	if row.Ambiguous {
		right = right || g.Level == row.AltLevel
		s.Either.add(right)
	} else {
		if s.Confusion == nil {
			s.Confusion = map[incident.Level]map[incident.Level]int{}
		}
		if s.Confusion[row.Level] == nil {
			s.Confusion[row.Level] = map[incident.Level]int{}
		}
		s.Confusion[row.Level][g.Level]++
	}
	if !right {
		want := string(row.Level)
		if row.AltLevel != "" {
			want += " or " + string(row.AltLevel)
		}
		s.Mistakes = append(s.Mistakes, Mistake{row.ID, "level", want, string(g.Level)})
	}
	alarm := g.Level == incident.Emergency
	switch {
	case row.Level == incident.Emergency && !row.Ambiguous:
		s.Found.add(alarm)
	case row.Level != incident.Emergency && row.AltLevel != incident.Emergency:
		s.Alarms.add(alarm)
	}
	if row.Drill || row.Rumor || row.Old {
		s.Unasked.add(alarm && len(g.Doubts) == 0)
	}
}

// labelled is a figure as a row's label gives it: the metrics whose sum it is.
type labelled struct {
	name   figures.Metric
	value  *float64
	metric []figures.Metric
}

func (r Row) figures() []labelled {
	return []labelled{
		{figures.Deaths, r.Deaths, []figures.Metric{figures.Deaths}},
		{figures.Injuries, r.Injured, []figures.Metric{figures.Injuries}},
		{figures.Trapped, r.Stuck, []figures.Metric{figures.Missing, figures.Trapped}},
		{figures.Sick, r.Poisoned, []figures.Metric{figures.Sick}},
	}
}

func (s *Scorecard) figure(row Row, l labelled, got map[figures.Metric]figures.Figure) {
	sum, stated := 0.0, false
	for _, m := range l.metric {
		if f, ok := got[m]; ok {
			sum, stated = sum+f.Value, true
		}
	}
	if l.name == figures.Injuries && !stated {
		if f, ok := got[figures.SeriousInjuries]; ok {
			sum, stated = f.Value, true
		}
	}
	if l.value == nil {
		if stated && sum > 0 {
			if s.Invented == nil {
				s.Invented = map[figures.Metric]int{}
			}
			s.Invented[l.name]++
			s.Mistakes = append(s.Mistakes, Mistake{row.ID, string(l.name), "-", fmt.Sprint(sum)})
		}
		return
	}
	if s.Figures == nil {
		s.Figures = map[figures.Metric]Share{}
	}
	share := s.Figures[l.name]
	right := sum == *l.value && (stated || sum == 0)
	share.add(right)
	s.Figures[l.name] = share
	if !right {
		said := "-"
		if stated {
			said = fmt.Sprint(sum)
		}
		s.Mistakes = append(s.Mistakes, Mistake{row.ID, string(l.name), fmt.Sprint(*l.value), said})
	}
}

// Accuracy is of the unambiguous rows.
func (s *Scorecard) Accuracy() Share {
	var out Share
	for want, row := range s.Confusion {
		for got, n := range row {
			out.Of += n
			if want == got {
				out.Part += n
			}
		}
	}
	return out
}

// MacroF1 is the mean F1 of the levels that occur, over the unambiguous rows.
func (s *Scorecard) MacroF1() float64 {
	sum, n := 0.0, 0
	for _, l := range incident.Levels() {
		hit, wanted, given := 0, 0, 0
		for want, row := range s.Confusion {
			for got, k := range row {
				if want == l {
					wanted += k
				}
				if got == l {
					given += k
				}
				if want == l && got == l {
					hit += k
				}
			}
		}
		if wanted == 0 {
			continue
		}
		n++
		sum += 2 * float64(hit) / float64(wanted+given)
	}
	if n == 0 {
		return 1
	}
	return sum / float64(n)
}

// Others counts the figures other than deaths.
func (s *Scorecard) Others() Share {
	var out Share
	for m, f := range s.Figures {
		if m != figures.Deaths {
			out.Part += f.Part
			out.Of += f.Of
		}
	}
	return out
}

// Write prints the card as plain text, mistakes by id.
func (s *Scorecard) Write(w io.Writer) error {
	p := printer{w: w}
	p.f("accuracy, unambiguous rows  %s\n", s.Accuracy())
	p.f("macro-F1, unambiguous rows  %.3f\n", s.MacroF1())
	p.f("either level, ambiguous     %s\n", s.Either)
	p.f("emergencies found           %s\n", s.Found)
	p.f("false emergencies           %s\n", s.Alarms)
	p.f("drill, rumour, old: emergency without a question %s\n", s.Unasked)
	p.f("%-12s", "right\\given")
	for _, l := range incident.Levels() {
		p.f(" %10s", l)
	}
	p.f("\n")
	for _, want := range incident.Levels() {
		p.f("%-12s", want)
		for _, got := range incident.Levels() {
			p.f(" %10d", s.Confusion[want][got])
		}
		p.f("\n")
	}
	for _, l := range (Row{}).figures() {
		p.f("%-12s exact %s, read where none is stated %d\n", l.name, s.Figures[l.name], s.Invented[l.name])
	}
	p.f("%-12s exact %s\n", "others", s.Others())
	for _, m := range slices.SortedFunc(slices.Values(s.Mistakes), func(a, b Mistake) int { return len(a.What) - len(b.What) }) {
		p.f("  %-14s %-10s want %-22s got %s\n", m.ID, m.What, m.Want, m.Got)
	}
	return p.err
}

// printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) f(format string, a ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, a...)
	}
}
