package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// Units are the county's units.
type Units struct {
	Units []org.Unit `json:"units"`
}

// Me is who the token stands for.
type Me struct {
	Person org.PersonID `json:"person"`
	Name   string       `json:"name"`
	Role   org.Role     `json:"role,omitempty"`
	Holds  []Seat       `json:"holds"`
}

// Seat is a post in a unit.
type Seat struct {
	Unit     org.UnitID `json:"unit"`
	UnitName string     `json:"unit_name"`
	Post     org.Post   `json:"post"`
	PostName string     `json:"post_name"`
}

// Policy is the policy that times new incidents.
type Policy struct {
	Version  string        `json:"version"`
	Name     string        `json:"name"`
	Calendar string        `json:"calendar"`
	Limits   []PolicyLimit `json:"limits"`
	// YAML is the whole policy, ladders included, as it is kept.
	YAML string `json:"yaml"`
}

// PolicyLimit is the limit of one milestone at one level; durations as 2h0m0s.
type PolicyLimit struct {
	Milestone incident.MilestoneKind `json:"milestone"`
	Level     incident.Level         `json:"level"`
	Target    string                 `json:"target,omitempty"`
	Limit     string                 `json:"limit,omitempty"`
	Days      int                    `json:"days,omitempty"`
	Clause    string                 `json:"clause"`
}

// Preview is what the policy would ask of an incident.
type Preview struct {
	Milestones []PreviewMilestone `json:"milestones"`
	Ladder     []PreviewRung      `json:"ladder"`
}

// PreviewMilestone is one limit and how it was counted.
type PreviewMilestone struct {
	Kind     incident.MilestoneKind `json:"kind"`
	TargetAt Stamp                  `json:"target_at,omitzero"`
	LimitAt  Stamp                  `json:"limit_at"`
	Counted  string                 `json:"counted"`
	Warning  string                 `json:"warning,omitempty"`
}

// PreviewRung is who would be told when.
type PreviewRung struct {
	Milestone incident.MilestoneKind `json:"milestone"`
	Rung      string                 `json:"rung"`
	At        Stamp                  `json:"at"`
	To        []org.Post             `json:"to"`
	Repeat    string                 `json:"repeat,omitempty"`
}

// counts answers with the board's figures.
func (a *API) counts(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	if err := a.Desk.CheckRead(r.Context(), by, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	var c desk.Counts
	c, err := a.Desk.Store.Counts(r.Context(), a.now())
	if err != nil {
		return fmt.Errorf("count incidents: %w", err)
	}
	a.in(&c.OldestWaiting)
	return a.write(w, http.StatusOK, c)
}

// units answers with every unit.
func (a *API) units(w http.ResponseWriter, _ *http.Request, _ org.Actor) error {
	out := Units{Units: a.Desk.Directory().Data().Units}
	if out.Units == nil {
		out.Units = []org.Unit{}
	}
	return a.write(w, http.StatusOK, out)
}

// me answers with who the asker is and what he holds now, stand-ins reckoned in.
func (a *API) me(w http.ResponseWriter, _ *http.Request, by org.Actor) error {
	out := Me{Person: by.Person, Name: by.Name, Role: by.Role, Holds: []Seat{}}
	for _, h := range by.Holds {
		out.Holds = append(out.Holds, Seat{
			Unit: h.Unit, UnitName: a.Desk.Directory().UnitName(h.Unit), Post: h.Post, PostName: h.Post.Chinese(),
		})
	}
	return a.write(w, http.StatusOK, out)
}

// policy answers with the policy that times new incidents.
func (a *API) policy(w http.ResponseWriter, _ *http.Request, _ org.Actor) error {
	p := a.Desk.Book().Policy
	out := Policy{Version: p.Version(), Name: p.Name, Calendar: string(p.Calendar), Limits: []PolicyLimit{}, YAML: string(p.YAML())}
	for kind, levels := range p.Milestones {
		for level, l := range levels {
			out.Limits = append(out.Limits, PolicyLimit{
				Milestone: kind, Level: level, Target: duration(l.Target), Limit: duration(l.Limit), Days: l.Days, Clause: l.Clause,
			})
		}
	}
	order := incident.MilestoneKinds()
	slices.SortFunc(out.Limits, func(x, y PolicyLimit) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Milestone), slices.Index(order, y.Milestone)), cmp.Compare(x.Level.Rank(), y.Level.Rank()))
	})
	return a.write(w, http.StatusOK, out)
}

func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// preview answers with the limits and the ladder of an incident of a level received at
// an instant (now when absent), as the policy would time it if it were dispatched at once.
func (a *API) preview(w http.ResponseWriter, r *http.Request, _ org.Actor) error {
	q := r.URL.Query()
	level := incident.Level(q.Get("level"))
	if !level.Valid() {
		return bad("level", "请给出等级 level，可用：%s。", join(incident.Levels()))
	}
	received := a.now()
	if text := q.Get("received"); text != "" {
		at, err := instant("received", text)
		if err != nil {
			return err
		}
		received = at
	}
	book := a.Desk.Book()
	c := book.Preview(level, received, incident.Source{Name: "公开来源", Kind: incident.SourceWeb, Public: true})
	out := Preview{Milestones: []PreviewMilestone{}, Ladder: []PreviewRung{}}
	for _, m := range c.Milestones {
		out.Milestones = append(out.Milestones, PreviewMilestone{
			Kind: m.Kind, TargetAt: a.at(m.Target), LimitAt: a.at(m.Limit), Counted: m.Counted, Warning: m.Warning,
		})
		for _, rung := range book.Ladder(c, m) {
			out.Ladder = append(out.Ladder, PreviewRung{
				Milestone: m.Kind, Rung: rung.Label, At: a.at(rung.At), To: rung.Posts, Repeat: duration(rung.Every),
			})
		}
	}
	return a.write(w, http.StatusOK, out)
}
