package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// registering is the form that logs an incident.
const registering = "registering"

// draft is a report before it is registered. What a person set himself is never read anew.
type draft struct {
	Title    string                `json:"title,omitempty"`
	Text     string                `json:"text,omitempty"`
	Place    string                `json:"place,omitempty"`
	Source   string                `json:"source,omitempty"`
	URL      string                `json:"url,omitempty"`
	Ticket   string                `json:"ticket,omitempty"`
	Reporter incident.Reporter     `json:"reporter,omitzero"`
	Found    time.Time             `json:"found,omitzero"`
	Began    time.Time             `json:"began"`
	Files    []incident.Attachment `json:"files,omitempty"`
	// Level and Lead as the person chose them; empty leaves them to the classifier, noLead
	// leaves the incident undispatched.
	Level string `json:"level,omitempty"`
	Lead  string `json:"lead,omitempty"`
	// ShownLevel and ShownLead are what was read out last: a tap confirms that and nothing else.
	ShownLevel string   `json:"shown_level,omitempty"`
	ShownLead  string   `json:"shown_lead,omitempty"`
	Set        []string `json:"set,omitempty"`
	// Offer is a text that may be a report; nobody said so yet.
	Offer bool `json:"offer,omitempty"`
}

const noLead = "-"

func (d *draft) empty() bool {
	return d.Text == "" && d.URL == "" && len(d.Files) == 0 && d.Title == ""
}

func (d *draft) title() string {
	return cmp.Or(d.Title, readTitle(d.Text), d.URL, "（只有图片或文件）")
}

func (d *draft) set(name string) {
	if !slices.Contains(d.Set, name) {
		d.Set = append(d.Set, name)
	}
}

func (d *draft) own(name string) bool { return slices.Contains(d.Set, name) }

func (t *turn) newDraft() *draft {
	began := t.m.At
	if began.IsZero() || began.After(t.now) || t.now.Sub(began) > 24*time.Hour {
		began = t.now
	}
	return &draft{Began: began.Truncate(time.Minute)} // the minute is enough for people, and an earlier start is the safe one
}

// maxDraft bounds a draft's text, in characters, whatever number of messages it came in.
const maxDraft = 50_000

// add takes more of a report's text in and reads it.
func (t *turn) add(d *draft, raw string) {
	raw = strings.TrimSpace(notify.Clean(raw))
	if u := address.FindString(raw); u != "" && d.URL == "" {
		d.URL = u
	}
	d.Text = notify.CutRunes(lines(d.Text, raw), maxDraft)
	if !d.own("title") {
		d.Title = readTitle(strings.Replace(d.Text, d.URL, "", 1))
	}
	if !d.own("place") {
		d.Place = readPlace(d.Text)
	}
	if !d.own("source") && d.Source == "" {
		if s, ok := t.Sources.In(d.Text); ok {
			d.Source = s.Name
		} else {
			d.Source = sourceOfLink(d.URL)
		}
	}
	if !d.own("found") {
		d.Found, _ = readFound(d.Text, d.Began, t.Zone)
	}
	d.Reporter = readReporter(d.Text)
	if name := d.Reporter.Name; !d.own("title") && utf8.RuneCountInString(name) >= 2 { // a title names no reporter
		d.Title = strings.ReplaceAll(d.Title, name, "")
	}
	d.Ticket = readTicket(d.Text)
}

// report is the draft as it will be registered.
func (t *turn) report(f *form) incident.Report {
	d := f.Draft
	r := incident.Report{
		Source: t.Sources.Find(cmp.Or(d.Source, "值班电话")), Title: notify.CutRunes(d.title(), titleRunes+20), Text: d.Text, URL: d.URL, Place: d.Place,
		Reporter: d.Reporter, Attachments: d.Files, ExternalID: cmp.Or(d.Ticket, "chat:"+f.ID),
	}
	at := d.Found
	if at.IsZero() {
		at = d.Began
	}
	if r.Source.Kind == incident.SourceWeb {
		r.FoundAt = at
	} else {
		r.SubmittedAt = at
	}
	return r
}

// dispatches tells whether the person may dispatch what he registers.
func (t *turn) dispatches() bool {
	return (incident.Case{State: incident.Assessed}).May(t.by, incident.KindDispatch)
}

// registration is what a tap would register: level and lead as they were chosen, else as found.
func (t *turn) registration(f *form) desk.Registration {
	e := desk.Registration{Register: incident.Register{Report: t.report(f)}}
	if f.Draft.Level != "" {
		e.Register.Grading = incident.Grading{Level: incident.Level(f.Draft.Level), By: "officer", Confirmed: t.dispatches()}
	}
	if f.Draft.Lead != "" && f.Draft.Lead != noLead && t.dispatches() {
		e.Lead = org.UnitID(f.Draft.Lead)
	}
	return e
}

// readOut asks for what is missing, else reads out what was understood, to be confirmed.
func (t *turn) readOut(ctx context.Context, f *form, before string) ([]Reply, error) {
	f.At = t.now
	f.Asking = ""
	t.formShown = true
	d := f.Draft
	switch {
	case d.Text == "" && d.URL == "" && d.Title == "":
		f.Asking = "text"
		ask := "请把情况发给我：时间、地点、什么事、多少人。文字、转发、链接、图片都可以。"
		if len(d.Files) > 0 {
			ask = "附件已收到。请用一句话说明是什么事、在哪里。"
		}
		return one(Reply{Text: lines(before, ask), Buttons: [][]notify.Button{{cancelButton(f)}}}), nil
	case d.Source == "":
		return one(t.askSource(f, before)), nil
	}
	p, err := t.Desk.Preview(ctx, t.by, t.registration(f))
	if err != nil {
		return refused(err)
	}
	if d.Lead == "" && len(p.Units) > 0 && t.dispatches() { // with its lead, the limits of the unit are shown too
		e := t.registration(f)
		e.Lead = p.Units[0].Unit
		units, similar, figs := p.Units, p.Similar, p.Figures
		if p, err = t.Desk.Preview(ctx, t.by, e); err != nil {
			return refused(err)
		}
		p.Units, p.Similar, p.Figures = units, similar, figs
	}
	d.ShownLevel, d.ShownLead = string(p.Case.Level()), string(p.Case.Lead)
	return one(t.readOutCard(f, p, before)), nil
}

func (t *turn) askSource(f *form, before string) Reply {
	f.Asking = "source"
	r := Reply{Title: short(f.Draft.title(), 30), Text: lines(before, "从哪里来的？点选，或直接写来源名称。")}
	var row []notify.Button
	for _, name := range []string{"12345热线", "值班电话", "单位报送", "微博", "抖音", "微信群"} {
		row = append(row, notify.Button{Text: name, Key: "f:" + f.ID + ":s:source:" + name, Style: 2})
	}
	r.Buttons = [][]notify.Button{row[:3], row[3:]}
	return r
}

// readOutCard is what was understood, in lines that fit a phone.
func (t *turn) readOutCard(f *form, p desk.Preview, before string) Reply {
	d := f.Draft
	r := Reply{Title: "请核对（还没有登记）", Text: before}
	add := func(name, value string) {
		if value != "" {
			r.Fields = append(r.Fields, notify.Field{Name: name, Value: value})
		}
	}
	add("标题", short(d.title(), titleRunes))
	add("等级", p.Case.Level().Chinese()+given(d.Level))
	add("依据", evidence(p.Case.Grading))
	add("地点", cmp.Or(incident.MaskText(d.Place), "没有写明"))
	add("来源", d.Source+ticketText(d.Ticket))
	add(t.foundLabel(d), incident.ShowFrom(cmp.Or(d.Found, d.Began), t.now, t.Zone))
	add("数字", figuresText(p.Figures))
	add("单位", t.unitText(d, p))
	add("附件", filesText(d.Files))
	for i, s := range p.Similar {
		if i == 2 {
			break
		}
		add("相似", fmt.Sprintf("%s号 %s（%s，%.0f%%）%s", s.ID, short(s.Title, 20), s.State.Chinese(), s.Likeness*100, s.Why))
	}
	add("时限", t.previewLimits(p.Case))
	for i, q := range p.Case.Grading.Doubts {
		if i == 2 {
			break
		}
		r.Text = lines(r.Text, "请留意："+incident.MaskText(q))
	}
	r.Buttons = t.draftButtons(f, p)
	return r
}

// draftButtons has six at most: what a platform's card can hold.
func (t *turn) draftButtons(f *form, p desk.Preview) [][]notify.Button {
	b := func(text, key string, style int) notify.Button {
		return notify.Button{Text: text, Key: "f:" + f.ID + ":" + key, Style: style}
	}
	first := []notify.Button{b("确认登记", "ok", 1)}
	if f.Draft.ShownLead != "" {
		first = []notify.Button{b("登记并分办", "ok", 1), b("只登记", "reg", 2)}
	}
	if len(p.Similar) > 0 && (incident.Case{State: incident.Assessed}).May(t.by, incident.KindMerge) {
		first = append(first, b("并入"+p.Similar[0].ID.String()+"号", "m:"+p.Similar[0].ID.String(), 2))
	}
	second := []notify.Button{b("改等级", "e:level", 2)}
	if t.dispatches() && len(first) < 3 {
		second = append(second, b("改单位", "e:lead", 2))
	}
	return [][]notify.Button{first, append(second, b("改其他", "e:", 2), cancelButton(f))}
}

func given(level string) string {
	if level == "" {
		return ""
	}
	return "（您定的）"
}

// evidence cites the weightiest rules with the words that they matched.
func evidence(g incident.Grading) string {
	var out []string
	for _, e := range g.Evidence {
		if e.Asks {
			continue
		}
		out = append(out, fmt.Sprintf("“%s”——%s", notify.CutRunes(incident.MaskText(e.Quote), 24), e.Clause))
		if len(out) == 2 {
			break
		}
	}
	return strings.Join(out, "；")
}

func figuresText(figs []desk.PreviewFigure) string {
	var out []string
	for _, f := range figs {
		out = append(out, f.Name+f.Value)
	}
	return strings.Join(out, "、")
}

func filesText(files []incident.Attachment) string {
	if len(files) == 0 {
		return ""
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = cmp.Or(f.Name, "附件")
	}
	return fmt.Sprintf("%d个：%s", len(files), notify.CutRunes(strings.Join(names, "、"), 40))
}

func ticketText(ticket string) string {
	if ticket == "" {
		return ""
	}
	return "（编号" + ticket + "）"
}

func (t *turn) foundLabel(d *draft) string {
	if t.Sources.Find(d.Source).Kind == incident.SourceWeb {
		return "发现"
	}
	return "来件"
}

// unitText is the lead as chosen or found, with why.
func (t *turn) unitText(d *draft, p desk.Preview) string {
	if d.Lead == noLead {
		return "先不分办"
	}
	if d.Lead != "" {
		return t.dir.UnitName(org.UnitID(d.Lead)) + "（您定的）"
	}
	if len(p.Units) == 0 {
		return "没有找到，登记后再分办"
	}
	text := t.dir.UnitName(p.Units[0].Unit)
	if why := p.Units[0].Reason; why != "" {
		text += "（" + notify.CutRunes(why, 30) + "）"
	}
	return text
}

// previewLimits are the limits as they would be, in the order in which they fall due.
func (t *turn) previewLimits(c incident.Case) string {
	pending := slices.DeleteFunc(slices.Clone(c.Milestones), func(m incident.Milestone) bool { return !m.Pending() })
	slices.SortStableFunc(pending, func(a, b incident.Milestone) int { return a.Limit.Compare(b.Limit) })
	var out []string
	for _, m := range pending {
		out = append(out, m.Kind.Chinese()+" "+incident.ShowFrom(m.Limit, t.now, t.Zone))
	}
	return strings.Join(out, "；")
}
