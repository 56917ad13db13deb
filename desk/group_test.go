package desk_test

import (
	"strings"
	"testing"

	"huiying/incident"
	"huiying/org"
)

// TestGroups: a unit's group hears of what is new and major, and of what is overdue, once
// each; a group that cannot be told troubles nobody.
func TestGroups(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(func(d *org.Data) { d.Units[1].Group = "住建局工作群" })
	group := func(id incident.ID) string {
		return strings.Join(o.told(id, func(n incident.Notice) bool { return n.Person.Group() }), "; ")
	}
	major, general := o.register(incident.Major, house, "1"), o.register(incident.General, house, "2")
	other := o.register(incident.Emergency, water, "3")
	if got := group(major); got != "10:00 accept D group:zjj" {
		t.Errorf("a new major matter: %q", got)
	}
	if got := group(general) + group(other); got != "" {
		t.Errorf("a general matter, and another unit's: %q", got)
	}
	o.runTo("14:00")
	if got := group(major); got != "10:00 accept D group:zjj; 11:00 accept L group:zjj" {
		t.Errorf("overdue: %q", got)
	}
	if got := group(general); got != "14:00 accept L group:zjj" {
		t.Errorf("overdue: %q", got)
	}
	n := o.deliveries(general)[len(o.deliveries(general))-1].Notice
	n.Person = org.GroupOf(house)
	before := len(o.deliveries(general))
	if err := o.Unreached(t.Context(), n, "群机器人已停用"); err != nil || len(o.deliveries(general)) != before {
		t.Errorf("a group that cannot be told: %v, %d notices more", err, len(o.deliveries(general))-before)
	}
	for _, tell := range o.get(major).Milestones {
		for _, told := range tell.Told {
			for _, p := range told.People {
				if p.Group() {
					t.Errorf("a group is counted among those who were told: %+v", told)
				}
			}
		}
	}
}
