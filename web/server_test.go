package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/web"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	ready := errors.New("migrating")
	h := newHouse(t, func(d *web.Deps) {
		d.Ready = func(context.Context) error { return ready }
		d.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("huiying_up 1\n")) })
	})
	if w := h.call(t, "", get, "/healthz", ""); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("healthz: %d %s", w.Code, w.Body)
	}
	if w := h.call(t, "", get, "/readyz", ""); w.Code != 503 || strings.Contains(w.Body.String(), "migrating") {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	ready = nil
	if w := h.call(t, "", get, "/readyz", ""); w.Code != 200 {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	if w := h.call(t, "", get, "/metrics", ""); w.Code != 200 || w.Body.String() != "huiying_up 1\n" {
		t.Errorf("metrics: %d %s", w.Code, w.Body)
	}
}

// broken tokens fail, or panic, when they are looked up.
type broken struct{ panics bool }

func (b broken) Token(context.Context, []byte) (string, org.PersonID, org.Role, error) {
	if b.panics {
		panic("index out of range")
	}
	return "", "", "", errBroken
}

// TestInternal_SaysNothingButAnID: what went wrong is for the log alone.
func TestInternal_SaysNothingButAnID(t *testing.T) {
	t.Parallel()
	for _, b := range []broken{{false}, {true}} {
		h := newHouse(t, func(d *web.Deps) { d.Tokens = b })
		w := h.call(t, "zhiban", get, "/api/v1/me", "")
		var p map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		id, _ := p["request_id"].(string)
		if w.Code != 500 || p["code"] != "internal" || id == "" || !strings.Contains(p["detail"].(string), id) || w.Header().Get("X-Request-Id") != id {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "broken") || strings.Contains(w.Body.String(), "index") {
			t.Errorf("the answer says what is for the log alone: %s", w.Body)
		}
		want := "broken"
		if b.panics {
			want = "index out of range"
		}
		if log := h.log.String(); !strings.Contains(log, id) || !strings.Contains(log, want) {
			t.Errorf("the log lacks %s or %s:\n%s", id, want, log)
		}
	}
}

// TestLog_HoldsNothingOfReports: requests that people get wrong are no business of the log.
func TestLog_HoldsNothingOfReports(t *testing.T) {
	t.Parallel()
	h := busy(t)
	h.call(t, "hotline", post, "/api/v1/incidents", posted)
	h.call(t, "hotline", post, "/api/v1/incidents", `{"title":"13812341234"}`)
	h.call(t, "zhiban", get, "/api/v1/incidents?q=李大明&level=x", "")
	h.signIn(t, "zhiban").get("/?q=李大明")
	if log := h.log.String(); strings.Contains(log, "李大明") || strings.Contains(log, "138") {
		t.Errorf("the log holds what was reported:\n%s", log)
	}
}

func TestPage_HeadersAndUnknownAddress(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "zhiban")
	w := b.get("/incidents/1")
	for name, want := range map[string]string{
		"X-Frame-Options": "DENY", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy is %q", csp)
	}
	if strings.Contains(w.Body.String(), " style=") || strings.Contains(w.Body.String(), " onclick=") {
		t.Error("the page holds style or script that its own policy forbids")
	}
	for path, status := range map[string]int{
		"/nowhere": 404, "/incidents/x": 404, "/incidents/99": 404, "/incidents/0": 404, "/static/none.css": 404, "/incidents/1/explode": 303,
	} {
		if w := b.get(path); w.Code != status {
			t.Errorf("%s answers %d, want %d", path, w.Code, status)
		}
	}
}

// TestRegister_AnswersWithoutLoading: registering is a save without a load.
func TestRegister_AnswersWithoutLoading(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := &loads{Store: h.desk.Store}
	h.desk.Store = store
	if w := h.call(t, "hotline", post, "/api/v1/incidents", posted); w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if store.n != 0 {
		t.Errorf("registering loaded %d times", store.n)
	}
}

type loads struct {
	desk.Store
	n int
}

func (l *loads) Load(ctx context.Context, id incident.ID) (incident.Case, error) {
	l.n++
	return l.Store.Load(ctx, id) //nolint:wrapcheck // handed through
}
