package page

import (
	"slices"
	"time"

	"huiying/incident"
)

// lessonsView is one 复盘 as it is read.
type lessonsView struct {
	Head     string
	Facts    []pair
	Measures []itemView
}

type itemView struct{ What, Unit, Due string }

// lessons are the reviews of a closed matter, the newest first.
func (p *Pages) lessons(c incident.Case, now time.Time) []lessonsView {
	var out []lessonsView
	for _, r := range slices.Backward(c.AfterActions) {
		v := lessonsView{Head: p.show(r.At.Truncate(time.Second), now) + " " + r.Name + "记录"}
		for _, f := range []pair{{"参加人员", r.TookPart}, {"经过", r.Happened}, {"做得好的", r.Well}, {"不足", r.Ill}, {"原因分析", r.Causes}} {
			if f.Value != "" {
				v.Facts = append(v.Facts, pair{f.Label, incident.MaskText(f.Value)})
			}
		}
		v.Measures = p.items(r.Measures, now)
		out = append(out, v)
	}
	return out
}

func (p *Pages) items(list []incident.Item, now time.Time) []itemView {
	var out []itemView
	for _, it := range list {
		due := "—"
		if !it.DueAt.IsZero() {
			due = p.show(it.DueAt, now)
		}
		out = append(out, itemView{What: incident.MaskText(it.Text), Unit: p.unit(it.Unit), Due: due})
	}
	return out
}

// lessonsDue says until when the review is owed, nil where none is.
func (p *Pages) lessonsDue(c incident.Case, now time.Time) *countView {
	due := c.PendingOf(incident.MilestoneAfterAction)
	if len(due) == 0 {
		return nil
	}
	v := countView{Name: "复盘", State: "复盘" + left(due[0].Limit, now), Until: due[0].Counted, Tone: "wait"}
	if now.After(due[0].Limit) {
		v.Tone = "bad"
	}
	return &v
}
