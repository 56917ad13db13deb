package desk

import (
	"context"
	"fmt"

	"huiying/classifier"
	"huiying/incident"
	"huiying/org"
)

// Registered is the outcome of one registration.
type Registered struct {
	ID incident.ID
	// Duplicate: the source had sent it before; ID is the incident that it is.
	Duplicate bool
	Err       error
}

// Registration is one report to be registered. With Lead it is dispatched in the same step,
// where the actor may.
type Registration struct {
	Register  incident.Register
	Lead      org.UnitID
	Assisting []org.UnitID
}

// calm is how many registrations may be under way while each is still compared with those
// before it. Where more come at once, taking them in goes first, and [Desk.Recall] looks
// for duplicates soon after.
const calm = 8

// Register takes a report in and returns the case. A report with the source and
// external id of an earlier one returns that incident, and true.
func (d *Desk) Register(ctx context.Context, by org.Actor, e Registration) (incident.Case, bool, error) {
	d.registrations.Add(1)
	defer d.registrations.Add(-1)
	change, err := d.registering(ctx, by, e)
	if err != nil {
		return incident.Case{}, false, err
	}
	saved, err := d.Store.Save(ctx, change)
	if err != nil {
		return incident.Case{}, false, fmt.Errorf("save new incident: %w", err)
	}
	s := saved[0]
	if s.Err == nil || repeated(s.Err) {
		d.heard(change.Case.Report.Source.Name)
	}
	switch {
	case repeated(s.Err):
		c, err := d.Store.Load(ctx, s.ID)
		if err != nil {
			return incident.Case{}, false, fmt.Errorf("load incident %s: %w", s.ID, err)
		}
		return c, true, nil
	case s.Err != nil:
		return incident.Case{}, false, fmt.Errorf("save new incident: %w", s.Err)
	}
	d.saved(change)
	d.remember(ctx, change, s.ID)
	change.Case.ID, change.Case.Version = s.ID, s.Version
	return change.Case, false, nil
}

// RegisterAll registers many reports in one save; each stands or falls alone.
func (d *Desk) RegisterAll(ctx context.Context, by org.Actor, regs []incident.Register) ([]Registered, error) {
	return d.Prepare(ctx, by, regs)(ctx)
}

// Prepare decides on many reports and returns what saves them, as RegisterAll does: the next
// can be decided on while those before are being saved.
func (d *Desk) Prepare(ctx context.Context, by org.Actor, regs []incident.Register) func(context.Context) ([]Registered, error) {
	out := make([]Registered, len(regs))
	changes := make([]Change, 0, len(regs))
	index := make([]int, 0, len(regs))
	for i, r := range regs {
		change, err := d.registering(ctx, by, Registration{Register: r})
		if err != nil {
			out[i].Err = err
			continue
		}
		changes, index = append(changes, change), append(index, i)
	}
	return func(ctx context.Context) ([]Registered, error) {
		if len(changes) == 0 {
			return out, nil
		}
		saved, err := d.Store.Save(ctx, changes...)
		if err != nil {
			return nil, fmt.Errorf("save new incidents: %w", err)
		}
		for i, s := range saved {
			r := &out[index[i]]
			r.ID, r.Duplicate = s.ID, repeated(s.Err)
			if s.Err == nil || r.Duplicate {
				d.heard(changes[i].Case.Report.Source.Name)
			}
			if s.Err != nil && !r.Duplicate {
				r.Err = s.Err
			}
		}
		d.saved(changes...)
		for i, s := range saved {
			if s.Err == nil {
				d.remember(ctx, changes[i], s.ID)
			}
		}
		return out, nil
	}
}

// registering decides on a registration: what was given binds, else what the classifier finds.
func (d *Desk) registering(ctx context.Context, by org.Actor, e Registration) (Change, error) {
	reg := e.Register
	reg.Policy, reg.Rules = d.book.Policy.Version(), incident.RulesVersion
	found := d.Assessor.Assess(reg.Report, d.Clock.Now())
	given := reg.Grading.Level
	if given == "" {
		reg.Grading = found.Grading
		reg.Grading.By = "classifier"
	} else {
		reg.Grading.Evidence = append(reg.Grading.Evidence, found.Grading.Evidence...)
		reg.Grading.Influence = reg.Grading.Influence || found.Grading.Influence
		if reg.Grading.Category == "" {
			reg.Grading.Category = found.Grading.Category
		}
		if found.Grading.Level.Rank() > given.Rank() {
			reg.Grading.Doubts = append(reg.Grading.Doubts,
				fmt.Sprintf("登记为%s，但规则研判为%s，请核对。", given.Chinese(), found.Grading.Level.Chinese()))
		}
	}
	for _, u := range found.Units {
		reg.Grading.Suggested = append(reg.Grading.Suggested, u.Unit)
		reg.Grading.Routes = append(reg.Grading.Routes, incident.Route(u))
	}
	reg.Grading.Advice = found.Advice.Log()
	var glance *classifier.Glance
	if d.Memory != nil && d.registrations.Load() <= calm {
		glance = d.Memory.Look(reg.Report, d.Clock.Now())
		reg.Grading.Similar, reg.Matter = glance.Similar, glance.Matter
	}
	steps := []Step{{reg, by}}
	if e.Lead != "" {
		cmd, err := d.names(incident.Dispatch{Lead: e.Lead, Assisting: e.Assisting})
		if err != nil {
			return Change{}, err
		}
		steps = append(steps, Step{cmd, by})
	}
	change, err := d.decide(ctx, incident.Case{}, steps, "")
	change.glance = glance
	return change, err
}
