package report

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Month is a calendar month.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf is the month in which an instant lies.
func MonthOf(at time.Time, zone *time.Location) Month {
	y, m, _ := at.In(zone).Date()
	return Month{y, m}
}

// MonthBefore is the last whole month before the day of now.
func MonthBefore(now time.Time, zone *time.Location) Month {
	y, m, _ := now.In(zone).Date()
	return MonthOf(time.Date(y, m, 0, 12, 0, 0, 0, zone), zone)
}

// ParseMonth reads 2026-11; false for anything else.
func ParseMonth(s string) (Month, bool) {
	at, err := time.Parse("2006-01", s)
	return MonthOf(at, time.UTC), err == nil
}

func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// Period is the month as a period, counted as at now where it still runs; a zero now
// takes its end.
func (m Month) Period(zone *time.Location, now time.Time) Period {
	p := Period{From: time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, zone), To: time.Date(m.Year, m.Month+1, 1, 0, 0, 0, 0, zone)}
	p.CutOff = p.To
	if !now.IsZero() && now.Before(p.To) {
		p.CutOff = now
	}
	return p
}

// Evaluation is 效果评估: how well the county and each unit answered in a month.
type Evaluation struct {
	County string `json:"county"`
	Month  string `json:"month"`
	Period Period `json:"period"`
	Policy string `json:"policy"`
	Basis  string `json:"basis"`

	Figures []Figure         `json:"figures"`
	Units   []UnitEvaluation `json:"units"`
	// Struck are the appeals that were upheld: what they dispute is not counted.
	Struck []Ruling `json:"struck,omitempty"`
}

// UnitEvaluation is one unit's figures and score.
type UnitEvaluation struct {
	Unit    org.UnitID `json:"unit"`
	Name    string     `json:"name"`
	Class   string     `json:"class"`
	Figures []Figure   `json:"figures"`
	// Score is out of 100, in hundredths; Scored is false where there is nothing to score.
	Score  int         `json:"score_hundredths"`
	Scored bool        `json:"scored"`
	Parts  []ScorePart `json:"parts"`
	// Sample is how much the score rests on. Rank is among the Peers of the class that have
	// enough of it; 0 for a unit that has not.
	Sample int `json:"sample"`
	Rank   int `json:"rank"`
	Peers  int `json:"peers"`
	// Deductions are what cost points, each of which the unit can dispute.
	Deductions []Deduction `json:"deductions"`
}

// ScorePart is one part of a score, with its weight after missing parts were redistributed.
type ScorePart struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"`
	Weight float64 `json:"weight"` // of 1; 0 where the part is missing
	Value  string  `json:"value"`
	Points float64 `json:"points"`
}

// Deduction is one thing that cost a unit points.
type Deduction struct {
	Figure    string      `json:"figure"`
	Name      string      `json:"name"`
	Incident  incident.ID `json:"incident"`
	Milestone int         `json:"milestone,omitempty"`
	Points    float64     `json:"points"`
}

// weights are the score's parts (facts/standards.md section 4).
func weights() []ScorePart {
	return []ScorePart{
		{Key: keyOnTime, Weight: 0.30},
		{Key: keyRespond, Weight: 0.20},
		{Key: keyEmergency, Weight: 0.20},
		{Key: keySatisfied, Weight: 0.15},
		{Key: keyAccept, Weight: 0.10},
		{Key: keyFeedback, Weight: 0.05},
	}
}

// minSample is how many things a score must rest on before the unit is ranked by it.
const minSample = 10

// The classes within which units are compared.
const (
	classCounty     = "县政府办"
	classDepartment = "县直部门"
	classTown       = "乡镇"
)

func class(u org.Unit) string {
	switch {
	case u.County:
		return classCounty
	case u.Region != "":
		return classTown
	}
	return classDepartment
}

// NewEvaluation counts a month. appeals that were upheld strike what they dispute.
func NewEvaluation(ctx context.Context, src Source, asAt AsAt, county County, month Month, now time.Time, appeals []Ruling) (Evaluation, error) {
	e := Evaluation{
		County: county.Name, Month: month.String(), Period: month.Period(county.Zone, now), Policy: county.Policy, Basis: county.Basis,
		Units: []UnitEvaluation{},
	}
	struck := map[string]bool{}
	for _, a := range appeals {
		if a.State == RulingAdopted {
			struck[strikeKey(a.Figure, a.Incidents[0], a.Milestone)] = true
			e.Struck = append(e.Struck, a)
		}
	}
	counted := map[org.UnitID]map[string][]Ref{}
	n := counter{p: e.Period, dir: county.Directory, add: func(key string, unit org.UnitID, ref Ref) {
		if struck[strikeKey(key, ref.Incident, ref.Milestone)] {
			return
		}
		if counted[unit] == nil {
			counted[unit] = map[string][]Ref{}
		}
		counted[unit][key] = append(counted[unit][key], ref)
	}}
	if err := gather(ctx, src, asAt, scope{Period: e.Period}, n.count); err != nil {
		return e, err
	}
	for _, in := range indicators() {
		var all []Ref
		for _, refs := range counted {
			all = append(all, refs[in.key]...)
		}
		f := in.figure(all, e.Period.CutOff)
		f.Refs = nil // each stands under its unit
		e.Figures = append(e.Figures, f)
	}
	for unit, refs := range counted {
		u, ok := county.Directory.Unit(unit)
		if !ok {
			u = org.Unit{ID: unit, Name: string(unit)}
		}
		e.Units = append(e.Units, evaluate(u, refs, e.Period.CutOff))
	}
	rank(e.Units)
	return e, nil
}

func strikeKey(figure string, id incident.ID, milestone int) string {
	return fmt.Sprintf("%s/%d/%d", figure, id, milestone)
}

func evaluate(u org.Unit, refs map[string][]Ref, cutOff time.Time) UnitEvaluation {
	out := UnitEvaluation{Unit: u.ID, Name: u.Name, Class: class(u), Deductions: []Deduction{}}
	for _, in := range indicators() {
		out.Figures = append(out.Figures, in.figure(refs[in.key], cutOff))
	}
	out.score()
	return out
}

// Figure is the unit's figure of that key; the zero one for none.
func (u UnitEvaluation) Figure(key string) Figure {
	i := slices.IndexFunc(u.Figures, func(f Figure) bool { return f.Key == key })
	if i < 0 {
		return Figure{}
	}
	return u.Figures[i]
}

// score weighs the parts; the weights of missing ones go to the others in proportion.
func (u *UnitEvaluation) score() {
	u.Parts = weights()
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
		if !ok {
			p.Weight = 0
			continue
		}
		p.Weight /= whole
		p.Points = 100 * p.Weight * ratio
		total += p.Points
		u.Sample += f.Den
		for _, r := range f.Refs {
			if !r.Hit {
				u.Deductions = append(u.Deductions, Deduction{
					Figure: f.Key, Name: f.Name, Incident: r.Incident, Milestone: r.Milestone, Points: 100 * p.Weight / float64(f.Den),
				})
			}
		}
	}
	u.Scored = whole > 0
	u.Score = int(math.Round(total * 100))
}

// ScoreText is the score as people read it; — where there is nothing to score.
func (u UnitEvaluation) ScoreText() string {
	if !u.Scored {
		return nothing
	}
	return fmt.Sprintf("%d.%02d", u.Score/100, u.Score%100)
}

// RankText is the place among the units of the class, with how many they are and how much
// the score rests on.
func (u UnitEvaluation) RankText() string {
	if u.Rank == 0 {
		return fmt.Sprintf("样本%d，不足%d，不排名", u.Sample, minSample)
	}
	return fmt.Sprintf("%d/%d（样本%d）", u.Rank, u.Peers, u.Sample)
}

// rank orders units by class and score and gives those with a large enough sample their place.
func rank(units []UnitEvaluation) {
	ranked := func(u UnitEvaluation) bool { return u.Scored && u.Sample >= minSample && u.Class != classCounty }
	order := []string{classDepartment, classTown, classCounty}
	slices.SortFunc(units, func(a, b UnitEvaluation) int {
		unranked := func(u UnitEvaluation) int {
			if ranked(u) {
				return 0
			}
			return 1
		}
		return cmp.Or(slices.Index(order, a.Class)-slices.Index(order, b.Class), unranked(a)-unranked(b), b.Score-a.Score, cmp.Compare(a.Unit, b.Unit))
	})
	peers := map[string]int{}
	for _, u := range units {
		if ranked(u) {
			peers[u.Class]++
		}
	}
	place := map[string]int{}
	for i := range units {
		u := &units[i]
		if !ranked(*u) {
			continue
		}
		place[u.Class]++
		u.Rank, u.Peers = place[u.Class], peers[u.Class]
		if i > 0 && units[i-1].Class == u.Class && units[i-1].Rank > 0 && units[i-1].Score == u.Score {
			u.Rank = units[i-1].Rank
		}
	}
}

// Of is one unit's own part.
func (e Evaluation) Of(unit org.UnitID) Evaluation {
	out := e
	out.Units = slices.DeleteFunc(slices.Clone(e.Units), func(u UnitEvaluation) bool { return u.Unit != unit })
	out.Struck = slices.DeleteFunc(slices.Clone(e.Struck), func(r Ruling) bool { return r.Unit != unit })
	return out
}

// Behind are the things that were counted for a figure, of a unit or of all of them.
func (e Evaluation) Behind(key string, unit org.UnitID) []Ref {
	var out []Ref
	for _, u := range e.Units {
		if unit == "" || u.Unit == unit {
			out = append(out, u.Figure(key).Refs...)
		}
	}
	return out
}
