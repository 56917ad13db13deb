package sla

import (
	"fmt"
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

// want is a milestone that the case should have.
type want struct {
	kind  incident.MilestoneKind
	unit  org.UnitID
	clock int
	from  time.Time
	since string // Chinese: what the limit is counted from
	// promised replaces the rule's limit where a plan promised a date; zero for none.
	promised time.Time
}

// Plan makes the case's milestones those that the policy asks for at now: it adds what
// is missing, voids what is no longer owed (unless it is overdue already, which stays),
// moves a limit that was extended, and leaves all others as they were. It changes only
// milestones, return limits and the policy's version, and twice does what once does.
func (b Book) Plan(c incident.Case, now time.Time) incident.Case {
	c.Milestones = incident.CloneMilestones(c.Milestones)
	c.Dispatchings = slices.Clone(c.Dispatchings)
	if c.Policy == "" {
		c.Policy = b.Policy.Version()
	}
	for i := range c.Dispatchings {
		if d := &c.Dispatchings[i]; d.ReturnUntil.IsZero() {
			d.ReturnUntil = d.At.Add(b.Policy.ReturnWithin[levelNow(c)])
		}
	}
	b.extend(&c)
	wants := b.wanted(c)
	for i := range c.Milestones {
		m := &c.Milestones[i]
		if m.State != incident.Pending || now.After(m.Limit) {
			continue
		}
		if !slices.ContainsFunc(wants, func(w want) bool { return w.is(*m) }) {
			m.State = incident.Voided
		}
	}
	for _, w := range wants {
		if slices.ContainsFunc(c.Milestones, w.is) {
			continue
		}
		m, ok := b.count(c, w)
		if !ok {
			continue
		}
		m.Seq = len(c.Milestones) + 1
		if at, met := fact(c, w); met {
			m.MetAt, m.State = at, incident.Met
			if at.After(m.Limit) {
				m.State = incident.MetLate
			}
		}
		c.Milestones = append(c.Milestones, m)
	}
	return c
}

func levelNow(c incident.Case) incident.Level {
	if l := c.Level(); l != "" {
		return l
	}
	return incident.General
}

// is tells whether a milestone is the one wanted. Answers and feedback outlive a
// regrade; everything else belongs to its clock.
func (w want) is(m incident.Milestone) bool {
	if m.Kind != w.kind || !m.From.Equal(w.from) || m.State == incident.Voided {
		return false
	}
	if w.kind == incident.MilestoneAccept && m.Unit != w.unit {
		return false
	}
	free := w.kind == incident.MilestoneRespond || w.kind == incident.MilestoneFeedback
	return free || m.Clock == w.clock
}

// wanted lists what the case owes by rules.md, Milestones.
func (b Book) wanted(c incident.Case) []want {
	if c.State == incident.Merged || c.State == incident.Void || c.State == incident.Archived {
		return nil
	}
	clock := c.Clock()
	level := levelNow(c)
	var out []want
	add := func(kind incident.MilestoneKind, from time.Time, since string) {
		if _, ruled := b.Policy.Milestones[kind][level]; ruled {
			out = append(out, want{kind: kind, unit: c.Lead, clock: clock.N, from: from, since: since})
		}
	}
	// later moves the start of a milestone to the development that began its clock.
	later := func(at time.Time) time.Time {
		if clock.Reason == "development" && clock.Start.After(at) {
			return clock.Start
		}
		return at
	}
	switch c.State {
	case incident.Received, incident.Assessed:
		add(incident.MilestoneDispatch, later(c.RegisteredAt), "登记")
	case incident.Returned:
		add(incident.MilestoneDispatch, later(returnedAt(c)), "退回")
	}
	if c.State.Open() {
		for _, d := range c.Dispatchings {
			if d.Accepted.IsZero() && d.Returned.IsZero() && d.Ended.IsZero() {
				add(incident.MilestoneAccept, later(d.At), "分办")
				out[len(out)-1].unit = d.Unit
			}
		}
	}
	if c.Report.Source.Public {
		add(incident.MilestoneRespond, c.ReceivedAt, "接报")
	}
	if clock.N > 0 {
		b.wantedByClock(c, clock, level, add, &out)
	}
	if n := len(c.Conclusions); n > 0 && !c.State.Open() && c.Report.Source.WantsAnswer {
		add(incident.MilestoneFeedback, c.Conclusions[n-1].At, "办结")
	}
	return out
}

// wantedByClock lists what the running clock owes.
func (b Book) wantedByClock(c incident.Case, clock incident.Clock, level incident.Level,
	add func(incident.MilestoneKind, time.Time, string), out *[]want,
) {
	since := startWord(clock.Reason)
	if clock.Reason != "reopen" {
		if level == incident.Emergency || c.Grading.Influence {
			add(incident.MilestoneFirstReport, clock.Start, since)
		}
		add(incident.MilestoneRelease, clock.Start, since)
		add(incident.MilestonePressConference, clock.Start, since)
	}
	if n := len(c.Releases); n > 0 && c.State.Open() {
		add(incident.MilestoneRollingRelease, c.Releases[n-1].At, "上次发布")
	}
	if level == incident.General {
		add(incident.MilestoneConclude, clock.Start, since)
		return
	}
	add(incident.MilestonePlan, clock.Start, since)
	// The first plan of a clock binds; a later one does not move its promise.
	i := slices.IndexFunc(c.Plans, func(p incident.Treatment) bool { return p.Clock == clock.N })
	if i >= 0 {
		before := len(*out)
		add(incident.MilestoneConclude, c.Plans[i].At, "给出方案")
		if len(*out) > before {
			(*out)[before].promised = endOf(midnight(c.Plans[i].PromisedAt, b.Zone))
		}
	}
}

func startWord(reason string) string {
	switch reason {
	case "development":
		return "事态发展"
	case "reopen":
		return "重办"
	}
	return "接报"
}

func returnedAt(c incident.Case) time.Time {
	at := c.RegisteredAt
	for _, d := range c.Dispatchings {
		if d.Lead && d.Returned.After(at) {
			at = d.Returned
		}
	}
	return at
}

// fact is when a wanted milestone was met by something that is there already, such as
// a release that came before a regrade.
func fact(c incident.Case, w want) (time.Time, bool) {
	var times []time.Time
	switch w.kind {
	case incident.MilestoneFirstReport:
		for _, r := range c.OfficialReports {
			times = append(times, r.At)
		}
	case incident.MilestoneRelease:
		for _, r := range c.Releases {
			times = append(times, r.At)
		}
	case incident.MilestonePressConference:
		for _, r := range c.Conferences {
			times = append(times, r.At)
		}
	case incident.MilestoneRespond:
		times = answers(c)
	case incident.MilestonePlan, incident.MilestoneConclude:
		for _, r := range c.Conclusions {
			if r.Clock == w.clock {
				times = append(times, r.At)
			}
		}
		for _, r := range c.Plans {
			if r.Clock == w.clock && w.kind == incident.MilestonePlan {
				times = append(times, r.At)
			}
		}
	case incident.MilestoneFeedback:
		for _, r := range c.Feedbacks {
			times = append(times, r.At)
		}
	case incident.MilestoneDispatch, incident.MilestoneAccept, incident.MilestoneRollingRelease:
	}
	var best time.Time
	for _, at := range times {
		if !at.Before(w.from) && (best.IsZero() || at.Before(best)) {
			best = at
		}
	}
	return best, !best.IsZero()
}

func answers(c incident.Case) []time.Time {
	var times []time.Time
	for _, r := range c.Responses {
		times = append(times, r.At)
	}
	for _, r := range c.Releases {
		times = append(times, r.At)
	}
	for _, r := range c.Conclusions {
		if r.Address != "" {
			times = append(times, r.At)
		}
	}
	for _, r := range c.Feedbacks {
		times = append(times, r.At)
	}
	return times
}

// extend moves the limits whose extension was granted, by the same calendar.
func (b Book) extend(c *incident.Case) {
	for _, e := range c.Extensions {
		m := c.Milestone(e.Milestone)
		if e.Granted.IsZero() || m == nil || m.State != incident.Pending || m.Extended {
			continue
		}
		cal := b.Policy.calendarFor(levelOf(*c, *m), c.Report.Source.Name)
		m.Original, m.Extended = m.Limit, true
		m.Round++
		m.Told = nil
		// 24:00 of day X belongs to X: count on from the last moment of the limit's day.
		s := b.Holidays.days(m.Limit.Add(-time.Nanosecond), e.Days, cal, b.Zone)
		if cal == Exact {
			s.limit = m.Limit.Add(time.Duration(e.Days) * 24 * time.Hour)
		}
		m.Limit = s.limit
		if !m.Target.IsZero() {
			m.Target = m.Target.Add(time.Duration(e.Days) * 24 * time.Hour)
		}
		m.Counted += fmt.Sprintf("经批准延期%d天（%s），延至%s。", e.Days, cal.Chinese(), incident.Show(m.Limit, b.Zone))
	}
}

// Recount counts the limits of pending milestones anew, after another policy or a
// newly published year of holidays was applied to an open case; a limit that moves
// keeps the one before as its original, and its ladder begins anew.
func (b Book) Recount(c incident.Case, _ time.Time) incident.Case {
	c.Milestones = incident.CloneMilestones(c.Milestones)
	for i := range c.Milestones {
		m := &c.Milestones[i]
		if m.State != incident.Pending || m.Extended {
			continue
		}
		for _, w := range b.wanted(c) {
			if !w.is(*m) {
				continue
			}
			fresh, ok := b.count(c, w)
			if !ok {
				continue
			}
			m.Counted, m.Warning = fresh.Counted, fresh.Warning
			if !fresh.Limit.Equal(m.Limit) || !fresh.Target.Equal(m.Target) {
				m.Original, m.Limit, m.Target = m.Limit, fresh.Limit, fresh.Target
				m.Round++
				m.Told = nil
			}
		}
	}
	return c
}
