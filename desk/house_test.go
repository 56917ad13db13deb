package desk_test

import (
	"context"
	"database/sql" //nolint:depguard // the tests look behind the store's back
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/classifier"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/sla"
	"huiying/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	hall  = org.UnitID("fuban")
	house = org.UnitID("zjj")
	water = org.UnitID("slj")
)

func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// words grades by one word, so that a test says what the classifier finds.
type words struct{}

func (words) Assess(r incident.Report, _ time.Time) classifier.Assessment {
	a := classifier.Assessment{Grading: incident.Grading{Level: incident.General, Category: "市政道路"}}
	if strings.Contains(r.Title+r.Text, "坍塌") {
		a.Grading = incident.Grading{
			Level: incident.Emergency, Category: "生产安全事故",
			Evidence: []incident.Evidence{{Rule: "A1", Clause: "生产安全事故报告和调查处理条例第三条", Quote: "坍塌"}},
		}
		a.Units = []classifier.UnitChoice{{Unit: house, Score: 1, Reason: "坍塌"}}
	}
	return a
}

// office is a desk over a real database, a county of three units and a clock that a test moves.
type office struct {
	*desk.Desk
	t     *testing.T
	clock *clockwork.FakeClock
	db    *sqlite.DB
	path  string

	mu          sync.Mutex
	woken       []time.Time
	courier     int
	unreachable map[org.PersonID]bool
}

// open starts on Wednesday 18 November 2026 at 10:00.
func open(t *testing.T) *office {
	t.Helper()
	o := &office{
		t: t, clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 18, 10, 0, 0, 0, zone())),
		path: filepath.Join(t.TempDir(), "huiying.db"), unreachable: map[org.PersonID]bool{},
	}
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: o.path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	o.db = db
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Desk = o.desk(policy(t, ""))
	o.people(func(*org.Data) {})
	return o
}

// desk makes a desk over the same database, as a restart with another policy does.
func (o *office) desk(p *sla.Policy) *desk.Desk {
	o.t.Helper()
	d, err := desk.New(o.t.Context(), desk.Deps{
		Store: o.db, Clock: o.clock, Zone: zone(), Assessor: words{}, Log: slog.New(slog.DiscardHandler), Policy: p,
		Reachable: func(p org.Person) bool { return !o.unreachable[p.ID] },
		WakeEngine: func(at time.Time) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.woken = append(o.woken, at)
		},
		WakeCourier: func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.courier++
		},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func policy(t *testing.T, override string) *sla.Policy {
	t.Helper()
	raw, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := sla.ParsePolicy("policy.yaml", raw)
	if err == nil && override != "" {
		p, err = sla.ParsePolicyOver(p, "override", []byte(override))
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// people sets the directory: each unit has one person a post, named unit-post.
func (o *office) people(change func(*org.Data)) {
	o.t.Helper()
	d := org.Data{Units: []org.Unit{{ID: hall, Name: "县政府办", County: true}, {ID: house, Name: "县住建局"}, {ID: water, Name: "县水利局"}}}
	for _, u := range d.Units {
		for _, p := range org.Posts() {
			if p.County() == u.County {
				id := org.PersonID(string(u.ID) + "-" + string(p))
				d.Persons = append(d.Persons, org.Person{ID: id, Name: u.Name + p.Chinese()})
				d.Appointments = append(d.Appointments, org.Appointment{Person: id, Unit: u.ID, Post: p})
			}
		}
	}
	change(&d)
	if err := o.SetDirectory(o.t.Context(), d); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) as(unit org.UnitID, post org.Post) org.Actor {
	o.t.Helper()
	by, ok := o.Directory().Actor(org.PersonID(string(unit)+"-"+string(post)), "test", o.clock.Now())
	if !ok {
		o.t.Fatalf("nobody is %s of %s", post, unit)
	}
	return by
}

func (o *office) duty() org.Actor { return o.as(hall, org.DutyOfficer) }

// register takes in a report of a level; with lead it is dispatched at once.
func (o *office) register(level incident.Level, lead org.UnitID, external string) incident.ID {
	o.t.Helper()
	c, _, err := o.Register(o.t.Context(), o.duty(), desk.Registration{
		Register: incident.Register{
			Report:  incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, Title: "路面有坑", ExternalID: external},
			Grading: incident.Grading{Level: level, By: "officer", Confirmed: true},
		},
		Lead: lead,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return c.ID
}

func (o *office) do(id incident.ID, by org.Actor, cmd incident.Command) incident.Case {
	o.t.Helper()
	c, err := o.Do(o.t.Context(), by, id, cmd, "")
	if err != nil {
		o.t.Fatalf("%s: %v", cmd.Kind(), err)
	}
	return c
}

// runTo fires every timer at its instant until the clock shows hh:mm of the 18th (or later, 34:00 is
// 10:00 of the day after).
func (o *office) runTo(hhmm string) {
	o.t.Helper()
	until := hour(o.t, hhmm)
	for {
		next, err := o.Fire(o.t.Context(), o.clock.Now())
		if err != nil {
			o.t.Fatal(err)
		}
		if next.IsZero() || next.After(until) {
			break
		}
		o.clock.Advance(next.Sub(o.clock.Now()))
	}
	o.clock.Advance(until.Sub(o.clock.Now()))
}

// jumpTo moves the clock as an outage does: nothing fires on the way.
func (o *office) jumpTo(hhmm string) {
	o.t.Helper()
	o.clock.Advance(hour(o.t, hhmm).Sub(o.clock.Now()))
}

func hour(t *testing.T, hhmm string) time.Time {
	t.Helper()
	var h, m int
	if _, err := fmt.Sscanf(hhmm, "%d:%d", &h, &m); err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 18, h, m, 0, 0, zone())
}

// told are the notices of an incident as lines: time, milestone, rung, person, for whom, what was missed.
func (o *office) told(id incident.ID, keep func(incident.Notice) bool) []string {
	o.t.Helper()
	var out []string
	for _, d := range o.deliveries(id) {
		n := d.Notice
		if !keep(n) {
			continue
		}
		line := fmt.Sprintf("%s %s %s %s", n.At.In(zone()).Format("15:04"), n.About, n.Label, n.Person)
		if again := n.Nth % 1_000_000; again > 0 { // a limit that was moved counts on from the next million
			line += fmt.Sprintf(" repeat %d", again)
		}
		if n.StandsFor != "" {
			line += " 代" + n.StandsFor
		}
		if len(n.Missed) > 0 {
			line += " missed " + strings.Join(n.Missed, ",")
		}
		if n.Text != "" {
			line += " “" + n.Text + "”"
		}
		if !n.NotBefore.IsZero() {
			line += " not before " + n.NotBefore.In(zone()).Format("15:04")
		}
		out = append(out, line)
	}
	return out
}

func (o *office) deliveries(id incident.ID) []desk.Delivery {
	o.t.Helper()
	ds, err := o.db.Deliveries(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	slices.SortStableFunc(ds, func(a, b desk.Delivery) int { return a.Notice.At.Compare(b.Notice.At) })
	return ds
}

func about(kinds ...incident.MilestoneKind) func(incident.Notice) bool {
	return func(n incident.Notice) bool { return slices.Contains(kinds, n.About) }
}

func (o *office) get(id incident.ID) incident.Case {
	o.t.Helper()
	c, err := o.Get(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

// sound wants what must hold of a stored case: its log chains, explains it, and its timers are
// those that its milestones ask for.
func (o *office) sound(ids ...incident.ID) {
	o.t.Helper()
	ctx := context.WithoutCancel(o.t.Context())
	for _, id := range ids {
		stored := o.get(id)
		o.timed(ctx, stored)
		again, err := o.Replay(ctx, id)
		if err != nil {
			o.t.Errorf("incident %s: %v", id, err)
			continue
		}
		if want, got := plain(o.t, stored), plain(o.t, again); want != got {
			o.t.Errorf("incident %s: the log gives another case:\nstored   %s\nreplayed %s", id, want, got)
		}
	}
	if audit, err := o.db.VerifyLog(ctx); err != nil || len(audit.Problems) > 0 {
		o.t.Errorf("the log's chain: %v (%+v)", err, audit)
	}
}

// timed wants the stored timers of a case to be those that its milestones ask for.
func (o *office) timed(ctx context.Context, c incident.Case) {
	o.t.Helper()
	book, err := o.BookOf(ctx, c.Policy)
	if err != nil {
		o.t.Fatal(err)
	}
	want := map[int]string{}
	for _, timer := range book.Timers(c) {
		want[timer.Milestone] = fmt.Sprintf("rung %d at %d", timer.Rung, timer.FireAt.UnixMilli())
	}
	got := map[int]string{}
	o.behind(func(db *sql.DB) error {
		rows, err := db.QueryContext(ctx, "SELECT milestone, rung, fire_at FROM timers WHERE incident = ?", int64(c.ID))
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // Err is looked at below
		for rows.Next() {
			var milestone, rung int
			var at int64
			if err := rows.Scan(&milestone, &rung, &at); err != nil {
				return err
			}
			got[milestone] = fmt.Sprintf("rung %d at %d", rung, at)
		}
		return rows.Err()
	})
	if !maps.Equal(got, want) {
		o.t.Errorf("incident %s: timers %v, want %v", c.ID, got, want)
	}
}

// exec writes into the database behind the house's back.
func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	o.behind(func(db *sql.DB) error {
		_, err := db.ExecContext(o.t.Context(), query, args...)
		return err
	})
}

func (o *office) behind(do func(*sql.DB) error) {
	o.t.Helper()
	db, err := sql.Open("sqlite3", o.path)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := errors.Join(do(db), db.Close()); err != nil {
		o.t.Fatal(err)
	}
}

// plain is a case as JSON, with instants in one zone and without what is the store's.
func plain(t *testing.T, c incident.Case) string {
	t.Helper()
	c.Version = 0
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(utc(v))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func utc(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = utc(v[k])
		}
	case []any:
		for i := range v {
			v[i] = utc(v[i])
		}
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return v
}

func same(t *testing.T, name string, got []string, want string) {
	t.Helper()
	var lines []string
	for l := range strings.Lines(want) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	if !slices.Equal(got, lines) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}
