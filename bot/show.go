package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// head is an incident's number and title, without personal data.
func head(c incident.Case) string {
	return c.ID.No() + " " + short(incident.WithoutReporter(c.Report.Title, c.Report.Reporter), 30)
}

func viewButton(id incident.ID) notify.Button {
	return notify.Button{Text: "查看" + id.No(), Key: "view:" + id.String(), Style: 2}
}

// link leads to the incident's page; empty where there is none.
func (t *turn) link(id incident.ID) string {
	if t.BaseURL == "" {
		return ""
	}
	return strings.TrimRight(t.BaseURL, "/") + "/incidents/" + id.String() // which leads on to a duty
}

// dueLine says what is due next; empty when nothing is.
func (t *turn) dueLine(c incident.Case) string {
	m, ok := c.NextDue()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s最迟%s（%s）", t.owed(c, m), incident.ShowFrom(m.Limit, t.now, t.Zone), notify.Left(m.Limit, t.now))
}

// owed names a milestone, with the unit where several owe the same.
func (t *turn) owed(c incident.Case, m incident.Milestone) string {
	if m.Kind == incident.MilestoneAccept && (m.Unit != c.Lead || len(c.Assisting) > 0) {
		return t.dir.UnitName(m.Unit) + m.Kind.Chinese()
	}
	return m.Chinese()
}

// logText is a sentence of the log with units by name and without personal data.
func (t *turn) logText(e incident.Entry) string {
	text := incident.MaskText(e.Text)
	switch e.Command { //nolint:exhaustive // the sentences of the others name no unit by its id
	case incident.KindDispatch, incident.KindDesignate, incident.KindReturn, incident.KindAccept, incident.KindAssign, incident.KindOpinion, incident.KindFind, incident.KindReflect, incident.KindConsult:
	default:
		return text
	}
	ids := []org.UnitID{e.Before.Lead, e.After.Lead, e.Actor.Unit}
	if cmd, err := incident.Decode(e.Command, e.Payload); err == nil {
		switch c := cmd.(type) {
		case incident.Dispatch:
			ids = append(ids, c.Assisting...)
		case incident.Designate:
			ids = append(ids, c.Assisting...)
		case incident.Return:
			ids = append(ids, c.Suggest)
		case incident.Assign:
			ids = append(ids, c.Unit)
		case incident.Consult:
			for _, it := range c.Division {
				ids = append(ids, it.Unit)
			}
		case incident.Reflect:
			for _, m := range c.Measures {
				ids = append(ids, m.Unit)
			}
		case incident.Find:
			ids = append(ids, c.Unit)
		}
	}
	slices.SortFunc(ids, func(a, b org.UnitID) int { return len(b) - len(a) })
	for _, id := range slices.Compact(ids) {
		if id != "" {
			text = strings.ReplaceAll(text, string(id), t.dir.UnitName(id))
		}
	}
	return text
}

// view is an incident as it stands, with what the reader may do about it.
func (t *turn) view(ctx context.Context, id incident.ID) ([]Reply, error) {
	c, err := t.Desk.Get(ctx, id)
	if err == nil {
		err = t.Desk.CheckRead(ctx, t.by, id)
	}
	if err != nil {
		return refused(err)
	}
	t.talk.Last = id
	r := t.card(c)
	entries, err := t.Desk.Store.Log(ctx, id)
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault of the store
	}
	if !t.m.Group {
		r.Text = lines(notify.CutRunes(incident.WithoutReporter(c.Report.Text, c.Report.Reporter), 120), t.history(entries))
	}
	return one(r), nil
}

// card is an incident in a few lines.
func (t *turn) card(c incident.Case) Reply {
	if c.Duty != nil {
		return t.dutyCard(c)
	}
	r := Reply{Title: head(c), URL: t.link(c.ID)}
	add := func(name, value string) {
		if value != "" {
			r.Fields = append(r.Fields, notify.Field{Name: name, Value: value})
		}
	}
	level := c.Level().Chinese()
	if c.Level() == incident.Emergency && !c.Grading.Confirmed {
		level += "（系统研判，待确认）"
	}
	add("等级", level)
	state := c.State.Chinese()
	if c.MergedInto != 0 {
		state = fmt.Sprintf("已并入%s号", c.MergedInto)
	}
	add("状态", state)
	if c.Lead != "" {
		units := []string{t.dir.UnitName(c.Lead)}
		for _, u := range c.Assisting {
			units = append(units, t.dir.UnitName(u)+"（协办）")
		}
		add("主办", strings.Join(units, "、"))
	}
	add("时限", t.limits(c))
	r.Buttons = t.nextButtons(c, 5)
	return r
}

// limits lists what is pending, the most urgent first.
func (t *turn) limits(c incident.Case) string {
	pending := slices.DeleteFunc(slices.Clone(c.Milestones), func(m incident.Milestone) bool { return !m.Pending() })
	slices.SortStableFunc(pending, func(a, b incident.Milestone) int { return a.Limit.Compare(b.Limit) })
	var out []string
	for i, m := range pending {
		if i == 3 {
			out = append(out, fmt.Sprintf("另有%d项", len(pending)-i))
			break
		}
		out = append(out, fmt.Sprintf("%s %s（%s）", t.owed(c, m), incident.ShowFrom(m.Limit, t.now, t.Zone), notify.Left(m.Limit, t.now)))
	}
	return strings.Join(out, "；")
}

// history is the end of the log: what people did last.
func (t *turn) history(entries []incident.Entry) string {
	var out []string
	for _, e := range slices.Backward(entries) {
		if e.Command == incident.KindTell {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %s", e.At.In(t.Zone).Format("1月2日15:04"), e.Actor.Name, notify.CutRunes(t.logText(e), 60)))
		if len(out) == 4 {
			break
		}
	}
	slices.Reverse(out)
	return strings.Join(out, "\n")
}

// steps are the commands that are offered as buttons, the most likely first.
func steps() []incident.Kind {
	return []incident.Kind{
		incident.KindAccept, incident.KindDispatch, incident.KindGrantExtension, incident.KindRefuseExtension, incident.KindFirstReport,
		incident.KindReview, incident.KindCountersign, incident.KindSubmit, incident.KindRelease, incident.KindRespond, incident.KindDraft,
		incident.KindFeedback, incident.KindProgress, incident.KindCompose, incident.KindConclude,
		incident.KindPressConference, incident.KindPlan, incident.KindReturn, incident.KindAskExtension, incident.KindSupervise,
		incident.KindReflect, incident.KindVerify, incident.KindRegrade, incident.KindMerge, incident.KindArchive, incident.KindReopen,
	}
}

// nextButtons are the steps that the person may take now and that are of use now, at most n.
func (t *turn) nextButtons(c incident.Case, n int) [][]notify.Button {
	allowed := c.Allowed(t.by)
	kinds := steps()
	if m, ok := c.NextDue(); ok { // what is due next comes first
		kinds = slices.DeleteFunc(kinds, func(k incident.Kind) bool { return k == meets(m.Kind) })
		kinds = slices.Insert(kinds, 0, meets(m.Kind))
	}
	if slices.ContainsFunc(c.DueParts(), func(d incident.Due) bool { return t.by.In(d.Unit) }) {
		kinds = slices.Insert(kinds, 0, incident.KindOpinion)
	}
	for _, k := range allowed { // commands that this package does not know by name
		if !slices.Contains(kinds, k) && !isAside(k) {
			kinds = append(kinds, k)
		}
	}
	var row []notify.Button
	for _, k := range kinds {
		if !slices.Contains(allowed, k) || !t.useful(c, k) || len(row) == n {
			continue
		}
		style := 2
		if len(row) == 0 {
			style = 1
		}
		row = append(row, notify.Button{Text: stepName(c, k), Key: fmt.Sprintf("%s:%s:0", k, c.ID), Style: style})
	}
	var rows [][]notify.Button
	for pair := range slices.Chunk(row, 3) {
		rows = append(rows, pair)
	}
	return rows
}

// stepName is a command as its button says it.
func stepName(c incident.Case, k incident.Kind) string {
	if k == incident.KindFirstReport && len(c.OfficialReports) > 0 {
		return incident.MilestoneFollowup.Chinese()
	}
	return k.Chinese()
}

// meets is the command by which a milestone is met.
func meets(m incident.MilestoneKind) incident.Kind {
	switch m {
	case incident.MilestoneDispatch:
		return incident.KindDispatch
	case incident.MilestoneAccept:
		return incident.KindAccept
	case incident.MilestoneFirstReport, incident.MilestoneFollowup:
		return incident.KindFirstReport
	case incident.MilestoneRespond:
		return incident.KindRespond
	case incident.MilestoneRelease, incident.MilestoneRollingRelease:
		return incident.KindRelease
	case incident.MilestonePressConference:
		return incident.KindPressConference
	case incident.MilestonePlan:
		return incident.KindPlan
	case incident.MilestoneConclude:
		return incident.KindConclude
	case incident.MilestoneFeedback:
		return incident.KindFeedback
	case incident.MilestoneReview:
		return incident.KindReview
	case incident.MilestonePart:
		return incident.KindOpinion
	case incident.MilestoneAfterAction:
		return incident.KindReflect
	case incident.MilestoneDuty:
		return incident.KindFulfil
	}
	return ""
}

// isAside are commands that are always there, or said rather than tapped.
func isAside(k incident.Kind) bool {
	return slices.Contains([]incident.Kind{
		incident.KindComment, incident.KindAcknowledge, incident.KindRetime, incident.KindAssess, incident.KindDesignate,
		incident.KindVoid, incident.KindSplit, incident.KindPause, incident.KindFind, incident.KindRevoke, incident.KindStrikeProof,
	}, k)
}

// useful leaves out what the state allows and what would only be refused, or comes too early.
func (t *turn) useful(c incident.Case, k incident.Kind) bool {
	asked := slices.ContainsFunc(c.Extensions, incident.Extension.Open)
	unit := c.Lead == "" || slices.ContainsFunc(append([]org.UnitID{c.Lead}, c.Assisting...), func(u org.UnitID) bool { return t.by.In(u) })
	// What a unit owes is offered to its own people; to the county once it is overdue.
	pending := func(kinds ...incident.MilestoneKind) bool {
		return slices.ContainsFunc(c.Milestones, func(m incident.Milestone) bool {
			return m.Pending() && slices.Contains(kinds, m.Kind) && (unit || m.StateAt(t.now) == incident.Overdue)
		})
	}
	switch k { //nolint:exhaustive // the others are always of use
	case incident.KindAccept:
		return slices.ContainsFunc(append([]org.UnitID{c.Lead}, c.Assisting...), func(u org.UnitID) bool {
			d := c.Dispatching(u)
			return t.by.In(u) && d != nil && d.Accepted.IsZero()
		})
	case incident.KindDispatch:
		return c.State == incident.Assessed || c.State == incident.Returned
	case incident.KindReturn:
		d := c.Dispatching(c.Lead)
		return !c.Designated && d != nil && (d.ReturnUntil.IsZero() || !t.now.After(d.ReturnUntil))
	case incident.KindAskExtension:
		return !asked && pending(incident.MilestoneConclude, incident.MilestonePlan, incident.MilestoneDuty)
	case incident.KindFulfil:
		return pending(incident.MilestoneDuty)
	case incident.KindGrantExtension, incident.KindRefuseExtension:
		return asked
	case incident.KindPlan:
		return c.Level() != incident.General && pending(incident.MilestonePlan)
	case incident.KindFirstReport:
		return pending(incident.MilestoneFirstReport) || pending(incident.MilestoneFollowup) && c.FollowupSoon(t.now)
	case incident.KindDraft, incident.KindCompose:
		return unit && newest(c, incident.Drafting, incident.UnderReview, incident.Approved) == nil &&
			pending(incident.MilestoneRespond, incident.MilestoneRelease, incident.MilestoneRollingRelease)
	case incident.KindSubmit:
		d := newest(c, incident.Drafting)
		return unit && d != nil && !d.Last().Machine
	case incident.KindWithdraw, incident.KindConsult, incident.KindAssign:
		return false // said, not tapped
	case incident.KindRespond:
		return newest(c, incident.Approved) != nil && pending(incident.MilestoneRespond)
	case incident.KindRelease:
		if newest(c, incident.Approved) == nil {
			return false
		}
		next, ok := c.NextDue()
		return pending(incident.MilestoneRelease) || pending(incident.MilestoneRollingRelease) && ok && next.Kind == incident.MilestoneRollingRelease &&
			next.Limit.Sub(t.now) < soon
	case incident.KindPressConference:
		return pending(incident.MilestonePressConference)
	case incident.KindFeedback:
		return pending(incident.MilestoneFeedback)
	case incident.KindReflect:
		return pending(incident.MilestoneAfterAction)
	case incident.KindSupervise:
		return c.Lead != ""
	case incident.KindProgress, incident.KindConclude:
		return !slices.ContainsFunc(c.Allowed(t.by), func(k incident.Kind) bool { return k == incident.KindAccept }) || !t.useful(c, incident.KindAccept)
	case incident.KindRegrade, incident.KindMerge:
		return c.State.Open()
	case incident.KindArchive:
		return !slices.ContainsFunc(c.Milestones, incident.Milestone.Pending) && c.Verified != "unsatisfied"
	case incident.KindVerify: // who was not content is owed 重办, not another call
		return c.Verified == "" || c.Verified == "unreached"
	case incident.KindReopen:
		return c.Verified == "unsatisfied"
	}
	return true
}
