package incident

import (
	"time"
)

// Assess is 研判: the level, by a duty officer or by the classifier. A person's
// assessment confirms; giving the same level again confirms an emergency.
type Assess struct {
	Level    Level      `json:"level"`
	Grade    string     `json:"grade,omitempty"`
	Category string     `json:"category,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Kind is KindAssess.
func (Assess) Kind() Kind { return KindAssess }

func (cmd Assess) apply(t *turn) error {
	c := t.c
	if !cmd.Level.Valid() {
		return invalid("level", "请选择等级：general（一般）、major（重大问题）、emergency（重大突发）。")
	}
	person := t.by.Person != "" && !system(t.by)
	if !person && cmd.Level.Rank() < c.Level().Rank() {
		return forbidden("系统只能提高等级或提出疑问，不能降低等级。")
	}
	if c.Level() != "" && cmd.Level != c.Level() {
		c.startClock(cmd.Level, c.ReceivedAt, "correction", t.now)
	} else if len(c.Clocks) == 0 {
		c.startClock(cmd.Level, c.ReceivedAt, "start", t.now)
	}
	c.Grading.Level = cmd.Level
	if cmd.Grade != "" {
		c.Grading.Grade = cmd.Grade
	}
	if cmd.Category != "" {
		c.Grading.Category = cmd.Category
	}
	c.Grading.Evidence = append(c.Grading.Evidence, cmd.Evidence...)
	if person {
		c.Grading.By, c.Grading.Confirmed = "officer", true
	}
	c.State = Assessed
	t.text = "研判为" + cmd.Level.Chinese() + doubt(c.Grading) + because(cmd.Reason)
	return nil
}

// Regrade is 升降级. A development starts the new level's clock when it happened; a
// correction keeps the first start (facts/standards.md 2.4.7).
type Regrade struct {
	To         Level     `json:"to"`
	RegradeBy  string    `json:"kind"` // development or correction
	HappenedAt time.Time `json:"happened_at,omitzero"`
	Reason     string    `json:"reason"`
}

// Kind is KindRegrade.
func (Regrade) Kind() Kind { return KindRegrade }

func (cmd Regrade) apply(t *turn) error {
	c := t.c
	if !cmd.To.Valid() {
		return invalid("to", "请选择调整后的等级：general、major、emergency。")
	}
	if err := need("reason", cmd.Reason, "升降级的理由"); err != nil {
		return err
	}
	if cmd.To == c.Level() && !c.Grading.Confirmed && !system(t.by) {
		c.Grading.By, c.Grading.Confirmed = "officer", true
		t.text = "确认等级：" + cmd.To.Chinese() + because(cmd.Reason)
		return nil
	}
	if cmd.To == c.Level() {
		return refused("事件现在就是“" + cmd.To.Chinese() + "”，无需调整。")
	}
	if system(t.by) && cmd.To.Rank() < c.Level().Rank() {
		return forbidden("系统只能提高等级或提出疑问，不能降低等级。")
	}
	var start time.Time
	switch cmd.RegradeBy {
	case "development":
		at, err := t.factTime("happened_at", cmd.HappenedAt)
		if err != nil {
			return err
		}
		start = at
		t.text = "事态发展，"
	case "correction":
		start = c.firstStart()
		t.text = "认定更正，"
	default:
		return invalid("kind", "请说明是 development（事态发展）还是 correction（认定更正）。")
	}
	from := c.Level()
	c.startClock(cmd.To, start, cmd.RegradeBy, t.now)
	c.Grading.Level = cmd.To
	c.Grading.By, c.Grading.Confirmed = "officer", true
	if system(t.by) {
		c.Grading.By, c.Grading.Confirmed = "classifier", false
	}
	if c.State == Received {
		c.State = Assessed
	}
	c.askAll(t.now)
	t.text += "由" + from.Chinese() + "调整为" + cmd.To.Chinese() + because(cmd.Reason) + "；时限自" + Show(start, china()) + "起算"
	return nil
}

// because adds a reason to a sentence of the log.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return "，理由：" + reason
}
