package sla_test

import (
	"os"
	"testing"
	"time"

	"huiying/incident"
	"huiying/sla"
)

// BenchmarkPlan counts the milestones of a new emergency, as intake does for each.
func BenchmarkPlan(b *testing.B) {
	bk := book(b, "")
	c := bk.Preview(incident.Emergency, time.Date(2026, 11, 18, 10, 0, 0, 0, zone()), web())
	bare := c
	bare.Milestones = nil
	for _, bb := range []struct {
		name string
		c    incident.Case
	}{{"New", bare}, {"Unchanged", c}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := bk.Plan(bb.c, bb.c.ReceivedAt); len(got.Milestones) == 0 {
					b.Fatal("no milestones")
				}
			}
		})
	}
}

func BenchmarkTimers(b *testing.B) {
	bk := book(b, "")
	c := bk.Preview(incident.Emergency, time.Date(2026, 11, 18, 10, 0, 0, 0, zone()), web())
	b.ReportAllocs()
	for b.Loop() {
		if len(bk.Timers(c)) == 0 {
			b.Fatal("no timers")
		}
	}
}

func BenchmarkDue(b *testing.B) {
	bk := book(b, "")
	c := bk.Preview(incident.Emergency, time.Date(2026, 11, 18, 10, 0, 0, 0, zone()), web())
	now := c.ReceivedAt.Add(5 * time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		if len(bk.Due(c, now)) == 0 {
			b.Fatal("nothing due")
		}
	}
}

func BenchmarkParsePolicy(b *testing.B) {
	doc, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sla.ParsePolicy("policy.yaml", doc); err != nil {
			b.Fatal(err)
		}
	}
}
