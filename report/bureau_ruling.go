package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// appealDays is for how many working days after a report was issued a unit can dispute it.
const appealDays = 5

// Appeal is what a unit disputes: a deduction in the evaluation of a month (2026-11) or
// of a year (2026).
type Appeal struct {
	Period    string
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
	deductions, kept, err := b.deductions(ctx, a, now)
	switch {
	case err != nil:
		return Ruling{}, err
	case kept.Revision == 0:
		return Ruling{}, refused(a.Period + "的评估还没有印发，印发后才能申诉。")
	}
	county := b.County()
	if end := workingDays(kept.At, appealDays, county); now.After(end) {
		return Ruling{}, refused("申诉须在印发后5个工作日内提出，已于" + incident.Show(end, county.Zone) + "截止。")
	}
	for _, d := range deductions {
		if d.Figure == a.Figure && d.Incident == a.Incident && d.Milestone == a.Milestone {
			return b.fileAppeal(ctx, by, a, d, now)
		}
	}
	return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "incident", Text: "该单位没有这一项扣分，请从扣分明细中选择。"}
}

// deductions are the unit's, of the period's evaluation as it was issued.
func (b Bureau) deductions(ctx context.Context, a Appeal, now time.Time) ([]Deduction, Kept, error) {
	if year, ok := ParseYear(a.Period); ok {
		e, kept, err := b.Annual(ctx, year, now)
		if err != nil {
			return nil, kept, err
		}
		for _, u := range e.Units {
			if u.Unit == a.Unit {
				return u.YearEnd.Deductions, kept, nil
			}
		}
		return nil, kept, nil
	}
	month, ok := ParseMonth(a.Period)
	if !ok {
		return nil, Kept{}, &incident.Error{Code: incident.CodeInvalid, Field: "period", Text: "请写明对哪个月（2026-11）或哪一年（2026）的评估申诉。"}
	}
	e, kept, err := b.Evaluation(ctx, month, now)
	if err != nil {
		return nil, kept, err
	}
	for _, u := range e.Units {
		if u.Unit == a.Unit {
			return u.Deductions, kept, nil
		}
	}
	return nil, kept, nil
}

func (b Bureau) fileAppeal(ctx context.Context, by org.Actor, a Appeal, d Deduction, now time.Time) (Ruling, error) {
	r := Ruling{
		Key: "appeal/" + string(a.Unit) + "/" + a.Period + "/" + strikeKey(a.Figure, a.Incident, a.Milestone), Kind: RulingAppeal, State: RulingOpen,
		Period: a.Period, Unit: a.Unit, At: now, Figure: a.Figure, Milestone: a.Milestone,
		Rule: fmt.Sprintf("%s扣%.2f分", d.Name, d.Points), Text: strings.TrimSpace(a.Text), By: by.Name,
	}
	if a.Incident != 0 {
		r.Incidents = []incident.ID{a.Incident}
	}
	id, added, err := b.Shelf.AddRuling(ctx, r)
	if err != nil {
		return r, fmt.Errorf("file the appeal: %w", err)
	}
	if !added {
		return r, refused(fmt.Sprintf("这一项已经申诉过了（第%d号），请等待答复。", id))
	}
	r.ID = id
	return r, b.inform(ctx, r, now)
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
	r, err := b.ruling(ctx, id)
	if err != nil {
		return r, err
	}
	switch own, err := b.ownFinding(ctx, r, by); {
	case err != nil:
		return r, err
	case own:
		return r, forbidden("申诉的这一项是您本人认定或登记的，请由其他有权的领导决定。")
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
	return r, b.inform(ctx, r, now)
}

// ownFinding tells whether what an appeal disputes was found, or entered in the year's
// sheet, by the person himself: nobody judges his own finding.
func (b Bureau) ownFinding(ctx context.Context, r Ruling, by org.Actor) (bool, error) {
	if r.Kind != RulingAppeal {
		return false, nil
	}
	if r.Figure == keyEntry {
		entry, err := b.ruling(ctx, int64(r.Milestone))
		return err == nil && entry.By == by.Name, err
	}
	if !slices.Contains(incident.Faults(), incident.Fault(r.Figure)) || r.disputed() == 0 {
		return false, nil
	}
	entries, err := b.Log(ctx, r.disputed())
	if err != nil {
		return false, fmt.Errorf("read who found it: %w", err)
	}
	n := 0
	for _, e := range entries {
		if e.Command != incident.KindFind {
			continue
		}
		if n++; n == r.Milestone {
			return e.Actor.Person == by.Person, nil
		}
	}
	return false, nil
}

// ruling is one of what people decide; a sentence for people where there is none.
func (b Bureau) ruling(ctx context.Context, id int64) (Ruling, error) {
	r, err := b.Shelf.Ruling(ctx, id)
	switch {
	case errors.Is(err, incident.ErrNotFound):
		return r, &incident.Error{Code: incident.CodeNotFound, Text: fmt.Sprintf("没有第%d号事项，请从待决定事项中选择。", id), Err: err}
	case err != nil:
		return r, fmt.Errorf("read ruling: %w", err)
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
