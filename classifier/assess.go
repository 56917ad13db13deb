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
	// Similar are likely duplicates, the most alike first; filled in by whoever has a [Memory].
	Similar []Similar
	// Figures are what the text states, whether it counts for the grading or not; a
	// metric that the text does not state is absent.
	Figures map[figures.Metric]figures.Figure
	// Happened is when the text says that it happened; nil when it does not say.
	Happened *figures.Moment
	// Places are the county's own places that the report names, in order.
	Places []Place
	// Advice is what the model thinks; nil where there is none.
	Advice *Advice
}

// Place is a place of the county's, as its units' regions and names give them.
type Place struct {
	Region string     `json:"region"`
	Unit   org.UnitID `json:"unit"`
	// Quote is what the report calls it; Start its place in title, line's end and text,
	// in bytes, -1 where it is from the report's own fields.
	Quote string `json:"quote"`
	Start int    `json:"start"`
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
type Similar = incident.Similar
