package incident

import (
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// MilestoneKind is something that is due (时限节点).
type MilestoneKind string

// The kinds of rules.md, in the order in which an officer reads them.
const (
	MilestoneDispatch        MilestoneKind = "dispatch"         // 分办
	MilestoneAccept          MilestoneKind = "accept"           // 签收
	MilestoneFirstReport     MilestoneKind = "first_report"     // 首报
	MilestoneRespond         MilestoneKind = "respond"          // 首次回应
	MilestoneRelease         MilestoneKind = "release"          // 权威发布
	MilestonePressConference MilestoneKind = "press_conference" // 新闻发布会
	MilestoneRollingRelease  MilestoneKind = "rolling_release"  // 持续发布
	MilestonePlan            MilestoneKind = "plan"             // 给出方案或办结
	MilestoneConclude        MilestoneKind = "conclude"         // 办结
	MilestoneFeedback        MilestoneKind = "feedback"         // 反馈
	MilestonePart            MilestoneKind = "part"             // 协办任务: what an assisting unit was asked
	MilestoneReview          MilestoneKind = "review"           // 审核: one of a draft's three reviews
	MilestoneFollowup        MilestoneKind = "followup"         // 续报: the next report of an emergency
	MilestoneAfterAction     MilestoneKind = "after_action"     // 复盘: what a concluded matter taught
	MilestoneDuty            MilestoneKind = "duty"             // 履行: a limit of a recurring duty
)

// MilestoneKinds lists them in reading order.
func MilestoneKinds() []MilestoneKind {
	return []MilestoneKind{
		MilestoneDispatch, MilestoneAccept, MilestoneFirstReport, MilestoneRespond, MilestoneRelease,
		MilestonePressConference, MilestoneRollingRelease, MilestonePlan, MilestoneConclude, MilestoneFeedback,
		MilestoneReview, MilestonePart, MilestoneFollowup, MilestoneAfterAction, MilestoneDuty,
	}
}

// Valid tells whether k is a known kind.
func (k MilestoneKind) Valid() bool { return slices.Contains(MilestoneKinds(), k) }

// Inner tells whether it is a step on the way, such as a review or an assisting unit's part: it is asked
// for and chased like the others, but is no duty of the incident, so that nobody is called
// overdue for it and no figure counts it.
func (k MilestoneKind) Inner() bool {
	return k == MilestoneReview || k == MilestonePart || k == MilestoneFollowup || k == MilestoneAfterAction
}

// Chinese is the kind as officers read it.
func (k MilestoneKind) Chinese() string {
	switch k {
	case MilestoneDispatch:
		return "分办"
	case MilestoneAccept:
		return "签收"
	case MilestoneFirstReport:
		return "首报"
	case MilestoneRespond:
		return "首次回应"
	case MilestoneRelease:
		return "权威发布"
	case MilestonePressConference:
		return "新闻发布会"
	case MilestoneRollingRelease:
		return "持续发布"
	case MilestonePlan:
		return "给出方案或办结"
	case MilestoneConclude:
		return "办结"
	case MilestoneFeedback:
		return "反馈"
	case MilestoneReview:
		return "审核"
	case MilestonePart:
		return "协办任务"
	case MilestoneFollowup:
		return "续报"
	case MilestoneAfterAction:
		return "复盘"
	case MilestoneDuty:
		return "履行"
	}
	return string(k)
}

// MilestoneState is what became of a milestone. Overdue is not stored: a pending
// milestone is overdue once its limit has passed, see [Milestone.StateAt].
type MilestoneState string

// The states of a milestone.
const (
	Pending MilestoneState = "pending"
	Met     MilestoneState = "met"
	MetLate MilestoneState = "met_late"
	Overdue MilestoneState = "overdue"
	Voided  MilestoneState = "void"
)

// Chinese is the state as officers read it.
func (s MilestoneState) Chinese() string {
	switch s {
	case Pending:
		return "未到期"
	case Met:
		return "按时完成"
	case MetLate:
		return "超期完成"
	case Overdue:
		return "已超期"
	case Voided:
		return "已取消"
	}
	return string(s)
}

// Milestone is one thing due on one incident.
type Milestone struct {
	// Seq numbers the milestones of an incident from 1; it never changes.
	Seq  int           `json:"seq"`
	Kind MilestoneKind `json:"kind"`
	// Unit that owes it: set for accept (one for each unit), else the lead unit when it was made.
	Unit org.UnitID `json:"unit,omitempty"`
	// Ref names what an inner milestone asks for, such as a review of a draft, or which limit
	// of a duty it is; Post is the post that is asked. Both are empty for the others.
	Ref  string   `json:"ref,omitempty"`
	Post org.Post `json:"post,omitempty"`
	// Clock is the number of the clock (see [Clock]) that it belongs to.
	Clock int            `json:"clock"`
	State MilestoneState `json:"state"`
	// From is the instant that the limit is counted from.
	From time.Time `json:"from"`
	// Target is the aimed-at instant (力争), zero when the rule names none.
	Target time.Time `json:"target,omitzero"`
	// Limit is the latest instant (最迟): met on time if and only if MetAt <= Limit.
	// 24:00 of day X is 00:00:00 of the day after.
	Limit time.Time `json:"limit"`
	// Counted is the Chinese sentence that says how the limit was counted and by which clause.
	Counted string `json:"counted,omitempty"`
	// Warning is set when the limit rests on a year whose holidays are not published.
	Warning string `json:"warning,omitempty"`
	// Days is the length of a limit that is counted in 日, an extension included; 0 for others.
	Days int `json:"days,omitempty"`
	// Original is the limit before an extension or a recomputation; zero when there was none.
	Original time.Time `json:"original,omitzero"`
	Extended bool      `json:"extended,omitempty"`
	// Round counts how often the limit was moved; its ladder begins anew each time.
	Round int       `json:"round,omitempty"`
	MetAt time.Time `json:"met_at,omitzero"`
	// Told says which rungs of the ladder have been fired, by rung number.
	Told []Told `json:"told,omitempty"`
}

// Told is one rung of a milestone's ladder that was fired.
type Told struct {
	Rung int       `json:"rung"`
	At   time.Time `json:"at"`
	// Nth is how many repeats have followed, 0 after the first firing.
	Nth int `json:"nth,omitempty"`
	// People who were told; Acked are those of them who acknowledged (知悉).
	People []org.PersonID `json:"people,omitempty"`
	Acked  []org.PersonID `json:"acked,omitempty"`
}

// Chinese names the milestone for people: its kind, a review by its stage (初审、复审、终审).
func (m Milestone) Chinese() string {
	if m.Kind == MilestoneReview {
		if stage := Stage(m.Ref[strings.LastIndex(m.Ref, "/")+1:]); slices.Contains(Stages(), stage) {
			return stage.Chinese()
		}
	}
	return m.Kind.Chinese()
}

// StateAt is the state as it is at now: pending turns overdue once the limit has passed.
func (m Milestone) StateAt(now time.Time) MilestoneState {
	if m.State == Pending && now.After(m.Limit) {
		return Overdue
	}
	return m.State
}

// Pending tells whether the milestone is still owed, overdue or not.
func (m Milestone) Pending() bool { return m.State == Pending }

// Rung returns the record of a fired rung, nil when it has not been fired.
func (m *Milestone) Rung(rung int) *Told {
	for i := range m.Told {
		if m.Told[i].Rung == rung {
			return &m.Told[i]
		}
	}
	return nil
}

// Meet marks the milestone met at an instant; one that is not pending stays as it is.
func (m *Milestone) meet(at time.Time) {
	if m.State != Pending {
		return
	}
	m.MetAt = at
	m.State = Met
	if at.After(m.Limit) {
		m.State = MetLate
	}
}

// Timer is the next instant at which a milestone's ladder has something to say. A
// milestone has at most one.
type Timer struct {
	Incident  ID
	Milestone int // the milestone's Seq
	Rung      int // the rung that is due first
	FireAt    time.Time
}
