package classifier

import (
	"huiying/classifier/figures"
	"huiying/incident"
	"huiying/org"
)

// Assessment is what the classifier makes of a report. A person decides.
type Assessment struct {
	Grading incident.Grading
	// Units that should lead, the most likely first, with why.
	Units []UnitChoice
	// Similar are likely duplicates among what was seen lately, the most alike first.
	Similar []Similar
	// Figures are what the text states, whether it counts for the grading or not; a
	// metric that the text does not state is absent.
	Figures map[figures.Metric]figures.Figure
	// Advice is what the model thinks; nil where there is none.
	Advice *Advice
}

// UnitChoice is a unit and why it was chosen.
type UnitChoice struct {
	Unit  org.UnitID `json:"unit"`
	Score float64    `json:"score"`
	// Assist: it is suggested to assist, not to lead.
	Assist bool   `json:"assist,omitempty"`
	Reason string `json:"reason"` // Chinese: the words and the region that matched
}

// Similar is a likely duplicate.
type Similar struct {
	Incident incident.ID `json:"incident"`
	Likeness float64     `json:"likeness"` // 0 to 1
	Why      string      `json:"why"`      // Chinese: what is alike and what differs
}
