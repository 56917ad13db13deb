package bot

import (
	"regexp"
	"strings"
	"time"
)

// dayWords are days counted from today.
var dayPattern = regexp.MustCompile(`大后天|后天|明天|明日|今天|今日|昨天|昨日|前天|` +
	`(?:(\d{4})[年/-])?(\d{1,2})[月/-](\d{1,2})[日号]?|(?:下?周|下?星期)[一二三四五六日天]|(\d{1,2})[日号]`)

// clockPattern matches a time of day: 8点, 8点半, 14:30, 下午3点20分, and words for it.
var clockPattern = regexp.MustCompile(`(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|昨晚|夜里)?\s*(?:(\d{1,2}|[一二三四五六七八九十两]{1,3})[点时](?:钟|整)?(半|\d{1,2}分?)?|(\d{1,2}):(\d{2}))`)

// agoPattern matches how long ago: 半小时前, 10分钟前, 2小时前.
var agoPattern = regexp.MustCompile(`(半|\d{1,3}|[一二三四五六七八九十两]{1,3})个?(分钟|小时|钟头|天)(?:之前|以前|前)`)

// when is an instant that a text names, and where it stands.
type when struct {
	at         time.Time
	day, clock bool // whether a day and a time of day were said
	start, end int
}

// deadline is the instant as a limit: a day alone ends at its 24:00.
func (w when) deadline() time.Time {
	if w.clock {
		return w.at
	}
	y, m, d := w.at.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, w.at.Location())
}

// findWhen finds the first instant that a tidied text names, read at now. False when it
// names none. A time of day without a day is today's.
func findWhen(s string, now time.Time, zone *time.Location) (when, bool) {
	now = now.In(zone)
	if m := agoPattern.FindStringSubmatchIndex(s); m != nil {
		return when{ago(s[m[2]:m[3]], s[m[4]:m[5]], now), true, true, m[0], m[1]}, true
	}
	for _, w := range []string{"刚刚", "刚才", "现在", "即刻"} {
		if i := strings.Index(s, w); i >= 0 {
			return when{now, true, true, i, i + len(w)}, true
		}
	}
	d, c := firstDay(s), clockPattern.FindStringSubmatchIndex(s)
	switch {
	case d == nil && c == nil:
		return when{}, false
	case d == nil:
		at, ok := clockOn(now, s, c)
		return when{at, false, true, c[0], c[1]}, ok
	}
	day, ok := dayOf(s, d, now)
	if !ok {
		return when{}, false
	}
	if c != nil && c[0] >= d[1] && strings.Trim(s[d[1]:c[0]], " ,，的") == "" {
		at, ok := clockOn(day, s, c)
		return when{at, true, true, d[0], c[1]}, ok
	}
	return when{day, true, false, d[0], d[1]}, true
}

// firstDay is the first match of a day that is no incident's number: 20号 alone may be
// either, and counts as a day only beside a time of day.
func firstDay(s string) []int {
	for _, m := range dayPattern.FindAllStringSubmatchIndex(s, -1) {
		if m[8] < 0 || clockPattern.FindStringIndex(s[m[1]:min(len(s), m[1]+24)]) != nil || strings.HasSuffix(s[m[0]:m[1]], "日") {
			return m
		}
	}
	return nil
}

func ago(count, unit string, now time.Time) time.Time {
	step := time.Minute
	switch unit {
	case "小时", "钟头":
		step = time.Hour
	case "天":
		step = 24 * time.Hour
	}
	if count == "半" {
		return now.Add(-step / 2)
	}
	n, _ := number(count)
	return now.Add(-time.Duration(n) * step)
}

// dayOf is the midnight at which the day begins that a match of dayPattern names.
func dayOf(s string, m []int, now time.Time) (time.Time, bool) {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	word := s[m[0]:m[1]]
	shifts := map[string]int{"大后天": 3, "后天": 2, "明天": 1, "明日": 1, "今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2}
	if n, ok := shifts[word]; ok {
		return midnight.AddDate(0, 0, n), true
	}
	if strings.ContainsAny(word, "周星") {
		last := []rune(word)
		want := strings.IndexRune("一二三四五六日天", last[len(last)-1]) / len("一")
		want = min(want, 6)
		today := (int(now.Weekday()) + 6) % 7
		if strings.HasPrefix(word, "下") {
			want += 7
		} else if want < today {
			want += 7
		}
		return midnight.AddDate(0, 0, want-today), true
	}
	part := func(i int) int {
		if m[i] < 0 {
			return 0
		}
		n, _ := number(s[m[i]:m[i+1]])
		return int(n)
	}
	year, month, day := part(2), part(4), part(6)
	if m[8] >= 0 {
		month, day = int(now.Month()), part(8)
	}
	if year == 0 {
		year = now.Year()
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, now.Location())
	return at, at.Day() == day && int(at.Month()) == month
}

// clockOn is the time of day that a match of clockPattern names, on a day.
func clockOn(day time.Time, s string, m []int) (time.Time, bool) {
	text := func(i int) string {
		if m[i] < 0 {
			return ""
		}
		return s[m[i]:m[i+1]]
	}
	half, hourText, minute := text(2), text(4), 0
	if hourText == "" {
		hourText = text(8)
		n, _ := number(text(10))
		minute = int(n)
	} else if rest := text(6); rest == "半" {
		minute = 30
	} else if rest != "" {
		n, _ := number(strings.TrimSuffix(rest, "分"))
		minute = int(n)
	}
	h, _ := number(hourText)
	hour := int(h)
	switch half {
	case "下午", "傍晚", "晚上", "今晚", "昨晚", "夜里":
		if hour < 12 && (half != "夜里" || hour > 6) {
			hour += 12
		}
	case "中午":
		if hour < 3 {
			hour += 12
		}
	}
	if half == "昨晚" {
		day = day.AddDate(0, 0, -1)
	}
	if hour > 24 || minute > 59 || hour == 24 && minute > 0 {
		return time.Time{}, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, day.Location()), true
}
