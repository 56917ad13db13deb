package web_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/intake"
	"huiying/org"
	reports "huiying/report"
	"huiying/sla"
	"huiying/storage/sqlite"
	"huiying/web"
)

// house is a real desk on a real database, with a clock that stands still, behind the
// handler under test.
type house struct {
	http.Handler
	desk  *desk.Desk
	db    *sqlite.DB
	clock *clockwork.FakeClock
	log   *logged
	// tokens by person.
	tokens map[org.PersonID]string
}

// begin is a Friday afternoon.
func begin() time.Time { return time.Date(2026, 11, 20, 16, 40, 0, 0, zone()) }

func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func newHouse(tb testing.TB, options ...func(*web.Deps)) *house {
	tb.Helper()
	h := &house{clock: clockwork.NewFakeClockAt(begin()), log: &logged{}, tokens: map[org.PersonID]string{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	db, err := sqlite.Open(tb.Context(), sqlite.Options{Path: filepath.Join(tb.TempDir(), "huiying.db"), Log: log})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	h.db = db
	if err := db.PutDirectory(tb.Context(), people(), begin()); err != nil {
		tb.Fatal(err)
	}
	policy, holidays := book(tb)
	h.desk, err = desk.New(tb.Context(), desk.Deps{
		Store: db, Clock: h.clock, Zone: zone(), Assessor: assessor{}, Log: log, Policy: policy, Holidays: holidays,
		Templates: os.DirFS("../configs/templates"), Words: desk.Words{Sensitive: []string{"情绪稳定"}},
		Reachable: func(p org.Person) bool { return len(p.Addresses) > 0 }, WakeEngine: func(time.Time) {}, WakeCourier: func() {},
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range people().Persons {
		h.token(tb, p.Name, p.ID, "")
	}
	h.token(tb, "热线系统", "hotline", org.RoleIntake)
	h.token(tb, "信访系统", "petition", org.RoleIntake)
	h.token(tb, "大屏", "screen", org.RoleViewer)
	deps := web.Deps{
		Desk: h.desk, Decode: decoder(tb).Decode, Tokens: db, County: "示例县人民政府", Sources: []string{"12345热线", "县长信箱"},
		Secret: []byte("0123456789abcdef0123456789abcdef"), Version: "test", Log: log, Reports: h.bureau(holidays),
	}
	for _, o := range options {
		o(&deps)
	}
	if h.Handler, err = web.New(deps); err != nil {
		tb.Fatal(err)
	}
	return h
}

// bureau makes the reports of the house under test.
func (h *house) bureau(holidays *sla.Holidays) reports.Bureau {
	tell := func(context.Context, reports.Kind, string, time.Time) (int, error) { return 7, nil }
	return reports.Bureau{Source: h.db, Shelf: h.db, Log: h.db.Log, AsAt: h.desk.AsAtEach, Duties: h.desk.DutiesSince, Tell: tell, County: func() reports.County {
		return reports.County{
			Name: "示例县人民政府", Zone: zone(), Directory: h.desk.Directory(), Holidays: holidays, Policy: "p-1", Basis: "按自然日计算。",
		}
	}}
}

func (h *house) token(tb testing.TB, name string, person org.PersonID, role org.Role) {
	tb.Helper()
	token, err := web.NewToken(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	if err := h.db.PutToken(tb.Context(), name, web.HashToken(token), person, role, begin()); err != nil {
		tb.Fatal(err)
	}
	h.tokens[person] = token
}

// actor is a person as the desk knows him.
func (h *house) actor(tb testing.TB, id org.PersonID) org.Actor {
	tb.Helper()
	by, ok := h.desk.Directory().Actor(id, "test", h.clock.Now())
	if !ok {
		tb.Fatalf("no person %s", id)
	}
	return by
}

// register takes a report in by the duty officer.
func (h *house) register(tb testing.TB, r desk.Registration) incident.Case {
	tb.Helper()
	if r.Register.Report.Source.Name == "" {
		r.Register.Report.Source = hotline()
	}
	c, _, err := h.desk.Register(tb.Context(), h.actor(tb, "zhiban"), r)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// do gives a command by a person.
func (h *house) do(tb testing.TB, by org.PersonID, id incident.ID, cmd incident.Command) incident.Case {
	tb.Helper()
	c, err := h.desk.Do(tb.Context(), h.actor(tb, by), id, cmd, "")
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// advance lets time pass and fires what is due on the way.
func (h *house) advance(tb testing.TB, d time.Duration) {
	tb.Helper()
	h.clock.Advance(d)
	if _, err := h.desk.Fire(tb.Context(), h.clock.Now()); err != nil {
		tb.Fatal(err)
	}
}

// call sends an API request by a person's token and returns the answer.
func (h *house) call(tb testing.TB, person org.PersonID, method, path, body string) *httptest.ResponseRecorder {
	tb.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token := h.tokens[person]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func hotline() incident.Source {
	return incident.Source{Name: "12345热线", Kind: incident.SourceHotline, Public: true, WantsAnswer: true}
}

func report(title string) desk.Registration {
	return desk.Registration{Register: incident.Register{Report: incident.Report{Source: hotline(), Title: title}}}
}

// people is a county of two units; ids differ from names, as they do in a real one.
func people() org.Data {
	d := org.Data{Units: []org.Unit{
		{ID: "fuban", Name: "县政府办", County: true},
		{ID: "zjj", Name: "县住建局", Aliases: []string{"住建局"}, Parent: "fuban"},
		{ID: "sthjj", Name: "县生态环境局", Parent: "fuban"},
	}}
	add := func(id org.PersonID, name string, unit org.UnitID, post org.Post) {
		d.Persons = append(d.Persons, org.Person{ID: id, Name: name, Addresses: []org.Address{{Channel: "console", To: string(id)}}})
		d.Appointments = append(d.Appointments, org.Appointment{Person: id, Unit: unit, Post: post})
	}
	add("zhiban", "值班甲", "fuban", org.DutyOfficer)
	add("zhuren", "主任乙", "fuban", org.OfficeDirector)
	add("fuxian", "副县丙", "fuban", org.DeputyLeader)
	add("jingban", "经办丁", "zjj", org.Handler)
	add("fenguan", "分管戊", "zjj", org.Deputy)
	add("juzhang", "局长己", "zjj", org.Head)
	add("huanbao", "环保庚", "sthjj", org.Handler)
	add("huanju", "环局辛", "sthjj", org.Head)
	return d
}

func book(tb testing.TB) (*sla.Policy, *sla.Holidays) {
	tb.Helper()
	name, doc, err := configs.Read("", "policy.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	policy, err := sla.ParsePolicy(name, doc)
	if err != nil {
		tb.Fatal(err)
	}
	days, err := configs.Builtin().Open("holidays/2026.json")
	if err != nil {
		tb.Fatal(err)
	}
	raw, err := io.ReadAll(days)
	if err != nil {
		tb.Fatal(err)
	}
	holidays, err := sla.LoadHolidays(map[string][]byte{"2026.json": raw})
	if err != nil {
		tb.Fatal(err)
	}
	return policy, holidays
}

// assessor finds an emergency where the text says so, and a general matter else.
type assessor struct{}

func (assessor) Assess(r incident.Report, _ time.Time) classifier.Assessment {
	a := classifier.Assessment{
		Grading: incident.Grading{Level: incident.General, Category: "住房"},
		Units:   []classifier.UnitChoice{{Unit: "zjj", Score: 1, Reason: "房屋"}},
	}
	if strings.Contains(r.Title+r.Text, "爆炸") {
		a.Grading.Level, a.Grading.Influence = incident.Emergency, true
		a.Grading.Evidence = []incident.Evidence{{Rule: "explosion", Clause: "生产安全事故报告和调查处理条例第三条", Quote: "发生爆炸"}}
		a.Grading.Flags = []string{"rumor"}
	}
	return a
}

// decoder reads what the tests post, by the sources that come with the house.
func decoder(tb testing.TB) intake.Decoder {
	tb.Helper()
	name, doc, err := configs.Read("", "sources.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	sources, err := intake.ParseSources(name, doc)
	if err != nil {
		tb.Fatal(err)
	}
	return intake.Decoder{Sources: sources, Zone: zone()}
}

// logged collects what was logged, from many goroutines.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

var errBroken = errors.New("broken 13812345678")
