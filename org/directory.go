package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Data is everything a directory is made of; it is what configuration files and
// the database hold.
type Data struct {
	Units        []Unit        `json:"units" yaml:"units"`
	Persons      []Person      `json:"persons" yaml:"persons"`
	Appointments []Appointment `json:"appointments" yaml:"appointments"`
	Shifts       []Shift       `json:"shifts,omitempty" yaml:"shifts,omitempty"`
	Absences     []Absence     `json:"absences,omitempty" yaml:"absences,omitempty"`
}

// Directory answers who holds what. It does not change once made and may be read
// from many goroutines.
type Directory struct {
	data     Data
	units    map[UnitID]Unit
	names    map[string]UnitID
	persons  map[PersonID]Person
	byPost   map[postKey][]PersonID
	holds    map[PersonID][]Appointment
	shifts   map[postKey][]Shift
	absences map[PersonID][]Absence
	county   UnitID
}

type postKey struct {
	unit UnitID
	post Post
}

// NewDirectory indexes d and refuses what cannot be: unknown references, two units
// of one name, a county post outside the county office. All faults are joined.
func NewDirectory(d Data) (*Directory, error) {
	dir := &Directory{
		data: d, units: map[UnitID]Unit{}, names: map[string]UnitID{}, persons: map[PersonID]Person{},
		byPost: map[postKey][]PersonID{}, holds: map[PersonID][]Appointment{},
		shifts: map[postKey][]Shift{}, absences: map[PersonID][]Absence{},
	}
	errs := dir.addUnits()
	errs = append(errs, dir.addPeople()...)
	errs = append(errs, dir.addRoster()...)
	return dir, errors.Join(errs...)
}

func (d *Directory) addUnits() []error {
	var errs []error
	for _, u := range d.data.Units {
		if err := u.Validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		if _, dup := d.units[u.ID]; dup {
			errs = append(errs, fmt.Errorf("单位编号%q重复", u.ID))
		}
		d.units[u.ID] = u
		for _, n := range append([]string{string(u.ID), u.Name}, u.Aliases...) {
			if other, dup := d.names[n]; dup && other != u.ID {
				errs = append(errs, fmt.Errorf("单位名称%q重复：%s、%s", n, other, u.ID))
			}
			d.names[n] = u.ID
		}
		if u.County && d.county == "" {
			d.county = u.ID
		}
	}
	for _, u := range d.data.Units {
		if _, ok := d.units[u.Parent]; u.Parent != "" && !ok {
			errs = append(errs, fmt.Errorf("单位%s的上级%q不存在", u.Name, u.Parent))
		}
	}
	return errs
}

func (d *Directory) addPeople() []error {
	var errs []error
	for _, p := range d.data.Persons {
		if p.ID == "" || p.Name == "" {
			errs = append(errs, fmt.Errorf("人员须有编号（id）和姓名（name）：%q", p.Name))
		}
		if _, dup := d.persons[p.ID]; dup {
			errs = append(errs, fmt.Errorf("人员编号%q重复", p.ID))
		}
		d.persons[p.ID] = p
	}
	for _, a := range d.data.Appointments {
		u, okUnit := d.units[a.Unit]
		p, okPerson := d.persons[a.Person]
		switch {
		case !okUnit:
			errs = append(errs, fmt.Errorf("任职引用了不存在的单位%q", a.Unit))
		case !okPerson:
			errs = append(errs, fmt.Errorf("任职引用了不存在的人员%q", a.Person))
		case !a.Post.Valid():
			errs = append(errs, fmt.Errorf("%s的职务%q不认识，可用：%s", p.Name, a.Post, postList()))
		case a.Post.County() != u.County && a.Post.County():
			errs = append(errs, fmt.Errorf("%s是县级职务，只能设在县政府办，不能设在%s", a.Post.Chinese(), u.Name))
		case p.Left:
		default:
			k := postKey{a.Unit, a.Post}
			d.byPost[k] = append(d.byPost[k], a.Person)
			d.holds[a.Person] = append(d.holds[a.Person], a)
		}
	}
	return errs
}

func (d *Directory) addRoster() []error {
	var errs []error
	for _, s := range d.data.Shifts {
		if _, ok := d.persons[s.Person]; !ok || !s.From.Before(s.To) {
			errs = append(errs, fmt.Errorf("班次有误：人员%q，%s 至 %s", s.Person, s.From, s.To))
			continue
		}
		k := postKey{s.Unit, s.Post}
		d.shifts[k] = append(d.shifts[k], s)
	}
	for _, a := range d.data.Absences {
		if _, ok := d.persons[a.Person]; !ok || !a.From.Before(a.To) {
			errs = append(errs, fmt.Errorf("请假有误：人员%q，%s 至 %s", a.Person, a.From, a.To))
			continue
		}
		d.absences[a.Person] = append(d.absences[a.Person], a)
	}
	return errs
}

func postList() string {
	names := make([]string, 0, len(Posts()))
	for _, p := range Posts() {
		names = append(names, string(p))
	}
	return strings.Join(names, "、")
}

// Data returns what the directory was made of.
func (d *Directory) Data() Data { return d.data }

// Unit returns the unit of that id; false when there is none.
func (d *Directory) Unit(id UnitID) (Unit, bool) { u, ok := d.units[id]; return u, ok }

// UnitName is the unit's name, or the id itself when the unit is unknown.
func (d *Directory) UnitName(id UnitID) string {
	if u, ok := d.units[id]; ok {
		return u.Name
	}
	return string(id)
}

// FindUnit looks a unit up by id, name or alias; false when none matches.
func (d *Directory) FindUnit(name string) (Unit, bool) {
	u, ok := d.units[d.names[strings.TrimSpace(name)]]
	return u, ok
}

// County is the county office's id; empty when none is configured.
func (d *Directory) County() UnitID { return d.county }

// Person returns the person of that id; false when there is none.
func (d *Directory) Person(id PersonID) (Person, bool) { p, ok := d.persons[id]; return p, ok }

// PersonName is the person's name, or the id itself when unknown.
func (d *Directory) PersonName(id PersonID) string {
	if p, ok := d.persons[id]; ok {
		return p.Name
	}
	return string(id)
}

// FindPerson looks a person up by id or by a name that only one person has.
func (d *Directory) FindPerson(name string) (Person, bool) {
	if p, ok := d.persons[PersonID(name)]; ok {
		return p, true
	}
	var found []Person
	for _, p := range d.data.Persons {
		if p.Name == name && !p.Left {
			found = append(found, p)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Person{}, false
}

// ByAddress finds who uses an address of a channel (userids compare without case); false for a stranger.
func (d *Directory) ByAddress(channel, to string) (Person, bool) {
	for _, p := range d.data.Persons {
		for _, a := range p.Addresses {
			if a.Channel == channel && strings.EqualFold(a.To, to) && !p.Left {
				return p, true
			}
		}
	}
	return Person{}, false
}

// Actor is the person as one who acts at the instant at: with the posts of those
// for whom he stands in then. False when there is no such person or he has left.
func (d *Directory) Actor(id PersonID, via string, at time.Time) (Actor, bool) {
	p, ok := d.persons[id]
	if !ok || p.Left {
		return Actor{}, false
	}
	holds := slices.Clone(d.holds[id])
	for _, as := range d.absences {
		for _, a := range as {
			if a.StandIn == id && within(a.From, a.To, at) {
				holds = append(holds, d.holds[a.Person]...)
			}
		}
	}
	return Actor{Person: id, Name: p.Name, Holds: holds, Role: p.Role, Via: via}, true
}
