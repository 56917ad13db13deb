package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// tap answers a button. A button's key says what it is for and names the incident or the
// form, so that a tap that comes late, twice or from another person finds what is true now.
func (t *turn) tap(ctx context.Context) ([]Reply, error) {
	parts := strings.Split(t.m.Tap.Key, ":")
	switch parts[0] {
	case "f":
		return t.tapForm(ctx, parts[1:])
	case "say":
		t.m.Text = strings.Join(parts[1:], ":")
		t.text = tidy(t.m.Text)
		return t.wrote(ctx)
	case "pass":
		return t.tapPass(ctx, parts[1:])
	case "view":
		if len(parts) >= 2 {
			if id, ok := number(parts[1]); ok {
				return t.view(ctx, id)
			}
		}
	case "list":
		if len(parts) == 3 && parts[1] == "overdue" {
			return t.overdue(ctx, parts[2])
		}
		if len(parts) == 3 && parts[1] == "mine" {
			return t.mine(ctx, parts[2])
		}
		if len(parts) == 3 && parts[1] == "duties" {
			return t.duties(ctx, parts[2])
		}
	default:
		return t.tapCommand(ctx, parts)
	}
	return t.stale(), nil
}

// tapPass is 转办 on a card: which colleague goes on with it is asked, then done.
func (t *turn) tapPass(ctx context.Context, parts []string) ([]Reply, error) {
	if len(parts) == 0 {
		return t.stale(), nil
	}
	id, ok := number(parts[0])
	if !ok {
		return t.stale(), nil
	}
	if len(parts) == 3 && parts[1] == "to" {
		return t.pass(ctx, id, org.PersonID(parts[2]))
	}
	c, err := t.Desk.Get(ctx, id)
	if err != nil {
		return refused(err)
	}
	r := Reply{Title: head(c), Text: "转给哪位同事接着办？点选，或发「" + id.String() + "号转人 姓名」。"}
	for _, a := range t.dir.Data().Appointments {
		p, ok := t.dir.Person(a.Person)
		key := fmt.Sprintf("pass:%s:to:%s", id, a.Person)
		mine := c.Involved(a.Unit) && t.by.In(a.Unit) || a.Post.County() && t.by.County()
		if !ok || p.Left || !mine || a.Person == t.by.Person || len(key) > 64 || len(r.Buttons) == 5 {
			continue
		}
		r.Buttons = append(r.Buttons, []notify.Button{{Text: p.Name, Key: key, Style: 2}})
	}
	if len(r.Buttons) == 0 {
		r.Text = "本单位没有别的同事可以转。要换承办单位，请由分管领导退回，或请县政府办重新分办。"
	}
	return one(r), nil
}

// stale answers a button that nobody knows any more.
func (t *turn) stale() []Reply {
	return one(Reply{Text: "这个按钮已经不能用了。发「我的」看要办的事，或发「查询 编号」看某一件。", Card: t.m.Tap.Card, Done: "按钮已失效"})
}

// tapCommand is a command's button, command:incident:milestone.
func (t *turn) tapCommand(ctx context.Context, parts []string) ([]Reply, error) {
	if len(parts) < 2 {
		return t.stale(), nil
	}
	kind := incident.Kind(parts[0])
	id, ok := number(parts[1])
	known := slices.Contains(incident.Kinds(), kind) && !kind.Internal()
	if !ok || !known {
		return t.stale(), nil
	}
	v := &verb{words: []string{kind.Chinese()}, kind: kind}
	if len(parts) > 2 && parts[2] != "0" && kind == incident.KindAcknowledge {
		v.set = map[string]string{"milestone": parts[2], "all_rungs": "true"}
	}
	replies, err := t.order(ctx, v, id, "", true)
	if err != nil || len(replies) == 0 {
		return replies, err
	}
	return t.settle(ctx, kind, id, replies)
}

// settle makes the reply to a command's button take the place of the card: by who did what
// when if it is done, or was done before; a question leaves the card as it is.
func (t *turn) settle(ctx context.Context, kind incident.Kind, id incident.ID, replies []Reply) ([]Reply, error) {
	first := &replies[0]
	if t.talk.Form != nil && t.talk.Form.ID == formID(t.message) {
		return replies, nil // it asks for more
	}
	if first.Done == "" {
		done, err := t.doneBefore(ctx, kind, id)
		if err != nil {
			return nil, err
		}
		first.Done = done
	}
	if first.Done != "" {
		first.Card = t.m.Tap.Card
	}
	return replies, nil
}

// doneBefore says who gave the command last, for a tap that came too late; empty when
// nobody did.
func (t *turn) doneBefore(ctx context.Context, kind incident.Kind, id incident.ID) (string, error) {
	entries, err := t.Desk.Store.Log(ctx, id)
	if err != nil {
		return "", err //nolint:wrapcheck // a fault of the store
	}
	for _, e := range slices.Backward(entries) {
		if e.Command == kind {
			return fmt.Sprintf("%s %s 已%s", e.Actor.Name, e.At.In(t.Zone).Format("15:04"), kind.Chinese()), nil
		}
	}
	return "", nil
}

// tapForm is a button of something that is being filled in: f:ID:what:field:value.
func (t *turn) tapForm(ctx context.Context, parts []string) ([]Reply, error) {
	if len(parts) < 2 {
		return t.stale(), nil
	}
	f := t.talk.find(parts[0])
	if f == nil {
		return t.gone(parts[0]), nil
	}
	if t.talk.Form == nil || t.talk.Form.ID != f.ID {
		t.talk.resume(f, t.now)
	}
	f.At = t.now
	switch what := parts[1]; {
	case what == "no":
		return t.cancel(f), nil
	case f.What == openingDuty:
		return t.tapDuty(ctx, f, parts[1:])
	case what == "go" && f.What != registering:
		return t.resume(ctx, "")
	case f.What == registering:
		return t.tapDraft(ctx, f, parts[1:])
	case isOwn(f.What):
		return t.tapOwn(ctx, f, parts[1:])
	case what == "ok":
		return t.tapConfirm(ctx, f)
	case (what == "v" || what == "u") && len(parts) == 4:
		return t.tapValue(ctx, f, what, parts[2], parts[3])
	}
	return t.stale(), nil
}

// gone answers a button of a form that has ended, or that was another person's.
func (t *turn) gone(id string) []Reply {
	if e, ok := t.talk.endOf(id); ok {
		r := Reply{Text: "这一步已经结束：" + e.Text, Card: t.m.Tap.Card, Done: e.Text}
		if e.Incident != 0 {
			r.Buttons = append(r.Buttons, nil)
			r.Buttons[0] = append(r.Buttons[0], viewButton(e.Incident))
		}
		return one(r)
	}
	if t.m.Group {
		return one(say("这个按钮只有发起人本人能点；您要办理，请直接说，例如「查询3号」。"))
	}
	return t.stale()
}

func (t *turn) tapConfirm(ctx context.Context, f *form) ([]Reply, error) {
	c, err := t.Desk.Get(ctx, f.Incident)
	if err != nil {
		return refused(err)
	}
	fs := fields(incident.Kind(f.What), c, f.Values)
	for _, fd := range fs {
		if fd.required && f.Values[fd.name] == "" {
			return t.next(ctx, f, "还缺一项。")
		}
	}
	replies, err := t.carryOut(ctx, f, fs)
	if err == nil && len(replies) > 0 && replies[0].Done != "" {
		replies[0].Card = t.m.Tap.Card
	}
	return replies, err
}

// tapValue is an option of a choice, or a unit that was offered.
func (t *turn) tapValue(ctx context.Context, f *form, what, name, value string) ([]Reply, error) {
	c, err := t.Desk.Get(ctx, f.Incident)
	if err != nil {
		return refused(err)
	}
	fd, ok := fieldNamed(fields(incident.Kind(f.What), c, f.Values), name)
	if !ok {
		return t.stale(), nil
	}
	if what == "u" {
		if _, known := t.dir.Unit(unitID(value)); !known {
			return t.stale(), nil
		}
		f.Values[name] = value
		return t.next(ctx, f, "")
	}
	if !slices.ContainsFunc(fd.options, func(o option) bool { return o.value == value }) {
		return t.next(ctx, f, "情况有了变化，请重新选择。")
	}
	f.Values[name] = value
	return t.next(ctx, f, "")
}
