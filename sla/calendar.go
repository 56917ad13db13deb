package sla

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Calendar is the rule by which 日 is counted (facts/standards.md 2.3).
type Calendar string

// The four calendars. Always Exact < Natural <= NaturalRoll <= Working.
const (
	// Exact is the start + n × 24 h.
	Exact Calendar = "exact"
	// Natural does not count the day of the start and ends at 24:00 of the n-th day
	// after (民法典 第二百零一条、第二百零三条). The default.
	Natural Calendar = "natural"
	// NaturalRoll is Natural, but a last day that is off moves to 24:00 of the next
	// working day (民法典 第二百零三条).
	NaturalRoll Calendar = "natural_roll"
	// Working ends at 24:00 of the n-th working day after the day of the start.
	Working Calendar = "working"
)

// Calendars lists them from the strictest.
func Calendars() []Calendar { return []Calendar{Exact, Natural, NaturalRoll, Working} }

// Valid tells whether c is one of the four.
func (c Calendar) Valid() bool { return slices.Contains(Calendars(), c) }

// Chinese is the calendar as officers read it.
func (c Calendar) Chinese() string {
	switch c {
	case Exact:
		return "小时连续计算"
	case Natural:
		return "自然日"
	case NaturalRoll:
		return "自然日，末日逢休息日顺延"
	case Working:
		return "工作日"
	}
	return string(c)
}

// date is a day without a zone, as 20261120, so that days stay days.
type date int

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date(y*10000 + int(m)*100 + d)
}

// Holidays are the State Council's days off and make-up working days by year. A year
// that is not there counts by weekends and the statutory days alone, provisionally.
type Holidays struct {
	off   map[date]bool // true: off, false: a weekend day that is worked
	years map[int]bool
}

type holidayYear struct {
	Year int `json:"year"`
	Days []struct {
		Date string `json:"date"`
		Off  bool   `json:"isOffDay"`
	} `json:"days"`
}

// LoadHolidays reads year files in the form of NateScarlet/holiday-cn, by file name. A
// year whose list is empty is not published yet.
func LoadHolidays(files map[string][]byte) (*Holidays, error) {
	h := &Holidays{off: map[date]bool{}, years: map[int]bool{}}
	var errs []error
	for name, raw := range files {
		if !strings.HasSuffix(path.Base(name), ".json") {
			continue
		}
		var y holidayYear
		if err := json.Unmarshal(raw, &y); err != nil {
			errs = append(errs, fmt.Errorf("节假日文件 %s 读不懂：%w", name, err))
			continue
		}
		if y.Year == 0 || len(y.Days) == 0 {
			continue
		}
		h.years[y.Year] = true
		for _, d := range y.Days {
			at, err := time.Parse("2006-01-02", d.Date)
			if err != nil {
				errs = append(errs, fmt.Errorf("节假日文件 %s 的日期“%s”有误，应写成 2026-10-01", name, d.Date))
				continue
			}
			h.off[dateOf(at)] = d.Off
		}
	}
	return h, errors.Join(errs...)
}

// Published tells whether the year's arrangement is known.
func (h *Holidays) Published(year int) bool { return h != nil && h.years[year] }

// IsOff tells whether the day on which t falls, in t's own zone, is a day off.
func (h *Holidays) IsOff(t time.Time) bool {
	if h != nil {
		if off, named := h.off[dateOf(t)]; named {
			return off
		}
		if !h.years[t.Year()] && statutory(t) {
			return true
		}
	}
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
}

// statutory tells whether the day is off by 全国年节及纪念日放假办法 第二条 on a date of the
// solar calendar. The lunar ones (春节、清明、端午、中秋) are not guessed: a year that is
// not published is provisional anyway, and each limit that it touches says so.
func statutory(t time.Time) bool {
	_, m, d := t.Date()
	return (m == time.January && d == 1) || (m == time.May && d <= 2) || (m == time.October && d <= 3)
}

// midnight is 00:00 of the day on which t falls in the zone.
func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// endOf is 24:00 of the day, which is 00:00 of the day after.
func endOf(day time.Time) time.Time { return day.AddDate(0, 0, 1) }

// span is a limit counted in days.
type span struct {
	limit time.Time
	// last is the day at whose end the limit falls; skipped are days off that were not counted or jumped.
	last    time.Time
	skipped int
	// unpublished is a year that the counting looked at and that is not published; 0 for none.
	unpublished int
}

// days counts n 日 from an instant by the calendar. The day is the day in the zone.
func (h *Holidays) days(from time.Time, n int, cal Calendar, zone *time.Location) span {
	first := midnight(from, zone)
	switch cal {
	case Exact:
		limit := from.Add(time.Duration(n) * 24 * time.Hour)
		return span{limit: limit, last: midnight(limit, zone)}
	case Working:
		return h.workingDays(first, n)
	case NaturalRoll:
		s := span{last: first.AddDate(0, 0, n)}
		s.note(h, s.last)
		for h.IsOff(s.last) {
			s.last = s.last.AddDate(0, 0, 1)
			s.skipped++
			s.note(h, s.last)
		}
		s.limit = endOf(s.last)
		return s
	case Natural:
	}
	last := first.AddDate(0, 0, n)
	return span{limit: endOf(last), last: last}
}

func (h *Holidays) workingDays(first time.Time, n int) span {
	s := span{last: first}
	for n > 0 {
		s.last = s.last.AddDate(0, 0, 1)
		s.note(h, s.last)
		if h.IsOff(s.last) {
			s.skipped++
			continue
		}
		n--
	}
	s.limit = endOf(s.last)
	return s
}

func (s *span) note(h *Holidays, day time.Time) {
	if !h.Published(day.Year()) && s.unpublished == 0 {
		s.unpublished = day.Year()
	}
}
