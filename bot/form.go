package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"huiying/incident"
	"huiying/notify"
)

// weighty tells whether a command is shown once more before it is given, however plainly
// it was said: it ends something, or changes the clock for everybody.
func weighty(k incident.Kind) bool {
	return slices.Contains([]incident.Kind{
		incident.KindMerge, incident.KindSplit, incident.KindVoid, incident.KindRegrade, incident.KindReopen,
		incident.KindConclude, incident.KindDesignate, incident.KindArchive, incident.KindFind, incident.KindRevoke,
	}, k)
}

// order gives a command to an incident, or asks for what is missing. Sure is true when it
// was said in so many words; what was only understood is shown and confirmed first.
func (t *turn) order(ctx context.Context, v *verb, id incident.ID, rest string, sure bool) ([]Reply, error) {
	c, err := t.Desk.Get(ctx, id)
	if err == nil {
		err = t.allowed(c, v.kind)
	}
	if err != nil {
		if incident.CodeOf(err) == incident.CodeRefused || incident.CodeOf(err) == incident.CodeForbidden {
			return t.refuse(ctx, id, err)
		}
		return refused(err)
	}
	t.talk.Last = id
	f := &form{
		ID: formID(t.message), What: string(v.kind), Incident: id, Values: maps.Clone(v.set), At: t.now,
		Confirm: !sure || weighty(v.kind),
	}
	if f.Values == nil {
		f.Values = map[string]string{}
	}
	seeing(c, t.by, v.kind, f.Values)
	t.check(ctx, c, v.kind, f.Values)
	t.fill(f, fields(v.kind, c, f.Values), rest)
	if v.kind == incident.KindAssess && f.Values["level"] == "" && c.Level() != "" {
		f.Values["level"] = string(c.Level()) // 受理 takes it as it was graded
	}
	t.talk.begin(f)
	return t.next(ctx, f, "")
}

// allowed refuses a command that the state or the person's posts do not allow, in the
// words of incident, before anything is asked for.
func (t *turn) allowed(c incident.Case, kind incident.Kind) error {
	if slices.Contains(c.Allowed(t.by), kind) {
		return nil
	}
	cmd, err := incident.Decode(kind, nil)
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	if _, _, err = c.Apply(cmd, t.by, t.now); err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	return nil
}

// refuse says why not, and what is true now.
func (t *turn) refuse(ctx context.Context, id incident.ID, cause error) ([]Reply, error) {
	replies, err := refused(cause)
	if err != nil {
		return nil, err
	}
	if c, err := t.Desk.Get(ctx, id); err == nil {
		replies[0].Title = head(c)
		replies[0].Buttons = [][]notify.Button{{viewButton(c.ID)}}
		t.talk.Last = id
	}
	return replies, nil
}

// next asks for what is still missing, shows what is to be confirmed, or does it. Before
// stands what the person must read first, such as why his answer was not taken.
func (t *turn) next(ctx context.Context, f *form, before string) ([]Reply, error) {
	c, err := t.Desk.Get(ctx, f.Incident)
	if err != nil {
		return refused(err)
	}
	f.At = t.now
	t.formShown = true
	fs := fields(incident.Kind(f.What), c, f.Values)
	for _, fd := range fs {
		if fd.required && f.Values[fd.name] == "" {
			return one(t.askFor(f, c, fd, before)), nil
		}
	}
	f.Asking = ""
	if f.Confirm {
		return one(t.summary(f, c, fs, before)), nil
	}
	return t.carryOut(ctx, f, fs)
}

// askFor asks for one field.
func (t *turn) askFor(f *form, c incident.Case, fd field, before string) Reply {
	f.Asking = fd.name
	r := Reply{Title: head(c), Text: lines(before, incident.Kind(f.What).Chinese()+"："+fd.ask)}
	if len(fd.options) > 0 {
		for _, o := range fd.options {
			r.Buttons = append(r.Buttons, []notify.Button{{Text: o.label, Key: fmt.Sprintf("f:%s:v:%s:%s", f.ID, fd.name, o.value), Style: 2}})
		}
	}
	if fd.as == asUnit {
		offered := c.Grading.Suggested[:min(3, len(c.Grading.Suggested))]
		if incident.Kind(f.What) == incident.KindAssign {
			offered = c.Assisting
		}
		for _, u := range offered {
			if u != c.Lead {
				r.Buttons = append(r.Buttons, []notify.Button{{Text: t.dir.UnitName(u), Key: fmt.Sprintf("f:%s:u:%s:%s", f.ID, fd.name, u), Style: 2}})
			}
		}
	}
	r.Buttons = append(r.Buttons, []notify.Button{cancelButton(f)})
	return r
}

// summary shows what will be done when it is confirmed.
func (t *turn) summary(f *form, c incident.Case, fs []field, before string) Reply {
	kind := incident.Kind(f.What)
	r := Reply{Title: head(c), Text: lines(before, "请确认要办的事。")}
	r.Fields = append(r.Fields, notify.Field{Name: "操作", Value: kind.Chinese()})
	for _, fd := range fs {
		if v := f.Values[fd.name]; v != "" && fd.label != "" {
			r.Fields = append(r.Fields, notify.Field{Name: fd.label, Value: t.shown(fd, v)})
		}
	}
	r.Buttons = [][]notify.Button{{{Text: "确认" + kind.Chinese(), Key: "f:" + f.ID + ":ok", Style: 1}, cancelButton(f)}}
	return r
}

// shown is a field's value as people read it.
func (t *turn) shown(fd field, v string) string {
	switch fd.as {
	case asUnit:
		return t.dir.UnitName(unitID(v))
	case asUnits:
		var names []string
		for u := range strings.SplitSeq(v, ",") {
			names = append(names, t.dir.UnitName(unitID(u)))
		}
		return strings.Join(names, "、")
	case asTime, asDate:
		if at, err := parseTime(v); err == nil {
			if fd.as == asDate {
				return at.In(t.Zone).Format("1月2日")
			}
			return incident.ShowFrom(at, t.now, t.Zone)
		}
	case asChoice, asVerdict:
		for _, o := range fd.options {
			if o.value == v {
				return o.label
			}
		}
	case asYes:
		return "是"
	case asItems, asParts:
		var items []incident.Item
		if err := json.Unmarshal([]byte(v), &items); err == nil && len(items) > 0 {
			return strings.ReplaceAll(t.Desk.ItemsText(items), "\n", "；")
		}
		return "无"
	case asFiles:
		var files []incident.Attachment
		if err := json.Unmarshal([]byte(v), &files); err == nil {
			return filesText(files)
		}
	case asNumberOf:
		return v + "号"
	case asText, asNumber:
	}
	return notify.CutRunes(v, 200)
}

// carryOut gives the command. What the desk does not take is asked for again, or refused.
func (t *turn) carryOut(ctx context.Context, f *form, fs []field) ([]Reply, error) {
	cmd, err := command(incident.Kind(f.What), fs, f.Values)
	var c incident.Case
	if err == nil {
		c, err = t.Desk.Do(ctx, t.by, f.Incident, cmd, "chat "+f.ID)
	}
	var e *incident.Error
	if errors.As(err, &e) && e.Code == incident.CodeInvalid {
		if fd, ok := fieldNamed(fs, e.Field); ok && fd.ask != "" {
			f.Values[fd.name] = ""
			if c, err := t.Desk.Get(ctx, f.Incident); err == nil {
				return one(t.askFor(f, c, fd, e.Text)), nil
			}
		}
	}
	if err != nil {
		if incident.CodeOf(err) == incident.CodeInternal {
			return nil, err
		}
		t.talk.end(f, f.Incident, "没有办成："+incident.Text(err))
		return t.refuse(ctx, f.Incident, err)
	}
	r, err := t.did(ctx, c, incident.Kind(f.What), "chat "+f.ID)
	if err != nil {
		return nil, err
	}
	t.talk.end(f, c.ID, r.Done)
	return t.andKept(one(r)), nil
}

// did says what was done: the sentence of the log, and what is due next.
func (t *turn) did(ctx context.Context, c incident.Case, kind incident.Kind, key string) (Reply, error) {
	t.talk.Last = c.ID
	entries, err := t.Desk.Store.Log(ctx, c.ID)
	if err != nil {
		return Reply{}, err //nolint:wrapcheck // a fault of the store
	}
	text, who, at := kind.Chinese(), t.by.Name, t.now
	for _, e := range entries {
		if e.Key == key {
			text, who, at = t.logText(e), e.Actor.Name, e.At
		}
	}
	r := Reply{Title: head(c), Text: "已办：" + strings.TrimRight(text, "。") + "。", URL: t.link(c.ID)}
	r.Done = fmt.Sprintf("%s %s 已%s", who, at.In(t.Zone).Format("15:04"), kind.Chinese())
	if due := t.dueLine(c); due != "" {
		r.Text += "\n接下来：" + due
	}
	r.Buttons = t.nextButtons(c, 2)
	if kind == incident.KindCompose {
		composed(c, &r)
	}
	return r, nil
}

// carried answers a message while a form waits for it. False when the message is about
// something else.
func (t *turn) carried(ctx context.Context, f *form) ([]Reply, bool, error) {
	if f.What == registering {
		return t.drafting(ctx, f)
	}
	if isOwn(f.What) {
		return t.owning(ctx, f)
	}
	if f.What == openingDuty && !isCancel(t.text) {
		return t.openingDutyNow(ctx, f)
	}
	switch {
	case isCancel(t.text):
		return t.cancel(f), true, nil
	case f.Asking == "" && isYes(t.text):
		c, err := t.Desk.Get(ctx, f.Incident)
		if err != nil {
			replies, err := refused(err)
			return replies, true, err
		}
		replies, err := t.carryOut(ctx, f, fields(incident.Kind(f.What), c, f.Values))
		return replies, true, err
	case f.Asking == "":
		return nil, false, nil
	}
	c, err := t.Desk.Get(ctx, f.Incident)
	if err != nil {
		replies, err := refused(err)
		return replies, true, err
	}
	fs := fields(incident.Kind(f.What), c, f.Values)
	fd, ok := fieldNamed(fs, f.Asking)
	if !ok {
		f.Asking = ""
		return nil, false, nil
	}
	v, why := t.read(fd, t.text, t.m.Text)
	if why != "" {
		return one(t.askFor(f, c, fd, why)), true, nil
	}
	f.Values[fd.name] = v
	replies, err := t.next(ctx, f, "")
	return replies, true, err
}

func (t *turn) cancel(f *form) []Reply {
	t.talk.end(f, f.Incident, "已取消，什么也没有办。")
	what := "已取消，什么也没有办。"
	if f.What == registering || f.What == openingDuty {
		what = "已取消，没有登记。"
	}
	r := say(what)
	if t.m.Tap != nil {
		r.Card, r.Done = t.m.Tap.Card, "已取消"
	}
	return t.andKept(one(r))
}

func isCancel(s string) bool {
	return slices.Contains([]string{"取消", "算了", "不要了", "不登记了", "退出", "cancel", "/cancel", "不办了"}, strings.ToLower(trim(s)))
}

func isYes(s string) bool {
	return slices.Contains([]string{"确认", "确定", "确认登记", "ok", "yes", "是", "是的", "对", "好", "好的", "可以"}, strings.ToLower(trim(s)))
}

func cancelButton(f *form) notify.Button {
	return notify.Button{Text: "取消", Key: "f:" + f.ID + ":no", Style: 2}
}

func fieldNamed(fs []field, name string) (field, bool) {
	i := slices.IndexFunc(fs, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return fs[i], true
}

// lines joins what is not empty, each on a line of its own.
func lines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}
