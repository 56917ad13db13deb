package bot

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// The forms of the roster: each is shown and confirmed before it changes who is told.
const (
	leaving  = "roster:leave" // 请假, with a stand-in or none
	shifting = "roster:shift" // 排班
	handing  = "roster:hand"  // 转人: from now on somebody else stands in
)

func isOwn(what string) bool { return strings.HasPrefix(what, "roster:") }

// duty is 值班: who is on duty now and next; with a person and a time it is 排班.
func (t *turn) duty(ctx context.Context, rest string) ([]Reply, error) {
	people := t.peopleIn(rest)
	if len(people) == 1 && containsAny(rest, "取消", "撤", "不值") {
		return t.endShift(ctx, people[0].person)
	}
	if len(people) == 1 {
		return t.addShift(rest, people[0].person)
	}
	if len(people) > 1 {
		return one(say("一次排一个人的班，例如：值班 明天8点到20点 冯值班。")), nil
	}
	return one(t.whoIsOn()), nil
}

// whoIsOn says who is on duty at the county office and in the person's own unit.
func (t *turn) whoIsOn() Reply {
	r := Reply{Title: "现在值班"}
	county := t.dir.County()
	for _, post := range []org.Post{org.DutyOfficer, org.OfficeDirector, org.DeputyLeader} {
		r.Fields = append(r.Fields, notify.Field{Name: post.Chinese(), Value: t.onDuty(post, county)})
	}
	for _, h := range t.by.Holds {
		if h.Unit != county {
			r.Fields = append(r.Fields,
				notify.Field{Name: "本单位经办", Value: t.onDuty(org.Handler, h.Unit)}, notify.Field{Name: "本单位分管", Value: t.onDuty(org.Deputy, h.Unit)})
			break
		}
	}
	var coming []org.Shift
	for _, s := range t.dir.Data().Shifts {
		if s.From.After(t.now) && (s.Unit == county || t.by.In(s.Unit)) {
			coming = append(coming, s)
		}
	}
	slices.SortFunc(coming, func(a, b org.Shift) int { return a.From.Compare(b.From) })
	for _, s := range coming[:min(4, len(coming))] {
		r.Text = lines(r.Text, fmt.Sprintf("接下来：%s %s%s", t.period(s.From, s.To), t.dir.PersonName(s.Person), inUnit(t.dir, s, county)))
	}
	for _, a := range t.dir.Data().Absences {
		if !t.now.Before(a.From) && t.now.Before(a.To) && t.sameUnit(a.Person) {
			line := t.dir.PersonName(a.Person) + "请假，到" + incident.ShowFrom(a.To, t.now, t.Zone)
			if a.StandIn != "" {
				line += "，由" + t.dir.PersonName(a.StandIn) + "代班"
			}
			r.Text = lines(r.Text, line)
		}
	}
	r.Text = lines(r.Text, "排班：值班 明天8点到20点 姓名。请假：请假 明天 姓名代。")
	return r
}

func inUnit(dir *org.Directory, s org.Shift, county org.UnitID) string {
	if s.Unit == county {
		return ""
	}
	return "（" + dir.UnitName(s.Unit) + s.Post.Chinese() + "）"
}

func (t *turn) onDuty(post org.Post, unit org.UnitID) string {
	var names []string
	for _, r := range t.dir.Resolve([]org.Post{post}, unit, t.now) {
		name := r.Person.Name
		if r.StandsFor != "" {
			name += "（代" + r.StandsFor + "）"
		}
		shifts := t.dir.Data().Shifts
		if i := slices.IndexFunc(shifts, func(s org.Shift) bool {
			return s.Person == r.Person.ID && s.Post == post && s.Unit == unit && !t.now.Before(s.From) && t.now.Before(s.To)
		}); i >= 0 {
			name += "（到" + incident.ShowFrom(shifts[i].To, t.now, t.Zone) + "）"
		}
		names = append(names, name)
	}
	return cmp.Or(strings.Join(names, "、"), "没有人")
}

// sameUnit tells whether somebody's absence is this person's business.
func (t *turn) sameUnit(id org.PersonID) bool {
	if t.by.County() {
		return true
	}
	return slices.ContainsFunc(t.dir.Data().Appointments, func(a org.Appointment) bool { return a.Person == id && t.by.In(a.Unit) })
}

func (t *turn) addShift(rest string, person org.PersonID) ([]Reply, error) {
	span, ok := t.spanIn(rest)
	if !ok {
		return one(say("请写明起止时间，例如：值班 明天8点到20点 " + t.dir.PersonName(person) + "。")), nil
	}
	unit, post := t.shiftOf(person)
	if unit == "" {
		return one(say(t.dir.PersonName(person) + "没有任职，不能排班。")), nil
	}
	return t.own(shifting, map[string]string{
		"person": string(person), "unit": string(unit), "post": string(post), "from": span.from.Format(time.RFC3339), "to": span.to.Format(time.RFC3339),
	}), nil
}

// shiftOf is the post that a person takes shifts for: the county's duty officer, or his
// unit's handler.
func (t *turn) shiftOf(person org.PersonID) (org.UnitID, org.Post) {
	var unit org.UnitID
	for _, a := range t.dir.Data().Appointments {
		if a.Person == person && (unit == "" || a.Unit == t.dir.County()) {
			unit = a.Unit
		}
	}
	if unit == t.dir.County() {
		return unit, org.DutyOfficer
	}
	return unit, org.Handler
}

func (t *turn) endShift(ctx context.Context, person org.PersonID) ([]Reply, error) {
	unit, _ := t.shiftOf(person)
	if err := t.Desk.EndShift(ctx, t.by, unit, person, t.now); err != nil {
		return refused(err)
	}
	return one(say("已取消" + t.dir.PersonName(person) + "现在和以后的班次。发「值班」查看。")), nil
}

// leave is 请假: for oneself, or for somebody of one's unit who is named first.
func (t *turn) leave(_ context.Context, rest string) ([]Reply, error) {
	span, ok := t.spanIn(rest)
	if !ok {
		return one(say("请写明哪天请假、谁代班，例如：请假 明天 王科长代；请假 11月20日到22日 王科长代。")), nil
	}
	values := map[string]string{"person": string(t.by.Person), "from": span.from.Format(time.RFC3339), "to": span.to.Format(time.RFC3339)}
	for _, p := range t.peopleIn(rest) {
		if p.standIn {
			values["stand_in"] = string(p.person)
		} else {
			values["person"] = string(p.person)
		}
	}
	return t.own(leaving, values), nil
}

// returned is 销假.
func (t *turn) returned(ctx context.Context, rest string) ([]Reply, error) {
	who := t.by.Person
	if people := t.peopleIn(rest); len(people) == 1 {
		who = people[0].person
	}
	ended, err := t.Desk.EndAbsence(ctx, t.by, who, t.now)
	if err != nil {
		return refused(err)
	}
	if !ended {
		return one(say(t.dir.PersonName(who) + "现在没有请假。")), nil
	}
	return one(say("已销假，从现在起消息发给" + t.dir.PersonName(who) + "本人。")), nil
}

// handOver is 转人: from now on somebody else stands in; with an incident's number that one
// is passed to a colleague.
func (t *turn) handOver(ctx context.Context, rest string) ([]Reply, error) {
	people := t.peopleIn(rest)
	if len(people) != 1 {
		return one(say("转给谁？请写姓名，例如：转人 王科长；只转一件：3号转人 王科长。")), nil
	}
	to := people[0].person
	if ms := mentions(rest); len(ms) > 0 {
		return t.pass(ctx, ms[0].id, to)
	}
	local := t.now.In(t.Zone)
	until := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, t.Zone)
	if w, ok := findWhen(rest, t.now, t.Zone); ok && w.at.After(t.now) {
		until = w.at
	}
	return t.own(handing, map[string]string{
		"person": string(t.by.Person), "stand_in": string(to), "from": t.now.Format(time.RFC3339), "to": until.Format(time.RFC3339),
	}), nil
}

// pass asks a colleague to go on with one incident; the log says so, and he is told.
func (t *turn) pass(ctx context.Context, id incident.ID, to org.PersonID) ([]Reply, error) {
	c, err := t.Desk.Get(ctx, id)
	if err != nil {
		return refused(err)
	}
	colleague, _ := t.dir.Actor(to, t.m.Platform, t.now)
	mine := slices.ContainsFunc(t.by.Holds, func(h org.Appointment) bool { return c.Involved(h.Unit) && colleague.In(h.Unit) })
	if !mine && (!t.by.County() || !colleague.County()) {
		return one(say("只能转给同一单位、本件主办或协办单位的同事。要换承办单位请用：" + id.String() + "号转给某单位（由县政府办办理）。")), nil
	}
	key := "chat " + formID(t.message)
	if c, err = t.Desk.Do(ctx, t.by, id, incident.Comment{Text: "转请" + colleague.Name + "接着办理"}, key); err != nil {
		return refused(err)
	}
	text := fmt.Sprintf("【转办】%s把%s转给您接着办理。\n%s\n发「查询%s号」查看。", t.by.Name, head(c), t.dueLine(c), id)
	if err := t.Desk.Tell(ctx, []org.PersonID{to}, key, text); err != nil {
		return nil, err //nolint:wrapcheck // a fault of the store
	}
	t.talk.Last = id
	return one(Reply{Title: head(c), Text: "已转请" + colleague.Name + "接着办理，并已通知。时限不变，催办仍按职务发送。"}), nil
}

// own begins a form of the roster.
func (t *turn) own(what string, values map[string]string) []Reply {
	f := &form{ID: formID(t.message), What: what, Values: values, Confirm: true, At: t.now}
	t.talk.begin(f)
	return t.showOwn(f)
}

// showOwn shows what will change when it is confirmed.
func (t *turn) showOwn(f *form) []Reply {
	f.At = t.now
	t.formShown = true
	v := f.Values
	r := Reply{Title: "请确认", Text: t.ownText(f)}
	if f.What != shifting && v["stand_in"] == "" {
		r.Text = lines(r.Text, "没有写代班人：消息改发上一级职务。要指定就写：王科长代。")
	}
	r.Buttons = [][]notify.Button{{{Text: "确认", Key: "f:" + f.ID + ":ok", Style: 1}, cancelButton(f)}}
	return one(r)
}

func (t *turn) ownText(f *form) string {
	v := f.Values
	from, _ := parseTime(v["from"]) // written by us
	to, _ := parseTime(v["to"])
	who := t.dir.PersonName(org.PersonID(v["person"]))
	if f.What == shifting {
		post := org.Post(v["post"]).Chinese()
		if !org.Post(v["post"]).County() {
			post = t.dir.UnitName(org.UnitID(v["unit"])) + post
		}
		return fmt.Sprintf("%s %s 值班（%s）", who, t.period(from, to), post)
	}
	text := fmt.Sprintf("%s %s 请假", who, t.period(from, to))
	if f.What == handing {
		text = fmt.Sprintf("%s从现在到%s不接收消息", who, incident.ShowFrom(to, t.now, t.Zone))
	}
	if v["stand_in"] != "" {
		text += "，由" + t.dir.PersonName(org.PersonID(v["stand_in"])) + "代班，可代为办理"
	}
	return text
}

// owning answers a message while a change of the roster waits to be confirmed.
func (t *turn) owning(ctx context.Context, f *form) ([]Reply, bool, error) {
	if isYes(t.text) {
		replies, err := t.doOwn(ctx, f)
		return replies, true, err
	}
	if people := t.peopleIn(t.text); len(people) == 1 && f.What != shifting && len([]rune(t.text)) < 20 {
		f.Values["stand_in"] = string(people[0].person)
		return t.showOwn(f), true, nil
	}
	return nil, false, nil
}

func (t *turn) tapOwn(ctx context.Context, f *form, parts []string) ([]Reply, error) {
	if parts[0] != "ok" {
		return t.stale(), nil
	}
	replies, err := t.doOwn(ctx, f)
	if err == nil && len(replies) > 0 && replies[0].Done != "" {
		replies[0].Card = t.m.Tap.Card
	}
	return replies, err
}

func (t *turn) doOwn(ctx context.Context, f *form) ([]Reply, error) {
	v := f.Values
	from, _ := parseTime(v["from"]) // written by us
	to, _ := parseTime(v["to"])
	person, standIn := org.PersonID(v["person"]), org.PersonID(v["stand_in"])
	var err error
	if f.What == shifting {
		err = t.Desk.AddShift(ctx, t.by, org.Shift{Unit: org.UnitID(v["unit"]), Post: org.Post(v["post"]), Person: person, From: from, To: to})
	} else {
		err = t.Desk.AddAbsence(ctx, t.by, org.Absence{Person: person, StandIn: standIn, From: from, To: to})
	}
	text := t.ownText(f)
	if err != nil {
		if incident.CodeOf(err) == incident.CodeInternal {
			return nil, err //nolint:wrapcheck // the house's fault
		}
		t.talk.end(f, 0, "没有办成："+incident.Text(err))
		return refused(err)
	}
	var told []org.PersonID
	for _, p := range []org.PersonID{person, standIn} {
		if p != "" && p != t.by.Person {
			told = append(told, p)
		}
	}
	if err := t.Desk.Tell(ctx, told, "roster "+f.ID, "【值班】"+t.by.Name+"登记："+text); err != nil {
		return nil, err //nolint:wrapcheck // a fault of the store
	}
	done := fmt.Sprintf("%s %s 已确认", t.by.Name, t.now.In(t.Zone).Format("15:04"))
	t.talk.end(f, 0, text)
	after := "从那时起，催办和事项按新的安排发送。"
	if len(told) > 0 {
		after = "已通知相关人员。" + after
	}
	return t.andKept(one(Reply{Text: "已登记：" + text + "。\n" + after, Done: done})), nil
}

// period is a span of time for people, such as 11月20日8:00至20:00.
func (t *turn) period(from, to time.Time) string {
	f, e := from.In(t.Zone), to.In(t.Zone)
	end := incident.ShowFrom(to, t.now, t.Zone)
	if f.YearDay() == e.YearDay() && f.Year() == e.Year() {
		end = e.Format("15:04")
	}
	start := incident.ShowFrom(from, t.now, t.Zone)
	if h, m, _ := f.Clock(); h == 0 && m == 0 {
		start = f.Format("1月2日") + "0:00"
	}
	return start + "至" + end
}

// span is from when to when.
type span struct{ from, to time.Time }

// spanIn reads a span of time: 明天, 11月20日到22日, 明天8点到20点, 今天起3天.
func (t *turn) spanIn(s string) (span, bool) {
	first, ok := findWhen(s, t.now, t.Zone)
	if !ok {
		return span{}, false
	}
	out := span{from: first.at}
	if !first.clock && out.from.Before(t.now) && first.at.AddDate(0, 0, 1).After(t.now) { // today begins now
		out.from = t.now
	}
	rest := s[first.end:]
	if second, ok := t.until(rest, first); ok {
		out.to = second
		return out, out.to.After(out.from)
	}
	day := first.at.In(t.Zone)
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, t.Zone)
	n := 1
	if m := days.FindStringSubmatch(rest); m != nil {
		count, _ := number(m[1])
		n = max(1, int(count))
	}
	out.to = midnight.AddDate(0, 0, n)
	return out, out.to.After(out.from)
}

// relative matches a day that is counted from today.
var relative = regexp.MustCompile(`^(?:大后天|后天|明天|明日|今天|今日)`)

// until reads the end of a span, after 到 or 至.
func (t *turn) until(rest string, first when) (time.Time, bool) {
	rest = strings.TrimSpace(rest)
	cut := ""
	for _, w := range []string{"到", "至", "-", "—", "~", "～"} {
		if strings.HasPrefix(rest, w) {
			cut = w
		}
	}
	if cut == "" {
		return time.Time{}, false
	}
	tail := strings.TrimSpace(strings.TrimPrefix(rest, cut))
	from := first.at
	if relative.MatchString(tail) { // 明天到后天: both count from today
		from = t.now
	}
	w, ok := findWhen(tail, from, t.Zone)
	if !ok || w.start > len("到 ") {
		return time.Time{}, false
	}
	switch {
	case !w.clock: // the whole day
		return w.at.AddDate(0, 0, 1), true
	case !w.day && !w.at.After(first.at): // 20点到8点: the next morning
		return w.at.AddDate(0, 0, 1), true
	}
	return w.at, true
}

// named is a person whom a text names.
type named struct {
	person  org.PersonID
	standIn bool // 某某代, 由某某代班
	at      int
}

// peopleIn finds the people whom a text names by a name that only one has.
func (t *turn) peopleIn(s string) []named {
	var out []named
	for _, p := range t.dir.Data().Persons {
		i := strings.Index(s, p.Name)
		if p.Left || p.Name == "" || i < 0 {
			continue
		}
		if one, ok := t.dir.FindPerson(p.Name); !ok || one.ID != p.ID {
			continue
		}
		after := strings.TrimSpace(s[i+len(p.Name):])
		before := strings.TrimSpace(s[:i])
		stands := strings.HasPrefix(after, "代") || strings.HasPrefix(after, "顶") || strings.HasPrefix(after, "替") || strings.HasSuffix(before, "由") || strings.HasSuffix(before, "代班人")
		out = append(out, named{p.ID, stands, i})
	}
	slices.SortFunc(out, func(a, b named) int { return a.at - b.at })
	return out
}
