package org_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/org"
)

const (
	hall  = org.UnitID("fuban")
	house = org.UnitID("zjj")
	water = org.UnitID("slj")
)

// noon is the instant of most tests.
func noon() time.Time {
	return time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))
}

// county is a small county: 住建局 has one person in each post, 水利局 a handler and a head.
// A person's id is unit-post.
func county() org.Data {
	d := org.Data{Units: []org.Unit{
		{ID: hall, Name: "县政府办", County: true}, {ID: house, Name: "县住建局", Aliases: []string{"住建局"}, Parent: hall}, {ID: water, Name: "县水利局", Parent: hall},
	}}
	hold := func(u org.UnitID, posts ...org.Post) {
		for _, p := range posts {
			id := org.PersonID(string(u) + "-" + string(p))
			d.Persons = append(d.Persons, org.Person{ID: id, Name: "姓名" + string(id)})
			d.Appointments = append(d.Appointments, org.Appointment{Person: id, Unit: u, Post: p})
		}
	}
	hold(hall, org.DutyOfficer, org.OfficeDirector, org.DeputyLeader)
	hold(house, org.Handler, org.SectionHead, org.Deputy, org.Head)
	hold(water, org.Handler, org.Head)
	return d
}

func directory(tb testing.TB, d org.Data) *org.Directory {
	tb.Helper()
	dir, err := org.NewDirectory(d)
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

// away takes people off for the whole day, with a stand-in or none.
func away(d *org.Data, person, standIn string) {
	d.Absences = append(d.Absences, org.Absence{
		Person: org.PersonID(person), StandIn: org.PersonID(standIn), From: noon().Add(-12 * time.Hour), To: noon().Add(12 * time.Hour),
	})
}

// vacate removes whoever holds the posts of a unit.
func vacate(d *org.Data, u org.UnitID, posts ...org.Post) {
	d.Appointments = slices.DeleteFunc(d.Appointments, func(a org.Appointment) bool { return a.Unit == u && slices.Contains(posts, a.Post) })
}

// told writes an audience as lines of "person for seat".
func told(rs []org.Recipient) string {
	lines := make([]string, len(rs))
	for i, r := range rs {
		if lines[i] = string(r.Person.ID); r.StandsFor != "" {
			lines[i] += " 代" + r.StandsFor
		}
	}
	return strings.Join(lines, "; ")
}

// TestResolve is rules.md, Audience.
func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		change   func(*org.Data)
		audience []org.Post
		unit     org.UnitID
		want     string
	}{
		{"who holds the posts, lowest first", nil, []org.Post{org.Head, org.Handler}, house, "zjj-handler; zjj-head"},
		{"the county's posts beside the unit's", nil, []org.Post{org.Deputy, org.DutyOfficer}, house, "zjj-deputy; fuban-duty_officer"},
		{"everybody of a post", func(d *org.Data) {
			d.Appointments = append(d.Appointments, org.Appointment{Person: "slj-handler", Unit: house, Post: org.Handler})
		}, []org.Post{org.Handler}, house, "zjj-handler; slj-handler"},
		{"a vacant post: the next one up", func(d *org.Data) { vacate(d, house, org.Handler) }, []org.Post{org.Handler}, house, "zjj-section_head 代县住建局经办人"},
		{"two vacant posts: the one after", nil, []org.Post{org.SectionHead}, water, "slj-head 代县水利局科室负责人"},
		{"a whole unit vacant: the county's duty officer", func(d *org.Data) { vacate(d, water, org.Handler, org.Head) }, []org.Post{org.Handler}, water, "fuban-duty_officer 代县水利局经办人"},
		{"a unit that nobody knows: the county's duty officer", nil, []org.Post{org.Handler}, "nowhere", "fuban-duty_officer 代nowhere经办人"},
		{"no unit at all, as after a return", nil, []org.Post{org.Deputy}, "", "fuban-duty_officer 代分管领导"},
		{"the county's posts climb as well", func(d *org.Data) { vacate(d, hall, org.DutyOfficer) }, []org.Post{org.DutyOfficer}, house, "fuban-office_director 代县值班员"},
		{"nobody above the deputy leader", func(d *org.Data) { vacate(d, hall, org.DeputyLeader) }, []org.Post{org.DeputyLeader}, house, ""},
		{"absent with a stand-in", func(d *org.Data) { away(d, "zjj-handler", "slj-handler") }, []org.Post{org.Handler}, house, "slj-handler 代县住建局经办人姓名zjj-handler"},
		{"absent without one: the next post up", func(d *org.Data) { away(d, "zjj-handler", "") }, []org.Post{org.Handler}, house, "zjj-section_head 代县住建局经办人"},
		{"the stand-in is absent too, and has one", func(d *org.Data) {
			away(d, "zjj-handler", "slj-handler")
			away(d, "slj-handler", "slj-head")
		}, []org.Post{org.Handler}, house, "slj-head 代县住建局经办人姓名zjj-handler"},
		{"a ring of stand-ins: the next post up", func(d *org.Data) {
			away(d, "zjj-handler", "slj-handler")
			away(d, "slj-handler", "slj-head")
			away(d, "slj-head", "zjj-handler")
		}, []org.Post{org.Handler}, house, "zjj-section_head 代县住建局经办人"},
		{"a stand-in who has left: the next post up", func(d *org.Data) {
			away(d, "zjj-handler", "slj-handler")
			d.Persons[slices.IndexFunc(d.Persons, func(p org.Person) bool { return p.ID == "slj-handler" })].Left = true
		}, []org.Post{org.Handler}, house, "zjj-section_head 代县住建局经办人"},
		{"two absences at once, one names a stand-in", func(d *org.Data) {
			away(d, "zjj-handler", "")
			away(d, "zjj-handler", "slj-handler")
		}, []org.Post{org.Handler}, house, "slj-handler 代县住建局经办人姓名zjj-handler"},
		{"somebody who has left holds nothing", func(d *org.Data) {
			d.Persons[slices.IndexFunc(d.Persons, func(p org.Person) bool { return p.ID == "zjj-handler" })].Left = true
		}, []org.Post{org.Handler}, house, "zjj-section_head 代县住建局经办人"},
		{"one of two holders is absent: the other", func(d *org.Data) {
			d.Appointments = append(d.Appointments, org.Appointment{Person: "slj-handler", Unit: house, Post: org.Handler})
			away(d, "zjj-handler", "")
		}, []org.Post{org.Handler}, house, "slj-handler"},
		{"two posts in one person: once, for the lower", func(d *org.Data) {
			vacate(d, house, org.Deputy)
			d.Appointments = append(d.Appointments, org.Appointment{Person: "zjj-head", Unit: house, Post: org.Deputy})
		}, []org.Post{org.Head, org.Deputy}, house, "zjj-head"},
		{"one who stands in for a post below his own: once", func(d *org.Data) { vacate(d, house, org.Handler, org.SectionHead) }, []org.Post{org.Handler, org.Deputy}, house, "zjj-deputy 代县住建局经办人"},
		{"who is on shift, not who holds the post", func(d *org.Data) {
			d.Shifts = append(d.Shifts, org.Shift{Unit: hall, Post: org.DutyOfficer, Person: "slj-handler", From: noon().Add(-time.Hour), To: noon().Add(time.Hour)})
		}, []org.Post{org.DutyOfficer}, house, "slj-handler"},
		{"a shift that ends now is over", func(d *org.Data) {
			d.Shifts = append(d.Shifts, org.Shift{Unit: hall, Post: org.DutyOfficer, Person: "slj-handler", From: noon().Add(-time.Hour), To: noon()})
		}, []org.Post{org.DutyOfficer}, house, "fuban-duty_officer"},
		{"a shift that begins now has begun", func(d *org.Data) {
			d.Shifts = append(d.Shifts, org.Shift{Unit: hall, Post: org.DutyOfficer, Person: "slj-handler", From: noon(), To: noon().Add(time.Hour)})
		}, []org.Post{org.DutyOfficer}, house, "slj-handler"},
		{"on shift and absent: the stand-in", func(d *org.Data) {
			d.Shifts = append(d.Shifts, org.Shift{Unit: hall, Post: org.DutyOfficer, Person: "slj-handler", From: noon(), To: noon().Add(time.Hour)})
			away(d, "slj-handler", "slj-head")
		}, []org.Post{org.DutyOfficer}, house, "slj-head 代县值班员姓名slj-handler"},
		{"an absence that ended a moment ago", func(d *org.Data) {
			d.Absences = append(d.Absences, org.Absence{Person: "zjj-handler", From: noon().Add(-time.Hour), To: noon()})
		}, []org.Post{org.Handler}, house, "zjj-handler"},
		{"nobody is asked for", nil, nil, house, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := county()
			if tt.change != nil {
				tt.change(&d)
			}
			if got := told(directory(t, d).Resolve(tt.audience, tt.unit, noon())); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestActor: whoever is told of something may act on it.
func TestActor(t *testing.T) {
	t.Parallel()
	posts := func(d org.Data, person string) string {
		by, ok := directory(t, d).Actor(org.PersonID(person), "web", noon())
		if !ok {
			return "nobody"
		}
		var out []string
		for _, h := range by.Holds {
			out = append(out, fmt.Sprintf("%s:%s", h.Unit, h.Post))
		}
		return strings.Join(out, " ")
	}
	d := county()
	if got := posts(d, "slj-head"); got != "slj:head" {
		t.Errorf("his own post: %s", got)
	}
	away(&d, "zjj-handler", "slj-handler")
	away(&d, "slj-handler", "slj-head")
	if got := posts(d, "slj-head"); got != "slj:handler slj:head zjj:handler" {
		t.Errorf("with the posts of all for whom he stands in: %s", got)
	}
	if got := posts(d, "slj-handler"); got != "slj:handler" {
		t.Errorf("a stand-in who is absent himself acts for himself alone: %s", got)
	}
	d.Shifts = append(d.Shifts, org.Shift{Unit: hall, Post: org.DutyOfficer, Person: "zjj-deputy", From: noon(), To: noon().Add(time.Hour)})
	if got := posts(d, "zjj-deputy"); got != "fuban:duty_officer zjj:deputy" {
		t.Errorf("with the post that he is on shift for: %s", got)
	}
	d.Persons[0].Left = true
	if got := posts(d, string(d.Persons[0].ID)); got != "nobody" {
		t.Errorf("somebody who has left: %s", got)
	}
	if got := posts(d, "stranger"); got != "nobody" {
		t.Errorf("a stranger: %s", got)
	}
}

// TestResolve_Random: whatever is vacant or absent, nobody is told twice, everybody told is
// there, holds a post not below the one asked for or stands in, and may act on it.
func TestResolve_Random(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := county()
		for _, p := range d.Persons {
			if rapid.IntRange(0, 2).Draw(t, "absent") == 0 {
				other := rapid.SampledFrom(d.Persons).Draw(t, "stand-in").ID
				if other == p.ID {
					other = ""
				}
				away(&d, string(p.ID), string(other))
			}
		}
		d.Appointments = slices.DeleteFunc(d.Appointments, func(org.Appointment) bool { return rapid.IntRange(0, 3).Draw(t, "vacant") == 0 })
		for range rapid.IntRange(0, 3).Draw(t, "shifts") {
			d.Shifts = append(d.Shifts, org.Shift{
				Unit: hall, Post: org.DutyOfficer, Person: rapid.SampledFrom(d.Persons).Draw(t, "on shift").ID,
				From: noon().Add(-time.Duration(rapid.IntRange(0, 2).Draw(t, "began")) * time.Hour), To: noon().Add(time.Hour),
			})
		}
		dir, err := org.NewDirectory(d)
		if err != nil {
			t.Fatal(err)
		}
		audience := rapid.SliceOfDistinct(rapid.SampledFrom(org.Posts()), func(p org.Post) org.Post { return p }).Draw(t, "audience")
		unit := rapid.SampledFrom([]org.UnitID{house, water}).Draw(t, "unit")
		seen := map[org.PersonID]bool{}
		for _, r := range dir.Resolve(audience, unit, noon()) {
			if seen[r.Person.ID] {
				t.Fatalf("%s is told twice", r.Person.ID)
			}
			seen[r.Person.ID] = true
			if slices.ContainsFunc(d.Absences, func(a org.Absence) bool { return a.Person == r.Person.ID }) {
				t.Fatalf("%s is told and absent", r.Person.ID)
			}
			if r.Post.Rank() < slices.MinFunc(audience, func(a, b org.Post) int { return a.Rank() - b.Rank() }).Rank() {
				t.Fatalf("%s is told for %s, below whoever was asked for", r.Person.ID, r.Post)
			}
			by, ok := dir.Actor(r.Person.ID, "test", noon())
			if !ok || !by.In(r.Unit, r.Post) {
				t.Fatalf("%s is told for %s of %s, but may not act in it: %+v", r.Person.ID, r.Post, r.Unit, by.Holds)
			}
			if held := slices.Contains(audience, r.Post); !held && r.StandsFor == "" {
				t.Fatalf("%s is told and not said for whom", r.Person.ID)
			}
		}
	})
}
