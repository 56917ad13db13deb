package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Figure is one number of a report, with all that is needed to check it: how it is
// counted, from what, as at when, and the incidents behind it.
type Figure struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Formula string `json:"formula"`
	// Num and Den are counts; a figure that is a mere count has no Den (Rate false).
	Num  int  `json:"numerator"`
	Den  int  `json:"denominator"`
	Rate bool `json:"rate"`
	// Median and P90 are of a duration, in milliseconds; zero for none.
	Median int64     `json:"median_ms,omitempty"`
	P90    int64     `json:"p90_ms,omitempty"`
	Value  string    `json:"value"` // as people read it; — where there is nothing to divide by
	CutOff time.Time `json:"cut_off"`
	Note   string    `json:"note,omitempty"`
	Refs   []Ref     `json:"refs,omitempty"`
}

// Ref is one thing that was counted: it is in the denominator, and in the numerator if Hit.
type Ref struct {
	Incident incident.ID `json:"incident"`
	// Milestone is its Seq; 0 where the incident itself was counted.
	Milestone int  `json:"milestone,omitempty"`
	Hit       bool `json:"hit"`
	// Took is how long it took, or was late, in milliseconds, where the figure is of that.
	Took int64 `json:"took_ms,omitempty"`
}

// Ratio is the figure as a number from 0 to 1; false where there is nothing to divide by.
func (f Figure) Ratio() (float64, bool) {
	if !f.Rate || f.Den == 0 {
		return 0, false
	}
	return float64(f.Num) / float64(f.Den), true
}

// shape is what sort of number an indicator is.
type shape int

const (
	share    shape = iota // hits of all
	duration              // median and 90th percentile of what it took
	lateness              // hits, and the days that they are late
	tally                 // hits
)

// indicator is one row of facts/standards.md section 4.
type indicator struct {
	key, name, formula string
	shape              shape
	habit              bool // what inspectors look for, not scored
}

// The keys that the score and the proposals rest on.
const (
	keyOnTime     = "on_time"
	keyRespond    = "respond_48h"
	keyEmergency  = "emergency"
	keySatisfied  = "satisfied"
	keyAccept     = "accept"
	keyFeedback   = "feedback"
	keyOverdue    = "overdue"
	keyRelease5   = "release_5h"
	keyConference = "conference_24h"
)

// indicators are all of them, in the order in which they are printed.
func indicators() []indicator {
	return []indicator{
		{key: keyAccept, name: "签收及时率", formula: "签收时限内签收的 ÷ 本期签收时限到期的"},
		{key: keyRespond, name: "48小时回应率", formula: "按时首次回应的 ÷ 本期首次回应到期的"},
		{key: "first_response", name: "首次响应时长", formula: "首次公开回应时间 − 起算时间，取中位数和90百分位；按首次回应时间归期", shape: duration},
		{key: "concluded", name: "办结率", formula: "截止时已办结的 ÷ 本期登记的（作废、并案不计）"},
		{key: keyOnTime, name: "按期办结率", formula: "按最迟时间办结或给出方案的 ÷ 本期办结、给出方案到期的；延期的按新时限"},
		{key: "extended", name: "延期办结率", formula: "延期后按新时限办结的 ÷ 本期到期且曾准予延期的"},
		{key: keyOverdue, name: "超期件数、超期天数", formula: "截止时最迟时间已过仍未完成的时限；天数 =（截止 − 最迟）÷ 24小时，进位", shape: lateness},
		{key: "release_3h", name: "3小时达标率", formula: "按力争时间权威发布的 ÷ 本期权威发布到期的"},
		{key: keyRelease5, name: "5小时合规率", formula: "按最迟时间权威发布的 ÷ 本期权威发布到期的"},
		{key: keyConference, name: "24小时发布会率", formula: "按时举行新闻发布会的 ÷ 本期新闻发布会到期的"},
		{key: keyEmergency, name: "重大突发合规率", formula: "按时的权威发布、新闻发布会 ÷ 本期到期的权威发布、新闻发布会"},
		{key: "head_spoke", name: "主要负责人发声率", formula: "主要负责人发声的 ÷ 本期登记的重大突发"},
		{key: "returned", name: "退回率", formula: "被退回的 ÷ 本期主办分办次数"},
		{key: "misrouted", name: "错办率", formula: "退回成立（改派其他单位）的 ÷ 本期主办分办次数；计在分办方"},
		{key: "reopened", name: "返工率", formula: "办结后重办的 ÷ 本期办结的"},
		{key: keySatisfied, name: "群众满意率", formula: "满意 ÷ 回访联系上的（未联系上、未回访不计），按办结时间归期"},
		{key: "resolved", name: "解决率", formula: "以“已解决”办结的 ÷ 本期办结的"},
		{key: "explained", name: "说明原因率", formula: "以“说明原因”办结的 ÷ 本期办结的"},
		{key: "clarified", name: "澄清率", formula: "以“澄清事实”办结的 ÷ 本期办结的"},
		{key: "late_report", name: "迟报率", formula: "首报超过最迟时间的 ÷ 本期首报到期的"},
		{key: string(incident.Omitted), name: "漏报", formula: "本期认定的漏报（单位已知情、由其他方面发现）；须由人认定，撤销的不计", shape: tally},
		{key: string(incident.Concealed), name: "瞒报", formula: "本期认定的瞒报；须由人认定，撤销的不计", shape: tally},
		{key: string(incident.Falsified), name: "谎报", formula: "本期认定的谎报；须由人认定，撤销的不计", shape: tally},
		{key: keyFeedback, name: "反馈率", formula: "按时反馈的 ÷ 本期反馈到期的"},
		{key: "last_minute", name: "踩点办结", formula: "在时限最后十分之一内办结的 ÷ 本期到期且按期办结的", habit: true},
		{key: "repeat_extension", name: "多次申请延期", formula: "累计申请延期两次以上的 ÷ 本期申请过延期的", habit: true},
		{key: "repeat_return", name: "多次退回", formula: "累计退回两次以上的 ÷ 本期退回过的", habit: true},
		{key: "bare_return", name: "空泛退回", formula: "退回理由不足8个字的 ÷ 本期退回的", habit: true},
	}
}

// indicatorOf is the indicator of that key; the zero one for none.
func indicatorOf(key string) indicator {
	all := indicators()
	if i := slices.IndexFunc(all, func(in indicator) bool { return in.key == key }); i >= 0 {
		return all[i]
	}
	return indicator{}
}

// add puts one counted thing under an indicator and a unit.
type add func(key string, unit org.UnitID, ref Ref)

// counter counts cases by the indicators.
type counter struct {
	p   Period
	dir *org.Directory
	add add
}

func (n counter) count(c incident.Case) {
	lead := c.Lead
	if lead == "" {
		lead = n.dir.County()
	}
	for _, m := range c.Milestones {
		if m.State != incident.Voided && !m.Kind.Inner() {
			n.milestone(c, m, owner(n.dir, c, m))
		}
	}
	n.received(c, lead)
	n.answered(c, lead)
	n.concluded(c, lead)
	n.dispatched(c)
	n.extended(c, lead)
}

func (n counter) milestone(c incident.Case, m incident.Milestone, unit org.UnitID) {
	if n.p.overdue(m) {
		n.add(keyOverdue, unit, Ref{c.ID, m.Seq, true, n.p.CutOff.Sub(m.Limit).Milliseconds()})
	}
	if !n.p.due(m) {
		return
	}
	met := m.State == incident.Met
	ref := Ref{Incident: c.ID, Milestone: m.Seq, Hit: met}
	switch m.Kind { //nolint:exhaustive // the others have no indicator
	case incident.MilestoneAccept:
		n.add(keyAccept, unit, ref)
	case incident.MilestoneRespond:
		n.add(keyRespond, unit, ref)
	case incident.MilestoneFeedback:
		n.add(keyFeedback, unit, ref)
	case incident.MilestoneFirstReport:
		n.add("late_report", unit, Ref{Incident: c.ID, Milestone: m.Seq, Hit: !met})
	case incident.MilestoneRelease:
		n.add(keyRelease5, unit, ref)
		n.add(keyEmergency, unit, ref)
		n.add("release_3h", unit, Ref{Incident: c.ID, Milestone: m.Seq, Hit: met && !m.MetAt.After(m.Target)})
	case incident.MilestonePressConference:
		n.add(keyConference, unit, ref)
		n.add(keyEmergency, unit, ref)
	case incident.MilestoneConclude, incident.MilestonePlan:
		n.ended(c, m, unit, ref)
	}
}

func (n counter) ended(c incident.Case, m incident.Milestone, unit org.UnitID, ref Ref) {
	n.add(keyOnTime, unit, ref)
	if m.Extended {
		n.add("extended", unit, ref)
	}
	if ref.Hit {
		left := m.Limit.Sub(m.MetAt)
		n.add("last_minute", unit, Ref{Incident: c.ID, Milestone: m.Seq, Hit: left*10 <= m.Limit.Sub(m.From)})
	}
}

func (n counter) received(c incident.Case, lead org.UnitID) {
	if !n.p.Has(c.RegisteredAt) || !counts(c) {
		return
	}
	n.add("concluded", lead, Ref{Incident: c.ID, Hit: c.State == incident.Concluded || c.State == incident.Archived})
	if c.Level() == incident.Emergency {
		n.add("head_spoke", lead, Ref{Incident: c.ID, Hit: spoke(c)})
	}
}

// answered is the first public answer: a response, a release, or a conclusion with an address.
func (n counter) answered(c incident.Case, lead org.UnitID) {
	var first time.Time
	see := func(at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	for _, r := range c.Responses {
		see(r.At)
	}
	for _, r := range c.Releases {
		see(r.At)
	}
	for _, r := range c.Conclusions {
		if r.Address != "" {
			see(r.At)
		}
	}
	if n.p.Has(first) && counts(c) {
		n.add("first_response", lead, Ref{Incident: c.ID, Hit: true, Took: max(1, first.Sub(c.ReceivedAt).Milliseconds())})
	}
}

func (n counter) concluded(c incident.Case, lead org.UnitID) {
	for i, done := range c.Conclusions {
		if !n.p.Has(done.At) {
			continue
		}
		again := slices.ContainsFunc(c.Clocks, func(k incident.Clock) bool { return k.Reason == "reopen" && k.Start.After(done.At) })
		n.add("reopened", lead, Ref{Incident: c.ID, Milestone: -i, Hit: again})
		if i < len(c.Conclusions)-1 {
			continue
		}
		n.add("resolved", lead, Ref{Incident: c.ID, Hit: done.Kind == incident.Resolved})
		n.add("explained", lead, Ref{Incident: c.ID, Hit: done.Kind == incident.Explained})
		n.add("clarified", lead, Ref{Incident: c.ID, Hit: done.Kind == incident.Clarified})
		if c.Verified == "satisfied" || c.Verified == "unsatisfied" {
			n.add(keySatisfied, lead, Ref{Incident: c.ID, Hit: c.Verified == "satisfied"})
		}
	}
}

// bareReason is how many characters a reason for a return needs to say anything.
const bareReason = 8

func (n counter) dispatched(c incident.Case) {
	returns := map[org.UnitID]int{}
	for i, d := range c.Dispatchings {
		if !d.Lead {
			continue
		}
		back := !d.Returned.IsZero()
		if back {
			returns[d.Unit]++
		}
		if n.p.Has(d.At) {
			n.add("returned", d.Unit, Ref{Incident: c.ID, Milestone: -i, Hit: back})
			n.add("misrouted", n.dir.County(), Ref{Incident: c.ID, Milestone: -i, Hit: back && upheld(c.Dispatchings[i+1:], d.Unit)})
		}
		if n.p.Has(d.Returned) {
			n.add("bare_return", d.Unit, Ref{Incident: c.ID, Milestone: -i, Hit: len([]rune(d.Reason)) < bareReason})
			n.add("repeat_return", d.Unit, Ref{Incident: c.ID, Milestone: -i, Hit: returns[d.Unit] > 1})
		}
	}
}

// upheld tells whether the next unit that led was another: the return was right.
func upheld(after []incident.Dispatching, unit org.UnitID) bool {
	for _, d := range after {
		if d.Lead {
			return d.Unit != unit
		}
	}
	return false
}

func (n counter) extended(c incident.Case, lead org.UnitID) {
	asked := slices.ContainsFunc(c.Extensions, func(e incident.Extension) bool { return n.p.Has(e.AskedAt) })
	if asked {
		n.add("repeat_extension", lead, Ref{Incident: c.ID, Hit: len(c.Extensions) > 1})
	}
}

// figure makes an indicator's figure of what was counted.
func (in indicator) figure(refs []Ref, cutOff time.Time) Figure {
	f := Figure{Key: in.key, Name: in.name, Formula: in.formula, Rate: in.shape == share, CutOff: cutOff, Refs: refs}
	slices.SortFunc(f.Refs, func(a, b Ref) int {
		return cmp.Or(cmp.Compare(a.Incident, b.Incident), cmp.Compare(a.Milestone, b.Milestone))
	})
	var took []time.Duration
	for _, r := range f.Refs {
		if r.Hit {
			f.Num++
		}
		took = append(took, time.Duration(r.Took)*time.Millisecond)
	}
	if in.shape == share || in.shape == duration {
		f.Den = len(f.Refs)
	}
	switch {
	case in.shape == share:
		f.Value = percent(f.Num, f.Den)
	case len(f.Refs) == 0 && in.shape == duration:
		f.Value = nothing
	case in.shape == duration:
		median, p90 := percentile(took, 0.5), percentile(took, 0.9)
		f.Median, f.P90 = median.Milliseconds(), p90.Milliseconds()
		f.Value = fmt.Sprintf("中位%s，九成在%s内", hours(median), hours(p90))
	case in.shape == tally:
		f.Value = fmt.Sprintf("%d起", f.Num)
	case in.shape == lateness:
		days := 0
		for _, t := range took {
			days += max(1, int((t+24*time.Hour-1)/(24*time.Hour)))
		}
		f.Value = fmt.Sprintf("%d项，共%d天", f.Num, days)
	}
	return f
}

// percentile is the smallest of the durations that at least the share q does not exceed.
func percentile(d []time.Duration, q float64) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	i := int(q*float64(len(d))+0.999999) - 1
	return d[min(max(i, 0), len(d)-1)]
}
