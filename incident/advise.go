package incident

import (
	"fmt"
	"slices"
	"strings"

	"huiying/org"
)

// Similar is another incident that is likely the same matter, or that has nearly the
// same words about another place. Merging is for a person to decide.
type Similar struct {
	Incident ID      `json:"incident"`
	Likeness float64 `json:"likeness"` // 0 to 1
	Why      string  `json:"why"`      // Chinese: what is alike and what differs
	// Elsewhere: nearly the same words, but another place; not a duplicate.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

// Advise is 研判提示: what was found after registering, by whoever takes longer (a model
// outside, the count of a matter's reports). It raises questions; it may raise a level
// that no person gave from general to major; it never lowers, and an emergency it only
// asks about (docs/architecture.md, Grading).
type Advise struct {
	// From says who advises: llm, heat or duplicates.
	From string `json:"from"`
	// Level that is proposed; empty for none. Raised is at most [Major].
	Level    Level      `json:"level,omitempty"`
	Doubts   []string   `json:"doubts,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Similar  []Similar  `json:"similar,omitempty"`
	// Matter is the incident that the matter is called by.
	Matter ID `json:"matter,omitempty"`
	// Raise: the level may be raised without a person, from general to major.
	Raise bool `json:"raise,omitempty"`
}

// Kind is KindAdvise.
func (Advise) Kind() Kind { return KindAdvise }

// maxAdvice bounds what advice adds to an incident's page.
const maxAdvice = 12

func (cmd Advise) apply(t *turn) error {
	c := t.c
	if cmd.Level != "" && !cmd.Level.Valid() {
		return invalid("level", "提示的等级只能是 general、major、emergency。")
	}
	var said []string
	c.Grading.Doubts, c.Grading.Evidence = slices.Clone(c.Grading.Doubts), slices.Clone(c.Grading.Evidence)
	for _, d := range cmd.Doubts {
		if !slices.Contains(c.Grading.Doubts, d) && len(c.Grading.Doubts) < maxAdvice {
			c.Grading.Doubts = append(c.Grading.Doubts, d)
			said = append(said, strings.TrimSuffix(d, "。"))
		}
	}
	for _, e := range cmd.Evidence {
		if !slices.Contains(c.Grading.Evidence, e) && len(c.Grading.Evidence) < maxAdvice {
			c.Grading.Evidence = append(c.Grading.Evidence, e)
		}
	}
	found := c.alike(cmd.Similar)
	if cmd.Matter != 0 && c.Matter == 0 && cmd.Matter != c.ID {
		c.Matter = cmd.Matter
	}
	if len(found) > 0 {
		said = append(said, "发现相似来件"+strings.Join(found, "、"))
	}
	if len(said) == 0 {
		said = []string{"没有新的发现"}
	}
	t.text = adviser(cmd.From) + "提示：" + strings.Join(said, "；")
	raised := cmd.raise(t)
	if raised || len(cmd.Doubts) > 0 && c.State.Open() {
		t.tell(NoticeResult, "", org.DutyOfficer, t.text)
	}
	return nil
}

// alike adds likely duplicates that are not there yet and returns their numbers.
func (c *Case) alike(list []Similar) []string {
	c.Grading.Similar = slices.Clone(c.Grading.Similar)
	var found []string
	for _, s := range list {
		known := slices.ContainsFunc(c.Grading.Similar, func(o Similar) bool { return o.Incident == s.Incident })
		if known || s.Incident == c.ID || len(c.Grading.Similar) >= maxAdvice {
			continue
		}
		c.Grading.Similar = append(c.Grading.Similar, s)
		found = append(found, s.Incident.String()+"号")
	}
	return found
}

// raise lifts the level from general to major where no person gave it.
func (cmd Advise) raise(t *turn) bool {
	c := t.c
	personal := c.Grading.Confirmed || c.Grading.By != "classifier"
	if !cmd.Raise || cmd.Level.Rank() < Major.Rank() || c.Level() != General || personal || !c.State.Open() {
		return false
	}
	c.startClock(Major, c.firstStart(), "correction", t.now)
	c.Grading.Level = Major
	t.text += fmt.Sprintf("；由%s调整为%s，待人工确认", General.Chinese(), Major.Chinese())
	return true
}

func adviser(from string) string {
	if word, ok := map[string]string{"llm": "大模型", "heat": "热度", "duplicates": "查重"}[from]; ok {
		return word
	}
	return "系统"
}
