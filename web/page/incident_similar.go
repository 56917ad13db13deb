package page

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
)

// similarView is a likely duplicate, or the same words about another place.
type similarView struct {
	ID                          incident.ID
	Title, State, Likeness, Why string
	Elsewhere                   bool
}

// matter shows what is like the incident and how hot its matter is.
func (p *Pages) matter(ctx context.Context, c incident.Case, view *incidentView, now time.Time) error {
	for _, s := range c.Grading.Similar {
		other, err := p.Desk.Get(ctx, s.Incident)
		if errors.Is(err, incident.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("get similar incident: %w", err)
		}
		state := other.State.Chinese()
		if other.MergedInto != 0 {
			state = "已并入" + other.MergedInto.String() + "号"
		}
		view.Similar = append(view.Similar, similarView{
			ID: s.Incident, Title: incident.MaskText(other.Report.Title), State: state,
			Likeness: fmt.Sprintf("相似度%.0f%%", 100*s.Likeness), Why: s.Why, Elsewhere: s.Elsewhere,
		})
	}
	m, err := p.Desk.MatterOf(ctx, c)
	if err != nil {
		return fmt.Errorf("read matter: %w", err)
	}
	if len(m.Cases) < 2 {
		return nil
	}
	view.Hot = m.Hot
	view.Matter = fmt.Sprintf("同一事项（以%s号为首）共%d件，%d人反映，来自%d个来源；24小时内最多%d件；热度%.0f（满分100）。",
		m.ID, m.Heat.Reports, m.Heat.Reporters, m.Heat.Sources, m.Heat.Peak, m.Heat.Score)
	if !m.Heat.First.IsZero() {
		view.Matter += "首件" + p.show(m.Heat.First, now) + "，最近一件" + p.show(m.Heat.Last, now) + "。"
	}
	return nil
}

// likeliest is the number of the incident that this one is most likely the same as.
func likeliest(c incident.Case) string {
	for _, s := range c.Grading.Similar {
		if !s.Elsewhere {
			return s.Incident.String()
		}
	}
	return ""
}
