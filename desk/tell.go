package desk

import (
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// tell fires the rungs that are due on a case: it resolves the audience as it is now,
// owes each person one notice a milestone, for the highest rung that he belongs to,
// which names the lower ones that were missed, and records it all with a Tell.
func (d *Desk) tell(c *incident.Case, due []sla.Firing, now time.Time) ([]incident.Entry, []incident.Notice) {
	var entries []incident.Entry
	var notices []incident.Notice
	for len(due) > 0 {
		n := 1
		for n < len(due) && due[n].Milestone == due[0].Milestone {
			n++
		}
		cmd, owed := d.rungs(*c, due[:n], now)
		due = due[n:]
		next, out, err := c.Apply(cmd, org.System("engine"), now)
		if err != nil {
			// Only a milestone that is no longer pending refuses, and those are not due.
			d.Log.Error("rung refused", "incident", c.ID, "milestone", cmd.Milestone, "error", err)
			continue
		}
		*c = next
		entries = append(entries, out.Entries...)
		notices = append(notices, owed...)
	}
	return entries, notices
}

// rungs decides on the due rungs of one milestone, given from the highest down.
func (d *Desk) rungs(c incident.Case, due []sla.Firing, now time.Time) (incident.Tell, []incident.Notice) {
	m := c.Milestone(due[0].Milestone)
	cmd := incident.Tell{Milestone: m.Seq}
	owed := map[org.PersonID]*incident.Notice{}
	var order []org.PersonID
	for _, f := range due {
		told := incident.ToldRung{Rung: f.Rung, Nth: f.Nth, Label: f.Label}
		recipients := d.audience(m, f, now)
		if len(recipients) == 0 && !f.Repeat {
			told.Unreached = true
			recipients = d.instead(c, m, f, now)
		}
		fresh := 0
		for _, r := range recipients {
			told.People = append(told.People, r.Person.ID)
			if n, had := owed[r.Person.ID]; had {
				if !f.Repeat {
					n.Missed = append(n.Missed, f.Label)
				}
				continue
			}
			fresh++
			owed[r.Person.ID] = d.notice(c, *m, f, r, told.Unreached, now)
			order = append(order, r.Person.ID)
		}
		told.Passed = fresh == 0 && len(recipients) > 0
		cmd.Rungs = append(cmd.Rungs, told)
	}
	notices := make([]incident.Notice, 0, len(order))
	for _, id := range order {
		notices = append(notices, *owed[id])
	}
	for _, n := range d.groups(c, *m, due, now) {
		notices = append(notices, *n)
	}
	return cmd, notices
}

// audience is who hears of a rung: the posts' holders on duty now who can be reached,
// without those who acknowledged a rung that repeats.
func (d *Desk) audience(m *incident.Milestone, f sla.Firing, now time.Time) []org.Recipient {
	var acked []org.PersonID
	if told := m.Rung(f.Rung); told != nil {
		acked = told.Acked
	}
	return slices.DeleteFunc(d.Directory().Resolve(f.Posts, f.Unit, now), func(r org.Recipient) bool {
		return slices.Contains(acked, r.Person.ID) || !d.Reachable(r.Person)
	})
}

// instead is who hears of a rung that reached nobody: the duty officer, and the next
// rung's people with him (rules.md, Late).
func (d *Desk) instead(c incident.Case, m *incident.Milestone, f sla.Firing, now time.Time) []org.Recipient {
	posts := []org.Post{org.DutyOfficer}
	book, ok := d.cached(c.Policy)
	if ok {
		for _, r := range book.Ladder(c, *m) {
			if r.Number > f.Rung {
				posts = append(posts, r.Posts...)
				break
			}
		}
	}
	return slices.DeleteFunc(d.Directory().Resolve(posts, f.Unit, now), func(r org.Recipient) bool { return !d.Reachable(r.Person) })
}

func (d *Desk) cached(version string) (sla.Book, bool) {
	if version == "" {
		return d.book, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	book, ok := d.books[version]
	return book, ok
}

func (d *Desk) notice(c incident.Case, m incident.Milestone, f sla.Firing, r org.Recipient, unreached bool, now time.Time) *incident.Notice {
	n := &incident.Notice{
		Incident: c.ID, Milestone: m.Seq, About: m.Kind, Kind: incident.NoticeLadder,
		Rung: f.Rung, Nth: f.Nth, Label: f.Label,
		Person: r.Person.ID, Unit: r.Unit, Post: r.Post, StandsFor: r.StandsFor,
		Level: c.Level(), Urgency: urgency(c.Level(), !now.Before(m.Limit)), At: now,
	}
	if f.NotBefore.After(now) {
		n.NotBefore = f.NotBefore
	}
	n.Text = c.Asks(m)
	if c.Duty != nil {
		due, _ := c.Duty.DueOf(m)
		n.Pace = due.Pace
	}
	if unreached {
		n.Kind = incident.NoticeUnreachable
		n.Text = d.seats(f) + "无人可以通知，请设法联系。"
	}
	return n
}

// seats names a rung's posts, such as 县住建局经办人、分管领导.
func (d *Desk) seats(f sla.Firing) string {
	names := make([]string, len(f.Posts))
	for i, p := range f.Posts {
		names[i] = p.Chinese()
	}
	text := strings.Join(names, "、")
	if f.Unit != "" && !f.Posts[0].County() {
		text = d.Directory().UnitName(f.Unit) + text
	}
	return text
}
