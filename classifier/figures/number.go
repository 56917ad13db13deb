package figures

import (
	"math"
	"strings"
	"unicode/utf8"
)

// number is a number as it stands in a text.
type number struct {
	start, end int // bytes, qualifiers included
	low, high  float64
	qualifier  Qualifier
	vague      bool // 数、几、多 alone
}

// parseNumber reads the number that begins at s[i:], and false when there is none.
// before is where qualifiers in front of it may begin.
func parseNumber(s string, i, before int) (number, bool) {
	v, end, ok := parseCore(s, i)
	if !ok {
		return number{}, false
	}
	n := number{start: i, end: end, low: v.low, high: v.high, qualifier: v.qualifier, vague: v.vague}
	if hi, e, ok := rangeEnd(s, end, v); ok {
		n.high, n.end, n.qualifier = hi, e, Range
	}
	n.qualifyBefore(s, before)
	n.qualifyAfter(s)
	return n, true
}

// rangeEnd reads the second number of 10至20 or 10-20.
func rangeEnd(s string, i int, first core) (float64, int, bool) {
	joint := prefixOf(s[i:], "至", "到", "-", "~", "—", "～", "－")
	if joint == "" || first.vague {
		return 0, 0, false
	}
	second, end, ok := parseCore(s, i+len(joint))
	if !ok || second.high <= first.high {
		return 0, 0, false
	}
	return second.high, end, true
}

func (n *number) qualifyBefore(s string, before int) {
	head := s[before:n.start]
	for _, q := range qualifiersBefore() {
		if strings.HasSuffix(head, q.word) {
			n.start -= len(q.word)
			if n.qualifier != Range || q.qualifier == Nearly {
				n.qualifier = q.qualifier
			}
			return
		}
	}
}

func (n *number) qualifyAfter(s string) {
	switch prefixOf(s[n.end:], "左右", "上下", "以上") {
	case "左右", "上下":
		if n.qualifier == Exact {
			n.qualifier = About
		}
	case "以上":
		n.qualifier = AtLeast
	}
}

type qualified struct {
	word      string
	qualifier Qualifier
}

func qualifiersBefore() [28]qualified {
	return [...]qualified{
		{"将近", Nearly},
		{"接近", Nearly},
		{"不到", Nearly},
		{"不足", Nearly},
		{"近", Nearly},
		{"不少于", AtLeast},
		{"不低于", AtLeast},
		{"至少", AtLeast},
		{"超过", AtLeast},
		{"多达", AtLeast},
		{"高达", Exact},
		{"逾", AtLeast},
		{"超", AtLeast},
		{"起码", AtLeast},
		{"至少有", AtLeast},
		{"至少已有", AtLeast},
		{"超过了", AtLeast},
		{"大约", About},
		{"约有", About},
		{"约为", About},
		{"大概", About},
		{"估计", About},
		{"约", About},
		{"目测", About},
		{"近有", Nearly},
		{"将近有", Nearly},
		{"大概有", About},
		{"大约有", About},
	}
}

// prefixOf returns the first of the words with which s begins, or "".
func prefixOf(s string, words ...string) string {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return w
		}
	}
	return ""
}

// core is a number without what stands round it.
type core struct {
	low, high float64
	qualifier Qualifier
	vague     bool
}

func exactly(v float64) core { return core{low: v, high: v, qualifier: Exact} }

// parseCore reads digits (1,200、2.1万、3000余) or Chinese numerals (九千二百余、两、三四、数十).
func parseCore(s string, i int) (core, int, bool) {
	if i >= len(s) {
		return core{}, i, false
	}
	if isDigit(s[i]) {
		return parseDigits(s, i)
	}
	if s[i] < utf8.RuneSelf {
		return core{}, i, false
	}
	return parseChinese(s, i)
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func parseDigits(s string, i int) (core, int, bool) {
	start, value, places := i, 0.0, 0
	for ; i < len(s) && (isDigit(s[i]) || comma(s, i, start)); i++ {
		if s[i] != ',' && value < 1e15 {
			value = value*10 + float64(s[i]-'0')
		}
	}
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		for i++; i < len(s) && isDigit(s[i]); i++ {
			if places++; places < 9 {
				value += float64(s[i]-'0') * math.Pow10(-places)
			}
		}
		value = math.Round(value*1e9) / 1e9
	}
	c := exactly(value)
	i = c.scale(s, i)
	if c.more(s, &i) {
		i = c.scale(s, i)
	} else if i < len(s) && c.low >= 1e4 {
		if rest, end, ok := lowerPart(s, i, c.low); ok { // 2万3千
			c.low += rest
			c.high, i = c.low, end
			c.more(s, &i)
		}
	}
	c.low, c.high = tidy(c.low), tidy(c.high)
	return c, i, true
}

// comma tells whether s[i] groups thousands.
func comma(s string, i, start int) bool {
	return s[i] == ',' && i > start && i+3 < len(s) && isDigit(s[i+1]) && isDigit(s[i+2]) && isDigit(s[i+3]) &&
		(i+4 >= len(s) || !isDigit(s[i+4]))
}

// tidy removes the dust of binary fractions from scaled values.
func tidy(v float64) float64 {
	if r := math.Round(v); v >= 1000 && math.Abs(r-v) < 1e-3 {
		return r
	}
	return math.Round(v*1e6) / 1e6
}

// scale multiplies by 百、千、万、亿 as they follow.
func (c *core) scale(s string, i int) int {
	for {
		unit, w := runeUnit(s[min(i, len(s)):])
		if unit == 0 && strings.HasPrefix(s[min(i, len(s)):], "个亿") {
			unit, w = 1e8, len("个亿")
		}
		if unit < 100 {
			return i
		}
		c.low *= unit
		c.high *= unit
		i += w
	}
}

// more reads 余、多、几、来 behind a number.
func (c *core) more(s string, i *int) bool {
	w := prefixOf(s[*i:], "余", "多", "几", "来")
	if w == "" || w == "来" && c.low < 10 || w == "多" && strings.HasPrefix(s[*i:], "多次") {
		return false
	}
	c.qualifier = AtLeast
	*i += len(w)
	return true
}

// lowerPart reads the 3千 of 2万3千.
func lowerPart(s string, i int, above float64) (float64, int, bool) {
	part, end, ok := parseCore(s, i)
	if !ok || part.high >= above || part.high < 100 || part.vague {
		return 0, 0, false
	}
	return part.high, end, true
}
