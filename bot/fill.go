package bot

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

func unitID(s string) org.UnitID { return org.UnitID(s) }

func parseTime(s string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return at, fmt.Errorf("read time: %w", err)
	}
	return at, nil
}

var (
	address = regexp.MustCompile(`https?://[^\s，。；、）)」』"'<>]+`)
	days    = regexp.MustCompile(`([0-9]{1,3}|[一二三四五六七八九十两]{1,3})\s*(?:个工作日|个自然日|天|日)`)
	// roleBefore and roleAfter say what a unit that is named next to them does; they go with its name.
	roleBefore = regexp.MustCompile(`(?:主办|协办|协助|牵头)(?:单位)?[：:为由是]?\s*$`)
	roleAfter  = regexp.MustCompile(`^\s*(?:主办|协办|协助|牵头)`)
	// beforeLimit is what stands around a limit that was taken out.
	beforeLimit = regexp.MustCompile(`\s+(?:之?前|以前)(?:完成|报|答复|反馈)?`)
	// glue are words that stand between a command and what it is given.
	glue = regexp.MustCompile(`^(?:转给|转到|交给|分给|派给|分到|转办|转交|给|到|由|为|至|是|，|,|:|：|了|一下)+`)
)

// fill takes from what followed a command's word whatever its fields can read; what is
// left is the first field of free words.
func (t *turn) fill(f *form, fs []field, rest string) {
	rest = strings.TrimSpace(rest)
	for _, fd := range fs {
		if f.Values[fd.name] != "" || rest == "" {
			continue
		}
		switch fd.as {
		case asUnit:
			rest = t.fillUnits(f, fs, fd, rest)
		case asNumber:
			if m := days.FindStringSubmatchIndex(rest); m != nil && fd.name == "days" {
				n, _ := number(rest[m[2]:m[3]])
				f.Values[fd.name] = n.String()
				rest = cutSpan(rest, m[0], m[1])
			}
		case asTime, asDate:
			if w, ok := findWhen(rest, t.now, t.Zone); ok && fd.name == "due_at" {
				f.Values[fd.name] = w.deadline().Format(time.RFC3339)
				rest = beforeLimit.ReplaceAllString(cutSpan(rest, w.start, w.end), " ")
			} else if ok && (fd.as == asTime && w.clock && fd.name != "happened_at" || fd.as == asDate && w.day && fd.required) {
				f.Values[fd.name] = w.at.Format(time.RFC3339)
				rest = cutSpan(rest, w.start, w.end)
			}
		case asChoice, asVerdict:
			rest = fillChoice(f, fd, rest)
		case asNumberOf:
			if ms := mentions(rest); len(ms) > 0 {
				f.Values[fd.name] = ms[0].id.String()
				rest = cutSpan(rest, ms[0].start, ms[0].end)
			}
		case asText:
			if fd.name == "address" {
				if m := address.FindStringIndex(rest); m != nil {
					f.Values[fd.name] = rest[m[0]:m[1]]
					rest = cutSpan(rest, m[0], m[1])
				}
			}
		case asUnits, asYes, asItems, asParts, asFiles:
		}
	}
	rest = trim(glue.ReplaceAllString(trim(rest), ""))
	if rest == "" || slices.Contains([]string{"请", "已", "已经", "并", "和", "的", "并请", "麻烦"}, rest) {
		return
	}
	// A conclusion's kind decides which of its texts is needed: ask for the kind first.
	for _, required := range []bool{true, false} {
		for _, fd := range fields(incident.Kind(f.What), incident.Case{}, f.Values) {
			if fd.as == asText && fd.required == required && f.Values[fd.name] == "" && (required || fd.name != "address") {
				f.Values[fd.name] = rest
				return
			}
		}
	}
}

// fillUnits reads the lead and the assisting units: 水利局，协办住建局.
func (t *turn) fillUnits(f *form, fs []field, lead field, rest string) string {
	hits := unitsIn(t.dir, rest)
	assist := strings.Index(rest, "协办")
	if assist < 0 {
		assist = strings.Index(rest, "协助")
	}
	var others []string
	for _, h := range hits {
		switch {
		case f.Values[lead.name] == "" && (assist < 0 || h.start < assist || assist > 0 && strings.Contains(rest[h.end:], "主办")):
			f.Values[lead.name] = string(h.unit)
		case f.Values[lead.name] == string(h.unit):
		default:
			others = append(others, string(h.unit))
		}
	}
	if fd, ok := fieldNamed(fs, "assisting"); ok && len(others) > 0 {
		f.Values[fd.name] = strings.Join(others, ",")
	}
	if lead.name == "suggest" { // a reason that names the unit keeps its words
		return rest
	}
	for _, h := range slices.Backward(hits) {
		before, after := roleBefore.ReplaceAllString(rest[:h.start], ""), roleAfter.ReplaceAllString(rest[h.end:], "")
		rest = strings.TrimSpace(before) + " " + strings.TrimSpace(after)
	}
	return rest
}

// fillChoice takes the one option that a text names; of two it takes none.
func fillChoice(f *form, fd field, rest string) string {
	found, at, word := "", 0, ""
	for _, o := range fd.options {
		for _, w := range append([]string{o.label, o.value}, o.words...) {
			i := strings.Index(rest, w)
			if i < 0 || strings.Contains(word, w) {
				continue
			}
			if found != "" && found != o.value && !strings.Contains(w, word) {
				return rest
			}
			found, at, word = o.value, i, w
		}
	}
	if found == "" || fd.as == asVerdict && found == "true" && negated(rest[:at]) {
		return rest
	}
	f.Values[fd.name] = found
	if at == 0 {
		return trim(rest[len(word):])
	}
	return rest
}

// negated tells whether what stands before a word turns it round: 不通过, 还没有通过 approve of
// nothing, and whoever said so is asked again.
func negated(before string) bool {
	return containsAny(before, "不", "没", "未", "别", "勿", "无法", "难以", "暂缓", "退回")
}

// cutSpan takes a span out of a text.
func cutSpan(s string, from, to int) string {
	return strings.TrimSpace(s[:from]) + " " + strings.TrimSpace(s[to:])
}

// read checks what was answered to a field's question; why is a sentence when it cannot be
// taken. raw is the answer as it was typed.
func (t *turn) read(fd field, s, raw string) (value, why string) {
	switch fd.as {
	case asUnit:
		return t.readUnit(s)
	case asUnits:
		var ids []string
		for _, h := range unitsIn(t.dir, s) {
			ids = append(ids, string(h.unit))
		}
		if len(ids) == 0 {
			return "", "没有找到这个单位，请写单位名称或简称。"
		}
		return strings.Join(ids, ","), ""
	case asTime, asDate:
		w, ok := findWhen(s, t.now, t.Zone)
		if !ok || fd.as == asDate && !w.day {
			return "", "没有看懂日期或时间，请写成“11月20日”或“今天下午3点20分”。"
		}
		return w.at.Format(time.RFC3339), ""
	case asNumber:
		n, ok := number(strings.TrimRight(trim(s), "天日个"))
		if m := days.FindStringSubmatch(s); !ok && m != nil && fd.name == "days" { // 2天 检测结果未出
			n, ok = number(m[1])
		}
		if !ok {
			return "", fd.label + "请写数字，例如：2。"
		}
		return n.String(), ""
	case asNumberOf:
		if ms := mentions(s); len(ms) == 1 {
			return ms[0].id.String(), ""
		}
		n, ok := number(trim(s))
		if !ok {
			return "", "请发编号，例如：5号。"
		}
		return n.String(), ""
	case asChoice, asVerdict:
		probe := &form{Values: map[string]string{}}
		fillChoice(probe, fd, trim(s))
		if v := probe.Values[fd.name]; v != "" {
			return v, ""
		}
		if n, err := strconv.Atoi(trim(s)); err == nil && n >= 1 && n <= len(fd.options) {
			return fd.options[n-1].value, ""
		}
		return "", "请点选或写其中一项。"
	case asItems, asParts:
		return t.readItems(fd, raw)
	case asYes:
		if isYes(s) {
			return "true", ""
		}
		return "false", ""
	case asText, asFiles:
	}
	return strings.TrimSpace(raw), ""
}

// readItems reads what units are to do, and keeps it as the command has it.
func (t *turn) readItems(fd field, raw string) (value, why string) {
	if none := strings.Trim(raw, " 。.\n"); fd.as == asParts && (none == "无" || none == "没有") {
		return "[]", ""
	}
	items, err := t.Desk.Items(fd.name, raw, fd.as == asItems)
	if err != nil {
		return "", incident.Text(err)
	}
	if len(items) == 0 {
		return "", "没有读到内容。" + fd.ask
	}
	body, err := json.Marshal(items)
	if err != nil {
		return "", "没有看懂，请换个说法。"
	}
	return string(body), ""
}

// readUnit reads one unit; of several it takes none.
func (t *turn) readUnit(s string) (value, why string) {
	if u, ok := t.dir.FindUnit(trim(s)); ok {
		return string(u.ID), ""
	}
	hits := unitsIn(t.dir, s)
	switch {
	case len(hits) == 1:
		return string(hits[0].unit), ""
	case len(hits) > 1:
		return "", "说到了几个单位，请只写一个。"
	}
	if near := t.near(s); near != "" {
		return "", "没有“" + short(s, 12) + "”这个单位。是不是：" + near + "？请写全称。"
	}
	return "", "没有“" + short(s, 12) + "”这个单位，请写单位名称或简称。"
}

// near lists units whose names share a word with what was written.
func (t *turn) near(s string) string {
	words := []rune(strings.Trim(trim(s), "县局委办"))
	if len(words) < 2 {
		return ""
	}
	var out []string
	for _, u := range t.dir.Data().Units {
		for i := 0; i+2 <= len(words); i++ {
			if strings.Contains(u.Name+strings.Join(u.Aliases, " "), string(words[i:i+2])) {
				out = append(out, u.Name)
				break
			}
		}
	}
	if len(out) > 4 {
		return ""
	}
	return strings.Join(out, "、")
}
