package classifier

import (
	"math"

	"huiying/classifier/figures"
	"huiying/incident"
	"huiying/org"
)

// Answer is an assessment as `huiying classify` prints it, one JSON object a line.
type Answer struct {
	ID    ID             `json:"id"`
	Level incident.Level `json:"level"`
	// Grade is the event's official grade where a rule gave one.
	Grade    string              `json:"grade,omitempty"`
	Evidence []incident.Evidence `json:"evidence"`
	// Figures are those that the text states; 0 when it says that there are none.
	Figures map[figures.Metric]float64 `json:"figures"`
	Flags   []string                   `json:"flags"`
	Doubts  []string                   `json:"doubts,omitempty"`
	// Category is the model's where there is one, else that of the rules.
	Category string `json:"category,omitempty"`
	// Confidence is how sure the model is of the category, 0 to 1; absent without a model.
	Confidence float64 `json:"category_confidence,omitempty"`
	// Words are those that weighed for the model's category.
	Words []string `json:"category_words,omitempty"`
	// Event is the kind of event or matter by the rules, where Category is the model's.
	Event string `json:"event,omitempty"`
	// Grave is how likely the model thinks it that the matter is major or worse.
	Grave *float64 `json:"grave_confidence,omitempty"`
	// Unit is the name of the unit that should lead; Units are the likeliest with why.
	Unit  string       `json:"unit,omitempty"`
	Units []UnitAnswer `json:"units,omitempty"`
}

// UnitAnswer is a unit that may lead, by its name.
type UnitAnswer struct {
	UnitChoice
	Name string `json:"name"`
}

// Answer assesses one row. The clock is the row's own: without a time in the row the
// text's age is left out of account, so that the same rows give the same answers any day.
func (c *Classifier) Answer(r Row) Answer {
	return c.AnswerOf(r.ID, c.Assess(r.Report(), r.At()))
}

// AnswerOf is an assessment as it is printed.
func (c *Classifier) AnswerOf(id ID, a Assessment) Answer {
	g := a.Grading
	out := Answer{
		ID: id, Level: g.Level, Grade: g.Grade, Evidence: g.Evidence, Flags: g.Flags, Doubts: g.Doubts, Category: g.Category,
		Figures: map[figures.Metric]float64{},
	}
	if out.Evidence == nil {
		out.Evidence = []incident.Evidence{}
	}
	if out.Flags == nil {
		out.Flags = []string{}
	}
	for m, f := range a.Figures {
		out.Figures[m] = f.Value
	}
	if a.Advice != nil {
		out.advised(*a.Advice)
	}
	for _, u := range a.Units {
		u.Score = round(u.Score)
		out.Units = append(out.Units, UnitAnswer{u, c.unitName(u.Unit)})
	}
	if len(out.Units) > 0 {
		out.Unit = out.Units[0].Name
	}
	return out
}

func (a *Answer) advised(said Advice) {
	if said.Category.Class != "" {
		a.Event, a.Category = a.Category, said.Category.Class
		a.Confidence, a.Words = round(said.Category.P), said.Category.Words
	}
	if said.Grave >= 0 {
		p := round(said.Grave)
		a.Grave = &p
	}
}

// round keeps four places, more than a likelihood is worth.
func round(p float64) float64 { return math.Round(p*10_000) / 10_000 }

// unitName is what officers call the unit; the id when nobody knows it.
func (c *Classifier) unitName(id org.UnitID) string {
	if c.directory == nil {
		return string(id)
	}
	if dir := c.directory(); dir != nil {
		if u, ok := dir.Unit(id); ok {
			return u.Name
		}
	}
	return string(id)
}
