package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// Consultation is 会商 as it was held: who was there, what is agreed and in which words
// (口径), and who does what (facts/standards.md 3).
type Consultation struct {
	N            int          `json:"n"` // from 1 within the incident
	At           time.Time    `json:"at"`
	Person       org.PersonID `json:"person"`
	Name         string       `json:"name"`
	Participants string       `json:"participants"`
	Facts        string       `json:"facts"`
	Wording      string       `json:"wording"`
	Division     []Item       `json:"division,omitempty"`
}

// Consult is 会商: the county office with 宣传部、网信办、公安 and the units, or the lead unit with its
// assisting ones. What falls to an assisting unit becomes its task, as by [Assign].
type Consult struct {
	Participants string `json:"participants"`
	Facts        string `json:"facts"`
	Wording      string `json:"wording"`
	// Division names what each unit does, by when; without a date a task gets half of the
	// lead unit's time.
	Division []Item `json:"division,omitempty"`
}

// Kind is KindConsult.
func (Consult) Kind() Kind { return KindConsult }

func (cmd Consult) apply(t *turn) error {
	for _, f := range []struct{ name, value, what string }{
		{"participants", cmd.Participants, "参加会商的单位和人员"},
		{"facts", cmd.Facts, "各方认可的事实"},
		{"wording", cmd.Wording, "对外口径"},
	} {
		if err := need(f.name, strings.TrimSpace(f.value), f.what); err != nil {
			return err
		}
	}
	if err := items("division", "分工", cmd.Division, false); err != nil {
		return err
	}
	c := t.c
	for _, it := range cmd.Division {
		if !c.Involved(it.Unit) {
			return invalid("division", fmt.Sprintf("“%s”不是本件的主办或协办单位，不能分工给它。请县政府办先再次分办加上。", it.Unit))
		}
		if !slices.Contains(c.Assisting, it.Unit) {
			continue // the lead unit's share is in the record
		}
		if _, err := t.assign(it, "division"); err != nil {
			return err
		}
	}
	n := len(c.Consultations) + 1
	c.Consultations = append(c.Consultations, Consultation{
		N: n, At: t.now, Person: t.by.Person, Name: t.by.Name, Participants: cmd.Participants, Facts: cmd.Facts, Wording: cmd.Wording, Division: cmd.Division,
	})
	t.handle()
	t.text = fmt.Sprintf("会商（第%d次）：参加%s；事实：%s；口径：%s", n, cmd.Participants, cmd.Facts, cmd.Wording)
	if len(cmd.Division) > 0 {
		t.text += "；分工：" + itemsText(cmd.Division)
	}
	for _, u := range append([]org.UnitID{c.Lead}, c.Assisting...) {
		if u != "" {
			t.tell(NoticeResult, u, org.Handler, "会商已定口径，请按统一口径对外回应："+cmd.Wording)
		}
	}
	return nil
}

// Agreed is the last consultation; false where none was held. Its words bind what goes out after.
func (c Case) Agreed() (Consultation, bool) {
	n := len(c.Consultations)
	if n == 0 {
		return Consultation{}, false
	}
	return c.Consultations[n-1], true
}
