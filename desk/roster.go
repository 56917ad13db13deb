package desk

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// EditDirectory changes units, people or roster as they stand at this moment, so that two
// who change different things at once both succeed. edit may be called again and must not
// keep what it was given; its error ends the change, and so does what cannot be.
func (d *Desk) EditDirectory(ctx context.Context, edit func(*org.Data) error) error {
	// One edit at a time, the store's calls included: else the directory of an edit that was
	// kept before another's could be put in the place of that one.
	d.edits.Lock()
	defer d.edits.Unlock()
	for range tries {
		was, err := d.Store.Directory(ctx)
		if err != nil {
			return fmt.Errorf("read directory: %w", err)
		}
		data := copyOf(was)
		if err := edit(&data); err != nil {
			return err
		}
		dir, err := org.NewDirectory(data)
		if err != nil {
			return &incident.Error{Code: incident.CodeInvalid, Text: "机构和人员有误：" + err.Error(), Err: err}
		}
		err = d.Store.SwapDirectory(ctx, was, data, d.Clock.Now())
		if errors.Is(err, incident.ErrStale) {
			continue
		}
		if err != nil {
			return fmt.Errorf("keep directory: %w", err)
		}
		d.dir.Store(dir)
		return nil
	}
	return &incident.Error{Code: incident.CodeRefused, Text: "值班表正被多人同时修改，请稍后再试。", Err: incident.ErrStale}
}

// copyOf keeps an edit from writing into the lists that it will be compared with.
func copyOf(d org.Data) org.Data {
	d.Units = slices.Clone(d.Units)
	d.Persons = slices.Clone(d.Persons)
	for i := range d.Persons {
		d.Persons[i].Addresses = slices.Clone(d.Persons[i].Addresses)
	}
	d.Appointments = slices.Clone(d.Appointments)
	d.Shifts = slices.Clone(d.Shifts)
	d.Absences = slices.Clone(d.Absences)
	return d
}

// AddShift puts a person on the roster of a post. A shift gives the rights of its post, so
// only the posts that work in shifts can be given (the county's duty officer, a unit's
// handler), to somebody of that unit, by those who draw up its roster.
func (d *Desk) AddShift(ctx context.Context, by org.Actor, s org.Shift) error {
	now, dir := d.Clock.Now(), d.Directory()
	switch {
	case s.Post != org.DutyOfficer && s.Post != org.Handler:
		return &incident.Error{Code: incident.CodeInvalid, Text: "只有县值班员和各单位经办人排班，其他职务请用请假和代班。"}
	case !mayRoster(by, s.Unit):
		return &incident.Error{Code: incident.CodeForbidden, Text: "排班由本单位科室负责人、分管领导、主要负责人或县政府办办理，您不能为" + dir.UnitName(s.Unit) + "排班。"}
	case !holdsIn(dir, s.Person, s.Unit):
		return &incident.Error{Code: incident.CodeInvalid, Text: dir.PersonName(s.Person) + "在" + dir.UnitName(s.Unit) + "没有任职，不能排班。请先由管理员设置任职。"}
	case !s.To.After(s.From):
		return &incident.Error{Code: incident.CodeInvalid, Text: "班次的结束时间须晚于开始时间。"}
	case !s.To.After(now):
		return &incident.Error{Code: incident.CodeInvalid, Text: "这个班次已经过去，不用再排。"}
	}
	s.From, s.To = s.From.Truncate(time.Millisecond), s.To.Truncate(time.Millisecond)
	return d.EditDirectory(ctx, func(data *org.Data) error {
		data.Shifts = slices.DeleteFunc(data.Shifts, func(o org.Shift) bool {
			same := o.Unit == s.Unit && o.Post == s.Post && o.Person == s.Person
			return same && o.From.Before(s.To) && s.From.Before(o.To)
		})
		data.Shifts = append(data.Shifts, s)
		return nil
	})
}

// EndShift takes a person off a post's roster from an instant on: a shift that runs then
// ends, later ones are dropped.
func (d *Desk) EndShift(ctx context.Context, by org.Actor, unit org.UnitID, person org.PersonID, at time.Time) error {
	if !mayRoster(by, unit) {
		return &incident.Error{Code: incident.CodeForbidden, Text: "排班由本单位科室负责人、分管领导、主要负责人或县政府办办理，您不能修改" + d.Directory().UnitName(unit) + "的班次。"}
	}
	return d.EditDirectory(ctx, func(data *org.Data) error {
		var left []org.Shift
		for _, s := range data.Shifts {
			if s.Unit == unit && s.Person == person && s.To.After(at) {
				if !s.From.Before(at) {
					continue
				}
				s.To = at
			}
			left = append(left, s)
		}
		data.Shifts = left
		return nil
	})
}

// AddAbsence is 请假、外出: the person for himself, or those who draw up his unit's roster.
// The stand-in may act in the absent person's posts, so he must be of the same unit, or
// both of the county office.
func (d *Desk) AddAbsence(ctx context.Context, by org.Actor, a org.Absence) error {
	now, dir := d.Clock.Now(), d.Directory()
	units := unitsOf(dir, a.Person)
	switch {
	case a.Person != by.Person && !slices.ContainsFunc(units, func(u org.UnitID) bool { return mayRoster(by, u) }):
		return &incident.Error{Code: incident.CodeForbidden, Text: "只能为自己请假，或由本单位负责人、县政府办代为登记。"}
	case a.StandIn == a.Person:
		return &incident.Error{Code: incident.CodeInvalid, Text: "代班人不能是本人，请换一位。"}
	case a.StandIn != "" && !slices.ContainsFunc(units, func(u org.UnitID) bool { return holdsIn(dir, a.StandIn, u) }):
		return &incident.Error{Code: incident.CodeInvalid, Text: dir.PersonName(a.StandIn) + "与" + dir.PersonName(a.Person) + "不在同一单位，不能代班。"}
	case !a.To.After(a.From):
		return &incident.Error{Code: incident.CodeInvalid, Text: "结束时间须晚于开始时间。"}
	case !a.To.After(now):
		return &incident.Error{Code: incident.CodeInvalid, Text: "这段时间已经过去。"}
	}
	a.From, a.To = a.From.Truncate(time.Millisecond), a.To.Truncate(time.Millisecond)
	return d.EditDirectory(ctx, func(data *org.Data) error {
		data.Absences = slices.DeleteFunc(data.Absences, func(o org.Absence) bool {
			return o.Person == a.Person && o.From.Before(a.To) && a.From.Before(o.To)
		})
		data.Absences = append(data.Absences, a)
		return nil
	})
}

// EndAbsence is 销假: who was away is there again from an instant on. False when he was not away.
func (d *Desk) EndAbsence(ctx context.Context, by org.Actor, person org.PersonID, at time.Time) (bool, error) {
	if person != by.Person && !slices.ContainsFunc(unitsOf(d.Directory(), person), func(u org.UnitID) bool { return mayRoster(by, u) }) {
		return false, &incident.Error{Code: incident.CodeForbidden, Text: "只能为自己销假，或由本单位负责人、县政府办代为登记。"}
	}
	ended := false
	err := d.EditDirectory(ctx, func(data *org.Data) error {
		ended = false
		var left []org.Absence
		for _, a := range data.Absences {
			if a.Person == person && a.To.After(at) {
				ended = true
				if !a.From.Before(at) {
					continue
				}
				a.To = at
			}
			left = append(left, a)
		}
		data.Absences = left
		return nil
	})
	return ended && err == nil, err
}

// BindAddress is 绑定: the person is reached, and may act, by an address of a channel. An
// address that another person has is refused: nobody may act in another's name.
func (d *Desk) BindAddress(ctx context.Context, person org.PersonID, a org.Address) error {
	return d.EditDirectory(ctx, func(data *org.Data) error {
		for i := range data.Persons {
			p := &data.Persons[i]
			has := slices.ContainsFunc(p.Addresses, func(o org.Address) bool {
				return o.Channel == a.Channel && strings.EqualFold(o.To, a.To)
			})
			switch {
			case has && p.ID != person && !p.Left:
				return &incident.Error{Code: incident.CodeRefused, Text: "这个账号已经绑定给别人，请先由管理员解除。"}
			case !has && p.ID == person:
				p.Addresses = append(p.Addresses, a)
			}
		}
		return nil
	})
}

// mayRoster tells whether the actor draws up a unit's roster.
func mayRoster(by org.Actor, unit org.UnitID) bool {
	return by.In(unit, org.SectionHead, org.Deputy, org.Head) || by.County(org.DutyOfficer, org.OfficeDirector)
}

func holdsIn(dir *org.Directory, person org.PersonID, unit org.UnitID) bool {
	return slices.Contains(unitsOf(dir, person), unit)
}

// unitsOf are the units in which a person holds a post.
func unitsOf(dir *org.Directory, person org.PersonID) []org.UnitID {
	var out []org.UnitID
	for _, a := range dir.Data().Appointments {
		if p, ok := dir.Person(a.Person); ok && a.Person == person && !p.Left && !slices.Contains(out, a.Unit) {
			out = append(out, a.Unit)
		}
	}
	return out
}

// Tell owes a message that belongs to no incident to people. The same occasion twice owes
// it once; the first line of the text is its title.
func (d *Desk) Tell(ctx context.Context, people []org.PersonID, occasion, text string) error {
	h := fnv.New32a()
	h.Write([]byte(occasion)) //nolint:gosec // a hash takes everything
	// Above every number that a day or a week has, which digests are known by.
	entry := 1<<40 | int(h.Sum32())
	now := d.Clock.Now().Truncate(time.Millisecond)
	notices := make([]incident.Notice, 0, len(people))
	for _, p := range people {
		notices = append(notices, incident.Notice{
			Kind: incident.NoticeDigest, Entry: entry, Person: p, Urgency: incident.UrgencyNormal, At: now, Text: text,
		})
	}
	if err := d.Store.Announce(ctx, notices); err != nil {
		return fmt.Errorf("tell: %w", err)
	}
	d.WakeCourier()
	return nil
}

// OnDuty are the people who are told what goes to a post of a unit at an instant.
func (d *Desk) OnDuty(post org.Post, unit org.UnitID, at time.Time) []org.PersonID {
	if post.County() {
		unit = d.Directory().County()
	}
	var out []org.PersonID
	for _, r := range d.Directory().Resolve([]org.Post{post}, unit, at) {
		out = append(out, r.Person.ID)
	}
	return out
}
