package figures

import "unicode/utf8"

// runeDigit is the value of a Chinese digit at the start of s with its width, or -1.
func runeDigit(s string) (int, int) {
	r, w := utf8.DecodeRuneInString(s)
	switch r {
	case '零', '〇':
		return 0, w
	case '一', '壹':
		return 1, w
	case '二', '两', '俩', '贰':
		return 2, w
	case '三', '仨', '叁':
		return 3, w
	case '四':
		return 4, w
	case '五':
		return 5, w
	case '六':
		return 6, w
	case '七':
		return 7, w
	case '八':
		return 8, w
	case '九':
		return 9, w
	}
	return -1, 0
}

// runeUnit is the value of 十百千万亿 at the start of s with its width, or 0.
func runeUnit(s string) (float64, int) {
	r, w := utf8.DecodeRuneInString(s)
	switch r {
	case '十', '拾':
		return 10, w
	case '百', '佰':
		return 100, w
	case '千', '仟':
		return 1000, w
	case '万':
		return 1e4, w
	case '亿':
		return 1e8, w
	}
	return 0, 0
}

// numerals gathers a Chinese number from left to right.
type numerals struct {
	total, section float64 // whole 万 and 亿; what is below them
	digit          float64 // the digit that waits for its unit, -1 for none
	second         float64 // of 三四, the 四; -1 for none
	digits         int     // digits in a row without units
	row            float64 // their value as a row: 二〇〇八
	units          bool
	low            float64 // what a range lacks from its lower end to its upper
	qualifier      Qualifier
}

// parseChinese reads a number in Chinese numerals; 数、几、上、好几 in front make it at least.
func parseChinese(s string, i int) (core, int, bool) {
	start := i
	vague := prefixOf(s[i:], "好几", "数", "几", "上", "成")
	n := numerals{digit: -1, second: -1, qualifier: Exact}
	if vague != "" {
		i += len(vague)
		n.qualifier = AtLeast
		if vague == "数" || vague == "几" || vague == "好几" {
			n.digit = 2
		}
		if u, _ := runeUnit(s[i:]); u == 0 {
			if vague == "数" && prefixOf(s[i:], "人", "名", "位", "个", "户", "家", "辆", "天", "日", "起", "具", "口", "小时", "处", "栋", "间", "次", "年", "月") == "" {
				return core{}, start, false // 人数, 总数
			}
			if vague == "几" || vague == "数" || vague == "好几" {
				return core{low: 2, high: 2, qualifier: AtLeast, vague: true}, i, true
			}
			return core{}, start, false
		}
	}
	end, ok := n.read(s, i)
	if !ok {
		return core{}, start, false
	}
	return n.core(), end, true
}

// read consumes numerals from i on.
func (n *numerals) read(s string, i int) (int, bool) {
	start := i
	for i < len(s) {
		if d, w := runeDigit(s[i:]); d >= 0 {
			n.addDigit(float64(d))
			i += w
			continue
		}
		if u, w := runeUnit(s[i:]); u > 0 {
			n.addUnit(u)
			i += w
			continue
		}
		if w := prefixOf(s[i:], "余", "多", "几", "来"); w != "" && n.units && n.open(s, i, w) {
			n.qualifier = AtLeast
			i += len(w)
			if u, uw := runeUnit(s[i:]); u >= 1e4 {
				n.addUnit(u)
				i += uw
			}
			break
		}
		if point := prefixOf(s[i:], "点"); point != "" && !n.units && n.digits > 0 {
			if end, ok := n.fraction(s, i+len(point)); ok {
				return end, true
			}
		}
		break
	}
	return i, i > start
}

// open tells whether 余、多、几、来 belongs to the number: 来 does only behind round ones.
func (n *numerals) open(s string, i int, w string) bool {
	if w == "来" {
		return n.digit < 0 && prefixOf(s[i:], "来人", "来个", "来名", "来户", "来位", "来万", "来号") != ""
	}
	return n.digit < 0
}

// fraction reads 七点八, 二点四万.
func (n *numerals) fraction(s string, i int) (int, bool) {
	value, scale, start := n.row, 0.1, i
	for i < len(s) {
		d, w := runeDigit(s[i:])
		if d < 0 {
			break
		}
		value += float64(d) * scale
		scale /= 10
		i += w
	}
	if i == start {
		return 0, false
	}
	n.total, n.section, n.digit, n.second, n.digits = tidy(value), 0, -1, -1, 0
	for {
		u, w := runeUnit(s[i:])
		if u < 100 {
			break
		}
		n.total = tidy(n.total * u)
		n.units = true
		i += w
	}
	n.digits = 0
	return i, true
}

func (n *numerals) addDigit(d float64) {
	n.digits++
	n.row = n.row*10 + d
	switch {
	case n.digit > 0 && n.digits == 2 && d == n.digit+1: // 三四人, 七八十户
		n.second = d
	default:
		n.second = -1
		n.digit = d
	}
}

func (n *numerals) addUnit(u float64) {
	d := n.digit
	switch {
	case n.second >= 0:
		n.low += (n.second - n.digit) * u
		d = n.second
		n.second = -1
	case d < 0 || d == 0 && u == 10:
		d = 1
		if u >= 1e4 {
			d = 0
		}
	}
	switch {
	case u < 1e4:
		n.section += d * u
	default:
		whole := n.section + d
		if whole == 0 && n.total == 0 {
			whole = 1 // 万余人, 上万
		}
		if u >= 1e8 {
			n.total = (n.total + whole) * u
		} else {
			n.total += whole * u
		}
		n.low *= u
		n.section = 0
	}
	n.digit, n.digits, n.row = -1, 0, 0
	n.units = true
}

// core is the number that was gathered.
func (n *numerals) core() core {
	if !n.units && n.digits > 1 && n.second < 0 {
		return core{low: n.row, high: n.row, qualifier: n.qualifier} // 二〇〇八
	}
	high := n.total + n.section
	low := n.low
	switch {
	case n.second >= 0:
		high += n.second
		low += n.second - n.digit
	case n.digit > 0:
		high += n.digit
	}
	c := core{low: high - low, high: high, qualifier: n.qualifier}
	if low > 0 {
		c.qualifier = Range
	}
	return c
}
