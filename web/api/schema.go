package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// object is a JSON object of the document.
type object = map[string]any

// schemas makes JSON Schemas of Go types, each struct once, under components/schemas.
type schemas struct {
	defs  object
	names map[reflect.Type]string
}

func newSchemas() *schemas { return &schemas{defs: object{}, names: map[reflect.Type]string{}} }

// of is the schema of a value's type; a struct is referred to by name.
func (s *schemas) of(v any) object { return s.typ(reflect.TypeOf(v)) }

func (s *schemas) typ(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[Stamp]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return object{}
	}
	if values := enum(t); values != nil {
		return object{"type": "string", "enum": values}
	}
	switch t.Kind() { //nolint:exhaustive // the other kinds do not occur in answers
	case reflect.Pointer:
		return s.typ(t.Elem())
	case reflect.Struct:
		return s.ref(t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.typ(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.typ(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	}
	return object{}
}

// ref refers to a struct by its name; one whose name another package took as well is
// called by both, such as IncidentReport.
func (s *schemas) ref(t reflect.Type) object {
	name, known := s.names[t]
	if !known {
		name = t.Name()
		if _, taken := s.defs[name]; taken {
			pkg := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]
			name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
		}
		s.names[t] = name
		s.defs[name] = object{} // takes the name while the fields are looked at
		s.defs[name] = s.structure(t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func (s *schemas) structure(t reflect.Type) object {
	properties := object{}
	required := []string{}
	s.fields(t, properties, &required)
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		slices.Sort(required)
		out["required"] = required
	}
	return out
}

// fields adds a struct's fields; those of an embedded struct as its own, as JSON has them.
func (s *schemas) fields(t reflect.Type, properties object, required *[]string) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			s.fields(f.Type, properties, required)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = f.Name
		}
		properties[name] = s.typ(f.Type)
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}

// enum lists the values of a type that has few, nil for one that has not.
func enum(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[incident.Level]():
		return words(incident.Levels())
	case reflect.TypeFor[incident.State]():
		return words(incident.States())
	case reflect.TypeFor[incident.MilestoneKind]():
		return words(incident.MilestoneKinds())
	case reflect.TypeFor[incident.MilestoneState]():
		return words([]incident.MilestoneState{incident.Pending, incident.Met, incident.MetLate, incident.Overdue, incident.Voided})
	case reflect.TypeFor[incident.ConcludeKind]():
		return words(incident.ConcludeKinds())
	case reflect.TypeFor[incident.Kind]():
		return words(incident.Kinds())
	case reflect.TypeFor[incident.DraftState]():
		return words(incident.DraftStates())
	case reflect.TypeFor[incident.Audience]():
		return []string{string(incident.ToSuperior), string(incident.ToPlatform), string(incident.ToReporter)}
	case reflect.TypeFor[incident.DutyState]():
		return words(incident.DutyStates())
	case reflect.TypeFor[incident.DutyCycle]():
		return words(incident.DutyCycles())
	case reflect.TypeFor[incident.Stage]():
		return words(incident.Stages())
	case reflect.TypeFor[org.Post]():
		return words(org.Posts())
	}
	return nil
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
