package desk

import (
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// groups are the notices to units' groups beside those to people: of a matter that is new to
// a unit, if it is major or an emergency, and of a limit that has just passed. Inner steps
// are no business of a group. Whoever is in it acts by his own card: nothing depends on it.
func (d *Desk) groups(c incident.Case, m incident.Milestone, due []sla.Firing, now time.Time) []*incident.Notice {
	if m.Kind.Inner() {
		return nil
	}
	for _, f := range due {
		fresh := f.Label == "D" && c.Level().Rank() >= incident.Major.Rank()
		late := f.Label == "L"
		if f.Repeat || !fresh && !late {
			continue
		}
		p, known := d.Directory().Person(org.GroupOf(f.Unit))
		if !known || !d.Reachable(p) {
			return nil
		}
		n := d.notice(c, m, f, org.Recipient{Person: p, Unit: f.Unit, Post: org.Handler}, false, now)
		return []*incident.Notice{n}
	}
	return nil
}
