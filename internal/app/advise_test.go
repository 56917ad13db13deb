package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/storage/sqlite"
)

// asked is a house that asks a model, not yet running.
func asked(t *testing.T, path, url string) *server {
	t.Helper()
	cfg, err := configs.Load("", []string{"HUIYING_LLM__BASE_URL=" + url, "HUIYING_LLM__MODEL=m", "HUIYING_LLM__DAILY_REQUESTS=2"})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := &server{Options: Options{Log: log}, cfg: cfg, registry: prometheus.NewRegistry()}
	if s.zone, err = Zone(cfg); err != nil {
		t.Fatal(err)
	}
	s.clock = clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 9, 0, 0, 0, s.zone))
	if s.db, err = sqlite.Open(t.Context(), sqlite.Options{Path: path, Log: log}); err != nil {
		t.Fatal(err)
	}
	if err := s.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAdvise_EntersThroughTheDeskAndGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		answer := `{"level":"emergency","reason":"多人被压","quotes":["好几个工人压在下面"],"questions":[]}`
		if err := json.NewEncoder(w).Encode(map[string]any{
			"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": answer}}},
		}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(model.Close)
	path := filepath.Join(t.TempDir(), "huiying.db")
	s := asked(t, path, model.URL+"/v1")
	register := func(title string) incident.ID {
		c, _, err := s.house.Desk.Register(t.Context(), org.System("intake"), desk.Registration{Register: incident.Register{Report: incident.Report{
			Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, Title: title, Text: title + "，好几个工人压在下面。",
		}}})
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	look := func() {
		if err := s.adviseNew(t.Context(), classifier.NewAdviser(s.cfg.LLM, s.db, s.clock, s.zone)); err != nil {
			t.Fatal(err)
		}
	}
	get := func(id incident.ID) incident.Case {
		c, err := s.house.Desk.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	old := register("城东脚手架倒了")
	look() // switched on now: what was there before is left alone
	first := register("城西围挡倒了")
	before := get(first)
	look()
	got := get(first)
	said := func(c incident.Case) bool {
		return len(c.Grading.Doubts) > 0 && strings.Contains(c.Grading.Doubts[len(c.Grading.Doubts)-1], "大模型认为")
	}
	if !said(got) || got.Level() != incident.Major || before.Level() != incident.General || got.Grading.Confirmed {
		t.Fatalf("doubts %q at level %s, want a question and major at most, not confirmed", got.Grading.Doubts, got.Level())
	}
	if said(get(old)) {
		t.Error("an incident from before was asked about")
	}
	log, err := s.db.Log(t.Context(), first)
	if err != nil || log[len(log)-1].Actor.Person != "system:classifier" || log[len(log)-1].Command != incident.KindAdvise {
		t.Errorf("the log ends with %+v, %v", log[len(log)-1], err)
	}
	second := register("城南水塔倒了")
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s = asked(t, path, model.URL+"/v1")
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	look()
	if !said(get(second)) || requests.Load() != 2 {
		t.Errorf("after a restart: %q, %d requests", get(second).Grading.Doubts, requests.Load())
	}
	third := register("城北广告牌倒了")
	look()
	if said(get(third)) || requests.Load() != 2 {
		t.Errorf("the day's two requests were passed: %d", requests.Load())
	}
}
