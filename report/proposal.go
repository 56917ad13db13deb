package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// The rules by which a proposal is made (facts/standards.md section 4). A person decides
// each; 移送 is never proposed by a rule.
const (
	talkReleaseAfter    = 8 * time.Hour
	talkConferenceAfter = 24 * time.Hour
	talkOverdueDays     = 5
	censureOverdue      = 3
)

// proposal collects why a unit is proposed for something.
type proposal struct {
	kind      RulingKind
	unit      org.UnitID
	rules     []string
	incidents []incident.ID
}

func (p *proposal) because(rule string, ids ...incident.ID) {
	if !slices.Contains(p.rules, rule) {
		p.rules = append(p.rules, rule)
	}
	for _, id := range ids {
		if !slices.Contains(p.incidents, id) {
			p.incidents = append(p.incidents, id)
		}
	}
}

func (p *proposal) ruling(period, name string, at time.Time) Ruling {
	slices.Sort(p.incidents)
	return Ruling{
		Key: fmt.Sprintf("%s/%s/%s", p.kind, p.unit, period), Kind: p.kind, State: RulingOpen, Period: period, Unit: p.unit, At: at,
		Incidents: p.incidents, Rule: strings.Join(p.rules, "；"), Text: fmt.Sprintf("建议对%s%s：%s", name, p.kind.deed(), strings.Join(p.rules, "；")),
	}
}

// Proposals are those of a week: a reminder for whoever has something overdue, a talk for
// who was listed two weeks running. The county office is not proposed to itself.
func (w Weekly) Proposals(before *Weekly, county org.UnitID, at time.Time) []Ruling {
	listed := map[org.UnitID]bool{}
	if before != nil {
		for _, u := range before.Units {
			listed[u.Unit] = u.Overdue() > 0
		}
	}
	var out []Ruling
	for _, u := range w.Units {
		if u.Overdue() == 0 || u.Unit == county {
			continue
		}
		var ids []incident.ID
		for _, r := range w.Late {
			if r.Unit == u.Unit && r.Kind != LateMet {
				ids = append(ids, r.Incident)
			}
		}
		reminder := proposal{kind: RulingReminder, unit: u.Unit}
		reminder.because(fmt.Sprintf("本周超期%d项", u.Overdue()), ids...)
		out = append(out, reminder.ruling(w.Week, u.Name, at))
		if listed[u.Unit] {
			talk := proposal{kind: RulingTalk, unit: u.Unit}
			talk.because("连续两周列入超期通报", ids...)
			out = append(out, talk.ruling(w.Week, u.Name, at))
		}
	}
	return out
}

// proposer finds a month's proposals case by case.
type proposer struct {
	p     Period
	dir   *org.Directory
	units map[org.UnitID]map[RulingKind]*proposal
	late  map[org.UnitID][]incident.ID
	grave []incident.Case // whose 复盘 fell due in the month and was not held
}

func newProposer(p Period, dir *org.Directory) *proposer {
	return &proposer{p: p, dir: dir, units: map[org.UnitID]map[RulingKind]*proposal{}, late: map[org.UnitID][]incident.ID{}}
}

func (r *proposer) of(unit org.UnitID, kind RulingKind) *proposal {
	if r.units[unit] == nil {
		r.units[unit] = map[RulingKind]*proposal{}
	}
	if r.units[unit][kind] == nil {
		r.units[unit][kind] = &proposal{kind: kind, unit: unit}
	}
	return r.units[unit][kind]
}

func (r *proposer) look(c incident.Case) {
	for _, m := range c.Milestones {
		if r.p.due(m) && !m.Kind.Inner() {
			r.milestone(c, m, owner(r.dir, c, m))
		}
	}
	unheld := func(m incident.Milestone) bool {
		return m.Kind == incident.MilestoneAfterAction && r.p.due(m) && m.Pending()
	}
	if counts(c) && slices.ContainsFunc(c.Milestones, unheld) {
		r.grave = append(r.grave, c)
	}
}

func (r *proposer) milestone(c incident.Case, m incident.Milestone, unit org.UnitID) {
	late := m.State == incident.MetLate || r.p.overdue(m)
	if !late || unit == r.dir.County() {
		return
	}
	end := r.p.CutOff
	if !m.Pending() {
		end = m.MetAt
	}
	r.late[unit] = append(r.late[unit], c.ID)
	if ends(m.Kind) && c.Level().Rank() >= incident.Major.Rank() {
		r.of(unit, RulingCensure).because("重大舆情办结（给出方案）超期", c.ID)
	}
	if m.Kind == incident.MilestoneRelease {
		r.of(unit, RulingCensure).because("重大突发5小时内未权威发布", c.ID)
		if end.Sub(m.From) > talkReleaseAfter {
			r.of(unit, RulingTalk).because("重大突发8小时内未权威发布", c.ID)
		}
	}
	if m.Kind == incident.MilestonePressConference && end.Sub(m.From) > talkConferenceAfter {
		r.of(unit, RulingTalk).because("重大突发24小时内未举行新闻发布会", c.ID)
	}
	if r.p.days(m) > talkOverdueDays {
		r.of(unit, RulingTalk).because(fmt.Sprintf("超期%d天以上", talkOverdueDays), c.ID)
	}
}

func (r *proposer) rulings(period string, at time.Time) []Ruling {
	for unit, ids := range r.late {
		if len(ids) >= censureOverdue {
			r.of(unit, RulingCensure).because(fmt.Sprintf("一个月内超期%d项", len(ids)), ids...)
		}
	}
	var out []Ruling
	for unit, kinds := range r.units {
		for _, p := range kinds {
			out = append(out, p.ruling(period, r.dir.UnitName(unit), at))
		}
	}
	for _, c := range r.grave {
		out = append(out, Ruling{
			Key: fmt.Sprintf("%s/%s/%s", RulingReview, c.ID, period), Kind: RulingReview, State: RulingOpen, Period: period, Unit: c.Lead, At: at,
			Incidents: []incident.ID{c.ID}, Rule: "重大及突发舆情办结后到期没有复盘",
			Text: fmt.Sprintf("%s号“%s”（%s）办结后到期没有复盘，请督促主办单位复盘：发现是否及时、研判是否准确、发布是否按时、口径是否一致、有何改进。", c.ID, incident.MaskText(c.Report.Title), c.Level().Chinese()),
		})
	}
	slices.SortFunc(out, func(a, b Ruling) int { return strings.Compare(a.Key, b.Key) })
	return out
}
