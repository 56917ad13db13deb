package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"huiying/incident"
	"huiying/storage/blob"
	"huiying/web"
)

// TestFiles: what came with a report is shown to who is signed in and may read, and to nobody else.
func TestFiles(t *testing.T) {
	t.Parallel()
	files := blob.Open(t.TempDir())
	h := newHouse(t, func(d *web.Deps) {
		d.File = func(name string) (io.ReadSeekCloser, string, error) { return files.Get(name) }
	})
	picture, err := files.Keep(t.Context(), "现场.png", "", strings.NewReader("\x89PNG\r\n\x1a\n0000"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := files.Keep(t.Context(), "说明.txt", "", strings.NewReader("一段说明"))
	if err != nil {
		t.Fatal(err)
	}
	r := report("河堤塌了")
	r.Register.Report.Attachments = []incident.Attachment{picture, text, {Name: "坏", URL: "/files/../login"}}
	h.register(t, r)
	b := h.signIn(t, "zhiban")
	mustHave(t, b.get("/incidents/1").Body.String(), `href="`+picture.URL+`"`, "现场.png")
	mustNotHave(t, b.get("/incidents/1").Body.String(), "/files/../login")
	got := b.get(picture.URL)
	if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "image/png" || got.Header().Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("a picture: %d %v", got.Code, got.Header())
	}
	if got := b.get(text.URL); !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("a text: %v", got.Header())
	}
	if got := b.get("/files/" + strings.Repeat("a", 64) + ".png"); got.Code != http.StatusNotFound {
		t.Errorf("none: %d", got.Code)
	}
	outside := &browsing{tb: t, h: h, cookies: map[string]*http.Cookie{}}
	for who, b := range map[string]*browsing{"nobody": outside, "an intake account": h.signIn(t, "hotline")} {
		if got := b.get(picture.URL); got.Code == http.StatusOK {
			t.Errorf("%s sees a picture", who)
		}
	}
}
