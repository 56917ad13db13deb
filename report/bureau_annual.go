package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

func (b Bureau) annual(year Year, now time.Time) edition[Annual] {
	return edition[Annual]{
		kind: KindAnnual, period: year.String(), whole: year.Period(b.County().Zone, time.Time{}), name: "年度考核", span: "本年",
		count:  func(ctx context.Context) (Annual, error) { return b.CountAnnual(ctx, year, now) },
		policy: func(a Annual) string { return a.Policy },
		follow: func(context.Context, Annual) error { return nil },
	}
}

// Annual is a year's evaluation: as it was issued, or else counted now. The revision is 0
// for one that was not issued.
func (b Bureau) Annual(ctx context.Context, year Year, now time.Time) (Annual, Kept, error) {
	return b.annual(year, now).read(ctx, b)
}

// IssueAnnual freezes a year's evaluation. One that was issued is returned as it is, unless
// again asks for a new revision, which takes upheld appeals into account.
func (b Bureau) IssueAnnual(ctx context.Context, by org.Actor, year Year, now time.Time, again bool) (Annual, int, error) {
	a, kept, err := b.annual(year, now).issue(ctx, b, by, now, again)
	return a, kept.Revision, err
}

// CountAnnual counts a year anew. The months' scores are those that were issued; a month
// that was not is counted, and marked so.
func (b Bureau) CountAnnual(ctx context.Context, year Year, now time.Time) (Annual, error) {
	county := b.County()
	p := year.Period(county.Zone, now)
	if !now.After(p.From) {
		return Annual{}, refused(year.String() + "年还没有开始，没有可统计的内容。")
	}
	months, err := b.months(ctx, year, p, now)
	if err != nil {
		return Annual{}, err
	}
	appeals, err := b.Shelf.Rulings(ctx, RulingAppeal, "", "")
	if err != nil {
		return Annual{}, fmt.Errorf("read appeals: %w", err)
	}
	appeals = slices.DeleteFunc(appeals, func(r Ruling) bool {
		return r.Period != year.String() && !strings.HasPrefix(r.Period, year.String()+"-")
	})
	entries, err := b.Shelf.Rulings(ctx, RulingEntry, year.String(), "")
	if err != nil {
		return Annual{}, fmt.Errorf("read the year's sheet: %w", err)
	}
	return NewAnnual(ctx, b.Source, b.AsAt, county, year, now, months, appeals, entries)
}

// months are those of the year that have ended, with their scores.
func (b Bureau) months(ctx context.Context, year Year, p Period, now time.Time) ([]MonthBasis, error) {
	out := []MonthBasis{}
	for n := time.January; n <= time.December; n++ {
		month := Month{int(year), n}
		if month.Period(b.County().Zone, time.Time{}).To.After(p.CutOff) {
			break
		}
		e, kept, err := b.Evaluation(ctx, month, now)
		if err != nil {
			return nil, fmt.Errorf("read the evaluation of %s: %w", month, err)
		}
		m := MonthBasis{Month: month.String(), Revision: kept.Revision, Hash: kept.Hash, scores: map[org.UnitID]UnitEvaluation{}}
		for _, u := range e.Units {
			m.scores[u.Unit] = UnitEvaluation{Scored: u.Scored, Score: u.Score}
		}
		out = append(out, m)
	}
	return out, nil
}

// Entry is what the county office enters in a unit's sheet of the year.
type Entry struct {
	Year   Year
	Unit   org.UnitID
	Points float64 // of 100
	Text   string  // why, and on what it rests
}

// Enter enters a deduction in a unit's sheet of the year. It counts in whatever is counted
// after; the unit can dispute it once the year is issued.
func (b Bureau) Enter(ctx context.Context, by org.Actor, e Entry, now time.Time) (Ruling, error) {
	e.Text = strings.TrimSpace(e.Text)
	u, known := b.County().Directory.Unit(e.Unit)
	switch {
	case !by.County(org.DutyOfficer, org.OfficeDirector, org.DeputyLeader):
		return Ruling{}, forbidden("年终考核扣分由县政府办登记，您不能办理。")
	case !known:
		return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "unit", Text: "请选择被扣分的单位。"}
	case !(e.Points > 0 && e.Points <= 100):
		return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "points", Text: "扣分须大于0、不超过100。"}
	case e.Text == "":
		return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "text", Text: "请填写扣分的理由和依据。"}
	case !now.After(e.Year.Period(b.County().Zone, time.Time{}).From):
		return Ruling{}, refused(e.Year.String() + "年还没有开始。")
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%v/%s", e.Points, e.Text))
	r := Ruling{
		Key:  fmt.Sprintf("%s/%s/%s/%s", RulingEntry, e.Unit, e.Year, hex.EncodeToString(sum[:8])),
		Kind: RulingEntry, State: RulingAdopted, Period: e.Year.String(), Unit: e.Unit, At: now, Figure: keyEntry,
		Rule: fmt.Sprintf("%s扣%s分", u.Name, decimal(e.Points)), Text: incident.MaskText(e.Text), By: by.Name, Points: e.Points,
	}
	id, added, err := b.Shelf.AddRuling(ctx, r)
	if err != nil {
		return r, fmt.Errorf("enter in the year's sheet: %w", err)
	}
	if !added {
		return r, refused(fmt.Sprintf("同样的扣分已经登记过了（第%d号）。", id))
	}
	r.ID = id
	return r, b.inform(ctx, r, now)
}

// Withdraw takes an entry in the year's sheet back, with the reason; it stays on record.
func (b Bureau) Withdraw(ctx context.Context, by org.Actor, id int64, why string, now time.Time) (Ruling, error) {
	if !by.County(org.DutyOfficer, org.OfficeDirector, org.DeputyLeader) {
		return Ruling{}, forbidden("年终考核扣分由县政府办撤销，您不能办理。")
	}
	if strings.TrimSpace(why) == "" {
		return Ruling{}, &incident.Error{Code: incident.CodeInvalid, Field: "answer", Text: "请填写撤销的理由。"}
	}
	r, err := b.ruling(ctx, id)
	switch {
	case err != nil:
		return r, err
	case r.Kind != RulingEntry:
		return r, refused("这一项不是年终考核扣分，请从年度考核页面选择。")
	}
	r.State, r.Decided, r.DecidedBy, r.Answer = RulingRejected, now, by.Name, strings.TrimSpace(why)
	ok, err := b.Shelf.DecideRuling(ctx, r, RulingAdopted)
	if err != nil {
		return r, fmt.Errorf("keep the withdrawal: %w", err)
	}
	if !ok {
		return r, refused("这一项已经撤销了，请刷新后查看。")
	}
	return r, b.inform(ctx, r, now)
}
