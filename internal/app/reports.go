package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
	"huiying/storage/sqlite"
)

// bureau makes reports of a desk's county out of its store.
func bureau(cfg configs.Config, d *desk.Desk, db *sqlite.DB) report.Bureau {
	return report.Bureau{
		Source: db, Shelf: db, Log: db.Log, AsAt: d.AsAt,
		County: func() report.County {
			policy := d.Book().Policy
			return report.County{
				Name: cfg.County.Name, Zone: d.Zone, Directory: d.Directory(), Holidays: d.Book().Holidays, Policy: policy.Version(),
				Scoring: cfg.Evaluation,
				Basis:   "以日计算的时限，最迟时间按“" + policy.Calendar.Chinese() + "”计算（各级别、来源另有规定的从其规定），力争时间按小时连续计算。",
			}
		},
	}
}

// Operator is whoever sits at the command line: he administers the house.
func Operator() org.Actor {
	return org.Actor{Person: "system:cli", Name: "命令行", Role: org.RoleSystem, Via: "cli"}
}

// Reporting opens the configured house's database beside a running house and hands its
// reports to use.
func Reporting(ctx context.Context, cfg configs.Config, use func(Reports) error) (err error) {
	s := &server{cfg: cfg, Options: Options{Log: slog.New(slog.DiscardHandler), Out: io.Discard}}
	if s.zone, err = Zone(cfg); err != nil {
		return err
	}
	if s.clock, err = clockOf(cfg); err != nil {
		return err
	}
	s.db, err = sqlite.Open(ctx, sqlite.Options{Path: DatabasePath(cfg), Log: s.Log, Beside: true})
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if err := s.beside(ctx); err != nil {
		return err
	}
	return use(Reports{Bureau: s.reports, Now: s.clock.Now(), Zone: s.zone, desk: s.house.Desk, db: s.db})
}

// Reports are a house's reports at an instant.
type Reports struct {
	report.Bureau
	Now  time.Time
	Zone *time.Location
	desk *desk.Desk
	db   *sqlite.DB
}

// SendWeekly issues a week's summary, unless it was, and owes it to its readers once
// more; a running house sends it at its next look. It returns how many they are.
func (r Reports) SendWeekly(ctx context.Context, week report.Week) (int, error) {
	w, _, err := r.IssueWeekly(ctx, org.System("weekly"), week, r.Now, false)
	if err != nil {
		return 0, err //nolint:wrapcheck // a sentence for people
	}
	return announceWeekly(ctx, r.db, r.desk, w, week, r.Now, true)
}

// announceWeekly owes the summary to the county's leaders, and to each unit's leaders
// their own part, where there is something in it. again makes it a new message for people
// who had it; else each gets it once, however often this is called.
func announceWeekly(ctx context.Context, db *sqlite.DB, d *desk.Desk, w report.Weekly, week report.Week, now time.Time, again bool) (int, error) {
	nth := 0
	if again {
		local := now.In(d.Zone)
		nth = 1 + local.Hour()*60 + local.Minute() + 1440*int(local.Sub(w.Period.To).Hours()/24)
	}
	// 2026047 and how often it was sent again: a number that no day has.
	period := (week.Year*1000+week.Number)*1_000_000 + nth
	county := []org.Post{org.DutyOfficer, org.OfficeDirector, org.DeputyLeader}
	notices := tell(d, "", county, w.Text(d.Zone), period, now)
	for _, u := range w.Units {
		if u.Unit == d.Directory().County() || u.Overdue()+u.Late+u.Soon == 0 {
			continue
		}
		notices = append(notices, tell(d, u.Unit, []org.Post{org.Deputy, org.Head}, w.Of(u.Unit, u.Name).Text(d.Zone), period, now)...)
	}
	notices = once(notices)
	if err := db.Announce(ctx, notices); err != nil {
		return 0, fmt.Errorf("announce weekly summary: %w", err)
	}
	return len(notices), nil
}

// once keeps the first notice of each person: who reads the whole county's summary, or
// leads two units, is not sent the same figures twice.
func once(notices []incident.Notice) []incident.Notice {
	seen := map[org.PersonID]bool{}
	return slices.DeleteFunc(notices, func(n incident.Notice) bool {
		was := seen[n.Person]
		seen[n.Person] = true
		return was
	})
}

// tell owes one message to the holders of posts. period is its key, so that the same
// summary is owed once.
func tell(d *desk.Desk, unit org.UnitID, posts []org.Post, text string, period int, now time.Time) []incident.Notice {
	if text == "" {
		return nil
	}
	var out []incident.Notice
	for _, r := range d.Directory().Resolve(posts, unit, now) {
		out = append(out, incident.Notice{
			Kind: incident.NoticeDigest, Entry: period, Person: r.Person.ID, Unit: r.Unit, Post: r.Post,
			StandsFor: r.StandsFor, Urgency: incident.UrgencyNormal, At: now, Text: text,
		})
	}
	return out
}
