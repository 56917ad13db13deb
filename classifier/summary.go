package classifier

import "huiying/classifier/figures"

// Summary is an evaluation in figures, as `huiying classify eval --json` prints it.
type Summary struct {
	Rows      int                    `json:"rows"`
	Level     *LevelSummary          `json:"level,omitempty"`
	Emergency *EmergencySummary      `json:"emergency,omitempty"`
	Figures   map[string]FigureScore `json:"figures,omitempty"`
	Category  *TallySummary          `json:"category,omitempty"`
	Unit      *TallySummary          `json:"unit,omitempty"`
	// Grave is the model's own view whether a matter is major or worse.
	Grave    *TallySummary `json:"grave,omitempty"`
	Mistakes []Mistake     `json:"mistakes,omitempty"`
}

// TallySummary is a confusion table with what follows from it.
type TallySummary struct {
	Rows        int                       `json:"rows"`
	Accuracy    float64                   `json:"accuracy"`
	MacroF1     float64                   `json:"macro_f1"`
	Classes     []Class                   `json:"classes"`
	Confusion   map[string]map[string]int `json:"confusion"`
	Calibration []Bin                     `json:"calibration,omitempty"`
	// ECE is the expected calibration error; absent where no confidence was given.
	ECE *float64 `json:"ece,omitempty"`
}

// LevelSummary is on levels: over the unambiguous rows, and over all, an ambiguous one
// being right with either of its two levels.
type LevelSummary struct {
	TallySummary
	Ambiguous int          `json:"ambiguous_rows"`
	Clear     TallySummary `json:"unambiguous"`
}

// EmergencySummary is on what matters most: that none is missed, and few cried wolf.
type EmergencySummary struct {
	Recall Count `json:"recall"`
	// False are rows that are no emergency under either of their levels, and those graded so.
	False Count `json:"false_alarms"`
	// Unasked are drills, rumours and old matters graded emergency without a question.
	Unasked Count `json:"unasked"`
}

// Count is so many of so many.
type Count struct {
	Part int     `json:"n"`
	Of   int     `json:"of"`
	Rate float64 `json:"rate"`
}

// FigureScore is how often a stated figure was read exactly, and how often one was read
// where none is stated.
type FigureScore struct {
	Count
	Invented int `json:"invented"`
}

func count(s Share) Count {
	if s.Of == 0 {
		return Count{}
	}
	return Count{s.Part, s.Of, round(s.Rate())}
}

// Summary is the evaluation in figures; what no row has a label for is left out.
func (e *Evaluation) Summary() Summary {
	s := Summary{Rows: e.Rows, Mistakes: append(append([]Mistake{}, e.Card.Mistakes...), e.Wrong...)}
	if e.Levels.Rows() > 0 {
		e.levels(&s)
	}
	s.Category, s.Unit, s.Grave = e.Category.summary(), e.Unit.summary(), e.Grave.summary()
	return s
}

func (e *Evaluation) levels(s *Summary) {
	var unambiguous Tally
	for right, row := range e.Card.Confusion {
		for given, n := range row {
			for range n {
				unambiguous.Add(string(right), string(given), 0)
			}
		}
	}
	s.Level = &LevelSummary{TallySummary: *e.Levels.summary(), Ambiguous: e.Card.Either.Of}
	if c := unambiguous.summary(); c != nil {
		s.Level.Clear = *c
	}
	s.Emergency = &EmergencySummary{count(e.Card.Found), count(e.Card.Alarms), count(e.Card.Unasked)}
	for m, name := range labelNames() {
		share, ok := e.Card.Figures[m]
		if n := e.Card.Invented[m]; ok || n > 0 {
			if s.Figures == nil {
				s.Figures = map[string]FigureScore{}
			}
			s.Figures[name] = FigureScore{count(share), n}
		}
	}
}

// labelNames are what the labels call the figures that they count.
func labelNames() map[figures.Metric]string {
	return map[figures.Metric]string{
		figures.Deaths: "deaths", figures.Injuries: "injured", figures.Trapped: "missing_trapped", figures.Sick: "poisoned",
	}
}

// summary is nil of no rows.
func (t *Tally) summary() *TallySummary {
	if t.Rows() == 0 {
		return nil
	}
	s := &TallySummary{Rows: t.Rows(), Accuracy: round(t.Accuracy().Rate()), MacroF1: round(t.MacroF1()), Classes: t.Classes(), Confusion: t.Confusion}
	for i := range s.Classes {
		c := &s.Classes[i]
		c.Precision, c.Recall, c.F1 = round(c.Precision), round(c.Recall), round(c.F1)
	}
	if t.sure > 0 {
		bins, ece := t.Calibration()
		ece = round(ece)
		s.Calibration, s.ECE = bins, &ece
	}
	return s
}
