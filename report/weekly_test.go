package report_test

import (
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/internal/year"
	"huiying/org"
	"huiying/report"
	"huiying/storage/sqlite"
)

// county is a played stretch of a county's life with its bureau.
type county struct {
	report.Bureau
	db   *sqlite.DB
	desk *desk.Desk
	now  time.Time
}

// monday is the beginning of 2026-W36.
func monday() time.Time { return time.Date(2026, 8, 31, 0, 0, 0, 0, year.Zone()) }

func play(tb testing.TB, db *sqlite.DB, p year.Play) *county {
	tb.Helper()
	p.Store, p.Ahead = db, 256
	d, clock, err := year.Run(tb.Context(), p)
	if err != nil {
		tb.Fatal(err)
	}
	return &county{Bureau: bureau(db, d), db: db, desk: d, now: clock.Now()}
}

// database need not survive a power cut.
func database(tb testing.TB) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), sqlite.Options{Path: filepath.Join(tb.TempDir(), "huiying.db"), Log: slog.New(slog.DiscardHandler), Throwaway: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

func bureau(db *sqlite.DB, d *desk.Desk) report.Bureau {
	return report.Bureau{Source: db, Shelf: db, Log: db.Log, AsAt: d.AsAtEach, County: func() report.County {
		return report.County{Name: "示例县人民政府", Zone: year.Zone(), Directory: d.Directory(), Holidays: d.Book().Holidays, Policy: d.Book().Policy.Version(), Basis: "最迟时间按自然日计算。"}
	}}
}

// recount is every incident as its log alone makes it at an instant.
func (c *county) recount(tb testing.TB, at time.Time) []incident.Case {
	tb.Helper()
	var out []incident.Case
	for id := incident.ID(1); ; id++ {
		if _, err := c.db.Load(tb.Context(), id); err != nil {
			return out
		}
		k, there, err := c.desk.AsAt(tb.Context(), id, at)
		if err != nil {
			tb.Fatal(err)
		}
		if there {
			out = append(out, k)
		}
	}
}

// TestWeekly_EqualsARecountFromTheLog plays four weeks, each world another, and counts each
// week again from the logs by rules written down a second time.
func TestWeekly_EqualsARecountFromTheLog(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			c := play(t, database(t), year.Play{Seed: seed, From: monday(), Days: 24, Incidents: 60, Every: 30 * time.Minute})
			for week := range 4 {
				w := report.WeekOf(monday().AddDate(0, 0, 7*week), year.Zone())
				got, err := c.CountWeekly(t.Context(), w, c.now)
				if err != nil {
					t.Fatal(err)
				}
				checkWeek(t, c, got)
			}
		})
	}
}

// checkWeek compares a summary with a recount.
func checkWeek(t *testing.T, c *county, got report.Weekly) {
	t.Helper()
	p := got.Period
	in := func(at time.Time) bool { return !at.IsZero() && at.After(p.From) && !at.After(p.CutOff) }
	want := report.Overview{Levels: map[incident.Level]int{}, Sources: map[string]int{}}
	units := map[org.UnitID]map[string]int{}
	count := func(unit org.UnitID, what string) {
		if units[unit] == nil {
			units[unit] = map[string]int{}
		}
		units[unit][what]++
	}
	for _, k := range c.recount(t, p.CutOff) {
		lead := k.Lead
		if lead == "" {
			lead = "fuban"
		}
		if in(k.RegisteredAt) && k.State != incident.Void && k.State != incident.Merged {
			want.Received++
			want.Levels[k.Level()]++
			want.Sources[k.Report.Source.Name]++
			count(lead, "received")
		}
		for _, done := range k.Conclusions {
			if in(done.At) {
				want.Concluded++
				count(lead, "concluded")
			}
		}
		if n := len(k.Conclusions); n > 0 && in(k.Conclusions[n-1].At) && (k.Verified == "satisfied" || k.Verified == "unsatisfied") {
			want.Reached++
			if k.Verified == "satisfied" {
				want.Satisfied++
			}
		}
		for _, m := range k.Milestones {
			if m.State == incident.Voided || m.Kind.Inner() {
				continue
			}
			unit := lead
			if m.Kind == incident.MilestoneAccept {
				unit = m.Unit
			}
			if m.Kind == incident.MilestoneDispatch {
				unit = "fuban"
			}
			open := m.MetAt.IsZero()
			switch {
			case open && in(m.Limit):
				want.Newly++
				count(unit, "newly")
			case open && !m.Limit.After(p.From):
				want.Still++
				count(unit, "still")
			case open && !m.Limit.After(p.To.AddDate(0, 0, 7)):
				want.Soon++
				count(unit, "soon")
			case !open && m.MetAt.After(m.Limit) && in(m.MetAt):
				want.Late++
				count(unit, "late")
			}
			if in(m.Limit) && (m.Kind == incident.MilestoneConclude || m.Kind == incident.MilestonePlan) {
				want.Ending++
				count(unit, "ending")
				switch {
				case !open && !m.MetAt.After(m.Limit):
					want.OnTime++
					count(unit, "on time")
				case !open:
					want.MetLate++
				}
			}
		}
	}
	if !reflect.DeepEqual(got.Overview, want) {
		t.Errorf("%s: counted\n%+v, recount\n%+v", got.Week, got.Overview, want)
	}
	for _, u := range got.Units {
		for what, n := range map[string]int{
			"received": u.Received, "concluded": u.Concluded, "newly": u.Newly, "still": u.Still, "soon": u.Soon, "late": u.Late, "ending": u.Ending, "on time": u.OnTime,
		} {
			if n != units[u.Unit][what] {
				t.Errorf("%s: %s of %s = %d, recount %d", got.Week, what, u.Unit, n, units[u.Unit][what])
			}
		}
	}
	kinds := map[string]int{}
	for _, r := range got.Late {
		kinds[r.Kind]++
	}
	if kinds[report.LateNewly] != want.Newly || kinds[report.LateStill] != want.Still || kinds[report.LateMet] != want.Late || len(got.Soon) != want.Soon {
		t.Errorf("%s: rows %v and %d soon, figures %+v", got.Week, kinds, len(got.Soon), want)
	}
}

// TestWeekly_AsAtItsEnd: what happens after Sunday 24:00 changes nothing of the week, and
// the week before is compared the same whether it was issued or is counted anew.
func TestWeekly_AsAtItsEnd(t *testing.T) {
	t.Parallel()
	db := database(t)
	var d *desk.Desk
	c := play(t, db, year.Play{Seed: 9, From: monday(), Days: 21, Incidents: 80, Every: 30 * time.Minute, Desk: func(made *desk.Desk) { d = made }})
	week := report.WeekOf(monday().AddDate(0, 0, 7), year.Zone())
	end := week.Period(year.Zone(), time.Time{}).To
	b := bureau(db, d)
	now, err := b.CountWeekly(t.Context(), week, end.Add(8*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	later, err := b.CountWeekly(t.Context(), week, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(now, later) {
		t.Error("the week counts differently a week later")
	}
	if _, _, err := b.IssueWeekly(t.Context(), org.System("test"), week.Before(), end, false); err != nil {
		t.Fatal(err)
	}
	issued, revision, err := b.IssueWeekly(t.Context(), org.System("test"), week, c.now, false)
	if err != nil || revision != 1 {
		t.Fatalf("IssueWeekly = revision %d, %v", revision, err)
	}
	if !reflect.DeepEqual(issued, now) {
		t.Errorf("beside the issued week before it differs:\n%+v\n%+v", issued.Last, now.Last)
	}
	again, revision, err := b.IssueWeekly(t.Context(), org.System("test"), week, c.now.AddDate(0, 1, 0), false)
	if err != nil || revision != 1 || again.Policy != issued.Policy || again.Overview.Received != issued.Overview.Received {
		t.Errorf("issued twice: revision %d, %v", revision, err)
	}
	if _, revision, err = b.IssueWeekly(t.Context(), org.System("test"), week, c.now, true); err != nil || revision != 2 {
		t.Errorf("issued anew: revision %d, %v, want 2", revision, err)
	}
}

func TestWeekly_TextFitsAMessage(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 5, From: monday(), Days: 14, Incidents: 150, Every: 30 * time.Minute})
	w, err := c.CountWeekly(t.Context(), report.WeekOf(monday(), year.Zone()), c.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range append([]report.Weekly{w}, parts(w)...) {
		for _, text := range []string{one.Text(year.Zone()), one.Markdown(year.Zone())} {
			if len(text) > 2048 {
				t.Errorf("%s: %d bytes, more than WeChat Work shows", one.Scope(), len(text))
			}
		}
	}
	if len(w.Late) < 12 {
		t.Fatalf("only %d late rows: the test shows nothing", len(w.Late))
	}
}

func parts(w report.Weekly) []report.Weekly {
	var out []report.Weekly
	for _, u := range w.Units {
		out = append(out, w.Of(u.Unit, u.Name))
	}
	return out
}

// TestWeekly_OfAUnit: a unit sees its own rows and nobody else's, and all parts make the whole.
func TestWeekly_OfAUnit(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 6, From: monday(), Days: 14, Incidents: 80, Every: 30 * time.Minute})
	w, err := c.CountWeekly(t.Context(), report.WeekOf(monday(), year.Zone()), c.now)
	if err != nil {
		t.Fatal(err)
	}
	late, overdue := 0, 0
	for _, u := range parts(w) {
		if slices.ContainsFunc(u.Late, func(r report.LateRow) bool { return r.Unit != u.Unit }) || len(u.Units) != 1 {
			t.Errorf("%s sees others: %+v", u.Unit, u.Units)
		}
		late += len(u.Late)
		overdue += u.Overview.Overdue()
	}
	if late != len(w.Late) || overdue != w.Overview.Overdue() {
		t.Errorf("parts have %d late and %d overdue, the whole %d and %d", late, overdue, len(w.Late), w.Overview.Overdue())
	}
}

func TestParseWeek(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2026-W47": true, "2026-W53": true, "2025-W53": false, "2026-W00": false, "2026-W54": false, "2026-47": false, "": false, "2026-W4x": false, "2026-W01": true,
	} {
		w, ok := report.ParseWeek(text)
		if ok != want || (ok && w.String() != text) {
			t.Errorf("ParseWeek(%q) = %v, %v, want %v", text, w, ok, want)
		}
	}
	// 2026 begins on a Thursday: its first week begins on Monday 29 December 2025.
	p := report.Week{Year: 2026, Number: 1}.Period(year.Zone(), time.Time{})
	if want := time.Date(2025, 12, 29, 0, 0, 0, 0, year.Zone()); !p.From.Equal(want) || !p.To.Equal(want.AddDate(0, 0, 7)) {
		t.Errorf("2026-W01 = %s to %s", p.From, p.To)
	}
}
