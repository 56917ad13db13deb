package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// openDuties opens what the calendar brings, once a day, as the server does; a process
// that was started anew looks again.
func (w *world) openDuties(ctx context.Context, now time.Time) error {
	day := now.In(w.Book.Zone).Format(time.DateOnly)
	if day == w.opened {
		return nil
	}
	if now.After(w.lookedAt) {
		w.lookedAt = now
	}
	if _, err := w.house.Desk.OpenDuties(ctx, now); err != nil {
		return fmt.Errorf("open duties: %w", err)
	}
	w.opened = day
	return nil
}

// order is a duty that comes by a document, often one that was issued long ago, so that its
// limit is near or past; now and then the same document twice.
func (w *world) order(ctx context.Context) error {
	now := w.clock.Now()
	ages := map[string]time.Duration{"D1": 6 * 24 * time.Hour, "D8": 30 * time.Hour, "D9": 30 * 24 * time.Hour, "D10": 30 * 24 * time.Hour}
	rules := w.house.Desk.DocumentRules()
	o := desk.DutyOrder{Rule: rules[w.rand.IntN(len(rules))].ID, Unit: string(w.unit()), Subject: fmt.Sprintf("文件%d", w.rand.IntN(4))}
	o.Start = now.Add(-time.Duration(w.rand.Int64N(int64(ages[o.Rule]))))
	by, _ := w.house.Desk.Directory().Actor("hall-duty_officer-1", "sim", now)
	w.note("open duty %s %s of %s", o.Rule, o.Subject, o.Unit)
	c, there, err := w.house.Desk.OpenDuty(ctx, by, o)
	if err != nil {
		return err //nolint:wrapcheck // told apart by guard
	}
	key := "duty:" + o.Rule + "/" + o.Subject + "/" + o.Unit
	was, known := w.orders[key]
	if known && (was != c.ID || !there) {
		w.broken("%s was opened as %s and again as %s", key, was, c.ID)
	}
	w.orders[key] = c.ID
	return nil
}

// onDuty is somebody who does something on a duty.
func (w *world) onDuty(ctx context.Context) error {
	asked := func(c incident.Case) bool {
		return slices.ContainsFunc(c.Extensions, incident.Extension.Open)
	}
	proved := func(c incident.Case) bool { n, _ := c.Duty.Count(); return n > 0 }
	extends := func(c incident.Case) bool { return c.Duty.Extends > 0 && !asked(c) }
	kinds := incident.DutyKinds()
	switch n := w.rand.IntN(100); {
	case n < 40:
		return w.onSome(ctx, incident.KindFulfil, w.dutyIDs(), w.duties, func(incident.Case) bool { return true })
	case n < 60:
		return w.onSome(ctx, incident.KindStrikeProof, w.dutyIDs(), w.duties, proved)
	case n < 70:
		return w.onSome(ctx, incident.KindAskExtension, w.dutyIDs(), w.duties, extends)
	case n < 80:
		answers := []incident.Kind{incident.KindGrantExtension, incident.KindRefuseExtension}
		return w.onSome(ctx, answers[w.rand.IntN(2)], w.dutyIDs(), w.duties, asked)
	case n < 95:
		kinds = slices.DeleteFunc(kinds, func(k incident.Kind) bool { return k == incident.KindRetime })
		return w.onSome(ctx, kinds[w.rand.IntN(len(kinds))], w.dutyIDs(), w.duties, func(incident.Case) bool { return true })
	}
	if len(w.duties) == 0 {
		return nil
	}
	// What makes no sense on a duty is refused with a sentence.
	kinds = slices.DeleteFunc(incident.Kinds(), func(k incident.Kind) bool { return k.Internal() || k == incident.KindRetime })
	c := w.duties[incident.FirstDuty+incident.ID(w.rand.IntN(len(w.duties)))]
	return w.do(ctx, w.whoMay(incident.KindFulfil, c), kinds[w.rand.IntN(len(kinds))], c)
}

// onSome gives a command on one of the cases that fit, by somebody who may; nobody where
// none does.
func (w *world) onSome(ctx context.Context, kind incident.Kind, ids []incident.ID, cases map[incident.ID]incident.Case, fits func(incident.Case) bool) error {
	for _, i := range w.rand.Perm(len(ids)) {
		c := cases[ids[i]]
		if !fits(c) {
			continue
		}
		if by := w.whoMay(kind, c); slices.Contains(c.Allowed(by), kind) {
			return w.do(ctx, by, kind, c)
		}
	}
	return nil
}

// whoMay is somebody who may give a command on a case; anybody where nobody may.
func (w *world) whoMay(kind incident.Kind, c incident.Case) org.Actor {
	var by org.Actor
	first := w.rand.IntN(len(w.people))
	for i := range w.people {
		by, _ = w.house.Desk.Directory().Actor(w.people[(first+i)%len(w.people)], "sim", w.clock.Now())
		if slices.Contains(c.Allowed(by), kind) {
			break
		}
	}
	return by
}

// meeting is what is held or found on an incident beside its handling: 会商, 复盘, 报送认定
// and its revocation, on whichever incident takes it; concluded incidents are what 复盘 is of.
func (w *world) meeting(ctx context.Context) error {
	kinds := []incident.Kind{incident.KindConsult, incident.KindReflect, incident.KindReflect, incident.KindFind, incident.KindRevoke, incident.KindConclude}
	ids := make([]incident.ID, len(w.cases))
	for i := range ids {
		ids[i] = incident.ID(i + 1)
	}
	return w.onSome(ctx, kinds[w.rand.IntN(len(kinds))], ids, w.cases, func(incident.Case) bool { return true })
}

func (w *world) dutyIDs() []incident.ID {
	ids := make([]incident.ID, len(w.duties))
	for i := range ids {
		ids[i] = incident.FirstDuty + incident.ID(i)
	}
	return ids
}

// dutyFields fills in a command on a duty.
func (w *world) dutyFields(kind incident.Kind, c incident.Case, set func(kv ...any)) {
	now := w.clock.Now()
	switch kind { //nolint:exhaustive // the others are no duty's
	case incident.KindFulfil:
		set("address", fmt.Sprintf("https://example.gov.cn/%d", w.rand.IntN(20)), "by_leader", w.chance(0.5))
		if since := now.Sub(c.Duty.Start); since > 0 && w.chance(0.5) {
			set("at", now.Add(-time.Duration(w.rand.Int64N(int64(since)))))
		}
	case incident.KindStrikeProof:
		set("n", 1+w.rand.IntN(max(1, len(c.Duty.Entries))), "reason", "网址打不开")
	}
}
