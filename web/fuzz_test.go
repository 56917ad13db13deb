package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzAddress: whatever stands in an address or a cookie is refused with a sentence, or
// answered; it is never our fault.
func FuzzAddress(f *testing.F) {
	h := busy(f)
	duty := h.signIn(f, "zhiban")
	for _, query := range []string{
		"q=%25_%5C", "cursor=1-2", "cursor=-9223372036854775809", "state=,,&level=&unit=%20", "limit=00", "due_by=0001-01-01T00:00:00Z",
		"show=waiting&today=1&overdue=1&cursor=9", "q=%00%ff", "level=major&received=9999-12-31T23:59:59Z", "open=1&cursor=1-2-3",
	} {
		f.Add(query, "AAAA")
	}
	f.Fuzz(func(t *testing.T, query, cookie string) {
		if _, err := url.ParseQuery(query); err != nil {
			t.Skip()
		}
		for _, path := range []string{"/api/v1/incidents", "/api/v1/preview", "/", "/incidents/1", "/login"} {
			r := httptest.NewRequest(get, path, http.NoBody)
			r.URL.RawQuery = query
			r.Header.Set("Authorization", "Bearer "+h.tokens["zhiban"])
			r.AddCookie(duty.cookies["huiying_session"])
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code >= 500 {
				t.Errorf("%s?%s answers %d: %s", path, query, w.Code, w.Body)
			}
		}
		r := httptest.NewRequest(get, "/", http.NoBody)
		r.AddCookie(&http.Cookie{Name: "huiying_session", Value: cookie})
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusSeeOther {
			t.Errorf("cookie %q answers %d", cookie, w.Code)
		}
	})
}
