package notify_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot/wecom"
	"huiying/incident"
	fake "huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/org"
)

// Everything together against the platform: a bad hour, with answers lost, gateways that
// fail, tokens withdrawn and more messages than a reader may have. Each reader has each
// message once; nothing was dropped in silence, nothing was cut.
func TestCourier_EachMessageOnceThroughABadHour(t *testing.T) {
	t.Parallel()
	people := []org.Person{person("liming", "wecom"), person("wangfang", "wecom"), person("zhaoqiang", "wecom")}
	clock := clockwork.NewFakeClockAt(at(17, 30))
	platform := fake.New(clock, fake.Options{CorpID: "ww1", Secret: "s", AgentID: 7, TokenLife: 10 * time.Minute})
	listening := httptest.NewServer(platform)
	transport := &http.Transport{}
	ch, err := wecom.New(wecom.Config{CorpID: "ww1", Secret: "s", AgentID: 7, APIBase: listening.URL},
		wecom.Deps{Client: &http.Client{Transport: transport}, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		listening.Close()
	})
	w := newWorld(t, people, notify.Channel(ch))
	w.clock = clock
	w.Courier = w.courier(t, w.db)
	for range 3 {
		for range 20 {
			w.register(t, incident.Emergency, at(20, 0), "liming", "wangfang", "zhaoqiang")
			w.register(t, incident.General, at(20, 0), "liming")
		}
		for _, f := range []fake.Fault{
			{Kind: fake.Cut, Taken: true},
			{Kind: fake.Status, Code: 502},
			{Kind: fake.Status, Code: 504, Taken: true},
			{Kind: fake.ErrCode, Code: -1},
			{Kind: fake.ErrCode, Code: 45033},
			{Kind: fake.Cut},
			{Kind: fake.Garbage, Taken: true},
			{Kind: fake.ErrCode, Code: 45009},
		} {
			platform.FailNext(4, f)
		}
		platform.FailNext(1, fake.Fault{Kind: fake.Status, Code: 500, Path: "/cgi-bin/gettoken"})
		platform.WithdrawToken()
		w.drainAll(t)
		clock.Advance(time.Minute)
	}
	type once struct{ user, task string }
	seen := map[once]int{}
	for _, m := range platform.Delivered() {
		if m.TaskID != "" {
			seen[once{m.User, m.TaskID}]++
		}
		if m.Cut {
			t.Errorf("the platform cut %q", m.Text)
		}
	}
	if len(seen) != 3*3*20 {
		t.Errorf("%d emergency messages on phones, want %d", len(seen), 3*3*20)
	}
	for k, n := range seen {
		if n != 1 {
			t.Errorf("%s has %s %d times", k.user, k.task, n)
		}
	}
	if n := len(platform.Dropped()); n > 0 || len(w.unreached) > 0 {
		t.Errorf("%d messages dropped in silence, unreached %q; want none", n, w.unreached)
	}
}
