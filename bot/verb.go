package bot

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"huiying/incident"
)

// verb is something that can be said: a command on an incident, or a question.
type verb struct {
	// words by which it is called, in Chinese and ASCII; the first is its name.
	words []string
	// kind of the command on an incident; empty for what is no command.
	kind incident.Kind
	// set are fields that the word itself fills in, such as 终报.
	set map[string]string
	// run answers what is no command; rest is what follows the word.
	run func(t *turn, ctx context.Context, rest string) ([]Reply, error)
}

func (v *verb) name() string { return v.words[0] }

// verbs are all that can be said, by word.
type verbs struct {
	byWord map[string]*verb
	// words, the longest first, so that 发布会 is not read as 发布.
	words []string
}

// newVerbs makes the table: the house's own words, and every command that incident knows by
// its name and its Chinese, so that a command that is added there can be said here.
func newVerbs(weekly bool) verbs {
	vs := verbs{byWord: map[string]*verb{}}
	for _, v := range questions(weekly) {
		vs.add(v)
	}
	for _, v := range aliases() {
		vs.add(v)
	}
	for _, k := range incident.Kinds() {
		if !k.Internal() && k != incident.KindRetime {
			vs.add(&verb{words: []string{k.Chinese(), string(k)}, kind: k})
		}
	}
	for w := range vs.byWord {
		vs.words = append(vs.words, w)
	}
	slices.SortFunc(vs.words, func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return vs
}

// add enters a verb; a word that is taken stays what it was.
func (vs *verbs) add(v *verb) {
	for _, w := range v.words {
		if _, taken := vs.byWord[w]; !taken {
			vs.byWord[w] = v
		}
	}
}

// urging is what 催办 says when nothing else is said.
const urging = "请抓紧办理并反馈进展"

// aliases are further words for commands. A word for a command that incident does not know
// is not entered.
func aliases() []*verb {
	all := []*verb{
		{words: []string{"受理", "定级"}, kind: incident.KindAssess},
		{words: []string{"分办", "转办", "派单", "交办"}, kind: incident.KindDispatch},
		{words: []string{"签收", "接收", "接件"}, kind: incident.KindAccept},
		{words: []string{"退回", "退件", "退办"}, kind: incident.KindReturn},
		{words: []string{"进展", "进度"}, kind: incident.KindProgress},
		{words: []string{"升级", "upgrade"}, kind: incident.KindRegrade, set: map[string]string{fieldWay: "up"}},
		{words: []string{"降级", "downgrade"}, kind: incident.KindRegrade, set: map[string]string{fieldWay: "down"}},
		{words: []string{"确认等级"}, kind: incident.KindAssess},
		{words: []string{"申请延期", "延期", "extend"}, kind: incident.KindAskExtension},
		{words: []string{"准予延期", "同意延期", "批准延期"}, kind: incident.KindGrantExtension},
		{words: []string{"不予延期", "不同意延期", "拒绝延期"}, kind: incident.KindRefuseExtension},
		{words: []string{"首报", "续报", "上报情况"}, kind: incident.KindFirstReport},
		{words: []string{"终报"}, kind: incident.KindFirstReport, set: map[string]string{"final": "true"}},
		{words: []string{"首次回应", "回应"}, kind: incident.KindRespond},
		{words: []string{"发布", "通报"}, kind: incident.KindRelease},
		{words: []string{"发布会", "conference"}, kind: incident.KindPressConference},
		{words: []string{"方案", "处理方案"}, kind: incident.KindPlan},
		{words: []string{"办结", "结案"}, kind: incident.KindConclude},
		{words: []string{"并案", "并入", "合并"}, kind: incident.KindMerge},
		{words: []string{"起草初稿", "初稿", "compose"}, kind: incident.KindCompose},
		{words: []string{"采用", "采用初稿", "adopt"}, kind: incident.KindDraft, set: map[string]string{fieldAdopt: "true"}},
		{words: []string{"拟稿", "起草", "改稿", "draft"}, kind: incident.KindDraft},
		{words: []string{"送审", "submit"}, kind: incident.KindSubmit},
		{words: []string{"审核", "初审", "复审", "终审", "审稿", "review"}, kind: incident.KindReview},
		{words: []string{"会签"}, kind: incident.KindCountersign},
		{words: []string{"撤稿"}, kind: incident.KindWithdraw},
		{words: []string{"督办"}, kind: incident.KindSupervise},
		{words: []string{"催办", "urge"}, kind: incident.KindSupervise, set: map[string]string{"text": urging}},
		{words: []string{"知悉", "已阅", "ack"}, kind: incident.KindAcknowledge},
		{words: []string{"认定漏报"}, kind: incident.KindFind, set: map[string]string{"what": string(incident.Omitted)}},
		{words: []string{"认定瞒报"}, kind: incident.KindFind, set: map[string]string{"what": string(incident.Concealed)}},
		{words: []string{"认定谎报"}, kind: incident.KindFind, set: map[string]string{"what": string(incident.Falsified)}},
		{words: []string{"交办协办", "协办任务", "assign"}, kind: incident.KindAssign},
		{words: []string{"协办意见", "协办答复", "opinion"}, kind: incident.KindOpinion},
		{words: []string{"会商", "consult"}, kind: incident.KindConsult},
		{words: []string{"复盘", "总结", "lessons"}, kind: incident.KindReflect},
		{words: []string{"重办", "重开"}, kind: incident.KindReopen},
		{words: []string{"履行", "填报", "fulfil"}, kind: incident.KindFulfil},
	}
	kinds := incident.Kinds()
	return slices.DeleteFunc(all, func(v *verb) bool { return !slices.Contains(kinds, v.kind) })
}

// questions are what can be said that is no command on an incident.
func questions(weekly bool) []*verb {
	out := []*verb{
		{words: []string{"登记", "上报", "log", "new", "register"}, run: (*turn).register},
		{words: []string{"查询", "查看", "查", "find", "show"}, run: (*turn).search},
		{words: []string{"逾期", "超期", "overdue"}, run: (*turn).overdue},
		{words: []string{"我的", "待办", "mine", "todo"}, run: (*turn).mine},
		{words: []string{"值班", "排班", "duty"}, run: (*turn).duty},
		{words: []string{"请假", "leave"}, run: (*turn).leave},
		{words: []string{"任务", "周期任务", "duties"}, run: (*turn).duties},
		{words: []string{"登记任务", "新任务"}, run: (*turn).newDuty},
		{words: []string{"签到", "signin"}, run: (*turn).signIn},
		{words: []string{"销假", "back"}, run: (*turn).returned},
		{words: []string{"转人", "代班", "handto"}, run: (*turn).handOver},
		{words: []string{"交接班", "交班", "接班", "handover"}, run: (*turn).handover},
		{words: []string{"绑定", "bind"}, run: func(t *turn, ctx context.Context, _ string) ([]Reply, error) { return t.bindCode(ctx) }},
		{words: []string{"继续", "草稿", "resume"}, run: (*turn).resume},
		{words: []string{"帮助", "菜单", "help", "start", "你好", "您好"}, run: func(t *turn, _ context.Context, rest string) ([]Reply, error) { return t.helpOn(rest), nil }},
	}
	if weekly {
		out = append(out, &verb{words: []string{"周报", "weekly"}, run: (*turn).weekly})
	}
	return out
}

// said is a command as it was written out.
type said struct {
	verb *verb
	ids  []incident.ID // the numbers that were named, in order
	rest string        // what else was said
}

// explicit reads a text that is a command and nothing else: the word first (签收3号), or
// the number first (3号签收), and then what the command needs after a space or a mark.
func (vs verbs) explicit(s string) (said, bool) {
	s = strings.TrimPrefix(s, "/")
	head := ""
	if ms := mentions(s); len(ms) > 0 && ms[0].start == 0 {
		head, s = s[:ms[0].end], trim(s[ms[0].end:])
	}
	v, rest, ok := vs.leading(s)
	if !ok || v.run != nil && head != "" && v.name() != "转人" {
		return said{}, false
	}
	if v.run != nil {
		return said{verb: v, rest: strings.TrimSpace(head + " " + rest)}, true
	}
	out := said{verb: v}
	if head != "" {
		out.ids = append(out.ids, mentions(head)[0].id)
		out.rest = rest
		return out, true
	}
	out.ids, out.rest = takeNumbers(v, rest)
	if v.kind.OfDuties() { // 履行3 is 履行任务3
		for i, id := range out.ids {
			if id < incident.FirstDuty {
				out.ids[i] = incident.FirstDuty + id - 1
			}
		}
	}
	return out, true
}

// leading finds the word with which a text begins. It stands alone, before a space or a
// mark, or before a number: 督办要求 is no 督办.
func (vs verbs) leading(s string) (*verb, string, bool) {
	lower := strings.ToLower(s)
	for _, w := range vs.words {
		rest, ok := strings.CutPrefix(lower, w)
		if !ok {
			continue
		}
		rest = s[len(s)-len(rest):]
		r, _ := utf8.DecodeRuneInString(rest)
		ms := mentions(rest)
		if rest == "" || mark(r) || len(ms) > 0 && ms[0].start == 0 || r >= '0' && r <= '9' && !strings.ContainsAny(w, "abcdefghijklmnopqrstuvwxyz") {
			return vs.byWord[w], strings.TrimLeftFunc(rest, mark), true
		}
		if v := vs.byWord[w]; w == "登记" && v.run != nil {
			return v, strings.TrimSpace(rest), true
		}
	}
	return nil, "", false
}

// takeNumbers takes the incidents' numbers off the front of what a command is given.
func takeNumbers(v *verb, rest string) ([]incident.ID, string) {
	var ids []incident.ID
	most := 1
	if v.kind == incident.KindMerge {
		most = 2
	}
	for len(ids) < most {
		rest = strings.TrimLeftFunc(rest, mark)
		if len(ids) > 0 {
			rest = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(rest, "并入"), "到"), "和")
			rest = strings.TrimLeftFunc(rest, mark)
		}
		if ms := mentions(rest); len(ms) > 0 && ms[0].start == 0 {
			ids, rest = append(ids, ms[0].id), rest[ms[0].end:]
			continue
		}
		word, tail := firstWord(rest)
		id, ok := number(word)
		if !ok || !asciiDigits(word) {
			break
		}
		ids, rest = append(ids, id), tail
	}
	return ids, strings.TrimLeftFunc(rest, mark)
}

func firstWord(s string) (word, rest string) {
	if i := strings.IndexFunc(s, mark); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func asciiDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && len(s) <= 9
}

// within finds the verbs of commands that stand anywhere in a text, none inside another.
func (vs verbs) within(s string) []*verb {
	var out []*verb
	lower := strings.ToLower(s)
	for _, w := range vs.words {
		v := vs.byWord[w]
		if v.kind == "" || utf8.RuneCountInString(w) < 2 || w[0] < utf8.RuneSelf {
			continue
		}
		if strings.Contains(lower, w) {
			lower = strings.ReplaceAll(lower, w, "\n")
			if !slices.ContainsFunc(out, func(o *verb) bool { return o.kind == v.kind }) {
				out = append(out, v)
			}
		}
	}
	return out
}
