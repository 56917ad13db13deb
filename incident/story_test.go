package incident_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// builtin is the policy that the house ships, which counts the limits of these tests.
func builtin(tb testing.TB) sla.Book {
	tb.Helper()
	raw, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	p, err := sla.ParsePolicy("policy.yaml", raw)
	if err != nil {
		tb.Fatal(err)
	}
	return sla.Book{Policy: p, Zone: zone()}
}

// story is a case that goes through commands under the built-in policy.
type story struct {
	t *testing.T
	b sla.Book
	c incident.Case
	// text is the last sentence of the log.
	text string
}

// tell starts a story: registered at the instant and dispatched to house one minute later.
func tell(t *testing.T, level incident.Level, received string) *story {
	t.Helper()
	s := &story{t: t, b: builtin(t)}
	s.do(received, actor(hall, org.DutyOfficer), incident.Register{
		Report:  incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline, WantsAnswer: true}, Title: "路面有坑"},
		Grading: incident.Grading{Level: level, By: "officer", Confirmed: true},
	})
	s.c.ID = 3
	s.do(at(t, received).Add(time.Minute).Format(time.RFC3339), actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house, Assisting: []org.UnitID{water}})
	return s
}

func (s *story) do(when string, by org.Actor, cmd incident.Command) {
	s.t.Helper()
	now := at(s.t, when)
	switch out := cmd.(type) {
	case incident.Release:
		s.c = words(s.t, s.c, earlier(now, out.At))
	case incident.Respond:
		s.c = words(s.t, s.c, earlier(now, out.At))
	}
	next, out, err := s.c.Apply(cmd, by, now)
	if err != nil {
		s.t.Fatalf("%s at %s: %v", cmd.Kind(), when, err)
	}
	s.text = out.Entries[len(out.Entries)-1].Text
	s.c = s.b.Plan(next, now)
}

// earlier is when words were reviewed that went out at an instant, which may be left out.
func earlier(now, out time.Time) time.Time {
	if out.IsZero() {
		return now
	}
	return out
}

// said wants the log's last sentence.
func (s *story) said(want string) {
	s.t.Helper()
	if s.text != want {
		s.t.Errorf("the log says\n %s, want\n %s", s.text, want)
	}
}

// refused wants the command refused with a sentence that holds the words, and nothing changed.
func (s *story) refused(when string, by org.Actor, cmd incident.Command, words string) {
	s.t.Helper()
	next, out, err := s.c.Apply(cmd, by, at(s.t, when))
	if err == nil || !strings.Contains(incident.Text(err), words) {
		s.t.Errorf("%s at %s: want a refusal with %q, got %v", cmd.Kind(), when, words, err)
	}
	if len(out.Entries) != 0 || next.State != s.c.State {
		s.t.Errorf("%s at %s: refused, and yet something changed", cmd.Kind(), when)
	}
}

// state wants the kind's last milestone in a state, and returns it.
func (s *story) state(kind incident.MilestoneKind, want incident.MilestoneState, when string) incident.Milestone {
	s.t.Helper()
	var last incident.Milestone
	for _, m := range s.c.Milestones {
		if m.Kind == kind {
			last = m
		}
	}
	if got := last.StateAt(at(s.t, when)); got != want {
		s.t.Errorf("%s at %s is %q, want %q", kind, when, got, want)
	}
	return last
}

func handler() org.Actor  { return actor(house, org.Handler) }
func deputy() org.Actor   { return actor(house, org.Deputy) }
func boss() org.Actor     { return actor(house, org.Head) }
func duty() org.Actor     { return actor(hall, org.DutyOfficer) }
func director() org.Actor { return actor(hall, org.OfficeDirector) }
