package bot

import (
	"slices"

	"huiying/incident"
)

// Spec is a command as an [Understander] is told of it.
type Spec struct {
	Kind   incident.Kind
	Name   string
	Fields []SpecField
}

// SpecField is one field of a command that can be said in words; Options are its only
// values, where there are some.
type SpecField struct {
	Name, Label string
	Options     []string
}

// Catalogue describes commands that can be proposed from free words. Those that decide on
// a wording that the person must read first are not among them.
func Catalogue(kinds []incident.Kind) []Spec {
	unproposed := []incident.Kind{
		incident.KindSubmit, incident.KindReview, incident.KindCountersign, incident.KindAcknowledge, incident.KindPause, incident.KindRetime,
	}
	var out []Spec
	for _, k := range kinds {
		if k.Internal() || slices.Contains(unproposed, k) {
			continue
		}
		s := Spec{Kind: k, Name: k.Chinese()}
		for _, fd := range fields(k, incident.Case{}, map[string]string{}) {
			if fd.label == "" || fd.as == asFiles || fd.as == asItems || fd.as == asParts {
				continue
			}
			f := SpecField{Name: fd.name, Label: fd.label}
			for _, o := range fd.options {
				f.Options = append(f.Options, o.value)
			}
			s.Fields = append(s.Fields, f)
		}
		out = append(out, s)
	}
	return out
}
