package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// DutySource is the source under which recurring duties are kept; with the duty's key it
// makes each of them there once.
const DutySource = "周期任务"

// FirstDuty is where the numbers of duties begin: incidents are numbered from 1 without gaps,
// however many duties come up beside them, which are said as 任务1, 任务2. No county has
// eight million incidents.
const FirstDuty ID = 8_000_001

// DutyCycle says how often a duty comes.
type DutyCycle string

// The cycles: by the calendar, for each document or request, or all the time.
const (
	Yearly     DutyCycle = "year"
	Quarterly  DutyCycle = "quarter"
	Monthly    DutyCycle = "month"
	Weekly     DutyCycle = "week" // the ISO week
	ByDocument DutyCycle = "document"
	Watching   DutyCycle = "watch" // 24小时监测
)

// DutyCycles lists them from the rarest.
func DutyCycles() []DutyCycle {
	return []DutyCycle{Yearly, Quarterly, Monthly, Weekly, ByDocument, Watching}
}

// Valid tells whether c is a known cycle.
func (c DutyCycle) Valid() bool { return slices.Contains(DutyCycles(), c) }

// ByCalendar tells whether the calendar alone says when the duty comes.
func (c DutyCycle) ByCalendar() bool { return c.Valid() && c != ByDocument && c != Watching }

// Duty is 周期任务: something that the notice asks for again and again, for one unit (or
// account, document, request) and one period (facts/standards.md 6). It holds its rule as
// it was when the duty came up, so that a rule that changes touches new duties only.
type Duty struct {
	Rule   string    `json:"rule"` // D4
	Name   string    `json:"name"` // what it is, such as 政府信息公开年报
	Clause string    `json:"clause"`
	Cycle  DutyCycle `json:"cycle"`
	// Period is 2026, 2026Q3, 2026-11 or 2026-W47; empty where a document is what it comes by.
	Period string `json:"period,omitempty"`
	// Subject is the account, document, request or source that it is about; empty for the unit itself.
	Subject string `json:"subject,omitempty"`
	// Start is when the period begins, or the document was issued or the request received:
	// nothing older proves anything. Opens is from when on it can be asked for.
	Start time.Time `json:"start"`
	Opens time.Time `json:"opens"`
	// Since says what a limit by a document is counted from, such as 印发.
	Since string    `json:"since,omitempty"`
	Dues  []DutyDue `json:"dues"`
	// Proof is what shows that it was done, such as 网址或文号.
	Proof string `json:"proof"`
	// Extends is by how many days the limit may be extended once, 0 for not at all.
	Extends int         `json:"extends,omitempty"`
	Entries []DutyEntry `json:"entries,omitempty"`
}

// DutyDue is one limit of a duty. By and Target are counted by sla (end, 01-31, start+5d).
type DutyDue struct {
	By     string `json:"by"`
	Target string `json:"target,omitempty"`
	// Goal is how many proofs are due by then, Leader how many of them by the main leader.
	Goal   int `json:"goal"`
	Leader int `json:"leader,omitempty"`
	// Pace: a step on the way that we propose; the notice itself asks for nothing yet.
	Pace bool `json:"pace,omitempty"`
}

// DutyEntry is one proof, 填报.
type DutyEntry struct {
	N int `json:"n"` // from 1
	// At is when it was done, RecordedAt when that was handed in.
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	Address    string    `json:"address"` // web address or document number
	ByLeader   bool      `json:"by_leader,omitempty"`
	Text       string    `json:"text,omitempty"`
	By         string    `json:"by"`
	// Struck is why the county office did not accept it; empty for one that counts.
	Struck string `json:"struck,omitempty"`
}

// Ref names a duty's limit among the milestones, from 1.
func (d Duty) Ref(i int) string { return fmt.Sprintf("duty/%d", i+1) }

// DueOf is the limit that a milestone stands for; false for a milestone of another kind.
func (d Duty) DueOf(m Milestone) (DutyDue, bool) {
	for i, due := range d.Dues {
		if d.Ref(i) == m.Ref {
			return due, true
		}
	}
	return DutyDue{}, false
}

// Count is how many proofs count, and how many of them are the main leader's.
func (d Duty) Count() (all, leader int) {
	for _, e := range d.Entries {
		if e.Struck == "" {
			all++
			if e.ByLeader {
				leader++
			}
		}
	}
	return all, leader
}

// MetAt is when the proofs reached a goal, by when they were done; false while they have not.
func (d Duty) MetAt(due DutyDue) (time.Time, bool) {
	entries := slices.Clone(d.Entries)
	slices.SortStableFunc(entries, func(a, b DutyEntry) int { return a.At.Compare(b.At) })
	all, leader := 0, 0
	for _, e := range entries {
		if e.Struck != "" {
			continue
		}
		all++
		if e.ByLeader {
			leader++
		}
		if all >= due.Goal && leader >= due.Leader {
			return e.At, true
		}
	}
	return time.Time{}, false
}

// Progress says how far a goal of several is, such as 已填报2次（主要负责人1次），须6次（主要负责人3次）;
// empty for a goal of one.
func (d Duty) Progress(due DutyDue) string {
	if due.Goal <= 1 {
		return ""
	}
	all, leader := d.Count()
	times := func(n, byLeader int) string {
		if due.Leader == 0 {
			return fmt.Sprintf("%d次", n)
		}
		return fmt.Sprintf("%d次（主要负责人%d次）", n, byLeader)
	}
	return "已填报" + times(all, leader) + "，须" + times(due.Goal, due.Leader)
}

// OpenDuty begins a duty. Its limits are sla.Plan's.
type OpenDuty struct {
	Duty  Duty       `json:"duty"`
	Title string     `json:"title"`
	Text  string     `json:"text,omitempty"`
	Lead  org.UnitID `json:"lead"`
	Level Level      `json:"level"`
	// Key makes it once, such as duty:D4/2026/zjj.
	Key    string `json:"key"`
	Policy string `json:"policy,omitempty"`
}

// Kind is KindOpenDuty.
func (OpenDuty) Kind() Kind { return KindOpenDuty }

func (cmd OpenDuty) apply(t *turn) error {
	if cmd.Lead == "" {
		return invalid("unit", "请选择负责的单位。")
	}
	if !system(t.by) && !t.by.County() && !t.by.In(cmd.Lead) {
		return forbidden("登记周期任务须由县政府办或负责的单位办理，" + actorText(t.by) + "不能办理。")
	}
	d := cmd.Duty
	d.Start, d.Opens = d.Start.Truncate(time.Millisecond), d.Opens.Truncate(time.Millisecond)
	d.Dues, d.Entries = slices.Clone(d.Dues), nil
	c := t.c
	c.Duty = &d
	c.Report = Report{Source: Source{Name: DutySource, Kind: SourceInternal}, ExternalID: cmd.Key, Title: cmd.Title, Text: cmd.Text}
	c.Grading = Grading{Level: cmd.Level, By: "rule", Confirmed: true}
	c.Lead, c.Policy, c.State = cmd.Lead, cmd.Policy, Handling
	c.RegisteredAt, c.ReceivedAt = t.now, d.Start
	t.text = "任务：" + cmd.Title
	if !system(t.by) && !t.by.In(cmd.Lead, org.Handler) {
		t.tell(NoticeResult, c.Lead, org.Handler, "新任务："+d.Name)
	}
	return nil
}

// Fulfil is 履行、填报: a proof that the duty, or one of its several parts, was done.
type Fulfil struct {
	// Address is a web address or a document number.
	Address string `json:"address"`
	// At is when it was done; empty for now.
	At time.Time `json:"at,omitzero"`
	// ByLeader: done by the unit's main leader.
	ByLeader bool   `json:"by_leader,omitempty"`
	Text     string `json:"text,omitempty"`
}

// Kind is KindFulfil.
func (Fulfil) Kind() Kind { return KindFulfil }

func (cmd Fulfil) apply(t *turn) error {
	d := t.c.Duty
	if err := need("address", strings.TrimSpace(cmd.Address), d.Proof); err != nil {
		return err
	}
	at := cmd.At.Truncate(time.Millisecond)
	switch {
	case at.IsZero():
		at = t.now
	case at.After(t.now):
		return invalid("at", "完成时间不能晚于现在。")
	case at.Before(d.Start):
		return invalid("at", "完成时间不能早于"+d.Start.In(china()).Format("2006年1月2日")+"，更早的不算本期。")
	}
	same := func(e DutyEntry) bool { return e.Struck == "" && e.Address == strings.TrimSpace(cmd.Address) }
	if slices.ContainsFunc(d.Entries, same) {
		return invalid("address", "这一条已经填报过了，请填写另外的网址或文号。")
	}
	e := DutyEntry{
		N: len(d.Entries) + 1, At: at, RecordedAt: t.now, Address: strings.TrimSpace(cmd.Address), ByLeader: cmd.ByLeader, Text: cmd.Text,
		By: t.signer(KindFulfil),
	}
	d.Entries = append(d.Entries, e)
	t.text = "履行：" + e.Address
	if e.ByLeader {
		t.text += "（主要负责人）"
	}
	if !at.Equal(t.now) {
		t.text += "，完成于" + Show(at, china())
	}
	t.text += note(cmd.Text)
	t.reckon()
	return nil
}

// StrikeProof is 撤销填报: the county office does not accept a proof, and says why; what it
// met is owed again.
type StrikeProof struct {
	N      int    `json:"n"`
	Reason string `json:"reason"`
}

// Kind is KindStrikeProof.
func (StrikeProof) Kind() Kind { return KindStrikeProof }

func (cmd StrikeProof) apply(t *turn) error {
	d := t.c.Duty
	if err := need("reason", strings.TrimSpace(cmd.Reason), "撤销理由"); err != nil {
		return err
	}
	if cmd.N < 1 || cmd.N > len(d.Entries) || d.Entries[cmd.N-1].Struck != "" {
		return invalid("n", fmt.Sprintf("没有编号为%d的有效填报。", cmd.N))
	}
	d.Entries[cmd.N-1].Struck = cmd.Reason
	t.text = fmt.Sprintf("撤销填报%d（%s）%s", cmd.N, d.Entries[cmd.N-1].Address, because(cmd.Reason))
	t.tell(NoticeResult, t.c.Lead, org.Handler, t.text)
	t.reckon()
	return nil
}

// reckon makes the milestones what the proofs make them, and the duty done when none is left.
func (t *turn) reckon() {
	c := t.c
	c.State = Concluded
	for i := range c.Milestones {
		m := &c.Milestones[i]
		due, ok := c.Duty.DueOf(*m)
		if !ok || m.State == Voided {
			continue
		}
		at, met := c.Duty.MetAt(due)
		if !met && m.State != Pending {
			// Its ladder begins anew.
			m.State, m.MetAt, m.Told = Pending, time.Time{}, nil
			m.Round++
		}
		if met && m.State != Pending && !m.MetAt.Equal(at) {
			m.State = Pending
		}
		if met {
			m.meet(at)
		}
		if m.State == Pending {
			c.State = Handling
		}
	}
}

// dutyFrom says in which states of a duty a command makes sense; the others never do.
func dutyFrom(k Kind) []State {
	switch k { //nolint:exhaustive // the others make no sense on a duty
	case KindFulfil, KindComment, KindAcknowledge, KindTell, KindRetime:
		return []State{Handling, Concluded}
	case KindVoid, KindSupervise, KindAskExtension, KindGrantExtension, KindRefuseExtension:
		return []State{Handling}
	case KindStrikeProof:
		return []State{Handling, Concluded}
	}
	return nil
}

// DutyKinds lists the commands that people give on duties.
func DutyKinds() []Kind {
	return []Kind{
		KindFulfil, KindStrikeProof, KindAskExtension, KindGrantExtension, KindRefuseExtension, KindSupervise, KindAcknowledge, KindComment,
		KindVoid, KindRetime,
	}
}

// suits tells whether a command makes sense on an incident, or on such a duty.
func (c Case) suits(k Kind) bool {
	if c.Duty == nil {
		return !k.OfDuties()
	}
	return len(dutyFrom(k)) > 0 && (c.Duty.Extends > 0 || !extends(k))
}

func extends(k Kind) bool {
	return k == KindAskExtension || k == KindGrantExtension || k == KindRefuseExtension
}

// checkDuty refuses what makes no sense on a duty, and what makes sense on duties alone.
func (c Case) checkDuty(k Kind) error {
	switch {
	case c.suits(k):
		return nil
	case c.Duty == nil:
		return refused("“" + k.Chinese() + "”只用于周期任务，这是一件舆情事件，现在是“" + c.State.Chinese() + "”。" + c.nowAllowed())
	case extends(k):
		return refused("这项任务的期限不能延长。" + c.nowAllowed())
	}
	return refused("这是周期任务，没有“" + k.Chinese() + "”这一步。" + c.nowAllowed())
}

// StateText is the state as officers read it: a duty has words of its own.
func (c Case) StateText() string {
	if c.Duty == nil {
		return c.State.Chinese()
	}
	switch c.State { //nolint:exhaustive // a duty has these three
	case Handling:
		return "进行中"
	case Concluded:
		return "已完成"
	}
	return c.State.Chinese()
}

// DutyState says how a duty stands.
type DutyState string

// The states of a duty at an instant.
const (
	DutyOpen    DutyState = "open"
	DutyBehind  DutyState = "behind"  // behind the pace that we propose; the notice's own limit is to come
	DutyOverdue DutyState = "overdue" // past the notice's limit
	DutyDone    DutyState = "done"
	DutyLate    DutyState = "late" // done after its limit
	DutyVoid    DutyState = "void"
)

// DutyStates lists them as an officer reads them: what presses first.
func DutyStates() []DutyState {
	return []DutyState{DutyOverdue, DutyBehind, DutyOpen, DutyLate, DutyDone, DutyVoid}
}

// Chinese is the state as officers read it.
func (s DutyState) Chinese() string {
	switch s {
	case DutyOpen:
		return "进行中"
	case DutyBehind:
		return "进度落后"
	case DutyOverdue:
		return "已逾期"
	case DutyDone:
		return "按时完成"
	case DutyLate:
		return "逾期完成"
	case DutyVoid:
		return "已作废"
	}
	return string(s)
}

// Open tells whether something is still owed.
func (s DutyState) Open() bool { return s == DutyOpen || s == DutyBehind || s == DutyOverdue }

// DutyState says how the duty stands at an instant; [DutyVoid] for what is no duty.
func (c Case) DutyState(now time.Time) DutyState {
	if c.Duty == nil || c.State == Void {
		return DutyVoid
	}
	state := DutyDone
	for _, m := range c.Milestones {
		due, ok := c.Duty.DueOf(m)
		if !ok || m.State == Voided {
			continue
		}
		one := DutyDone
		switch late := m.StateAt(now); {
		case late == Overdue && due.Pace:
			one = DutyBehind
		case late == Overdue:
			one = DutyOverdue
		case late == Pending:
			one = DutyOpen
		case late == MetLate && !due.Pace && c.Duty.Cycle != Watching: // an outage is over, or it is not
			one = DutyLate
		}
		if slices.Index(DutyStates(), one) < slices.Index(DutyStates(), state) {
			state = one
		}
	}
	return state
}

// DutyText is how the duty stands, in words: an outage is over or it is not.
func (c Case) DutyText(now time.Time) string {
	state := c.DutyState(now)
	if c.Duty == nil || c.Duty.Cycle != Watching {
		return state.Chinese()
	}
	switch state { //nolint:exhaustive // an outage has these two, or was a mistake
	case DutyOverdue, DutyOpen:
		return "中断"
	case DutyDone:
		return "已恢复"
	}
	return state.Chinese()
}

// DutyLimit is the notice's own limit of the duty, the last of several; the zero Milestone
// for what is no duty.
func (c Case) DutyLimit() Milestone {
	var out Milestone
	for _, m := range c.Milestones {
		if c.Duty == nil || m.Kind != MilestoneDuty {
			continue
		}
		if out.Seq == 0 || m.Limit.After(out.Limit) {
			out = m
		}
	}
	return out
}
