package app

import (
	"bytes"
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
	"huiying/report/render"
	"huiying/storage/sqlite"
)

// bureau makes reports of a desk's county out of its store.
func bureau(cfg configs.Config, d *desk.Desk, db *sqlite.DB) report.Bureau {
	b := report.Bureau{
		Source: db, Shelf: db, Log: db.Log, AsAt: d.AsAtEach, Duties: d.DutiesSince,
		County: func() report.County {
			policy := d.Book().Policy
			return report.County{
				Name: cfg.County.Name, Zone: d.Zone, Directory: d.Directory(), Holidays: d.Book().Holidays, Policy: policy.Version(),
				Scoring: cfg.Evaluation,
				Basis:   "以日计算的时限，最迟时间按“" + policy.Calendar.Chinese() + "”计算（各级别、来源另有规定的从其规定），力争时间按小时连续计算。",
			}
		},
	}
	b.Tell, b.Inform = teller(b, d, db, carriers(cfg)), informer(d, db)
	return b
}

// rungRuling keeps the keys of news of rulings apart from those of digests.
const rungRuling = 9

// informer owes news of a ruling to the people whom it concerns, once as it was filed and
// once as it was decided.
func informer(d *desk.Desk, db *sqlite.DB) func(context.Context, report.RulingNews, time.Time) error {
	return func(ctx context.Context, n report.RulingNews, now time.Time) error {
		notices := tell(d, n.To, n.Posts, n.Words, int(n.ID), now)
		for i := range notices {
			notices[i].Rung, notices[i].Path = rungRuling, "/rulings"
			if n.Kind == report.RulingEntry {
				notices[i].Path = "/year/" + n.Period
			}
			if !n.Decided.IsZero() {
				notices[i].Nth = 1
			}
		}
		if err := db.Announce(ctx, notices); err != nil {
			return fmt.Errorf("announce ruling: %w", err)
		}
		return nil
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
	return use(Reports{Bureau: s.reports, Now: s.clock.Now(), Zone: s.zone})
}

// Reports are a house's reports at an instant.
type Reports struct {
	report.Bureau
	Now  time.Time
	Zone *time.Location
}

// teller owes an issued report to its readers once more; a running house sends it at its
// next look.
func teller(b report.Bureau, d *desk.Desk, db *sqlite.DB, by []string) report.Teller {
	return func(ctx context.Context, kind report.Kind, period string, now time.Time) (int, error) {
		n, err := newsOf(ctx, b, d, kind, period, now, by)
		if err != nil {
			return 0, err
		}
		return n.announce(ctx, db, d, now, true)
	}
}

// newsOf is the report of a kind and period as it is told.
func newsOf(ctx context.Context, b report.Bureau, d *desk.Desk, kind report.Kind, period string, now time.Time, by []string) (news, error) {
	switch kind {
	case report.KindWeekly:
		if week, ok := report.ParseWeek(period); ok {
			w, _, err := b.Weekly(ctx, week, now)
			return weeklyNews(w, week, d, by), err //nolint:wrapcheck // a sentence for people
		}
	case report.KindEvaluation:
		if month, ok := report.ParseMonth(period); ok {
			e, _, err := b.Evaluation(ctx, month, now)
			return evaluationNews(e, month, d), err //nolint:wrapcheck // a sentence for people
		}
	case report.KindAnnual:
		if year, ok := report.ParseYear(period); ok {
			a, _, err := b.Annual(ctx, year, now)
			return annualNews(a, year, d), err //nolint:wrapcheck // a sentence for people
		}
	}
	return news{}, fmt.Errorf("no report %s of %q", kind, period)
}

// news is a report as it is told: whole to the county's leaders, to each unit's leaders
// their own part.
type news struct {
	// key numbers the period as no day and no other kind of report is numbered; ended is
	// when the period did.
	key   int
	ended time.Time
	path  string // of its page
	whole told
	units []unitNews
	// by are the channels of this house that carry files.
	by []string
}

// told is what a reader gets: words, and what goes with them, made when it is needed.
type told struct {
	text  string
	files func() ([]attached, error)
}

// attached is a file that goes with a report, before it is written down.
type attached struct {
	name, media, about string
	body               []byte
}

type unitNews struct {
	unit org.UnitID
	told
}

// repeats keeps room in a report's key for how often it was sent again.
const repeats = 1_000_000

func weeklyNews(w report.Weekly, week report.Week, d *desk.Desk, by []string) news {
	n := news{by: by, key: (week.Year*1000 + week.Number) * repeats, ended: w.Period.To, path: "/weekly/" + week.String(), whole: told{w.Text(d.Zone), papers(w, d.Zone)}}
	for _, u := range w.Units {
		if u.Overdue()+u.Late+u.Soon > 0 {
			own := w.Of(u.Unit, u.Name)
			n.units = append(n.units, unitNews{u.Unit, told{own.Text(d.Zone), papers(own, d.Zone)}})
		}
	}
	if w.Duties == nil {
		return n
	}
	for _, u := range w.Duties.Units {
		if u.Overdue+u.MetLate+u.Soon > 0 && !slices.ContainsFunc(n.units, func(o unitNews) bool { return o.unit == u.Unit }) {
			own := w.Of(u.Unit, u.Name)
			n.units = append(n.units, unitNews{u.Unit, told{own.Text(d.Zone), papers(own, d.Zone)}})
		}
	}
	return n
}

func evaluationNews(e report.Evaluation, month report.Month, d *desk.Desk) news {
	n := news{key: (month.Year*100 + int(month.Month)) * repeats, ended: e.Period.To, path: "/evaluation/" + month.String(), whole: told{text: e.Text(d.Zone)}}
	for _, u := range e.Units {
		if u.Scored || len(u.Deductions) > 0 {
			n.units = append(n.units, unitNews{u.Unit, told{text: e.Of(u.Unit, u.Name).Text(d.Zone)}})
		}
	}
	return n
}

func annualNews(a report.Annual, year report.Year, d *desk.Desk) news {
	n := news{key: int(year) * repeats, ended: a.Period.To, path: "/year/" + year.String(), whole: told{text: a.Text(d.Zone)}}
	for _, u := range a.Units {
		if u.Scored || len(u.YearEnd.Deductions) > 0 {
			n.units = append(n.units, unitNews{u.Unit, told{text: a.Of(u.Unit, u.Name).Text(d.Zone)}})
		}
	}
	return n
}

// announce owes the report to its readers. again makes it a new message for people who had
// it; else each gets it once, however often this is called.
func (n news) announce(ctx context.Context, db *sqlite.DB, d *desk.Desk, now time.Time, again bool) (int, error) {
	key := n.key
	if again {
		key += 1 + int(now.Sub(n.ended)/time.Minute)%(repeats-1)
	}
	notices := tell(d, "", []org.Post{org.DutyOfficer, org.OfficeDirector, org.DeputyLeader}, n.whole.text, key, now)
	for _, u := range n.units {
		if u.unit != d.Directory().County() {
			notices = append(notices, tell(d, u.unit, []org.Post{org.Deputy, org.Head}, u.text, key, now)...)
		}
	}
	notices = once(notices)
	for i := range notices {
		notices[i].Path = n.path
	}
	readers := len(notices)
	files, err := n.attach(ctx, db, d, notices, now)
	if err != nil {
		return 0, err
	}
	if err := db.Announce(ctx, append(notices, files...)); err != nil {
		return 0, fmt.Errorf("announce report: %w", err)
	}
	return readers, nil
}

// attach owes each reader who has a channel that carries files what goes with his words.
// The bytes are written down first.
func (n news) attach(ctx context.Context, db *sqlite.DB, d *desk.Desk, words []incident.Notice, now time.Time) ([]incident.Notice, error) {
	of := map[string]told{n.whole.text: n.whole}
	for _, u := range n.units {
		of[u.text] = u.told
	}
	made := map[string][]incident.Notice{} // by text: one file for all who read the same
	var out []incident.Notice
	for _, w := range words {
		t := of[w.Text]
		if t.files == nil || !takesFiles(d.Directory(), w.Person, n.by) {
			continue
		}
		if _, done := made[w.Text]; !done {
			list, err := write(ctx, db, t, now)
			if err != nil {
				return nil, err
			}
			made[w.Text] = list
		}
		for _, f := range made[w.Text] {
			f.Entry, f.Person, f.Unit, f.Post, f.StandsFor, f.Path = w.Entry, w.Person, w.Unit, w.Post, w.StandsFor, w.Path
			out = append(out, f)
		}
	}
	return out, nil
}

// takesFiles tells whether the person has an address on a channel that may carry files;
// the courier leaves out what the channel that he is told on does not.
func takesFiles(dir *org.Directory, id org.PersonID, by []string) bool {
	p, _ := dir.Person(id)
	return slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return slices.Contains(by, a.Channel) })
}

// carriers are the configured channels that carry files.
func carriers(cfg configs.Config) []string {
	var out []string
	for name, on := range map[string]bool{"wecom": cfg.Wecom.Enabled, "telegram": cfg.Telegram.Enabled} {
		if on {
			out = append(out, name)
		}
	}
	return out
}

// write makes files, writes them down, and returns the notices that hand them over.
func write(ctx context.Context, db *sqlite.DB, t told, now time.Time) ([]incident.Notice, error) {
	files, err := t.files()
	if err != nil {
		return nil, err
	}
	out := make([]incident.Notice, len(files))
	for i, f := range files {
		hash, err := db.KeepFile(ctx, f.body, now)
		if err != nil {
			return nil, fmt.Errorf("write down %s: %w", f.name, err)
		}
		out[i] = incident.Notice{
			Kind: incident.NoticeFile, Rung: i + 1, Urgency: incident.UrgencyNormal, At: now, Text: f.about,
			File: &incident.File{Name: f.name, Media: f.media, Hash: hash, Size: len(f.body)},
		}
	}
	return out, nil
}

// papers are the picture and the bulletin of a week, officers by post alone: what is sent
// about leaves the house.
func papers(w report.Weekly, zone *time.Location) func() ([]attached, error) {
	return func() ([]attached, error) {
		w := w.WithoutNames()
		face, err := render.SystemFace("")
		if err != nil {
			return nil, fmt.Errorf("find a font: %w", err)
		}
		var picture, bulletin bytes.Buffer
		if err := errors.Join(render.PNG(&picture, w.Poster(zone), face), render.DOCX(&bulletin, w.Document(zone))); err != nil {
			return nil, fmt.Errorf("render weekly summary: %w", err)
		}
		title := "每周超期汇总（" + w.Scope() + "，" + w.Issue() + "）"
		return []attached{
			{"huiying-" + w.Week + ".png", "image/png", title + "图片", picture.Bytes()},
			{"huiying-" + w.Week + ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", title + "督办通报", bulletin.Bytes()},
		}, nil
	}
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
