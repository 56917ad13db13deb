package report_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"huiying/incident"
	"huiying/internal/year"
	"huiying/org"
	"huiying/report"
)

// TestEvaluation_EveryIndicatorEqualsARecount: each figure of the county and of each unit is
// counted a second time, by other hands: from the entries of the logs one by one, and not
// from the cases that they make. Only which limits there are is taken from the case, since
// how they are counted is proved where that is done. Months are cut off at odd hours, so that what
// happened later must count for nothing.
func TestEvaluation_EveryIndicatorEqualsARecount(t *testing.T) {
	t.Parallel()
	hits := make(chan map[string]int, 6)
	t.Run("worlds", func(t *testing.T) {
		for seed := range uint64(6) {
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				c := play(t, database(t), year.Play{Seed: 300 + seed, From: monday().AddDate(0, 0, -14), Days: 60, Incidents: 420, Every: time.Hour})
				sum := map[string]int{}
				for _, now := range []time.Time{
					time.Date(2026, 9, 9, 13, 20, 0, 0, year.Zone()), time.Date(2026, 9, 22, 3, 0, 0, 0, year.Zone()), c.now,
				} {
					recountMonth(t, c, now, sum)
				}
				hits <- sum
			})
		}
	})
	close(hits)
	all := map[string]int{}
	for sum := range hits {
		for key, n := range sum {
			all[key] += n
		}
	}
	for _, key := range indicatorKeys() {
		if all[key+" hit"] == 0 || (all[key+" miss"] == 0 && !slices.Contains([]string{"first_response", "overdue"}, key)) {
			t.Errorf("%s: %d hits and %d misses in all: the test shows nothing", key, all[key+" hit"], all[key+" miss"])
		}
	}
}

func indicatorKeys() []string {
	return []string{
		"accept", "respond_48h", "first_response", "concluded", "on_time", "extended", "overdue", "release_3h", "release_5h", "conference_24h",
		"emergency", "head_spoke", "returned", "misrouted", "reopened", "satisfied", "resolved", "explained", "clarified", "late_report",
		"feedback", "last_minute", "repeat_extension", "repeat_return", "bare_return",
	}
}

func recountMonth(t *testing.T, c *county, now time.Time, sum map[string]int) {
	t.Helper()
	e, err := c.CountEvaluation(t.Context(), september(), now)
	if err != nil {
		t.Fatal(err)
	}
	r := &recounted{from: e.Period.From, to: e.Period.CutOff, things: map[string][]thing{}}
	for id := incident.ID(1); ; id++ {
		log, err := c.db.Log(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(log) == 0 {
			break
		}
		was, there, err := c.desk.AsAt(t.Context(), id, r.to)
		if err != nil {
			t.Fatal(err)
		}
		if there {
			r.add(t, log, was.Milestones)
		}
	}
	for _, key := range indicatorKeys() {
		for _, one := range r.things[key] {
			if one.hit {
				sum[key+" hit"]++
			} else {
				sum[key+" miss"]++
			}
		}
		for _, f := range e.Figures {
			if f.Key == key {
				compareFigure(t, "the county", f, r.things[key])
			}
		}
		for _, u := range e.Units {
			compareFigure(t, u.Name, u.Figure(key), slices.DeleteFunc(slices.Clone(r.things[key]), func(x thing) bool { return x.unit != u.Unit }))
		}
		for _, x := range r.things[key] {
			if !slices.ContainsFunc(e.Units, func(u report.UnitEvaluation) bool { return u.Unit == x.unit }) {
				t.Errorf("%s: something of %s is counted, which is not evaluated", key, x.unit)
			}
		}
	}
}

func compareFigure(t *testing.T, who string, f report.Figure, want []thing) {
	t.Helper()
	num := 0
	var took []time.Duration
	for _, x := range want {
		if x.hit {
			num++
		}
		took = append(took, x.took)
	}
	bad := f.Num != num
	switch f.Key {
	case "first_response":
		slices.Sort(took)
		// The q-th of n is the first below or at which at least that part of them lies.
		at := func(q int) time.Duration {
			for i, d := range took {
				if (i+1)*100 >= q*len(took) {
					return d
				}
			}
			return 0
		}
		bad = bad || f.Den != len(want) || f.Median != at(50).Milliseconds() || f.P90 != at(90).Milliseconds()
	case "overdue":
		days := 0
		for _, d := range took {
			days += int(math.Max(1, math.Ceil(d.Hours()/24)))
		}
		bad = bad || f.Value != fmt.Sprintf("%d项，共%d天", num, days)
	default:
		bad = bad || f.Den != len(want)
	}
	if bad {
		t.Errorf("%s of %s as at %s = %d/%d (%s), recount %d/%d", f.Key, who, f.CutOff.In(year.Zone()), f.Num, f.Den, f.Value, num, len(want))
	}
}

// thing is one thing that is counted.
type thing struct {
	unit org.UnitID
	hit  bool
	took time.Duration
}

// recounted is a second count.
type recounted struct {
	from, to time.Time
	things   map[string][]thing
}

func (r *recounted) in(at time.Time) bool { return at.After(r.from) && !at.After(r.to) }

func (r *recounted) put(key string, unit org.UnitID, hit bool) {
	r.things[key] = append(r.things[key], thing{unit: unit, hit: hit})
}

// deed is a line of a log, its command read.
type deed struct {
	incident.Entry
	cmd incident.Command
}

// when is when a deed happened: what was recorded later says so.
func (d deed) when() time.Time {
	at := time.Time{}
	switch cmd := d.cmd.(type) {
	case incident.Respond:
		at = cmd.At
	case incident.Release:
		at = cmd.At
	case incident.PressConference:
		at = cmd.At
	case incident.Feedback:
		at = cmd.At
	}
	if at.IsZero() {
		return d.At
	}
	return at
}

func deedsOf(t *testing.T, log []incident.Entry, until time.Time) []deed {
	t.Helper()
	var out []deed
	for _, e := range log {
		if e.At.After(until) || e.Command == incident.KindTell {
			continue
		}
		cmd, err := incident.Decode(e.Command, e.Payload)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, deed{e, cmd})
	}
	return out
}

// first is when the first of some deeds happened at or after an instant; zero for never.
func first(deeds []deed, from time.Time, counts func(deed) bool) time.Time {
	for _, d := range deeds {
		if counts(d) && !d.when().Before(from) {
			return d.when()
		}
	}
	return time.Time{}
}

func is(kinds ...incident.Kind) func(deed) bool {
	return func(d deed) bool { return slices.Contains(kinds, d.Command) }
}

// answers are the deeds by which the public hears something.
func answers(d deed) bool {
	done, ends := d.cmd.(incident.Conclude)
	return d.Command == incident.KindRespond || d.Command == incident.KindRelease || (ends && done.Address != "")
}

func (r *recounted) add(t *testing.T, log []incident.Entry, limits []incident.Milestone) {
	t.Helper()
	deeds := deedsOf(t, log, r.to)
	last := deeds[len(deeds)-1].After
	lead := last.Lead
	if lead == "" {
		lead = "fuban"
	}
	registered := deeds[0].At
	live := last.State != incident.Merged && last.State != incident.Void
	if r.in(registered) && live {
		r.put("concluded", lead, last.State == incident.Concluded || last.State == incident.Archived)
		if last.Level == incident.Emergency {
			r.put("head_spoke", lead, slices.ContainsFunc(deeds, func(d deed) bool {
				out, released := d.cmd.(incident.Release)
				met, spoke := d.cmd.(incident.PressConference)
				return (released && out.HeadSpoke) || (spoke && met.HeadSpoke)
			}))
		}
	}
	start := startOf(deeds)
	if at := first(deeds, time.Time{}, answers); r.in(at) && live {
		r.things["first_response"] = append(r.things["first_response"], thing{unit: lead, hit: true, took: max(at.Sub(start), time.Millisecond)})
	}
	r.conclusions(deeds, lead)
	r.dispatches(deeds)
	if asks := slices.DeleteFunc(slices.Clone(deeds), func(d deed) bool { return d.Command != incident.KindAskExtension }); slices.ContainsFunc(asks, func(d deed) bool { return r.in(d.At) }) {
		r.put("repeat_extension", lead, len(asks) >= 2)
	}
	for _, m := range limits {
		if m.State != incident.Voided {
			r.limit(deeds, m, lead)
		}
	}
	r.grave(deeds, lead, start)
}

// startOf is S: when it was handed over, or on the open web found; an earlier report that is
// merged into it brings its own.
func startOf(deeds []deed) time.Time {
	reg, _ := deeds[0].cmd.(incident.Register)
	start := deeds[0].At
	if reg.Report.Source.Kind != incident.SourceWeb && reg.Report.SubmittedAt.Before(start) {
		start = reg.Report.SubmittedAt
	}
	for _, d := range deeds {
		if other, ok := d.cmd.(incident.Absorb); ok && other.ReceivedAt.Before(start) {
			start = other.ReceivedAt
		}
	}
	return start.Truncate(time.Millisecond) // as all is kept
}

func (r *recounted) conclusions(deeds []deed, lead org.UnitID) {
	for i, d := range deeds {
		done, ok := d.cmd.(incident.Conclude)
		if !ok || done.ConcludeKind == incident.Planned || !r.in(d.At) {
			continue
		}
		after := deeds[i+1:]
		r.put("reopened", lead, slices.ContainsFunc(after, is(incident.KindReopen)))
		if slices.ContainsFunc(after, is(incident.KindConclude)) {
			continue
		}
		r.put("resolved", lead, done.ConcludeKind == incident.Resolved)
		r.put("explained", lead, done.ConcludeKind == incident.Explained)
		r.put("clarified", lead, done.ConcludeKind == incident.Clarified)
		said := ""
		for _, d := range after {
			if asked, ok := d.cmd.(incident.Verify); ok {
				said = asked.Result
			}
		}
		if said == "satisfied" || said == "unsatisfied" {
			r.put("satisfied", lead, said == "satisfied")
		}
	}
}

// dispatches walks the log with the one unit that leads at a time.
func (r *recounted) dispatches(deeds []deed) {
	sent := map[org.UnitID]int{}
	for i, d := range deeds {
		switch d.Command { //nolint:exhaustive // the others send nothing anywhere
		case incident.KindDispatch, incident.KindDesignate:
			to := d.After.Lead
			if d.Before.Lead == to || !r.in(d.At) {
				continue
			}
			back, right := came(deeds[i+1:], to)
			r.put("returned", to, back)
			r.put("misrouted", "fuban", right)
		case incident.KindReturn:
			from := d.Before.Lead
			sent[from]++
			if why, _ := d.cmd.(incident.Return); r.in(d.At) {
				r.put("bare_return", from, utf8.RuneCountInString(why.Reason) < 8)
				r.put("repeat_return", from, sent[from] >= 2)
			}
		}
	}
}

// came tells whether a unit sent back what it was given, and whether another has it then.
func came(after []deed, to org.UnitID) (back, right bool) {
	for _, d := range after {
		switch {
		case !back && d.Command == incident.KindReturn:
			back = true
		case !back && d.After.Lead != to:
			return false, false // taken away
		case back && d.After.Lead != "":
			return true, d.After.Lead != to
		}
	}
	return back, false
}

// limit looks in the log for what meets a limit.
func (r *recounted) limit(deeds []deed, m incident.Milestone, lead org.UnitID) {
	unit, key := lead, ""
	var meets func(deed) bool
	switch m.Kind { //nolint:exhaustive // the rest is counted elsewhere, or owed only
	case incident.MilestoneAccept:
		unit, key = m.Unit, "accept"
		meets = func(d deed) bool {
			return (d.Command == incident.KindAccept && d.Actor.Unit == m.Unit) || (d.Command == incident.KindReturn && d.Before.Lead == m.Unit)
		}
	case incident.MilestoneDispatch:
		unit, meets = "fuban", is(incident.KindDispatch, incident.KindDesignate)
	case incident.MilestoneRespond:
		key = "respond_48h"
		meets = func(d deed) bool { return answers(d) || d.Command == incident.KindFeedback }
	case incident.MilestoneFeedback:
		key, meets = "feedback", is(incident.KindFeedback)
	case incident.MilestoneFirstReport:
		key, meets = "late_report", is(incident.KindFirstReport)
	case incident.MilestoneConclude:
		key = "on_time"
		meets = func(d deed) bool {
			done, ok := d.cmd.(incident.Conclude)
			return ok && done.ConcludeKind != incident.Planned
		}
	case incident.MilestonePlan:
		key, meets = "on_time", is(incident.KindPlan, incident.KindConclude)
	case incident.MilestoneRelease:
		meets = is(incident.KindRelease)
	case incident.MilestonePressConference:
		meets = is(incident.KindPressConference)
	case incident.MilestoneRollingRelease:
		meets = func(d deed) bool { return d.Command == incident.KindRelease && d.when().After(m.From) }
	default:
		return
	}
	met := first(deeds, m.From, meets)
	inTime := !met.IsZero() && !met.After(m.Limit)
	if met.IsZero() && !m.Limit.After(r.to) {
		r.things["overdue"] = append(r.things["overdue"], thing{unit: unit, hit: true, took: r.to.Sub(m.Limit)})
	}
	if key == "" || !r.in(m.Limit) {
		return
	}
	if key == "late_report" {
		r.put(key, unit, !inTime)
		return
	}
	r.put(key, unit, inTime)
	if key == "on_time" && m.Extended {
		r.put("extended", unit, inTime)
	}
	if key == "on_time" && inTime {
		r.put("last_minute", unit, m.Limit.Sub(met) <= m.Limit.Sub(m.From)/10)
	}
}

// grave counts the 3, 5 and 24 hours of an emergency from its start by themselves.
func (r *recounted) grave(deeds []deed, lead org.UnitID, start time.Time) {
	if deeds[0].After.Level != incident.Emergency {
		return
	}
	ended := first(deeds, time.Time{}, is(incident.KindMerge, incident.KindVoid))
	for _, must := range []struct {
		kind   incident.Kind
		key    string
		within time.Duration
	}{{incident.KindRelease, "release_5h", 5 * time.Hour}, {incident.KindPressConference, "conference_24h", 24 * time.Hour}} {
		limit := start.Add(must.within)
		met := first(deeds, start, is(must.kind))
		if !r.in(limit) || (met.IsZero() && !ended.IsZero()) {
			continue
		}
		inTime := !met.IsZero() && met.Sub(start) <= must.within
		r.put(must.key, lead, inTime)
		r.put("emergency", lead, inTime)
		if must.kind == incident.KindRelease {
			r.put("release_3h", lead, inTime && met.Sub(start) <= 3*time.Hour)
		}
	}
}
