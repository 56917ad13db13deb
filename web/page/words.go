package page

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// left says how long is left until a limit, or how long it is over.
func left(limit, now time.Time) string {
	if d := limit.Sub(now); d >= 0 {
		return "还剩" + span(d)
	}
	return "已超" + span(now.Sub(limit))
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "不到1分钟"
	case d < time.Hour:
		return fmt.Sprintf("%d分钟", d/time.Minute)
	case d < 48*time.Hour:
		return parts(int(d/time.Hour), "小时", int(d%time.Hour/time.Minute), "分钟")
	}
	return parts(int(d/(24*time.Hour)), "天", int(d%(24*time.Hour)/time.Hour), "小时")
}

func parts(n int, unit string, rest int, small string) string {
	text := strconv.Itoa(n) + unit
	if rest > 0 {
		text += strconv.Itoa(rest) + small
	}
	return text
}

// show is an instant for people, with the year where it is not this one; a dash for none.
func (p *Pages) show(t, now time.Time) string {
	if t.IsZero() {
		return "—"
	}
	text := incident.Show(t, p.Desk.Zone)
	// 24:00 of New Year's Eve belongs to the old year.
	if year := t.Add(-time.Nanosecond).In(p.Desk.Zone).Year(); year != now.In(p.Desk.Zone).Year() {
		return fmt.Sprintf("%d年%s", year, text)
	}
	return text
}

// rungLabel matches a rung's label in a sentence of the log, such as L-24h or S+1h30m.
var rungLabel = regexp.MustCompile(`\b([SDTL])(?:([+-])(span|(?:\d+[hms])+))?(?:\b|$)`)

// rungText says a rung's label in words: L-24h is 最迟时限前24小时.
func rungText(label string) string {
	m := rungLabel.FindStringSubmatch(label)
	if m == nil || m[0] != label {
		return label
	}
	base := map[string]string{"S": "起算", "D": "分办", "T": "力争时限", "L": "最迟时限"}[m[1]]
	switch {
	case m[3] == "" && (m[1] == "S" || m[1] == "D"):
		return base + "时"
	case m[3] == "":
		return base + "到"
	case m[3] == "span":
		return base + "后再过一个原时限"
	}
	side := "后"
	if m[2] == "-" {
		side = "前"
	}
	return base + side + strings.NewReplacer("h", "小时", "m", "分钟", "s", "秒").Replace(m[3])
}

// logText is a sentence of the log with rungs in words and units by name.
func (p *Pages) logText(e incident.Entry) string {
	text := incident.MaskText(e.Text)
	switch e.Command { //nolint:exhaustive // the sentences of the others hold neither
	case incident.KindTell:
		return rungLabel.ReplaceAllStringFunc(text, rungText)
	case incident.KindRelease, incident.KindRespond:
		for _, u := range p.Desk.Directory().Data().Units {
			text = strings.NewReplacer(string(u.ID)+"未会签", u.Name+"未会签", string(u.ID)+"、", u.Name+"、").Replace(text)
		}
	case incident.KindOpinion:
		if rest, ok := strings.CutPrefix(text, string(e.Actor.Unit)); ok {
			text = p.unit(e.Actor.Unit) + rest
		}
	case incident.KindDispatch, incident.KindDesignate, incident.KindReturn, incident.KindAccept, incident.KindAssign, incident.KindFind, incident.KindReflect, incident.KindConsult:
		for _, id := range p.unitsIn(e) {
			text = strings.ReplaceAll(text, string(id), p.unit(id))
		}
	}
	return text
}

// unitsIn lists the units that an entry's sentence may call by their ids.
func (p *Pages) unitsIn(e incident.Entry) []org.UnitID {
	ids := []org.UnitID{e.Before.Lead, e.After.Lead, e.Actor.Unit}
	if cmd, err := incident.Decode(e.Command, e.Payload); err == nil {
		switch c := cmd.(type) {
		case incident.Dispatch:
			ids = append(append(ids, c.Lead), c.Assisting...)
		case incident.Designate:
			ids = append(append(ids, c.Lead), c.Assisting...)
		case incident.Return:
			ids = append(ids, c.Suggest)
		case incident.Assign:
			ids = append(ids, c.Unit)
		case incident.Find:
			ids = append(ids, c.Unit)
		case incident.Consult:
			for _, it := range c.Division {
				ids = append(ids, it.Unit)
			}
		case incident.Reflect:
			for _, m := range c.Measures {
				ids = append(ids, m.Unit)
			}
		}
	}
	var out []org.UnitID
	seen := map[org.UnitID]bool{"": true}
	for _, id := range ids {
		if !seen[id] && p.unit(id) != string(id) {
			out = append(out, id)
		}
		seen[id] = true
	}
	return out
}

func roleText(r org.Role) string {
	switch r {
	case org.RoleAdmin:
		return "系统管理员"
	case org.RoleAuditor:
		return "审计员"
	case org.RoleIntake:
		return "接入账号"
	case org.RoleViewer:
		return "只读"
	case org.RoleSystem:
		return "系统"
	case org.RoleNone:
	}
	return ""
}

// viaText is how a command came.
func viaText(via string) string {
	words := map[string]string{
		"web": "网页", "api": "接口", "cli": "命令行", "wecom": "企业微信", "telegram": "Telegram", "email": "邮件",
		"robot": "群机器人", "console": "控制台", "drill": "演练", "engine": "系统", "classifier": "系统研判", "courier": "系统", "merge": "系统",
		"duties": "系统", "watch": "系统",
	}
	if word, ok := words[via]; ok {
		return word
	}
	return via
}

// actorText names the house's own actors in words.
func actorText(name string) string {
	words := map[string]string{"engine": "催办引擎", "classifier": "自动研判", "courier": "消息投递", "merge": "并案处理", "duties": "周期任务", "watch": "24小时监测"}
	if word, ok := words[name]; ok {
		return word
	}
	return name
}

func flagText(flag string) string {
	words := map[string]string{"drill": "疑为演练", "rumor": "疑为传言", "historical": "疑为旧事", "negated": "含否定说法"}
	if word, ok := words[flag]; ok {
		return word
	}
	return flag
}

func levelBy(by string) string {
	words := map[string]string{"reporter": "来源自带", "officer": "人工研判", "classifier": "系统研判"}
	if word, ok := words[by]; ok {
		return word
	}
	return by
}

// tone is the colour of a level.
func tone(l incident.Level) string {
	if l == "" {
		return "none"
	}
	return string(l)
}
