package org

import (
	"cmp"
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
		switch {
		case u.County && d.county == "":
			d.county = u.ID
		case u.County && d.county != u.ID:
			errs = append(errs, fmt.Errorf("县政府办（county: true）只能有一个：%s、%s", d.UnitName(d.county), u.Name))
		}
	}
	for _, u := range d.data.Units {
		if _, ok := d.units[u.Parent]; u.Parent != "" && !ok {
			errs = append(errs, fmt.Errorf("单位%s的上级%q不存在", u.Name, u.Parent))
		}
		if u.Parent != u.ID && d.underItself(u) {
			errs = append(errs, fmt.Errorf("单位%s的上级绕了一圈又回到它自己", u.Name))
		}
	}
	return errs
}

// underItself tells whether the way up from a unit comes back to it.
func (d *Directory) underItself(u Unit) bool {
	up := u.Parent
	for range len(d.units) {
		if up == u.ID || up == "" {
			return up == u.ID
		}
		up = d.units[up].Parent
	}
	return false
}

func (d *Directory) addPeople() []error {
	var errs []error
	for _, p := range d.data.Persons {
		if p.ID.Group() {
			errs = append(errs, fmt.Errorf("人员编号%q不能以 group: 开头，那是单位工作群的编号", p.ID))
		}
		if p.ID == "" || p.Name == "" {
			errs = append(errs, fmt.Errorf("人员须有编号（id）和姓名（name）：%q", p.Name))
		}
		if _, dup := d.persons[p.ID]; dup {
			errs = append(errs, fmt.Errorf("人员编号%q重复", p.ID))
		}
		d.persons[p.ID] = p
	}
	for _, u := range d.data.Units {
		if id := GroupOf(u.ID); u.Group != "" {
			d.persons[id] = Person{ID: id, Name: u.Name + "工作群", Addresses: []Address{{Channel: "robot", To: u.Group}}}
		}
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
		if u, ok := d.units[s.Unit]; !ok || !s.Post.Valid() || (s.Post.County() && !u.County) {
			errs = append(errs, fmt.Errorf("班次有误：单位%q没有职务%q，可用：%s", s.Unit, s.Post, postList()))
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
		if _, ok := d.persons[a.StandIn]; a.StandIn != "" && (!ok || a.StandIn == a.Person) {
			errs = append(errs, fmt.Errorf("请假有误：%s的代班人%q不存在或就是本人", d.PersonName(a.Person), a.StandIn))
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

// groupPrefix begins the ids of units' groups, which no person's id may.
const groupPrefix = "group:"

// GroupOf is the id by which a unit's group is told something. It holds no post, so that it
// can do nothing.
func GroupOf(unit UnitID) PersonID { return PersonID(groupPrefix + string(unit)) }

// Group tells whether the id is a unit's group rather than a person.
func (id PersonID) Group() bool { return strings.HasPrefix(string(id), groupPrefix) }

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

// ByAddress finds who uses an address of a channel (userids compare without case); false for
// a stranger, and for an address that two people share: nobody may act in another's name.
func (d *Directory) ByAddress(channel, to string) (Person, bool) {
	var found Person
	for _, p := range d.data.Persons {
		uses := slices.ContainsFunc(p.Addresses, func(a Address) bool { return a.Channel == channel && strings.EqualFold(a.To, to) })
		if !uses || p.Left {
			continue
		}
		if found.ID != "" {
			return Person{}, false
		}
		found = p
	}
	return found, found.ID != ""
}

// Actor is the person as one who acts at the instant at: with the posts that he holds or
// is on shift for, and those of whom he stands in for then, so that whoever is told of
// something can also act on it. False when there is no such person or he has left.
func (d *Directory) Actor(id PersonID, via string, at time.Time) (Actor, bool) {
	p, ok := d.persons[id]
	if !ok || p.Left {
		return Actor{}, false
	}
	holds := d.posts(id, at)
	for absent := range d.absences {
		if present, ok := d.present(absent, at); ok && present == id && absent != id {
			holds = append(holds, d.posts(absent, at)...)
		}
	}
	slices.SortFunc(holds, func(a, b Appointment) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Post.Rank(), b.Post.Rank()), cmp.Compare(a.Person, b.Person))
	})
	return Actor{Person: id, Name: p.Name, Holds: slices.Compact(holds), Role: p.Role, Via: via}, true
}

// posts are those that a person holds, and those that he is on shift for.
func (d *Directory) posts(id PersonID, at time.Time) []Appointment {
	out := slices.Clone(d.holds[id])
	for key, shifts := range d.shifts {
		if slices.ContainsFunc(shifts, func(s Shift) bool { return s.Person == id && within(s.From, s.To, at) }) {
			out = append(out, Appointment{Person: id, Unit: key.unit, Post: key.post})
		}
	}
	return out
}
