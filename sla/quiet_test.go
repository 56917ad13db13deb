package sla_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/incident"
	"huiying/sla"
)

// due is one milestone on its own, timed by the level.
func due(level incident.Level, kind incident.MilestoneKind, from, target, limit time.Time) (incident.Case, incident.Milestone) {
	m := incident.Milestone{Seq: 1, Kind: kind, Unit: house, Clock: 1, State: incident.Pending, From: from, Target: target, Limit: limit}
	return incident.Case{
		ID: 3, State: incident.Dispatched, Lead: house, Grading: incident.Grading{Level: level},
		Clocks: []incident.Clock{{N: 1, Level: level, Start: from}}, Milestones: []incident.Milestone{m},
	}, m
}

// TestQuiet_Table is rules.md, Quiet hours. The rungs are those of accept: D, T, L, and for
// general L+4h. A rung goes out at its instant; general's wait for the morning or, where the
// limit falls before it, go the evening before; major's wait only before the limit.
func TestQuiet_Table(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	tests := []struct {
		name                string
		level               incident.Level
		from, target, limit string // of 18 November, hours past 24 go on into the next day
		rung, want          string
	}{
		{"by day at its instant", incident.General, "10:00", "12:00", "14:00", "T", "12:00"},
		{"a target at 23:00 waits for the morning", incident.General, "20:00", "23:00", "33:00", "T", "31:30"},
		{"a limit at 05:00 is told the evening before", incident.General, "19:00", "20:00", "29:00", "L", "21:45"},
		{"so is a target whose limit falls before the morning", incident.General, "19:00", "23:00", "29:00", "T", "21:45"},
		{"a limit at midnight", incident.General, "10:00", "12:00", "24:00", "L", "21:45"},
		{"a limit at 07:29:59", incident.General, "10:00", "12:00", "31:29:59", "L", "21:45"},
		{"a limit at 07:30 goes then", incident.General, "10:00", "12:00", "31:30", "L", "31:30"},
		{"a target at night before that limit", incident.General, "10:00", "26:00", "31:30", "T", "31:30"},
		{"21:59:59 is no night", incident.General, "10:00", "21:59:59", "40:00", "T", "21:59:59"},
		{"22:00 is", incident.General, "10:00", "22:00", "40:00", "T", "31:30"},
		{"07:29:59 still is", incident.General, "10:00", "31:29:59", "40:00", "T", "31:30"},
		{"after the limit it waits for the morning", incident.General, "15:00", "17:00", "21:00", "L+4h", "31:30"},
		{"a dispatch at night", incident.General, "23:00", "32:00", "40:00", "D", "31:30"},
		{"what began at night cannot be told the evening before", incident.General, "22:30", "24:30", "26:30", "L", "31:30"},
		{"what began at 21:45 can, just", incident.General, "21:45", "23:45", "25:45", "L", "21:45"},
		{"major: before the limit it waits", incident.Major, "20:00", "23:00", "33:00", "T", "31:30"},
		{"major: the evening before, too", incident.Major, "19:00", "23:00", "29:00", "T", "21:45"},
		{"major: the limit rings at night", incident.Major, "19:00", "20:00", "27:00", "L", "27:00"},
		{"major: what follows the limit, too", incident.Major, "19:00", "20:00", "27:00", "L+1h", "28:00"},
		{"emergency: never held", incident.Emergency, "22:30", "22:35", "22:45", "T", "22:35"},
		{"emergency: nor its dispatch", incident.Emergency, "26:00", "26:05", "26:15", "D", "26:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, m := due(tt.level, incident.MilestoneAccept, hour(t, tt.from), hour(t, tt.target), hour(t, tt.limit))
			want := hour(t, tt.want)
			found := false
			for _, r := range b.Ladder(c, m) {
				if r.Label != tt.rung {
					continue
				}
				found = true
				if !r.At.Equal(want) {
					t.Errorf("%s goes out at %s, want %s", r.Label, r.At.In(zone()), want.In(zone()))
				}
			}
			if !found {
				t.Fatalf("no rung %s", tt.rung)
			}
			// What fires is the same: the timer's instant, and until when the message waits.
			for _, f := range b.Due(c, want) {
				if goes := latest(f.At, f.NotBefore); f.Label == tt.rung && !goes.Equal(want) {
					t.Errorf("%s fires for %s, want %s", f.Label, goes.In(zone()), want.In(zone()))
				}
			}
		})
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// hour is an hour of 18 November 2026 in the county; 29:00 is 05:00 of the day after.
func hour(tb testing.TB, s string) time.Time {
	tb.Helper()
	if len(s) == len("15:04") {
		s += ":00"
	}
	d, err := time.ParseDuration(s[:2] + "h" + s[3:5] + "m" + s[6:8] + "s")
	if err != nil {
		tb.Fatal(err)
	}
	return time.Date(2026, 11, 18, 0, 0, 0, 0, zone()).Add(d).UTC() // the host's zone does not matter
}

// TestQuiet_OtherHours: the county's own, or none at all.
func TestQuiet_OtherHours(t *testing.T) {
	t.Parallel()
	c, m := due(incident.General, incident.MilestoneAccept, hour(t, "10:00"), hour(t, "20:30"), hour(t, "40:00"))
	for override, want := range map[string]string{
		`quiet: {from: "20:00", to: "08:00", evening: "19:00"}`: "32:00",
		`quiet: {from: "", to: ""}`:                             "20:30",
	} {
		for _, r := range book(t, override).Ladder(c, m) {
			if r.Label == "T" && !r.At.Equal(hour(t, want)) {
				t.Errorf("%s: %s", override, r.At.In(zone()))
			}
		}
	}
}

// TestHoldUntil: messages that belong to no rung wait for the morning when they are general's.
func TestHoldUntil(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	for _, tt := range []struct {
		level     incident.Level
		now, want string
	}{
		{incident.General, "21:59:59", ""},
		{incident.General, "22:00", "31:30"},
		{incident.General, "27:00", "31:30"},
		{incident.General, "31:30", ""},
		{"", "27:00", "31:30"},
		{incident.Major, "27:00", ""},
		{incident.Emergency, "27:00", ""},
	} {
		want := time.Time{}
		if tt.want != "" {
			want = hour(t, tt.want)
		}
		if got := b.HoldUntil(tt.level, hour(t, tt.now)); !got.Equal(want) {
			t.Errorf("%q at %s: %s, want %s", tt.level, tt.now, got, want)
		}
	}
}

// TestQuiet_NeverMovesALimit: whatever the hours, limits and targets are the same, and so is
// whom each rung tells; general and major go at night only what may, emergency all.
func TestQuiet_NeverMovesALimit(t *testing.T) {
	t.Parallel()
	with, without := book(t, ""), book(t, `quiet: {from: "", to: ""}`)
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom(incident.Levels()).Draw(t, "level")
		received := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 200*24*60).Draw(t, "minute")) * time.Minute)
		quiet, loud := with.Preview(level, received, web()), without.Preview(level, received, web())
		if len(quiet.Milestones) != len(loud.Milestones) {
			t.Fatal("other milestones")
		}
		for i, m := range quiet.Milestones {
			n := loud.Milestones[i]
			if !m.Limit.Equal(n.Limit) || !m.Target.Equal(n.Target) || m.Counted != n.Counted {
				t.Fatalf("quiet hours moved %+v, else %+v", m, n)
			}
			for _, r := range with.Ladder(quiet, m) {
				at := r.At.In(zone())
				night := at.Hour() >= 22 || at.Hour() < 7 || (at.Hour() == 7 && at.Minute() < 30)
				if night && (level == incident.General || (level == incident.Major && at.Before(m.Limit))) {
					t.Fatalf("%s of %s %s goes out at %s", r.Label, level, m.Kind, at)
				}
				stands := standing(m, sla.Rung{Label: r.Label})
				if level == incident.Emergency && !r.At.Equal(stands) {
					t.Fatalf("an emergency's %s was moved from %s to %s", r.Label, stands, at)
				}
				if r.At.Sub(stands) > 10*time.Hour || stands.Sub(r.At) > 10*time.Hour {
					t.Fatalf("%s moved by more than a night: %s to %s", r.Label, stands, at)
				}
			}
		}
	})
}
