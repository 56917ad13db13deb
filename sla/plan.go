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
	// ref and post are an inner milestone's; a duty has ref, too.
	ref  string
	post org.Post
	// half: promised is half of the lead unit's time.
	half bool
	// later: a press conference was held, so that the rule's Then is the limit.
	later bool
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
	wants := b.wanted(c)
	for i := range c.Milestones {
		m := &c.Milestones[i]
		overdue := now.After(m.Limit) && !released(wants, *m)
		if m.State != incident.Pending || overdue {
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
	b.extend(&c)
	return c
}

// released tells whether a unit need not accept any more, since it was taken off or the
// matter is concluded: then even an overdue acceptance ends, which nobody could give. A
// review that is no longer asked for ends likewise.
func released(wants []want, m incident.Milestone) bool {
	return m.Kind.Inner() || m.Kind == incident.MilestoneAccept && !slices.ContainsFunc(wants, func(w want) bool {
		return w.kind == m.Kind && w.unit == m.Unit
	})
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
	if m.Kind != w.kind || !m.From.Equal(w.from) || m.State == incident.Voided || m.Ref != w.ref {
		return false
	}
	if m.Kind.Inner() {
		return true
	}
	if w.kind == incident.MilestoneAccept && m.Unit != w.unit {
		return false
	}
	free := w.kind == incident.MilestoneRespond || w.kind == incident.MilestoneFeedback
	return free || m.Clock == w.clock
}

// wanted lists what the case owes by rules.md, Milestones.
func (b Book) wanted(c incident.Case) []want {
	if c.Duty != nil {
		return wantedOfDuty(c)
	}
	if c.State == incident.Merged || c.State == incident.Void || c.State == incident.Archived {
		return nil
	}
	clock := c.Clock()
	level := levelNow(c)
	var out []want
	put := func(w want) {
		if _, ruled := b.Policy.Milestones[w.kind][level]; ruled {
			out = append(out, w)
		}
	}
	add := func(kind incident.MilestoneKind, from time.Time, since string) {
		put(want{kind: kind, unit: c.Lead, clock: clock.N, from: from, since: since})
	}
	// later moves the start of a milestone to the development that began its clock.
	later := func(at time.Time) time.Time {
		if clock.Reason == "development" && clock.Start.After(at) {
			return clock.Start
		}
		return at
	}
	if c.State == incident.Received || c.State == incident.Assessed {
		add(incident.MilestoneDispatch, later(c.RegisteredAt), "登记")
	}
	if c.State == incident.Returned {
		add(incident.MilestoneDispatch, later(returnedAt(c)), "退回")
	}
	if c.State.Open() {
		for _, d := range c.Dispatchings {
			if d.Accepted.IsZero() && d.Returned.IsZero() && d.Ended.IsZero() {
				put(want{kind: incident.MilestoneAccept, unit: d.Unit, clock: clock.N, from: later(d.At), since: "分办"})
			}
		}
	}
	if c.Report.Source.Public {
		add(incident.MilestoneRespond, c.ReceivedAt, "接报")
	}
	if clock.N > 0 {
		b.wantedByClock(c, clock, level, add, put)
	}
	for _, d := range c.DueReviews() {
		put(want{kind: incident.MilestoneReview, unit: d.Unit, clock: clock.N, from: d.From, since: "送审", ref: d.Ref, post: d.Post})
	}
	for _, d := range c.DueParts() {
		put(want{
			kind: incident.MilestonePart, unit: d.Unit, clock: clock.N, from: d.From, since: "交办", ref: d.Ref, post: d.Post, promised: d.Limit, half: d.Half,
		})
	}
	if n := len(c.Conclusions); n > 0 && !c.State.Open() {
		if c.Report.Source.WantsAnswer {
			add(incident.MilestoneFeedback, c.Conclusions[n-1].At, "办结")
		}
		put(want{kind: incident.MilestoneAfterAction, unit: c.Lead, clock: clock.N, from: c.Conclusions[n-1].At, since: "办结", post: org.Handler})
	}
	return out
}

// wantedByClock lists what the running clock owes.
func (b Book) wantedByClock(c incident.Case, clock incident.Clock, level incident.Level,
	add func(incident.MilestoneKind, time.Time, string), put func(want),
) {
	since := startWord(c, clock)
	if clock.Reason != "reopen" {
		if level == incident.Emergency || c.Grading.Influence {
			add(incident.MilestoneFirstReport, clock.Start, since)
		}
		add(incident.MilestoneRelease, clock.Start, since)
		add(incident.MilestonePressConference, clock.Start, since)
	}
	if c.State.Open() {
		rolling(c, clock, add)
		followup(c, clock, put)
	}
	if level == incident.General {
		add(incident.MilestoneConclude, clock.Start, since)
		return
	}
	add(incident.MilestonePlan, clock.Start, since)
	// The first plan binds; a later one does not move its promise. A correction keeps it.
	first := firstOfRun(c, clock.N)
	i := slices.IndexFunc(c.Plans, func(p incident.Treatment) bool { return p.Clock >= first && !p.At.Before(clock.Start) })
	if i >= 0 {
		put(want{
			kind: incident.MilestoneConclude, unit: c.Lead, clock: clock.N, from: c.Plans[i].At, since: "给出方案",
			promised: endOf(midnight(c.Plans[i].PromisedAt, b.Zone)),
		})
	}
}

// rolling asks for the next release after the last one of this clock; after a reopening
// the first is due by the reopening.
func rolling(c incident.Case, clock incident.Clock, add func(incident.MilestoneKind, time.Time, string)) {
	var last time.Time
	for _, r := range c.Releases {
		if !r.Again && r.At.After(last) {
			last = r.At
		}
	}
	switch {
	case last.IsZero():
	case !last.Before(clock.Start):
		add(incident.MilestoneRollingRelease, last, "上次发布")
	case clock.Reason == "reopen":
		add(incident.MilestoneRollingRelease, clock.Start, "重办")
	}
}

// followup asks for the next report after the last one of this clock, until the final one:
// closely until a press conference was held, then daily (facts/standards.md 3); after a
// reopening the first is due by the reopening.
func followup(c incident.Case, clock incident.Clock, put func(want)) {
	from, since := time.Time{}, "上次报告"
	for _, r := range c.OfficialReports {
		switch {
		case r.At.Before(clock.Start):
			if clock.Reason == "reopen" && from.IsZero() {
				from, since = clock.Start, "重办"
			}
		case r.Stage == "final":
			return
		default:
			from, since = r.At, "上次报告"
		}
	}
	if from.IsZero() {
		return
	}
	held := slices.ContainsFunc(c.Conferences, func(r incident.Conference) bool { return !r.At.Before(clock.Start) })
	w := want{kind: incident.MilestoneFollowup, unit: c.Lead, clock: clock.N, from: from, since: since, post: org.Handler, ref: "followup", later: held}
	if held {
		w.ref = "followup/daily"
	}
	put(w)
}

// firstOfRun is the number of the first clock since the case was last reopened: what was
// planned or concluded since then holds for each later clock of the run.
func firstOfRun(c incident.Case, n int) int {
	for ; n > 1; n-- {
		if n <= len(c.Clocks) && c.Clocks[n-1].Reason == "reopen" {
			break
		}
	}
	return n
}

func startWord(c incident.Case, clock incident.Clock) string {
	switch {
	case clock.Reason == "development":
		return "事态发展"
	case !c.Reopened.IsZero() && clock.Start.Equal(c.Reopened):
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
		first := firstOfRun(c, w.clock)
		for _, r := range c.Conclusions {
			if r.Clock >= first && r.Clock <= w.clock {
				times = append(times, r.At)
			}
		}
		for _, r := range c.Plans {
			if r.Clock >= first && r.Clock <= w.clock && w.kind == incident.MilestonePlan {
				times = append(times, r.At)
			}
		}
	case incident.MilestoneFeedback:
		for _, r := range c.Feedbacks {
			times = append(times, r.At)
		}
	case incident.MilestoneDispatch, incident.MilestoneAccept, incident.MilestoneRollingRelease, incident.MilestoneReview, incident.MilestonePart, incident.MilestoneFollowup, incident.MilestoneDuty:
	case incident.MilestoneAfterAction:
		for _, r := range c.AfterActions {
			times = append(times, r.At)
		}
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

// extend moves the limits whose extension was granted, by the same calendar. A limit
// that was handed down with the item is not the county's to extend, and binds on.
func (b Book) extend(c *incident.Case) {
	for _, e := range c.Extensions {
		m := extended(c, e)
		if e.Granted.IsZero() || m == nil || m.Extended {
			continue
		}
		cal := b.Policy.calendarFor(levelOf(*c, *m), c.Report.Source.Name)
		if c.Duty != nil {
			cal = calendarOf(*c.Duty)
		}
		was := *m
		own := b.ownLimit(*c, *m)
		m.Original, m.Extended = m.Limit, true
		// 24:00 of day X belongs to X: count on from the last moment of the limit's day.
		s := b.Holidays.days(own.Add(-time.Nanosecond), e.Days, cal, b.Zone)
		if cal == Exact {
			s.limit = own.Add(time.Duration(e.Days) * 24 * time.Hour)
		}
		m.Limit = s.limit
		if !m.Target.IsZero() {
			m.Target = m.Target.Add(time.Duration(e.Days) * 24 * time.Hour)
		}
		if m.Days > 0 {
			m.Days += e.Days
		}
		if s.unpublished != 0 {
			m.Warning = unpublished(s.unpublished)
		}
		m.Counted += fmt.Sprintf("经批准延期%d天（%s），延至%s。", e.Days, cal.Chinese(), incident.Show(m.Limit, b.Zone))
		b.handed(*c, m)
		anew(m, was)
	}
}

// extended is the pending milestone that an extension moves; after a merge was undone it
// is the one that took the place of the milestone that the extension was asked for.
func extended(c *incident.Case, e incident.Extension) *incident.Milestone {
	m := c.Milestone(e.Milestone)
	if m == nil || m.State == incident.Pending {
		return m
	}
	for i := range c.Milestones {
		n := &c.Milestones[i]
		if m.State == incident.Voided && n.State == incident.Pending && n.Kind == m.Kind && n.Clock == m.Clock && n.From.Equal(m.From) {
			return n
		}
	}
	return nil
}

// ownLimit is the limit that the policy gives a milestone, without one that was handed down.
func (b Book) ownLimit(c incident.Case, m incident.Milestone) time.Time {
	for _, w := range b.wanted(c) {
		if !w.is(m) {
			continue
		}
		if own, ok := b.own(c, w); ok {
			return own.Limit
		}
	}
	return m.Limit
}

// anew lets the ladder begin again where limit or target is another than before.
func anew(m *incident.Milestone, was incident.Milestone) {
	if m.Limit.Equal(was.Limit) && m.Target.Equal(was.Target) {
		return
	}
	m.Round++
	m.Told = nil
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
			was := *m
			m.Counted, m.Warning, m.Days = fresh.Counted, fresh.Warning, fresh.Days
			if m.Limit, m.Target = fresh.Limit, fresh.Target; !m.Limit.Equal(was.Limit) {
				m.Original = was.Limit
			}
			anew(m, was)
		}
	}
	return c
}
