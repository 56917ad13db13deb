package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// Prefix is where the routes are mounted.
const Prefix = "/api/v1"

// Deps is what the API works with.
type Deps struct {
	Desk *desk.Desk
	// Decode reads a report as POST /incidents takes it; its errors are for people.
	Decode func(io.Reader) (desk.Registration, error)
	// Reports makes and keeps reports; the zero one leaves them out.
	Reports report.Bureau
}

// Handler answers one request of somebody who was recognised. It returns an error
// only if it has written nothing yet.
type Handler func(w http.ResponseWriter, r *http.Request, by org.Actor) error

// API answers /api/v1. Its methods may be called from many goroutines.
type API struct {
	Deps
	zone    *time.Location
	buffers sync.Pool
}

// New makes the API; times are shown in the desk's zone.
func New(deps Deps) *API {
	a := &API{Deps: deps, zone: deps.Desk.Zone}
	a.buffers.New = func() any { return new(bytes.Buffer) }
	return a
}

// now is the desk's clock.
func (a *API) now() time.Time { return a.Desk.Clock.Now() }

// Stamp is an instant as it is written: RFC 3339 in the county's zone, to the millisecond
// that is stored; empty for none. As a string it costs a fifth of what encoding a
// [time.Time] does, and an incident has two dozen.
type Stamp string

// at is an instant as it is written.
func (a *API) at(t time.Time) Stamp {
	if t.IsZero() {
		return ""
	}
	return Stamp(t.In(a.zone).Format("2006-01-02T15:04:05.999Z07:00"))
}

// maxBuffer is the largest buffer, in bytes, that is kept for the next answer.
const maxBuffer = 256 << 10

// write answers with a JSON value. The buffer is filled first, so that a value that
// cannot be encoded is still answered with an error.
func (a *API) write(w http.ResponseWriter, status int, value any) error {
	buf, ok := a.buffers.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	buf.Reset()
	defer func() {
		if buf.Cap() <= maxBuffer {
			a.buffers.Put(buf)
		}
	}()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	// The answer is on its way; a client that went away cannot be told.
	_, err := w.Write(buf.Bytes())
	return ignoreGone(err)
}

// ignoreGone drops the error of writing to a client that is gone: the status was
// written, and nobody is left to read another.
func ignoreGone(error) error { return nil }

// readBody reads a request's body, which package web has bounded.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return body, nil
}

// pathID is the incident's number in the address.
func pathID(r *http.Request) (incident.ID, error) {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || n <= 0 {
		return 0, &incident.Error{
			Code: incident.CodeNotFound, Field: "id", Err: err,
			Text: fmt.Sprintf("地址里的编号“%s”不是事件编号，应为正整数，例如 3。", r.PathValue("id")),
		}
	}
	return incident.ID(n), nil
}
