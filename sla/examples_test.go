package sla_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
	"huiying/sla"
)

// zone is the county's; the tests must not care for the machine's own.
func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func at(tb testing.TB, s string) time.Time {
	tb.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// builtin is what the house ships, read once: neither policy nor holidays change.
var builtin = sync.OnceValues(func() (sla.Book, error) {
	names, err := filepath.Glob("../configs/holidays/*.json")
	if err != nil {
		return sla.Book{}, err
	}
	files := map[string][]byte{}
	for _, n := range names {
		if files[n], err = os.ReadFile(n); err != nil {
			return sla.Book{}, err
		}
	}
	h, err := sla.LoadHolidays(files)
	if err != nil {
		return sla.Book{}, err
	}
	raw, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		return sla.Book{}, err
	}
	p, err := sla.ParsePolicy("policy.yaml", raw)
	return sla.Book{Policy: p, Holidays: h, Zone: zone()}, err
})

// book is the built-in policy with an override, which may be empty.
func book(tb testing.TB, override string) sla.Book {
	tb.Helper()
	b, err := builtin()
	if err == nil && override != "" {
		b.Policy, err = sla.ParsePolicyOver(b.Policy, "override", []byte(override))
	}
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func web() incident.Source {
	return incident.Source{Name: "论坛", Kind: incident.SourceWeb, Public: true}
}

func milestone(c incident.Case, kind incident.MilestoneKind) incident.Milestone {
	for _, m := range c.Milestones {
		if m.Kind == kind {
			return m
		}
	}
	return incident.Milestone{}
}

// byCalendar is the built-in policy under each calendar.
func byCalendar(tb testing.TB) map[sla.Calendar]sla.Book {
	tb.Helper()
	books := map[sla.Calendar]sla.Book{}
	for _, cal := range sla.Calendars() {
		books[cal] = book(tb, "calendar: "+string(cal))
	}
	return books
}

type exampleMilestone struct {
	Kind   string `yaml:"kind"`
	Target string `yaml:"target_at"`
	Limit  any    `yaml:"limit_at"`
}

// TestExamples gives every limit of the worked examples under all four calendars.
func TestExamples(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("HUIYING_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "facts", "sla_examples.yaml"))
	if err != nil {
		t.Skip("worked examples are not here: set HUIYING_SHARED to the folder that holds facts/sla_examples.yaml")
	}
	var doc struct {
		Examples []struct {
			ID       string
			Received string                 `yaml:"received_at"`
			Expect   struct{ Level string } `yaml:"expect"`
			Plain    []exampleMilestone     `yaml:"milestones"`
			General  []exampleMilestone     `yaml:"milestones_if_general"`
			Major    []exampleMilestone     `yaml:"milestones_if_major"`
		}
	}
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Examples) == 0 {
		t.Fatal("no examples")
	}
	books := byCalendar(t)
	for _, ex := range doc.Examples {
		for level, want := range map[string][]exampleMilestone{ex.Expect.Level: ex.Plain, "general": ex.General, "major": ex.Major} {
			for _, cal := range sla.Calendars() {
				c := books[cal].Preview(incident.Level(level), at(t, ex.Received), web())
				for _, w := range want {
					got := milestone(c, incident.MilestoneKind(w.Kind))
					limit, ok := w.Limit.(string)
					if !ok {
						limit, _ = w.Limit.(map[string]any)[string(cal)].(string)
					}
					if !got.Limit.Equal(at(t, limit)) {
						t.Errorf("%s %s %s: limit %s, want %s (%s)", ex.ID, w.Kind, cal, got.Limit.In(zone()), limit, got.Counted)
					}
					if w.Target != "" && !got.Target.Equal(at(t, w.Target)) {
						t.Errorf("%s %s: target %s, want %s", ex.ID, w.Kind, got.Target, w.Target)
					}
					if !strings.Contains(got.Counted, "最迟") || !strings.HasSuffix(got.Counted, "。") {
						t.Errorf("%s %s: no sentence on how it was counted: %q", ex.ID, w.Kind, got.Counted)
					}
				}
			}
		}
	}
}

// TestDays_WorkedTable holds the table of facts/standards.md 2.3. A limit of 24:00 is
// 00:00 of the day after.
func TestDays_WorkedTable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		received, level                    string
		exact, natural, roll, working      string
		provisionalRoll, provisionalNormal bool
	}{
		{"2026-11-20T16:40:00+08:00", "general", "2026-11-23T16:40:00+08:00", "2026-11-24T00:00:00+08:00", "2026-11-24T00:00:00+08:00", "2026-11-26T00:00:00+08:00", false, false},
		{"2026-09-08T23:59:59+08:00", "general", "2026-09-11T23:59:59+08:00", "2026-09-12T00:00:00+08:00", "2026-09-12T00:00:00+08:00", "2026-09-12T00:00:00+08:00", false, false},
		{"2026-09-09T00:00:00+08:00", "general", "2026-09-12T00:00:00+08:00", "2026-09-13T00:00:00+08:00", "2026-09-15T00:00:00+08:00", "2026-09-15T00:00:00+08:00", false, false},
		{"2026-02-14T10:00:00+08:00", "general", "2026-02-17T10:00:00+08:00", "2026-02-18T00:00:00+08:00", "2026-02-25T00:00:00+08:00", "2026-02-27T00:00:00+08:00", false, false},
		{"2026-02-18T20:00:00+08:00", "major", "2026-02-23T20:00:00+08:00", "2026-02-24T00:00:00+08:00", "2026-02-25T00:00:00+08:00", "2026-03-01T00:00:00+08:00", false, false},
		{"2024-02-28T09:00:00+08:00", "general", "2024-03-02T09:00:00+08:00", "2024-03-03T00:00:00+08:00", "2024-03-05T00:00:00+08:00", "2024-03-05T00:00:00+08:00", false, false},
	}
	books := byCalendar(t)
	for _, tt := range tests {
		kind := incident.MilestoneConclude
		if tt.level == "major" {
			kind = incident.MilestonePlan
		}
		for cal, want := range map[sla.Calendar]string{sla.Exact: tt.exact, sla.Natural: tt.natural, sla.NaturalRoll: tt.roll, sla.Working: tt.working} {
			m := milestone(books[cal].Preview(incident.Level(tt.level), at(t, tt.received), web()), kind)
			if !m.Limit.Equal(at(t, want)) {
				t.Errorf("%s %s: %s, want %s", tt.received, cal, m.Limit.In(zone()), want)
			}
		}
	}
}

// TestDays_WholeYears walks through years hour by hour: the calendars keep their order,
// no limit goes back when a report comes later, and the reader's zone decides the day.
func TestDays_WholeYears(t *testing.T) {
	t.Parallel()
	var books []sla.Book
	for _, cal := range sla.Calendars() {
		books = append(books, book(t, "calendar: "+string(cal)))
	}
	last := make([]time.Time, len(books))
	for now := at(t, "2025-01-01T00:30:00+08:00"); now.Before(at(t, "2026-12-20T00:00:00+08:00")); now = now.Add(7 * time.Hour) {
		var before time.Time
		for i, b := range books {
			limit := milestone(b.Preview(incident.General, now.UTC(), web()), incident.MilestoneConclude).Limit
			if limit.Before(before) {
				t.Fatalf("%s: calendar %d is stricter than the one before", now, i)
			}
			if limit.Before(last[i]) {
				t.Fatalf("%s: calendar %d went back", now, i)
			}
			before, last[i] = limit, limit
		}
	}
}

func TestHolidays_UnpublishedYearWarns(t *testing.T) {
	t.Parallel()
	b := book(t, "calendar: working")
	m := milestone(b.Preview(incident.General, at(t, "2026-12-30T10:00:00+08:00"), web()), incident.MilestoneConclude)
	if !strings.Contains(m.Warning, "2027年放假安排尚未公布") {
		t.Fatalf("want a warning on a limit that reaches an unpublished year, got %q", m.Warning)
	}
	if n := milestone(book(t, "").Preview(incident.General, at(t, "2026-12-30T10:00:00+08:00"), web()), incident.MilestoneConclude); n.Warning != "" {
		t.Fatalf("natural days need no holidays, got %q", n.Warning)
	}
}
