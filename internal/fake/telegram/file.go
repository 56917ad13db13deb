package telegram

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strings"
)

const (
	maxPhoto   = 10 << 20
	maxCaption = 1024 // UTF-16 units
)

// form reads a request's parameters, and returns its body as it came.
func (s *Server) form(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		err := r.ParseForm()
		return []byte(r.PostForm.Encode()), err //nolint:wrapcheck // shown to nobody
	}
	whole, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(whole))
	return whole, r.ParseMultipartForm(maxPhoto) //nolint:wrapcheck,gosec // shown to nobody; the body is bounded by the caller
}

// sendFile shows a photo or a document with its caption.
func (s *Server) sendFile(r *http.Request, method string) answer {
	field := map[string]string{"sendPhoto": "photo", "sendDocument": "document"}[method]
	f, head, err := r.FormFile(field)
	if err != nil {
		return bad("there is no " + field + " in the request")
	}
	body, err := io.ReadAll(f)
	if err != nil || len(body) == 0 {
		return bad("file must be non-empty")
	}
	if method == "sendPhoto" {
		img, err := png.Decode(bytes.NewReader(body))
		switch {
		case err != nil:
			return bad("IMAGE_PROCESS_FAILED")
		case img.Bounds().Dx()+img.Bounds().Dy() > 10_000:
			return bad("PHOTO_INVALID_DIMENSIONS")
		}
	}
	p := r.Form
	if seen, err := parse(p.Get("caption")); err != nil || utf16(seen) > maxCaption {
		return bad("message caption is too long")
	}
	p.Set("text", p.Get("caption"))
	a := s.send(p)
	if a.OK {
		s.messages[len(s.messages)-1].File = &Sent{method, head.Filename, body}
	}
	return a
}
