package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"huiying/classifier/near"
	"huiying/incident"
	"huiying/org"
)

// remember takes a registered case into the memory of duplicates. What came in at the
// same moment and is alike is added to it as advice, and its matter's heat is looked at.
// Nothing here can fail the registration: it is durable already.
func (d *Desk) remember(ctx context.Context, ch Change, id incident.ID) {
	if d.Memory == nil || ch.glance == nil {
		return
	}
	matter := ch.Case.Matter
	if late := d.Memory.Keep(ch.glance, id, matter); late != nil {
		if matter == 0 {
			matter = late.Matter
		}
		d.advise(ctx, id, incident.Advise{From: "duplicates", Similar: late.Similar, Matter: matter}, "")
	}
	d.warm(ctx, matter)
}

// advise gives advice to an incident in the classifier's name.
func (d *Desk) advise(ctx context.Context, id incident.ID, cmd incident.Advise, key string) {
	if _, err := d.Do(ctx, org.System("classifier"), id, cmd, key); err != nil {
		var refused *incident.Error
		if !errors.As(err, &refused) && ctx.Err() == nil {
			d.Log.Error("advice not kept", "incident", id, "error", err)
		}
	}
}

// Recall takes the newest n cases from before the start into the memory, the oldest of
// them first, and then whatever another process registers (an import beside the house),
// each time that it is called. It returns when there is nothing more.
func (d *Desk) Recall(ctx context.Context, n int) error {
	if d.Memory == nil {
		return nil
	}
	started := d.recalling
	if !started {
		page, err := d.Store.List(ctx, Filter{Newest: true, Limit: 1})
		if err != nil {
			return fmt.Errorf("find the newest case: %w", err)
		}
		if len(page.Cases) > 0 {
			d.recalled = max(0, page.Cases[0].ID-incident.ID(n))
		}
	}
	for {
		cases, err := d.Store.After(ctx, d.recalled, batch)
		if err != nil {
			return fmt.Errorf("read cases after %s: %w", d.recalled, err)
		}
		for _, c := range cases {
			d.recalled = c.ID
			switch {
			case d.Memory.Knows(c.ID):
			case !started:
				d.Memory.Recall(c)
			default:
				d.meet(ctx, c)
			}
		}
		if len(cases) < batch {
			d.recalling = true
			d.Memory.Forget(d.recalled)
			return nil
		}
	}
}

// meet looks at a case that another process registered.
func (d *Desk) meet(ctx context.Context, c incident.Case) {
	g := d.Memory.Look(c.Report, c.RegisteredAt)
	matter := c.Matter
	if matter == 0 {
		matter = g.Matter
	}
	d.Memory.Keep(g, c.ID, matter)
	if len(g.Similar) > 0 {
		d.advise(ctx, c.ID, incident.Advise{From: "duplicates", Similar: g.Similar, Matter: g.Matter}, "")
	}
	d.warm(ctx, matter)
}

// Matter is what belongs together without being merged: the cases of one matter, the
// newest first, and how hot that makes it.
type Matter struct {
	// ID is the first incident of the matter.
	ID    incident.ID
	Cases []incident.Case
	Heat  near.Heat
	// Hot: several people are at it; Regrade: it has the influence of a major matter.
	Hot, Regrade bool
}

// maxMatter bounds how many cases of a matter are looked at, the newest.
const maxMatter = 200

// MatterOf returns the matter of a case; one of its own has one case.
func (d *Desk) MatterOf(ctx context.Context, c incident.Case) (Matter, error) {
	m := Matter{ID: c.Matter}
	if m.ID == 0 {
		m.ID = c.ID
	}
	page, err := d.Store.List(ctx, Filter{Matter: m.ID, Newest: true, Limit: maxMatter})
	if err != nil {
		return m, fmt.Errorf("list matter %s: %w", m.ID, err)
	}
	var seen []near.Sighting
	for _, c := range page.Cases {
		if c.State == incident.Void {
			continue
		}
		m.Cases = append(m.Cases, c)
		seen = append(seen, sighting(c.Report, c))
		for _, r := range c.More {
			if r.From == 0 { // one that came by merging counts where it was registered
				seen = append(seen, sighting(r, c))
			}
		}
	}
	limits := near.DefaultLimits()
	m.Heat = near.Measure(seen)
	m.Hot, m.Regrade = limits.Hot(m.Heat), limits.Regrade(m.Heat)
	return m, nil
}

func sighting(r incident.Report, c incident.Case) near.Sighting {
	s := near.Sighting{Source: r.Source.Name, Reporter: r.Reporter.Phone, At: r.SubmittedAt}
	if s.Reporter == "" {
		s.Reporter = r.Reporter.Name
	}
	if s.At.IsZero() {
		s.At = c.ReceivedAt
	}
	return s
}

// warm looks at a matter's heat after it grew, and proposes to regrade once when it has
// the influence of facts/standards.md 1.4. A person decides.
func (d *Desk) warm(ctx context.Context, id incident.ID) {
	if id == 0 {
		return
	}
	if _, done := d.proposed.Load(id); done {
		return
	}
	m, err := d.MatterOf(ctx, incident.Case{ID: id})
	if err != nil {
		d.Log.Error("heat not measured", "incident", id, "error", err)
		return
	}
	if !m.Regrade {
		return
	}
	d.proposed.Store(id, true)
	if c, ok := m.front(); ok && c.Level() == incident.General {
		d.advise(ctx, c.ID, incident.Advise{From: "heat", Level: incident.Major, Doubts: []string{m.proposal()}, Matter: id}, fmt.Sprintf("heat-%s", id))
	}
}

// front is the case of a matter that a proposal goes to: the oldest that is open.
func (m Matter) front() (incident.Case, bool) {
	for _, c := range slices.Backward(m.Cases) {
		if c.State.Open() && c.State != incident.Merged {
			return c, true
		}
	}
	return incident.Case{}, false
}

// proposal is the sentence that proposes a regrade, with the figures that it rests on.
func (m Matter) proposal() string {
	var why []string
	limits := near.DefaultLimits()
	if m.Heat.Peak >= limits.DayReports {
		why = append(why, fmt.Sprintf("24小时内已有%d件", m.Heat.Peak))
	}
	if m.Heat.Sources >= limits.Sources {
		why = append(why, fmt.Sprintf("来自%d个来源", m.Heat.Sources))
	}
	return fmt.Sprintf("同一事项%s（共%d件、%d人反映），已是热点，是否升为%s？依据国办发〔2016〕61号（对公众切身利益影响较大的须重点回应）。",
		strings.Join(why, "、"), m.Heat.Reports, m.Heat.Reporters, incident.Major.Chinese())
}
