package bot

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"huiying/incident"
	"huiying/org"
)

// as says how a field is read.
type as int

const (
	asText     as = iota // free words
	asUnit               // one unit
	asUnits              // units
	asTime               // an instant
	asDate               // a day
	asNumber             // a number
	asNumberOf           // an incident's number
	asChoice             // one of options
	asYes                // true or nothing
	asVerdict            // true or false, chosen
	asItems              // what units are to do, one a line, each with its date
	asParts              // the same, where a date may be missing
	asFiles              // pictures and files that came along
)

// fieldWay is no field of a command: whether a regrade goes up or down.
const fieldWay = "_way"

// fieldFiles is where a command takes pictures and files.
const fieldFiles = "files"

// field is one thing that a command needs. Its name is that of the command's JSON.
type field struct {
	name, label, ask string
	as               as
	required         bool
	options          []option
}

// option is one of a choice's; words are further ways of saying it.
type option struct {
	value, label string
	words        []string
}

// text is a field of free words.
func text(name, label, ask string, required bool) field {
	return field{name: name, label: label, ask: ask, required: required}
}

func levelOptions() []option {
	return []option{
		{"general", "一般", []string{"普通", "一般性"}},
		{"major", "重大问题", []string{"重大"}},
		{"emergency", "重大突发", []string{"突发", "特别重大", "紧急"}},
	}
}

// fields are what a command needs, in the order in which it is asked for. values are what
// is known already: a conclusion's kind says what else it must hold.
func fields(kind incident.Kind, c incident.Case, values map[string]string) []field {
	if fs, ok := draftFields(kind, c, values); ok {
		return fs
	}
	if fs, ok := dutyFields(kind, c); ok {
		return fs
	}
	if fs, ok := unitFields(kind, values); ok {
		if kind.Proves() {
			fs = append(fs, field{name: fieldFiles, label: "附件", as: asFiles})
		}
		return fs
	}
	if fs, ok := countyFields(kind, c, values); ok {
		return fs
	}
	return unknownFields(kind)
}

func unitFields(kind incident.Kind, values map[string]string) ([]field, bool) {
	at := field{name: "at", label: "时间", as: asTime}
	switch kind { //nolint:exhaustive // the others follow
	case incident.KindAccept:
		return nil, true
	case incident.KindAcknowledge:
		return []field{{name: "milestone", as: asNumber}, {name: "all_rungs", as: asYes}}, true
	case incident.KindReturn:
		return []field{
			text("reason", "退回理由", "请写明退回理由，例如：不属本局职责，应由某单位承办。", true),
			{name: "suggest", label: "建议单位", as: asUnit},
		}, true
	case incident.KindProgress:
		return []field{
			text("text", "进展", "请写进展：做了什么，下一步是什么。", true),
			text("obstacle", "未能按期的原因", "", false),
		}, true
	case incident.KindAskExtension:
		return []field{
			{name: "days", label: "延期天数", ask: "要延期几天？（不超过原时限，只能申请一次）", as: asNumber, required: true},
			text("reason", "延期理由", "请写明延期理由。", true),
		}, true
	case incident.KindFirstReport:
		return []field{
			text("text", "报告内容", "请写报告内容：时间、地点、经过、伤亡和影响、已采取的措施；没有核实的写“待核实”。", true),
			{name: "final", label: "终报", as: asYes},
		}, true
	case incident.KindPressConference:
		return []field{
			text("place", "地点", "发布会在哪里开的？", true), text("speaker", "发布人", "发布人是谁？（姓名和职务）", true), at,
		}, true
	case incident.KindConsult:
		return []field{
			text("participants", "参加", "哪些单位和人员参加了会商？", true),
			text("facts", "事实", "各方认可的事实是什么？数字写明截至何时。", true),
			text("wording", "口径", "定了什么对外口径？", true),
			{name: "division", label: "分工", ask: "怎样分工？每行一条：单位：做什么，期限。没有分工就发“无”。", as: asParts, required: true},
		}, true
	case incident.KindPlan:
		return []field{
			{name: "promised_at", label: "承诺办结日期", ask: "承诺哪天办结？例如：12月5日。", as: asDate, required: true},
			text("text", "处理方案", "请写处理方案。", true),
		}, true
	case incident.KindConclude:
		return concludeFields(values), true
	case incident.KindFeedback:
		return []field{text("address", "反馈网址或文号", "向来源反馈的网址或文号是什么？", true), at}, true
	case incident.KindAssign:
		return []field{
			{name: "unit", label: "协办单位", ask: "交给哪个协办单位？", as: asUnit, required: true},
			text("text", "任务", "请写明要协办单位做什么。", true),
			{name: "due_at", label: "期限", as: asTime},
		}, true
	case incident.KindOpinion:
		return []field{text("text", "协办意见", "请写协办意见：本单位掌握的情况和数字、已办和将办的事。", true)}, true
	case incident.KindComment:
		return []field{text("text", "备注", "请写备注内容。", true)}, true
	}
	return nil, false
}

func concludeFields(values map[string]string) []field {
	kind := values["kind"]
	out := []field{{name: "kind", label: "办结方式", ask: "怎样办结的？", as: asChoice, required: true, options: []option{
		{"resolved", "已解决", []string{"解决", "办好", "修好", "处理好"}},
		{"planned", "给出方案", []string{"给出处理方案"}},
		{"explained", "说明原因", []string{"说明", "解释"}},
		{"clarified", "澄清事实", []string{"澄清"}},
	}}}
	out = append(out,
		field{name: "promised_at", label: "承诺办结日期", ask: "承诺哪天办结？例如：12月5日。", as: asDate, required: kind == "planned"},
		text("result", "处理结果", "处理结果是什么？", kind == "resolved"),
		text("basis", "政策或法律依据", "政策或法律依据是什么？", kind == "explained"),
		text("facts", "查明的事实", "查明的事实是什么？", kind == "clarified"),
		text("address", "公开答复的网址", "澄清信息发布在哪里？请发网址。", kind == "clarified"),
	)
	return out
}

func countyFields(kind incident.Kind, c incident.Case, values map[string]string) ([]field, bool) {
	lead := field{name: "lead", label: "主办单位", ask: "分办给哪个单位？", as: asUnit, required: true}
	assisting := field{name: "assisting", label: "协办单位", as: asUnits}
	switch kind { //nolint:exhaustive // the others are the units', or not known yet
	case incident.KindAssess:
		return []field{
			{name: "level", label: "等级", ask: "定为哪一级？", as: asChoice, required: true, options: levelOptions()},
			text("reason", "理由", "", false),
		}, true
	case incident.KindDispatch:
		return []field{lead, assisting, text("requirements", "办理要求", "", false)}, true
	case incident.KindDesignate:
		lead.ask = "指定哪个单位承办？指定后不得退回。"
		return []field{lead, assisting, text("reason", "指定理由", "请写明指定理由。", true)}, true
	case incident.KindRegrade:
		return regradeFields(c, values), true
	case incident.KindGrantExtension:
		return []field{text("answer", "答复", "", false)}, true
	case incident.KindRefuseExtension:
		return []field{text("reason", "理由", "请写明不予延期的理由。", true)}, true
	case incident.KindVerify:
		return []field{{name: "result", label: "回访结果", ask: "回访结果怎样？", as: asChoice, required: true, options: []option{
			{"satisfied", "满意", nil}, {"unsatisfied", "不满意", nil}, {"unreached", "未联系上", []string{"没联系上", "打不通"}},
		}}, text("text", "说明", "", false)}, true
	case incident.KindReflect:
		return []field{
			text("happened", "经过", "请写经过：何时发生了什么，怎样发现、回应和处置的。", true),
			text("well", "做得好的", "哪些做得好？没有的写“无”。", true),
			text("ill", "不足", "有哪些不足？没有的写“无”。", true),
			text("causes", "原因分析", "原因是什么？", true),
			{name: "measures", label: "改进措施", ask: "请写改进措施，每行一条，写明责任单位、做什么、哪天前完成，例如：县住建局：每周巡查一次，12月10日前", as: asItems, required: true},
			text("took_part", "参加人员", "谁参加了复盘？（姓名和职务）", true),
		}, true
	case incident.KindMerge:
		return []field{
			{name: "into", label: "并入", ask: "并入哪一件？请发编号，例如：5号。", as: asNumberOf, required: true}, text("reason", "并案理由", "请写明并案理由，例如：同一件事。", true),
		}, true
	case incident.KindSplit, incident.KindArchive:
		if kind == incident.KindArchive {
			return nil, true
		}
		return []field{text("reason", "拆案理由", "请写明拆案理由。", true)}, true
	case incident.KindVoid:
		return []field{text("reason", "作废理由", "请写明作废理由。", true)}, true
	case incident.KindReopen:
		return []field{text("reason", "重办理由", "请写明重办理由。", true)}, true
	case incident.KindFind:
		return findFields(values), true
	case incident.KindRevoke:
		return []field{{name: "finding", label: "认定号", as: asNumber}, text("reason", "撤销理由", "请写明撤销认定的理由。", true)}, true
	case incident.KindSupervise:
		return []field{text("text", "督办意见", "请写督办意见，例如：请抓紧办理并反馈进展。", true)}, true
	}
	return nil, false
}

// findFields are those of a finding; an omission says when the unit knew and who found it.
func findFields(values map[string]string) []field {
	omitted := values["what"] == string(incident.Omitted)
	var whats []option
	for _, f := range incident.Faults() {
		whats = append(whats, option{string(f), f.Chinese(), nil})
	}
	return []field{
		{name: "what", label: "认定", ask: "认定什么？迟报按首报时限自动计算，不用认定。", as: asChoice, required: true, options: whats},
		{name: "unit", label: "被认定的单位", ask: "认定哪个单位？", as: asUnit, required: true},
		{name: "known_at", label: "单位何时知情", ask: "漏报是单位已经知情、由其他方面发现的。该单位是什么时候知情的？例如：11月20日9:30。", as: asTime, required: omitted},
		text("reason", "认定理由", "请写明认定的理由。", true),
		text("evidence", "认定依据", "依据是什么？例如文号、通话记录、截图所在位置。", true),
		text("found_by", "由谁发现", "由谁发现的？例如：县网信办巡查。", omitted),
	}
}

// regradeFields offers the levels that lie in the way that was said, 升级 or 降级.
func regradeFields(c incident.Case, values map[string]string) []field {
	levels := slices.DeleteFunc(levelOptions(), func(o option) bool {
		rank, now := incident.Level(o.value).Rank(), c.Level().Rank()
		switch values[fieldWay] {
		case "up":
			return rank <= now
		case "down":
			return rank >= now
		}
		return rank == now
	})
	if len(levels) == 0 { // there is no way up or down: let the desk say so
		levels = levelOptions()
	}
	return []field{
		{name: "to", label: "调整为", ask: "调整为哪一级？", as: asChoice, required: true, options: levels},
		{name: "kind", label: "原因", ask: "是事态有了发展，还是原来定得不准？", as: asChoice, required: true, options: []option{
			{"development", "事态发展", []string{"发展", "恶化", "扩大"}}, {"correction", "认定更正", []string{"更正", "定错", "误判"}},
		}},
		text("reason", "理由", "请写明理由。", true),
		{name: "happened_at", label: "发展的时间", as: asTime},
	}
}

// unknownFields are those of a command that this package has no words for: every text that
// its JSON names, required by its own refusals.
func unknownFields(kind incident.Kind) []field {
	cmd, err := incident.Decode(kind, nil)
	if err != nil {
		return nil
	}
	labels := map[string]string{
		"text": "内容", "reason": "理由", "title": "标题", "address": "网址", "opinion": "意见", "answer": "答复", "body": "正文",
		"draft": "稿号", "approve": "是否同意", "version": "版本",
	}
	var out []field
	for f := range reflect.TypeOf(cmd).Fields() {
		name, rules, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		label := labels[name]
		if label == "" {
			label = name
		}
		one := field{name: name, label: label, ask: "请写" + label + "。", required: !strings.Contains(rules, "omit")}
		switch f.Type.Kind() { //nolint:exhaustive // what cannot be written in a line is left out
		case reflect.String:
		case reflect.Bool:
			one.as = asYes
		case reflect.Int, reflect.Int64:
			one.as = asNumber
		default:
			continue
		}
		out = append(out, one)
	}
	return out
}

// command makes the command of what was filled in.
func command(kind incident.Kind, fs []field, values map[string]string) (incident.Command, error) {
	body := map[string]any{}
	for _, f := range fs {
		v, ok := values[f.name]
		if !ok || v == "" {
			continue
		}
		switch f.as {
		case asNumber, asNumberOf:
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return nil, &incident.Error{Code: incident.CodeInvalid, Field: f.name, Text: f.label + "须是数字。", Err: err}
			}
			body[f.name] = n
		case asYes, asVerdict:
			body[f.name] = v == "true"
		case asUnits:
			body[f.name] = strings.Split(v, ",")
		case asItems, asParts, asFiles:
			body[f.name] = json.RawMessage(v)
		case asText, asUnit, asTime, asDate, asChoice:
			body[f.name] = v
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode command: %w", err)
	}
	return incident.Decode(kind, raw) //nolint:wrapcheck // a sentence for people
}

// unitHit is a unit that a text names.
type unitHit struct {
	unit       org.UnitID
	start, end int
}

// unitsIn finds the units that a text names, the longest name at each place.
func unitsIn(dir *org.Directory, s string) []unitHit {
	var out []unitHit
	for _, u := range dir.Data().Units {
		for _, n := range append([]string{u.Name}, u.Aliases...) {
			for from := 0; ; {
				i := strings.Index(s[from:], n)
				if n == "" || i < 0 {
					break
				}
				out = append(out, unitHit{u.ID, from + i, from + i + len(n)})
				from += i + len(n)
			}
		}
	}
	slices.SortFunc(out, func(a, b unitHit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	var kept []unitHit
	for _, h := range out {
		if n := len(kept); n > 0 && h.start < kept[n-1].end {
			continue
		}
		kept = append(kept, h)
	}
	return kept
}
