package desk_test

import (
	"strings"
	"testing"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// TestDispatch_RegionIsTold: the township in whose area it happened hears of it, though a
// department leads, and where the township leads the competent department does.
func TestDispatch_RegionIsTold(t *testing.T) {
	t.Parallel()
	o := open(t)
	data := o.Directory().Data()
	town := org.Unit{ID: "town", Name: "城东镇", Region: "城东镇"}
	data.Units = append(data.Units, town)
	data.Persons = append(data.Persons, org.Person{ID: "town-handler", Name: "镇经办"})
	data.Appointments = append(data.Appointments, org.Appointment{Person: "town-handler", Unit: "town", Post: org.Handler})
	if err := o.SetDirectory(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lead, told org.UnitID
		says       string
	}{
		{house, "town", "；并告知城东镇"},
		{"town", house, "；并告知" + o.Directory().UnitName(house)},
	} {
		c, _, err := o.Register(t.Context(), o.as(hall, org.DutyOfficer), desk.Registration{Register: incident.Register{
			Report:  incident.Report{Title: "路面塌陷", Place: "城东镇南街", Source: incident.Source{Name: "热线", Kind: incident.SourceHotline}},
			Grading: incident.Grading{Level: incident.Major, By: "officer", Confirmed: true, Suggested: []org.UnitID{house}},
		}, Lead: tt.lead})
		if err != nil {
			t.Fatal(err)
		}
		var told []org.UnitID
		for _, d := range o.deliveries(c.ID) {
			if d.Notice.Kind == incident.NoticeResult {
				told = append(told, d.Notice.Unit)
			}
		}
		if len(told) != 1 || told[0] != tt.told {
			t.Errorf("%s leads: told %v, want %s", tt.lead, told, tt.told)
		}
		entries, err := o.db.Log(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if text := entries[1].Text; !strings.HasSuffix(text, tt.says) {
			t.Errorf("log says %q", text)
		}
	}
}
