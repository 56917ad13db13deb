package sqlite_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// begin is a Friday afternoon in the county.
func begin() time.Time { return time.Date(2026, 11, 20, 8, 40, 0, 0, time.UTC) }

// newDesk is a real desk, with the policy that comes with the house, on any store.
func newDesk(tb testing.TB, s desk.Store, clock clockwork.Clock) *desk.Desk {
	tb.Helper()
	name, doc, err := configs.Read("", "policy.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	policy, err := sla.ParsePolicy(name, doc)
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.PutDirectory(tb.Context(), county(), begin()); err != nil {
		tb.Fatal(err)
	}
	d, err := desk.New(tb.Context(), desk.Deps{
		Store: s, Clock: clock, Zone: time.FixedZone("Asia/Shanghai", 8*60*60), Assessor: given{}, Log: slog.New(slog.DiscardHandler),
		Policy: policy, Holidays: holidays(tb), Reachable: func(org.Person) bool { return true },
		WakeEngine: func(time.Time) {}, WakeCourier: func() {},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func holidays(tb testing.TB) *sla.Holidays {
	tb.Helper()
	days, err := configs.Builtin().Open("holidays/2026.json")
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := io.ReadAll(days)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := sla.LoadHolidays(map[string][]byte{"2026.json": raw})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// given grades nothing: the reports carry their levels.
type given struct{}

// Assess implements desk.Assessor.
func (given) Assess(incident.Report, time.Time) classifier.Assessment {
	return classifier.Assessment{Grading: incident.Grading{Level: incident.General}}
}

// county has two units with every post filled.
func county() org.Data {
	d := org.Data{Units: []org.Unit{{ID: "fuban", Name: "县政府办", County: true}, {ID: "zjj", Name: "县住建局"}, {ID: "sthjj", Name: "县生态环境局"}}}
	for _, u := range d.Units {
		for _, post := range org.Posts() {
			if post.County() == u.County {
				id := org.PersonID(fmt.Sprintf("%s-%s", u.ID, post))
				d.Persons = append(d.Persons, org.Person{ID: id, Name: string(id), Addresses: []org.Address{{Channel: "wecom", To: string(id)}}})
				d.Appointments = append(d.Appointments, org.Appointment{Person: id, Unit: u.ID, Post: post})
			}
		}
	}
	return d
}

// capture is a store that keeps what desk would save in place of saving it.
type capture struct {
	desk.Store
	mu      sync.Mutex
	changes []desk.Change
}

// Save implements desk.Store.
func (c *capture) Save(_ context.Context, changes ...desk.Change) ([]desk.Saved, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes = append(c.changes, changes...)
	out := make([]desk.Saved, len(changes))
	for i := range out {
		out[i] = desk.Saved{ID: incident.ID(len(c.changes) + i), Version: 1}
	}
	return out, nil
}

// registrations are n changes as desk makes them of new reports: seven in ten general,
// two major, one an emergency; one in five is dispatched at once.
func registrations(tb testing.TB, s desk.Store, n int, clock clockwork.Clock) []desk.Change {
	tb.Helper()
	c := &capture{Store: s}
	d := newDesk(tb, c, clock)
	by, ok := d.Directory().Actor("fuban-duty_officer", "api", clock.Now())
	if !ok {
		tb.Fatal("no duty officer")
	}
	for i := range n {
		r := desk.Registration{Register: incident.Register{Report: citizen(i), Grading: incident.Grading{Level: level(i), By: "reporter"}}}
		if i%5 == 0 {
			r.Lead = "zjj"
		}
		if _, _, err := d.Register(tb.Context(), by, r); err != nil {
			tb.Fatal(err)
		}
	}
	return c.changes
}

func level(i int) incident.Level {
	switch {
	case i%10 < 7:
		return incident.General
	case i%10 < 9:
		return incident.Major
	}
	return incident.Emergency
}

func citizen(i int) incident.Report {
	return incident.Report{
		Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline, Public: true, WantsAnswer: true},
		Title:  fmt.Sprintf("%d号楼夜间施工噪音扰民，多次反映无人处理", i),
		Text: fmt.Sprintf("我是%d号楼业主，楼下工地每天晚上十点以后还在打桩，持续到凌晨两点，孩子和老人都无法休息。"+
			"此前拨打过三次电话，答复说已经转给有关部门，但至今没有人来现场看过，希望县里尽快派人核实处理，给居民一个明确的答复。", i),
		Place:    fmt.Sprintf("城关镇西街%d号", i%997),
		Reporter: incident.Reporter{Name: "王先生", Phone: "13800000000"},
	}
}
