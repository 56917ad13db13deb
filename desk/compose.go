package desk

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"time"

	"huiying/classifier"
	"huiying/classifier/figures"
	"huiying/incident"
	"huiying/org"
)

// Author writes a first draft in the place of a template; a model outside.
type Author interface {
	// Draft returns a title and a text that rest on the facts; on an error the template's stand.
	Draft(ctx context.Context, f classifier.Facts) (title, text string, err error)
}

// firstDraft is what the templates of a first draft may say.
type firstDraft struct {
	official

	Emergency bool
	Agreed    string
}

// starred matches a number of a person that was masked: in a text for the public not even its ends stand.
var starred = regexp.MustCompile(`\d+\*{2,}[\dXx]+`)

// compose gives a Compose with its words: those of the template, and in their place the
// author's where there is one and it answers. The author is asked before the case is
// decided on, so that nothing waits for the network while it decides.
func (d *Desk) compose(ctx context.Context, by org.Actor, id incident.ID, cmd incident.Compose, key string) (incident.Case, error) {
	if done, repeat := d.byKey(ctx, id, key); repeat {
		return done, nil
	}
	c, err := d.Store.Load(ctx, id)
	if err != nil {
		return incident.Case{}, fmt.Errorf("load incident %s: %w", id, err)
	}
	entries, err := d.Store.Log(ctx, id)
	if err != nil {
		return incident.Case{}, fmt.Errorf("read log of incident %s: %w", id, err)
	}
	cmd = incident.Compose{County: cmd.County}
	if cmd.Title, cmd.Text, err = d.filled(c, entries); err != nil {
		return incident.Case{}, err
	}
	// Who may not have it written must not have anything sent outside either.
	if _, _, err := c.Apply(cmd, by, d.Clock.Now()); err != nil {
		return incident.Case{}, err //nolint:wrapcheck // a sentence for people
	}
	if d.Author != nil {
		title, text, err := d.Author.Draft(ctx, d.factsOf(c, entries, cmd))
		switch {
		case ctx.Err() != nil:
			return incident.Case{}, fmt.Errorf("write first draft: %w", ctx.Err())
		case err != nil:
			d.Log.Warn("model outside wrote no draft", "incident", id, "reason", classifier.AdviceFault(err))
			cmd.Why = classifier.FaultChinese(err)
		default:
			cmd.Title, cmd.Text, cmd.Model = title, text, true
		}
	}
	return d.once(ctx, by, id, cmd, key)
}

// filled is the first draft that the template makes; empty where there is no template.
func (d *Desk) filled(c incident.Case, entries []incident.Entry) (title, text string, err error) {
	if d.Templates == nil {
		return "", "", nil
	}
	t, err := template.New("draft").ParseFS(d.Templates, "*.tmpl")
	if err != nil {
		return "", "", fmt.Errorf("read templates: %w", err)
	}
	if t.Lookup("draft-title") == nil || t.Lookup("draft-text") == nil {
		return "", "", nil
	}
	data := d.firstDraft(c, entries)
	var b strings.Builder
	for _, part := range []struct {
		name string
		into *string
	}{{"draft-title", &title}, {"draft-text", &text}} {
		b.Reset()
		if err := t.ExecuteTemplate(&b, part.name, data); err != nil {
			return "", "", fmt.Errorf("fill %s: %w", part.name, err)
		}
		*part.into = strings.TrimSpace(b.String())
	}
	return oneLine(title), text, nil
}

// firstDraft takes the facts of the log. What the reporter said stays what he said: figures
// are those that units stated, and persons are hidden.
func (d *Desk) firstDraft(c incident.Case, entries []incident.Entry) firstDraft {
	f := firstDraft{official: d.official(c, entries), Emergency: c.Level() == incident.Emergency}
	who := reporters(c)
	hide := func(text string) string {
		for _, r := range who { // the report came masked: 张** is no words for the public
			if masked := incident.MaskName(r.Name); strings.HasSuffix(masked, "*") && masked != "*" {
				text = strings.ReplaceAll(text, masked, "〔姓名〕")
			}
		}
		return starred.ReplaceAllString(classifier.Conceal(text, who...), "〔号码〕")
	}
	f.Title, f.Course, f.Measures = hide(f.Title), hide(f.Course), hide(f.Measures)
	if agreed, ok := c.Agreed(); ok {
		f.Agreed = hide(strings.TrimRight(oneLine(agreed.Wording), "。")) + "。"
	}
	said := map[figures.Metric]string{}
	for _, s := range statements(c) {
		for m, fig := range s.figures {
			said[m] = fig.Quote
		}
	}
	pick := func(metrics ...figures.Metric) string {
		var parts []string
		for _, m := range metrics {
			if q := said[m]; q != "" {
				parts = append(parts, q)
			}
		}
		return or(strings.Join(parts, "，"))
	}
	f.Casualties = pick(figures.Deaths, figures.Missing, figures.SeriousInjuries, figures.Injuries, figures.Trapped, figures.Sick)
	f.Loss, f.Affected = pick(figures.LossYuan), pick(figures.Affected, figures.Households, figures.Evacuated, figures.ForestHa)
	return f
}

// factsOf is what the author is shown: the template's draft and what people wrote in the log.
func (d *Desk) factsOf(c incident.Case, entries []incident.Entry, cmd incident.Compose) classifier.Facts {
	f := classifier.Facts{Title: cmd.Title, Text: cmd.Text, Reporters: reporters(c)}
	f.Known = append(f.Known, "来件："+oneLine(c.Report.Title+"。"+c.Report.Text))
	for _, e := range entries {
		if factual(e.Command) {
			f.Known = append(f.Known, incident.Show(e.At.Truncate(time.Minute), d.Zone)+" "+oneLine(d.unitsNamed(c, e.Text)))
		}
	}
	return f
}

// unitsNamed calls the units that work on a case by their names, where a sentence of the log
// begins or lists what they do by their ids.
func (d *Desk) unitsNamed(c incident.Case, text string) string {
	text = d.named(c, text)
	for _, u := range append([]org.UnitID{c.Lead}, c.Assisting...) {
		if u != "" {
			text = strings.ReplaceAll(text, string(u)+"：", d.Directory().UnitName(u)+"：")
		}
	}
	return text
}

// factual tells whether an entry's sentence says what happened outside, rather than who
// told whom, or what a draft says.
func factual(k incident.Kind) bool {
	switch k { //nolint:exhaustive // the others are of the house's own way
	case incident.KindProgress, incident.KindFirstReport, incident.KindOpinion, incident.KindConsult, incident.KindRelease, incident.KindRespond,
		incident.KindPressConference, incident.KindPlan, incident.KindConclude, incident.KindRegrade:
		return true
	}
	return false
}

func reporters(c incident.Case) []incident.Reporter {
	out := []incident.Reporter{c.Report.Reporter}
	for _, r := range c.More {
		out = append(out, r.Reporter)
	}
	return out
}
