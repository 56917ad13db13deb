package near

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Sighting is one report of a matter, as far as heat asks.
type Sighting struct {
	At time.Time
	// Source and Reporter tell one from another; empty is unknown.
	Source, Reporter string
}

// Heat is how hot a matter is.
type Heat struct {
	// Score from 0 to 100: reports, reporters, speed and spread, each to a quarter.
	Score float64
	// Reports, Reporters and Sources count; a report of unknown reporter counts as one of its own.
	Reports, Reporters, Sources int
	// Peak is the most reports within any 24 hours, PeakAt when that number was reached.
	Peak   int
	PeakAt time.Time
	// First and Last are of the first and last report; zero when no time is known.
	First, Last time.Time
}

// Limits are from when a matter is hot, and from when it is to be regraded.
type Limits struct {
	// Score from which a matter is hot.
	Score float64
	// Reports in all, from which it can be.
	Reports int
	// DayReports within 24 hours, or Sources: from then on it has great influence (国办发〔2016〕61号).
	DayReports, Sources int
}

// DefaultLimits are those of facts/standards.md 1.4: 10 reports in 24 hours, or 5 sources.
func DefaultLimits() Limits { return Limits{Score: 18, Reports: 3, DayReports: 10, Sources: 5} }

// Hot tells whether several people are at it, or soon will be.
func (l Limits) Hot(h Heat) bool { return h.Reports >= l.Reports && h.Score >= l.Score || l.Regrade(h) }

// Regrade tells whether the matter should be looked at as one of great influence.
func (l Limits) Regrade(h Heat) bool { return h.Peak >= l.DayReports || h.Sources >= l.Sources }

// Measure says how hot the sightings of one matter make it.
func Measure(seen []Sighting) Heat {
	h := Heat{Reports: len(seen)}
	var at []time.Time
	sources, reporters := map[string]bool{}, map[string]bool{}
	for _, s := range seen {
		if s.Source != "" {
			sources[s.Source] = true
		}
		if s.Reporter == "" {
			h.Reporters++
		}
		reporters[s.Reporter] = s.Reporter != ""
		if !s.At.IsZero() {
			at = append(at, s.At)
		}
	}
	delete(reporters, "")
	h.Reporters += len(reporters)
	h.Sources = len(sources)
	slices.SortFunc(at, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	if len(at) > 0 {
		h.First, h.Last = at[0], at[len(at)-1]
	}
	for from, to := 0, 0; to < len(at); to++ {
		for at[to].Sub(at[from]) > 24*time.Hour {
			from++
		}
		if n := to - from + 1; n > h.Peak {
			h.Peak, h.PeakAt = n, at[to]
		}
	}
	h.Score = math.Round(25*(part(h.Reports, 20)+part(h.Reporters, 20)+part(h.Peak, 10)+part(h.Sources, 5))*10) / 10
	return h
}

// part is how much of a quarter a count fills: none for one, all from full on, fast at first.
func part(n, full int) float64 {
	if n <= 1 {
		return 0
	}
	return math.Min(1, math.Log(float64(n))/math.Log(float64(full)))
}
