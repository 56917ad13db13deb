package incident_test

import (
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
)

// A unit sends an incident back, and the county finds that the duty officer alone cannot
// rule whose it is.
func ExampleCase_Apply() {
	beijing := time.FixedZone("Asia/Shanghai", 8*60*60)
	now := time.Date(2026, 11, 20, 16, 40, 0, 0, beijing)
	as := func(name string, unit org.UnitID, post org.Post) org.Actor {
		return org.Actor{Person: org.PersonID(name), Name: name, Via: "web", Holds: []org.Appointment{{Unit: unit, Post: post}}}
	}
	officer, deputy := as("王值班", "县政府办", org.DutyOfficer), as("李局长", "县住建局", org.Deputy)

	var c incident.Case
	for _, step := range []struct {
		by  org.Actor
		cmd incident.Command
	}{
		{officer, incident.Register{
			Report:  incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, Title: "路面有坑"},
			Grading: incident.Grading{Level: incident.General, By: "officer", Confirmed: true},
		}},
		{officer, incident.Dispatch{Lead: "县住建局"}},
		{deputy, incident.Return{Reason: "该路段由交通局管养", Suggest: "县交通局"}},
		{officer, incident.Designate{Lead: "县住建局", Reason: "职责明确"}},
	} {
		next, out, err := c.Apply(step.cmd, step.by, now)
		if err != nil {
			fmt.Println(incident.Text(err))
			continue
		}
		c = next
		fmt.Println(c.State.Chinese(), out.Entries[0].Text)
	}
	// Output:
	// 已研判 登记：12345热线，研判为一般
	// 已分办 分办给县住建局
	// 已退回 县住建局退回，理由：该路段由交通局管养，建议由县交通局承办；时限照走，不因退回顺延
	// 事件现在是“已退回”，“指定承办”须由县政府办主任办理，王值班（县值班员）不能办理。您现在可以：分办、升降级、并案、督办。
}
