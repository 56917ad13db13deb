package sla

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Moment is an instant counted from a duty's period, as a rule writes it: 01-31 is that day
// of the period's year, end the period's last day, last-week the Sunday of its last whole
// week (Monday to Sunday), start its first day, or the day on which a document was issued;
// each with so many days (+5d), working days (+5w) or hours (+24h) more, or days fewer (-7d).
type Moment struct {
	text       string
	base       string
	month, day int
	n          int
	unit       byte // d, w, h; 0 for none
}

var momentText = regexp.MustCompile(`^(start|end|last-week|(\d\d)-(\d\d))(?:([+-])(\d{1,3})([dwh]))?$`)

// ParseMoment reads a moment; what cannot be is refused in Chinese.
func ParseMoment(text string) (Moment, error) {
	m := momentText.FindStringSubmatch(text)
	if m == nil {
		return Moment{}, fmt.Errorf("“%s”读不懂，应写成 01-31、end、end+5w、end-7d、last-week、start+5d、start+24h 这样", text)
	}
	out := Moment{text: text, base: m[1]}
	if m[2] != "" {
		out.base = "day"
		out.month, _ = strconv.Atoi(m[2])
		out.day, _ = strconv.Atoi(m[3])
		// 2023 is no leap year: 29 February is no day of every year.
		at := time.Date(2023, time.Month(out.month), out.day, 0, 0, 0, 0, time.UTC)
		if int(at.Month()) != out.month || at.Day() != out.day {
			return out, fmt.Errorf("“%s”不是每年都有的日期", text)
		}
	}
	if m[5] != "" {
		out.n, _ = strconv.Atoi(m[5])
		out.unit = m[6][0]
		if m[4] == "-" {
			out.n = -out.n
		}
		if out.n < 0 && out.unit != 'd' {
			return out, fmt.Errorf("“%s”：往前只能数自然日，例如 end-7d", text)
		}
		if out.unit == 'h' && out.base != "start" {
			return out, fmt.Errorf("“%s”：小时只能从 start 起算，例如 start+24h", text)
		}
	}
	return out, nil
}

// counted is a moment in the calendar.
type counted struct {
	// day is the day, in the zone; at is the instant of one that is counted in hours.
	day, at     time.Time
	skipped     int
	unpublished int
}

// limit is 24:00 of the day, or the instant of one that is counted in hours.
func (c counted) limit() time.Time {
	if !c.at.IsZero() {
		return c.at
	}
	return endOf(c.day)
}

// in counts the moment from a period.
func (m Moment) in(s Span, h *Holidays) counted {
	var c counted
	switch m.base {
	case "start":
		c.day = midnight(s.Start, s.Start.Location())
	case "end":
		c.day = s.Last
	case "last-week":
		// The last Sunday whose week lies whole in the period.
		c.day = s.Last.AddDate(0, 0, -int(s.Last.Weekday()))
	case "day":
		c.day = time.Date(s.Start.Year(), time.Month(m.month), m.day, 0, 0, 0, 0, s.Start.Location())
	}
	switch m.unit {
	case 'd':
		c.day = c.day.AddDate(0, 0, m.n)
	case 'w':
		w := h.workingDays(c.day, m.n)
		c.day, c.skipped, c.unpublished = w.last, w.skipped, w.unpublished
	case 'h':
		c.at = s.Start.Add(time.Duration(m.n) * time.Hour)
		c.day = midnight(c.at, s.Start.Location())
	}
	return c
}

// Span is a period: from Start on, its last day beginning at Last. The span of a document
// is the instant at which it was issued. Both are in the county's zone.
type Span struct{ Start, Last time.Time }

// PeriodAt names the period of a cycle in which an instant lies, such as 2026Q3 or
// 2026-W47, and its span; empty for a cycle that is not the calendar's.
func PeriodAt(cycle incident.DutyCycle, at time.Time, zone *time.Location) (string, Span) {
	day := midnight(at, zone)
	y, m, _ := day.Date()
	first := func(month time.Month) time.Time { return time.Date(y, month, 1, 0, 0, 0, 0, zone) }
	switch cycle {
	case incident.Yearly:
		return strconv.Itoa(y), Span{first(time.January), first(time.December).AddDate(0, 0, 30)}
	case incident.Quarterly:
		q := (int(m) - 1) / 3
		start := first(time.Month(3*q + 1))
		return fmt.Sprintf("%dQ%d", y, q+1), Span{start, start.AddDate(0, 3, -1)}
	case incident.Monthly:
		return fmt.Sprintf("%d-%02d", y, m), Span{first(m), first(m).AddDate(0, 1, -1)}
	case incident.Weekly:
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		year, week := monday.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week), Span{monday, monday.AddDate(0, 0, 6)}
	case incident.ByDocument, incident.Watching:
	}
	return "", Span{}
}

// PeriodText is a period as people read it, such as 2026年第3季度.
func PeriodText(cycle incident.DutyCycle, s Span) string {
	switch cycle {
	case incident.Yearly:
		return s.Start.Format("2006年")
	case incident.Quarterly:
		return fmt.Sprintf("%d年第%d季度", s.Start.Year(), (int(s.Start.Month())+2)/3)
	case incident.Monthly:
		return s.Start.Format("2006年1月")
	case incident.Weekly:
		year, week := s.Start.ISOWeek()
		return fmt.Sprintf("%d年第%d周", year, week)
	case incident.ByDocument, incident.Watching:
	}
	return ""
}

// span is the period that a duty is for.
func (b Book) span(d incident.Duty) Span {
	_, s := PeriodAt(d.Cycle, d.Start, b.Zone)
	if s.Start.IsZero() {
		return Span{Start: d.Start.In(b.Zone), Last: midnight(d.Start, b.Zone)}
	}
	return s
}

// DutyDate is one limit of a duty, counted.
type DutyDate struct {
	Target, Limit time.Time
	// Counted is the Chinese sentence that says how, Warning names a year that is not published.
	Counted, Warning string
	// Days is the length of a limit that is counted in days from a document; 0 for others.
	Days int
}

// DutyDate counts a limit of a duty. It is pure; 24:00 of day X is 00:00 of the day after.
func (b Book) DutyDate(d incident.Duty, due incident.DutyDue) (DutyDate, error) {
	by, err := ParseMoment(due.By)
	if err != nil {
		return DutyDate{}, err
	}
	s := b.span(d)
	c := by.in(s, b.Holidays)
	out := DutyDate{Limit: c.limit(), Counted: b.dutyCounted(d, s, by, c)}
	if by.base == "start" && by.unit != 'h' && by.unit != 0 {
		out.Days = by.n
	}
	unpublishedYear := c.unpublished
	if due.Target != "" {
		t, err := ParseMoment(due.Target)
		if err != nil {
			return DutyDate{}, err
		}
		ct := t.in(s, b.Holidays)
		if unpublishedYear == 0 {
			unpublishedYear = ct.unpublished
		}
		if out.Target = ct.limit(); out.Target.After(out.Limit) {
			out.Target = out.Limit
		}
		out.Counted += "；力争" + incident.Show(out.Target, b.Zone) + "前"
	}
	out.Counted += "。"
	if unpublishedYear != 0 {
		out.Warning = unpublished(unpublishedYear)
	}
	return out, nil
}

func (b Book) dutyCounted(d incident.Duty, s Span, by Moment, c counted) string {
	since := d.Since
	if since == "" {
		since = "起算"
	}
	var how, off string
	if c.skipped > 0 {
		off = fmt.Sprintf("，其间%d个休息日不计", c.skipped)
	}
	switch {
	case d.Cycle == incident.Watching:
		how = "一经发现立即处理"
	case by.base == "start" && by.unit == 'h':
		how = fmt.Sprintf("自%s（%s）起%d小时", since, b.clock(s.Start), by.n)
	case by.base == "start" && by.unit == 'd':
		how = fmt.Sprintf("%s当日（%s）不计，自次日起数%d个自然日", since, s.Start.Format("1月2日"), by.n)
	case by.base == "start" && by.unit == 'w':
		how = fmt.Sprintf("%s当日（%s）不计，自次日起数%d个工作日%s", since, s.Start.Format("1月2日"), by.n, off)
	case by.base == "end" && by.unit == 'w':
		how = fmt.Sprintf("%s结束后第%d个工作日%s", PeriodText(d.Cycle, s), by.n, off)
	case by.base == "end" && by.unit == 'd':
		how = fmt.Sprintf("%s结束后第%d日", PeriodText(d.Cycle, s), by.n)
	case by.base == "last-week":
		how = PeriodText(d.Cycle, s) + "最后一个完整的周"
	case by.base == "end":
		how = PeriodText(d.Cycle, s) + "最后一日"
	default:
		how = "规定日期"
	}
	return fmt.Sprintf("%s，最迟%s（%s）", how, b.yearly(c.limit()), d.Clause)
}

// yearly is a limit with its year, as a year's report is due in the next.
func (b Book) yearly(t time.Time) string {
	return strconv.Itoa(t.In(b.Zone).Add(-time.Nanosecond).Year()) + "年" + incident.Show(t, b.Zone)
}

// Opens is from when on a duty of the span can be asked for: 00:00 of the rule's day.
func (b Book) opens(m Moment, s Span) time.Time { return m.in(s, b.Holidays).day }

// wantedOfDuty lists the limits of a duty.
func wantedOfDuty(c incident.Case) []want {
	if c.State == incident.Void {
		return nil
	}
	var out []want
	for i := range c.Duty.Dues {
		out = append(out, want{kind: incident.MilestoneDuty, unit: c.Lead, from: c.Duty.Opens, ref: c.Duty.Ref(i)})
	}
	return out
}

// ownDuty makes a duty's milestone.
func (b Book) ownDuty(c incident.Case, w want) (incident.Milestone, bool) {
	m := incident.Milestone{Kind: w.kind, Unit: w.unit, Ref: w.ref, State: incident.Pending, From: w.from}
	due, ok := c.Duty.DueOf(m)
	if !ok {
		return m, false
	}
	date, err := b.DutyDate(*c.Duty, due)
	if err != nil {
		return m, false // the rule was read when it was loaded
	}
	m.Target, m.Limit, m.Counted, m.Warning, m.Days = date.Target, date.Limit, date.Counted, date.Warning, date.Days
	return m, true
}

// calendarOf is the calendar by which an extension of a duty is counted.
func calendarOf(d incident.Duty) Calendar {
	for _, due := range d.Dues {
		if m, err := ParseMoment(due.By); err == nil && m.unit == 'w' {
			return Working
		}
	}
	return Natural
}

// DutyOf makes a duty of its rule for a unit and a span. Subject is what it is about: an
// account, a document; empty for the unit itself.
func (b Book) DutyOf(r DutyRule, period string, s Span, unit org.UnitID, subject string) incident.OpenDuty {
	d := incident.Duty{
		Rule: r.ID, Name: r.Name, Clause: r.Clause, Cycle: r.Cycle, Period: period, Subject: subject, Start: s.Start, Opens: s.Start,
		Since: r.Since, Dues: r.dues(), Proof: r.Proof, Extends: r.Extends,
	}
	if r.Cycle.ByCalendar() {
		d.Opens = b.opens(r.opens, s)
	}
	about := subject
	if period != "" {
		about = period
		if subject != "" {
			about = period + "/" + subject
		}
	}
	return incident.OpenDuty{
		Duty: d, Title: r.title(s, subject), Lead: unit, Level: r.level(),
		Key: "duty:" + r.ID + "/" + about + "/" + string(unit), Policy: b.Policy.Version(),
	}
}
