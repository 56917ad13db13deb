package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// weekBuilder counts a week case by case.
type weekBuilder struct {
	w        Weekly
	zone     *time.Location
	dir      *org.Directory
	units    map[org.UnitID]*UnitWeek
	hot      map[string]*HotRow
	nextEnds time.Time
}

func newWeekBuilder(county County, week Week, now time.Time) *weekBuilder {
	b := &weekBuilder{zone: county.Zone, dir: county.Directory, units: map[org.UnitID]*UnitWeek{}, hot: map[string]*HotRow{}}
	b.w = Weekly{
		County: county.Name, Week: week.String(), Period: week.Period(county.Zone, now), Policy: county.Policy, Basis: county.Basis,
		Overview: newOverview(), Units: []UnitWeek{}, Late: []LateRow{}, Soon: []SoonRow{}, Grave: []GraveRow{}, Hot: []HotRow{},
	}
	b.nextEnds = b.w.Period.To.AddDate(0, 0, 7)
	return b
}

func newOverview() Overview {
	return Overview{Levels: map[incident.Level]int{}, Sources: map[string]int{}}
}

// owner is the unit that answers for a milestone: of an acceptance the unit it was given
// to, of a dispatch (and of whatever is with no unit) the county office, else the lead.
func (b *weekBuilder) owner(c incident.Case, m incident.Milestone) org.UnitID {
	return owner(b.dir, c, m)
}

func owner(dir *org.Directory, c incident.Case, m incident.Milestone) org.UnitID {
	switch {
	case m.Kind == incident.MilestoneAccept && m.Unit != "":
		return m.Unit
	case m.Kind == incident.MilestoneDispatch, c.Lead == "":
		return dir.County()
	}
	return c.Lead
}

// lead is the unit that has the case; the county office while no unit has it.
func (b *weekBuilder) lead(c incident.Case) org.UnitID {
	if c.Lead == "" {
		return b.dir.County()
	}
	return c.Lead
}

func (b *weekBuilder) unit(id org.UnitID) *UnitWeek {
	u := b.units[id]
	if u == nil {
		u = &UnitWeek{Unit: id, Name: b.dir.UnitName(id), Overview: newOverview()}
		b.units[id] = u
	}
	return u
}

// both adds to the county's figures and the unit's.
func (b *weekBuilder) both(unit org.UnitID, add func(*Overview)) {
	add(&b.w.Overview)
	add(&b.unit(unit).Overview)
}

func (b *weekBuilder) add(c incident.Case) {
	p := b.w.Period
	if p.Has(c.RegisteredAt) && c.State != incident.Void {
		b.received(c)
	}
	for _, d := range c.Dispatchings {
		if d.Lead && p.Has(d.At) {
			b.unit(d.Unit).Dispatched++
		}
	}
	for _, done := range c.Conclusions {
		if p.Has(done.At) {
			b.both(b.lead(c), func(o *Overview) { o.Concluded++ })
		}
	}
	if n := len(c.Conclusions); n > 0 && p.Has(c.Conclusions[n-1].At) {
		b.verified(c)
	}
	for _, m := range c.Milestones {
		if m.State != incident.Voided && !m.Kind.Inner() {
			b.milestone(c, m)
		}
	}
	if c.Level().Rank() >= incident.Major.Rank() && counts(c) {
		b.grave(c)
	}
}

func (b *weekBuilder) received(c incident.Case) {
	category := c.Grading.Category
	if category == "" {
		category = "未分类"
	}
	h := b.hot[category]
	if h == nil {
		h = &HotRow{Category: category}
		b.hot[category] = h
	}
	h.Count++
	if c.State == incident.Merged {
		h.Repeated++
		return
	}
	b.both(b.lead(c), func(o *Overview) {
		o.Received++
		o.Levels[c.Level()]++
		o.Sources[c.Report.Source.Name]++
	})
}

func (b *weekBuilder) verified(c incident.Case) {
	switch c.Verified {
	case "satisfied":
		b.both(b.lead(c), func(o *Overview) { o.Reached++; o.Satisfied++ })
	case "unsatisfied":
		b.both(b.lead(c), func(o *Overview) { o.Reached++ })
		b.unit(b.lead(c)).Unsatisfied++
	}
}

func (b *weekBuilder) milestone(c incident.Case, m incident.Milestone) {
	p := b.w.Period
	unit := b.owner(c, m)
	if ends(m.Kind) && p.due(m) {
		b.both(unit, func(o *Overview) {
			o.Ending++
			switch m.State {
			case incident.Met:
				o.OnTime++
			case incident.MetLate:
				o.MetLate++
			case incident.Pending, incident.Overdue, incident.Voided:
			}
		})
	}
	switch {
	case p.overdue(m) && p.Has(m.Limit):
		b.late(c, m, LateNewly)
		b.both(unit, func(o *Overview) { o.Newly++ })
	case p.overdue(m):
		b.late(c, m, LateStill)
		b.both(unit, func(o *Overview) { o.Still++ })
	case m.State == incident.MetLate && p.Has(m.MetAt):
		b.late(c, m, LateMet)
		b.both(unit, func(o *Overview) { o.Late++ })
	case m.Pending() && m.Limit.After(p.CutOff) && !m.Limit.After(b.nextEnds):
		b.both(unit, func(o *Overview) { o.Soon++ })
		b.w.Soon = append(b.w.Soon, SoonRow{
			Incident: c.ID, Title: incident.MaskText(c.Report.Title), Level: c.Level(), Unit: unit, UnitName: b.dir.UnitName(unit),
			Milestone: m.Kind, Limit: m.Limit,
		})
	}
}

// ends tells whether meeting the milestone ends the matter for its level: a conclusion, or
// the plan that a major one may have instead.
func ends(k incident.MilestoneKind) bool {
	return k == incident.MilestoneConclude || k == incident.MilestonePlan
}

func (b *weekBuilder) late(c incident.Case, m incident.Milestone, kind string) {
	unit := b.owner(c, m)
	row := LateRow{
		Kind: kind, Incident: c.ID, Seq: m.Seq, Title: incident.MaskText(c.Report.Title), Level: c.Level(), Unit: unit,
		UnitName: b.dir.UnitName(unit), Post: b.answers(c, unit), Milestone: m.Kind, Limit: m.Limit, Days: b.w.Period.days(m),
		State: c.State, Extended: m.Extended, Reason: reason(c, m, unit, b.zone),
	}
	if !m.Pending() {
		row.MetAt = m.MetAt
	}
	for _, t := range m.Told {
		if len(t.People) > 0 {
			row.Told = append(row.Told, ToldRow{At: t.At, People: b.people(t.People, unit), Acked: len(t.Acked)})
		}
	}
	b.w.Late = append(b.w.Late, row)
}

// answers is the post that a bulletin names beside a unit: who signs the conclusion.
func (b *weekBuilder) answers(c incident.Case, unit org.UnitID) string {
	switch {
	case unit == b.dir.County():
		return org.OfficeDirector.Chinese()
	case c.Level().Rank() >= incident.Major.Rank():
		return org.Head.Chinese()
	}
	return org.Deputy.Chinese()
}

// people are named by name and post, as the ladder told them.
func (b *weekBuilder) people(ids []org.PersonID, unit org.UnitID) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		name := b.dir.PersonName(id)
		if by, ok := b.dir.Actor(id, "report", b.w.Period.CutOff); ok {
			if as := by.As(unit); as.Post != "" {
				name += "（" + as.Post.Chinese() + "）"
			}
		}
		out = append(out, name)
	}
	return out
}

// reason is why a milestone is late, as far as the records say it: what its unit said kept
// it, what it asked for, what it last told. Names and numbers are masked.
func reason(c incident.Case, m incident.Milestone, unit org.UnitID, zone *time.Location) string {
	last := c.Progress
	told := last.Unit == unit && !last.At.IsZero() && !last.At.Before(m.From)
	if told && last.Obstacle != "" {
		return "单位说明：" + quote(last.Obstacle)
	}
	for _, e := range slices.Backward(c.Extensions) {
		if e.Milestone != m.Seq {
			continue
		}
		switch {
		case !e.Granted.IsZero():
			return "延期" + itoa(e.Days) + "天后仍未完成：" + quote(e.Reason)
		case !e.Refused.IsZero():
			return "申请延期未获准：" + quote(e.Reason)
		default:
			return "申请延期未答复：" + quote(e.Reason)
		}
	}
	for _, d := range slices.Backward(c.Dispatchings) {
		if !d.Returned.IsZero() && c.State == incident.Returned {
			return "退回待重新分办：" + quote(d.Reason)
		}
	}
	switch {
	case c.State == incident.Dispatched || m.Kind == incident.MilestoneAccept && m.Pending():
		return "分办后未签收"
	case told:
		return "最近进展（" + last.At.In(zone).Format("1月2日") + "）：" + quote(last.Text)
	}
	return "未说明"
}

// quote is somebody's words as a table holds them.
func quote(s string) string { return cut(incident.MaskText(s), reasonRunes) }

const reasonRunes = 30

// grave is how a major or emergency incident was answered, while something of it fell in the week.
func (b *weekBuilder) grave(c incident.Case) {
	p := b.w.Period
	seen := p.Has(c.RegisteredAt)
	for _, m := range c.Milestones {
		if m.Kind.Inner() {
			continue
		}
		seen = seen || p.due(m) || p.overdue(m)
	}
	if !seen {
		return
	}
	row := GraveRow{
		Incident: c.ID, Title: incident.MaskText(c.Report.Title), Level: c.Level(), Unit: b.lead(c), UnitName: b.dir.UnitName(b.lead(c)),
		Release: "不要求", Conference: "不要求", HeadSpoke: no, State: c.State,
	}
	for _, m := range c.Milestones {
		switch {
		case m.State == incident.Voided:
		case m.Kind == incident.MilestoneRelease:
			row.Release = outcome(m, c, p)
		case m.Kind == incident.MilestonePressConference:
			row.Conference = outcome(m, c, p)
		}
	}
	if spoke(c) {
		row.HeadSpoke = yes
	}
	b.w.Grave = append(b.w.Grave, row)
}

// yes and no, as a table says them.
const yes, no = "是", "否"

// spoke tells whether the main leader spoke himself (主要负责人发声).
func spoke(c incident.Case) bool {
	return slices.ContainsFunc(c.Releases, func(r incident.Releasing) bool { return r.HeadSpoke }) ||
		slices.ContainsFunc(c.Conferences, func(r incident.Conference) bool { return r.HeadSpoke })
}

// outcome is what became of a milestone, with how long it took from its start.
func outcome(m incident.Milestone, c incident.Case, p Period) string {
	switch {
	case m.Pending() && p.overdue(m):
		return "超期未完成"
	case m.Pending():
		return "未到期"
	}
	took := hours(m.MetAt.Sub(c.ReceivedAt))
	switch {
	case m.State == incident.MetLate:
		return "超时，用时" + took
	case !m.Target.IsZero() && m.MetAt.After(m.Target):
		return "达标（未达力争），用时" + took
	}
	return "达标，用时" + took
}

// finish orders and ranks what was counted.
func (b *weekBuilder) finish() Weekly {
	w := &b.w
	slices.SortStableFunc(w.Late, func(x, y LateRow) int {
		return cmp.Or(cmp.Compare(rankLate(x.Kind), rankLate(y.Kind)), y.Days-x.Days, y.Level.Rank()-x.Level.Rank(),
			x.Limit.Compare(y.Limit), cmp.Compare(x.Incident, y.Incident), x.Seq-y.Seq)
	})
	slices.SortStableFunc(w.Soon, func(x, y SoonRow) int {
		return cmp.Or(x.Limit.Compare(y.Limit), y.Level.Rank()-x.Level.Rank(), cmp.Compare(x.Incident, y.Incident))
	})
	slices.SortStableFunc(w.Grave, func(x, y GraveRow) int {
		return cmp.Or(y.Level.Rank()-x.Level.Rank(), cmp.Compare(x.Incident, y.Incident))
	})
	for _, h := range b.hot {
		w.Hot = append(w.Hot, *h)
	}
	slices.SortFunc(w.Hot, func(x, y HotRow) int { return cmp.Or(y.Count-x.Count, strings.Compare(x.Category, y.Category)) })
	for _, u := range b.units {
		w.Units = append(w.Units, *u)
	}
	rankWeek(w.Units)
	return *w
}

// rankLate puts what is still owed before what was met late.
func rankLate(kind string) int {
	if kind == LateMet {
		return 1
	}
	return 0
}

// rankWeek orders units by the share of conclusions on time, those that had none due last.
func rankWeek(units []UnitWeek) {
	share := func(u UnitWeek) float64 {
		if u.Ending == 0 {
			return -1
		}
		return float64(u.OnTime) / float64(u.Ending)
	}
	slices.SortFunc(units, func(x, y UnitWeek) int {
		return cmp.Or(cmp.Compare(share(y), share(x)), x.Overdue()-y.Overdue(), y.Ending-x.Ending, cmp.Compare(x.Unit, y.Unit))
	})
	for i := range units {
		if units[i].Ending > 0 {
			units[i].Rank = i + 1
			if i > 0 && share(units[i]) == share(units[i-1]) && units[i].Overdue() == units[i-1].Overdue() {
				units[i].Rank = units[i-1].Rank
			}
		}
	}
}
