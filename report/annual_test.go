package report_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/internal/year"
	"huiying/org"
	"huiying/report"
)

// played is a county that had a life from September to the middle of November 2026.
func played(t *testing.T, seed uint64) *county {
	t.Helper()
	return play(t, database(t), year.Play{Seed: seed, From: monday(), Days: 75, Incidents: 150, Every: 2 * time.Hour})
}

// newYear is when the year 2026 is issued.
func newYear() time.Time { return time.Date(2027, 1, 20, 9, 0, 0, 0, year.Zone()) }

// TestAnnual_FortyAndSixty: the year is 40 % of the mean of the months and 60 % of the whole
// year's figures, months that were issued as they were issued, others counted and marked.
func TestAnnual_FortyAndSixty(t *testing.T) {
	t.Parallel()
	c := played(t, 31)
	ctx, by := t.Context(), c.by(t, "fuban-office_director")
	issued, _, err := c.IssueEvaluation(ctx, by, september(), newYear(), false)
	if err != nil {
		t.Fatal(err)
	}
	a, revision, err := c.IssueAnnual(ctx, by, 2026, newYear(), false)
	if err != nil || revision != 1 {
		t.Fatalf("IssueAnnual = %d, %v", revision, err)
	}
	if len(a.Months) != 12 {
		t.Fatalf("%d months, want 12", len(a.Months))
	}
	for _, m := range a.Months {
		if want := m.Month == "2026-09"; m.Issued() != want || want != (len(m.Hash) > 0) {
			t.Errorf("%s: issued %v with hash %x", m.Month, m.Issued(), m.Hash)
		}
	}
	months := map[string]report.Evaluation{"2026-09": issued}
	for n := time.January; n <= time.December; n++ {
		month := report.Month{Year: 2026, Month: n}
		if n != time.September {
			if months[month.String()], err = c.CountEvaluation(ctx, month, newYear()); err != nil {
				t.Fatal(err)
			}
		}
	}
	scored := 0
	for _, u := range a.Units {
		sum, n := 0, 0
		for _, m := range u.Months {
			e := months[m.Month]
			i := slices.IndexFunc(e.Units, func(v report.UnitEvaluation) bool { return v.Unit == u.Unit })
			if (i >= 0 && e.Units[i].Scored) != m.Scored || m.Scored && e.Units[i].Score != m.Score {
				t.Errorf("%s in %s: %+v", u.Name, m.Month, m)
			}
			if m.Scored {
				sum, n = sum+m.Score, n+1
			}
			if marked := strings.HasSuffix(m.Text(), "*"); marked != (m.Scored && !m.Issued) {
				t.Errorf("%s in %s is printed as %s", u.Name, m.Month, m.Text())
			}
		}
		checkScore(t, u.YearEnd)
		if n == 0 || !u.YearEnd.Scored {
			continue
		}
		scored++
		want := 0.4*float64(sum)/float64(n) + 0.6*float64(u.YearEnd.Score)
		if math.Abs(want-float64(u.Total)) > 1 || (u.YearEnd.Sample >= 10 && u.Class != "县政府办") != (u.Rank > 0) {
			t.Errorf("%s: total %d, reckoned %.2f, rank %d on a sample of %d", u.Name, u.Total, want, u.Rank, u.YearEnd.Sample)
		}
	}
	if scored < 3 {
		t.Fatal("too little happened to show anything")
	}
	for _, f := range a.Figures {
		num, den := 0, 0
		for _, u := range a.Units {
			num, den = num+u.YearEnd.Figure(f.Key).Num, den+u.YearEnd.Figure(f.Key).Den
		}
		if num != f.Num || den != f.Den || f.Formula == "" || !f.CutOff.Equal(a.Period.To) {
			t.Errorf("%s = %d/%d, the units' %d/%d", f.Name, f.Num, f.Den, num, den)
		}
	}
}

// TestAnnual_Frozen: once issued, the year stays; a month that is issued later changes only
// the next revision.
func TestAnnual_Frozen(t *testing.T) {
	t.Parallel()
	c := played(t, 32)
	ctx, by := t.Context(), c.by(t, "fuban-office_director")
	if _, _, err := c.IssueAnnual(ctx, by, 2026, newYear().AddDate(-1, 6, 0), false); err == nil || !strings.Contains(err.Error(), "本年还没有结束") {
		t.Errorf("issued before its end: %v", err)
	}
	if _, _, err := c.IssueAnnual(ctx, c.by(t, "u1-head"), 2026, newYear(), false); err == nil || !strings.Contains(err.Error(), "县政府办印发") {
		t.Errorf("issued by a unit: %v", err)
	}
	first, _, err := c.IssueAnnual(ctx, by, 2026, newYear(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.IssueEvaluation(ctx, by, september(), newYear(), false); err != nil {
		t.Fatal(err)
	}
	read, kept, err := c.Annual(ctx, 2026, newYear().AddDate(0, 1, 0))
	if err != nil || kept.Revision != 1 || !same(t, read, first) {
		t.Errorf("the issued year changed: revision %d, %v", kept.Revision, err)
	}
	again, revision, err := c.IssueAnnual(ctx, by, 2026, newYear(), true)
	if err != nil || revision != 2 || !again.Months[8].Issued() {
		t.Errorf("second revision = %d, September issued %v, %v", revision, again.Months[8].Issued(), err)
	}
	running, err := c.CountAnnual(ctx, 2026, c.now)
	if err != nil || len(running.Months) != 10 || !running.Period.CutOff.Equal(c.now) {
		t.Errorf("in November %d months have ended, %v", len(running.Months), err)
	}
	if _, err := c.CountAnnual(ctx, 2028, c.now); err == nil {
		t.Error("a year that has not begun is counted")
	}
}

func same(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return string(x) == string(y)
}

// TestAnnual_Sheet: what the county office enters costs its points, with the reason, can be
// taken back, and be disputed once the year is issued.
func TestAnnual_Sheet(t *testing.T) {
	t.Parallel()
	c := played(t, 33)
	ctx, by := t.Context(), c.by(t, "fuban-duty_officer")
	before, err := c.CountAnnual(ctx, 2026, newYear())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(before.Units, func(u report.UnitAnnual) bool { return u.YearEnd.Score > 2000 && u.DailyScored && u.Unit != "fuban" })
	unit := before.Units[i]
	entry := report.Entry{Year: 2026, Unit: unit.Unit, Points: 2.5, Text: "年终检查：台账不全，联系人13812345678"}
	for want, bad := range map[string]report.Entry{
		"请选择":   {Year: 2026, Unit: "nobody", Points: 1, Text: "x"},
		"大于0":   {Year: 2026, Unit: unit.Unit, Points: math.NaN(), Text: "x"},
		"理由和依据": {Year: 2026, Unit: unit.Unit, Points: 1, Text: " "},
		"还没有开始": {Year: 2028, Unit: unit.Unit, Points: 1, Text: "x"},
	} {
		if _, err := c.Enter(ctx, by, bad, newYear()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	head := c.by(t, org.PersonID(string(unit.Unit)+"-head"))
	if _, err := c.Enter(ctx, head, entry, newYear()); err == nil {
		t.Error("a unit entered a deduction")
	}
	r, err := c.Enter(ctx, by, entry, newYear())
	if err != nil || strings.Contains(r.Text, "13812345678") {
		t.Fatalf("Enter = %+v, %v", r, err)
	}
	if _, err := c.Enter(ctx, by, entry, newYear()); err == nil {
		t.Error("the same was entered twice")
	}
	second, err := c.Enter(ctx, by, report.Entry{Year: 2026, Unit: unit.Unit, Points: 1, Text: "未按要求报送总结"}, newYear())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decide(ctx, c.by(t, "fuban-office_director"), second.ID, false, "x", newYear()); err == nil {
		t.Error("an entry that stands was decided like a proposal")
	}
	if _, err := c.Withdraw(ctx, by, second.ID, "已补报", newYear()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Withdraw(ctx, by, second.ID, "已补报", newYear()); err == nil {
		t.Error("taken back twice")
	}
	a, _, err := c.IssueAnnual(ctx, c.by(t, "fuban-office_director"), 2026, newYear(), false)
	if err != nil {
		t.Fatal(err)
	}
	j := slices.IndexFunc(a.Units, func(u report.UnitAnnual) bool { return u.Unit == unit.Unit })
	if got := a.Units[j]; unit.YearEnd.Score-got.YearEnd.Score != 250 || math.Abs(float64(unit.Total-got.Total)-150) > 1 {
		t.Errorf("2.5 points cost %d of the year-end and %d of the year", unit.YearEnd.Score-got.YearEnd.Score, unit.Total-got.Total)
	}
	dispute := report.Appeal{Period: "2026", Unit: unit.Unit, Figure: "entry", Milestone: int(r.ID), Text: "台账已补齐"}
	filed, err := c.Appeal(ctx, head, dispute, newYear().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decide(ctx, c.by(t, "fuban-office_director"), filed.ID, true, "属实", newYear().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	again, _, err := c.IssueAnnual(ctx, c.by(t, "fuban-office_director"), 2026, newYear().Add(3*time.Hour), true)
	if err != nil {
		t.Fatal(err)
	}
	j = slices.IndexFunc(again.Units, func(u report.UnitAnnual) bool { return u.Unit == unit.Unit })
	if got := again.Units[j]; got.Total != unit.Total || len(again.Entries) != 0 || len(again.Struck) != 1 {
		t.Errorf("upheld: total %d, was %d; %d entries, %d struck", got.Total, unit.Total, len(again.Entries), len(again.Struck))
	}
	for _, u := range again.Of(unit.Unit, unit.Name).Units {
		if u.Unit != unit.Unit {
			t.Errorf("a unit's own year shows %s", u.Name)
		}
	}
}
