package figures

import (
	"strings"
	"time"
)

// date is a day, month or year as far as the text tells; zero parts are not told.
type date struct{ y, m, d int }

// parseDate reads 2008年5月12日, 5月12日, 2008-5-12, 2008.5.12, 2017年, 12日 at i.
func parseDate(s string, i int) (date, int, bool) {
	v, at, ok := parseCore(s, i)
	if !ok || v.low != v.high || v.vague || v.qualifier != Exact && v.qualifier != Range {
		return date{}, 0, false
	}
	if y := int(v.low); y >= 1900 && y <= 2100 && float64(y) == v.low {
		return parseYear(s, i, at, y)
	}
	if d, end, ok := dotted(s, i); ok {
		return d, end, true
	}
	return parseMonth(s, at, 0, int(v.low))
}

func parseYear(s string, start, at, y int) (date, int, bool) {
	if d, end, ok := dotted(s, start); ok {
		return d, end, true
	}
	if !strings.HasPrefix(s[at:], "年") {
		return date{}, 0, false
	}
	at += len("年")
	if prefixOf(s[at:], "以来", "来", "间") != "" && strings.HasPrefix(s[at:], "以来") {
		return date{}, 0, false
	}
	if m, end, ok := parseCore(s, at); ok && m.qualifier == Exact {
		if d, end, ok := parseMonth(s, end, y, int(m.low)); ok {
			return d, end, true
		}
	}
	return date{y: y}, at, true
}

// parseMonth reads 月 and a day behind a number; 12日 alone when year is 0.
func parseMonth(s string, at, year, m int) (date, int, bool) {
	if strings.HasPrefix(s[at:], "月") && m >= 1 && m <= 12 && !strings.HasPrefix(s[at:], "月子") {
		at += len("月")
		out := date{y: year, m: m}
		if d, end, ok := parseCore(s, at); ok && d.low >= 1 && d.low <= 31 {
			if w := prefixOf(s[end:], "日", "号"); w != "" {
				out.d = int(d.low)
				return out, end + len(w), true
			}
		}
		return out, at, true
	}
	if year == 0 && m >= 1 && m <= 31 && strings.HasPrefix(s[at:], "日") && prefixOf(s[at:], "日内", "日元", "日游", "日常") == "" {
		return date{d: m}, at + len("日"), true
	}
	return date{}, 0, false
}

// dotted reads 2008-5-12, 2008.5.12 and 2008/5/12.
func dotted(s string, i int) (date, int, bool) {
	var parts [3]int
	for p := range parts {
		start := i
		for i < len(s) && isDigit(s[i]) && i-start < 4 {
			parts[p] = parts[p]*10 + int(s[i]-'0')
			i++
		}
		if i == start {
			return date{}, 0, false
		}
		if p < 2 {
			if i >= len(s) || s[i] != '-' && s[i] != '.' && s[i] != '/' {
				return date{}, 0, false
			}
			i++
		}
	}
	d := date{parts[0], parts[1], parts[2]}
	if d.y < 1900 || d.y > 2100 || d.m < 1 || d.m > 12 || d.d < 1 || d.d > 31 {
		return date{}, 0, false
	}
	return d, i, true
}

// latest is the last instant that the date can mean, read in the light of a reference
// day: a month without a year is the last such month not after it.
func (d date) latest(ref time.Time) time.Time {
	if d.y == 0 && ref.IsZero() {
		return time.Time{}
	}
	y, m, day := d.y, d.m, d.d
	if y == 0 {
		y = ref.Year()
		if m == 0 {
			return time.Time{}
		}
		if t := time.Date(y, time.Month(m), max(day, 1), 0, 0, 0, 0, ref.Location()); t.After(ref.AddDate(0, 0, 2)) {
			y--
		}
	}
	switch {
	case m == 0:
		return time.Date(y+1, 1, 1, 0, 0, 0, 0, location(ref)).Add(-1)
	case day == 0:
		return time.Date(y, time.Month(m)+1, 1, 0, 0, 0, 0, location(ref)).Add(-1)
	}
	return time.Date(y, time.Month(m), day+1, 0, 0, 0, 0, location(ref)).Add(-1)
}

func location(ref time.Time) *time.Location {
	if ref.IsZero() {
		return time.UTC
	}
	return ref.Location()
}
