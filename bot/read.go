package bot

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"huiying/incident"
	"huiying/notify"
)

// What a report says of itself is read by plain rules; a person confirms it, and changes
// whatever was read wrong with one tap.

const titleRunes = 40

// readTitle makes a title: what stands in 【】 at the beginning, else the first sentence.
func readTitle(text string) string {
	s := strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(s, "【"); ok {
		if in, _, ok := strings.Cut(rest, "】"); ok && utf8.RuneCountInString(in) >= 6 {
			return notify.CutRunes(strings.Join(strings.Fields(in), " "), titleRunes)
		}
	}
	s = personal.ReplaceAllString(s, "")
	if m := handedBy.FindString(s); m != "" && len(m) < len(s) {
		s = strings.TrimSpace(s[len(m):])
	}
	if i := strings.IndexAny(s, "。！？!?\n;；"); i > 0 {
		s = s[:i]
	}
	return notify.CutRunes(strings.Join(strings.Fields(clauses(s)), " "), titleRunes)
}

// personal matches a bracket that says how to reach somebody or who he is: a title goes to
// everybody who is told, and names no reporter (个人信息保护法 第六条).
var personal = regexp.MustCompile(`[（(【][^（）()【】\n]{0,40}?(?:电话|手机|身份证|住址|微信|邮箱|1[3-9][0-9]{9})[^（）()【】\n]{0,60}[）)】]`)

// clauses are the first clauses of a sentence that say what happened, as many as make a
// title: that somebody posted a video is no title.
func clauses(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '，' || r == ',' || r == '：' })
	for len(parts) > 1 && prelude.MatchString(strings.TrimSpace(parts[0])) {
		parts = parts[1:]
	}
	if len(parts) == 0 {
		return s
	}
	out := parts[0]
	if m := toldBy.FindString(out); utf8.RuneCountInString(out)-utf8.RuneCountInString(m) >= 6 {
		out = out[len(m):]
	}
	for _, p := range parts[1:] {
		if utf8.RuneCountInString(out)+utf8.RuneCountInString(p) > 24 {
			break
		}
		out += "，" + p
	}
	return out
}

// toldBy matches who said it, at the beginning of what was said. That it is only hearsay
// (网传) stays.
var toldBy = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]{0,6}?(?:网友|群众|市民|居民|业主|家长|村民)(?:来电)?(?:发帖|发视频)?(?:称|说|反映|反应|爆料|投诉|举报)`)

// prelude matches a clause that only says who said it, where and when.
var prelude = regexp.MustCompile(`(?:发视频|发帖|发文|反映|反应|爆料|来电|投诉|举报|发布视频|称|转来|传言|消息)[::]?$|^(?:[0-9年月日号点时分:]|今天|昨天|昨晚|今早|上午|下午|晚上|凌晨|刚才|刚刚|左右|许)+$|^(?:您好|你好|领导好|尊敬的.{0,8})$|^(?:工单|单号|受理编号|来件编号).{0,30}$|^(?:来电人|联系人|反映人|投诉人|来信人|举报人|姓名|电话).{0,24}$|^1[3-9][0-9]{9}$`)

// handedBy is how a text begins that was handed on: 12345转来：, 转发, 来源：抖音。.
var handedBy = regexp.MustCompile(`^(?:[^。，,\n]{0,16}(?:转来|转办|来电|交办|移送|推送|反映|爆料)[::,，]\s*|转发[::]\s*|来源[::][^。，,\n]{1,16}[。，,\n]\s*)`)

var placePattern = regexp.MustCompile(`[\p{Han}0-9A-Za-z]{0,12}?(?:大道|小区|社区|花园|家园|新村|广场|公园|学校|中学|小学|幼儿园|医院|卫生院|车站|市场|工业园|物流园|园区|工地|大厦|商场|超市|水库|路口|隧道|煤矿|酒店|宾馆|高速|国道|省道|仓库|化工厂|工厂|大桥|路|街|巷|村|镇|乡|桥|河)` +
	`(?:[0-9一二三四五六七八九十]{1,4}(?:号楼?|栋|幢|期|单元|公里处?))?(?:(?:门口|附近|路段|旁|东|西|南|北|侧|内|对面)+)?`)

// beforePlace are words that stand before a place and are no part of it.
var beforePlace = regexp.MustCompile(`^(?:.*(?:位于|发生在|地点[::是]?|今天|今日|昨天|昨日|昨晚|今早|今晨|凌晨|早上|上午|中午|下午|晚上|刚才|刚刚|[0-9一二三四五六七八九十]{1,3}[点时](?:[0-9]{1,2}分?|半|许|左右)?|[0-9]{1,2}:[0-9]{2}(?:许|左右)?|网友|群众|市民|居民|业主|家长|村民|反映|反应|举报|投诉|爆料|称|说|发现|关于|我县|本县|全县|网传|有人|视频|发帖|来电|求助|有|在|从|去|到|的|我们|我|是|因|现))`)

// readPlace finds where something is: the first run of words that ends like a place.
// Empty when the text names none.
func readPlace(text string) string {
	s := tidy(text)
	for _, line := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("。！？!?，,；;：:\n\"“”（）()【】", r) }) {
		if whole := placeIn(line); whole != "" {
			return whole
		}
	}
	return ""
}

func placeIn(line string) string {
	var out string
	rest := line
	for range 4 {
		m := placePattern.FindStringIndex(rest)
		if m == nil || out != "" && m[0] != 0 {
			break
		}
		piece := rest[m[0]:m[1]]
		if next, _ := utf8.DecodeRuneInString(rest[m[1]:]); noPlace(piece, next) {
			rest = rest[m[1]:]
			if out != "" {
				break
			}
			continue
		}
		if out == "" {
			piece = piece[len(beforePlace.FindString(piece)):]
		}
		if utf8.RuneCountInString(piece) < 2 && out == "" {
			rest = rest[m[1]:]
			continue
		}
		out += piece
		rest = rest[m[1]:]
	}
	if utf8.RuneCountInString(out) < 3 {
		return ""
	}
	return notify.CutRunes(out, 40)
}

// noPlace tells whether what ends like a place is half of another word: 路灯, 村民.
func noPlace(piece string, next rune) bool {
	last, _ := utf8.DecodeLastRuneInString(piece)
	return strings.ContainsRune(map[rune]string{'路': "灯面人障况费由", '村': "民委", '河': "道水", '乡': "亲", '镇': "上", '桥': "梁", '街': "坊", '巷': "子"}[last], next)
}

// readFound finds when somebody of the county learned of it: a time that stands just
// before 发现, 接报 and the like. False when the text does not say.
func readFound(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	s := tidy(text)
	for _, cue := range []string{"发现", "接报", "接到", "来电", "转来", "收到", "交办"} {
		i := strings.Index(s, cue)
		if i < 0 {
			continue
		}
		from := max(0, i-60)
		for from > 0 && !utf8.RuneStart(s[from]) {
			from--
		}
		before := s[from:i]
		if j := strings.LastIndexAny(before, "。；\n"); j >= 0 {
			before = before[j:]
		}
		if w, ok := findWhen(before, now, zone); ok && w.clock && !w.at.After(now) {
			return w.at, true
		}
	}
	return time.Time{}, false
}

var (
	mobile = regexp.MustCompile(`(?:^|[^0-9])(1[3-9][0-9]{9})(?:[^0-9]|$)`)
	caller = regexp.MustCompile(`(?:来电人|联系人|反映人|投诉人|来信人|举报人|姓名)[::是]?\s*([\p{Han}]{2,4}?)(?:女士|先生|[,，。;；、(（\s0-9]|$)`)
	// callerAt is a name before the bracket that says how to reach its bearer: 居民王建国（电话….
	callerAt = regexp.MustCompile(`(?:居民|市民|村民|业主|群众|家长|网友)([\p{Han}]{2,4})[（(](?:联系)?(?:电话|手机|身份证|1[3-9][0-9])`)
	// namedCaller is a name between what its bearer is and what he did: 市民李晓梅来电. It begins
	// with a common family name, so that 市民多次反映 names nobody.
	namedCaller = regexp.MustCompile(`(?:居民|市民|村民|业主|群众|家长|网友)([王李张刘陈杨黄赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范廖贾夏韦邹孟熊秦邱尹薛闫段侯陶黎贺顾郝龚邵钱覃戴莫孔汤][\p{Han}]{1,2}?)(?:来电|致电|来信|来访|反映|反应|投诉|举报|拨打)`)
	// ticket is the number that a source gives its items.
	ticket = regexp.MustCompile(`(?:工单|工单号|工单编号|受理编号|来件编号|单号)[::是]?\s*([A-Za-z0-9-]{4,40})`)
)

// noName are characters that make a place, a body or a time of what looks like a name.
const noName = "村镇区园路乡县局院校次日天月年们等里内处家"

// readReporter finds who spoke up.
func readReporter(text string) incident.Reporter {
	var r incident.Reporter
	s := tidy(text)
	if m := mobile.FindStringSubmatch(s); m != nil {
		r.Phone = m[1]
	}
	if m := caller.FindStringSubmatch(s); m != nil {
		r.Name = m[1]
	} else if m := callerAt.FindStringSubmatch(s); m != nil {
		r.Name = m[1]
	} else if m := namedCaller.FindStringSubmatch(s); m != nil && !strings.ContainsAny(m[1], noName) {
		r.Name = m[1]
	}
	return r
}

// readTicket finds the source's own number of an item; empty when the text has none.
func readTicket(text string) string {
	if m := ticket.FindStringSubmatch(tidy(text)); m != nil {
		return m[1]
	}
	return ""
}

// sourceOfLink is the source that a web address belongs to; empty for an unknown one.
func sourceOfLink(url string) string {
	for part, source := range map[string]string{
		"weibo.": "微博", "douyin.": "抖音", "iesdouyin.": "抖音", "kuaishou.": "快手", "xiaohongshu.": "小红书", "xhslink.": "小红书",
		"mp.weixin.qq.com": "微信公众号", "channels.weixin": "视频号", "toutiao.": "今日头条", "tieba.baidu": "论坛", "liuyan.people": "人民网领导留言板",
	} {
		if strings.Contains(url, part) {
			return source
		}
	}
	return ""
}
