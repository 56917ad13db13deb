package incident

import (
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// Signed is an assisting unit's answer to a version.
type Signed struct {
	Unit    org.UnitID   `json:"unit"`
	Hash    string       `json:"hash"`
	At      time.Time    `json:"at"`
	Person  org.PersonID `json:"person"`
	Name    string       `json:"name"`
	Post    org.Post     `json:"post,omitempty"`
	Agree   bool         `json:"agree"`
	Comment string       `json:"comment,omitempty"`
}

// Countersign is 会签: an assisting unit's deputy or head agrees to the words before they
// go out, or says why not. Several units answer with one voice (61号; facts/standards.md 3).
type Countersign struct {
	Draft   int    `json:"draft"`
	Hash    string `json:"hash"`
	Agree   bool   `json:"agree"`
	Comment string `json:"comment,omitempty"`
}

// Kind is KindCountersign.
func (Countersign) Kind() Kind { return KindCountersign }

func (cmd Countersign) apply(t *turn) error {
	d, err := t.c.draftFor(cmd.Draft)
	if err != nil {
		return err
	}
	if d.State == Published {
		return refused("该回应稿已经发布，无需会签。")
	}
	if err := d.sameHash(cmd.Hash); err != nil {
		return err
	}
	if !cmd.Agree {
		if err := need("comment", strings.TrimSpace(cmd.Comment), "不同意的理由和修改意见"); err != nil {
			return err
		}
	}
	as := t.c.ref(t.by, KindCountersign)
	d.Signed = slices.DeleteFunc(d.Signed, func(s Signed) bool { return s.Unit == as.Unit && s.Hash == d.Last().Hash })
	d.Signed = append(d.Signed, Signed{
		Unit: as.Unit, Hash: d.Last().Hash, At: t.now, Person: t.by.Person, Name: t.by.Name, Post: as.Post,
		Agree: cmd.Agree, Comment: cmd.Comment,
	})
	word := "会签同意："
	if !cmd.Agree {
		word = "会签不同意："
	}
	t.text = word + d.label() + note(cmd.Comment)
	if !cmd.Agree {
		t.tellDraft(d.N, t.c.Lead, org.Handler, string(as.Unit)+t.text)
	}
	return nil
}

// Unsigned are the assisting units that have not agreed to the words as they stand.
func (c Case) Unsigned(d Draft) []org.UnitID {
	var out []org.UnitID
	for _, u := range c.Assisting {
		if !slices.ContainsFunc(d.Signed, func(s Signed) bool { return s.Unit == u && s.Hash == d.Last().Hash && s.Agree }) {
			out = append(out, u)
		}
	}
	return out
}
