package bot

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiying/incident"
	"huiying/notify"
)

// maxText bounds what one message may say, in characters; the rest is cut off and said so.
const maxText = 20_000

// tidy makes what was typed comparable: full-width letters, digits and marks become
// half-width, ends are trimmed. What is kept for the record is not tidied.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(narrow, notify.Clean(s)))
}

// narrow is the half-width twin of a full-width rune. Chinese full stops, commas and
// quotes stay: they part words.
func narrow(r rune) rune {
	switch {
	case r == '\u3000':
		return ' '
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '＃', r == '／', r == '：', r == '？', r == '！', r == '－', r == '．':
		return r - 0xFEE0
	}
	return r
}

// mark tells whether a rune parts words.
func mark(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`,，.。;；:：!！?？、"“”'‘’「」『』()（）[]【】`, r)
}

// trim drops marks from both ends.
func trim(s string) string { return strings.TrimFunc(s, mark) }

// asks tells whether a text is a question rather than an order.
func asks(s string) bool {
	for _, w := range []string{"?", "吗", "怎么", "如何", "是否", "有没有", "能不能", "可不可以", "么样", "哪", "谁", "什么", "多少", "几点", "为何", "了没"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// denies tells whether a text says that something is not to be done.
func denies(s string) bool {
	for _, w := range []string{"不要", "别", "不用", "无需", "先不", "暂不", "不必", "不能", "没有"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// numbered matches an incident's number as people write it: #3, 3号, 第3号, 三号; and a
// recurring duty's: 任务3.
var numbered = regexp.MustCompile(`任务\s*([0-9]{1,6})号?|#\s*([0-9]{1,9})|第?\s*([0-9]{1,9}|[一二三四五六七八九十百〇零两]{1,6})\s*号`)

// notNumber are what makes 3号 a place or a thing: 3号楼, 2号线.
const notNumber = "楼线院门桥店公机煤库仓区井泊厂塔幢栋单地段路街房车船坑台站墙文令信通航馆厅舱铺棚矿渠闸"

// mention is an incident's number in a text, and where it stands.
type mention struct {
	id         incident.ID
	start, end int
}

// mentions finds the numbers of incidents in a tidied text. A day of a month and a
// building are none.
func mentions(s string) []mention {
	var out []mention
	for _, m := range numbered.FindAllStringSubmatchIndex(s, -1) {
		before, _ := utf8.DecodeLastRuneInString(s[:m[0]])
		after, _ := utf8.DecodeRuneInString(s[m[1]:])
		var digits string
		switch {
		case m[2] >= 0:
			if id, ok := number(s[m[2]:m[3]]); ok && !strings.ContainsRune("年月日个项件条次", after) {
				out = append(out, mention{incident.FirstDuty + id - 1, m[0], m[1]})
			}
			continue
		case m[4] >= 0:
			digits = s[m[4]:m[5]]
		default:
			digits = s[m[6]:m[7]]
			if strings.ContainsRune("月年-/.", before) || unicode.IsDigit(before) || strings.ContainsRune("一二三四五六七八九十百", before) || strings.ContainsRune(notNumber, after) {
				continue
			}
		}
		if id, ok := number(digits); ok {
			out = append(out, mention{id, m[0], m[1]})
		}
	}
	return out
}

// number reads 12 or 十二 as an incident's number.
func number(s string) (incident.ID, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		var ok bool
		if n, ok = hanNumber(s); !ok {
			return 0, false
		}
	}
	return incident.ID(n), n > 0
}

// hanNumber reads a number up to 999 in Chinese.
func hanNumber(s string) (int64, bool) {
	var total, digit int64
	for _, r := range s {
		switch i := strings.IndexRune("零一二三四五六七八九", r); {
		case i >= 0:
			digit = int64(i / len("零"))
		case r == '〇':
			digit = 0
		case r == '两':
			digit = 2
		case r == '十':
			total, digit = total+max(digit, 1)*10, 0
		case r == '百':
			total, digit = total+max(digit, 1)*100, 0
		default:
			return 0, false
		}
	}
	return total + digit, s != ""
}

// short is a title for a line of a list, without personal data.
func short(title string, n int) string {
	return notify.CutRunes(strings.Join(strings.Fields(incident.MaskText(title)), " "), n)
}
