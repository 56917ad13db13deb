package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"huiying/classifier/figures"
	"huiying/incident"
	"huiying/org"
)

// Preview is what a report would become if it were registered now.
type Preview struct {
	// Case with its level, evidence and milestones; it has no number, and is kept nowhere.
	Case incident.Case
	// Units that should lead, the most likely first.
	Units []PreviewUnit
	// Similar are incidents that may be the same matter, the most alike first.
	Similar []PreviewSimilar
	// Figures that the text states, in the order of the gravest first.
	Figures []PreviewFigure
}

// PreviewUnit is a unit and why it should lead.
type PreviewUnit struct {
	Unit   org.UnitID
	Reason string
}

// PreviewSimilar is an incident that may be the same matter.
type PreviewSimilar struct {
	ID       incident.ID
	Title    string // masked
	State    incident.State
	Likeness float64 // 0 to 1
	Why      string
}

// PreviewFigure is a figure as people read it, and the words that state it.
type PreviewFigure struct{ Name, Value, Quote string }

// Preview says what a registration would become, for somebody to confirm. Nothing is kept.
func (d *Desk) Preview(ctx context.Context, by org.Actor, e Registration) (Preview, error) {
	change, err := d.registering(ctx, by, e)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Case: change.Case}
	found := d.Assessor.Assess(e.Register.Report, d.Clock.Now())
	for _, u := range found.Units {
		p.Units = append(p.Units, PreviewUnit{u.Unit, u.Reason})
	}
	for _, s := range change.Case.Grading.Similar {
		if s.Elsewhere {
			continue
		}
		c, err := d.Store.Load(ctx, s.Incident)
		if err != nil {
			continue // gone since it was indexed: nothing to compare with
		}
		p.Similar = append(p.Similar, PreviewSimilar{c.ID, incident.MaskText(c.Report.Title), c.State, s.Likeness, s.Why})
	}
	for _, m := range figures.Metrics() {
		if f, ok := found.Figures[m]; ok {
			p.Figures = append(p.Figures, PreviewFigure{figureName(m), figureValue(f), f.Quote})
		}
	}
	return p, nil
}

// figureName is a metric as officers read it.
func figureName(m figures.Metric) string {
	return cmp.Or(map[figures.Metric]string{
		figures.Deaths: "死亡", figures.Missing: "失联", figures.SeriousInjuries: "重伤", figures.Injuries: "受伤",
		figures.Trapped: "被困", figures.Endangered: "危及生命", figures.Sick: "患病或中毒", figures.Participants: "聚集",
		figures.Affected: "受影响", figures.Households: "户数", figures.Evacuated: "转移安置", figures.LossYuan: "直接损失",
		figures.ForestHa: "过火面积", figures.Magnitude: "震级", figures.Hours: "持续",
		figures.Cars: "脱轨车辆", figures.Records: "泄露信息", figures.OutagePercent: "停电比例",
	}[m], string(m))
}

func figureValue(f figures.Figure) string {
	unit := "人"
	value, most := f.Value, f.Max
	switch f.Metric { //nolint:exhaustive // all others count people
	case figures.Households:
		unit = "户"
	case figures.LossYuan:
		unit = "元"
		if value >= 10_000 {
			value, most, unit = value/10_000, most/10_000, "万元"
		}
	case figures.ForestHa:
		unit = "公顷"
	case figures.Magnitude:
		unit = "级"
	case figures.Cars:
		unit = "节"
	case figures.Records:
		unit = "条"
	case figures.OutagePercent:
		unit = "%"
	case figures.Hours:
		unit = "小时"
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	text := number(value)
	if f.Vague {
		return "多" + unit + "（未写明）"
	}
	switch f.Qualifier {
	case figures.About:
		return "约" + text + unit
	case figures.AtLeast:
		return text + unit + "以上"
	case figures.Nearly:
		return "近" + text + unit
	case figures.Range:
		return text + "至" + number(most) + unit
	case figures.Exact:
	}
	return text + unit
}

// mostLooked bounds how many incidents a Find looks at, so that a question costs the same
// however many there are.
const mostLooked = 2000

// Find returns at most n incidents of a list that keep accepts, going through its first
// pages: those that are due first, or are the newest, are found.
func (d *Desk) Find(ctx context.Context, f Filter, n int, keep func(incident.Case) bool) ([]incident.Case, error) {
	const page = 200
	f.Limit = page
	var out []incident.Case
	for looked := 0; ; {
		p, err := d.Store.List(ctx, f)
		if err != nil {
			return nil, err //nolint:wrapcheck // handed through
		}
		looked += len(p.Cases)
		out = append(out, slices.DeleteFunc(p.Cases, func(c incident.Case) bool { return !keep(c) })...)
		if len(out) >= n || p.Next == "" || looked >= mostLooked {
			return out[:min(n, len(out))], nil
		}
		f.Cursor = p.Next
	}
}
