package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// check is what must hold at the end, whatever happened.
func (w *world) check(ctx context.Context) error {
	audit, err := w.db.VerifyLog(ctx)
	if err != nil {
		return fmt.Errorf("verify log: %w", err)
	}
	for _, p := range audit.Problems {
		w.broken("log of incident %s at %d: %s", p.Incident, p.Seq, p.Text)
	}
	if err := w.checkTimed(ctx); err != nil {
		return err
	}
	lost, err := w.house.Desk.Check(ctx, w.clock.Now())
	if err != nil {
		return fmt.Errorf("standing check: %w", err)
	}
	for _, l := range lost {
		w.broken("incident %s: nobody would ever be told", l.ID)
	}
	for external, id := range w.reports {
		if w.cases[id].Report.ExternalID != external {
			w.broken("%s was acknowledged as incident %s, which is not it", external, id)
		}
	}
	if err := w.checkDuties(ctx); err != nil {
		return err
	}
	if err := w.checkCases(ctx, 1, w.cases); err != nil {
		return err
	}
	return w.checkCases(ctx, incident.FirstDuty, w.duties)
}

// checkCases: what the log of each case says is what it is, and what people were told.
func (w *world) checkCases(ctx context.Context, first incident.ID, cases map[incident.ID]incident.Case) error {
	for i := range len(cases) {
		id := first + incident.ID(i)
		c := cases[id]
		entries, err := w.db.Log(ctx, id)
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		deliveries, err := w.db.Deliveries(ctx, id)
		if err != nil {
			return fmt.Errorf("read deliveries: %w", err)
		}
		w.checkTold(c, entries, deliveries)
		w.checkRungs(c)
		w.checkSent(deliveries)
		if err := w.checkReplay(c, entries); err != nil {
			return err
		}
	}
	return nil
}

// checkTold: whoever an entry of the log says was told has exactly one notice of it,
// his own or the one of a higher rung that names it.
func (w *world) checkTold(c incident.Case, entries []incident.Entry, deliveries []desk.Delivery) {
	keys := map[string]bool{}
	for _, e := range entries {
		if e.Key != "" && keys[e.Key] {
			w.broken("incident %s: key %s was applied twice", c.ID, e.Key)
		}
		keys[e.Key] = true
		if e.Command != incident.KindTell {
			continue
		}
		var tell incident.Tell
		if err := json.Unmarshal(e.Payload, &tell); err != nil {
			w.broken("incident %s entry %d: %v", c.ID, e.Seq, err)
			continue
		}
		for _, r := range tell.Rungs {
			for _, p := range r.People {
				n := count(deliveries, func(n incident.Notice) bool {
					own := n.Rung == r.Rung && n.Nth == r.Nth
					named := slices.Contains(n.Missed, r.Label) && n.At.Equal(e.At) && n.Nth/sla.NthRound == r.Nth/sla.NthRound
					return n.Milestone == tell.Milestone && n.Person == p && n.Entry == 0 && (own || named)
				})
				repeatedBelow := r.Nth%sla.NthRound > 0 && n == 0
				if n != 1 && !repeatedBelow {
					w.broken("incident %s entry %d: %s has %d notices of rung %s", c.ID, e.Seq, p, n, r.Label)
				}
			}
		}
	}
}

func count(deliveries []desk.Delivery, is func(incident.Notice) bool) int {
	n := 0
	for _, d := range deliveries {
		if is(d.Notice) {
			n++
		}
	}
	return n
}

// checkRungs: a milestone that stood unmet at a rung while the engine was at work has
// that rung told.
func (w *world) checkRungs(c incident.Case) {
	for _, m := range c.Milestones {
		if m.State == incident.Voided || m.Round > 0 {
			continue
		}
		end := w.clock.Now()
		if !m.Pending() {
			end = m.MetAt
		}
		for _, r := range w.Book.Ladder(c, m) {
			looked := slices.ContainsFunc(w.fired, func(f time.Time) bool { return !f.Before(r.At) && f.Before(end) && !f.Before(c.RegisteredAt) })
			if looked && m.Rung(r.Number) == nil && w.planned(c, m) {
				w.broken("incident %s: %s passed its rung %s unmet and nobody was told", c.ID, m.Kind, r.Label)
			}
		}
	}
}

// planned tells whether the milestone stood before the engine's last look: one that a
// regrade or a plan made later, from an earlier instant, could not be told before.
func (w *world) planned(c incident.Case, m incident.Milestone) bool {
	return m.Clock <= 1 && m.Kind != incident.MilestoneRollingRelease && m.Kind != incident.MilestoneFeedback &&
		m.Kind != incident.MilestonePlan && m.Kind != incident.MilestoneConclude && m.From.Equal(c.ReceivedAt)
}

// checkSent: with channels that work again nothing waits but what quiet hours hold back.
func (w *world) checkSent(deliveries []desk.Delivery) {
	for _, d := range deliveries {
		held := d.Notice.NotBefore.After(w.clock.Now())
		if (d.State == "waiting" || d.State == "sending") && !held {
			w.broken("notice still %s after two quiet hours: %s (%s)", d.State, describe(d.Notice), d.Reason)
		}
	}
}

// checkReplay: the case re-derives from its log.
func (w *world) checkReplay(c incident.Case, entries []incident.Entry) error {
	var again incident.Case
	for i, e := range entries {
		cmd, err := incident.Decode(e.Command, e.Payload)
		if err != nil {
			w.broken("incident %s entry %d cannot be read: %v", c.ID, e.Seq, err)
			return nil
		}
		next, out, err := again.Apply(cmd, actor(e), e.At)
		if err != nil {
			w.broken("incident %s entry %d %s is refused when replayed: %v", c.ID, e.Seq, e.Command, err)
			return nil
		}
		// The house adds to some texts what came of the command, such as the limits that moved.
		if len(out.Entries) != 1 || !strings.HasPrefix(e.Text, out.Entries[0].Text) {
			w.broken("incident %s entry %d %s says something else when replayed", c.ID, e.Seq, e.Command)
		}
		again = next
		// Each command is planned; the acceptance that one implies together with it.
		if i+1 == len(entries) || !sameDecision(e, entries[i+1]) {
			again = w.Book.Plan(again, e.At)
		}
	}
	again.ID, again.Version, again.Log = c.ID, c.Version, c.Log
	if diff := difference(again, c); diff != "" {
		w.broken("incident %s replayed from its log differs: %s", c.ID, diff)
	}
	return nil
}

// sameDecision tells whether two entries came of one command: an acceptance with what
// implied it. Rungs fired along with it change no plan.
func sameDecision(e, next incident.Entry) bool {
	return e.At.Equal(next.At) && e.Actor.Person == next.Actor.Person && e.Key == "" &&
		e.Command == incident.KindAccept && next.Command != incident.KindAccept
}

// actor is the actor of an entry, with the post that he acted in.
func actor(e incident.Entry) org.Actor {
	a := org.Actor{Person: e.Actor.Person, Name: e.Actor.Name, Via: e.Actor.Via}
	if e.Actor.Post != "" {
		a.Holds = []org.Appointment{{Person: a.Person, Unit: e.Actor.Unit, Post: e.Actor.Post}}
	}
	if strings.HasPrefix(string(a.Person), "system:") {
		a.Role = org.RoleSystem
	}
	return a
}

// difference names the first fields in which two cases differ, as they are stored.
func difference(a, b incident.Case) string {
	var left, right map[string]any
	for _, one := range []struct {
		c    incident.Case
		into *map[string]any
	}{{a, &left}, {b, &right}} {
		raw, err := json.Marshal(one.c)
		if err == nil {
			err = json.Unmarshal(raw, one.into)
		}
		if err != nil {
			return err.Error()
		}
	}
	for key := range left {
		if !reflect.DeepEqual(left[key], right[key]) {
			return fmt.Sprintf("%s: %v, stored %v", key, left[key], right[key])
		}
	}
	for key := range right {
		if _, ok := left[key]; !ok {
			return key + " is only stored"
		}
	}
	return ""
}
