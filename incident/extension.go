package incident

import (
	"fmt"
	"time"
)

// Extension is 延期: asked for by the unit, granted or refused by the county office.
type Extension struct {
	AskedAt time.Time `json:"asked_at"`
	Days    int       `json:"days"`
	Reason  string    `json:"reason"`
	// Milestone is the Seq of the conclude or plan milestone that it moves.
	Milestone int       `json:"milestone"`
	Clock     int       `json:"clock"`
	Granted   time.Time `json:"granted,omitzero"`
	Refused   time.Time `json:"refused,omitzero"`
	Answer    string    `json:"answer,omitempty"`
	// AskedBy and AnsweredBy are the people, with their posts.
	AskedBy    string `json:"asked_by,omitempty"`
	AnsweredBy string `json:"answered_by,omitempty"`
}

// Open tells whether it waits for an answer.
func (e Extension) Open() bool { return e.Granted.IsZero() && e.Refused.IsZero() }

// AskExtension is 申请延期: once for each clock, before the limit, with a reason, at
// most the original length; never for a release, a conference or a first report
// (facts/standards.md 2.4.6).
type AskExtension struct {
	Days   int    `json:"days"`
	Reason string `json:"reason"`
}

// Kind is KindAskExtension.
func (AskExtension) Kind() Kind { return KindAskExtension }

func (cmd AskExtension) apply(t *turn) error {
	c := t.c
	if err := need("reason", cmd.Reason, "延期理由"); err != nil {
		return err
	}
	m := c.extendable()
	if m == nil {
		return refused("现在没有可以延期的时限：只有“办结”和“给出方案或办结”可以申请延期，权威发布、新闻发布会和首报不得延期。")
	}
	if t.now.After(m.Limit) {
		return refused("延期须在期限届满前申请，本件已于" + Show(m.Limit, china()) + "到期。请尽快办结或说明情况。")
	}
	for _, e := range c.Extensions {
		if e.Clock != m.Clock {
			continue
		}
		if e.Open() {
			return refused("延期申请已提交，正等待县政府办答复。")
		}
		if !e.Granted.IsZero() {
			return refused("本件已经延期一次，不能再次延期。")
		}
	}
	most := wholeDays(*m)
	if c.Duty != nil {
		most = c.Duty.Extends
	}
	if cmd.Days < 1 || cmd.Days > most {
		return invalid("days", fmt.Sprintf("延期天数须在1至%d天之间，不得超过原时限。", most))
	}
	c.Extensions = append(c.Extensions, Extension{AskedAt: t.now, Days: cmd.Days, Reason: cmd.Reason, Milestone: m.Seq, Clock: m.Clock, AskedBy: t.signer(KindAskExtension)})
	t.handle()
	t.text = fmt.Sprintf("申请延期%d天%s", cmd.Days, because(cmd.Reason))
	t.tell(NoticeResult, "", "office_director", string(c.Lead)+t.text)
	return nil
}

// wholeDays is the original length of a limit in days: 3日 is 3, however it is counted;
// for a promised date the days from the plan to it.
func wholeDays(m Milestone) int {
	if m.Days > 0 {
		return m.Days
	}
	from := m.From.In(china())
	day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, china())
	return max(1, int((m.Limit.Sub(day)-1)/(24*time.Hour)))
}

// extendable is the pending conclude or plan milestone of the running clock, or a duty's, nil for none.
func (c *Case) extendable() *Milestone {
	for i := range c.Milestones {
		m := &c.Milestones[i]
		of := m.Kind == MilestoneConclude || m.Kind == MilestonePlan || m.Kind == MilestoneDuty
		if m.State == Pending && of && m.Clock == c.Clock().N {
			return m
		}
	}
	return nil
}

// GrantExtension is 准予延期 by the county office; sla.Plan moves the limit.
type GrantExtension struct {
	Answer string `json:"answer,omitempty"`
}

// Kind is KindGrantExtension.
func (GrantExtension) Kind() Kind { return KindGrantExtension }

func (cmd GrantExtension) apply(t *turn) error {
	e := t.c.openExtension()
	if e == nil {
		return refused("没有等待答复的延期申请。")
	}
	if m := t.c.Milestone(e.Milestone); m == nil || m.State != Pending {
		return refused("申请延期的时限已经完成或取消，无需答复。")
	} else if t.now.After(m.Limit) {
		return refused("准予延期须在期限届满前，本件已于" + Show(m.Limit, china()) + "到期，只能不予延期。")
	}
	e.Granted, e.Answer, e.AnsweredBy = t.now, cmd.Answer, t.signer(KindGrantExtension)
	t.text = fmt.Sprintf("准予延期%d天%s", e.Days, note(cmd.Answer))
	t.tell(NoticeResult, t.c.Lead, "handler", t.text)
	return nil
}

// RefuseExtension is 不予延期.
type RefuseExtension struct {
	Answer string `json:"answer,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Kind is KindRefuseExtension.
func (RefuseExtension) Kind() Kind { return KindRefuseExtension }

func (cmd RefuseExtension) apply(t *turn) error {
	e := t.c.openExtension()
	if e == nil {
		return refused("没有等待答复的延期申请。")
	}
	if err := t.reason(cmd.Answer+cmd.Reason, "不予延期的理由"); err != nil {
		return err
	}
	e.Refused, e.Answer, e.AnsweredBy = t.now, cmd.Answer+cmd.Reason, t.signer(KindRefuseExtension)
	t.text = "不予延期" + note(e.Answer) + "；原期限不变"
	t.tell(NoticeResult, t.c.Lead, "handler", t.text)
	return nil
}

// signer names who decides, with the post that gives him the right.
func (t *turn) signer(k Kind) string {
	as := t.c.ref(t.by, k)
	if as.Post == "" {
		return t.by.Name
	}
	return t.by.Name + "（" + as.Post.Chinese() + "）"
}

func (c *Case) openExtension() *Extension {
	// The latest: one asked for under an earlier clock may still stand there unanswered.
	for i := len(c.Extensions) - 1; i >= 0; i-- {
		if c.Extensions[i].Open() {
			return &c.Extensions[i]
		}
	}
	return nil
}

// Pause would stop the clock. It never does: waiting for a test, a meeting or a
// superior is logged, not deducted (facts/standards.md 2.4.5).
type Pause struct {
	Reason string `json:"reason,omitempty"`
}

// Kind is KindPause.
func (Pause) Kind() Kind { return KindPause }

func (Pause) apply(*turn) error {
	return refused("时限不能暂停：等待检测、会议或上级答复可以写入“进展”，但不扣除时间。确需更多时间的，请在期限届满前申请延期。")
}

func note(text string) string {
	if text == "" {
		return ""
	}
	return "：" + text
}
