package bot

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
)

// wrote answers a text.
func (t *turn) wrote(ctx context.Context) ([]Reply, error) {
	f := t.talk.Form
	if f != nil && isCancel(t.text) {
		return t.cancel(f), nil
	}
	if s, ok := t.verbs.explicit(t.text); ok && (f == nil || !t.answers(f)) {
		replies, err := t.obey(ctx, s)
		return t.stillOpen(f, replies), err
	}
	if f != nil {
		if replies, done, err := t.carried(ctx, f); done || err != nil {
			return replies, err
		}
	}
	if isCancel(t.text) {
		return one(say("现在没有进行中的事，不用取消。")), nil
	}
	if isYes(t.text) {
		return one(say("好的。现在没有等您确认的事。")), nil
	}
	replies, ok, err := t.plain(ctx)
	if err != nil || ok {
		return t.stillOpen(f, replies), err
	}
	return t.unclear(ctx)
}

// answers tells whether a text that begins like a command is rather the answer to the
// question that was asked last: a word alone for a choice is.
func (t *turn) answers(f *form) bool {
	if f.Asking == "" {
		return false
	}
	s, _ := t.verbs.explicit(t.text)
	return s.verb.kind != "" && len(s.ids) == 0 && s.rest != "" || s.verb.name() == "绑定"
}

// stillOpen reminds of what was being filled in before the topic changed.
func (t *turn) stillOpen(f *form, replies []Reply) []Reply {
	if f == nil || t.formShown || t.talk.Form == nil || t.talk.Form.ID != f.ID || len(replies) == 0 {
		return replies
	}
	last := &replies[len(replies)-1]
	what := incident.Kind(f.What).Chinese()
	switch f.What {
	case registering:
		what = "登记"
	case openingDuty:
		what = "登记任务"
	case leaving:
		what = "请假"
	case shifting:
		what = "排班"
	case handing:
		what = "转人"
	}
	last.Text = lines(last.Text, "（"+what+"还没有办完：接着发就行，或发「取消」停下。）")
	last.Buttons = append(last.Buttons, []notify.Button{{Text: "继续" + what, Key: "f:" + f.ID + ":go", Style: 2}})
	return replies
}

// andKept adds a word about drafts that were set aside, once what came between is done.
func (t *turn) andKept(replies []Reply) []Reply {
	waiting := t.talk.waiting()
	if t.talk.Form != nil || len(waiting) == 0 || len(replies) == 0 {
		return replies
	}
	k := waiting[0]
	last := &replies[len(replies)-1]
	last.Text = lines(last.Text, "还有一份没有登记的草稿：“"+short(k.Draft.title(), 16)+"”。")
	last.Buttons = append(last.Buttons, []notify.Button{{Text: "继续登记", Key: "f:" + k.ID + ":go", Style: 2}})
	return replies
}

// obey does what was said in so many words.
func (t *turn) obey(ctx context.Context, s said) ([]Reply, error) {
	if s.verb.run != nil {
		return s.verb.run(t, ctx, s.rest)
	}
	switch {
	case len(s.ids) == 0:
		return t.which(ctx, s.verb, s.rest)
	case s.verb.kind == incident.KindMerge && len(s.ids) > 1:
		v := *s.verb
		v.set = map[string]string{"into": s.ids[1].String()}
		return t.order(ctx, &v, s.ids[0], s.rest, true)
	}
	return t.order(ctx, s.verb, s.ids[0], s.rest, true)
}

// which finds out which incident is meant: the one spoken of last, or the only one on which
// the person may do it, are offered to be confirmed; of several one is chosen.
func (t *turn) which(ctx context.Context, v *verb, rest string) ([]Reply, error) {
	if t.talk.Last != 0 {
		if c, err := t.Desk.Get(ctx, t.talk.Last); err == nil && t.allowed(c, v.kind) == nil && t.useful(c, v.kind) {
			return t.order(ctx, v, c.ID, rest, false)
		}
	}
	f := desk.Filter{Open: true, Duties: v.kind.OfDuties()}
	if !t.opens(v.kind) {
		f = desk.Filter{Newest: true}
	}
	cases, err := t.ofMine(ctx, f, func(c incident.Case) bool {
		return slices.Contains(c.Allowed(t.by), v.kind) && t.useful(c, v.kind)
	})
	if err != nil {
		return refused(err)
	}
	switch len(cases) {
	case 0:
		return one(say(fmt.Sprintf("现在没有您可以“%s”的事件。要办某一件，请带上编号，例如：%s%s。", v.kind.Chinese(), v.name(), example(v.kind)))), nil
	case 1:
		return t.order(ctx, v, cases[0].ID, rest, false)
	}
	r := t.list(fmt.Sprintf("“%s”哪一件？", v.kind.Chinese()), "", cases, 0, t.dueLine)
	r.Buttons = nil
	for _, c := range cases[:min(5, len(cases))] {
		r.Buttons = append(r.Buttons, []notify.Button{{
			Text: c.ID.No() + " " + short(c.Report.Title, 8), Key: fmt.Sprintf("%s:%s:0", v.kind, c.ID), Style: 2,
		}})
	}
	r.Text = lines(r.Text, "请点选，或发「"+v.name()+"3号」这样带编号的话。")
	return one(r), nil
}

// example is a number as a command would be given one.
func example(k incident.Kind) string {
	if k.OfDuties() {
		return "任务3"
	}
	return "3号"
}

// opens tells whether a command is for open incidents.
func (t *turn) opens(k incident.Kind) bool {
	return !slices.Contains([]incident.Kind{incident.KindFeedback, incident.KindVerify, incident.KindReopen, incident.KindArchive, incident.KindSplit}, k)
}

// plain answers ordinary words by rules: a question shows, an order is shown to be
// confirmed, and what may be meant in two ways is asked about.
func (t *turn) plain(ctx context.Context) ([]Reply, bool, error) {
	if utf8.RuneCountInString(t.text) > 60 {
		return nil, false, nil // a report that mentions a number is no order
	}
	if replies, ok, err := t.plainList(ctx); ok || err != nil {
		return replies, ok, err
	}
	ms := mentions(t.text)
	it := len(ms) == 0 && t.talk.Last != 0 && containsAny(t.text, "它", "这件", "那件", "这个事", "这事", "该件", "上面那")
	if it {
		ms = []mention{{id: t.talk.Last}}
	}
	if len(ms) == 0 {
		return nil, false, nil
	}
	vs := t.meant()
	switch {
	case len(ms) > 1 && (len(vs) != 1 || vs[0].kind != incident.KindMerge):
		return t.several(ms), true, nil
	case asks(t.text) || denies(t.text) || len(vs) == 0 && (onlyNumber(t.text, ms[0]) || containsAny(t.text, "看")):
		replies, err := t.view(ctx, ms[0].id)
		return replies, true, err
	case len(vs) > 1:
		return t.either(ms[0].id, vs), true, nil
	case len(vs) == 1:
		replies, err := t.meanOrder(ctx, vs[0], ms)
		return replies, true, err
	}
	if replies, ok, err := t.advised(ctx, ms[0].id); ok || err != nil {
		return replies, ok, err
	}
	return t.nothingMeant(ms[0].id), true, nil
}

// plainList answers questions about many incidents.
func (t *turn) plainList(ctx context.Context) ([]Reply, bool, error) {
	if len(mentions(t.text)) > 0 {
		return nil, false, nil
	}
	short := utf8.RuneCountInString(t.text) <= 20
	var run func(*turn, context.Context, string) ([]Reply, error)
	if vs := t.verbs.within(t.text); short && len(vs) == 1 && containsAny(t.text, "怎么", "如何") {
		return one(t.helpFor(vs[0])), true, nil
	}
	switch {
	case !short:
	case containsAny(t.text, "逾期", "超期", "过期", "超时"):
		run = (*turn).overdue
	case containsAny(t.text, "值班") && asks(t.text):
		run = (*turn).duty
	case containsAny(t.text, "我的", "我有", "我要办", "等我", "待办") && (asks(t.text) || containsAny(t.text, "事", "件")):
		run = (*turn).mine
	case containsAny(t.text, "请假") && containsAny(t.text, "我要", "我想", "怎么", "如何"):
		run = (*turn).leave
	case containsAny(t.text, "要我审", "要我签", "等我审", "我要审", "要审的", "要签收的", "要我办"):
		run = (*turn).mine
	case containsAny(t.text, "交接班", "交班"), t.by.County() && containsAny(t.text, "今天的情况", "今天到期", "快到期", "多少件在办", "在办的有", "在办多少", "几件在办", "今天有什么事", "今天有哪些事", "什么情况了"):
		run = (*turn).handover
	case containsAny(t.text, "今天到期", "快到期", "今天有什么事", "今天有哪些事"):
		run = (*turn).mine
	case containsAny(t.text, "评估", "考核", "得分", "月报") && (asks(t.text) || utf8.RuneCountInString(t.text) <= 8):
		return t.scores(), true, nil
	case containsAny(t.text, "周期任务", "什么任务", "哪些任务"):
		run = (*turn).duties
	case containsAny(t.text, "周报") && t.Weekly != nil:
		run = (*turn).weekly
	case containsAny(t.text, "怎么用", "能做什么", "会什么", "怎么登记"):
		return t.help(), true, nil
	}
	if run == nil {
		return nil, false, nil
	}
	replies, err := run(t, ctx, "")
	return replies, true, err
}

// scores says where evaluations are read: they are pages, too long for a chat.
func (t *turn) scores() []Reply {
	r := say("评估和考核在网页的“评估”页面看：每个数字都能点开，写着公式和是哪些事件。每月第5个工作日印发上月的，结果会发给您。")
	if t.BaseURL != "" {
		r.URL = strings.TrimRight(t.BaseURL, "/") + "/evaluation"
	}
	return one(r)
}

// meant are the commands that a text may mean: by its words, or by what people say instead.
func (t *turn) meant() []*verb {
	s := t.text
	vs := t.verbs.within(s)
	say := func(kind incident.Kind, set map[string]string, words ...string) {
		if containsAny(s, words...) && !slices.ContainsFunc(vs, func(v *verb) bool { return v.kind == kind }) {
			vs = append(vs, &verb{words: []string{kind.Chinese()}, kind: kind, set: set})
		}
	}
	if len(unitsIn(t.dir, s)) > 0 {
		say(incident.KindDispatch, nil, "转给", "转到", "交给", "分给", "派给", "给")
	}
	say(incident.KindSupervise, map[string]string{"text": urging}, "催")
	say(incident.KindConclude, nil, "办完", "处理完", "搞定", "办好了", "解决了", "修好了", "处理好了")
	say(incident.KindAccept, nil, "接了", "接收了", "我们接", "已接")
	say(incident.KindReturn, nil, "不归我们", "不属于我们", "不是我们的", "不该我们", "不是我们管", "该归")
	say(incident.KindVoid, nil, "登记错了", "登错了", "误登")
	if len(vs) == 0 && containsAny(s, "稿") {
		say(incident.KindReview, nil, "同意", "通过", "审")
	}
	if len(vs) == 0 { // 收到 begins many sentences
		say(incident.KindAcknowledge, nil, "知道了", "收到")
	}
	// 催办 is in 催; a unit beside 退回 says who should have it.
	if slices.ContainsFunc(vs, func(v *verb) bool { return v.kind == incident.KindReturn }) {
		vs = slices.DeleteFunc(vs, func(v *verb) bool { return v.kind == incident.KindDispatch })
	}
	return vs
}

// meanOrder shows a command that was understood, to be confirmed.
func (t *turn) meanOrder(ctx context.Context, v *verb, ms []mention) ([]Reply, error) {
	rest := t.text
	for _, m := range slices.Backward(ms) {
		if m.end > 0 {
			rest = cutSpan(rest, m.start, m.end)
		}
	}
	set := maps.Clone(v.set)
	if v.kind == incident.KindMerge && len(ms) > 1 {
		set = map[string]string{"into": ms[1].id.String()}
	}
	for _, w := range append([]string{v.kind.Chinese()}, v.words...) {
		rest = strings.ReplaceAll(rest, w, " ")
	}
	if v.kind == incident.KindSupervise || v.kind == incident.KindAccept || v.kind == incident.KindAcknowledge || v.kind == incident.KindReview {
		rest = ""
	} else {
		rest = filler.Replace(rest)
	}
	return t.order(ctx, &verb{words: v.words, kind: v.kind, set: set}, ms[0].id, strings.Join(strings.Fields(rest), " "), false)
}

// filler are words of speech that say nothing to a command.
//
//nolint:gochecknoglobals // a constant table
var filler = strings.NewReplacer(
	"请把", "", "麻烦把", "", "帮我把", "", "把", "", "将", "", "请", "", "麻烦", "", "帮我", "", "转给", "", "转到", "", "交给", "", "分给", "", "派给", "",
	"一下", "", "吧", "", "了", "", "它", "", "这件", "", "那件", "", "办完", "", "处理完", "", "搞定", "",
)

// either asks which of several commands is meant.
func (t *turn) either(id incident.ID, vs []*verb) []Reply {
	r := Reply{Text: id.No() + "要做哪一样？"}
	for _, v := range vs[:min(5, len(vs))] {
		r.Buttons = append(r.Buttons, []notify.Button{{Text: v.kind.Chinese(), Key: fmt.Sprintf("%s:%s:0", v.kind, id), Style: 2}})
	}
	r.Buttons = append(r.Buttons, []notify.Button{viewButton(id)})
	return one(r)
}

// several asks which of several incidents is meant.
func (t *turn) several(ms []mention) []Reply {
	r := Reply{Text: "说到了几件事，请一件一件来。要看哪一件？"}
	for _, m := range ms[:min(5, len(ms))] {
		r.Buttons = append(r.Buttons, []notify.Button{viewButton(m.id)})
	}
	return one(r)
}

func (t *turn) nothingMeant(id incident.ID) []Reply {
	return one(Reply{
		Text:    "没看明白要对" + id.No() + "做什么。可以点下面的按钮，或发「帮助」。",
		Buttons: [][]notify.Button{{viewButton(id), {Text: "记为进展", Key: fmt.Sprintf("progress:%s:0", id), Style: 2}}},
	})
}

// advised asks the [Understander] where the rules do not know; what it says is confirmed.
func (t *turn) advised(ctx context.Context, id incident.ID) ([]Reply, bool, error) {
	if t.Understander == nil || utf8.RuneCountInString(t.text) > mostWords {
		return nil, false, nil
	}
	in, ok, err := t.Understander.Understand(ctx, t.text, t.kindsOfMine())
	if err != nil {
		// Advice is extra: without it the rules do.
		t.Log.Warn("free words not understood", "error", err)
		return nil, false, nil
	}
	if in.Incident != 0 {
		id = in.Incident
	}
	if !ok || id == 0 && in.Kind == "" {
		return nil, false, nil
	}
	if in.Kind == "" {
		replies, err := t.view(ctx, id)
		return replies, true, err
	}
	if !slices.Contains(t.kindsOfMine(), in.Kind) {
		return nil, false, nil
	}
	set := map[string]string{}
	for _, fd := range fields(in.Kind, incident.Case{}, in.Fields) {
		if v := in.Fields[fd.name]; v != "" {
			if read, why := t.read(fd, tidy(v), v); why == "" {
				set[fd.name] = read
			}
		}
	}
	v := &verb{words: []string{in.Kind.Chinese()}, kind: in.Kind, set: set}
	if id == 0 {
		replies, err := t.which(ctx, v, "")
		return replies, true, err
	}
	replies, err := t.order(ctx, v, id, "", false)
	return replies, true, err
}

// mostWords is how long free words may be that are taken for an order, in characters: what
// is longer is a report.
const mostWords = 60

// unclear answers what is no command: a report, or something that nobody understood.
func (t *turn) unclear(ctx context.Context) ([]Reply, error) {
	long := utf8.RuneCountInString(t.text)
	if l := t.left; l != nil && long < 30 {
		return t.leftAlone(l), nil
	}
	if long < 20 && courtesy.MatchString(t.text) {
		if replies, ok, err := t.unsigned(ctx); ok || err != nil {
			return replies, err
		}
		return t.andKept(one(say("好的。发「我的」看要办的事，「帮助」看用法。"))), nil
	}
	if replies, ok, err := t.advised(ctx, 0); ok || err != nil {
		return replies, err
	}
	if long >= 30 || t.by.County() && long >= 10 {
		return t.register(ctx, t.m.Text)
	}
	r := say("没看明白这句话。要登记新事件就点“登记这条”，看用法点“帮助”。")
	f := &form{ID: formID(t.message), What: registering, Draft: t.newDraft(), At: t.now}
	t.add(f.Draft, t.m.Text)
	t.talk.Kept = append([]*form{f}, slices.DeleteFunc(t.talk.Kept, func(k *form) bool { return k.Draft.Offer })...)
	t.talk.Kept = t.talk.Kept[:min(len(t.talk.Kept), keptForms)]
	f.Draft.Offer = true
	r.Buttons = [][]notify.Button{{{Text: "登记这条", Key: "f:" + f.ID + ":go", Style: 2}, {Text: "帮助", Key: "say:帮助", Style: 2}}}
	return one(r), nil
}

// unsigned tells whoever says 收到 of a case that his unit has not accepted yet that this is
// no 签收: the time goes on until he does.
func (t *turn) unsigned(ctx context.Context) ([]Reply, bool, error) {
	if t.by.County() || !containsAny(t.text, "收到", "接了", "接到", "已接") {
		return nil, false, nil
	}
	cases, err := t.ofMine(ctx, desk.Filter{Open: true}, func(c incident.Case) bool {
		return slices.Contains(c.Allowed(t.by), incident.KindAccept) && t.useful(c, incident.KindAccept)
	})
	if err != nil || len(cases) == 0 {
		return nil, false, err
	}
	r := Reply{Text: "说“收到”不算签收，还没有签收的请点签收："}
	for _, c := range cases[:min(5, len(cases))] {
		r.Text = lines(r.Text, head(c))
		r.Buttons = append(r.Buttons, []notify.Button{{Text: "签收" + c.ID.No(), Key: fmt.Sprintf("%s:%s:0", incident.KindAccept, c.ID), Style: 1}})
	}
	return one(r), true, nil
}

// courtesy matches what wants no answer.
var courtesy = regexp.MustCompile(`^(?:接了|接到|已接|好的|好滴|收到|谢谢|多谢|感谢|辛苦|知道了|明白|没问题|ok|OK|嗯)`)

// leftAlone answers what may have been meant for something that was left alone too long.
func (t *turn) leftAlone(f *form) []Reply {
	if f.What == registering {
		return t.andKept(one(say("刚才的登记超过30分钟没有继续，草稿留着，没有登记。")))
	}
	what := incident.Kind(f.What).Chinese()
	if isOwn(f.What) {
		what = "排班或请假"
	}
	if f.What == openingDuty {
		what = "登记任务"
	}
	r := say("刚才的“" + what + "”超过30分钟没有继续，已停下，什么也没有办。请重新来。")
	if f.Incident != 0 {
		r.Buttons = [][]notify.Button{{{Text: what, Key: fmt.Sprintf("%s:%s:0", f.What, f.Incident), Style: 2}, viewButton(f.Incident)}}
	}
	return one(r)
}

func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

func onlyNumber(s string, m mention) bool {
	return m.end > 0 && trim(s[:m.start]+s[m.end:]) == ""
}
