package app

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/storage/sqlite"
)

// outside is whatever the house asks or tells by HTTP: it keeps what came and answers the same.
type outside struct {
	*httptest.Server
	mu   sync.Mutex
	came []string
}

func answers(t *testing.T, body string) *outside {
	t.Helper()
	o := &outside{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err == nil {
			o.mu.Lock()
			o.came = append(o.came, string(raw))
			o.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			_, err = io.WriteString(w, body)
		}
		if err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *outside) all() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.came, "\n")
}

// assembled is a whole house, not running, with settings as the environment gives them.
func assembled(t *testing.T, settings ...string) *server {
	t.Helper()
	cfg, err := configs.Load("", settings)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := &server{Options: Options{Log: log, Out: io.Discard}, cfg: cfg, registry: prometheus.NewRegistry()}
	if s.zone, err = Zone(cfg); err != nil {
		t.Fatal(err)
	}
	s.clock = clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 9, 0, 0, 0, s.zone))
	if s.db, err = sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "huiying.db"), Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// on is who holds a post of a unit.
func (s *server) on(t *testing.T, unit org.UnitID, post org.Post) org.Actor {
	t.Helper()
	dir := s.house.Desk.Directory()
	if post.County() {
		unit = dir.County()
	}
	r := dir.Resolve([]org.Post{post}, unit, s.clock.Now())
	if len(r) == 0 {
		t.Fatalf("nobody is %s", post)
	}
	by, _ := dir.Actor(r[0].Person.ID, "test", s.clock.Now())
	return by
}

// fire registers an emergency by a reporter whose name stands in the title, led by zjj.
func (s *server) fire(t *testing.T) incident.Case {
	t.Helper()
	c, _, err := s.house.Desk.Register(t.Context(), s.on(t, "", org.DutyOfficer), desk.Registration{
		Lead: "zjj",
		Register: incident.Register{
			Grading: incident.Grading{Level: incident.Emergency, By: "officer", Confirmed: true},
			Report: incident.Report{
				Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, Title: "张小明反映脚手架坍塌", Text: "3人被埋，联系人：张小明，电话13812345678。",
				Reporter: incident.Reporter{Name: "张小明", Phone: "13812345678"},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func completion(t *testing.T, content string) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": content}}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestRoom_FirstDraftByTheModelOutside: the configured model writes it, and sees no reporter;
// free words are not read by it unless that is switched on.
func TestRoom_FirstDraftByTheModelOutside(t *testing.T) {
	t.Parallel()
	model := answers(t, completion(t, `{"title":"情况通报","text":"一工地脚手架坍塌，正在救援。"}`))
	s := assembled(t, "HUIYING_LLM__BASE_URL="+model.URL+"/v1", "HUIYING_LLM__MODEL=m")
	c := s.fire(t)
	c, err := s.house.Desk.Do(t.Context(), s.on(t, "zjj", org.Handler), c.ID, incident.Compose{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if v := c.Drafts[0].Last(); !v.Model || v.Text != "一工地脚手架坍塌，正在救援。" {
		t.Errorf("drafted %+v", v)
	}
	if sent := model.all(); strings.Contains(sent, "张小明") || strings.Contains(sent, "13812345678") || !strings.Contains(sent, "脚手架坍塌") {
		t.Errorf("sent %s", sent)
	}
	if s.understander() != nil {
		t.Error("free words are read though nobody switched it on")
	}
	s.cfg.LLM.Understand = true
	if s.understander() == nil {
		t.Error("free words are not read though it is switched on")
	}
}

// TestRoom_FirstDraftWithoutAModel is the template's.
func TestRoom_FirstDraftWithoutAModel(t *testing.T) {
	t.Parallel()
	s := assembled(t)
	c := s.fire(t)
	c, err := s.house.Desk.Do(t.Context(), s.on(t, "zjj", org.Handler), c.ID, incident.Compose{}, "")
	if err != nil || s.author() != nil {
		t.Fatal(err)
	}
	if v := c.Drafts[0].Last(); v.Model || !v.Machine || !strings.Contains(v.Text, "待核实") || strings.Contains(v.Title+v.Text, "张小明") {
		t.Errorf("drafted %q\n%s", v.Title, v.Text)
	}
}

// TestRoom_AUnitsGroupHearsOfAnEmergency, beside its people, and never the reporter's name.
func TestRoom_AUnitsGroupHearsOfAnEmergency(t *testing.T) {
	t.Parallel()
	robots := answers(t, `{"errcode":0,"errmsg":"ok"}`)
	s := assembled(t, "HUIYING_ROBOT__ENABLED=true", "HUIYING_ROBOT__API_BASE="+robots.URL, "HUIYING_ROBOT__GROUPS=[{name: 住建群, key: abc}]")
	data := s.house.Desk.Directory().Data()
	for i := range data.Units {
		if data.Units[i].ID == "zjj" {
			data.Units[i].Group = "住建群"
		}
	}
	if err := s.house.Desk.SetDirectory(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	s.fire(t)
	if _, err := s.house.Courier.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	said := robots.all()
	if strings.Count(said, "脚手架坍塌") != 1 || !strings.Contains(said, "【新件·重大突发】") || strings.Contains(said, "张小明") || strings.Contains(said, "1381234") {
		t.Errorf("the group heard %s", said)
	}
}
