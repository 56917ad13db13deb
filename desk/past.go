package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Past is what became of a suggestion: what the house made of a report, what officers made
// of it, by whom and why. It is read from the log, which is the only store of corrections.
type Past struct {
	ID     incident.ID
	Report incident.Report
	// Suggested is the grading as the report was registered.
	Suggested incident.Grading
	// Level, Category and Unit are what officers confirmed, by word or by concluding with
	// it; empty where nobody did.
	Level    incident.Level
	Category string
	Unit     org.UnitID

	Corrections []Correction
}

// What a correction is about.
const (
	AboutLevel    = "level"
	AboutCategory = "category"
	AboutUnit     = "unit"
)

// Correction is one time that somebody decided otherwise than was suggested.
type Correction struct {
	About string            `json:"about"`
	From  string            `json:"from"`
	To    string            `json:"to"` // empty when a unit sent it back and named no other
	By    incident.ActorRef `json:"by"`
	At    time.Time         `json:"at"`
	Why   string            `json:"why,omitempty"`
	// Returned: the unit sent it back.
	Returned bool `json:"returned,omitempty"`
}

// Pasts calls take for each incident received in [from, to), the newest first; zero times
// do not bound. Merged and void ones are left out. It holds one page at a time.
func (d *Desk) Pasts(ctx context.Context, from, to time.Time, take func(Past) error) error {
	f := Filter{Newest: true, Limit: 200, ReceivedFrom: from, ReceivedTo: to, Now: d.Clock.Now()}
	for {
		page, err := d.Store.List(ctx, f)
		if err != nil {
			return fmt.Errorf("list incidents: %w", err)
		}
		for _, c := range page.Cases {
			if c.State == incident.Merged || c.State == incident.Void {
				continue
			}
			entries, err := d.Store.Log(ctx, c.ID)
			if err != nil {
				return fmt.Errorf("read log of incident %s: %w", c.ID, err)
			}
			p, err := pastOf(entries)
			if err != nil {
				return fmt.Errorf("read log of incident %s: %w", c.ID, err)
			}
			if err := take(p); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		f.Cursor = page.Next
	}
}

// pastOf reads a case's log.
func pastOf(entries []incident.Entry) (Past, error) {
	r := reading{}
	for _, e := range entries {
		cmd, err := incident.Decode(e.Command, e.Payload)
		if err != nil {
			return r.Past, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		r.read(e, cmd)
	}
	return r.Past, nil
}

// reading is a log being read.
type reading struct {
	Past
	level    incident.Level // that stands now
	category string
	lead     org.UnitID
}

func (r *reading) read(e incident.Entry, cmd incident.Command) {
	person := !strings.HasPrefix(string(e.Actor.Person), string(org.System("").Person))
	switch c := cmd.(type) {
	case incident.Register:
		r.ID, r.Report, r.Suggested = e.Incident, c.Report, c.Grading
		r.level, r.category = c.Grading.Level, c.Grading.Category
		if c.Grading.Confirmed || c.Grading.By == "officer" || c.Grading.By == "reporter" {
			r.Level = c.Grading.Level
		}
	case incident.Assess:
		r.assess(e, c, person)
	case incident.Regrade:
		if person && c.RegradeBy == "correction" {
			r.decideLevel(e, c.To, c.Reason)
		}
		if person && c.To == r.level {
			r.Level = c.To
		}
		r.level = c.To
	case incident.Dispatch:
		r.dispatch(e, c.Lead, c.Requirements)
	case incident.Designate:
		r.dispatch(e, c.Lead, c.Reason)
	case incident.Return:
		r.correct(e, AboutUnit, string(e.Before.Lead), string(c.Suggest), c.Reason)
		r.Corrections[len(r.Corrections)-1].Returned = true
		r.lead, r.Unit = "", ""
	case incident.Accept:
		if e.Actor.Unit == r.lead {
			r.Unit = r.lead
		}
	case incident.Conclude:
		r.Unit, r.Category = r.lead, r.category
		if r.Level == "" {
			r.Level = r.level
		}
	}
}

func (r *reading) assess(e incident.Entry, c incident.Assess, person bool) {
	if person {
		r.decideLevel(e, c.Level, c.Reason)
		if c.Category != "" && c.Category != r.category {
			r.correct(e, AboutCategory, r.category, c.Category, c.Reason)
		}
		if c.Category != "" {
			r.Category = c.Category
		}
	}
	r.level = c.Level
	if c.Category != "" {
		r.category = c.Category
	}
}

// decideLevel is a person's word on the level: a correction where it differs.
func (r *reading) decideLevel(e incident.Entry, level incident.Level, why string) {
	if r.level != "" && level != r.level {
		r.correct(e, AboutLevel, string(r.level), string(level), why)
	}
	r.Level = level
}

// dispatch is a correction where it is not the unit that was suggested first.
func (r *reading) dispatch(e incident.Entry, lead org.UnitID, why string) {
	if r.lead == "" && !r.dispatched() && len(r.Suggested.Suggested) > 0 && r.Suggested.Suggested[0] != lead {
		r.correct(e, AboutUnit, string(r.Suggested.Suggested[0]), string(lead), why)
	}
	if r.lead != "" && r.lead != lead {
		r.correct(e, AboutUnit, string(r.lead), string(lead), why)
		r.Unit = ""
	}
	r.lead = lead
}

// dispatched tells whether a unit had it and sent it back.
func (r *reading) dispatched() bool {
	return slices.ContainsFunc(r.Corrections, func(c Correction) bool { return c.Returned })
}

func (r *reading) correct(e incident.Entry, about, from, to, why string) {
	r.Corrections = append(r.Corrections, Correction{About: about, From: from, To: to, By: e.Actor, At: e.At, Why: why})
}
