package incident

import (
	"slices"
	"strings"
	"time"
)

// Register is 登记: a report comes in. Grading is what the reporter or officer gave,
// or what the classifier found; a zero Level leaves the case unassessed.
type Register struct {
	Report  Report  `json:"report"`
	Grading Grading `json:"grading,omitzero"`
	// Policy is the version that times the case, set by the house, so that the log says it.
	Policy string `json:"policy,omitempty"`
	// Matter is the first incident of the same matter, found by the house; 0 for none.
	Matter ID `json:"matter,omitempty"`
	// Rules is the version of the rules that decide on the case, set by the house, see [RulesVersion].
	Rules int `json:"rules,omitempty"`
}

// Kind is KindRegister.
func (Register) Kind() Kind { return KindRegister }

// maxTitle and maxText bound what a stranger may send, in characters.
const (
	maxTitle = 300
	maxText  = 200_000
)

// Validate refuses a report that cannot be handled, with the field at fault.
func (r Report) Validate() error {
	switch {
	case strings.TrimSpace(r.Title) == "" && strings.TrimSpace(r.Text) == "":
		return invalid("title", "标题和内容不能都为空，请至少填写一项。")
	case len([]rune(r.Title)) > maxTitle:
		return invalid("title", "标题超过300字，请缩短，其余写入内容。")
	case len([]rune(r.Text)) > maxText:
		return invalid("text", "内容超过20万字，请以附件提交。")
	case strings.TrimSpace(r.Source.Name) == "":
		return invalid("source", "请填写来源，例如 12345热线。")
	}
	return nil
}

// Start is S: for government-run channels when it was submitted or handed over, for
// the open web when somebody of the county first saw it; the earlier if both are
// known (facts/standards.md 2.4.3). Now where nothing is known, and never later than now.
func (r Report) Start(now time.Time) time.Time {
	start := now
	candidates := []time.Time{r.SubmittedAt, r.FoundAt}
	if r.Source.Kind == SourceWeb {
		candidates = []time.Time{r.FoundAt}
	}
	for _, at := range candidates {
		if !at.IsZero() && at.Before(start) {
			start = at
		}
	}
	return start
}

func (cmd Register) apply(t *turn) error {
	r := cmd.Report
	if err := r.Validate(); err != nil {
		return err
	}
	if r.Title = strings.TrimSpace(r.Title); r.Title == "" {
		r.Title = titleOf(r.Text)
	}
	if cmd.Grading.Level != "" && !cmd.Grading.Level.Valid() {
		return invalid("level", "等级只能是 general（一般）、major（重大问题）、emergency（重大突发）。")
	}
	c := t.c
	r.SubmittedAt, r.FoundAt = r.SubmittedAt.Truncate(time.Millisecond), r.FoundAt.Truncate(time.Millisecond)
	r.HandedLimits = slices.Clone(r.HandedLimits)
	for i := range r.HandedLimits {
		r.HandedLimits[i].Limit = r.HandedLimits[i].Limit.Truncate(time.Millisecond)
	}
	c.Report, c.Grading, c.Policy, c.Matter, c.Rules = r, cmd.Grading, cmd.Policy, cmd.Matter, cmd.Rules
	c.State = Received
	c.RegisteredAt = t.now
	c.ReceivedAt = r.Start(t.now)
	t.text = "登记：" + r.Source.Name
	if c.Grading.Level != "" {
		c.State = Assessed
		c.startClock(c.Grading.Level, c.ReceivedAt, "start", t.now)
		t.text += "，研判为" + c.Grading.Level.Chinese() + doubt(c.Grading)
	}
	return nil
}

// titleOf makes a title of the first sentence of a text, 40 characters at most.
func titleOf(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if end := slices.IndexFunc(runes, func(r rune) bool { return strings.ContainsRune("。！？\n", r) }); end > 0 {
		runes = runes[:end]
	}
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return string(runes)
}

func doubt(g Grading) string {
	if g.Level == Emergency && !g.Confirmed {
		return "（系统研判，待人工确认）"
	}
	return ""
}

// startClock closes the running clock and opens the next.
func (c *Case) startClock(level Level, start time.Time, reason string, now time.Time) {
	if n := len(c.Clocks); n > 0 {
		c.Clocks[n-1].Closed = now
	}
	c.Clocks = append(c.Clocks, Clock{N: len(c.Clocks) + 1, Level: level, Start: start, Reason: reason})
}
