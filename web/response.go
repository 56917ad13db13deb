package web

import (
	"net/http"
	"strconv"
)

// response knows its request's id, and whether an answer was begun.
type response struct {
	http.ResponseWriter
	id    string
	begun bool
}

func (w *response) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b) //nolint:wrapcheck // a writer's own error
}

// Unwrap lets [http.ResponseController] reach what is below.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// requestID is the id under which a request's fault is found in the log.
func requestID(w http.ResponseWriter) string {
	if r, ok := w.(*response); ok {
		return r.id
	}
	return ""
}

// nextID numbers requests; the prefix tells runs of the program apart.
func (s *server) nextID() string {
	return s.run + strconv.FormatUint(s.requests.Add(1), 36)
}
