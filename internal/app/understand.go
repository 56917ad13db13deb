package app

import (
	"context"
	"time"

	"huiying/bot"
	"huiying/classifier"
	"huiying/incident"
)

// patience is how long a talk waits for the model: then the rules answer.
const patience = 8 * time.Second

// understander is the model outside as the reader of free words.
type understander struct{ adviser *classifier.Adviser }

// understander is nil where no model is configured, or where it is not to read what officers say.
func (s *server) understander() bot.Understander {
	if s.adviser == nil || !s.cfg.LLM.Understand {
		return nil
	}
	return understander{s.adviser}
}

// Understand implements bot.Understander. Its errors hold nothing of what was said.
func (u understander) Understand(ctx context.Context, text string, kinds []incident.Kind) (bot.Intent, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var choices []classifier.Choice
	for _, spec := range bot.Catalogue(kinds) {
		c := classifier.Choice{Kind: spec.Kind, Name: spec.Name}
		for _, f := range spec.Fields {
			c.Fields = append(c.Fields, classifier.ChoiceField(f))
		}
		choices = append(choices, c)
	}
	w, ok, err := u.adviser.Understand(ctx, text, choices)
	return bot.Intent{Kind: w.Kind, Incident: w.Incident, Fields: w.Fields}, ok, classifier.Fault(err) //nolint:wrapcheck // a word
}
