package web_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"huiying/org"
	"huiying/web"
)

// counting counts look-ups of tokens.
type counting struct {
	web.Tokens
	n atomic.Int64
}

func (c *counting) Token(ctx context.Context, hash []byte) (string, org.PersonID, org.Role, error) {
	c.n.Add(1)
	return c.Tokens.Token(ctx, hash) //nolint:wrapcheck // handed through
}

func TestToken_LookedUpOnceInHalfAMinute(t *testing.T) {
	t.Parallel()
	var tokens *counting
	h := newHouse(t, func(d *web.Deps) {
		tokens = &counting{Tokens: d.Tokens}
		d.Tokens = tokens
	})
	for range 5 {
		if w := h.call(t, "zhiban", get, "/api/v1/me", ""); w.Code != 200 {
			t.Fatal(w.Body)
		}
	}
	if n := tokens.n.Load(); n != 1 {
		t.Errorf("looked up %d times, want once", n)
	}
	h.clock.Advance(29 * time.Second)
	h.call(t, "zhiban", get, "/api/v1/me", "")
	if n := tokens.n.Load(); n != 1 {
		t.Errorf("looked up %d times within half a minute, want once", n)
	}
	h.clock.Advance(time.Second)
	h.call(t, "zhiban", get, "/api/v1/me", "")
	if n := tokens.n.Load(); n != 2 {
		t.Errorf("looked up %d times after half a minute, want twice", n)
	}
}

func TestToken_TakenBackStopsWithinHalfAMinute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.tokens["zhiban"]
	session := h.signIn(t, "zhiban")
	h.call(t, "zhiban", get, "/api/v1/me", "")
	h.token(t, "值班甲", "zhiban", "") // a new one in its place
	h.clock.Advance(30 * time.Second)
	if w := h.call(t, "zhiban", get, "/api/v1/me", ""); w.Code != 200 {
		t.Errorf("the new token answers %d", w.Code)
	}
	h.tokens["zhiban"] = old
	if w := h.call(t, "zhiban", get, "/api/v1/me", ""); w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("the old token answers %d, %v", w.Code, w.Header())
	}
	if w := session.get("/"); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/login") {
		t.Errorf("its session answers %d, want the page for signing in", w.Code)
	}
}

func TestToken_WhoItStandsFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	data := people()
	data.Persons = append(data.Persons, org.Person{ID: "laowang", Name: "老王", Left: true}, org.Person{ID: "guanli", Name: "管理", Role: org.RoleAdmin})
	if err := h.desk.SetDirectory(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	h.token(t, "老王", "laowang", "")
	h.token(t, "管理", "guanli", "")
	h.token(t, "路人", "luren", "")
	h.token(t, "冒充", "system:engine", org.RoleSystem)
	for _, tc := range []struct {
		person org.PersonID
		status int
		has    string
	}{
		{"zhiban", 200, `"post":"duty_officer"`},
		{"guanli", 200, `"role":"admin"`},
		{"screen", 200, `"role":"viewer"`},
		{"laowang", 401, "口令无效"},
		{"luren", 401, "口令无效"},
		{"system:engine", 401, "口令无效"},
		{"", 401, "Authorization"},
	} {
		if w := h.call(t, tc.person, get, "/api/v1/me", ""); w.Code != tc.status || !strings.Contains(w.Body.String(), tc.has) {
			t.Errorf("%s: %d %s", tc.person, w.Code, w.Body)
		}
	}
}

// TestToken_AccountsWithoutAPersonAreApart: an account reads what it registered itself,
// and not what another of no person did.
func TestToken_AccountsWithoutAPersonAreApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range []string{"甲平台", "乙平台"} {
		h.token(t, name, "", org.RoleIntake)
		h.tokens[org.PersonID(name)] = h.tokens[""]
	}
	if w := h.call(t, "甲平台", post, "/api/v1/incidents", posted); w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, want := range map[org.PersonID]int{"甲平台": 200, "乙平台": 403} {
		if w := h.call(t, name, get, "/api/v1/incidents/1", ""); w.Code != want {
			t.Errorf("%s reads it: %d, want %d", name, w.Code, want)
		}
	}
}

func TestToken_HeaderForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.tokens["zhiban"]
	for header, status := range map[string]int{
		"Bearer " + token: 200, "bearer " + token: 200, "Bearer  " + token: 200,
		token: 401, "Basic " + token: 401, "Bearer": 401, "Bearer " + token[:10]: 401, "Bearer " + token + "x": 401,
	} {
		r := httptest.NewRequest(get, "/api/v1/me", http.NoBody)
		r.Header.Set("Authorization", header)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%q answers %d, want %d", header, w.Code, status)
		}
	}
}

func TestNewToken(t *testing.T) {
	t.Parallel()
	a, err := web.NewToken(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if err != nil || !strings.HasPrefix(a, "hy_") || len(a) != 46 {
		t.Errorf("token %q, %v", a, err)
	}
	if _, err := web.NewToken(bytes.NewReader([]byte{1, 2, 3})); err == nil {
		t.Error("a token was made of three bytes")
	}
	if h := web.HashToken(a); len(h) != 32 || bytes.Contains(h, []byte(a)) {
		t.Errorf("hash %x", h)
	}
}
