package incident

import (
	"fmt"
	"slices"
	"strings"

	"huiying/org"
)

// Tell is the engine's record that rungs of a milestone's ladder were fired: those
// in Rungs had somebody told, those in Passed were jumped over because a higher one
// was due as well (an outage, or a regrade that came late).
type Tell struct {
	Milestone int        `json:"milestone"`
	Rungs     []ToldRung `json:"rungs"`
}

// ToldRung is one rung of a [Tell].
type ToldRung struct {
	Rung   int            `json:"rung"`
	Nth    int            `json:"nth,omitempty"`
	Label  string         `json:"label"`
	People []org.PersonID `json:"people,omitempty"`
	Passed bool           `json:"passed,omitempty"`
	// Unreached: nobody of the rung could be reached, see rules.md, Late.
	Unreached bool `json:"unreached,omitempty"`
}

// Kind is KindTell.
func (Tell) Kind() Kind { return KindTell }

func (cmd Tell) apply(t *turn) error {
	m := t.c.Milestone(cmd.Milestone)
	if m == nil || m.State != Pending {
		return refused("该时限节点已经完成，不再催办。")
	}
	var said, passed []string
	for _, r := range cmd.Rungs {
		if told := m.Rung(r.Rung); told != nil {
			told.Nth, told.At = r.Nth, t.now
			told.People = union(told.People, r.People)
		} else {
			m.Told = append(m.Told, Told{Rung: r.Rung, At: t.now, Nth: r.Nth, People: slices.Clone(r.People)})
		}
		switch {
		case r.Passed:
			passed = append(passed, r.Label)
		case r.Unreached:
			said = append(said, r.Label+"（无人可通知）")
		default:
			said = append(said, fmt.Sprintf("%s（%d人）", r.Label, len(r.People)))
		}
	}
	t.text = m.Kind.Chinese() + "催办：" + strings.Join(said, "、")
	if len(passed) > 0 {
		t.text += "，已错过并入：" + strings.Join(passed, "、")
	}
	return nil
}

func union(a, b []org.PersonID) []org.PersonID {
	out := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// Acknowledge is 知悉: it stops the repeats of a rung for that person, nothing else.
// Zero Milestone means every rung that the person was told of.
type Acknowledge struct {
	Milestone int `json:"milestone,omitempty"`
	Rung      int `json:"rung,omitempty"`
	// AllRungs: every rung of the milestone that the person was told of.
	AllRungs bool `json:"all_rungs,omitempty"`
}

// Kind is KindAcknowledge.
func (Acknowledge) Kind() Kind { return KindAcknowledge }

func (cmd Acknowledge) apply(t *turn) error { //nolint:unparam // Command wants it
	var known []string
	for i := range t.c.Milestones {
		m := &t.c.Milestones[i]
		if cmd.Milestone != 0 && m.Seq != cmd.Milestone {
			continue
		}
		hit := false
		for j := range m.Told {
			told := &m.Told[j]
			if cmd.Milestone != 0 && !cmd.AllRungs && told.Rung != cmd.Rung {
				continue
			}
			if slices.Contains(told.People, t.by.Person) && !slices.Contains(told.Acked, t.by.Person) {
				told.Acked = append(told.Acked, t.by.Person)
				hit = true
			}
		}
		if hit {
			known = append(known, m.Kind.Chinese())
		}
	}
	t.text = t.by.Name + "已知悉"
	if len(known) > 0 {
		t.text += "：" + strings.Join(known, "、")
	}
	return nil
}

// Supervise is 督办 by hand: the county presses the lead unit's deputy and head.
type Supervise struct {
	Text string `json:"text,omitempty"`
}

// Kind is KindSupervise.
func (Supervise) Kind() Kind { return KindSupervise }

func (cmd Supervise) apply(t *turn) error { //nolint:unparam // Command wants it
	t.text = "督办" + note(cmd.Text)
	if t.c.Lead == "" {
		t.tell(NoticeSupervise, "", org.DutyOfficer, t.text)
		return nil
	}
	for _, p := range []org.Post{org.Handler, org.Deputy, org.Head} {
		t.tell(NoticeSupervise, t.c.Lead, p, t.text)
	}
	return nil
}

// Comment is 备注.
type Comment struct {
	Text string `json:"text"`
}

// Kind is KindComment.
func (Comment) Kind() Kind { return KindComment }

func (cmd Comment) apply(t *turn) error {
	if err := need("text", strings.TrimSpace(cmd.Text), "备注内容"); err != nil {
		return err
	}
	t.text = "备注：" + cmd.Text
	return nil
}

// Retime applies another policy version, or a calendar newly loaded, to an open
// case by name; sla.Plan then counts the pending limits anew.
type Retime struct {
	Policy string `json:"policy"`
	Reason string `json:"reason"`
}

// Kind is KindRetime.
func (Retime) Kind() Kind { return KindRetime }

func (cmd Retime) apply(t *turn) error {
	if err := need("reason", cmd.Reason, "重算时限的理由"); err != nil {
		return err
	}
	if cmd.Policy != "" {
		t.c.Policy = cmd.Policy
	}
	t.text = "重算时限" + because(cmd.Reason)
	return nil
}
