package figures

import (
	"sort"
	"time"
)

// Metric names what a figure counts (rules.md, Figures).
type Metric string

// The metrics. People unless said otherwise.
const (
	Deaths          Metric = "deaths"
	Missing         Metric = "missing"
	SeriousInjuries Metric = "serious_injuries"
	Injuries        Metric = "injuries"
	Trapped         Metric = "trapped"
	Endangered      Metric = "endangered"
	Sick            Metric = "sick" // ill or poisoned
	Participants    Metric = "participants"
	Affected        Metric = "affected"
	Households      Metric = "households" // 户, not people
	Evacuated       Metric = "evacuated"
	LossYuan        Metric = "loss_yuan"      // direct loss, yuan
	ForestHa        Metric = "forest_ha"      // forest area, hectares
	Magnitude       Metric = "magnitude"      // of an earthquake
	Hours           Metric = "hours"          // how long something has lasted
	Cars            Metric = "cars"           // of a train, off the rails
	Records         Metric = "records"        // personal records that leaked
	OutagePercent   Metric = "outage_percent" // of customers or load without power
)

// Metrics lists them all, in the order in which they are shown.
func Metrics() []Metric {
	return []Metric{
		Deaths, Missing, SeriousInjuries, Injuries, Trapped, Endangered, Sick, Participants, Affected,
		Households, Evacuated, LossYuan, ForestHa, Magnitude, Hours,
		Cars, Records, OutagePercent,
	}
}

// Qualifier says how sure a number is.
type Qualifier string

// The qualifiers.
const (
	Exact   Qualifier = "exact"
	About   Qualifier = "about"    // 约、左右
	AtLeast Qualifier = "at_least" // 余、多、超过、至少、以上
	Nearly  Qualifier = "nearly"   // 近、将近: below the number
	Range   Qualifier = "range"    // 三四人、10至20人
)

// Context is what keeps a figure from counting; several may hold.
type Context uint16

// The contexts.
const (
	Negated      Context = 1 << iota // 未造成、无: the value is 0
	Hypothetical                     // 如果、万一、怎么办
	Drill                            // 演练
	Hearsay                          // 网传、听说
	Denied                           // 谣言、不实
	Historical                       // long before the report
	Statistic                        // 今年以来共…起: a sum of many events
	Quoted                           // in a title or a rule of law
)

// Figure is one number that the text states.
type Figure struct {
	Metric Metric
	// Value is the number; of a range its lower end, and Max the upper; else both are equal.
	Value, Max float64
	Qualifier  Qualifier
	// Start and End are the place of Quote in the text, in bytes.
	Start, End int
	Quote      string
	Context    Context
	// Part is true for a subtotal (其中) of another figure.
	Part bool
	// Adds is true for one that comes on top of an earlier one (另有、又有).
	Adds bool
	// Newly is true for one that is new since the earlier one (又有、新增).
	Newly bool
	// Replaces is true for one that takes the place of earlier ones (更正为、仍有).
	Replaces bool
	// Implied is true when the text names who, without a number: 司机身亡 is 1.
	Implied bool
	// Mixed is true for dead and injured in one number: 十余人伤亡.
	Mixed bool
	// Vague is true for 多人、数人: more than one, and no more is known.
	Vague bool
}

// Has tells whether any of the contexts holds.
func (f Figure) Has(c Context) bool { return f.Context&c != 0 }

// Now tells whether the figure is stated as a fact of the present matter.
func (f Figure) Now() bool { return f.Context&^Negated == 0 }

// Reading is what a text states.
type Reading struct {
	Figures []Figure
	// Flags hold for the text as a whole: Drill, Hearsay, Denied, Historical, Negated.
	Flags Context
	// Reference is the day by which old and new were told apart; zero when unknown.
	Reference time.Time
	// Freed are the words that say that all who were trapped are out, such as 15人已全部救出;
	// empty where the text does not say so.
	Freed string

	moment    *Moment
	joined    string
	titleEnd  int
	sentences []Sentence
}

// Sentence is a run of the text up to a full stop, with its clauses.
type Sentence struct {
	Start, End int // bytes of the text
	Clauses    []Clause
}

// Clause is what stands between commas, with what keeps it from being a fact of now.
type Clause struct {
	Start, End int
	Context    Context
}

// Happened is when the text says that its matter happened.
func (r Reading) Happened() (Moment, bool) {
	if r.moment == nil {
		return Moment{}, false
	}
	m := *r.moment
	m.Quote = r.joined[m.Start:m.End]
	return m, true
}

// Text is the text that was read: title, a line's end, body. Places refer to it.
func (r Reading) Text() string { return r.joined }

// Sentences are the sentences of the text.
func (r Reading) Sentences() []Sentence { return r.sentences }

// SentenceAt is the sentence that holds a byte of the text.
func (r Reading) SentenceAt(pos int) Sentence {
	i := r.SentenceIndex(pos)
	if i == len(r.sentences) {
		return Sentence{}
	}
	return r.sentences[i]
}

// SentenceIndex is the index of the sentence that holds a byte of the text; the number
// of sentences when none does.
func (r Reading) SentenceIndex(pos int) int {
	return sort.Search(len(r.sentences), func(i int) bool { return r.sentences[i].End > pos })
}

// ContextAt is the context of the clause that holds a byte of the text.
func (r Reading) ContextAt(pos int) Context {
	for _, c := range r.SentenceAt(pos).Clauses {
		if pos < c.End {
			return c.Context
		}
	}
	return 0
}

// keep hands the sentences over, with the places of the original text.
func (r *Reading) keep(sc *scan) {
	r.sentences = make([]Sentence, len(sc.sentences))
	clauses := make([]Clause, 0, 2*len(sc.sentences))
	for i, se := range sc.sentences {
		from := len(clauses)
		for _, c := range se.clauses {
			clauses = append(clauses, Clause{sc.original(c.start), sc.original(c.end), c.ctx | se.ctx&Drill})
		}
		r.sentences[i] = Sentence{Start: sc.original(se.start), End: sc.original(se.end), Clauses: clauses[from:len(clauses):len(clauses)]}
	}
}

// Text is what is to be read.
type Text struct {
	Title, Body string
	// At is when it was written or reported; zero when unknown.
	At time.Time
}
