package sla

import (
	"time"

	"huiying/incident"
	"huiying/org"
)

// Preview is a case of the level received at an instant, as the policy would time it
// if it were dispatched at once; for `huiying sla plan`, which shows a county what its
// policy means.
func (b Book) Preview(level incident.Level, received time.Time, source incident.Source) incident.Case {
	by := org.Actor{
		Person: "preview", Name: "预览", Via: "preview",
		Holds: []org.Appointment{{Person: "preview", Unit: "县政府办", Post: org.DutyOfficer}},
	}
	var c incident.Case
	for _, cmd := range []incident.Command{
		incident.Register{
			Report:  incident.Report{Source: source, Title: "预览"},
			Grading: incident.Grading{Level: level, By: "officer", Confirmed: true},
		},
		incident.Dispatch{Lead: "主办单位"},
	} {
		next, _, err := c.Apply(cmd, by, received)
		if err != nil {
			return c // unreachable: the two commands are always allowed
		}
		c = b.Plan(next, received)
	}
	return c
}
