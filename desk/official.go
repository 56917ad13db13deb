package desk

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"time"

	"huiying/classifier/figures"
	"huiying/incident"
	"huiying/org"
)

// unknown is what stands for a fact that is not known: it is never left out.
const unknown = "待核实"

// official is what the templates of 首报、续报、终报 may say.
type official struct {
	Title, Unit, ReceivedAt, Source, Place, Nature, Course, Casualties, Loss, Affected string
	Measures, Public, Contact, Since, News                                             string
	N                                                                                  string
}

// filesNote is what the log says of files that came along: no words of a report.
var filesNote = regexp.MustCompile(`（附件\d+个）$`)

// Official fills the next official report of a stage (first, followup, final) out of the
// log, for the unit to correct and send. Empty where no templates were handed in.
func (d *Desk) Official(c incident.Case, entries []incident.Entry, stage string) (string, error) {
	if d.Templates == nil {
		return "", nil
	}
	t, err := template.New("official").ParseFS(d.Templates, "*.tmpl")
	if err != nil {
		return "", fmt.Errorf("read templates: %w", err)
	}
	name := "official-" + stage
	if t.Lookup(name) == nil {
		return "", &incident.Error{Code: incident.CodeInternal, Text: fmt.Sprintf("消息模板缺少 {{define %q}}，请从内置的 official.tmpl 补上。", name), Err: fs.ErrNotExist}
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, d.official(c, entries)); err != nil {
		return "", fmt.Errorf("fill %s: %w", name, err)
	}
	return strings.TrimSpace(b.String()), nil
}

func (d *Desk) official(c incident.Case, entries []incident.Entry) official {
	r := c.Report.Masked()
	o := official{
		Title: r.Title, Unit: or(d.Directory().UnitName(c.Lead)), ReceivedAt: incident.Show(c.ReceivedAt.Truncate(time.Minute), d.Zone), Source: r.Source.Name,
		Place: or(r.Place), Nature: or(strings.Trim(c.Grading.Category+" "+c.Grading.Grade, " ")), Course: or(strings.TrimRight(oneLine(r.Text), "。")),
		Measures: unknown, News: unknown, Since: incident.Show(c.ReceivedAt.Truncate(time.Minute), d.Zone), N: strconv.Itoa(max(1, len(c.OfficialReports))),
		Contact: d.contact(c),
	}
	known := d.Known(c)
	pick := func(metrics ...figures.Metric) string {
		var parts []string
		for _, m := range metrics {
			if q := known[string(m)]; q != "" {
				parts = append(parts, q)
			}
		}
		return or(strings.Join(parts, "，"))
	}
	o.Casualties = pick(figures.Deaths, figures.Missing, figures.SeriousInjuries, figures.Injuries, figures.Trapped, figures.Sick)
	o.Loss, o.Affected = pick(figures.LossYuan), pick(figures.Affected, figures.Households, figures.Evacuated, figures.ForestHa)
	last := c.ReceivedAt
	if n := len(c.OfficialReports); n > 0 {
		last = c.OfficialReports[n-1].At
		o.Since = incident.Show(last.Truncate(time.Minute), d.Zone)
	}
	var done, news []string
	for _, e := range entries {
		if e.Command != incident.KindProgress {
			continue
		}
		text := strings.TrimPrefix(filesNote.ReplaceAllString(incident.MaskText(e.Text), ""), "进展：")
		text = incident.Show(e.At.Truncate(time.Minute), d.Zone) + strings.TrimRight(text, "。")
		done = append(done, text)
		if e.At.After(last) {
			news = append(news, text)
		}
	}
	o.Measures, o.News = or(strings.Join(done, "；")), or(strings.Join(news, "；"))
	o.Public = d.public(c)
	return o
}

// public says what was told to the public so far.
func (d *Desk) public(c incident.Case) string {
	if len(c.Releases) == 0 && len(c.Responses) == 0 {
		return "尚未对外发布"
	}
	var parts []string
	for _, r := range c.Releases {
		parts = append(parts, incident.Show(r.At.Truncate(time.Minute), d.Zone)+"发布"+r.Address)
	}
	for _, r := range c.Responses {
		parts = append(parts, incident.Show(r.At.Truncate(time.Minute), d.Zone)+"回应"+r.Address)
	}
	return strings.Join(parts, "；")
}

// contact is who handles it in the lead unit.
func (d *Desk) contact(c incident.Case) string {
	for _, r := range d.Directory().Resolve([]org.Post{org.Handler}, c.Lead, d.Clock.Now()) {
		return r.Person.Name
	}
	return unknown
}

func or(s string) string {
	if s == "" {
		return unknown
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
