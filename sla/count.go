package sla

import (
	"fmt"
	"slices"
	"time"

	"huiying/incident"
)

// count makes the milestone that is wanted, with its limit and the sentence that says
// how it was counted; false when the policy names no limit for it.
func (b Book) count(c incident.Case, w want) (incident.Milestone, bool) {
	m, ok := b.own(c, w)
	if ok {
		b.handed(c, &m)
	}
	return m, ok
}

// own counts by the policy alone.
func (b Book) own(c incident.Case, w want) (incident.Milestone, bool) {
	if w.kind == incident.MilestoneDuty {
		return b.ownDuty(c, w)
	}
	level := levelNow(c)
	rule, ok := b.Policy.Milestones[w.kind][level]
	if !ok {
		return incident.Milestone{}, false
	}
	m := incident.Milestone{Kind: w.kind, Unit: w.unit, Ref: w.ref, Post: w.post, Clock: w.clock, State: incident.Pending, From: w.from}
	if rule.Target > 0 && w.promised.IsZero() {
		m.Target = w.from.Add(rule.Target)
	}
	switch {
	case w.kind == incident.MilestonePart:
		m.Limit = w.promised
		how := "交办时指定"
		if w.half {
			how = "取主办单位剩余时限的一半"
		}
		m.Counted = fmt.Sprintf("%s，最迟%s（%s）。", how, incident.Show(m.Limit, b.Zone), rule.Clause)
	case !w.promised.IsZero():
		m.Limit = w.promised
		m.Counted = fmt.Sprintf("以处理方案承诺的日期为限，最迟%s（%s）。", incident.Show(m.Limit, b.Zone), rule.Clause)
	case rule.Days > 0:
		b.countDays(c, level, w, rule, &m)
	case rule.Limit > 0:
		length := rule.Limit
		if w.later && rule.Then > 0 {
			length = rule.Then
		}
		m.Limit = w.from.Add(length)
		m.Counted = fmt.Sprintf("自%s（%s）起%s，最迟%s（%s）", w.since, b.clock(w.from), lengthText(length), b.clock(m.Limit), rule.Clause)
		if !m.Target.IsZero() {
			m.Counted += "；力争" + b.clock(m.Target) + "前"
		}
		m.Counted += "。"
	default:
		return incident.Milestone{}, false
	}
	return m, true
}

func (b Book) countDays(c incident.Case, level incident.Level, w want, rule Limit, m *incident.Milestone) {
	cal := b.Policy.calendarFor(level, c.Report.Source.Name)
	if rule.Calendar != "" {
		cal = rule.Calendar
	}
	s := b.Holidays.days(w.from, rule.Days, cal, b.Zone)
	m.Limit, m.Days = s.limit, rule.Days
	day := w.from.In(b.Zone).Format("1月2日")
	switch cal {
	case Exact:
		m.Counted = fmt.Sprintf("自%s（%s）起连续%d×24小时，最迟%s", w.since, b.clock(w.from), rule.Days, b.clock(m.Limit))
	case Working:
		m.Counted = fmt.Sprintf("%s当日（%s）不计，自次日起数%d个工作日", w.since, day, rule.Days)
		if s.skipped > 0 {
			m.Counted += fmt.Sprintf("，其间%d个休息日不计", s.skipped)
		}
		m.Counted += "，最迟" + incident.Show(m.Limit, b.Zone)
	case NaturalRoll:
		m.Counted = fmt.Sprintf("%s当日（%s）不计，自次日起数%d个自然日", w.since, day, rule.Days)
		if s.skipped > 0 {
			m.Counted += fmt.Sprintf("，末日逢休息日，顺延%d天（民法典第二百零三条）", s.skipped)
		}
		m.Counted += "，最迟" + incident.Show(m.Limit, b.Zone)
	case Natural:
		m.Counted = fmt.Sprintf("%s当日（%s）不计，自次日起数%d个自然日，最迟%s", w.since, day, rule.Days, incident.Show(m.Limit, b.Zone))
	}
	m.Counted += "（" + rule.Clause + "）"
	if !m.Target.IsZero() {
		m.Counted += "；力争" + b.clock(m.Target) + "前"
	}
	m.Counted += "。"
	if s.unpublished != 0 {
		m.Warning = unpublished(s.unpublished)
	}
}

func unpublished(year int) string {
	return fmt.Sprintf("%d年放假安排尚未公布，本时限暂按双休日和法定节日推算，公布后重算。", year)
}

// handed lets a limit bind that came with the item, where it is the earlier.
func (b Book) handed(c incident.Case, m *incident.Milestone) {
	limits := slices.Clone(c.Report.HandedLimits)
	for _, r := range c.More {
		limits = append(limits, r.HandedLimits...)
	}
	for _, h := range limits {
		same := h.Kind == m.Kind || (h.Kind == incident.MilestoneConclude && m.Kind == incident.MilestonePlan)
		if !same || h.Limit.IsZero() || h.Limit.Before(m.From) {
			continue
		}
		if h.Limit.Before(m.Limit) {
			m.Counted += fmt.Sprintf("随件期限%s（%s）更早，以其为准；本县时限为%s。", incident.Show(h.Limit, b.Zone), h.By, incident.Show(m.Limit, b.Zone))
			m.Limit = h.Limit
			if m.Target.After(m.Limit) {
				m.Target = m.Limit
			}
		} else {
			m.Counted += fmt.Sprintf("随件期限%s（%s）较晚，不影响。", incident.Show(h.Limit, b.Zone), h.By)
		}
	}
}

// clock shows an instant of an hour limit: such limits end at an hour, not with a day.
func (b Book) clock(t time.Time) string {
	t = t.In(b.Zone)
	if t.Second() != 0 {
		return t.Format("1月2日15:04:05")
	}
	return t.Format("1月2日15:04")
}

func lengthText(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d小时", d/time.Hour)
	}
	return fmt.Sprintf("%d分钟", d/time.Minute)
}
