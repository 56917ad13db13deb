package report_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/year"
	"huiying/report"
)

// TestGather_IsWhatTheLogSays: however a case as at a cut-off was come by — as it is now, its
// later messages taken back, or made anew from a part of its log — it is what the whole log
// says that it was. Played in single minutes around the cut-offs, so that messages fall on
// both sides of them.
func TestGather_IsWhatTheLogSays(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 31, From: monday(), Days: 28, Incidents: 120, Every: 20 * time.Minute})
	seen, still := 0, 0
	for hours := 24; hours < 28*24; hours += 31 {
		to := monday().Add(time.Duration(hours) * time.Hour)
		p := report.Period{From: to.Add(-24 * time.Hour), To: to, CutOff: to}
		compare := func(at time.Time, told bool) func(incident.Case) {
			return func(got incident.Case) {
				want, there, err := c.desk.AsAt(t.Context(), got.ID, at)
				if err != nil || !there {
					t.Fatalf("incident %s as at %s: %v, %v", got.ID, at, there, err)
				}
				seen++
				if got.Version > 0 {
					still++
				}
				if is, was := plain(t, got, told), plain(t, want, told); is != was {
					t.Fatalf("incident %s as at %s is\n%s, its log says\n%s", got.ID, at, is, was)
				}
			}
		}
		if err := report.Looked(t.Context(), c.Source, c.AsAt, p, compare(p.From, false), compare(to, true)); err != nil {
			t.Fatal(err)
		}
	}
	if seen < 1000 || still < 200 || still > seen-200 {
		t.Fatalf("%d cases, %d of them as they are now: the test shows nothing", seen, still)
	}
}

var instants = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]+"`)

// plain is a case without what only the store knows of it, its instants in one zone.
func plain(t *testing.T, c incident.Case, told bool) string {
	t.Helper()
	c.Version = 0
	c.Milestones = incident.CloneMilestones(c.Milestones)
	for i := range c.Milestones {
		if !told {
			c.Milestones[i].Told = nil
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return instants.ReplaceAllStringFunc(string(raw), func(text string) string {
		at, err := time.Parse(`"`+time.RFC3339Nano+`"`, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC().String()
	})
}
