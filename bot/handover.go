package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// soon is how far a handover looks ahead: the shift that begins.
const soon = 12 * time.Hour

// handover is 交班: what the next shift must know, and what happened in this one.
func (t *turn) handover(ctx context.Context, _ string) ([]Reply, error) {
	return t.handoverSince(ctx, t.shiftBegan())
}

func (t *turn) handoverSince(ctx context.Context, since time.Time) ([]Reply, error) {
	open, err := t.ofMine(ctx, desk.Filter{Open: true}, always)
	if err != nil {
		return refused(err)
	}
	closed, err := t.ofMine(ctx, desk.Filter{States: []incident.State{incident.Concluded}, Newest: true}, func(c incident.Case) bool {
		n := len(c.Conclusions)
		return n > 0 && !c.Conclusions[n-1].At.Before(since)
	})
	if err != nil {
		return refused(err)
	}
	r := Reply{Title: fmt.Sprintf("交接班（%s，%s起）", t.scope(), incident.ShowFrom(since, t.now, t.Zone))}
	r.Fields = append(r.Fields, notify.Field{Name: "在办", Value: openText(open)})
	r.Text = lines(
		t.section("已超期", t.overdueOnly(open)),
		t.section(fmt.Sprintf("%d小时内到期", soon/time.Hour), t.dueSoon(open)),
		t.section("还没有分办", slices.DeleteFunc(slices.Clone(open), func(c incident.Case) bool { return c.Lead != "" })),
		t.happened(open, closed, since),
	)
	var row []notify.Button
	for _, c := range append(t.overdueOnly(open), t.dueSoon(open)...) {
		if len(row) < 3 && !slices.ContainsFunc(row, func(b notify.Button) bool { return b.Key == viewButton(c.ID).Key }) {
			row = append(row, viewButton(c.ID))
		}
	}
	if len(row) > 0 {
		r.Buttons = [][]notify.Button{row}
	}
	return one(r), nil
}

// Handover is 交班 as a message for somebody whose shift begins: what happened since the
// shift before began, what is overdue and what falls due.
func (c *Conversation) Handover(ctx context.Context, person org.PersonID) (string, error) {
	t := c.turn(Message{Platform: console, From: string(person)}, "", &talk{})
	var ok bool
	if t.by, ok = t.dir.Actor(person, "engine", t.now); !ok {
		return "", incident.ErrNotFound
	}
	replies, err := t.handoverSince(ctx, t.shiftBefore())
	if err != nil || len(replies) == 0 {
		return "", err
	}
	r := replies[0]
	return lines("【接班】"+r.Title, r.Fields[0].Name+"："+r.Fields[0].Value, r.Text), nil
}

// shiftBefore is when the duty officers' shift before the one that runs now began; twelve
// hours ago where none is known.
func (t *turn) shiftBefore() time.Time {
	var before time.Time
	for _, s := range t.dir.Data().Shifts {
		ended := !s.To.After(t.now) && t.now.Sub(s.To) < soon
		if s.Post == org.DutyOfficer && ended && s.From.After(before) {
			before = s.From
		}
	}
	if before.IsZero() {
		return t.now.Add(-soon)
	}
	return before
}

// shiftBegan is when the shift of the person began: of his own post if he is on shift, else of
// the county's duty officer, else twelve hours ago.
func (t *turn) shiftBegan() time.Time {
	var began time.Time
	for _, s := range t.dir.Data().Shifts {
		runs := !t.now.Before(s.From) && t.now.Before(s.To)
		if runs && (s.Person == t.by.Person || began.IsZero() && s.Post == org.DutyOfficer) {
			began = s.From
		}
	}
	if began.IsZero() {
		return t.now.Add(-soon)
	}
	return began
}

func openText(open []incident.Case) string {
	n := map[incident.Level]int{}
	for _, c := range open {
		n[c.Level()]++
	}
	parts := []string{pieces(len(open))}
	for _, l := range slices.Backward(incident.Levels()) {
		if n[l] > 0 {
			parts = append(parts, l.Chinese()+strconv.Itoa(n[l]))
		}
	}
	return strings.Join(parts, "，")
}

func (t *turn) overdueOnly(cases []incident.Case) []incident.Case {
	return slices.DeleteFunc(slices.Clone(cases), func(c incident.Case) bool {
		m, ok := c.NextDue()
		return !ok || m.StateAt(t.now) != incident.Overdue
	})
}

func (t *turn) dueSoon(cases []incident.Case) []incident.Case {
	return slices.DeleteFunc(slices.Clone(cases), func(c incident.Case) bool {
		m, ok := c.NextDue()
		return !ok || m.StateAt(t.now) == incident.Overdue || m.Limit.After(t.now.Add(soon))
	})
}

// section is a heading with its incidents, a line each; empty when there are none.
func (t *turn) section(name string, cases []incident.Case) string {
	if len(cases) == 0 {
		return ""
	}
	const shown = 5
	var out []string
	for i, c := range cases {
		if i == shown {
			out = append(out, fmt.Sprintf("　另有%d件", len(cases)-i))
			break
		}
		out = append(out, "　"+c.ID.String()+"号 "+short(c.Report.Title, 16)+"："+t.dueLine(c))
	}
	return fmt.Sprintf("%s%d件\n%s", name, len(cases), strings.Join(out, "\n"))
}

// happened counts what was done since the shift began.
func (t *turn) happened(open, closed []incident.Case, since time.Time) string {
	var registered, dispatched, returned, released, regraded int
	for _, c := range append(slices.Clone(open), closed...) {
		if !c.RegisteredAt.Before(since) {
			registered++
		}
		for _, d := range c.Dispatchings {
			if d.Lead && !d.At.Before(since) {
				dispatched++
			}
			if !d.Returned.IsZero() && !d.Returned.Before(since) {
				returned++
			}
		}
		for _, r := range c.Releases {
			if !r.At.Before(since) {
				released++
			}
		}
		for _, k := range c.Clocks {
			if (k.Reason == "development" || k.Reason == "correction") && !k.Start.Before(since) {
				regraded++
			}
		}
	}
	var parts []string
	for _, p := range []struct {
		word string
		n    int
	}{{"登记", registered}, {"分办", dispatched}, {"退回", returned}, {"升降级", regraded}, {"发布", released}, {"办结", len(closed)}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s%d件", p.word, p.n))
		}
	}
	if len(parts) == 0 {
		return "本班没有新的办理。"
	}
	return "本班：" + strings.Join(parts, "，")
}
