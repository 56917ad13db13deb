package report

import (
	"cmp"
	"context"
	"fmt"
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
	return period(time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, zone), time.Date(m.Year, m.Month+1, 1, 0, 0, 0, 0, zone), now)
}

// Evaluation is 效果评估: how well the county and each unit answered in a month.
type Evaluation struct {
	County string `json:"county"`
	Month  string `json:"month"`
	Period Period `json:"period"`
	Policy string `json:"policy"`
	Basis  string `json:"basis"`
	// Unit and Name are of the unit whose part it is; empty for the county's.
	Unit org.UnitID `json:"unit,omitempty"`
	Name string     `json:"unit_name,omitempty"`

	Figures []Figure         `json:"figures"`
	Units   []UnitEvaluation `json:"units"`
	// Scoring is how the scores were made.
	Scoring Scoring `json:"scoring,omitzero"`
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

// Deduction is one thing that cost a unit points: a milestone or visit that missed, or a
// person's finding.
type Deduction struct {
	Figure    string      `json:"figure"`
	Name      string      `json:"name"`
	Incident  incident.ID `json:"incident"`
	Milestone int         `json:"milestone,omitempty"`
	Points    float64     `json:"points"`
	// Finding: Milestone is the number of a finding of the incident, Reason what was found.
	Finding bool   `json:"finding,omitempty"`
	Reason  string `json:"reason,omitempty"`
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
	e.Scoring = county.Scoring.or()
	t := newTally(e.Period, county.Directory, appeals)
	for _, a := range appeals {
		if a.State == RulingAdopted {
			e.Struck = append(e.Struck, a)
		}
	}
	if err := t.gather(ctx, src, asAt); err != nil {
		return e, err
	}
	e.Figures, e.Units = t.figures(), t.evaluate(e.Scoring)
	return e, nil
}

func strikeKey(figure string, id incident.ID, milestone int) string {
	return fmt.Sprintf("%s/%d/%d", figure, id, milestone)
}

// Figure is the unit's figure of that key; the zero one for none.
func (u UnitEvaluation) Figure(key string) Figure {
	i := slices.IndexFunc(u.Figures, func(f Figure) bool { return f.Key == key })
	if i < 0 {
		return Figure{}
	}
	return u.Figures[i]
}

// ScoreText is the score as people read it; — where there is nothing to score.
func (u UnitEvaluation) ScoreText() string { return hundredths(u.Score, u.Scored) }

func hundredths(score int, scored bool) string {
	if !scored {
		return nothing
	}
	return fmt.Sprintf("%d.%02d", score/100, score%100)
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

// Of is one unit's own part: its figures, its score, its appeals; name is the unit's.
func (e Evaluation) Of(unit org.UnitID, name string) Evaluation {
	out := e
	out.Unit, out.Name = unit, name
	out.Units = slices.DeleteFunc(slices.Clone(e.Units), func(u UnitEvaluation) bool { return u.Unit != unit })
	out.Struck = slices.DeleteFunc(slices.Clone(e.Struck), func(r Ruling) bool { return r.Unit != unit })
	out.Figures = own(out.Units, e.Period.CutOff)
	return out
}

// own are the figures of the only unit, without what stands under it; empty ones for none.
func own(units []UnitEvaluation, cutOff time.Time) []Figure {
	var out []Figure
	if len(units) == 0 {
		for _, in := range indicators() {
			out = append(out, in.figure(nil, cutOff))
		}
		return out
	}
	for _, f := range units[0].Figures {
		f.Refs = nil
		out = append(out, f)
	}
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
