package sla_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// ladderTable is rules.md, Milestones and Ladders, as instants: everything received and
// dispatched on Wednesday 18 November 2026 at 10:00, a plan promising the 30th and a release
// given on the 19th at 10:00, concluded on the 20th at 10:00. A line: milestone, level,
// target / limit; then each rung with the instant at which it goes out, quiet hours reckoned
// in (← before it where it was moved), whom it tells, and how often again.
//
// One rung stands here that the page does not have: an emergency's registration tells the
// duty officer and the director at once, lest an alarm waits five minutes to be dispatched.
const ladderTable = `
dispatch general 18T12:00 / 18T14:00
  T 18T12:00 duty_officer
  L 18T14:00 duty_officer office_director
dispatch major 18T10:30 / 18T11:00
  T 18T10:30 duty_officer
  L 18T11:00 duty_officer office_director
  L+span 18T12:00 deputy_leader
dispatch emergency 18T10:05 / 18T10:10
  S 18T10:00 duty_officer office_director
  T 18T10:05 duty_officer
  L 18T10:10 duty_officer office_director
  L+span 18T10:20 deputy_leader every 5m0s
accept general 18T12:00 / 18T14:00
  D 18T10:00 handler
  T 18T12:00 handler
  L 18T14:00 handler deputy
  L+4h 18T18:00 deputy head
  L+24h 19T14:00 head office_director
accept major 18T10:30 / 18T11:00
  D 18T10:00 handler deputy
  T 18T10:30 handler
  L 18T11:00 handler deputy
  L+1h 18T12:00 head duty_officer every 2h0m0s
accept emergency 18T10:05 / 18T10:15
  D 18T10:00 handler deputy head duty_officer office_director deputy_leader
  T 18T10:05 handler deputy every 5m0s
  D+10m 18T10:10 head duty_officer every 5m0s
  L 18T10:15 office_director
  L+5m 18T10:20 deputy_leader every 10m0s
first_report major 18T11:00 / 18T12:00
  T-10m 18T10:50 handler deputy
  T 18T11:00 head duty_officer
  L 18T12:00 office_director
  L+30m 18T12:30 deputy_leader
first_report emergency 18T10:30 / 18T11:00
  T-10m 18T10:20 handler deputy
  T 18T10:30 head duty_officer
  L 18T11:00 office_director
  L+30m 18T11:30 deputy_leader
respond general 19T10:00 / 20T10:00
  T 19T10:00 handler
  L-8h ←20T07:30 handler deputy
  L 20T10:00 deputy head duty_officer
  L+24h 21T10:00 office_director
respond major 19T10:00 / 20T10:00
  T 19T10:00 handler
  L-8h ←20T07:30 handler deputy
  L 20T10:00 deputy head duty_officer
  L+24h 21T10:00 office_director
respond emergency 19T10:00 / 20T10:00
  T 19T10:00 handler
  L-8h 20T02:00 handler deputy
  L 20T10:00 deputy head duty_officer
  L+24h 21T10:00 office_director
release emergency 18T13:00 / 18T15:00
  S+1h 18T11:00 handler deputy
  S+2h 18T12:00 deputy head
  T-15m 18T12:45 head office_director
  T 18T13:00 head office_director deputy_leader
  S+4h 18T14:00 head office_director deputy_leader
  L-30m 18T14:30 head office_director deputy_leader every 10m0s
  L 18T15:00 head office_director deputy_leader duty_officer every 30m0s
press_conference emergency – / 19T10:00
  L-12h 18T22:00 head
  L-6h 19T04:00 head office_director
  L-2h 19T08:00 head office_director deputy_leader
  L 19T10:00 head office_director deputy_leader every 2h0m0s
rolling_release emergency – / 20T10:00
  L-4h 20T06:00 handler deputy
  L-1h 20T09:00 deputy head
  L 20T10:00 head office_director
  L+12h 20T22:00 deputy_leader
plan major 23T10:00 / 24T00:00
  L-48h ←22T07:30 handler
  L-24h ←23T07:30 handler section_head
  T 23T10:00 handler deputy
  L 24T00:00 deputy head duty_officer
  L+24h 25T00:00 head office_director
  L+24h 25T00:00 deputy_leader every 24h0m0s
  L+72h 27T00:00 head office_director deputy_leader every 72h0m0s
plan emergency 23T10:00 / 24T00:00
  L-48h 22T00:00 handler
  L-24h 23T00:00 handler section_head
  T 23T10:00 handler deputy
  L 24T00:00 deputy head duty_officer
  L+24h 25T00:00 head office_director
  L+24h 25T00:00 deputy_leader every 24h0m0s
  L+72h 27T00:00 head office_director deputy_leader every 72h0m0s
conclude general 21T10:00 / 22T00:00
  L-24h ←21T07:30 handler section_head
  T 21T10:00 handler deputy
  L ←21T21:45 deputy head duty_officer
  L+24h ←23T07:30 head office_director
  L+72h ←25T07:30 head office_director deputy_leader every 72h0m0s
conclude major – / 31T00:00
  L-48h ←29T07:30 handler
  L-24h ←30T07:30 handler section_head
  L 31T00:00 deputy head duty_officer
  L+24h 32T00:00 head office_director
  L+24h 32T00:00 deputy_leader every 24h0m0s
  L+72h 34T00:00 head office_director deputy_leader every 72h0m0s
conclude emergency – / 31T00:00
  L-48h 29T00:00 handler
  L-24h 30T00:00 handler section_head
  L 31T00:00 deputy head duty_officer
  L+24h 32T00:00 head office_director
  L+24h 32T00:00 deputy_leader every 24h0m0s
  L+72h 34T00:00 head office_director deputy_leader every 72h0m0s
feedback general 20T22:00 / 21T10:00
  T ←21T07:30 handler
  L 21T10:00 handler deputy
  L+48h 23T10:00 head
feedback major 20T22:00 / 21T10:00
  T ←21T07:30 handler
  L 21T10:00 handler deputy
  L+48h 23T10:00 head
feedback emergency 20T22:00 / 21T10:00
  T 20T22:00 handler
  L 21T10:00 handler deputy
  L+48h 23T10:00 head
review general – / 19T18:00
  S 19T10:00 section_head
  L 19T18:00 section_head deputy
  L+span ←20T07:30 section_head deputy
review major – / 19T12:00
  S 19T10:00 section_head
  L 19T12:00 section_head deputy
  L+span 19T14:00 section_head deputy
review emergency – / 19T10:15
  S 19T10:00 section_head
  L 19T10:15 section_head deputy every 15m0s
followup emergency – / 20T11:00
  L-30m 20T10:30 handler
  L 20T11:00 handler deputy
  L+1h 20T12:00 deputy head duty_officer
after_action major – / 35T00:00
  L-183h 27T09:00 handler
  L-15h 34T09:00 handler deputy
  L+153h 41T09:00 handler deputy head
  L+321h 48T09:00 head duty_officer
after_action emergency – / 35T00:00
  L-183h 27T09:00 handler
  L-15h 34T09:00 handler deputy
  L+153h 41T09:00 handler deputy head
  L+321h 48T09:00 head duty_officer
`

// person is somebody with a post.
func person(unit org.UnitID, post org.Post) org.Actor {
	id := org.PersonID(string(unit) + "-" + string(post))
	return org.Actor{Person: id, Name: post.Chinese(), Via: "test", Holds: []org.Appointment{{Person: id, Unit: unit, Post: post}}}
}

const (
	hall  = org.UnitID("县政府办")
	house = org.UnitID("县住建局")
	water = org.UnitID("县水利局")
)

// life is a case that goes through commands under a book.
type life struct {
	tb testing.TB
	b  sla.Book
	c  incident.Case
}

func (l *life) do(when string, by org.Actor, cmd incident.Command) {
	l.tb.Helper()
	now := at(l.tb, when)
	next, _, err := l.c.Apply(cmd, by, now)
	if err != nil {
		l.tb.Fatalf("%s at %s: %v", cmd.Kind(), when, err)
	}
	if cmd.Kind() == incident.KindRetime {
		next = l.b.Recount(next, now)
	}
	l.c = l.b.Plan(next, now)
}

// begin registers and dispatches to house at once.
func begin(tb testing.TB, b sla.Book, level incident.Level, received string, source incident.Source, limits ...incident.HandedLimit) *life {
	tb.Helper()
	l := &life{tb: tb, b: b}
	l.do(received, person(hall, org.DutyOfficer), incident.Register{
		Report:  incident.Report{Source: source, Title: "坍塌", HandedLimits: limits},
		Grading: incident.Grading{Level: level, By: "officer", Confirmed: true, Influence: true},
	})
	l.do(received, person(hall, org.DutyOfficer), incident.Dispatch{Lead: house})
	return l
}

// last is the kind's newest milestone.
func (l *life) last(kind incident.MilestoneKind) incident.Milestone {
	l.tb.Helper()
	for _, m := range slices.Backward(l.c.Milestones) {
		if m.Kind == kind {
			return m
		}
	}
	l.tb.Fatalf("no %s", kind)
	return incident.Milestone{}
}

// TestBuiltin_WholeTable compares every milestone of every level of the built-in policy,
// rung by rung, with the table.
func TestBuiltin_WholeTable(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, level := range incident.Levels() {
		l := begin(t, book(t, ""), level, "2026-11-18T10:00:00+08:00", incident.Source{Name: "论坛", Kind: incident.SourceWeb, Public: true, WantsAnswer: true})
		if level != incident.General {
			l.do("2026-11-19T10:00:00+08:00", person(house, org.Handler), incident.Plan{PromisedAt: at(t, "2026-11-30T00:00:00+08:00")})
		}
		hash := incident.HashText("情况通报", "已修补")
		l.do("2026-11-19T10:00:00+08:00", person(house, org.Handler), incident.WriteDraft{Title: "情况通报", Text: "已修补"})
		l.do("2026-11-19T10:00:00+08:00", person(house, org.Handler), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true})
		for _, post := range []org.Post{org.SectionHead, org.Deputy, org.Head} {
			l.do("2026-11-19T10:00:00+08:00", person(house, post), incident.ReviewDraft{Draft: 1, Hash: hash, Approve: true})
		}
		l.do("2026-11-19T10:00:00+08:00", person(house, org.Head), incident.Release{Address: "县政府网站"})
		l.do("2026-11-20T09:00:00+08:00", person(house, org.Handler), incident.FirstReport{Text: "首报"})
		l.do("2026-11-20T10:00:00+08:00", person(house, org.Head), incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修补"})
		for _, kind := range incident.MilestoneKinds() {
			if i := slices.IndexFunc(l.c.Milestones, func(m incident.Milestone) bool { return m.Kind == kind }); i >= 0 {
				got[string(kind)+" "+string(level)] = written(l.b, l.c, l.c.Milestones[i])
			}
		}
	}
	for want := range strings.SplitSeq(strings.TrimSpace(ladderTable), "\n") {
		if strings.HasPrefix(want, " ") {
			continue
		}
		name := strings.Join(strings.Fields(want)[:2], " ")
		from := strings.Index(ladderTable, want+"\n")
		end := len(ladderTable)
		for _, k := range incident.MilestoneKinds() {
			if n := strings.Index(ladderTable[from+1:], "\n"+string(k)+" "); n >= 0 {
				end = min(end, from+1+n+1)
			}
		}
		if whole := ladderTable[from:end]; got[name] != whole {
			t.Errorf("%s\ngot\n%s\nwant\n%s", name, got[name], whole)
		}
		delete(got, name)
	}
	for name, text := range got {
		t.Errorf("the table of the rules has no %s:\n%s", name, text)
	}
}

// written is a milestone as the table writes it.
func written(b sla.Book, c incident.Case, m incident.Milestone) string {
	level := c.Clocks[m.Clock-1].Level
	// Days go on counting past the month, so that a line stays short.
	day := func(t time.Time) string {
		if t.IsZero() {
			return "–"
		}
		t = t.In(zone())
		n := int(t.Sub(time.Date(2026, 11, 1, 0, 0, 0, 0, zone()))/(24*time.Hour)) + 1
		return fmt.Sprintf("%02dT%s", n, t.Format("15:04"))
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s %s / %s\n", m.Kind, level, day(m.Target), day(m.Limit))
	for _, r := range b.Ladder(c, m) {
		moved := ""
		if !r.At.Equal(standing(m, r)) {
			moved = "←"
		}
		fmt.Fprintf(&out, "  %s %s%s", r.Label, moved, day(r.At))
		for _, p := range r.Posts {
			out.WriteString(" " + string(p))
		}
		if r.Every > 0 {
			out.WriteString(" every " + r.Every.String())
		}
		out.WriteString("\n")
	}
	return out.String()
}

// standing is where a rung stands without quiet hours: by its label.
func standing(m incident.Milestone, r sla.Rung) time.Time {
	base := map[byte]time.Time{'S': m.From, 'D': m.From, 'T': m.Target, 'L': m.Limit}[r.Label[0]]
	rest := r.Label[1:]
	switch rest {
	case "":
		return base
	case "+span":
		return base.Add(m.Limit.Sub(m.From))
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		panic(err)
	}
	return base.Add(d)
}
