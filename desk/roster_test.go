package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

// TestRoster_ManyAtOnce: people who change different things at the same time all succeed.
func TestRoster_ManyAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	var all sync.WaitGroup
	now := o.clock.Now()
	for i := range 8 {
		all.Go(func() {
			a := org.Absence{Person: "zjj-handler", StandIn: "zjj-deputy", From: now.AddDate(0, 0, 2*i), To: now.AddDate(0, 0, 2*i+1)}
			if err := o.AddAbsence(t.Context(), o.as(house, org.Handler), a); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(o.Directory().Data().Absences); n != 8 {
		t.Errorf("%d absences, want 8", n)
	}
}

// TestRoster_WhoMayAndWhat: a roster gives rights, so that not everybody draws it up, nor for everybody.
func TestRoster_WhoMayAndWhat(t *testing.T) {
	t.Parallel()
	o := open(t)
	now := o.clock.Now()
	shift := func(unit org.UnitID, post org.Post, person org.PersonID, hours int) org.Shift {
		return org.Shift{Unit: unit, Post: post, Person: person, From: now, To: now.Add(time.Duration(hours) * time.Hour)}
	}
	absence := func(person, standIn org.PersonID, hours int) org.Absence {
		return org.Absence{Person: person, StandIn: standIn, From: now, To: now.Add(time.Duration(hours) * time.Hour)}
	}
	for _, tt := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a handler draws up his unit's", func() error {
			return o.AddShift(t.Context(), o.as(house, org.Handler), shift(house, org.Handler, "zjj-handler", 8))
		}, "您不能为县住建局排班"},
		{"a leader's post in shifts", func() error {
			return o.AddShift(t.Context(), o.duty(), shift(hall, org.DeputyLeader, "fuban-duty_officer", 8))
		}, "只有县值班员和各单位经办人排班"},
		{"somebody of another unit", func() error {
			return o.AddShift(t.Context(), o.duty(), shift(hall, org.DutyOfficer, "zjj-handler", 8))
		}, "没有任职"},
		{"backwards", func() error {
			return o.AddShift(t.Context(), o.duty(), shift(hall, org.DutyOfficer, "fuban-duty_officer", -8))
		}, "须晚于开始"},
		{"leave for another unit's", func() error {
			return o.AddAbsence(t.Context(), o.as(water, org.Head), absence("zjj-handler", "", 8))
		}, "只能为自己请假"},
		{"a stand-in of another unit", func() error {
			return o.AddAbsence(t.Context(), o.as(house, org.Handler), absence("zjj-handler", "slj-head", 8))
		}, "不在同一单位"},
		{"oneself as stand-in", func() error {
			return o.AddAbsence(t.Context(), o.as(house, org.Handler), absence("zjj-handler", "zjj-handler", 8))
		}, "不能是本人"},
		{"leave that is over", func() error {
			a := absence("zjj-handler", "", 8)
			a.From, a.To = now.Add(-48*time.Hour), now.Add(-24*time.Hour)
			return o.AddAbsence(t.Context(), o.as(house, org.Handler), a)
		}, "已经过去"},
		{"the unit's head for his handler", func() error {
			return o.AddAbsence(t.Context(), o.as(house, org.Head), absence("zjj-handler", "zjj-deputy", 8))
		}, ""},
		{"the county's shift", func() error {
			return o.AddShift(t.Context(), o.duty(), shift(hall, org.DutyOfficer, "fuban-office_director", 8))
		}, ""},
	} {
		err := tt.do()
		if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(incident.Text(err), tt.want) || incident.CodeOf(err) == incident.CodeInternal) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if on := o.OnDuty(org.DutyOfficer, "", now); fmt.Sprint(on) != "[fuban-office_director]" {
		t.Errorf("on duty: %v", on)
	}
	if on := o.OnDuty(org.Handler, house, now); fmt.Sprint(on) != "[zjj-deputy]" {
		t.Errorf("who stands in: %v", on)
	}
	if ended, err := o.EndAbsence(t.Context(), o.as(house, org.Handler), "zjj-handler", now.Add(time.Hour)); err != nil || !ended {
		t.Errorf("back: %v, %v", ended, err)
	}
	if on := o.OnDuty(org.Handler, house, now.Add(2*time.Hour)); !slices.Equal(on, []org.PersonID{"zjj-handler"}) {
		t.Errorf("back at work: %v", on)
	}
}

// TestBindAddress: an account belongs to one person.
func TestBindAddress(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := org.Address{Channel: "telegram", To: "100"}
	for range 2 {
		if err := o.BindAddress(t.Context(), "zjj-handler", a); err != nil {
			t.Fatal(err)
		}
	}
	p, ok := o.Directory().ByAddress("telegram", "100")
	if !ok || p.ID != "zjj-handler" || len(p.Addresses) != 1 {
		t.Errorf("bound: %+v, %v", p, ok)
	}
	a.To = "100"
	if err := o.BindAddress(t.Context(), "slj-head", a); incident.CodeOf(err) != incident.CodeRefused {
		t.Errorf("another's account: %v", err)
	}
}
