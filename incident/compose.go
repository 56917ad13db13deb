package incident

import (
	"fmt"
	"slices"
	"strings"
)

// Compose is 起草初稿: the house writes a first draft, out of the log and the county's
// templates, and where a model outside is configured by that model. It is marked as
// written by a machine and goes nowhere by itself: a person adopts or changes it, and
// then the three reviews are three other people's.
type Compose struct {
	// County: it is to speak in the county's name.
	County bool `json:"county,omitempty"`
	// What follows is the house's; whatever else sets it is not believed.
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
	// Model: a model outside wrote it; else a template was filled in. Why says in Chinese
	// why the model did not, empty where none was asked.
	Model bool   `json:"model,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Kind is KindCompose.
func (Compose) Kind() Kind { return KindCompose }

func (cmd Compose) apply(t *turn) error {
	c := t.c
	if strings.TrimSpace(cmd.Title) == "" || strings.TrimSpace(cmd.Text) == "" {
		return refused("消息模板里没有回应稿的底稿，起草不了初稿。请直接拟稿，或请管理员补上 draft.tmpl。")
	}
	d := c.untouched()
	if d == nil {
		c.Drafts = append(c.Drafts, Draft{N: len(c.Drafts) + 1})
		d = &c.Drafts[len(c.Drafts)-1]
	}
	d.State, d.County, d.Found = Drafting, cmd.County, nil
	d.Versions = append(d.Versions, Version{
		N: len(d.Versions) + 1, At: t.now, Person: t.by.Person, Name: t.by.Name, Post: c.ref(t.by, KindCompose).Post,
		Title: cmd.Title, Text: cmd.Text, Hash: HashText(cmd.Title, cmd.Text), Machine: true, Model: cmd.Model,
	})
	t.handle()
	t.text = "起草初稿：" + d.label() + "，" + d.Last().Drawn()
	if cmd.Why != "" {
		t.text += "（" + cmd.Why + "，改用模板）"
	}
	t.text += "，须有人核改或采用后才能送审"
	return nil
}

// untouched is the newest draft if no person has changed or adopted what the machine
// wrote: a further first draft takes its place. Nil for none.
func (c *Case) untouched() *Draft {
	if n := len(c.Drafts); n > 0 && c.Drafts[n-1].State == Drafting && c.Drafts[n-1].Last().Machine {
		return &c.Drafts[n-1]
	}
	return nil
}

// Drawn says which machine wrote a version; empty where a person did.
func (v Version) Drawn() string {
	switch {
	case v.Model:
		return "由大模型起草"
	case v.Machine:
		return "由模板填写"
	}
	return ""
}

// Machine is the newest version that a machine wrote; false where there is none.
func (d Draft) Machine() (Version, bool) {
	for _, v := range slices.Backward(d.Versions) {
		if v.Machine {
			return v, true
		}
	}
	return Version{}, false
}

// unread refuses words that only a machine has written so far.
func (d Draft) unread() error {
	if !d.Last().Machine {
		return nil
	}
	return refused(fmt.Sprintf("%s%s，还没有人核改。请先修改，或核对后原样采用，再送审。", d.label(), d.Last().Drawn()))
}
