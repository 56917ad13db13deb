package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// seeing notes, when a command about a draft begins, which draft and which of its
// versions the person has before him: the decision holds for those words only.
func seeing(c incident.Case, by org.Actor, kind incident.Kind, values map[string]string) {
	var d *incident.Draft
	switch kind { //nolint:exhaustive // the others are about no draft
	case incident.KindDraft:
		d = newest(c, incident.Drafting, incident.SentBack)
	case incident.KindSubmit:
		d = newest(c, incident.Drafting)
	case incident.KindReview:
		d = c.ToReview(by)
	case incident.KindCountersign:
		d = c.ToSign(by)
	case incident.KindWithdraw:
		d = newest(c, incident.Drafting, incident.SentBack, incident.UnderReview, incident.Approved)
	}
	if d == nil {
		return
	}
	values["draft"] = strconv.Itoa(d.N)
	if kind != incident.KindDraft && kind != incident.KindWithdraw {
		values["hash"] = d.Last().Hash
	}
}

func newest(c incident.Case, states ...incident.DraftState) *incident.Draft {
	for i := len(c.Drafts) - 1; i >= 0; i-- {
		if slices.Contains(states, c.Drafts[i].State) {
			return &c.Drafts[i]
		}
	}
	return nil
}

// draftFields are those of the commands about drafts.
func draftFields(kind incident.Kind, c incident.Case, values map[string]string) ([]field, bool) {
	which := []field{{name: "draft", as: asNumber}, {name: "hash"}}
	switch kind { //nolint:exhaustive // the others are about no draft
	case incident.KindCompose:
		return []field{{name: "county", label: "以县政府名义", as: asYes}}, true
	case incident.KindDraft:
		if values[fieldAdopt] != "" && values["adopt"] != "false" {
			return []field{which[0], verdict("adopt", "初稿", wording(c, values)+"\n核对无误后原样采用，还是改写？", "原样采用", "改写")}, true
		}
		title := text("title", "标题", "请写回应稿的标题。", true)
		if values["draft"] == "" {
			title.ask += "（也可以发「起草初稿" + c.ID.String() + "号」，由系统按记录先写一份）"
		}
		return []field{
			which[0], title,
			text("text", "内容", "请写回应稿的内容：发生了什么、已核实的情况、采取的措施、政策依据、群众该怎么做、下次发布时间、咨询电话。", true),
			{name: "county", label: "以县政府名义", as: asYes},
		}, true
	case incident.KindSubmit:
		return append(which,
			verdict("secrecy", "保密审查", wording(c, values)+"\n是否已做保密审查，不含国家秘密和工作秘密？", "已做", "还没有"),
			verdict("privacy", "个人信息", "是否已检查个人信息，不含可识别个人的内容？", "已检查", "还没有")), true
	case incident.KindReview:
		return append(which,
			verdict("approve", "审核意见", wording(c, values)+"\n是否通过？", "通过", "退回修改", "不通过", "不予通过", "不能通过", "没通过", "不同意", "退回", "修改"),
			text("comment", "意见", "请写明退回修改的意见。", values["approve"] == "false")), true
	case incident.KindCountersign:
		return append(which,
			verdict("agree", "会签意见", wording(c, values)+"\n是否同意？", "同意", "不同意"),
			text("comment", "意见", "请写明不同意的理由和修改意见。", values["agree"] == "false")), true
	case incident.KindWithdraw:
		return []field{which[0], text("reason", "撤稿理由", "请写明撤稿理由。", true)}, true
	case incident.KindRespond, incident.KindRelease:
		what := "发布"
		if kind == incident.KindRespond {
			what = "回应"
		}
		out := []field{
			{name: "draft", as: asNumber},
			text("address", what+"网址或平台", "在哪里"+what+"的？请发网址或平台名称。", true),
			{name: "at", label: "时间", as: asTime},
			text("unsigned", "未会签先发布的理由", "还有协办单位没有会签。确需先发布的，请写明理由。", false),
		}
		if kind == incident.KindRelease {
			out = append(out, text("speaker", "发布人", "", false))
		}
		return out, true
	}
	return nil, false
}

// fieldAdopt is no field of a command: that a first draft is to be adopted was said.
const fieldAdopt = "_adopt"

// composed shows the first draft that was just written, and what to do with it.
func composed(c incident.Case, r *Reply) {
	d := newest(c, incident.Drafting)
	if d == nil || !d.Last().Machine {
		return
	}
	r.Text = lines(r.Text, wording(c, map[string]string{"draft": strconv.Itoa(d.N)}), "请核对事实和数字：没有核实的写着“待核实”。")
	r.Buttons = [][]notify.Button{{
		{Text: "核对并采用", Key: "say:采用" + c.ID.String() + "号", Style: 1},
		{Text: "改写", Key: fmt.Sprintf("%s:%s:0", incident.KindDraft, c.ID), Style: 2},
		viewButton(c.ID),
	}}
}

// verdict is yes or no, in words of its own.
// others are further words for no.
func verdict(name, label, ask, yes, no string, others ...string) field {
	return field{name: name, label: label, ask: ask, as: asVerdict, required: true, options: []option{{"true", yes, nil}, {"false", no, others}}}
}

// maxWording is how much of a draft is shown in a chat, in characters; the whole stands on the page.
const maxWording = 600

// wording shows the words that are decided on.
func wording(c incident.Case, values map[string]string) string {
	n, err := strconv.Atoi(values["draft"])
	if err != nil {
		return ""
	}
	d := c.Draft(n)
	if d == nil {
		return ""
	}
	last := d.Last()
	text := fmt.Sprintf("%s（校验码%s）\n%s", d.Label(), last.Hash[:8], notify.CutRunes(incident.MaskText(last.Text), maxWording))
	if agreed, ok := c.Agreed(); ok {
		text += "\n▲会商口径：" + incident.MaskText(agreed.Wording)
	}
	if found := values[fieldFound]; found != "" {
		text += "\n" + found
	}
	return text
}

// fieldFound is no field of a command: what the checks found in the draft that is decided on.
const fieldFound = "_found"

// check notes what the checks find in the draft that a person is about to decide on.
func (t *turn) check(ctx context.Context, c incident.Case, kind incident.Kind, values map[string]string) {
	if !slices.Contains([]incident.Kind{incident.KindSubmit, incident.KindReview, incident.KindCountersign}, kind) && values[fieldAdopt] == "" {
		return
	}
	if n, err := strconv.Atoi(values["draft"]); err == nil {
		values[fieldFound] = findings(t.Desk.Vet(ctx, c, n))
	}
}

// findings are what whoever decides on a draft should look at, a line each.
func findings(found []incident.Finding) string {
	lines := make([]string, 0, len(found))
	for _, f := range found {
		mark := "▲检查："
		if f.Stop {
			mark = "▲不得发布："
		}
		lines = append(lines, mark+f.Text)
	}
	return strings.Join(lines, "\n")
}
