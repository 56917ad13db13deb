package figures

import "time"

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
	LossYuan        Metric = "loss_yuan" // direct loss, yuan
	ForestHa        Metric = "forest_ha" // forest area, hectares
	Magnitude       Metric = "magnitude" // of an earthquake
	Hours           Metric = "hours"     // how long something has lasted
)

// Metrics lists them all, in the order in which they are shown.
func Metrics() []Metric {
	return []Metric{
		Deaths, Missing, SeriousInjuries, Injuries, Trapped, Endangered, Sick, Participants, Affected,
		Households, Evacuated, LossYuan, ForestHa, Magnitude, Hours,
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
	// Implied is true when the text names who, without a number: 司机身亡 is 1.
	Implied bool
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
}

// Text is what is to be read.
type Text struct {
	Title, Body string
	// At is when it was written or reported; zero when unknown.
	At time.Time
}
