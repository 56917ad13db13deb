package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// register is 登记: what follows the word is the report, else it is asked for.
func (t *turn) register(ctx context.Context, rest string) ([]Reply, error) {
	if !(incident.Case{}).May(t.by, incident.KindRegister) {
		return one(say("您不能登记事件：登记须由任职人员办理，请与县值班员联系。")), nil
	}
	if f := t.talk.Form; trim(rest) == "" && f != nil && f.What == registering && !f.Draft.empty() {
		return t.readOut(ctx, f, "这一份还没有登记。")
	}
	f := &form{ID: formID(t.message), What: registering, Draft: t.newDraft(), At: t.now}
	if raw := t.afterWord(); trim(rest) != "" && raw != "" {
		t.add(f.Draft, raw)
	}
	t.talk.begin(f)
	return t.readOut(ctx, f, "")
}

var registerWord = regexp.MustCompile(`(?i)^\s*[/／]?(?:登记|上报|log|new|register)[\s:：,，]*`)

// afterWord is the message as it was typed, without the word that began it.
func (t *turn) afterWord() string {
	return strings.TrimSpace(registerWord.ReplaceAllString(t.m.Text, ""))
}

// editWords match 地点改为…, 标题：…, 改单位 ….
var editWords = regexp.MustCompile(`^(?:(?:把|将)?(标题|地点|来源|发现时间|来件时间|时间|等级|级别|主办单位|单位|主办)\s*(?:改为|改成|改到|换成|应为|应该是|是|为|:|=)\s*(.+)|[改换](标题|地点|来源|发现时间|来件时间|时间|等级|级别|主办单位|单位|主办)(?:为|成|到)?\s*(.*))$`)

func draftField(word string) string {
	return map[string]string{
		"标题": "title", "地点": "place", "来源": "source", "时间": "found", "发现时间": "found", "来件时间": "found",
		"等级": "level", "级别": "level", "单位": "lead", "主办单位": "lead", "主办": "lead",
	}[word]
}

// drafting answers a message while a report is being logged. False when it is about
// something else.
func (t *turn) drafting(ctx context.Context, f *form) ([]Reply, bool, error) {
	if t.text == "确认" || t.text == "确认登记" {
		if f.Asking != "" || f.Draft.ShownLevel == "" {
			replies, err := t.readOut(ctx, f, "")
			return replies, true, err
		}
		replies, err := t.confirmDraft(ctx, f, true, 0)
		return replies, true, err
	}
	if m := editWords.FindStringSubmatch(t.text); m != nil && utf8.RuneCountInString(t.text) < 60 && !asks(t.text) && f.Asking != "text" {
		name, value := draftField(m[1]+m[3]), m[2]+m[4]
		if value == "" {
			replies, err := t.askDraft(ctx, f, name)
			return replies, true, err
		}
		replies, err := t.setDraft(ctx, f, name, value)
		return replies, true, err
	}
	if t.elsewhere(f) {
		if replies, ok, err := t.plain(ctx); ok || err != nil {
			return t.stillOpen(f, replies), true, err
		}
	}
	if f.Asking != "" && f.Asking != "text" {
		replies, err := t.setDraft(ctx, f, f.Asking, t.text)
		return replies, true, err
	}
	before := "已补入内容。"
	if f.Draft.Text == "" {
		before = ""
	}
	t.add(f.Draft, t.m.Text)
	replies, err := t.readOut(ctx, f, before)
	return replies, true, err
}

// elsewhere tells whether a message is plainly about something else than the draft: a
// question about another incident or a list, or an order while nothing was asked.
func (t *turn) elsewhere(f *form) bool {
	switch {
	case asks(t.text):
		return true
	case f.Asking != "":
		return false
	}
	return len(mentions(t.text)) > 0 && len(t.meant()) > 0
}

// notSource matches answers to the question for a source that are buttons or questions.
var notSource = regexp.MustCompile(`^(?:只?登记|确认|先登记|(?:登记并)?分办|改|转给)|[吗么?？]$|[0-9]号|多少|几件|哪些`)

// setDraft changes one piece of a draft and reads it out again.
func (t *turn) setDraft(ctx context.Context, f *form, name, value string) ([]Reply, error) {
	d := f.Draft
	value = strings.TrimSpace(value)
	why := ""
	switch name {
	case "title":
		d.Title = notify.CutRunes(strings.Join(strings.Fields(value), " "), titleRunes+20)
	case "place":
		d.Place = notify.CutRunes(value, 100)
	case "source":
		if u := address.FindString(value); u != "" {
			d.URL, value = cmp.Or(d.URL, u), cmp.Or(sourceOfLink(u), strings.TrimSpace(strings.Replace(value, u, "", 1)))
		}
		d.Source = t.Sources.Find(notify.CutRunes(trim(value), 30)).Name
		if notSource.MatchString(value) {
			d.Source, why = "", "“"+short(value, 12)+"”不像来源。请先写是从哪里来的，例如：12345热线、抖音。"
		} else if d.Source == "" {
			why = "没有看懂来源，请写名称，例如：12345热线、抖音。"
		}
	case "found":
		w, ok := findWhen(value, t.now, t.Zone)
		switch {
		case !ok || !w.clock:
			why = "没有看懂时间，请写成“今天下午3点20分”或“11月20日 8:00”。"
		case w.at.After(t.now):
			why = "时间不能晚于现在。"
		default:
			d.Found = w.at
		}
	case "level":
		v, bad := t.read(field{label: "等级", as: asChoice, options: levelOptions()}, value, value)
		d.Level, why = cmp.Or(v, d.Level), bad
	case "lead":
		v, bad := noLead, ""
		if value != noLead && !containsAny(value, "不分办", "先不分", "以后") {
			v, bad = t.readUnit(value)
		}
		d.Lead, why = cmp.Or(v, d.Lead), bad
	}
	if why != "" {
		return t.askDraftAgain(ctx, f, name, why)
	}
	d.set(name)
	return t.readOut(ctx, f, "")
}

func (t *turn) askDraftAgain(ctx context.Context, f *form, name, why string) ([]Reply, error) {
	replies, err := t.askDraft(ctx, f, name)
	if err == nil && len(replies) > 0 {
		replies[0].Text = why
	}
	return replies, err
}

// askDraft asks for one piece of a draft; for none, which piece is to be changed.
func (t *turn) askDraft(ctx context.Context, f *form, name string) ([]Reply, error) {
	f.At, f.Asking = t.now, name
	b := func(text, key string) notify.Button {
		return notify.Button{Text: text, Key: "f:" + f.ID + ":" + key, Style: 2}
	}
	r := Reply{Title: short(f.Draft.title(), 30)}
	switch name {
	case "title":
		r.Text = "请发新的标题。"
	case "place":
		r.Text = "请发地点，例如：城关镇人民路12号。"
	case "found":
		r.Text = "什么时候发现（或来件）的？例如：今天8点20分、半小时前。"
	case "source":
		return one(t.askSource(f, "")), nil
	case "level":
		r.Text = "定为哪一级？"
		for _, o := range levelOptions() {
			r.Buttons = append(r.Buttons, []notify.Button{b(o.label, "s:level:"+o.value)})
		}
	case "lead":
		r.Text = "由哪个单位主办？点选或直接写单位名称。"
		p, err := t.Desk.Preview(ctx, t.by, t.registration(f))
		if err != nil {
			return refused(err)
		}
		for _, u := range p.Units[:min(4, len(p.Units))] {
			r.Buttons = append(r.Buttons, []notify.Button{b(t.dir.UnitName(u.Unit), "s:lead:"+string(u.Unit))})
		}
		r.Buttons = append(r.Buttons, []notify.Button{b("先不分办", "s:lead:"+noLead)})
	default:
		f.Asking = ""
		r.Text = "改哪一项？也可以直接写，例如：地点改为人民路12号。"
		r.Buttons = [][]notify.Button{{b("标题", "e:title"), b("地点", "e:place"), b("来源", "e:source")}, {b("时间", "e:found"), b("等级", "e:level")}}
		if t.dispatches() {
			r.Buttons[1] = append(r.Buttons[1], b("单位", "e:lead"))
		}
	}
	return one(r), nil
}

// tapDraft is a button of a draft.
func (t *turn) tapDraft(ctx context.Context, f *form, parts []string) ([]Reply, error) {
	f.Draft.Offer = false
	switch what := parts[0]; {
	case what == "go":
		return t.readOut(ctx, f, "")
	case what == "ok" || what == "reg":
		if f.Draft.ShownLevel == "" {
			return t.readOut(ctx, f, "")
		}
		return t.confirmDraft(ctx, f, what == "ok", 0)
	case what == "m" && len(parts) == 2 && f.Draft.ShownLevel != "":
		if into, ok := number(parts[1]); ok {
			return t.confirmDraft(ctx, f, false, into)
		}
	case what == "e" && len(parts) == 2:
		return t.askDraft(ctx, f, parts[1])
	case what == "s" && len(parts) >= 3:
		if parts[1] == "level" || parts[1] == "lead" || parts[1] == "source" {
			return t.setDraft(ctx, f, parts[1], strings.Join(parts[2:], ":"))
		}
	}
	return t.stale(), nil
}

// confirmDraft registers a draft as it was read out, and where asked dispatches it or
// merges it into another incident.
func (t *turn) confirmDraft(ctx context.Context, f *form, dispatch bool, into incident.ID) ([]Reply, error) {
	e := t.registration(f)
	if t.dispatches() { // the officer saw the level and stands for it
		e.Register.Grading = incident.Grading{Level: incident.Level(f.Draft.ShownLevel), By: "officer", Confirmed: true}
		e.Lead = org.UnitID(f.Draft.ShownLead)
	}
	if !dispatch || into != 0 {
		e.Lead = ""
	}
	c, again, err := t.Desk.Register(ctx, t.by, e)
	if err != nil {
		return refused(err)
	}
	r := Reply{Title: "已登记：" + head(c), URL: t.link(c.ID)}
	r.Done = fmt.Sprintf("%s %s 登记为%s号", t.by.Name, t.now.In(t.Zone).Format("15:04"), c.ID)
	if again && f.Draft.Ticket != "" && !c.RegisteredAt.Equal(t.now) {
		r.Title = "这个编号登记过了：" + head(c)
	}
	if into != 0 {
		merged, err := t.Desk.Do(ctx, t.by, c.ID, incident.Merge{Into: into, Reason: "登记时确认为同一件事"}, "chat "+f.ID+" merge")
		if err != nil && incident.CodeOf(err) == incident.CodeInternal {
			return nil, err //nolint:wrapcheck // the house's fault
		}
		if err != nil {
			r.Text = lines(r.Text, incident.Text(err))
		} else {
			c = merged
			r.Text = lines(r.Text, fmt.Sprintf("已并入%s号，一起办理。", into))
		}
	}
	if t.m.Tap != nil {
		r.Card = t.m.Tap.Card
	}
	card := t.card(c)
	r.Fields, r.Buttons = card.Fields, card.Buttons
	if c.MergedInto != 0 {
		r.Buttons = [][]notify.Button{{viewButton(c.MergedInto)}}
	}
	t.talk.Last = c.ID
	t.talk.end(f, c.ID, r.Done)
	return t.andKept(one(r)), nil
}

// brought answers pictures, files and links: they belong to the report that is being
// logged, else they begin one.
func (t *turn) brought(ctx context.Context) ([]Reply, error) {
	if !(incident.Case{}).May(t.by, incident.KindRegister) {
		return one(say("您不能登记事件：登记须由任职人员办理，请与县值班员联系。")), nil
	}
	kept, why, err := t.keepFiles(ctx)
	if err != nil {
		return nil, err
	}
	if f := t.talk.Form; f != nil && incident.Kind(f.What).Proves() && len(kept) > 0 {
		return t.proved(ctx, f, kept, why)
	}
	if s, ok := t.verbs.explicit(t.text); ok && s.verb.kind.Proves() && len(s.ids) == 1 && len(kept) > 0 {
		return t.obey(ctx, s.with(fieldFiles, filesValue(kept)))
	}
	if s, ok := t.verbs.explicit(t.text); ok && s.verb.kind != "" && len(s.ids) == 1 {
		for _, a := range kept {
			s.rest += "（附件：" + a.Name + " " + a.URL + "）"
		}
		return t.obey(ctx, s)
	}
	f := t.talk.Form
	if f == nil || f.What != registering {
		if len(kept) == 0 && t.m.Link == nil && t.text == "" {
			return one(say(cmp.Or(why, "没有收到文件，请再发一次。"))), nil
		}
		f = &form{ID: formID(t.message), What: registering, Draft: t.newDraft(), At: t.now}
		t.talk.begin(f)
	}
	d := f.Draft
	d.Files = append(d.Files, kept...)
	if l := t.m.Link; l != nil {
		d.URL = cmp.Or(d.URL, l.URL)
		if title := strings.TrimSpace(notify.Clean(l.Title)); title != "" && !d.own("title") {
			t.add(d, lines("【"+title+"】", l.Text, t.afterWord(), l.URL))
		} else {
			t.add(d, lines(l.Text, t.afterWord(), l.URL))
		}
	} else if raw := t.afterWord(); raw != "" {
		t.add(d, raw)
	}
	return t.readOut(ctx, f, why)
}

const (
	// maxFiles is how many files a report takes.
	maxFiles = 20
	fetching = 60 * time.Second
)

// keepFiles fetches and keeps what came along; why says what was not taken.
func (t *turn) keepFiles(ctx context.Context) (kept []incident.Attachment, why string, err error) {
	if len(t.m.Files) == 0 {
		return nil, "", nil
	}
	if t.Files == nil {
		return nil, "这里不能收图片和文件，请用文字说明，附件请在网页上传。", nil
	}
	have := 0
	if f := t.talk.Form; f != nil && f.Draft != nil {
		have = len(f.Draft.Files)
	}
	ctx, cancel := context.WithTimeout(ctx, fetching)
	defer cancel()
	for _, file := range t.m.Files {
		if have+len(kept) >= maxFiles {
			return kept, lines(why, fmt.Sprintf("一件事最多%d个附件，多出的没有收。", maxFiles)), nil
		}
		a, err := t.keepFile(ctx, file)
		var e *incident.Error
		switch {
		case errors.As(err, &e) && e.Code != incident.CodeInternal:
			why = lines(why, e.Text)
		case err != nil:
			t.Log.Warn("file not fetched", "channel", t.m.Platform, "error", err)
			why = lines(why, "有一个文件没有取到，请再发一次。")
		default:
			kept = append(kept, a)
		}
	}
	return kept, why, nil
}

func (t *turn) keepFile(ctx context.Context, f File) (a incident.Attachment, err error) {
	r, err := f.Open(ctx)
	if err != nil {
		return a, fmt.Errorf("open file: %w", err)
	}
	defer func() { err = errors.Join(err, closing(r)) }()
	return t.Files.Keep(ctx, notify.CutRunes(strings.Join(strings.Fields(notify.Clean(f.Name)), " "), 80), f.Type, r) //nolint:wrapcheck // a sentence for people
}

func closing(r io.Closer) error {
	if err := r.Close(); err != nil {
		return fmt.Errorf("close file: %w", err)
	}
	return nil
}

// resume is 继续: the form that waits, or the draft that was set aside last.
func (t *turn) resume(ctx context.Context, _ string) ([]Reply, error) {
	if f := t.talk.Form; f != nil {
		switch {
		case f.What == registering:
			return t.readOut(ctx, f, "")
		case isOwn(f.What):
			return t.showOwn(f), nil
		case f.What == openingDuty:
			return t.askDuty(f, ""), nil
		}
		return t.next(ctx, f, "")
	}
	waiting := t.talk.waiting()
	if len(waiting) == 0 {
		return one(say("没有留着的草稿。把情况发给我就能登记。")), nil
	}
	if len(waiting) > 1 {
		r := say("继续哪一份？")
		for _, k := range waiting {
			r.Buttons = append(r.Buttons, []notify.Button{{Text: short(k.Draft.title(), 10), Key: "f:" + k.ID + ":go", Style: 2}})
		}
		return one(r), nil
	}
	f := waiting[0]
	t.talk.resume(f, t.now)
	f.Draft.Offer = false
	return t.readOut(ctx, f, "")
}
