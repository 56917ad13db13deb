package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"huiying/classifier/figures"
	"huiying/incident"
	"huiying/org"
)

// statement is a text that somebody stands for, with the figures that it states.
type statement struct {
	unit    org.UnitID
	what    string // 首报、协办意见、发布
	at      time.Time
	figures map[figures.Metric]figures.Figure
}

// figureReader is shared: it holds only its word lists, which never change.
var figureReader = sync.OnceValue(figures.NewReader) //nolint:gochecknoglobals // made once, when first needed

// statements are the official reports, opinions and releases of a case, oldest first.
func statements(c incident.Case) []statement {
	var out []statement
	add := func(unit org.UnitID, what string, at time.Time, title, text string) {
		read := figureReader().Read(figures.Text{Title: title, Body: text, At: at})
		s := statement{unit: unit, what: what, at: at, figures: firm(read)}
		if _, still := s.figures[figures.Trapped]; !still && read.Freed != "" {
			s.figures[figures.Trapped] = figures.Figure{Metric: figures.Trapped, Quote: read.Freed} // none are left
		}
		out = append(out, s)
	}
	for _, r := range c.OfficialReports {
		add(r.Unit, map[string]string{"first": "首报", "followup": "续报", "final": "终报"}[r.Stage], r.At, "", r.Text)
	}
	for _, o := range c.Opinions {
		add(o.Unit, "协办意见", o.At, "", o.Text)
	}
	for _, r := range c.Consultations {
		add("", "会商口径", r.At, "", r.Facts+"\n"+r.Wording)
	}
	for _, r := range c.Releases {
		add(c.Lead, "权威发布", r.At, r.Title, r.Text)
	}
	slices.SortStableFunc(out, func(a, b statement) int { return a.at.Compare(b.at) })
	return out
}

// firm are the figures that a text states as facts of now, in numbers.
func firm(r figures.Reading) map[figures.Metric]figures.Figure {
	out := map[figures.Metric]figures.Figure{}
	for m, f := range r.Stated() {
		if f.Now() && !f.Vague {
			out[m] = f
		}
	}
	return out
}

// differing compares a draft's figures with the last that each unit stated.
func (d *Desk) differing(c incident.Case, draft incident.Draft) []incident.Finding {
	last := draft.Last()
	mine := firm(figureReader().Read(figures.Text{Title: last.Title, Body: last.Text, At: last.At}))
	var out []incident.Finding
	for _, m := range figures.Metrics() {
		f, ok := mine[m]
		if !ok {
			continue
		}
		for _, s := range latest(statements(c), m) {
			if was := s.figures[m]; was.Value != f.Value || was.Max != f.Max {
				out = append(out, ask("figures", "%s与%s不一致：稿中“%s”，%s%s为“%s”",
					metricName(m), s.what, f.Quote, d.Directory().UnitName(s.unit), s.what, was.Quote))
			}
		}
	}
	return out
}

// latest is each unit's last statement of a metric. What was agreed in a consultation, which
// speaks for no unit, takes the place of what units said before.
func latest(all []statement, m figures.Metric) []statement {
	var out []statement
	for _, s := range slices.Backward(all) {
		_, states := s.figures[m]
		if states && s.unit == "" {
			return append(out, s)
		}
		if states && !slices.ContainsFunc(out, func(o statement) bool { return o.unit == s.unit }) {
			out = append(out, s)
		}
	}
	return out
}

// Contradictions are the figures on which units differ, each unit by its last word: the
// units must agree before they speak (61号). Empty when they agree.
func (d *Desk) Contradictions(c incident.Case) []string {
	all := statements(c)
	var out []string
	for _, m := range figures.Metrics() {
		said := latest(all, m)
		if m == figures.Trapped { // that all are out by now is news, not another count
			said = slices.DeleteFunc(said, func(s statement) bool { return s.figures[m].Value == 0 })
		}
		if len(said) < 2 || !slices.ContainsFunc(said[1:], func(s statement) bool { return s.figures[m].Value != said[0].figures[m].Value }) {
			continue
		}
		var parts []string
		for _, s := range said {
			parts = append(parts, fmt.Sprintf("%s%s%s", d.Directory().UnitName(s.unit), s.what, number(s.figures[m].Value)))
		}
		out = append(out, metricName(m)+"不一致："+strings.Join(parts, "，"))
	}
	return out
}

// Known are the figures as last stated, for reports that are filled out of the log.
func (d *Desk) Known(c incident.Case) map[string]string {
	out := map[string]string{}
	for _, s := range append([]statement{reported(c)}, statements(c)...) {
		for m, f := range s.figures {
			out[string(m)] = f.Quote
		}
	}
	return out
}

// reported is what the first report to the county said.
func reported(c incident.Case) statement {
	read := figureReader().Read(figures.Text{Title: c.Report.Title, Body: c.Report.Text, At: c.ReceivedAt})
	return statement{at: c.ReceivedAt, figures: firm(read)}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func metricName(m figures.Metric) string {
	names := map[figures.Metric]string{
		figures.Deaths: "死亡人数", figures.Missing: "失踪人数", figures.SeriousInjuries: "重伤人数", figures.Injuries: "受伤人数",
		figures.Trapped: "被困人数", figures.Endangered: "遇险人数", figures.Sick: "患病人数", figures.Participants: "参与人数",
		figures.Affected: "受影响人数", figures.Households: "户数", figures.Evacuated: "转移人数", figures.LossYuan: "损失金额",
		figures.ForestHa: "过火面积", figures.Magnitude: "震级", figures.Hours: "持续时间",
	}
	return names[m]
}
