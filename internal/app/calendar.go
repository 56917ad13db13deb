package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
	"huiying/sla"
)

// How long after its hour a job that was missed is still worth doing.
const (
	digestCatchUp  = 4 * time.Hour
	weeklyCatchUp  = 3 * 24 * time.Hour
	monthlyCatchUp = 20 * 24 * time.Hour
	yearlyCatchUp  = 60 * 24 * time.Hour
	backupCatchUp  = 20 * time.Hour
	cleanupCatchUp = 20 * time.Hour
)

// keepBodies is how long the bodies of messages are kept after they were settled; what
// was sent to whom stays for good.
const keepBodies = 90 * 24 * time.Hour

// keepAnswers is how long a message that comes again is answered as the first time; no
// platform repeats one for so long.
const keepAnswers = 30 * 24 * time.Hour

// calendar is the house's calendar-like work.
func (s *server) calendar() (*scheduler, error) {
	j := s.cfg.Jobs
	jobs := []struct {
		at string
		job
	}{
		{j.Digest, job{name: "digest", catchUp: digestCatchUp, run: s.digest}},
		{j.Weekly, job{name: "weekly", catchUp: weeklyCatchUp, run: s.weekly, on: func(day time.Time) bool { return len(s.mondays(day)) > 0 }}},
		{j.Monthly, job{name: "monthly", catchUp: monthlyCatchUp, run: s.monthly, on: func(day time.Time) bool {
			return workingDay(day.In(s.zone), j.MonthlyDay, s.house.Desk.Book().Holidays)
		}}},
		{j.Monthly, job{name: "yearly", catchUp: yearlyCatchUp, run: s.yearly, on: func(day time.Time) bool {
			return day.In(s.zone).Format("01-02") == j.Year
		}}},
		{j.Backup, job{name: "backup", catchUp: backupCatchUp, run: s.backup}},
		{j.Cleanup, job{name: "cleanup", catchUp: cleanupCatchUp, run: s.cleanUp}},
	}
	minutely := func(ctx context.Context) {
		s.watch.look(ctx)
		s.handovers(ctx)
		s.duties(ctx)
	}
	c := &scheduler{clock: s.clock, zone: s.zone, periods: s.db, log: s.Log, minutely: minutely, fresh: s.fresh}
	for _, one := range jobs {
		at, err := parseClock(one.at)
		if err != nil {
			return nil, fmt.Errorf("jobs.%s %w", one.name, err)
		}
		one.job.at = at
		c.jobs = append(c.jobs, one.job)
	}
	return c, nil
}

// digest tells each unit's handlers what of theirs is overdue or falls due today, and
// the county's duty officers the same of everybody.
func (s *server) digest(ctx context.Context, due time.Time) error {
	now := s.clock.Now()
	cases, err := s.open(ctx, desk.Filter{DueBy: now.Add(24 * time.Hour), Now: now})
	if err != nil {
		return err
	}
	day := report.NewDay(cases, now, s.zone)
	local := due.In(s.zone)
	period := local.Year()*10_000 + int(local.Month())*100 + local.Day()
	notices := tell(s.house.Desk, "", []org.Post{org.DutyOfficer}, day.Text(now, s.zone), period, now)
	for _, unit := range day.Units() {
		if unit != "" {
			notices = append(notices, tell(s.house.Desk, unit, []org.Post{org.Handler}, day.Of(unit).Text(now, s.zone), period, now)...)
		}
	}
	if err := s.db.Announce(ctx, notices); err != nil {
		return fmt.Errorf("announce digest: %w", err)
	}
	s.house.Courier.Wake()
	return nil
}

// weekly issues the summary of each week that is due now, and tells the leaders of the
// county and of the units.
func (s *server) weekly(ctx context.Context, due time.Time) error {
	now := s.clock.Now()
	s.watch.look(ctx) // the standing check comes before the weekly report (rules.md, Late)
	for _, monday := range s.mondays(due) {
		week := report.WeekBefore(monday, s.zone)
		w, _, err := s.reports.IssueWeekly(ctx, org.System("weekly"), week, now, false)
		if err != nil {
			return fmt.Errorf("issue weekly summary: %w", err)
		}
		if _, err := weeklyNews(w, week, s.house.Desk, carriers(s.cfg)).announce(ctx, s.db, s.house.Desk, now, false); err != nil {
			return err
		}
	}
	s.house.Courier.Wake()
	return nil
}

// monthly issues the evaluation of the month before (日常考核, the county's duty of the 5th
// working day) and tells it to the leaders of the county and of the units.
func (s *server) monthly(ctx context.Context, due time.Time) error {
	now, month := s.clock.Now(), report.MonthBefore(due, s.zone)
	// A month in which nothing happened is a month, one before the house is none.
	if was, err := s.lived(ctx, month.Period(s.zone, time.Time{}).To); err != nil || !was {
		return err
	}
	e, _, err := s.reports.IssueEvaluation(ctx, org.System("monthly"), month, now, false)
	if err != nil {
		return fmt.Errorf("issue evaluation: %w", err)
	}
	if _, err := evaluationNews(e, month, s.house.Desk).announce(ctx, s.db, s.house.Desk, now, false); err != nil {
		return err
	}
	s.house.Courier.Wake()
	return nil
}

// lived tells whether anything had been registered before an instant.
func (s *server) lived(ctx context.Context, at time.Time) (bool, error) {
	first, err := s.db.After(ctx, 0, 1)
	if err != nil {
		return false, fmt.Errorf("look for the first incident: %w", err)
	}
	return len(first) > 0 && first[0].RegisteredAt.Before(at), nil
}

// yearly does the same with the year before (年终考核).
func (s *server) yearly(ctx context.Context, due time.Time) error {
	now, year := s.clock.Now(), report.YearBefore(due, s.zone)
	switch a, _, err := s.reports.Annual(ctx, year, now); {
	case err != nil:
		return fmt.Errorf("look at the year: %w", err)
	case len(a.Units) == 0:
		return nil
	}
	a, _, err := s.reports.IssueAnnual(ctx, org.System("yearly"), year, now, false)
	if err != nil {
		return fmt.Errorf("issue the year's evaluation: %w", err)
	}
	if _, err := annualNews(a, year, s.house.Desk).announce(ctx, s.db, s.house.Desk, now, false); err != nil {
		return err
	}
	s.house.Courier.Wake()
	return nil
}

// workingDay tells whether the day is the n-th working day of its month.
func workingDay(day time.Time, n int, holidays *sla.Holidays) bool {
	if holidays.IsOff(day) {
		return false
	}
	for d := day.AddDate(0, 0, 1-day.Day()); d.Before(day); d = d.AddDate(0, 0, 1) {
		if !holidays.IsOff(d) {
			n--
		}
	}
	return n == 1
}

// mondays are those whose summary falls on the day: the day itself, and those before it
// with nothing but days off between. Two of them meet after a long holiday; none means
// that the day has no summary.
func mondays(day time.Time, holidays *sla.Holidays) []time.Time {
	var out []time.Time
	// The day itself is worked, those before it are off.
	for d := day; holidays.IsOff(d) != d.Equal(day); d = d.AddDate(0, 0, -1) {
		if d.Weekday() == time.Monday {
			out = append(out, d)
		}
	}
	slices.Reverse(out)
	return out
}

// mondays are those whose summary falls on the day, in the county's zone and calendar.
func (s *server) mondays(day time.Time) []time.Time {
	return mondays(day.In(s.zone), s.house.Desk.Book().Holidays)
}

// open reads all cases of a filter, page by page.
func (s *server) open(ctx context.Context, f desk.Filter) ([]incident.Case, error) {
	const page = 200
	f.Limit = page
	var out []incident.Case
	for {
		p, err := s.db.List(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("list incidents: %w", err)
		}
		out = append(out, p.Cases...)
		if p.Next == "" {
			return out, nil
		}
		f.Cursor = p.Next
	}
}

// backup copies the database and keeps the newest of the copies.
func (s *server) backup(ctx context.Context, due time.Time) error {
	dir := filepath.Join(s.cfg.Storage.Dir, "backup")
	name := filepath.Join(dir, "huiying-"+due.In(s.zone).Format("2006-01-02")+".db")
	if err := s.db.Backup(ctx, name); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list backups: %w", err)
	}
	var copies []string
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "huiying-") && strings.HasSuffix(f.Name(), ".db") {
			copies = append(copies, filepath.Join(dir, f.Name()))
		}
	}
	slices.Sort(copies)
	var errs []error
	for len(copies) > s.cfg.Storage.KeepBackups {
		errs = append(errs, os.Remove(copies[0]))
		copies = copies[1:]
	}
	return errors.Join(errs...)
}

// cleanUp seals the day before and drops the bodies of old messages.
func (s *server) cleanUp(ctx context.Context, due time.Time) error {
	now := s.clock.Now()
	local := due.In(s.zone)
	end := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.zone)
	day := end.AddDate(0, 0, -1).Format("2006-01-02")
	if err := s.db.Seal(ctx, day, end); err != nil {
		return fmt.Errorf("seal %s: %w", day, err)
	}
	if err := s.db.Clean(ctx, now.Add(-keepBodies)); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	if err := s.db.ForgetAnswers(ctx, now.Add(-keepAnswers)); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}
