package bench_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	wecomchannel "huiying/bot/wecom"
	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/internal/app"
	"huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/org"
	"huiying/storage/sqlite"
)

const (
	// burst is how many limits come at one instant.
	burst = 10_000
	// singles is how many come one by one, a tenth of a second apart.
	singles = 300
	// acceptTarget is when the handler of a general incident is told that it waits for him.
	acceptTarget = 2 * time.Hour
)

// units is a county of as many units as incidents, each with a handler who is on WeChat
// Work: nobody's quota and no bundling hides what the house does.
func units(n int) org.Data {
	d := org.Data{
		Units:        []org.Unit{{ID: "office", Name: "县政府办", County: true}},
		Persons:      []org.Person{{ID: "duty", Name: "值班", Addresses: []org.Address{{Channel: "wecom", To: "duty"}}}},
		Appointments: []org.Appointment{{Person: "duty", Unit: "office", Post: org.DutyOfficer}},
	}
	for i := range n {
		id := fmt.Sprintf("u%05d", i)
		d.Units = append(d.Units, org.Unit{ID: org.UnitID(id), Name: "第" + id + "局"})
		d.Persons = append(d.Persons, org.Person{ID: org.PersonID(id), Name: id, Addresses: []org.Address{{Channel: "wecom", To: id}}})
		d.Appointments = append(d.Appointments, org.Appointment{Person: org.PersonID(id), Unit: org.UnitID(id), Post: org.Handler})
	}
	return d
}

// general grades everything general: how long grading takes is not measured here.
type general struct{}

func (general) Assess(incident.Report, time.Time) classifier.Assessment {
	return classifier.Assessment{Grading: incident.Grading{Level: incident.General}}
}

// timed is a store that notes when a notice was durable and when it was marked sent.
type timed struct {
	app.Store
	clock clockwork.Clock

	mu            sync.Mutex
	durable, sent []time.Time
}

func (s *timed) Save(ctx context.Context, changes ...desk.Change) ([]desk.Saved, error) {
	saved, err := s.Store.Save(ctx, changes...)
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, ch := range changes {
		if err == nil && saved[i].Err == nil {
			for range ch.Notices {
				s.durable = append(s.durable, now)
			}
		}
	}
	return saved, err //nolint:wrapcheck // handed through
}

func (s *timed) Settle(ctx context.Context, r notify.Result, now time.Time) error {
	err := s.Store.Settle(ctx, r, now)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && r.Outcome.Status == notify.Sent {
		s.sent = append(s.sent, s.clock.Now())
	}
	return err //nolint:wrapcheck // handed through
}

func (s *timed) counts() (durable, sent int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.durable), len(s.sent)
}

// open opens a folder's database and puts a house together over it, on a clock.
func open(b *testing.B, dir string, clock clockwork.Clock, apiBase string) (*timed, *app.House, *sqlite.DB) {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	cfg, err := configs.Load("", nil)
	if err != nil {
		b.Fatal(err)
	}
	book, err := app.LoadBook(cfg, "")
	if err != nil {
		b.Fatal(err)
	}
	templates, err := configs.Dir("", "templates")
	if err != nil {
		b.Fatal(err)
	}
	phone, err := wecomchannel.New(wecomchannel.Config{Enabled: true, CorpID: "corp", Secret: "secret", AgentID: 1000002, APIBase: apiBase},
		wecomchannel.Deps{Clock: clock, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	db, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(dir, "huiying.db"), Log: log})
	if err != nil {
		b.Fatal(err)
	}
	store := &timed{Store: db, clock: clock}
	house, err := app.NewHouse(b.Context(), app.Parts{
		Book: book, Clock: clock, Store: store, Channels: []notify.Channel{phone}, Templates: templates,
		Assessor: func(func() *org.Directory) desk.Assessor { return general{} },
		Notify:   cfg.Notify, Log: log,
	})
	if err != nil {
		b.Fatal(err)
	}
	return store, house, db
}

// prepare makes a database with incidents handed to one unit each at the instants given,
// and others up to the stored number.
func prepare(b *testing.B, dispatched []time.Time) string {
	b.Helper()
	dir := b.TempDir()
	fake := clockwork.NewFakeClockAt(dispatched[0])
	_, house, db := open(b, dir, fake, "http://127.0.0.1:9")
	if err := house.Desk.SetDirectory(b.Context(), units(len(dispatched))); err != nil {
		b.Fatal(err)
	}
	duty, _ := house.Desk.Directory().Actor("duty", "bench", fake.Now())
	register := func(i int) {
		_, _, err := house.Desk.Register(b.Context(), duty, desk.Registration{
			Register: incident.Register{Report: incident.Report{
				Source: incident.Source{Name: "12345热线"}, ExternalID: fmt.Sprintf("B%010d", i),
				Title: "楼下工地夜间施工噪音扰民", Text: "每天晚上十点以后还在打桩，孩子和老人都无法休息，希望派人核实处理。",
			}},
			Lead: org.UnitID(fmt.Sprintf("u%05d", i)),
		})
		if err != nil {
			b.Error(err)
		}
	}
	var next atomic.Int64
	var all sync.WaitGroup
	callers := connections
	if dispatched[0] != dispatched[len(dispatched)-1] {
		callers = 1 // each at its own instant
	}
	for range callers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(dispatched); i = int(next.Add(1)) - 1 {
				if callers == 1 {
					fake.Advance(dispatched[i].Sub(fake.Now()))
				}
				register(i)
			}
		})
	}
	all.Wait()
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	multiply(b, dir, max(*stored, len(dispatched)))
	return dir
}

// fire runs the house over a prepared folder from shortly before the first timer until all
// were told, and reports how late they were.
func fire(b *testing.B, dir string, due []time.Time) (durable, sent []time.Duration) {
	b.Helper()
	spare := app.Headroom()
	defer runtime.KeepAlive(spare)
	clock := app.NewScaled(clockwork.NewRealClock(), due[0].Add(-3*time.Second), 1)
	platform := httptest.NewServer(wecom.New(clock, wecom.Options{CorpID: "corp", Secret: "secret", AgentID: 1000002}))
	defer platform.Close()
	store, house, db := open(b, dir, clock, platform.URL)
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{house.Engine.Run, house.Courier.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				b.Error(err)
			}
		})
	}
	end := clock.Now().Add(due[len(due)-1].Sub(due[0]) + time.Minute)
	for clock.Now().Before(end) {
		clock.Sleep(50 * time.Millisecond)
		if _, n := store.counts(); n == len(due) {
			break
		}
	}
	cancel()
	running.Wait()
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	if d, s := store.counts(); d != len(due) || s != len(due) {
		b.Fatalf("of %d notices %d became durable and %d were sent", len(due), d, s)
	}
	slices.SortFunc(store.durable, time.Time.Compare)
	slices.SortFunc(store.sent, time.Time.Compare)
	for i, at := range due {
		durable, sent = append(durable, store.durable[i].Sub(at)), append(sent, store.sent[i].Sub(at))
	}
	return durable, sent
}

func lateness(b *testing.B, dispatched []time.Time) {
	b.Helper()
	due := make([]time.Time, len(dispatched))
	for i, at := range dispatched {
		due[i] = at.Add(acceptTarget)
	}
	for range b.N {
		b.StopTimer()
		dir := prepare(b, dispatched)
		b.StartTimer()
		durable, sent := fire(b, dir, due)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(percentile(durable, 0.5), "durable-p50-ms")
		b.ReportMetric(percentile(durable, 0.99), "durable-p99-ms")
		b.ReportMetric(percentile(sent, 0.5), "sent-p50-ms")
		b.ReportMetric(percentile(sent, 0.99), "sent-p99-ms")
	}
}

// BenchmarkBurst is 10,000 timers due at one instant among -stored pending ones, each for
// another person: how late until the notice is durable in the outbox, and until it was
// received over HTTP and marked sent. Run it with -benchtime 1x -stored 1000000.
func BenchmarkBurst(b *testing.B) {
	lateness(b, slices.Repeat([]time.Time{morning()}, burst))
}

// BenchmarkSingle is timers that come one by one while the house is idle.
func BenchmarkSingle(b *testing.B) {
	var at []time.Time
	for i := range singles {
		at = append(at, morning().Add(time.Duration(i)*100*time.Millisecond))
	}
	lateness(b, at)
}
