package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
)

// openingDuty is the form of a duty that comes by a document.
const openingDuty = "duty:open"

// duties is 任务: the recurring duties that are open, what is due first; those of one's own
// unit for a unit's people. 任务 逾期 and 任务 水利局 choose among them.
func (t *turn) duties(ctx context.Context, rest string) ([]Reply, error) {
	if n := strings.TrimSuffix(trim(rest), "号"); asciiDigits(n) && t.m.Tap == nil { // 任务3
		if id, ok := number(n); ok {
			return t.view(ctx, incident.FirstDuty+id-1)
		}
	}
	f := desk.Filter{Duties: true, Open: true}
	page, asked := from(rest), strings.TrimLeft(rest, "0123456789 ")
	late := containsAny(asked, "逾期", "超期", "overdue")
	scope := t.scope()
	hits := unitsIn(t.dir, asked)
	keep := func(c incident.Case) bool {
		state := c.DutyState(t.now)
		return !late || state == incident.DutyOverdue || state == incident.DutyBehind
	}
	var cases []incident.Case
	var err error
	if len(hits) == 1 {
		f.Unit, f.Now, scope = hits[0].unit, t.now, t.dir.UnitName(hits[0].unit)
		if err = t.Desk.CheckRead(ctx, t.by, 0); err == nil {
			cases, err = t.Desk.Find(ctx, f, most, keep)
		}
	} else {
		cases, err = t.ofMine(ctx, f, keep)
	}
	if err != nil {
		return refused(err)
	}
	if len(cases) == 0 {
		what := "未完成"
		if late {
			what = "逾期"
		}
		return one(Reply{Text: scope + "没有" + what + "的周期任务。", Buttons: t.dutyButtons()}), nil
	}
	overdue := 0
	for _, c := range cases {
		if c.DutyState(t.now) == incident.DutyOverdue {
			overdue++
		}
	}
	title := fmt.Sprintf("%s未完成的周期任务%s", scope, pieces(len(cases)))
	if late {
		title = fmt.Sprintf("%s逾期或进度落后的周期任务%s", scope, pieces(len(cases)))
	} else if overdue > 0 {
		title += fmt.Sprintf("，其中逾期%d件", overdue)
	}
	again := "duties"
	if late || len(hits) == 1 {
		again = ""
	}
	r := t.list(title, again, cases, page, t.dutyLine)
	r.Buttons = append(r.Buttons, t.dutyButtons()...)
	r.Text = lines(r.Text, "做完的发「履行任务3 网址或文号」。")
	return one(r), nil
}

func (t *turn) dutyButtons() [][]notify.Button {
	if len(t.Desk.DocumentRules()) == 0 || len(t.by.Holds) == 0 {
		return nil
	}
	return [][]notify.Button{{{Text: "登记任务", Key: "say:登记任务", Style: 2}}}
}

// dutyLine is how a duty stands, in a line.
func (t *turn) dutyLine(c incident.Case) string {
	line := t.dir.UnitName(c.Lead) + " " + c.DutyText(t.now)
	if due, ok := c.NextDue(); ok {
		line += fmt.Sprintf("，最迟%s（%s）", incident.ShowFrom(due.Limit, t.now, t.Zone), notify.Left(due.Limit, t.now))
		of, _ := c.Duty.DueOf(due)
		if p := c.Duty.Progress(of); p != "" {
			line += "，" + p
		}
	}
	return line
}

// dutyCard is a duty in a few lines.
func (t *turn) dutyCard(c incident.Case) Reply {
	r := Reply{Title: head(c), URL: t.link(c.ID)}
	add := func(name, value string) {
		if value != "" {
			r.Fields = append(r.Fields, notify.Field{Name: name, Value: value})
		}
	}
	add("任务", c.Duty.Name)
	add("情况", c.DutyText(t.now))
	add("单位", t.dir.UnitName(c.Lead))
	if due, ok := c.NextDue(); ok {
		add("最迟", fmt.Sprintf("%s（%s）", incident.ShowFrom(due.Limit, t.now, t.Zone), notify.Left(due.Limit, t.now)))
		of, _ := c.Duty.DueOf(due)
		add("进度", c.Duty.Progress(of))
	}
	add("凭据", c.Duty.Proof)
	add("依据", c.Duty.Clause)
	r.Buttons = t.nextButtons(c, 5)
	return r
}

// dutyFields are what the commands on duties ask for.
func dutyFields(kind incident.Kind, c incident.Case) ([]field, bool) {
	switch kind { //nolint:exhaustive // the others are those of incidents
	case incident.KindFulfil:
		proof := "网址或文号"
		leader := false
		if c.Duty != nil {
			proof = c.Duty.Proof
			leader = slices.ContainsFunc(c.Duty.Dues, func(d incident.DutyDue) bool { return d.Leader > 0 })
		}
		out := []field{text("address", "凭据", "请发"+proof+"。", true)}
		if leader {
			out = append(out, field{name: "by_leader", label: "谁解读的", ask: "是主要负责人解读的吗？", as: asVerdict, required: true, options: []option{
				{"true", "主要负责人", []string{"一把手", "局长", "主任", "镇长", "乡长", "是"}}, {"false", "其他人", []string{"不是", "否"}},
			}})
		}
		return append(out, field{name: "at", label: "完成时间", as: asTime}, text("text", "说明", "", false)), true
	case incident.KindStrikeProof:
		return []field{
			{name: "n", label: "第几条填报", ask: "撤销第几条填报？请写数字。", as: asNumber, required: true}, text("reason", "理由", "请写明撤销理由。", true),
		}, true
	}
	return nil, false
}

// newDuty is 登记任务: a duty that comes by a document or a request. What is missing is asked for.
func (t *turn) newDuty(_ context.Context, rest string) ([]Reply, error) {
	if len(t.by.Holds) == 0 {
		return one(say("登记任务须由任职人员办理。")), nil
	}
	if len(t.Desk.DocumentRules()) == 0 {
		return one(say("现在没有可以登记的任务。")), nil
	}
	f := &form{ID: formID(t.message), What: openingDuty, Values: map[string]string{}, Confirm: true, At: t.now}
	t.talk.begin(f)
	t.takeDuty(f, rest, true)
	return t.askDuty(f, ""), nil
}

var bookTitle = regexp.MustCompile(`《[^》]{2,80}》`)

// takeDuty takes from a text whatever of a duty it says; all of it, where it is said at once.
func (t *turn) takeDuty(f *form, text string, all bool) {
	rest := strings.TrimSpace(text)
	if v := f.Values; v["rule"] == "" {
		for _, r := range t.Desk.DocumentRules() {
			for _, w := range []string{r.ID, strings.ToLower(r.ID), r.Name} {
				word, tail, _ := strings.Cut(rest, " ")
				if word == w || w == r.Name && strings.HasPrefix(rest, w) {
					v["rule"] = r.ID
					if rest = tail; w == r.Name && word != w {
						rest = strings.TrimPrefix(word+" "+tail, w)
					}
				}
			}
		}
	}
	if !all {
		return
	}
	if m := bookTitle.FindStringIndex(rest); m != nil {
		f.Values["subject"] = rest[m[0]:m[1]]
		rest = cutSpan(rest, m[0], m[1])
	}
	if hits := unitsIn(t.dir, rest); len(hits) == 1 {
		f.Values["unit"] = string(hits[0].unit)
		rest = cutSpan(rest, hits[0].start, hits[0].end)
	}
	rest = t.takeStart(f, rest)
	rest = strings.TrimPrefix(strings.TrimSuffix(trim(rest), "由"), "给")
	if rest = trim(rest); rest != "" && f.Values["subject"] == "" && f.Values["rule"] != "" {
		f.Values["subject"] = rest
	}
}

// takeStart takes a word that is a day and nothing else: 2026-031 is a number.
func (t *turn) takeStart(f *form, text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		day := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(word, "印发"), "收到"), "发布")
		if w, ok := findWhen(day, t.now, t.Zone); ok && w.day && w.start == 0 && w.end == len(day) {
			f.Values["start"] = w.at.Format(time.RFC3339)
			return strings.Join(slices.Delete(words, i, i+1), " ")
		}
	}
	return text
}

// askDuty asks for what is missing of a duty, or shows it to be confirmed.
func (t *turn) askDuty(f *form, before string) []Reply {
	f.At, f.Asking = t.now, ""
	t.formShown = true
	v := f.Values
	r := Reply{Title: "登记任务"}
	rule, known := t.ruleOf(v["rule"])
	switch {
	case !known:
		f.Asking = "rule"
		r.Text = lines(before, "登记哪一项？")
		for _, o := range t.Desk.DocumentRules() {
			r.Buttons = append(r.Buttons, []notify.Button{{Text: o.Name, Key: fmt.Sprintf("f:%s:v:rule:%s", f.ID, o.ID), Style: 2}})
		}
	case v["subject"] == "":
		f.Asking = "subject"
		r.Text = lines(before, rule.Name+"："+"请发"+rule.Subject+"。")
	case v["unit"] == "" && t.ownUnit() == "":
		f.Asking = "unit"
		r.Text = lines(before, rule.Name+"："+"由哪个单位负责？")
	default:
		if v["unit"] == "" {
			v["unit"] = t.ownUnit()
		}
		start := "现在"
		if at, err := parseTime(v["start"]); err == nil {
			start = at.In(t.Zone).Format("1月2日")
		}
		r.Text = lines(before, "请确认。")
		r.Fields = []notify.Field{
			{Name: "任务", Value: rule.Name},
			{Name: "对象", Value: short(v["subject"], 60)},
			{Name: "单位", Value: t.dir.UnitName(unitID(v["unit"]))},
			{Name: rule.Since, Value: start},
		}
		r.Buttons = [][]notify.Button{{{Text: "确认登记", Key: "f:" + f.ID + ":ok", Style: 1}}}
	}
	r.Buttons = append(r.Buttons, []notify.Button{cancelButton(f)})
	return one(r)
}

func (t *turn) ruleOf(id string) (desk.DocumentRule, bool) {
	for _, r := range t.Desk.DocumentRules() {
		if r.ID == id {
			return r, true
		}
	}
	return desk.DocumentRule{}, false
}

// ownUnit is the one unit that a person answers for; empty for the county's posts and for
// people of several units.
func (t *turn) ownUnit() string {
	if t.by.County() {
		return ""
	}
	if units, all := t.units(); !all && len(units) == 1 {
		return string(units[0])
	}
	return ""
}

// openingDutyNow answers a message while a duty is being filled in.
func (t *turn) openingDutyNow(ctx context.Context, f *form) ([]Reply, bool, error) {
	switch f.Asking {
	case "":
		if isYes(t.text) {
			replies, err := t.doOpenDuty(ctx, f)
			return replies, true, err
		}
		return nil, false, nil
	case "rule":
		t.takeDuty(f, t.text, false)
		if f.Values["rule"] == "" {
			for _, r := range t.Desk.DocumentRules() {
				if strings.Contains(t.text, r.Name) {
					f.Values["rule"] = r.ID
				}
			}
		}
		if f.Values["rule"] == "" {
			return t.askDuty(f, "没有这项任务，请点选。"), true, nil
		}
	case "subject":
		f.Values["subject"] = strings.Join(strings.Fields(t.m.Text), " ")
	case "unit":
		v, why := t.readUnit(t.text)
		if why != "" {
			return t.askDuty(f, why), true, nil
		}
		f.Values["unit"] = v
	}
	return t.askDuty(f, ""), true, nil
}

// tapDuty is a button of a duty that is being filled in.
func (t *turn) tapDuty(ctx context.Context, f *form, parts []string) ([]Reply, error) {
	switch {
	case parts[0] == "ok":
		replies, err := t.doOpenDuty(ctx, f)
		if err == nil && len(replies) > 0 && replies[0].Done != "" {
			replies[0].Card = t.m.Tap.Card
		}
		return replies, err
	case parts[0] == "go":
		return t.askDuty(f, ""), nil
	case parts[0] == "v" && len(parts) == 3 && parts[1] == "rule":
		if _, ok := t.ruleOf(parts[2]); ok {
			f.Values["rule"] = parts[2]
			return t.askDuty(f, ""), nil
		}
	}
	return t.stale(), nil
}

func (t *turn) doOpenDuty(ctx context.Context, f *form) ([]Reply, error) {
	v := f.Values
	order := desk.DutyOrder{Rule: v["rule"], Unit: v["unit"], Subject: v["subject"]}
	if at, err := parseTime(v["start"]); err == nil {
		order.Start = at
	}
	c, there, err := t.Desk.OpenDuty(ctx, t.by, order)
	if err != nil {
		if incident.CodeOf(err) == incident.CodeInternal {
			return nil, err //nolint:wrapcheck // the house's fault
		}
		t.talk.end(f, 0, "没有办成："+incident.Text(err))
		return refused(err)
	}
	t.talk.Last = c.ID
	t.talk.end(f, c.ID, "已登记为"+c.ID.No())
	r := t.dutyCard(c)
	r.Text = "已登记为" + c.ID.No() + "。"
	if there {
		r.Text = "这一件以前登记过，就是" + c.ID.No() + "，没有重复登记。"
	}
	r.Done = fmt.Sprintf("%s %s 已登记", t.by.Name, t.now.In(t.Zone).Format("15:04"))
	return t.andKept(one(r)), nil
}

// signIn is 签到: whoever has a shift now says that he is there.
func (t *turn) signIn(ctx context.Context, _ string) ([]Reply, error) {
	s, ok, err := t.Desk.SignIn(ctx, t.by)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault of the store
	}
	if !ok {
		return one(say("现在的班次没有排到您，不用签到。发「值班」看排班。")), nil
	}
	return one(say("已签到：" + t.by.Name + "，值班" + t.period(s.From, s.To) + "。")), nil
}
