package figures

import (
	"slices"
	"strings"
	"unicode/utf8"

	"huiying/classifier/match"
)

// Kinds of items beside those of the lexicon.
const (
	kNumber kind = iota + 100
	kDate
	kComma // ，and ：
	kList  // 、
	kOpen  // （
	kClose // ）
	kTitle // 《 to 》, one item
)

// unit is what a number counts.
type unit uint8

const (
	uNone   unit = iota // nothing follows that is known
	uPeople             // 人、名、位、口、具
	uHouse              // 户
	uYuan
	uHa
	uLevel  // 级
	uHour   // 小时
	uDay    // 天
	uSpan   // 年、个月: a length of time
	uOther  // anything else: 岁、辆、公里
	uHelper // people who came to help: 名消防员
	uCar    // 节、辆
	uItem   // 条
	uShare  // %
	uSome   // 个 of nothing: people in 死了两个
)

// item is one thing of a sentence that matters.
type item struct {
	kind       kind
	metric     Metric
	start, end int
	num        number
	unit       unit
	when       date
	clause     int
	used       Metric // of a number: what counts it already
}

// sentence is a run of items up to a full stop.
type sentence struct {
	start, end  int // bytes
	first, last int // items, last not included
	opens       bool
	ctx         Context
	clauses     []clause
}

// clause is what stands between commas.
type clause struct {
	start, end int
	ctx        Context
}

// Reader reads figures. It does not change once made and may be used from many goroutines.
type Reader struct {
	words *match.Set
	kinds []entry // by word
}

// NewReader makes a reader of its built-in language.
func NewReader() *Reader {
	var words []string
	r := &Reader{}
	for _, e := range lexicon() {
		for _, w := range e.words {
			words = append(words, w)
			r.kinds = append(r.kinds, entry{kind: e.kind, metric: e.metric})
		}
	}
	r.words = match.New(words)
	return r
}

// scan is one text being read.
type scan struct {
	folded
	items     []item
	sentences []sentence
	out       []Figure
	reading   Reading
	titleEnd  int
}

// tokenise cuts the text into items and sentences.
func (r *Reader) tokenise(sc *scan) {
	s := sc.s
	hits := match.Longest(r.words.Append(make([]match.Hit, 0, 64), s))
	sc.items = make([]item, 0, len(hits)+32)
	sc.begin(0)
	before := 0 // where qualifiers of the next number may begin
	for i := 0; i < len(s); {
		for len(hits) > 0 && hits[0].Start < i { // a number reached into it
			hits = hits[1:]
		}
		if len(hits) > 0 && hits[0].Start == i {
			h := hits[0]
			hits = hits[1:]
			switch e := r.kinds[h.Word]; e.kind {
			case kIgnore:
			case kNamed:
				sc.add(item{kind: kDate, start: h.Start, end: h.End, when: named(s[h.Start:h.End])})
				if strings.HasSuffix(s[h.Start:h.End], "地震") {
					sc.add(item{kind: kQuake, metric: Magnitude, start: h.Start, end: h.End})
				}
			default:
				sc.add(item{kind: e.kind, metric: e.metric, start: h.Start, end: h.End})
			}
			i, before = h.End, h.End
			continue
		}
		next := sc.step(i, before)
		if next < 0 { // an item or a mark ended there
			i, before = -next, -next
			continue
		}
		i = next
	}
	sc.finish(len(s))
}

// step reads what stands at i: the next place, negative where something ended there.
func (sc *scan) step(i, before int) int {
	s := sc.s
	if s[i] < utf8.RuneSelf {
		return sc.stepASCII(i, before)
	}
	r, w := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '。', '！', '？', '；', '…':
		sc.finish(i + w)
		sc.begin(i + w)
		return -(i + w)
	case '，', '：', '—', '－':
		return sc.mark(kComma, i, w)
	case '、':
		return sc.mark(kList, i, w)
	case '（', '【', '[':
		return sc.mark(kOpen, i, w)
	case '）', '】':
		return sc.mark(kClose, i, w)
	case '《':
		if end := strings.Index(s[i:min(len(s), i+240)], "》"); end > 0 {
			return sc.mark(kTitle, i, w)
		}
	case '死', '亡', '伤':
		if sc.bare(i, w) {
			metric := Deaths
			if r == '伤' {
				metric = Injuries
			}
			sc.add(item{kind: kEvent, metric: metric, start: i, end: i + w})
			return -(i + w)
		}
	case '第':
		if _, end, ok := parseCore(s, i+w); ok {
			return -end
		}
	default:
		if opensNumber(r, s[i+w:]) {
			if next := sc.number(i, before); next != 0 {
				return next
			}
		}
	}
	return i + w
}

// opensNumber tells whether a Chinese number can begin with the character.
func opensNumber(r rune, rest string) bool {
	switch r {
	case '零', '〇', '一', '二', '两', '俩', '三', '仨', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万', '亿', '数', '几',
		'壹', '贰', '叁', '拾', '佰', '仟':
		return true
	case '上', '成', '好':
		if r == '好' {
			return strings.HasPrefix(rest, "几")
		}
		u, _ := runeUnit(rest)
		return u > 0
	}
	return false
}

func (sc *scan) stepASCII(i, before int) int {
	s := sc.s
	switch c := s[i]; {
	case isDigit(c):
		if next := sc.number(i, before); next != 0 {
			return next
		}
	case c == '\n':
		sc.finish(i + 1)
		sc.begin(i + 1)
		sc.sentences[len(sc.sentences)-1].opens = true
		return -(i + 1)
	case c == '#':
		if end := strings.IndexByte(s[i+1:min(len(s), i+90)], '#'); end > 0 { // a topic's tag
			sc.add(item{kind: kTitle, start: i, end: i + end + 2})
			return i + 1
		}
	case c == '!', c == '?', c == ';':
		sc.finish(i + 1)
		sc.begin(i + 1)
		return -(i + 1)
	case c == ',', c == ':':
		return sc.mark(kComma, i, 1)
	case c == '(', c == '[':
		return sc.mark(kOpen, i, 1)
	case c == ')', c == ']':
		return sc.mark(kClose, i, 1)
	}
	return i + 1
}

// bare tells whether a single 死、亡 or 伤 stands directly at a number.
func (sc *scan) bare(i, w int) bool {
	if n := len(sc.items); n > 0 && sc.items[n-1].kind == kNumber && sc.items[n-1].end == i && sc.items[n-1].unit != uOther {
		return true
	}
	c, _, ok := parseCore(sc.s, i+w+len(prefixOf(sc.s[i+w:], "了")))
	return ok && !c.vague
}

func (sc *scan) begin(at int) {
	sc.sentences = append(sc.sentences, sentence{start: at, first: len(sc.items)})
	sc.openClause(at)
}

func (sc *scan) openClause(at int) {
	se := &sc.sentences[len(sc.sentences)-1]
	if n := len(se.clauses); n > 0 {
		se.clauses[n-1].end = at
	}
	se.clauses = append(se.clauses, clause{start: at, end: len(sc.s)})
}

func (sc *scan) finish(at int) {
	se := &sc.sentences[len(sc.sentences)-1]
	se.end, se.last = at, len(sc.items)
	se.clauses[len(se.clauses)-1].end = at
}

func (sc *scan) add(it item) {
	if it.start-sc.sentences[len(sc.sentences)-1].start > longSentence+600 { // not even a comma
		sc.finish(it.start)
		sc.begin(it.start)
	}
	it.clause = len(sc.sentences[len(sc.sentences)-1].clauses) - 1
	sc.items = append(sc.items, it)
}

// longSentence is from where on a comma ends a sentence, in bytes.
const longSentence = 1800

func (sc *scan) mark(k kind, i, w int) int {
	if k == kTitle {
		end := i + strings.Index(sc.s[i:], "》") + len("》")
		sc.add(item{kind: kTitle, start: i, end: end})
		return -(i + w)
	}
	if k == kComma && i-sc.sentences[len(sc.sentences)-1].start > longSentence {
		sc.finish(i + w) // without full stops, a comma has to do
		sc.begin(i + w)
		return -(i + w)
	}
	sc.add(item{kind: k, start: i, end: i + w})
	if k == kComma || strings.HasPrefix(sc.s[i:], "】") {
		sc.openClause(i + w)
	}
	return -(i + w)
}

// number reads a date or a number with its unit at i; 0 when there is none.
func (sc *scan) number(i, before int) int {
	s := sc.s
	if d, end, ok := parseDate(s, i); ok {
		sc.add(item{kind: kDate, start: i, end: end, when: d})
		return -end
	}
	n, ok := parseNumber(s, i, before)
	if !ok {
		return 0
	}
	if i > 0 && isLetter(s[i-1]) {
		return -n.end
	}
	u, end := readUnit(s, n.end, n.start)
	n.after(s, end)
	it := item{kind: kNumber, start: n.start, end: end, num: n, unit: u}
	if u == uPeople {
		it = sc.bothSexes(it)
		if helper(s[it.end:]) {
			it.unit = uHelper
		}
	}
	if u == uSpan {
		sc.span(it)
	}
	sc.add(it)
	return -it.end
}

// span turns 3年前 into something old and 近3年 into a statistic.
func (sc *scan) span(it item) {
	text := sc.s[it.start:it.end]
	switch {
	case strings.HasSuffix(text, "周年") && remembers(sc.s[max(0, it.start-36):it.start]+sc.s[it.end:min(len(sc.s), it.end+36)]):
		sc.add(item{kind: kOld, start: it.start, end: it.end})
	case strings.HasPrefix(sc.s[it.end:], "前") && (strings.HasSuffix(text, "年") || it.num.low >= 2):
		sc.add(item{kind: kOld, start: it.start, end: it.end})
	case strings.HasSuffix(text, "年") && (it.num.qualifier == Nearly || strings.HasPrefix(sc.s[it.end:], "来")):
		sc.add(item{kind: kStat, start: it.start, end: it.end})
	}
}

// remembers tells whether the words round 十周年 are about a disaster.
func remembers(around string) bool {
	for _, w := range []string{"纪念", "悼", "祭", "遇难", "地震", "事故", "惨案", "屠杀", "灾"} {
		if strings.Contains(around, w) {
			return true
		}
	}
	return false
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// after reads 左右、以上 behind the unit.
func (n *number) after(s string, end int) {
	switch prefixOf(s[end:], "左右", "上下", "以上", "以下") {
	case "左右", "上下":
		if n.qualifier == Exact {
			n.qualifier = About
		}
	case "以上":
		n.qualifier = AtLeast
	}
}

// bothSexes adds 四女 to 六男.
func (sc *scan) bothSexes(it item) item {
	rest := sc.s[it.end:]
	if !strings.HasSuffix(sc.s[it.start:it.end], "男") || rest == "" {
		return it
	}
	c, end, ok := parseCore(sc.s, it.end)
	if !ok || !strings.HasPrefix(sc.s[end:], "女") {
		return it
	}
	it.num.low += c.low
	it.num.high += c.high
	it.end = end + len("女")
	return it
}

// helper tells whether the people counted came to help.
func helper(rest string) bool {
	rest = strings.TrimPrefix(rest, "专业")
	return prefixOf(rest, "消防", "官兵", "民警", "交警", "特警", "武警", "救援", "医护", "干部", "专家", "记者", "志愿者", "工作人员", "警力", "警察", "党员",
		"解放军", "扑火", "应急队员", "救护", "医生", "搜救", "公安", "的救援队", "队员", "医疗") != ""
}

// clauseHead is the text of an item's clause up to the item, the last of it if it is long.
func (sc *scan) clauseHead(se *sentence, it item) string {
	return sc.s[max(se.clauses[it.clause].start, it.start-nearby):it.start]
}

// sentenceAt is the index of the sentence that holds the byte.
func (sc *scan) sentenceAt(pos int) int {
	i, _ := slices.BinarySearchFunc(sc.sentences, pos, func(se sentence, p int) int {
		if se.end <= p {
			return -1
		}
		return 1
	})
	return min(i, len(sc.sentences)-1)
}
