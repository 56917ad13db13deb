package org_test

import (
	"strings"
	"testing"
	"time"

	"huiying/org"
)

// TestNewDirectory_Faults: what cannot be is refused with who and how to mend it, all at once.
func TestNewDirectory_Faults(t *testing.T) {
	t.Parallel()
	later := noon().Add(time.Hour)
	tests := []struct {
		name   string
		change func(*org.Data)
		want   []string // empty: no fault
	}{
		{"nothing wrong", func(*org.Data) {}, nil},
		{"nobody at all", func(d *org.Data) { *d = org.Data{} }, nil},
		{"a unit without a name", func(d *org.Data) { d.Units = append(d.Units, org.Unit{ID: "x"}) }, []string{"单位须有编号（id）和名称（name）"}},
		{"a unit above itself", func(d *org.Data) { d.Units[1].Parent = house }, []string{"单位县住建局的上级不能是它自己"}},
		{"a unit of one id twice", func(d *org.Data) { d.Units = append(d.Units, org.Unit{ID: house, Name: "住房局"}) }, []string{`单位编号"zjj"重复`}},
		{"two units of one name", func(d *org.Data) { d.Units = append(d.Units, org.Unit{ID: "x", Name: "住建局"}) }, []string{`单位名称"住建局"重复：zjj、x`}},
		{"an unknown unit above", func(d *org.Data) { d.Units[2].Parent = "x" }, []string{`单位县水利局的上级"x"不存在`}},
		{"a ring of units", func(d *org.Data) { d.Units[0].Parent = house }, []string{"单位县政府办的上级绕了一圈", "单位县住建局的上级绕了一圈"}},
		{"two county offices", func(d *org.Data) { d.Units = append(d.Units, org.Unit{ID: "x", Name: "府办二", County: true}) }, []string{"县政府办（county: true）只能有一个：县政府办、府办二"}},
		{"a person without a name", func(d *org.Data) { d.Persons = append(d.Persons, org.Person{ID: "x"}) }, []string{"人员须有编号（id）和姓名（name）"}},
		{"a person twice", func(d *org.Data) { d.Persons = append(d.Persons, d.Persons[0]) }, []string{`人员编号"fuban-duty_officer"重复`}},
		{"an appointment to nowhere", func(d *org.Data) { d.Appointments[0].Unit = "x" }, []string{`任职引用了不存在的单位"x"`}},
		{"an appointment of nobody", func(d *org.Data) { d.Appointments[0].Person = "x" }, []string{`任职引用了不存在的人员"x"`}},
		{"an unknown post", func(d *org.Data) { d.Appointments[0].Post = "boss" }, []string{`职务"boss"不认识，可用：handler、section_head`}},
		{"a county post in a unit", func(d *org.Data) { d.Appointments[0].Unit = house }, []string{"县值班员是县级职务，只能设在县政府办，不能设在县住建局"}},
		{"a shift of nobody", func(d *org.Data) {
			d.Shifts = []org.Shift{{Unit: hall, Post: org.DutyOfficer, Person: "x", From: noon(), To: later}}
		}, []string{`班次有误：人员"x"`}},
		{"a shift that ends before it begins", func(d *org.Data) {
			d.Shifts = []org.Shift{{Unit: hall, Post: org.DutyOfficer, Person: "zjj-head", From: later, To: noon()}}
		}, []string{`班次有误：人员"zjj-head"`}},
		{"a shift nowhere", func(d *org.Data) {
			d.Shifts = []org.Shift{{Unit: "x", Post: org.DutyOfficer, Person: "zjj-head", From: noon(), To: later}}
		}, []string{`班次有误：单位"x"没有职务"duty_officer"`}},
		{"a shift of an unknown post", func(d *org.Data) {
			d.Shifts = []org.Shift{{Unit: hall, Post: "guard", Person: "zjj-head", From: noon(), To: later}}
		}, []string{`没有职务"guard"，可用：handler`}},
		{"a shift of the county's in a unit", func(d *org.Data) {
			d.Shifts = []org.Shift{{Unit: house, Post: org.DutyOfficer, Person: "zjj-head", From: noon(), To: later}}
		}, []string{`单位"zjj"没有职务"duty_officer"`}},
		{"an absence of nobody", func(d *org.Data) { d.Absences = []org.Absence{{Person: "x", From: noon(), To: later}} }, []string{`请假有误：人员"x"`}},
		{"an absence of no length", func(d *org.Data) { d.Absences = []org.Absence{{Person: "zjj-head", From: noon(), To: noon()}} }, []string{`请假有误：人员"zjj-head"`}},
		{"an unknown stand-in", func(d *org.Data) {
			d.Absences = []org.Absence{{Person: "zjj-head", StandIn: "x", From: noon(), To: later}}
		}, []string{`代班人"x"不存在或就是本人`}},
		{"a stand-in for himself", func(d *org.Data) {
			d.Absences = []org.Absence{{Person: "zjj-head", StandIn: "zjj-head", From: noon(), To: later}}
		}, []string{`代班人"zjj-head"不存在或就是本人`}},
		{"three at once", func(d *org.Data) {
			d.Units[2].Parent = "x"
			d.Appointments[0].Post = "boss"
			d.Absences = []org.Absence{{Person: "y", From: noon(), To: later}}
		}, []string{`上级"x"不存在`, `职务"boss"不认识`, `请假有误：人员"y"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := county()
			tt.change(&d)
			_, err := org.NewDirectory(d)
			if (err == nil) != (len(tt.want) == 0) {
				t.Fatalf("got %v", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("want %q in %q", w, err)
				}
			}
		})
	}
}

// TestDirectory_Finding: units and people by what officers call them.
func TestDirectory_Finding(t *testing.T) {
	t.Parallel()
	d := county()
	d.Persons = append(d.Persons, org.Person{ID: "a", Name: "张三", Addresses: []org.Address{{Channel: "wecom", To: "ZhangSan"}, {Channel: "email", To: "office@example.gov.cn"}}},
		org.Person{ID: "b", Name: "李四", Addresses: []org.Address{{Channel: "email", To: "office@example.gov.cn"}}},
		org.Person{ID: "c", Name: "李四"}, org.Person{ID: "d", Name: "王五", Left: true, Addresses: []org.Address{{Channel: "wecom", To: "wangwu"}}})
	dir := directory(t, d)
	for _, name := range []string{"zjj", "县住建局", " 住建局 "} {
		if u, ok := dir.FindUnit(name); !ok || u.ID != house {
			t.Errorf("unit %q: %v", name, u)
		}
	}
	for _, name := range []string{"", "住建", "nowhere"} {
		if u, ok := dir.FindUnit(name); ok {
			t.Errorf("unit %q is %v", name, u)
		}
	}
	if p, ok := dir.FindPerson("张三"); !ok || p.ID != "a" {
		t.Error("a name that one person has")
	}
	if _, ok := dir.FindPerson("李四"); ok {
		t.Error("a name that two people have names nobody")
	}
	if _, ok := dir.FindPerson("王五"); ok {
		t.Error("somebody who has left is not found by name")
	}
	if p, ok := dir.ByAddress("wecom", "zhangsan"); !ok || p.ID != "a" {
		t.Error("userids compare without case")
	}
	for channel, to := range map[string]string{"telegram": "zhangsan", "wecom": "wangwu", "email": "office@example.gov.cn"} {
		if p, ok := dir.ByAddress(channel, to); ok {
			t.Errorf("%s %s: a stranger, one who left, or a shared address acts as %s", channel, to, p.Name)
		}
	}
	if dir.County() != hall || dir.UnitName("x") != "x" || dir.PersonName("x") != "x" || dir.UnitName(house) != "县住建局" {
		t.Error("names")
	}
}

// TestActor_Rights: In and County know the posts that were asked for and no others.
func TestActor_Rights(t *testing.T) {
	t.Parallel()
	by := org.Actor{Holds: []org.Appointment{{Person: "a", Unit: house, Post: org.Handler}, {Person: "a", Unit: house, Post: org.Deputy}, {Person: "a", Unit: hall, Post: org.DutyOfficer}}}
	if !by.In(house) || !by.In(house, org.Deputy) || by.In(house, org.Head) || by.In(water) || by.In("") {
		t.Error("In")
	}
	if !by.County() || !by.County(org.DutyOfficer) || by.County(org.OfficeDirector) || (org.Actor{}).County() {
		t.Error("County")
	}
	if as := by.As(house); as.Post != org.Deputy {
		t.Errorf("the highest post in the unit: %+v", as)
	}
	if as := by.As(water); as.Post != org.DutyOfficer {
		t.Errorf("else the county's: %+v", as)
	}
	if as := (org.Actor{}).As(house); as != (org.Appointment{}) {
		t.Errorf("else none: %+v", as)
	}
	for _, p := range org.Posts() {
		if !p.Valid() || p.Chinese() == string(p) {
			t.Errorf("%s", p)
		}
	}
	if org.Post("boss").Valid() || org.Post("boss").Rank() != -1 {
		t.Error("an unknown post has a rank")
	}
}
