package incident

import (
	"fmt"
	"strings"
	"time"

	"huiying/org"
)

// AfterAction is 复盘: what a concluded matter taught, with measures that somebody owes.
type AfterAction struct {
	N        int          `json:"n"` // from 1 within the incident
	At       time.Time    `json:"at"`
	Unit     org.UnitID   `json:"unit,omitempty"`
	Person   org.PersonID `json:"person"`
	Name     string       `json:"name"`
	Happened string       `json:"happened"`
	Well     string       `json:"well,omitempty"`
	Ill      string       `json:"ill"`
	Causes   string       `json:"causes"`
	Measures []Item       `json:"measures"`
	// TookPart are those who were there, as they were written down.
	TookPart string `json:"took_part"`
}

// Reflect is 复盘, after a matter is closed: lessons belong to the final report (facts/standards.md
// 3, 终报). The lead unit or the county office holds it; a later one adds to the first.
type Reflect struct {
	Happened string `json:"happened"`
	Well     string `json:"well,omitempty"`
	Ill      string `json:"ill"`
	Causes   string `json:"causes"`
	// Measures each have a unit and a date.
	Measures []Item `json:"measures"`
	TookPart string `json:"took_part"`
}

// Kind is KindReflect.
func (Reflect) Kind() Kind { return KindReflect }

func (cmd Reflect) apply(t *turn) error {
	for _, f := range []struct{ name, value, what string }{
		{"happened", cmd.Happened, "经过"},
		{"ill", cmd.Ill, "不足之处，没有的写“无”"},
		{"causes", cmd.Causes, "原因分析"},
		{"took_part", cmd.TookPart, "参加复盘的人员"},
	} {
		if err := need(f.name, strings.TrimSpace(f.value), f.what); err != nil {
			return err
		}
	}
	if len(cmd.Measures) == 0 {
		return invalid("measures", "请至少写一条改进措施，写明责任单位和完成日期。")
	}
	if err := items("measures", "改进措施", cmd.Measures, true); err != nil {
		return err
	}
	c := t.c
	c.AfterActions = append(c.AfterActions, AfterAction{
		N: len(c.AfterActions) + 1, At: t.now, Unit: c.ref(t.by, KindReflect).Unit, Person: t.by.Person, Name: t.by.Name,
		Happened: cmd.Happened, Well: cmd.Well, Ill: cmd.Ill, Causes: cmd.Causes, Measures: cmd.Measures, TookPart: cmd.TookPart,
	})
	c.meetAll(t.now, MilestoneAfterAction)
	t.text = fmt.Sprintf("复盘：参加人员%s；原因：%s；改进措施%d条：%s", cmd.TookPart, cmd.Causes, len(cmd.Measures), itemsText(cmd.Measures))
	return nil
}
