package page

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// formView is the form of one command.
type formView struct {
	Kind   incident.Kind
	Name   string
	Action string
	Key    string
	CSRF   string
	Fields []fieldView
	Error  string
	// Open shows the form unfolded.
	Open bool
	// Plain: the command asks for nothing, and is a button alone.
	Plain bool
	// Words are those that are decided on: nobody must look for them elsewhere.
	Words *draftView
	// Agreed is the wording of the last consultation, for who writes a draft.
	Agreed string
	// Quiet and Grave colour the button: not waited for, and not easily taken back.
	Quiet, Grave bool
}

// fieldView is one field as it is shown, with what was typed.
type fieldView struct {
	ID, Name, Label, Help, Value, Error string
	As                                  input
	Required, Checked                   bool
	Options                             []option
	// Chosen is how many of the options are selected.
	Chosen int
}

// attempt is a form that was sent and refused: it is shown again with what was typed.
type attempt struct {
	kind   incident.Kind
	typed  url.Values
	err    string
	fields map[string]string
}

// forms are the commands that somebody may give now: first what is waited for, then the rest.
func (p *Pages) forms(ctx context.Context, c incident.Case, v Visit, tried *attempt) (now, other []formView) {
	for _, kind := range c.Allowed(v.By) {
		again := tried != nil && tried.kind == kind
		if !useful(kind, c, v.By) && !again {
			continue
		}
		f := p.form(kind, c, v, tried)
		f.Words = p.decidedOn(ctx, kind, c, v)
		if serves(kind, c, v.By, p.now()) || again {
			now = append(now, f)
		} else {
			f.Quiet = true
			other = append(other, f)
		}
	}
	// What others wait for comes first.
	slices.SortStableFunc(now, func(a, b formView) int { return first(a.Kind) - first(b.Kind) })
	// Somebody who looks sees at once what to do; the first of several is unfolded.
	if tried == nil && len(now) > 0 && !now[0].Plain {
		now[0].Open = true
	}
	return now, other
}

func (p *Pages) form(kind incident.Kind, c incident.Case, v Visit, tried *attempt) formView {
	f := formView{
		Kind: kind, Name: kind.Chinese(), Action: home(c) + "/" + string(kind),
		Key: newKey(), CSRF: v.CSRF, Grave: kind == incident.KindVoid || kind == incident.KindArchive || kind == incident.KindStrikeProof,
	}
	if kind == incident.KindDraft {
		f.Agreed = p.agreed(c, p.now())
	}
	fields := p.fields(kind, c, v.By)
	f.Plain = len(fields) == 0
	var typed url.Values
	var faults map[string]string
	if tried != nil && tried.kind == kind {
		f.Open, f.Error, typed, faults = true, tried.err, tried.typed, tried.fields
		if key := typed.Get("key"); key != "" {
			f.Key = key
		}
	}
	for _, fd := range fields {
		f.Fields = append(f.Fields, p.fieldView(string(kind), fd, typed, faults))
	}
	return f
}

// first orders what is waited for: acceptance, then the reviews that hold others up.
func first(kind incident.Kind) int {
	switch kind { //nolint:exhaustive // the others come last
	case incident.KindAccept:
		return 0
	case incident.KindReview, incident.KindCountersign:
		return 1
	case incident.KindSubmit:
		return 2
	case incident.KindCompose:
		return 4
	}
	return 3
}

// decidedOn is the draft that a command decides on, nil for none.
func (p *Pages) decidedOn(ctx context.Context, kind incident.Kind, c incident.Case, v Visit) *draftView {
	var d *incident.Draft
	switch kind { //nolint:exhaustive // the others decide on no words
	case incident.KindReview:
		d = c.ToReview(v.By)
	case incident.KindCountersign:
		d = c.ToSign(v.By)
	case incident.KindSubmit:
		d = draftIn(c, incident.Drafting)
	}
	if d == nil {
		return nil
	}
	view := p.draft(c, *d, p.now())
	if kind == incident.KindSubmit {
		view.Found = p.Desk.Vet(ctx, c, d.N)
	}
	return &view
}

// fieldView shows a field; typed is nil for a form that was not sent yet.
func (p *Pages) fieldView(form string, fd field, typed url.Values, faults map[string]string) fieldView {
	v := fieldView{
		ID: form + "-" + fd.name, Name: fd.name, Label: fd.label, Help: fd.help, As: fd.as, Required: fd.required,
		Value: fd.value, Error: faults[fd.name], Options: slices.Clone(fd.options),
	}
	chosen := []string{fd.value}
	if typed != nil && fd.as != asFixed && fd.as != asSeen {
		chosen = typed[fd.name]
		v.Value = typed.Get(fd.name)
	}
	switch fd.as {
	case asCheck:
		v.Checked = v.Value != ""
	case asUnit:
		v.Options = append([]option{{Label: "请选择"}}, p.unitOptions()...)
	case asUnits:
		v.Options = p.unitOptions()
	case asLine, asText, asChoice, asTime, asDate, asNumber, asFixed, asSeen, asPick, asVerdict, asItems, asParts:
	}
	for i := range v.Options {
		if typed != nil || fd.value != "" || fd.as == asUnits {
			v.Options[i].Selected = slices.Contains(chosen, v.Options[i].Value)
		}
		if v.Options[i].Selected && v.Options[i].Value != "" {
			v.Chosen++
		}
	}
	return v
}

func (p *Pages) unitOptions() []option {
	var out []option
	for _, u := range p.Desk.Directory().Data().Units {
		out = append(out, option{Value: string(u.ID), Label: u.Name})
	}
	return out
}

// read turns what was typed into the command's JSON values; a field that cannot be read
// is named with what is wrong.
func (p *Pages) read(fields []field, typed url.Values) (map[string]any, map[string]string) {
	values, faults := map[string]any{}, map[string]string{}
	for _, fd := range fields {
		text := strings.TrimSpace(typed.Get(fd.name))
		if fd.as == asFixed {
			values[fd.name] = fd.value
			continue
		}
		if fd.as == asUnits {
			var units []org.UnitID
			for _, u := range typed[fd.name] {
				units = append(units, org.UnitID(u))
			}
			values[fd.name] = units
			continue
		}
		if text == "" {
			if fd.required {
				faults[fd.name] = "请填写" + fd.label + "。"
				if fd.as == asChoice || fd.as == asUnit || fd.as == asVerdict || fd.as == asPick {
					faults[fd.name] = "请选择" + fd.label + "。"
				}
			}
			continue
		}
		value, fault := p.readOne(fd, text)
		if fault != "" {
			faults[fd.name] = fault
		}
		values[fd.name] = value
	}
	return values, faults
}

func (p *Pages) readOne(fd field, text string) (value any, fault string) {
	switch fd.as {
	case asVerdict:
		return text == "yes", ""
	case asSeen:
		if n, ok := number(text); ok && fd.name == "draft" {
			return n, ""
		}
	case asNumber, asPick:
		n, ok := number(text)
		if !ok {
			return nil, "“" + text + "”不是数字，请填写整数。"
		}
		return n, ""
	case asCheck:
		return true, ""
	case asItems, asParts:
		items, err := p.Desk.Items(fd.name, text, fd.as == asItems)
		if err != nil {
			return nil, incident.Text(err)
		}
		return items, ""
	case asTime:
		return p.readTime(text, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04")
	case asDate:
		day, fault := p.readTime(text, time.DateOnly)
		if fault != "" {
			return nil, fault
		}
		// The last minute of the day: a promise for today lies in the future all day long.
		return day.Add(24*time.Hour - time.Minute), ""
	case asLine, asText, asChoice, asUnit, asUnits, asFixed:
	}
	return text, ""
}

// readTime reads what a browser's own field gives, or somebody typed where it has none.
func (p *Pages) readTime(text string, layouts ...string) (at time.Time, fault string) {
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, text, p.Desk.Zone); err == nil {
			return at, ""
		}
	}
	example := strings.Replace(layouts[0], "T", " ", 1)
	example = strings.NewReplacer("2006", "2026", "01", "11", "02", "20", "15", "16", "04", "40").Replace(example)
	return time.Time{}, "“" + text + "”不是时间，请写成 " + example + "。"
}
