package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/org"
	"huiying/web"
)

// browsing is a signed-in browser without a window: it keeps cookies and reads forms.
type browsing struct {
	tb      testing.TB
	h       *house
	cookies map[string]*http.Cookie
}

// signIn pastes a person's token into the page for signing in.
func (h *house) signIn(tb testing.TB, person org.PersonID) *browsing {
	tb.Helper()
	b := &browsing{tb: tb, h: h, cookies: map[string]*http.Cookie{}}
	w := b.post("/login", url.Values{"token": {" " + h.tokens[person] + "\n"}})
	if w.Code != 303 || w.Header().Get("Location") != "/" {
		tb.Fatalf("signing in answers %d: %s", w.Code, w.Body)
	}
	return b
}

func (b *browsing) send(r *http.Request) *httptest.ResponseRecorder {
	b.tb.Helper()
	for _, c := range b.cookies {
		if strings.HasPrefix(r.URL.Path, c.Path) {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return w
}

func (b *browsing) get(path string) *httptest.ResponseRecorder {
	b.tb.Helper()
	return b.send(httptest.NewRequest(get, path, http.NoBody))
}

func (b *browsing) post(path string, form url.Values) *httptest.ResponseRecorder {
	b.tb.Helper()
	r := httptest.NewRequest(post, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// form finds the hidden fields of the form that posts to an address.
func (b *browsing) form(page, action string) url.Values {
	b.tb.Helper()
	w := b.get(page)
	_, rest, ok := strings.Cut(w.Body.String(), `action="`+action)
	if !ok {
		b.tb.Fatalf("%s has no form that posts to %s: %d\n%s", page, action, w.Code, w.Body)
	}
	form, _, _ := strings.Cut(rest, "</form>")
	values := url.Values{}
	for _, m := range regexp.MustCompile(`type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		values.Set(m[1], m[2])
	}
	return values
}

// fill opens a page, fills a form in and sends it.
func (b *browsing) fill(page, action string, fields map[string]string) *httptest.ResponseRecorder {
	b.tb.Helper()
	values := b.form(page, action)
	for name, value := range fields {
		values.Set(name, value)
	}
	return b.post(action, values)
}

func TestSession_CookieAndItsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(d *web.Deps) { d.Secure = true })
	b := h.signIn(t, "zhiban")
	c := b.cookies["huiying_session"]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 12*60*60 || strings.Contains(c.Value, h.tokens["zhiban"]) {
		t.Errorf("cookie %+v", c)
	}
	if w := b.get("/"); w.Code != 200 {
		t.Fatalf("the board answers %d", w.Code)
	}
	h.clock.Advance(12*time.Hour - time.Second)
	if w := b.get("/"); w.Code != 200 {
		t.Errorf("a second before the end of the shift the board answers %d", w.Code)
	}
	h.clock.Advance(time.Second)
	if w := b.get("/incidents/3?x=1"); w.Code != 303 || w.Header().Get("Location") != "/login?next=%2Fincidents%2F3%3Fx%3D1" {
		t.Errorf("after the shift it answers %d to %s", w.Code, w.Header().Get("Location"))
	}
}

func TestSession_ForgedIsNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.signIn(t, "zhiban")
	good := b.cookies["huiying_session"].Value
	flipped := "A" + good[1:]
	if good[0] == 'A' {
		flipped = "B" + good[1:]
	}
	other := newHouse(t, func(d *web.Deps) { d.Secret = []byte("another secret of another house!") }).signIn(t, "zhiban").cookies["huiying_session"].Value
	for _, value := range []string{"", "x", flipped, good[:len(good)-4], good + "AAAA", other} {
		b.cookies["huiying_session"].Value = value
		if w := b.get("/"); w.Code != 303 {
			t.Errorf("cookie %q answers %d", value, w.Code)
		}
	}
}

func TestSession_FormsNeedTheirToken(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "jingban")
	other := h.signIn(t, "jingban")
	good := b.form("/incidents/1", "/incidents/1/accept")
	stolen := other.form("/incidents/1", "/incidents/1/accept")
	for name, form := range map[string]url.Values{"none": {}, "another session's": stolen, "wrong": {"csrf": {"x"}}} {
		if w := b.post("/incidents/1/accept", form); w.Code != 403 || !strings.Contains(w.Body.String(), "页面已过期") {
			t.Errorf("token %s: %d", name, w.Code)
		}
	}
	r := httptest.NewRequest(post, "/incidents/1/accept", strings.NewReader(good.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := b.send(r); w.Code != 403 {
		t.Errorf("a form of another site answers %d", w.Code)
	}
	if w := b.post("/incidents/1/accept", good); w.Code != 303 {
		t.Errorf("its own form answers %d: %s", w.Code, w.Body)
	}
}

func TestLogin_RefusalAndWhereItLeads(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := &browsing{tb: t, h: h, cookies: map[string]*http.Cookie{}}
	if w := b.post("/login", url.Values{"token": {"hy_wrong"}}); w.Code != 401 || !strings.Contains(w.Body.String(), "口令无效或已停用") || len(b.cookies) > 0 {
		t.Errorf("a wrong token: %d, %v", w.Code, b.cookies)
	}
	for next, want := range map[string]string{
		"/incidents/3?a=b": "/incidents/3?a=b", "": "/", "//evil.example": "/", `/\evil.example`: "/",
		"https://evil.example": "/", "/x\r\nSet-Cookie: a=b": "/",
	} {
		w := b.post("/login", url.Values{"token": {h.tokens["zhiban"]}, "next": {next}})
		if w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("next %q leads to %d %q, want %q", next, w.Code, w.Header().Get("Location"), want)
		}
	}
	if w := b.post("/logout", nil); w.Code != 303 || len(b.cookies) != 0 {
		t.Errorf("signing out: %d, %v", w.Code, b.cookies)
	}
}

func TestSession_LateFormSaysWhatToDo(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "jingban")
	form := b.form("/incidents/1", "/incidents/1/progress")
	h.clock.Advance(13 * time.Hour)
	form.Set("text", "已处理")
	if w := b.post("/incidents/1/progress", form); w.Code != 401 || !strings.Contains(w.Body.String(), "登录已过期") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}
