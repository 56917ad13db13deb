package incident

import (
	"fmt"
	"slices"
	"time"
)

// Merge is 并案: this incident is the same matter as another, which goes on. The
// house then gives the other an [Absorb] with this one's reports and clock.
type Merge struct {
	Into   ID     `json:"into"`
	Reason string `json:"reason,omitempty"`
}

// Kind is KindMerge.
func (Merge) Kind() Kind { return KindMerge }

func (cmd Merge) apply(t *turn) error {
	c := t.c
	if cmd.Into <= 0 {
		return invalid("into", "请填写并入哪一件的编号。")
	}
	if cmd.Into == c.ID {
		return invalid("into", "不能并入自身，请填写另一件的编号。")
	}
	if err := t.reason(cmd.Reason, "并案理由"); err != nil {
		return err
	}
	c.Prior, c.State, c.MergedInto = c.State, Merged, cmd.Into
	c.voidPending()
	t.text = fmt.Sprintf("并入%s号%s；本件未完成的时限取消，随%s号办理", cmd.Into, because(cmd.Reason), cmd.Into)
	return nil
}

// voidPending ends what was owed: nothing is due any more on this case.
func (c *Case) voidPending() {
	for i := range c.Milestones {
		if c.Milestones[i].State == Pending {
			c.Milestones[i].State = Voided
		}
	}
}

// Absorb is the other side of a merge: the reports come here, and the older start
// binds, since the public has waited since then.
type Absorb struct {
	From       ID        `json:"from"`
	Reports    []Report  `json:"reports"`
	ReceivedAt time.Time `json:"received_at"`
}

// Kind is KindAbsorb.
func (Absorb) Kind() Kind { return KindAbsorb }

func (cmd Absorb) apply(t *turn) error {
	c := t.c
	if !c.State.Open() {
		return refused(fmt.Sprintf("%s号%s，不能再并入其他件。", c.ID, c.State.Chinese()))
	}
	c.drop(cmd.From)
	for _, r := range cmd.Reports {
		r.From = cmd.From
		c.More = append(c.More, r)
	}
	effect := "时限不变"
	if cmd.ReceivedAt.Before(c.ReceivedAt) {
		effect = "来件更早，接报时间改为" + Show(cmd.ReceivedAt, china())
		c.ReceivedAt = cmd.ReceivedAt
		if c.Level() != "" && c.Reopened.IsZero() {
			c.startClock(c.Level(), cmd.ReceivedAt, "merge", t.now)
			effect += "，时限由此起算"
		}
	}
	t.text = fmt.Sprintf("%s号并入本件，共%d条来件；%s", cmd.From, len(c.More)+1, effect)
	return nil
}

// drop takes the reports that came from an incident away again, so that absorbing
// it twice, after a crash between the two sides of a merge, adds nothing.
func (c *Case) drop(from ID) {
	c.More = slices.DeleteFunc(c.More, func(r Report) bool { return r.From == from })
}

// Yield is the other side of a split: the reports leave again. The clock stays.
type Yield struct {
	From ID `json:"from"`
}

// Kind is KindYield.
func (Yield) Kind() Kind { return KindYield }

func (cmd Yield) apply(t *turn) error { //nolint:unparam // Command wants it
	t.c.drop(cmd.From)
	t.text = fmt.Sprintf("%s号从本件拆出；本件时限不变", cmd.From)
	return nil
}

// Split is 拆案: a merged incident goes back to the state and the clock that it had;
// what was owed is owed again, by the same limits.
type Split struct {
	Reason string `json:"reason,omitempty"`
}

// Kind is KindSplit.
func (Split) Kind() Kind { return KindSplit }

func (cmd Split) apply(t *turn) error {
	if err := t.reason(cmd.Reason, "拆案理由"); err != nil {
		return err
	}
	c := t.c
	c.State, c.Prior = c.Prior, ""
	t.text = fmt.Sprintf("从%s号拆出%s；恢复并案前的状态，原时限照算", c.MergedInto, because(cmd.Reason))
	c.MergedInto = 0
	return nil
}

// DoVoid is 作废, by the office director with a reason; the log stays.
type DoVoid struct {
	Reason string `json:"reason"`
}

// Kind is KindVoid.
func (DoVoid) Kind() Kind { return KindVoid }

func (cmd DoVoid) apply(t *turn) error {
	if err := need("reason", cmd.Reason, "作废理由"); err != nil {
		return err
	}
	t.c.State = Void
	t.c.voidPending()
	t.text = "作废" + because(cmd.Reason) + "；未完成的时限取消，记录保留"
	return nil
}
