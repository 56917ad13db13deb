package classifier

import "huiying/incident"

// Evaluation compares assessments with the labels of texts, whichever are there.
type Evaluation struct {
	Rows int
	// Card is on levels and figures; Levels counts every row with a level, an ambiguous
	// one right with either of its two.
	Card   Scorecard
	Levels Tally
	// Category and Unit count rows with such a label; Grave the model's own view whether
	// a matter is major or worse.
	Category, Unit, Grave Tally
	// Wrong are the rows whose category or unit was not found. They hold no text.
	Wrong []Mistake
}

// Add counts one row.
func (e *Evaluation) Add(row Row, a Answer, got Assessment) {
	e.Rows++
	e.Card.Add(row, got)
	if row.Level != "" {
		given := got.Grading.Level
		right := row.Level
		if row.Ambiguous && given == row.AltLevel {
			right = given
		}
		e.Levels.Add(string(right), string(given), 0)
	}
	e.find(&e.Category, "category", row.ID, row.Category, a.Category, a.Confidence)
	unit := ""
	if got.Advice != nil {
		unit = got.Advice.Unit.Class
	}
	if unit == "" || unit != row.Unit && a.Unit == row.Unit {
		unit = a.Unit
	}
	e.find(&e.Unit, "unit", row.ID, row.Unit, unit, 0)
	if got.Advice == nil || got.Advice.Grave < 0 || row.Level == "" || row.Ambiguous {
		return
	}
	right, given, p := plainClass, plainClass, 1-got.Advice.Grave
	if row.Level != incident.General {
		right = graveClass
	}
	if got.Advice.Grave >= 0.5 {
		given, p = graveClass, got.Advice.Grave
	}
	e.Grave.Add(right, given, p)
}

func (e *Evaluation) find(t *Tally, what string, id ID, right, given string, p float64) {
	if right == "" {
		return
	}
	t.Add(right, given, p)
	if right != given {
		e.Wrong = append(e.Wrong, Mistake{ID: id, What: what, Want: right, Got: given})
	}
}
