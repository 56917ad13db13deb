package notify_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
	"huiying/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var beijing = time.FixedZone("CST", 8*60*60)

// at is an instant of the day on which these tests happen, Friday 2026-11-20.
func at(hour, minute int) time.Time { return time.Date(2026, 11, 20, hour, minute, 0, 0, beijing) }

// phone is a channel that keeps what it was given.
type phone struct {
	name  string
	quota notify.Quota
	clock clockwork.Clock
	// answer says what becomes of a try; nil sends everything.
	answer func(e notify.Envelope) notify.Outcome

	mu    sync.Mutex
	tries []try
}

// try is one envelope as it was given to a phone.
type try struct {
	notify.Envelope
	at   time.Time
	sent bool
}

func (p *phone) Name() string                            { return p.name }
func (p *phone) Quota() notify.Quota                     { return p.quota }
func (p *phone) Encode(m notify.Message) ([]byte, error) { return []byte(m.Text), nil }

func (p *phone) Send(_ context.Context, e notify.Envelope) notify.Outcome {
	o := notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
	if p.answer != nil {
		o = p.answer(e)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries = append(p.tries, try{e, p.clock.Now(), o.Status == notify.Sent})
	return o
}

func (p *phone) all() []try {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tries)
}

// texts are what was sent, in order.
func (p *phone) texts() []string {
	var out []string
	for _, t := range p.all() {
		if t.sent {
			out = append(out, string(t.Body))
		}
	}
	return out
}

// world is a courier on a real database, with a clock that stands still.
type world struct {
	*notify.Courier
	db        *sqlite.DB
	path      string
	clock     *clockwork.FakeClock
	directory *org.Directory
	channels  []notify.Channel
	cfg       notify.Config

	mu        sync.Mutex
	unreached []string
}

func newWorld(t *testing.T, people []org.Person, channels ...notify.Channel) *world {
	t.Helper()
	w := &world{
		path: filepath.Join(t.TempDir(), "huiying.db"), clock: clockwork.NewFakeClockAt(at(17, 30)), channels: channels,
		cfg: notify.Config{Senders: 4, SendTimeout: 10 * time.Second, GiveUp: 8},
	}
	for _, ch := range channels {
		if p, ok := ch.(*phone); ok {
			p.clock = w.clock
		}
	}
	var err error
	if w.directory, err = org.NewDirectory(org.Data{Units: []org.Unit{{ID: "zjj", Name: "县住房和城乡建设局"}}, Persons: people}); err != nil {
		t.Fatal(err)
	}
	w.start(t)
	t.Cleanup(func() { w.stop(t) })
	return w
}

// start opens the database and makes a courier, as a process does.
func (w *world) start(t *testing.T) {
	t.Helper()
	var err error
	if w.db, err = sqlite.Open(t.Context(), sqlite.Options{Path: w.path, Log: slog.New(slog.DiscardHandler), Throwaway: true}); err != nil {
		t.Fatal(err)
	}
	w.Courier = w.courier(t, w.db)
}

// stop ends the process.
func (w *world) stop(t *testing.T) {
	t.Helper()
	if err := w.db.Close(); err != nil {
		t.Error(err)
	}
}

func (w *world) courier(t *testing.T, outbox notify.Outbox) *notify.Courier {
	t.Helper()
	templates, err := configs.Dir("", "templates")
	if err != nil {
		t.Fatal(err)
	}
	renderer, err := notify.NewRenderer(templates, beijing, "https://huiying.example.gov.cn")
	if err != nil {
		t.Fatal(err)
	}
	c, err := notify.NewCourier(t.Context(), w.cfg, notify.Deps{
		Outbox: outbox, Channels: w.channels, Renderer: renderer, Directory: func() *org.Directory { return w.directory },
		Clock: w.clock, Log: slog.New(slog.DiscardHandler),
		Unreached: func(_ context.Context, n incident.Notice, reason string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.unreached = append(w.unreached, string(n.Person)+" "+n.Incident.String()+"号 "+reason)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// person has an address of his own name on each channel.
func person(id org.PersonID, channels ...string) org.Person {
	p := org.Person{ID: id, Name: string(id)}
	for _, ch := range channels {
		p.Addresses = append(p.Addresses, org.Address{Channel: ch, To: string(id)})
	}
	return p
}

// register saves an incident that owes an answer by limit and reminds people of it.
func (w *world) register(t *testing.T, level incident.Level, limit time.Time, readers ...org.PersonID) incident.Case {
	t.Helper()
	c := incident.Case{
		State: incident.Handling, Lead: "zjj", Grading: incident.Grading{Level: level, Confirmed: true},
		Report:     incident.Report{Title: "西街商住楼外墙脱落", Source: incident.Source{Name: "12345热线"}},
		Milestones: []incident.Milestone{{Seq: 1, Kind: incident.MilestoneConclude, State: incident.Pending, Limit: limit}},
	}
	ch := desk.Change{Case: c, Milestones: c.Milestones, Entries: []incident.Entry{{At: w.clock.Now()}}}
	for i, reader := range readers {
		ch.Notices = append(ch.Notices, incident.Notice{
			Milestone: 1, About: incident.MilestoneConclude, Kind: incident.NoticeLadder, Rung: i, Label: "L-24h", Person: reader,
			Unit: "zjj", Post: org.Handler, Level: level, Urgency: urgency(level, w.clock.Now().After(limit)), At: w.clock.Now(),
		})
	}
	saved, err := w.db.Save(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = w.db.Load(t.Context(), saved[0].ID); err != nil {
		t.Fatal(err)
	}
	return c
}

func urgency(level incident.Level, overdue bool) incident.Urgency {
	switch {
	case level == incident.Emergency:
		return incident.UrgencyEmergency
	case level == incident.Major:
		return incident.UrgencyMajor
	case overdue:
		return incident.UrgencyOverdue
	}
	return incident.UrgencyNormal
}

// meet saves that what was owed is done.
func (w *world) meet(ctx context.Context, t *testing.T, c incident.Case) {
	t.Helper()
	m := c.Milestones[0]
	m.State, m.MetAt = incident.Met, w.clock.Now()
	c.Milestones[0] = m
	_, err := w.db.Save(ctx, desk.Change{Case: c, Milestones: []incident.Milestone{m}, Settled: []int{m.Seq}, Entries: []incident.Entry{{At: w.clock.Now()}}})
	if err != nil {
		t.Fatal(err)
	}
}

// drain sends what may be sent now.
func (w *world) drain(t *testing.T) time.Time {
	t.Helper()
	next, err := w.Drain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// drainAll goes from one instant to the next until nothing waits.
func (w *world) drainAll(t *testing.T) {
	t.Helper()
	for range 10_000 {
		next := w.drain(t)
		if next.IsZero() {
			return
		}
		w.clock.Advance(next.Sub(w.clock.Now()))
	}
	t.Fatal("the outbox never gets empty")
}

// heads are the first lines of messages.
func heads(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i], _, _ = strings.Cut(text, "\n")
	}
	return out
}
