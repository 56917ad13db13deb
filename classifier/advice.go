package classifier

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"huiying/classifier/model"
	"huiying/incident"
)

// Advice is what the local model thinks of a report. It grades nothing by itself.
type Advice struct {
	// Category and Unit are the likeliest of the classes that it was taught; Unit is as
	// the training texts call it. Zero where it was taught none.
	Category, Unit model.Opinion
	// Grave is how likely the matter is major or worse, 0 to 1, and by which words; -1
	// where it was taught no levels.
	Grave      float64
	GraveWords []string
}

// WithModel lets a trained model advise; nil leaves the rules alone.
func WithModel(m *model.Model) Option { return func(c *Classifier) { c.model = m } }

// Model is the model that advises; nil when there is none.
func (c *Classifier) Model() *model.Model { return c.model }

// judge asks the model.
func (c *Classifier) judge(r incident.Report) map[string]model.Opinion {
	if c.model == nil {
		return nil
	}
	return c.model.Judge(r.Title, r.Text)
}

// advise is what a model said, as the house needs it; nil when it said nothing.
func advise(said map[string]model.Opinion) *Advice {
	if len(said) == 0 {
		return nil
	}
	a := &Advice{Category: said[model.Category], Unit: said[model.Unit], Grave: -1}
	if level, ok := said[model.Level]; ok {
		a.Grave = level.Of(graveClass)
		if level.Class == graveClass {
			a.GraveWords = level.Words
		}
	}
	return a
}

// proposal is the level that the model would give beside that of the rules: it knows
// general and the rest, so of major and emergency it has no opinion which.
func (a *Advice) proposal(found incident.Level) []Proposal {
	p := Proposal{By: VoiceModel, Level: incident.Major, Sure: a.Grave, Quote: strings.Join(a.GraveWords, "、")}
	switch {
	case a.Grave < 0:
		return nil
	case a.Grave < 0.5:
		p.Level, p.Sure, p.Quote = incident.General, 1-a.Grave, ""
	case found != incident.General:
		return nil
	}
	p.Why = fmt.Sprintf("依以往定级，把握%.0f%%", 100*p.Sure)
	if p.Quote != "" {
		p.Why += "，看“" + p.Quote + "”等词"
	}
	return []Proposal{p}
}

// Log is the advice as the incident keeps it; nothing of no advice.
func (a *Advice) Log() []incident.Advice {
	if a == nil {
		return nil
	}
	var out []incident.Advice
	for _, o := range []struct {
		about string
		model.Opinion
	}{{model.Category, a.Category}, {model.Unit, a.Unit}} {
		if o.Class != "" {
			out = append(out, incident.Advice{About: o.about, Class: o.Class, P: round(o.P), Words: o.Words})
		}
	}
	if a.Grave < 0 {
		return out
	}
	class, p := plainClass, 1-a.Grave
	if a.Grave >= 0.5 {
		class, p = graveClass, a.Grave
	}
	return append(out, incident.Advice{About: model.Level, Class: class, P: round(p), Words: a.GraveWords})
}

// The classes of the head of levels: the doubtful middle lies between general and the
// rest. Emergencies are for the rules to find.
const (
	plainClass = string(incident.General)
	graveClass = string(incident.Major)
)

// LoadModel reads a model that `huiying classify train` wrote; name is for the error.
func LoadModel(name string, r io.Reader) (*model.Model, error) {
	m, err := model.Read(r)
	if err == nil {
		return m, nil
	}
	text := fmt.Sprintf("模型 %s 用不了：%s。", name, plain(err))
	return nil, &incident.Error{Code: incident.CodeInvalid, Field: "files.model", Text: text, Err: err}
}

// plain is the fault's own sentence.
func plain(err error) string {
	for _, known := range []error{model.ErrNoModel, model.ErrVersion, model.ErrBroken} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}

// ParseModel is LoadModel of a file that was read.
func ParseModel(name string, doc []byte) (*model.Model, error) {
	return LoadModel(name, bytes.NewReader(doc))
}
