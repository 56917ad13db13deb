package near_test

import (
	"fmt"
	"testing"
	"time"

	"huiying/classifier/near"
)

func sightings(n int, every time.Duration, sources, reporters int) []near.Sighting {
	var out []near.Sighting
	for i := range n {
		out = append(out, near.Sighting{
			At: at.Add(time.Duration(i) * every), Source: fmt.Sprint("s", i%sources), Reporter: fmt.Sprint("r", i%reporters),
		})
	}
	return out
}

func TestMeasure_Thresholds(t *testing.T) {
	t.Parallel()
	limits := near.DefaultLimits()
	for name, c := range map[string]struct {
		seen         []near.Sighting
		hot, regrade bool
	}{
		"one report":                      {sightings(1, 0, 1, 1), false, false},
		"two reports of one person":       {sightings(2, time.Hour, 1, 1), false, false},
		"three of one person":             {sightings(3, 48*time.Hour, 1, 1), false, false},
		"three of three within a week":    {sightings(3, 48*time.Hour, 1, 3), true, false},
		"three within a day":              {sightings(3, 6*time.Hour, 1, 3), true, false},
		"nine within a day":               {sightings(9, 3*time.Hour, 2, 9), true, false},
		"ten within 24 hours exactly":     {sightings(10, 24*time.Hour/9, 2, 10), true, true},
		"ten, the last a moment too late": {sightings(10, 24*time.Hour/9+time.Second, 2, 10), true, false},
		"four sources":                    {sightings(4, 100*time.Hour, 4, 4), true, false},
		"five sources over weeks":         {sightings(5, 100*time.Hour, 5, 5), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := near.Measure(c.seen)
			if limits.Hot(h) != c.hot || limits.Regrade(h) != c.regrade {
				t.Errorf("heat %+v: hot %v regrade %v, want %v %v", h, limits.Hot(h), limits.Regrade(h), c.hot, c.regrade)
			}
		})
	}
}

func TestMeasure_OneLoudPersonIsCoolerThanMany(t *testing.T) {
	t.Parallel()
	one, many := near.Measure(sightings(8, time.Hour, 1, 1)), near.Measure(sightings(8, time.Hour, 1, 8))
	if one.Score >= many.Score || one.Reporters != 1 || many.Reporters != 8 {
		t.Errorf("one person's eight reports: %+v, eight people's: %+v", one, many)
	}
}

func TestMeasure_NothingKnown(t *testing.T) {
	t.Parallel()
	h := near.Measure([]near.Sighting{{}, {}, {}})
	if h.Reports != 3 || h.Reporters != 3 || h.Peak != 0 || !h.First.IsZero() {
		t.Errorf("heat of three reports without time: %+v", h)
	}
}
