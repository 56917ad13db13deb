package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// Part is 协办任务: what an assisting unit is to do or to say, with a limit of its own
// inside the lead unit's (facts/standards.md 2.4.4).
type Part struct {
	N    int        `json:"n"` // from 1 within the incident
	Unit org.UnitID `json:"unit"`
	What string     `json:"what"`
	At   time.Time  `json:"at"`
	// Due is the limit: the one given, else half of the time that the lead unit has left.
	Due time.Time `json:"due"`
	// Half: nobody gave a limit.
	Half     bool      `json:"half,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
}

// Assign is 交办协办任务, by the lead unit or the county office.
type Assign struct {
	Unit org.UnitID `json:"unit"`
	Text string     `json:"text"`
	// DueAt is the limit, not after the lead unit's own; empty for half of the time left.
	DueAt time.Time `json:"due_at,omitzero"`
}

// Kind is KindAssign.
func (Assign) Kind() Kind { return KindAssign }

func (cmd Assign) apply(t *turn) error {
	if err := need("text", strings.TrimSpace(cmd.Text), "要协办单位做什么"); err != nil {
		return err
	}
	if !slices.Contains(t.c.Assisting, cmd.Unit) {
		return invalid("unit", "请选择本件的协办单位。还不是协办单位的，请县政府办再次分办时加上。")
	}
	p, err := t.assign(Item{Unit: cmd.Unit, Text: cmd.Text, DueAt: cmd.DueAt}, "due_at")
	if err != nil {
		return err
	}
	t.handle()
	t.text = fmt.Sprintf("交办协办任务%d给%s，%s前完成：%s", p.N, cmd.Unit, Show(p.Due, china()), cmd.Text)
	return nil
}

// assign makes a task of an assisting unit; a limit that cannot be is refused with the field.
func (t *turn) assign(it Item, field string) (Part, error) {
	c := t.c
	p := Part{N: len(c.Parts) + 1, Unit: it.Unit, What: it.Text, At: t.now, Due: it.DueAt.Truncate(time.Millisecond)}
	limit := c.leadLimit()
	switch {
	case p.Due.IsZero():
		p.Half = true
		p.Due = t.now.Add(max(limit.Sub(t.now)/2, time.Hour)).Truncate(time.Minute)
	case !p.Due.After(t.now):
		return p, invalid(field, "协办任务的期限不能早于现在。")
	case !limit.IsZero() && p.Due.After(limit):
		return p, invalid(field, "协办任务的期限不能晚于主办单位的时限（"+Show(limit, china())+"）。")
	}
	c.Parts = append(c.Parts, p)
	return p, nil
}

// leadLimit is the earliest limit by which the lead unit must give a plan or conclude;
// zero when none is pending.
func (c Case) leadLimit() time.Time {
	var limit time.Time
	for _, m := range c.Milestones {
		if m.Pending() && (m.Kind == MilestoneConclude || m.Kind == MilestonePlan) && (limit.IsZero() || m.Limit.Before(limit)) {
			limit = m.Limit
		}
	}
	return limit
}

// Opinion is what an assisting unit answered.
type Opinion struct {
	Part   int          `json:"part,omitempty"`
	Unit   org.UnitID   `json:"unit"`
	At     time.Time    `json:"at"`
	Person org.PersonID `json:"person"`
	Name   string       `json:"name"`
	Post   org.Post     `json:"post,omitempty"`
	Text   string       `json:"text"`
}

// GiveOpinion is 协办意见: an assisting unit answers its part, or gives its opinion unasked. The
// lead unit concludes with one voice.
type GiveOpinion struct {
	// Part is the number of the task; 0 is the first open one of the unit, if it has any.
	Part int    `json:"part,omitempty"`
	Text string `json:"text"`
	// Files are pictures and files that prove it.
	Files []Attachment `json:"files,omitempty"`
}

// Kind is KindOpinion.
func (GiveOpinion) Kind() Kind { return KindOpinion }

func (cmd GiveOpinion) apply(t *turn) error {
	c := t.c
	if err := need("text", strings.TrimSpace(cmd.Text), "协办意见"); err != nil {
		return err
	}
	as := c.ref(t.by, KindOpinion)
	n := cmd.Part
	if n == 0 {
		n = 1 + slices.IndexFunc(c.Parts, func(p Part) bool { return p.Unit == as.Unit && p.Answered.IsZero() })
	}
	if n < 0 || n > len(c.Parts) || (n > 0 && c.Parts[n-1].Unit != as.Unit) {
		return invalid("part", fmt.Sprintf("贵单位没有编号为%d的协办任务。", n))
	}
	t.text = string(as.Unit) + "协办意见"
	if n > 0 {
		p := &c.Parts[n-1]
		t.text += fmt.Sprintf("（任务%d）", n)
		if p.Answered.IsZero() {
			p.Answered = t.now
			c.meetRef(p.Ref(), t.now)
		}
	}
	c.Opinions = append(c.Opinions, Opinion{
		Part: n, Unit: as.Unit, At: t.now, Person: t.by.Person, Name: t.by.Name, Post: as.Post, Text: cmd.Text,
	})
	t.text += "：" + cmd.Text
	t.tell(NoticeResult, c.Lead, org.Handler, t.text)
	return t.prove(KindOpinion, cmd.Files)
}

// Ref names a part among the milestones.
func (p Part) Ref() string { return fmt.Sprintf("part/%d", p.N) }

// DueParts lists the parts of the assisting units that are not answered. A unit that was
// taken off owes nothing any more.
func (c Case) DueParts() []Due {
	var out []Due
	for _, p := range c.Parts {
		if p.Answered.IsZero() && slices.Contains(c.Assisting, p.Unit) && c.State.Open() {
			out = append(out, Due{Ref: p.Ref(), Unit: p.Unit, Post: org.Handler, From: p.At, Limit: p.Due, Half: p.Half})
		}
	}
	return out
}
