package bot

import (
	"maps"
	"slices"
	"strings"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// help is 帮助: what this person can do, short enough for a phone.
func (t *turn) help() []Reply { return t.helpOn("") }

func (t *turn) helpOn(rest string) []Reply {
	if trim(rest) == "全部" {
		return one(t.helpAll())
	}
	if v := t.verbs.byWord[strings.ToLower(trim(rest))]; v != nil && v.kind != "" {
		return one(t.helpFor(v))
	}
	county := t.by.County()
	text := "登记：直接把情况发给我（文字、转发、链接、图片都行），核对后点一下就登记。\n"
	if county {
		text += "分办：3号转给水利局\n催办：3号催一下　督办：督办3号\n"
	}
	if _, all := t.units(); !all {
		text += "签收：签收3号　退回：退回3号 理由\n进展：进展3号 已到现场\n延期：延期3号 2天 理由\n办结：办结3号\n"
	}
	text += "查：3号现在怎么样　查询 路灯\n超期：逾期　要我办的：我的\n"
	if county {
		text += "值班：值班　交接班：交班\n"
	} else {
		text += "请假、代班：请假 明天 王科长代\n"
	}
	text += "周期任务：任务　做完了：履行任务3 网址\n"
	text += "「取消」随时停下；「帮助 全部」看所有命令，「帮助 送审」看一个命令。3号就是编号为3的事件。"
	r := Reply{Title: "我能做这些", Text: text}
	r.Buttons = [][]notify.Button{{
		{Text: "登记", Key: "say:登记", Style: 1}, {Text: "我的", Key: "say:我的", Style: 2}, {Text: "逾期", Key: "say:逾期", Style: 2},
	}}
	return one(r)
}

// helpFor says how one command is given, and what it asks for.
func (t *turn) helpFor(v *verb) Reply {
	text := "发「" + v.name() + example(v.kind) + "」"
	var asked []string
	for _, fd := range fields(v.kind, incident.Case{}, maps.Clone(v.set)) {
		if fd.required && fd.label != "" && v.set[fd.name] == "" {
			asked = append(asked, fd.label)
		}
	}
	if len(asked) > 0 {
		text += "，会问您：" + strings.Join(asked, "、") + "。可以一句话写完，没写的才问"
	}
	text += "。"
	if !slices.Contains(t.kindsOfMine(), v.kind) {
		text += "\n您的职务不办这一项。"
	}
	return Reply{Title: v.name(), Text: text}
}

// helpAll lists every word, those that this person's posts may say.
func (t *turn) helpAll() Reply {
	has := func(k incident.Kind) bool { return slices.Contains(t.kindsOfMine(), k) }
	var own []string
	seen := map[string]bool{}
	for _, v := range append(aliases(), t.verbs.rest()...) {
		if v.kind != "" && has(v.kind) && !seen[v.name()] {
			own = append(own, v.name())
			seen[v.name()] = true
		}
	}
	text := "事件命令（后面写编号，如「签收3号」「#3 签收」）：\n" + strings.Join(own, " ") + "\n其他：登记 查询 逾期 我的 "
	if t.Weekly != nil {
		text += "周报 "
	}
	text += "任务 登记任务 履行 值班 签到 请假 销假 转人 交班 绑定 草稿 继续 取消 帮助\n" +
		"也可以写成平常的话：「把3号转给水利局」「3号现在怎么样」「3号催一下」，要改动的事会先请您确认。\n" +
		"英文也行，前面可加斜杠：/log /accept 3 /find /overdue /mine /help"
	return Reply{Title: "全部命令", Text: text}
}

// kindsOfMine are the commands that the person's posts could ever give, on an incident
// that his unit leads.
func (t *turn) kindsOfMine() []incident.Kind {
	var out []incident.Kind
	leads := []org.UnitID{""}
	for _, h := range t.by.Holds {
		leads = append(leads, h.Unit)
	}
	for _, k := range incident.Kinds() {
		for _, u := range leads {
			for _, s := range incident.States() {
				if c := (incident.Case{Lead: u, State: s}); slices.Contains(c.Allowed(t.by), k) && !slices.Contains(out, k) {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// rest are the commands that have no word of their own here.
func (vs verbs) rest() []*verb {
	var out []*verb
	for _, k := range incident.Kinds() {
		if v := vs.byWord[k.Chinese()]; v != nil && v.kind == k && v.name() == k.Chinese() {
			out = append(out, v)
		}
	}
	return out
}
