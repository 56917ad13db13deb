package figures

import (
	"strings"
	"time"
)

// Moment is when the text says that its matter happened.
type Moment struct {
	// At is the instant; the day's beginning when no hour is told.
	At time.Time
	// Hour tells whether an hour is told.
	Hour bool
	// Start and End are the place of Quote in the text, in bytes.
	Start, End int
	Quote      string
}

// happened finds the first day that the text gives to the present matter, by its date
// or by a word such as 昨晚, and the hour with it. Without a reference day only a full
// date tells.
func (sc *scan) happened(at time.Time) (Moment, bool) {
	ref := sc.reading.Reference
	if ref.IsZero() {
		ref = at
	}
	for i := range sc.items {
		it := &sc.items[i]
		if it.kind != kDate && it.kind != kNow || sc.contextAt(it.start)&(Historical|Statistic|Hypothetical|Quoted) != 0 {
			continue
		}
		day, ok := sc.day(it, ref)
		if !ok {
			continue
		}
		m := Moment{At: day, Start: it.start, End: it.end}
		m.hour(sc.s, sc.s[it.start:it.end])
		m.Start, m.End = sc.original(m.Start), sc.original(m.End)
		return m, true
	}
	return Moment{}, false
}

// day is the day that an item means.
func (sc *scan) day(it *item, ref time.Time) (time.Time, bool) {
	if it.kind == kDate {
		d := it.when
		if d.d == 0 || d.y == 0 && ref.IsZero() {
			return time.Time{}, false
		}
		if d.m == 0 { // 12日: of this month, or of the last
			d.y, d.m = ref.Year(), int(ref.Month())
			if d.d > ref.Day() {
				last := ref.AddDate(0, 0, -ref.Day())
				d.y, d.m = last.Year(), int(last.Month())
			}
		}
		end := d.latest(ref)
		return startOf(end), !end.IsZero()
	}
	if ref.IsZero() {
		return time.Time{}, false
	}
	switch sc.s[it.start:it.end] {
	case "今天", "今日", "今早", "今晨", "今晚", "刚刚":
		return startOf(ref), true
	case "昨天", "昨日", "昨晚":
		return startOf(ref).AddDate(0, 0, -1), true
	case "前天", "前日":
		return startOf(ref).AddDate(0, 0, -2), true
	}
	return time.Time{}, false
}

func startOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// hour reads 清晨6时20分 or 下午3点半 behind the day, and the half of the day that the
// day's own word tells (昨晚8时).
func (m *Moment) hour(s, day string) {
	rest := s[m.End:]
	gap := len(rest) - len(strings.TrimLeft(rest, " ，"))
	half := day
	if w := prefixOf(rest[gap:], "凌晨", "清晨", "早上", "早晨", "上午", "中午", "下午", "傍晚", "晚上", "晚间", "深夜", "夜间", "晚", "早", "约", "大约"); w != "" {
		half, gap = half+w, gap+len(w)
	}
	h, end, ok := parseCore(s, m.End+gap)
	if !ok || h.low > 24 || h.low != h.high {
		return
	}
	unit := prefixOf(s[end:], "时", "点", ":", "：")
	if unit == "" || strings.HasPrefix(s[end:], "时间") {
		return
	}
	end += len(unit)
	hours, minutes := int(h.low), 0
	if n, after, ok := parseCore(s, end); ok && n.low < 60 && (unit == ":" || unit == "：" || strings.HasPrefix(s[after:], "分")) {
		minutes, end = int(n.low), after+len(prefixOf(s[after:], "分"))
	} else if strings.HasPrefix(s[end:], "半") {
		minutes, end = 30, end+len("半")
	}
	if hours < 12 && (strings.Contains(half, "下午") || strings.Contains(half, "晚") || strings.Contains(half, "夜") || strings.Contains(half, "中午") && hours < 4) {
		hours += 12
	}
	m.At = m.At.Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
	m.Hour, m.End = true, end
}
