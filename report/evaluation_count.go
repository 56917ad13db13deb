package report

import (
	"context"
	"fmt"
	"math"

	"huiying/incident"
	"huiying/org"
)

// tallied is what was counted of a period, by unit and indicator, without what appeals struck.
type tallied struct {
	counter
	struck map[string]bool
	units  map[org.UnitID]map[string][]Ref
	// said are the sentences of findings, gone those that were taken back after the cut-off.
	said map[string]incident.Misreport
	gone map[string]bool
}

func newTally(p Period, dir *org.Directory, appeals []Ruling) *tallied {
	t := &tallied{struck: map[string]bool{}, units: map[org.UnitID]map[string][]Ref{}, said: map[string]incident.Misreport{}, gone: map[string]bool{}}
	for _, a := range appeals {
		if a.State == RulingAdopted {
			t.struck[strikeKey(a.Figure, a.disputed(), a.Milestone)] = true
		}
	}
	t.counter = counter{p: p, dir: dir, add: t.put}
	return t
}

func (t *tallied) put(key string, unit org.UnitID, ref Ref) {
	if t.struck[strikeKey(key, ref.Incident, ref.Milestone)] {
		return
	}
	if t.units[unit] == nil {
		t.units[unit] = map[string][]Ref{}
	}
	t.units[unit][key] = append(t.units[unit][key], ref)
}

// gather counts the period's cases.
func (t *tallied) gather(ctx context.Context, src Source, asAt AsAt) error {
	return gather(ctx, src, asAt, scope{Period: t.p, now: t.see}, func(c incident.Case) {
		t.count(c)
		t.found(c)
	})
}

// see notes findings that were taken back: like an upheld appeal, that strikes them from
// whatever is counted after, though the cut-off was before.
func (t *tallied) see(c incident.Case) {
	for _, f := range c.Misreports {
		if !f.Stands() {
			t.gone[strikeKey(string(f.What), c.ID, f.N)] = true
		}
	}
}

// found counts findings, by the time at which they were made.
func (t *tallied) found(c incident.Case) {
	for _, f := range c.Misreports {
		key := strikeKey(string(f.What), c.ID, f.N)
		if !t.p.Has(f.At) || t.gone[key] || c.State == incident.Void {
			continue
		}
		t.said[key] = f
		t.add(string(f.What), f.Unit, Ref{Incident: c.ID, Milestone: f.N, Hit: true})
	}
}

// figures are the county's: each ref stands under its unit.
func (t *tallied) figures() []Figure {
	var out []Figure
	for _, in := range indicators() {
		var all []Ref
		for _, refs := range t.units {
			all = append(all, refs[in.key]...)
		}
		f := in.figure(all, t.p.CutOff)
		f.Refs = nil
		out = append(out, f)
	}
	return out
}

// evaluate scores and ranks the units.
func (t *tallied) evaluate(s Scoring) []UnitEvaluation {
	out := []UnitEvaluation{}
	for id, refs := range t.units {
		u, ok := t.dir.Unit(id)
		if !ok {
			u = org.Unit{ID: id, Name: string(id)}
		}
		e := UnitEvaluation{Unit: u.ID, Name: u.Name, Class: class(u), Deductions: []Deduction{}}
		for _, in := range indicators() {
			e.Figures = append(e.Figures, in.figure(refs[in.key], t.p.CutOff))
		}
		e.score(s, t.said)
		out = append(out, e)
	}
	rank(out)
	return out
}

// score weighs the parts, the weights of missing ones going to the others in proportion,
// and takes off what findings cost, down to 0.
func (u *UnitEvaluation) score(s Scoring, said map[string]incident.Misreport) {
	u.Parts = s.parts()
	whole := 0.0
	for _, p := range u.Parts {
		if _, ok := u.Figure(p.Key).Ratio(); ok {
			whole += p.Weight
		}
	}
	total := 0.0
	for i := range u.Parts {
		p := &u.Parts[i]
		f := u.Figure(p.Key)
		p.Name, p.Value = f.Name, f.Value
		ratio, ok := f.Ratio()
		if !ok || whole == 0 {
			p.Weight = 0
			continue
		}
		p.Weight /= whole
		p.Points = 100 * p.Weight * ratio
		total += p.Points
		u.Sample += f.Den
		u.missed(f, 100*p.Weight/float64(f.Den))
	}
	u.Scored = whole > 0
	u.Score = int(math.Round(100 * max(0, total-u.foundOut(s, said))))
}

// missed lists what a figure's misses cost.
func (u *UnitEvaluation) missed(f Figure, points float64) {
	for _, r := range f.Refs {
		if !r.Hit && points > 0 {
			u.Deductions = append(u.Deductions, Deduction{Figure: f.Key, Name: f.Name, Incident: r.Incident, Milestone: r.Milestone, Points: points})
		}
	}
}

// foundOut lists what findings cost and returns the sum.
func (u *UnitEvaluation) foundOut(s Scoring, said map[string]incident.Misreport) float64 {
	sum := 0.0
	for _, fault := range incident.Faults() {
		f := u.Figure(string(fault))
		for _, r := range f.Refs {
			finding := said[strikeKey(f.Key, r.Incident, r.Milestone)]
			u.Deductions = append(u.Deductions, Deduction{
				Figure: f.Key, Name: f.Name, Incident: r.Incident, Milestone: r.Milestone, Points: s.points(fault), Finding: true,
				Reason: incident.MaskText(fmt.Sprintf("第%d号认定（%s）：%s；依据：%s", finding.N, finding.By, finding.Reason, finding.Evidence)),
			})
			sum += s.points(fault)
		}
	}
	return sum
}
