package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"huiying/incident"
	"huiying/web/page"
)

// file shows a picture, or hands out a file, that came with a report to who may read
// incidents. It is a stranger's: nothing in it runs, and what is no picture is saved.
func (s *server) file(w http.ResponseWriter, r *http.Request, v page.Visit) error {
	if err := s.Desk.CheckRead(r.Context(), v.By, 0); err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if s.File == nil {
		return incident.ErrNotFound
	}
	name := r.PathValue("name")
	f, kind, err := s.File(name)
	if err != nil {
		return fmt.Errorf("open file: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=86400")
	if !strings.HasPrefix(kind, "image/") {
		h.Set("Content-Disposition", "attachment; filename="+name)
	}
	http.ServeContent(w, r, name, time.Time{}, f)
	return nil
}
