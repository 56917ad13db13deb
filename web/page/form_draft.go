package page

import (
	"slices"
	"strconv"

	"huiying/incident"
	"huiying/org"
)

// draftFields are those of the commands about drafts, and of those that publish them.
func draftFields(kind incident.Kind, c incident.Case, by org.Actor) []field {
	switch kind { //nolint:exhaustive // the others are about no draft
	case incident.KindCompose:
		return []field{{
			name: "county", label: "以县政府名义发布（复审主要负责人，终审县政府办主任）", as: asCheck,
			help: "按办理记录和本县模板写出初稿，不会自动送审或发布：须由人修改，或核对后原样保存（即采用），再送审",
		}}
	case incident.KindDraft:
		return writeFields(c)
	case incident.KindSubmit:
		return append(seenDraft(draftIn(c, incident.Drafting)),
			field{name: "secrecy", label: "已做保密审查，不含国家秘密和工作秘密", as: asCheck},
			field{name: "privacy", label: "已检查个人信息，不含可识别个人的内容", as: asCheck})
	case incident.KindReview:
		return append(seenDraft(c.ToReview(by)),
			verdict("approve", "审核意见", "通过", "退回修改"),
			field{name: "comment", label: "意见", as: asText, help: "退回修改的必填"})
	case incident.KindCountersign:
		return append(seenDraft(c.ToSign(by)),
			verdict("agree", "会签意见", "同意", "不同意"),
			field{name: "comment", label: "意见", as: asText, help: "不同意的必填"})
	case incident.KindAssign:
		var units []option
		for _, u := range c.Assisting {
			units = append(units, option{Value: string(u), Label: string(u)})
		}
		return []field{
			{name: "unit", label: "协办单位", as: asChoice, required: true, options: units},
			{name: "text", label: "任务", as: asText, required: true},
			{name: "due_at", label: "期限", as: asTime, help: "不填则取主办单位剩余时限的一半；不能晚于主办时限"},
		}
	case incident.KindOpinion:
		return []field{{name: "text", label: "协办意见", as: asText, required: true, help: "写明本单位掌握的情况和数字、已办和将办的事"}}
	case incident.KindWithdraw:
		d := draftIn(c, incident.Drafting, incident.UnderReview, incident.SentBack, incident.Approved)
		return []field{draftField(d), reason("撤稿理由", true)}
	case incident.KindRespond:
		return append(publishFields(c, "回应"), factTime("回应时间"))
	case incident.KindRelease:
		return append(publishFields(c, "发布"), factTime("发布时间"),
			field{name: "speaker", label: "发布人", as: asLine},
			field{name: "head_spoke", label: "主要负责人发声", as: asCheck})
	}
	return nil
}

// writeFields begin with the wording as it stands, where there is one that can be changed.
func writeFields(c incident.Case) []field {
	which := []option{{Value: "0", Label: "另拟一份新稿"}}
	var last incident.Version
	chosen, county := "0", ""
	for _, d := range c.Drafts {
		if d.State != incident.Published && d.State != incident.Withdrawn {
			last, chosen = d.Last(), strconv.Itoa(d.N)
			which = append(which, option{Value: chosen, Label: "修改" + d.Label()})
			if county = ""; d.County {
				county = "1"
			}
		}
	}
	fields := []field{{name: "title", label: "标题", as: asLine, required: true, value: last.Title}}
	if len(which) > 1 {
		fields = append([]field{{name: "draft", label: "哪一份", as: asPick, options: which, value: chosen}}, fields...)
	}
	return append(fields,
		field{
			name: "text", label: "内容", as: asText, required: true, value: last.Text,
			help: "写明：发生了什么、已核实的情况、采取的措施、政策依据、群众该怎么做、下次发布时间、咨询电话。不推测原因，不写个人姓名",
		},
		field{name: "county", label: "以县政府名义发布（复审主要负责人，终审县政府办主任）", as: asCheck, value: county},
	)
}

// publishFields ask for where a reviewed draft went out.
func publishFields(c incident.Case, what string) []field {
	var which []option
	value := ""
	for _, d := range c.Drafts {
		if d.State == incident.Approved || d.State == incident.Published {
			n := strconv.Itoa(d.N)
			if value == "" || d.State == incident.Approved {
				value = n
			}
			which = append(which, option{Value: n, Label: d.Label() + "（" + d.State.Chinese() + "）"})
		}
	}
	pick := field{name: "draft", label: what + "哪一份", as: asPick, required: true, options: which, value: value}
	if len(which) == 1 {
		pick.as = asSeen
	}
	fields := []field{
		pick,
		where(what + "的网址或平台"),
		{name: "channel", label: "渠道", as: asLine, help: "例如：县政府网站、微信公众号、问政平台"},
	}
	if n, err := strconv.Atoi(value); err == nil && c.Level() == incident.Emergency && len(c.Unsigned(*c.Draft(n))) > 0 {
		fields = append(fields, field{name: "unsigned", label: "未会签先发布的理由", as: asText, help: "还有协办单位没有会签，突发事件确需先发布的填写"})
	}
	return fields
}

// seenDraft names the draft, and the words that the reader has before his eyes.
func seenDraft(d *incident.Draft) []field {
	if d == nil {
		return []field{{name: "draft", as: asSeen}, {name: "hash", as: asSeen}}
	}
	return []field{draftField(d), {name: "hash", as: asSeen, value: d.Last().Hash}}
}

func draftField(d *incident.Draft) field {
	f := field{name: "draft", label: "回应稿", as: asSeen}
	if d != nil {
		f.value = strconv.Itoa(d.N)
	}
	return f
}

// verdict is yes or no, and neither before one has chosen.
func verdict(name, label, yes, no string) field {
	return field{name: name, label: label, as: asVerdict, required: true, options: []option{
		{Value: "", Label: "请选择"}, {Value: "yes", Label: yes}, {Value: "no", Label: no},
	}}
}

// draftIn is the newest draft in one of the states, nil for none.
func draftIn(c incident.Case, states ...incident.DraftState) *incident.Draft {
	for i := range slices.Backward(c.Drafts) {
		if slices.Contains(states, c.Drafts[i].State) {
			return &c.Drafts[i]
		}
	}
	return nil
}

// nameUnits calls the units in a choice by their names.
func (p *Pages) nameUnits(kind incident.Kind, fields []field) {
	if kind != incident.KindAssign {
		return
	}
	for i, o := range fields[0].options {
		fields[0].options[i].Label = p.unit(org.UnitID(o.Value))
	}
}
