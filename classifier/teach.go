package classifier

import (
	"errors"
	"fmt"

	"huiying/classifier/model"
	"huiying/incident"
)

// Sample is the row as something to learn from: whichever labels are there. Of an
// ambiguous level nothing is learned.
func (r Row) Sample() model.Sample {
	s := model.Sample{Title: r.Title, Text: r.Text, Tokens: r.Tokens, Labels: map[string]string{}}
	if r.Text != "" || r.Title != "" {
		s.Tokens = nil
	}
	if r.Category != "" {
		s.Labels[model.Category] = r.Category
	}
	if r.Unit != "" {
		s.Labels[model.Unit] = r.Unit
	}
	if !r.Ambiguous {
		switch r.Level {
		case incident.General:
			s.Labels[model.Level] = plainClass
		case incident.Major, incident.Emergency:
			s.Labels[model.Level] = graveClass
		}
	}
	return s
}

// LevelKnown refuses a row whose label of level does not exist.
func (r Row) LevelKnown() error {
	for _, l := range []incident.Level{r.Level, r.AltLevel} {
		if l != "" && !l.Valid() {
			return fmt.Errorf("的level“%s”不认识，可用general、major、emergency", l)
		}
	}
	return nil
}

// Teach trains a model. Its error is a sentence for people.
func Teach(samples []model.Sample) (*model.Model, error) {
	m, err := model.Train(samples)
	if errors.Is(err, model.ErrNothing) {
		return nil, &incident.Error{Code: incident.CodeInvalid, Text: model.ErrNothing.Error() + "。", Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("train model: %w", err)
	}
	return m, nil
}
