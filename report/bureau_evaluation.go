package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Evaluation is a month's evaluation: as it was issued, or else counted now. The revision
// is 0 for one that was not issued.
func (b Bureau) Evaluation(ctx context.Context, month Month, now time.Time) (Evaluation, Kept, error) {
	kept, err := b.Shelf.Report(ctx, KindEvaluation, month.String(), 0)
	if err == nil {
		e, err := Thaw[Evaluation](kept)
		kept.Body = nil
		return e, kept, err
	}
	if !errors.Is(err, incident.ErrNotFound) {
		return Evaluation{}, Kept{}, fmt.Errorf("look for the issued evaluation: %w", err)
	}
	e, err := b.CountEvaluation(ctx, month, now)
	return e, Kept{}, err
}

// CountEvaluation counts a month anew, upheld appeals reckoned in.
func (b Bureau) CountEvaluation(ctx context.Context, month Month, now time.Time) (Evaluation, error) {
	county := b.County()
	if !now.After(month.Period(county.Zone, time.Time{}).From) {
		return Evaluation{}, refused(month.String() + "还没有开始，没有可统计的内容。")
	}
	appeals, err := b.Shelf.Rulings(ctx, RulingAppeal, month.String(), "")
	if err != nil {
		return Evaluation{}, fmt.Errorf("read appeals: %w", err)
	}
	return NewEvaluation(ctx, b.Source, b.AsAt, county, month, now, appeals)
}

// IssueEvaluation freezes a month's evaluation and files the month's proposals and reviews
// for people to decide. One that was issued is returned as it is, unless again asks for a
// new revision, which takes upheld appeals into account.
func (b Bureau) IssueEvaluation(ctx context.Context, by org.Actor, month Month, now time.Time, again bool) (Evaluation, int, error) {
	county := b.County()
	p := month.Period(county.Zone, time.Time{})
	switch {
	case !issuer(by):
		return Evaluation{}, 0, forbidden("评估由县政府办印发，您不能办理。")
	case now.Before(p.To):
		return Evaluation{}, 0, refused("本月还没有结束，" + incident.Show(p.To, county.Zone) + "之后才能印发；现在可以查看到目前为止的情况。")
	}
	if !again {
		if e, kept, err := b.Evaluation(ctx, month, now); err != nil || kept.Revision > 0 {
			return e, kept.Revision, err
		}
	}
	e, err := b.CountEvaluation(ctx, month, now)
	if err != nil {
		return e, 0, err
	}
	kept, err := Freeze(KindEvaluation, month.String(), e.Policy, by.Name, now, e)
	if err != nil {
		return e, 0, err
	}
	revision, err := b.Shelf.KeepReport(ctx, kept)
	if err != nil {
		return e, 0, fmt.Errorf("keep the evaluation: %w", err)
	}
	finder := newProposer(e.Period, county.Directory)
	if err := gather(ctx, b.Source, b.AsAt, scope{Period: e.Period}, finder.look); err != nil {
		return e, revision, err
	}
	return e, revision, b.file(ctx, finder.rulings(month.String(), now))
}

// file keeps proposals; one that is there already stays as it is, decided or not.
func (b Bureau) file(ctx context.Context, rulings []Ruling) error {
	for _, r := range rulings {
		if _, _, err := b.Shelf.AddRuling(ctx, r); err != nil {
			return fmt.Errorf("file a proposal: %w", err)
		}
	}
	return nil
}

// appealDays is for how many working days after a report was issued a unit can dispute it.
const appealDays = 5

// Appeal is what a unit disputes.
type Appeal struct {
	Month     Month
	Unit      org.UnitID
	Figure    string
	Incident  incident.ID
	Milestone int
	Text      string
}

// Appeal files a unit's dispute of a deduction in an issued evaluation, within five
// working days, once.
func (b Bureau) Appeal(ctx context.Context, by org.Actor, a Appeal, now time.Time) (Ruling, error) {
	if !by.In(a.Unit) {
		return Ruling{}, forbidden("申诉由被扣分的单位提出，您不在该单位任职。")
	}
	if strings.TrimSpace(a.Text) == "" {
		return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "text", Text: "请填写申诉理由。"}
	}
	e, kept, err := b.Evaluation(ctx, a.Month, now)
	switch {
	case err != nil:
		return Ruling{}, err
	case kept.Revision == 0:
		return Ruling{}, refused(a.Month.String() + "的评估还没有印发，印发后才能申诉。")
	}
	county := b.County()
	if end := workingDays(kept.At, appealDays, county); now.After(end) {
		return Ruling{}, refused("申诉须在印发后5个工作日内提出，已于" + incident.Show(end, county.Zone) + "截止。")
	}
	for _, u := range e.Units {
		for _, d := range u.Deductions {
			if u.Unit == a.Unit && d.Figure == a.Figure && d.Incident == a.Incident && d.Milestone == a.Milestone {
				return b.fileAppeal(ctx, by, a, d, now)
			}
		}
	}
	return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "incident", Text: "该单位没有这一项扣分，请从扣分明细中选择。"}
}

func (b Bureau) fileAppeal(ctx context.Context, by org.Actor, a Appeal, d Deduction, now time.Time) (Ruling, error) {
	r := Ruling{
		Key: "appeal/" + string(a.Unit) + "/" + a.Month.String() + "/" + strikeKey(a.Figure, a.Incident, a.Milestone), Kind: RulingAppeal, State: RulingOpen,
		Period: a.Month.String(), Unit: a.Unit, At: now, Incidents: []incident.ID{a.Incident}, Figure: a.Figure, Milestone: a.Milestone,
		Rule: fmt.Sprintf("%s扣%.2f分", d.Name, d.Points), Text: strings.TrimSpace(a.Text), By: by.Name,
	}
	id, added, err := b.Shelf.AddRuling(ctx, r)
	if err != nil {
		return r, fmt.Errorf("file the appeal: %w", err)
	}
	if !added {
		return r, refused(fmt.Sprintf("这一项已经申诉过了（第%d号），请等待答复。", id))
	}
	r.ID = id
	return r, nil
}

// workingDays is 24:00 of the n-th working day after an instant.
func workingDays(from time.Time, n int, county County) time.Time {
	y, m, d := from.In(county.Zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, county.Zone)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if !county.Holidays.IsOff(day) {
			n--
		}
	}
	return day.AddDate(0, 0, 1)
}

// Decide is a person's decision on a proposal, an appeal or a review: adopted or not, with
// the reason. It is decided once. An upheld appeal counts in the next revision.
func (b Bureau) Decide(ctx context.Context, by org.Actor, id int64, adopt bool, answer string, now time.Time) (Ruling, error) {
	if !by.County(org.OfficeDirector, org.DeputyLeader) {
		return Ruling{}, forbidden("提醒、通报批评、约谈和申诉由县政府办主任或分管副县长决定。")
	}
	if strings.TrimSpace(answer) == "" {
		return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "answer", Text: "请填写决定的理由。"}
	}
	r, err := b.Shelf.Ruling(ctx, id)
	if err != nil {
		return r, fmt.Errorf("read ruling: %w", err)
	}
	r.State, r.Decided, r.DecidedBy, r.Answer = RulingRejected, now, by.Name, strings.TrimSpace(answer)
	if adopt {
		r.State = RulingAdopted
	}
	ok, err := b.Shelf.DecideRuling(ctx, r, RulingOpen)
	if err != nil {
		return r, fmt.Errorf("keep the decision: %w", err)
	}
	if !ok {
		return r, refused("已经有人作出决定，请刷新后查看。")
	}
	return r, nil
}

// Rulings lists what is to be decided, or was, of what the reader may see.
func (b Bureau) Rulings(ctx context.Context, by org.Actor, kind RulingKind, period string) ([]Ruling, error) {
	scope, ok := Scope(by)
	if !ok {
		return nil, forbidden("您没有任职，也没有查看权限，请联系管理员。")
	}
	list, err := b.Shelf.Rulings(ctx, kind, period, scope)
	if err != nil {
		return nil, fmt.Errorf("list rulings: %w", err)
	}
	return list, nil
}
