package page

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"huiying/incident"
	"huiying/org"
)

// input is how a field is filled in.
type input string

const (
	asLine   input = "text"
	asText   input = "textarea"
	asChoice input = "select"
	asUnit   input = "unit"     // one unit
	asUnits  input = "units"    // any number of units
	asTime   input = "datetime" // an instant in the county's zone
	asDate   input = "date"
	asNumber input = "number"
	asCheck  input = "checkbox"
	asFixed  input = "fixed" // not shown; always the same value
	// asSeen is not shown and says what the page showed when it was filled in, such as which
	// version of a draft; asPick is a choice of numbers; asVerdict is yes or no.
	asSeen    input = "seen"
	asPick    input = "pick"
	asVerdict input = "verdict"
	// asItems is what units are to do, one a line, each with its date; asParts may lack it.
	asItems input = "items"
	asParts input = "parts"
)

// field is one thing that a command asks for.
type field struct {
	name, label string
	as          input
	required    bool
	help        string
	options     []option
	value       string
}

// fields are what the form of a command asks for, in the order in which an officer
// fills it in. The names are those of the command's JSON.
func (p *Pages) fields(kind incident.Kind, c incident.Case, by org.Actor) []field {
	switch kind { //nolint:exhaustive // the others follow
	case incident.KindAssess:
		return []field{
			{name: "level", label: "等级", as: asChoice, required: true, options: levelOptions(c.Level())},
			{name: "category", label: "类别", as: asLine, value: c.Grading.Category},
			{name: "grade", label: "事件级别", as: asLine, help: "例如：较大（突发事件分级，没有可不填）", value: c.Grading.Grade},
			reason("研判理由", false),
		}
	case incident.KindDispatch:
		suggested := ""
		if len(c.Grading.Suggested) > 0 && c.Lead == "" {
			suggested = string(c.Grading.Suggested[0])
		}
		return []field{
			{name: "lead", label: "主办单位", as: asUnit, required: true, value: suggested},
			{name: "assisting", label: "协办单位", as: asUnits},
			{name: "requirements", label: "办理要求", as: asText},
		}
	case incident.KindDesignate:
		return []field{
			{name: "lead", label: "指定主办单位", as: asUnit, required: true, help: "指定后不得退回"},
			{name: "assisting", label: "协办单位", as: asUnits},
			reason("指定理由", true),
		}
	case incident.KindReturn:
		return []field{reason("退回理由", true), {name: "suggest", label: "建议承办单位", as: asUnit}}
	case incident.KindRegrade:
		return []field{
			{name: "to", label: "调整为", as: asChoice, required: true, options: levelOptions(c.Level())},
			{name: "kind", label: "原因", as: asChoice, required: !unsure(c), help: confirmHelp(c), options: []option{
				{Value: "", Label: "请选择"},
				{Value: "development", Label: "事态发展（新时限从发展之时起算）"},
				{Value: "correction", Label: "认定更正（时限仍从接报起算）"},
			}},
			{name: "happened_at", label: "事态发展的时间", as: asTime, help: "认定更正不用填；不填按现在"},
			reason("理由", true),
		}
	case incident.KindRetime:
		return []field{
			{name: "policy", as: asFixed, value: p.Desk.Book().Policy.Version()},
			{name: "reason", label: "理由", as: asText, required: true, help: "按现行时限政策“" + p.Desk.Book().Policy.Name + "”重新计算未完成的时限"},
		}
	}
	if fields := dutyFormFields(kind, c); fields != nil {
		return fields
	}
	if fields := draftFields(kind, c, by); fields != nil {
		p.nameUnits(kind, fields)
		return fields
	}
	return append(unitFields(kind), countyFields(kind, c)...)
}

// confirmHelp says how the level that the machine found is confirmed.
func confirmHelp(c incident.Case) string {
	if unsure(c) {
		return "确认系统研判的等级时不用选"
	}
	return ""
}

// unitFields are those of the commands that units give.
func unitFields(kind incident.Kind) []field {
	switch kind { //nolint:exhaustive // the others ask for nothing or are the county's
	case incident.KindProgress:
		return []field{
			{name: "text", label: "进展内容", as: asText, required: true},
			{name: "obstacle", label: "未能按期的原因", as: asLine, help: "超期或将要超期的请填写，督办通报会引用"},
		}
	case incident.KindAskExtension:
		return []field{
			{name: "days", label: "延期天数", as: asNumber, required: true, help: "不得超过原时限"},
			reason("延期理由", true),
		}
	case incident.KindFirstReport:
		return []field{
			{name: "text", label: "报告内容", as: asText, help: "时间、地点、经过、伤亡和影响、已采取的措施；没有核实的写“待核实”"},
			{name: "final", label: "这是终报", as: asCheck},
		}
	case incident.KindPressConference:
		return []field{
			{name: "place", label: "地点", as: asLine, required: true},
			{name: "speaker", label: "发布人", as: asLine, required: true},
			factTime("召开时间"),
			{name: "host", label: "主持人", as: asLine},
			{name: "materials", label: "发布材料", as: asLine},
			{name: "questions", label: "提问与回答", as: asText, help: "谁问了什么，怎样回答的"},
			{name: "address", label: "实录或报道网址", as: asLine},
			{name: "head_spoke", label: "主要负责人发声", as: asCheck},
		}
	case incident.KindConsult:
		return []field{
			{name: "participants", label: "参加单位和人员", as: asText, required: true, help: "县政府办、宣传部、网信办、公安和有关单位，写明姓名和职务"},
			{name: "facts", label: "各方认可的事实", as: asText, required: true, help: "数字写明截至何时"},
			{name: "wording", label: "对外口径", as: asText, required: true, help: "各单位对外都照此说；此后的回应稿与口径中的数字核对"},
			{name: "division", label: "分工", as: asParts, help: "每行一条：单位：做什么，期限，例如：县生态环境局：监测下风向空气，11月21日前。协办单位的成为协办任务，不写期限的取主办单位剩余时限的一半"},
		}
	case incident.KindPlan:
		return []field{
			{name: "promised_at", label: "承诺办结日期", as: asDate, required: true, help: "办结时限改为该日24:00"},
			{name: "text", label: "处理方案", as: asText},
		}
	case incident.KindConclude:
		return concludeFields()
	case incident.KindFeedback:
		return []field{
			{name: "to", label: "反馈给谁", as: asChoice, options: []option{
				{Value: "", Label: "来源要求的对象"}, {Value: "superior", Label: "上级"}, {Value: "platform", Label: "来源平台"}, {Value: "reporter", Label: "来件人"},
			}},
			where("反馈的网址或文号"), factTime("反馈时间"),
			{name: "text", label: "反馈内容", as: asText},
		}
	}
	return nil
}

func concludeFields() []field {
	kinds := []option{{Value: "", Label: "请选择"}}
	for _, k := range incident.ConcludeKinds() {
		kinds = append(kinds, option{Value: string(k), Label: k.Chinese()})
	}
	return []field{
		{name: "kind", label: "办结方式", as: asChoice, required: true, options: kinds},
		{name: "result", label: "处理结果", as: asText, help: "“已解决”必填"},
		{name: "basis", label: "政策或法律依据", as: asText, help: "“说明原因”必填"},
		{name: "facts", label: "查明的事实", as: asText, help: "“澄清事实”必填"},
		{name: "address", label: "公开答复或澄清的网址", as: asLine, help: "“澄清事实”必填；其他方式公开答复了的也请填写"},
		{name: "promised_at", label: "承诺办结日期", as: asDate, help: "“给出处理方案”必填"},
	}
}

// countyFields are those of the commands that the county gives.
func countyFields(kind incident.Kind, c incident.Case) []field {
	switch kind { //nolint:exhaustive // the others ask for nothing or are the units'
	case incident.KindGrantExtension:
		return []field{{name: "answer", label: "答复意见", as: asText}}
	case incident.KindRefuseExtension:
		return []field{reason("不予延期的理由", true)}
	case incident.KindVerify:
		return []field{
			{name: "result", label: "回访结果", as: asChoice, required: true, options: []option{
				{Value: "", Label: "请选择"},
				{Value: "satisfied", Label: "满意"},
				{Value: "unsatisfied", Label: "不满意"},
				{Value: "unreached", Label: "未联系上"},
			}},
			{name: "text", label: "说明", as: asText},
		}
	case incident.KindReflect:
		return reflectFields(c)
	case incident.KindMerge:
		return []field{{name: "into", label: "并入哪一件（编号）", as: asNumber, required: true, value: likeliest(c)}, reason("并案理由", true)}
	case incident.KindSplit:
		return []field{reason("拆案理由", true)}
	case incident.KindVoid:
		return []field{reason("作废理由", true)}
	case incident.KindReopen:
		return []field{reason("重办理由", true)}
	case incident.KindComment:
		return []field{{name: "text", label: "备注内容", as: asText, required: true}}
	case incident.KindSupervise:
		return []field{{name: "text", label: "督办意见", as: asText}}
	case incident.KindFind:
		return findFields()
	case incident.KindRevoke:
		var standing []option
		for _, f := range c.Standing() {
			standing = append(standing, option{Value: strconv.Itoa(f.N), Label: fmt.Sprintf("第%d号 %s：%s", f.N, f.What.Chinese(), f.Reason)})
		}
		return []field{{name: "finding", label: "撤销哪一号", as: asPick, required: true, options: standing}, reason("撤销理由", true)}
	}
	return nil
}

// findFields are those of a finding.
func findFields() []field {
	whats := []option{{Value: "", Label: "请选择"}}
	for _, f := range incident.Faults() {
		whats = append(whats, option{Value: string(f), Label: f.Chinese()})
	}
	return []field{
		{name: "what", label: "认定", as: asChoice, required: true, options: whats, help: "迟报按首报时限自动计算，不用认定"},
		{name: "unit", label: "被认定的单位", as: asUnit, required: true},
		{name: "known_at", label: "该单位何时知情", as: asTime, help: "漏报必填：单位已经知情、由其他方面发现的才是漏报"},
		{name: "found_by", label: "由谁发现", as: asLine, help: "漏报必填，例如：县网信办巡查"},
		reason("认定理由", true),
		{name: "evidence", label: "认定依据", as: asText, required: true, help: "文号、通话记录、截图所在位置"},
	}
}

func reason(label string, required bool) field {
	return field{name: "reason", label: label, as: asText, required: required}
}

func where(label string) field {
	return field{name: "address", label: label, as: asLine, required: true}
}

func factTime(label string) field {
	return field{name: "at", label: label, as: asTime, help: "不填按现在"}
}

func levelOptions(now incident.Level) []option {
	out := []option{{Value: "", Label: "请选择"}}
	for _, l := range incident.Levels() {
		out = append(out, option{Value: string(l), Label: l.Chinese(), Selected: l == now})
	}
	return out
}

// useful leaves out the commands that the state allows and that would be refused: a
// form for them would only mislead.
func useful(kind incident.Kind, c incident.Case, by org.Actor) bool {
	asked := slices.ContainsFunc(c.Extensions, incident.Extension.Open)
	switch kind { //nolint:exhaustive // the others are always of use
	case incident.KindAccept:
		for _, unit := range append([]org.UnitID{c.Lead}, c.Assisting...) {
			if d := c.Dispatching(unit); by.In(unit) && d != nil {
				return d.Accepted.IsZero()
			}
		}
		return false
	case incident.KindReturn:
		return !c.Designated
	case incident.KindAskExtension:
		return !asked
	case incident.KindGrantExtension, incident.KindRefuseExtension:
		return asked
	case incident.KindRespond, incident.KindRelease:
		return draftIn(c, incident.Approved, incident.Published) != nil
	case incident.KindPlan:
		return c.Level() != incident.General
	case incident.KindDispatch:
		return c.Level() != ""
	case incident.KindAcknowledge:
		for _, m := range c.Milestones {
			for _, t := range m.Told {
				if m.Pending() && slices.Contains(t.People, by.Person) && !slices.Contains(t.Acked, by.Person) {
					return true
				}
			}
		}
		return false
	}
	return true
}

// serves tells whether a command is what is waited for now.
func serves(kind incident.Kind, c incident.Case, by org.Actor, now time.Time) bool {
	// What the lead unit owes is waited for from the lead unit, though the county may do it too.
	own := c.Lead == "" || by.In(c.Lead)
	pending := func(kinds ...incident.MilestoneKind) bool {
		return own && slices.ContainsFunc(kinds, func(k incident.MilestoneKind) bool { return len(c.PendingOf(k)) > 0 })
	}
	switch kind { //nolint:exhaustive // the others are never waited for
	case incident.KindFulfil:
		return ownDuty(c, by) && c.State.Open()
	case incident.KindAssess:
		return c.Level() == "" || !c.Grading.Confirmed
	case incident.KindRegrade:
		return unsure(c) && c.State != incident.Received && c.State != incident.Assessed
	case incident.KindDispatch:
		return slices.Contains(waiting(), c.State)
	case incident.KindDesignate:
		return c.State == incident.Returned
	case incident.KindAccept:
		return true
	case incident.KindReturn:
		return c.State == incident.Dispatched
	case incident.KindGrantExtension, incident.KindRefuseExtension:
		return true
	case incident.KindFirstReport:
		return pending(incident.MilestoneFirstReport) || pending(incident.MilestoneFollowup) && c.FollowupSoon(now)
	case incident.KindDraft, incident.KindCompose:
		// What has to be said and has no words under way yet.
		return draftIn(c, incident.UnderReview, incident.Approved, incident.Drafting) == nil &&
			pending(incident.MilestoneRespond, incident.MilestoneRelease, incident.MilestoneRollingRelease)
	case incident.KindSubmit:
		d := draftIn(c, incident.Drafting)
		return own && d != nil && !d.Last().Machine
	case incident.KindReview:
		return true
	case incident.KindCountersign:
		return unsaid(c, by)
	case incident.KindOpinion:
		return slices.ContainsFunc(c.DueParts(), func(d incident.Due) bool { return by.In(d.Unit) })
	case incident.KindRespond:
		return draftIn(c, incident.Approved) != nil && pending(incident.MilestoneRespond)
	case incident.KindRelease:
		return draftIn(c, incident.Approved) != nil && pending(incident.MilestoneRelease, incident.MilestoneRollingRelease)
	case incident.KindPressConference:
		return pending(incident.MilestonePressConference)
	case incident.KindProgress:
		return own && (c.State == incident.Accepted || c.State == incident.Handling)
	case incident.KindPlan:
		return pending(incident.MilestonePlan)
	case incident.KindConclude:
		return pending(incident.MilestoneConclude, incident.MilestonePlan)
	case incident.KindFeedback:
		return pending(incident.MilestoneFeedback)
	case incident.KindReflect:
		return pending(incident.MilestoneAfterAction)
	case incident.KindAcknowledge:
		return !by.In(c.Lead)
	}
	return false
}

// unsaid tells whether a draft waits for a countersignature of the actor's unit.
func unsaid(c incident.Case, by org.Actor) bool {
	d := c.ToSign(by)
	if d == nil {
		return false
	}
	for _, u := range c.Assisting {
		said := slices.ContainsFunc(d.Signed, func(s incident.Signed) bool { return s.Unit == u && s.Hash == d.Last().Hash })
		if by.In(u) && !said {
			return true
		}
	}
	return false
}

// number reads a whole number.
func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
