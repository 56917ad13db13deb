package sim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/desk"
	"huiying/incident"
	"huiying/internal/app"
	"huiying/notify"
	"huiying/org"
	"huiying/sla"
	"huiying/storage/sqlite"
)

// Setting is what every world is built on.
type Setting struct {
	Book      sla.Book
	Templates fs.FS
	Duties    *sla.DutyRules
	// Steps is how many things happen in one world.
	Steps int
}

// world is one seed's world.
type world struct {
	Setting
	seed  uint64
	dir   string
	rand  *rand.Rand
	clock *clock
	db    *sqlite.DB
	house *app.House

	phone, mail *platform
	people      []org.PersonID
	units       []org.UnitID

	// The chances that a write crashes, that the storage fails, that a channel does.
	crashy, faulty, trouble float64

	reports  map[string]incident.ID // acknowledged registrations, by external id
	cases    map[incident.ID]incident.Case
	duties   map[incident.ID]incident.Case
	orders   map[string]incident.ID // acknowledged duties, by key
	opened   string                 // the day on which this process opened what the calendar brings
	lookedAt time.Time              // the latest instant at which it was looked for
	claimed  map[notify.NoticeID]incident.Notice
	settled  map[mark]bool
	fired    []time.Time // when the engine looked and finished, by a clock that had not been set back
	latest   time.Time   // the latest instant at which anything happened
	keys     int
	problems []string
	trace    []string
}

// begin is when a world begins: a Friday afternoon, with a weekend ahead; for some a Sunday
// evening, as a week's duties fall due, or the last day of the year, as nearly all do.
func begin(seed uint64) time.Time {
	switch seed % 8 {
	case 3:
		return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	case 6:
		return time.Date(2026, 12, 31, 6, 0, 0, 0, time.UTC)
	}
	return time.Date(2026, 11, 20, 8, 40, 0, 0, time.UTC)
}

// Run plays one seed in a folder of its own and returns what was broken; an error is a
// fault of the simulation itself.
func Run(ctx context.Context, seed uint64, dir string, s Setting) ([]string, error) {
	w := &world{
		Setting: s, seed: seed, dir: dir, rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), //nolint:gosec // a game of chance that replays
		clock:   &clock{FakeClock: clockwork.NewFakeClockAt(begin(seed))},
		reports: map[string]incident.ID{}, cases: map[incident.ID]incident.Case{},
		duties: map[incident.ID]incident.Case{}, orders: map[string]incident.ID{},
		claimed: map[notify.NoticeID]incident.Notice{}, settled: map[mark]bool{},
	}
	w.phone, w.mail = newPlatform(w, phone), newPlatform(w, mail)
	if err := w.start(ctx); err != nil {
		return nil, err
	}
	if err := w.house.Desk.SetDirectory(ctx, w.directory()); err != nil {
		return nil, fmt.Errorf("set directory: %w", err)
	}
	for range s.Steps {
		w.mood()
		w.moved(w.clock.Now())
		if err := w.guard(ctx, w.step); err != nil {
			return nil, err
		}
		if err := w.refresh(ctx); err != nil {
			return nil, err
		}
		if len(w.problems) > 0 {
			break
		}
	}
	w.crashy, w.faulty, w.trouble = 0, 0, 0
	err := w.guard(ctx, func(ctx context.Context) error { return w.live(ctx, 2*time.Hour) })
	if err == nil {
		err = w.refresh(ctx)
	}
	if err == nil {
		err = w.check(ctx)
	}
	return w.problems, errors.Join(err, w.db.Close())
}

// start opens the database and puts the house together, as after any crash.
func (w *world) start(ctx context.Context) error {
	log := slog.New(slog.DiscardHandler)
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(w.dir, "sim.db"), Log: log, Readers: 2, Throwaway: true})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	w.db, w.opened = db, ""
	w.house, err = app.NewHouse(ctx, app.Parts{
		Book: w.Book, Clock: w.clock, Store: &store{db, w}, Channels: []notify.Channel{w.phone, w.mail},
		Templates: w.Templates, Duties: w.Duties, Log: log,
		Assessor: func(func() *org.Directory) desk.Assessor { return plain{} },
		Notify:   notify.Config{Senders: 2, SendTimeout: time.Minute, GiveUp: 1000},
	})
	if err != nil {
		return errors.Join(fmt.Errorf("assemble: %w", err), db.Close())
	}
	return nil
}

// plain grades everything general: the simulation gives levels itself.
type plain struct{}

// Assess implements desk.Assessor.
func (plain) Assess(incident.Report, time.Time) classifier.Assessment {
	return classifier.Assessment{Grading: incident.Grading{Level: incident.General}}
}

// mood makes the next step's world more or less kind.
func (w *world) mood() {
	w.crashy, w.faulty, w.trouble = 0, 0, 0
	switch w.rand.IntN(6) {
	case 0:
		w.crashy = 0.05
	case 1:
		w.faulty = 0.2
	case 2:
		w.trouble = 0.6
	case 3:
		w.crashy, w.faulty, w.trouble = 0.02, 0.05, 0.3
	}
}

// guard runs a step; a crash in it ends the process and starts another.
func (w *world) guard(ctx context.Context, step func(context.Context) error) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		c, ok := r.(crash)
		if !ok {
			panic(r)
		}
		w.note("crash %s", c.at)
		w.crashy, w.faulty = 0, 0
		if err = w.db.Close(); err == nil {
			err = w.start(ctx)
		}
	}()
	err = step(ctx)
	if errors.Is(err, errStorage) {
		w.note("storage fault")
		return nil
	}
	return err
}

func (w *world) chance(p float64) bool { return p > 0 && w.rand.Float64() < p }

func (w *world) note(format string, args ...any) {
	w.trace = append(w.trace, w.clock.Now().Format("01-02 15:04:05 ")+fmt.Sprintf(format, args...))
}

// broken records that something which must hold does not, with what went before.
func (w *world) broken(format string, args ...any) {
	lines := append([]string{fmt.Sprintf("seed %d: ", w.seed) + fmt.Sprintf(format, args...)}, w.trace[max(0, len(w.trace)-12):]...)
	w.problems = append(w.problems, strings.Join(lines, "\n    "))
}

// maxLooks is far more than anything that is due in the longest step of a world.
const maxLooks = 20_000

// live lets time pass with the house at work: every instant at which something is due
// is finished before the next begins.
func (w *world) live(ctx context.Context, d time.Duration) error {
	end := w.clock.FakeClock.Now().Add(d)
	for looks := 0; ; looks++ {
		next, err := w.pump(ctx)
		if err != nil {
			return err
		}
		at := next.Add(-w.clock.skew)
		if next.IsZero() || at.After(end) {
			break
		}
		if looks > maxLooks {
			w.broken("the house never comes to rest: it asks for %s at %s", next, w.clock.Now())
			return nil
		}
		w.clock.Advance(max(at.Sub(w.clock.FakeClock.Now()), time.Millisecond))
	}
	w.clock.Advance(max(end.Sub(w.clock.FakeClock.Now()), 0))
	_, err := w.pump(ctx)
	return err
}

// pump does what is due now and says when something is due next.
func (w *world) pump(ctx context.Context) (time.Time, error) {
	now := w.clock.Now()
	if err := w.openDuties(ctx, now); err != nil {
		return time.Time{}, err
	}
	timer, err := w.house.Desk.Fire(ctx, now)
	if err != nil {
		return time.Time{}, fmt.Errorf("fire: %w", err)
	}
	if w.moved(now) {
		w.fired = append(w.fired, now)
	}
	waiting, err := w.house.Courier.Drain(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("send: %w", err)
	}
	switch {
	case timer.IsZero():
		return waiting, nil
	case waiting.IsZero() || timer.Before(waiting):
		return timer, nil
	}
	return waiting, nil
}

// moved tells whether an instant is not before one at which something happened: by a clock
// that was set back, what was done already would seem to be still to come.
func (w *world) moved(now time.Time) bool {
	if now.Before(w.latest) {
		return false
	}
	w.latest = now
	return true
}

// refresh reads what is durable now, and marks the milestones that need no telling any more.
func (w *world) refresh(ctx context.Context) error {
	if err := w.reread(ctx, 1, w.cases); err != nil {
		return err
	}
	return w.reread(ctx, incident.FirstDuty, w.duties)
}

// reread reads the cases from a number on: incidents and duties are both numbered without gaps.
func (w *world) reread(ctx context.Context, first incident.ID, into map[incident.ID]incident.Case) error {
	for id := first; ; id++ {
		c, err := w.db.Load(ctx, id)
		if errors.Is(err, incident.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
		into[id] = c
		for _, m := range c.Milestones {
			switch at := (mark{id, m.Seq}); {
			case !m.Pending():
				w.settled[at] = true
			case c.Duty != nil:
				delete(w.settled, at) // a proof was struck, it is owed again
			case w.settled[at]:
				w.broken("incident %s: %s was met and is pending again", id, m.Kind)
			}
		}
	}
}

// directory is the county of the simulation: three units, some posts held by two.
func (w *world) directory() org.Data {
	data := org.Data{Units: []org.Unit{
		{ID: "hall", Name: "县政府办", County: true},
		{ID: "housing", Name: "县住建局"},
		{ID: "land", Name: "县自然资源局"},
		{ID: "safety", Name: "县应急管理局"},
	}}
	for _, u := range data.Units {
		if !u.County {
			w.units = append(w.units, u.ID)
		}
		for _, post := range org.Posts() {
			if post.County() != u.County || (u.ID == "land" && post == org.SectionHead) {
				continue
			}
			holders := 1
			if post == org.Handler || post == org.DutyOfficer {
				holders = 2
			}
			for n := range holders {
				id := org.PersonID(fmt.Sprintf("%s-%s-%d", u.ID, post, n+1))
				w.people = append(w.people, id)
				data.Persons = append(data.Persons, org.Person{ID: id, Name: string(id), Addresses: []org.Address{
					{Channel: phone, To: string(id)}, {Channel: mail, To: string(id)},
				}})
				data.Appointments = append(data.Appointments, org.Appointment{Person: id, Unit: u.ID, Post: post})
			}
		}
	}
	slices.Sort(w.people)
	return data
}
