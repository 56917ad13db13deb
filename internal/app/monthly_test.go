package app

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/incident"
	"huiying/report"
)

// TestWorkingDay: the evaluation comes on the 5th working day, holidays and worked Sundays
// reckoned in.
func TestWorkingDay(t *testing.T) {
	t.Parallel()
	holidays := builtinHolidays(t)
	zone := time.FixedZone("Asia/Shanghai", 8*60*60)
	for month, want := range map[string]string{
		"2026-01": "01-08", // off from the 1st to the 3rd, Sunday the 4th is worked
		"2026-02": "02-06",
		"2026-10": "10-13", // off from the 1st to the 7th, Saturday the 10th is worked
		"2026-11": "11-06", // the 1st is a Sunday
		"2026-12": "12-07",
	} {
		first, err := time.ParseInLocation("2006-01-02 15:04", month+"-01 08:40", zone)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for d := first; d.Month() == first.Month(); d = d.AddDate(0, 0, 1) {
			if workingDay(d, 5, holidays) {
				got = append(got, d.Format("01-02"))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", month, got, want)
		}
	}
}

// jobOf is the house's job of that name.
func (y *year) jobOf(name string) job {
	y.tb.Helper()
	for _, j := range y.jobs.jobs {
		if j.name == name {
			return j
		}
	}
	y.tb.Fatalf("there is no job %s", name)
	return job{}
}

// TestMonthly_IssuedOnceAndCaughtUp: several replicas start the job of the 5th working day
// after an outage: the evaluation is issued once, and each reader is told once, with the
// address of its page; the year follows on 20 January.
func TestMonthly_IssuedOnceAndCaughtUp(t *testing.T) {
	t.Parallel()
	y := newYear(t, "2026-11-02 09:00")
	ctx := t.Context()
	y.jobs.fresh = false
	y.cfg.Server.BaseURL = "https://huiying.example.gov.cn"
	y.register("钱值班", map[string]any{"source": "12345热线", "external_id": "A1", "title": "路灯不亮", "text": "和平小区路灯不亮", "lead": "县住建局"})
	monthly := y.jobOf("monthly")
	replicas := func() {
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { y.jobs.once(ctx, monthly) })
		}
		wg.Wait()
	}
	issued := func(kind report.Kind, period string) bool {
		kept, err := y.db.Report(ctx, kind, period, 0)
		if err != nil && !errors.Is(err, incident.ErrNotFound) {
			t.Fatal(err)
		}
		return kept.Revision == 1
	}
	y.fake.Advance(y.at("2026-11-06 08:40").Sub(y.now()))
	replicas()
	if issued(report.KindEvaluation, "2026-10") {
		t.Error("October is issued, in which there was nothing")
	}
	y.fake.Advance(y.at("2026-12-07 08:39").Sub(y.now())) // the 5th working day, a minute early
	replicas()
	if issued(report.KindEvaluation, "2026-11") {
		t.Error("issued before its hour")
	}
	y.fake.Advance(y.at("2026-12-10 11:00").Sub(y.now())) // the house was down for three days
	replicas()
	replicas()
	if !issued(report.KindEvaluation, "2026-11") {
		t.Fatal("not issued after the outage")
	}
	told := func(first string) map[string]int {
		t.Helper()
		y.screen.Reset()
		if _, err := y.house.Courier.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		out := map[string]int{}
		for part := range strings.SplitSeq(y.screen.String(), "─→ ") {
			head, rest, _ := strings.Cut(part, "\n")
			if strings.Contains(rest, first) {
				out[head]++
			}
		}
		return out
	}
	got := told("【效果评估】2026年11月")
	if len(got) < 5 {
		t.Errorf("told %d people, want the county's leaders and the unit's: %v", len(got), got)
	}
	for who, n := range got {
		if n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
	y.fake.Advance(y.at("2027-01-22 11:00").Sub(y.now()))
	replicas() // December, in time
	y.jobs.once(ctx, y.jobOf("yearly"))
	if !issued(report.KindEvaluation, "2026-12") || !issued(report.KindAnnual, "2026") {
		t.Error("December or the year is not issued")
	}
	if got := told("【年度考核】2026年度"); len(got) < 5 {
		t.Errorf("the year is told to %d people: %v", len(got), got)
	}
}
