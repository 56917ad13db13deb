package report

import (
	"context"
	"fmt"
	"time"

	"huiying/org"
)

func (b Bureau) evaluation(month Month, now time.Time) edition[Evaluation] {
	return edition[Evaluation]{
		kind: KindEvaluation, period: month.String(), whole: month.Period(b.County().Zone, time.Time{}), name: "评估", span: "本月",
		count:  func(ctx context.Context) (Evaluation, error) { return b.CountEvaluation(ctx, month, now) },
		policy: func(e Evaluation) string { return e.Policy },
		follow: func(ctx context.Context, e Evaluation) error { return b.proposeMonth(ctx, month, e, now) },
	}
}

// Evaluation is a month's evaluation: as it was issued, or else counted now. The revision
// is 0 for one that was not issued.
func (b Bureau) Evaluation(ctx context.Context, month Month, now time.Time) (Evaluation, Kept, error) {
	return b.evaluation(month, now).read(ctx, b)
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
	e, kept, err := b.evaluation(month, now).issue(ctx, b, by, now, again)
	return e, kept.Revision, err
}

func (b Bureau) proposeMonth(ctx context.Context, month Month, e Evaluation, now time.Time) error {
	finder := newProposer(e.Period, b.County().Directory)
	if err := gather(ctx, b.Source, b.AsAt, scope{Period: e.Period}, finder.look); err != nil {
		return err
	}
	return b.file(ctx, finder.rulings(month.String(), now))
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
