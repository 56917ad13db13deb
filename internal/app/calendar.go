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
)

// How long after its hour a job that was missed is still worth doing.
const (
	digestCatchUp  = 4 * time.Hour
	weeklyCatchUp  = 3 * 24 * time.Hour
	backupCatchUp  = 20 * time.Hour
	cleanupCatchUp = 20 * time.Hour
)

// metLateDays is how far back the weekly summary looks for what was met late in the
// week; what is still overdue is found however old it is.
const metLateDays = 60

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
		{j.Weekly, job{name: "weekly", catchUp: weeklyCatchUp, run: s.weekly, weekly: true, day: time.Monday}},
		{j.Backup, job{name: "backup", catchUp: backupCatchUp, run: s.backup}},
		{j.Cleanup, job{name: "cleanup", catchUp: cleanupCatchUp, run: s.cleanUp}},
	}
	minutely := func(ctx context.Context) {
		s.watch.look(ctx)
		s.handovers(ctx)
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
	notices := s.tell("", []org.Post{org.DutyOfficer}, day.Text(now, s.zone), period, now)
	for _, unit := range day.Units() {
		if unit != "" {
			notices = append(notices, s.tell(unit, []org.Post{org.Handler}, day.Of(unit).Text(now, s.zone), period, now)...)
		}
	}
	if err := s.db.Announce(ctx, notices); err != nil {
		return fmt.Errorf("announce digest: %w", err)
	}
	s.house.Courier.Wake()
	return nil
}

// weekly tells the county's leaders what was overdue in the week before.
func (s *server) weekly(ctx context.Context, due time.Time) error {
	now := s.clock.Now()
	s.watch.look(ctx) // the standing check comes before the weekly report (rules.md, Late)
	text, err := s.weekText(ctx, due)
	if err != nil {
		return err
	}
	from, _ := report.WeekBefore(due, s.zone)
	year, week := from.ISOWeek()
	posts := []org.Post{org.DutyOfficer, org.OfficeDirector, org.DeputyLeader}
	if err := s.db.Announce(ctx, s.tell("", posts, text, year*100+week, now)); err != nil {
		return fmt.Errorf("announce weekly summary: %w", err)
	}
	s.house.Courier.Wake()
	return nil
}

// weekText is the summary of the whole week before an instant.
func (s *server) weekText(ctx context.Context, due time.Time) (string, error) {
	now := s.clock.Now()
	from, to := report.WeekBefore(due, s.zone)
	cases, err := s.open(ctx, desk.Filter{Now: now, Overdue: true})
	if err != nil {
		return "", err
	}
	late := map[incident.ID]bool{}
	for _, c := range cases {
		late[c.ID] = true
	}
	recent, err := s.open(ctx, desk.Filter{Now: now, ReceivedFrom: from.AddDate(0, 0, -metLateDays), ReceivedTo: to})
	if err != nil {
		return "", err
	}
	for _, c := range recent {
		if !late[c.ID] {
			cases = append(cases, c)
		}
	}
	return report.NewWeek(cases, from, to, now).Text(now, s.house.Desk.Directory().UnitName), nil
}

// tell owes one message to the holders of posts. period, 20261123 for a day and 202647
// for a week, is its key, so that the same summary is owed once.
func (s *server) tell(unit org.UnitID, posts []org.Post, text string, period int, now time.Time) []incident.Notice {
	if text == "" {
		return nil
	}
	var out []incident.Notice
	for _, r := range s.house.Desk.Directory().Resolve(posts, unit, now) {
		out = append(out, incident.Notice{
			Kind: incident.NoticeDigest, Entry: period, Person: r.Person.ID, Unit: r.Unit, Post: r.Post,
			StandsFor: r.StandsFor, Urgency: incident.UrgencyNormal, At: now, Text: text,
		})
	}
	return out
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
