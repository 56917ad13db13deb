package report

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"huiying/org"
)

// Year is a calendar year.
type Year int

// YearBefore is the last whole year before the day of now.
func YearBefore(now time.Time, zone *time.Location) Year { return Year(now.In(zone).Year() - 1) }

// ParseYear reads 2026; false for anything else.
func ParseYear(s string) (Year, bool) {
	at, err := time.Parse("2006", s)
	return Year(at.Year()), err == nil
}

func (y Year) String() string { return strconv.Itoa(int(y)) }

// Period is the year as a period, counted as at now where it still runs; a zero now takes
// its end.
func (y Year) Period(zone *time.Location, now time.Time) Period {
	return period(time.Date(int(y), 1, 1, 0, 0, 0, 0, zone), time.Date(int(y)+1, 1, 1, 0, 0, 0, 0, zone), now)
}

// Annual is 年度考核: 日常考核, the mean of the months' scores, and 年终考核, the whole
// year's figures by the same formula with what the county office entered (县通知 五（三）).
type Annual struct {
	County  string  `json:"county"`
	Year    string  `json:"year"`
	Period  Period  `json:"period"`
	Policy  string  `json:"policy"`
	Basis   string  `json:"basis"`
	Scoring Scoring `json:"scoring"`
	// Unit and Name are of the unit whose part it is; empty for the county's.
	Unit org.UnitID `json:"unit,omitempty"`
	Name string     `json:"unit_name,omitempty"`

	// Months are those that had ended by the cut-off, each with where its scores are from.
	Months  []MonthBasis `json:"months"`
	Figures []Figure     `json:"figures"`
	Units   []UnitAnnual `json:"units"`
	// Entries are what the county office entered, Struck the appeals that were upheld.
	Entries []Ruling `json:"entries,omitempty"`
	Struck  []Ruling `json:"struck,omitempty"`
}

// MonthBasis says where a month's scores are from: the revision that was issued, with its
// hash, or 0 for a month that was not issued and is counted from the records.
type MonthBasis struct {
	Month    string `json:"month"`
	Revision int    `json:"revision"`
	Hash     []byte `json:"hash,omitempty"`

	scores map[org.UnitID]UnitEvaluation
}

// Issued tells whether the month's scores are those that were issued.
func (m MonthBasis) Issued() bool { return m.Revision > 0 }

// MonthScore is a unit's score of a month.
type MonthScore struct {
	Month  string `json:"month"`
	Issued bool   `json:"issued"`
	Scored bool   `json:"scored"`
	Score  int    `json:"score_hundredths"`
}

// UnitAnnual is one unit's year.
type UnitAnnual struct {
	Unit  org.UnitID `json:"unit"`
	Name  string     `json:"name"`
	Class string     `json:"class"`
	// Months are its scores, Daily their mean in hundredths over those that were scored.
	Months      []MonthScore `json:"months"`
	Daily       int          `json:"daily_hundredths"`
	DailyScored bool         `json:"daily_scored"`
	// YearEnd is the whole year by the month's formula, its score less what was entered.
	YearEnd UnitEvaluation `json:"year_end"`
	// Total is the year's score. Where one of the two is missing, the other is all of it.
	Total  int  `json:"total_hundredths"`
	Scored bool `json:"scored"`
	Rank   int  `json:"rank"`
	Peers  int  `json:"peers"`
}

// keyEntry is the figure of deductions that the county office entered.
const keyEntry = "entry"

// NewAnnual counts a year. appeals that were upheld strike what they dispute, entries that
// stand cost their points.
func NewAnnual(ctx context.Context, src Source, asAt AsAt, county County, year Year, now time.Time, months []MonthBasis, appeals, entries []Ruling) (Annual, error) {
	a := Annual{
		County: county.Name, Year: year.String(), Period: year.Period(county.Zone, now), Policy: county.Policy, Basis: county.Basis,
		Scoring: county.Scoring.or(), Months: months, Units: []UnitAnnual{},
	}
	t := newTally(a.Period, county.Directory, appeals)
	for _, r := range appeals {
		if r.State == RulingAdopted {
			a.Struck = append(a.Struck, r)
		}
	}
	for _, r := range entries {
		if r.State == RulingAdopted && !t.struck[strikeKey(keyEntry, 0, int(r.ID))] {
			a.Entries = append(a.Entries, r)
			t.know(r.Unit)
		}
	}
	for _, m := range months {
		for unit := range m.scores {
			t.know(unit)
		}
	}
	if err := t.gather(ctx, src, asAt); err != nil {
		return a, err
	}
	a.Figures = t.figures()
	for _, u := range t.evaluate(a.Scoring) {
		a.Units = append(a.Units, a.unit(u))
	}
	a.rank()
	return a, nil
}

// know makes a unit one that is evaluated though nothing was counted of it.
func (t *tallied) know(unit org.UnitID) {
	if t.units[unit] == nil {
		t.units[unit] = map[string][]Ref{}
	}
}

func (a Annual) unit(u UnitEvaluation) UnitAnnual {
	u.Rank, u.Peers = 0, 0 // it is the year that is ranked
	for _, r := range a.Entries {
		if r.Unit != u.Unit {
			continue
		}
		u.Deductions = append(u.Deductions, Deduction{Figure: keyEntry, Name: RulingEntry.Chinese(), Milestone: int(r.ID), Points: r.Points, Reason: r.Text + "（" + r.By + "）"})
		if u.Scored {
			u.Score = max(0, u.Score-int(math.Round(100*r.Points)))
		}
	}
	out := UnitAnnual{Unit: u.Unit, Name: u.Name, Class: u.Class, YearEnd: u, Months: []MonthScore{}}
	sum, n := 0, 0
	for _, m := range a.Months {
		was := m.scores[u.Unit]
		out.Months = append(out.Months, MonthScore{Month: m.Month, Issued: m.Issued(), Scored: was.Scored, Score: was.Score})
		if was.Scored {
			sum, n = sum+was.Score, n+1
		}
	}
	if out.DailyScored = n > 0; out.DailyScored {
		out.Daily = int(math.Round(float64(sum) / float64(n)))
	}
	switch {
	case out.DailyScored && u.Scored:
		out.Total = int(math.Round(a.Scoring.Daily*float64(out.Daily) + a.Scoring.YearEnd*float64(u.Score)))
	case out.DailyScored:
		out.Total = out.Daily
	default:
		out.Total = u.Score
	}
	out.Scored = out.DailyScored || u.Scored
	return out
}

// rank places the units by their year's score, as a month's are by the month's.
func (a *Annual) rank() {
	var stand []UnitEvaluation
	of := map[org.UnitID]UnitAnnual{}
	for _, u := range a.Units {
		of[u.Unit] = u
		stand = append(stand, UnitEvaluation{Unit: u.Unit, Class: u.Class, Score: u.Total, Scored: u.Scored, Sample: u.YearEnd.Sample})
	}
	rank(stand)
	a.Units = a.Units[:0]
	for _, s := range stand {
		u := of[s.Unit]
		u.Rank, u.Peers = s.Rank, s.Peers
		a.Units = append(a.Units, u)
	}
}

// Of is one unit's own part; name is the unit's.
func (a Annual) Of(unit org.UnitID, name string) Annual {
	out := a
	out.Unit, out.Name = unit, name
	other := func(r Ruling) bool { return r.Unit != unit }
	out.Units = slices.DeleteFunc(slices.Clone(a.Units), func(u UnitAnnual) bool { return u.Unit != unit })
	out.Entries, out.Struck = slices.DeleteFunc(slices.Clone(a.Entries), other), slices.DeleteFunc(slices.Clone(a.Struck), other)
	out.Figures = own(out.yearEnd().Units, a.Period.CutOff)
	return out
}

// yearEnd is the year as an evaluation, for what is printed of both alike.
func (a Annual) yearEnd() Evaluation {
	e := Evaluation{County: a.County, Period: a.Period, Policy: a.Policy, Basis: a.Basis, Scoring: a.Scoring, Unit: a.Unit, Name: a.Name, Figures: a.Figures}
	for _, u := range a.Units {
		e.Units = append(e.Units, u.YearEnd)
	}
	return e
}

// Behind are the things that were counted for a figure, of a unit or of all of them.
func (a Annual) Behind(key string, unit org.UnitID) []Ref { return a.yearEnd().Behind(key, unit) }
