package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"github.com/jonboulle/clockwork"

	"huiying/desk"
	"huiying/report"
	"huiying/web/api"
	"huiying/web/page"
)

// Deps is what the server works with.
type Deps struct {
	Desk *desk.Desk
	// Decode reads a report as POST /api/v1/incidents takes it; its errors are for people.
	Decode func(io.Reader) (desk.Registration, error)
	Tokens Tokens
	// Ready tells whether requests can be served; nil for always.
	Ready func(ctx context.Context) error
	// Metrics answers /metrics; nil for none.
	Metrics http.Handler
	// County names the county on the pages; Sources are offered when one registers by hand.
	County  string
	Sources []string
	// File opens what came with a report by the last part of its address, with its media
	// type; [incident.ErrNotFound] when there is none. Nil for no files.
	File func(name string) (io.ReadSeekCloser, string, error)
	// Simulated: the desk's clock is not the real one, which the pages say in large letters.
	Simulated bool
	// Clock times sessions and remembered tokens; nil takes the desk's. A house with a
	// simulated clock hands in the real one, or its people are signed out in a minute.
	Clock clockwork.Clock
	// Secret signs sessions; with none, a random one is drawn and a restart signs everybody out.
	Secret []byte
	// Secure marks cookies for HTTPS only.
	Secure  bool
	Version string
	// Reports makes and keeps reports; the zero one leaves them out.
	Reports report.Bureau
	Log     *slog.Logger
}

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

type server struct {
	Deps
	mux      *http.ServeMux
	pages    *page.Pages
	tokens   *tokens
	sessions sessions
	openapi  []byte
	run      string
	requests atomic.Uint64
}

// New makes the handler of everything that the house serves but webhooks and callbacks,
// which their own packages bring.
func New(d Deps) (http.Handler, error) {
	if d.Clock == nil {
		d.Clock = d.Desk.Clock
	}
	if len(d.Secret) == 0 {
		d.Secret = make([]byte, 32)
		rand.Read(d.Secret) // never fails
	}
	if d.Version == "" {
		d.Version = "dev"
	}
	run := make([]byte, 4)
	rand.Read(run) // never fails
	s := &server{
		Deps: d, mux: http.NewServeMux(), tokens: newTokens(d.Tokens, d.Clock),
		sessions: sessions{secret: d.Secret, secure: d.Secure}, run: hex.EncodeToString(run) + "-",
	}
	var err error
	if s.pages, err = page.New(page.Deps{
		Desk: d.Desk, Decode: d.Decode, County: d.County, Sources: d.Sources, Simulated: d.Simulated, Reports: d.Reports,
	}); err != nil {
		return nil, fmt.Errorf("make pages: %w", err)
	}
	if err := s.mountAPI(); err != nil {
		return nil, err
	}
	s.mountPages()
	s.mountHealth()
	return s, nil
}

// mountAPI mounts the table of routes and what describes it.
func (s *server) mountAPI() error {
	routes := api.New(api.Deps{Desk: s.Desk, Decode: s.Decode, Reports: s.Reports}).Routes()
	for _, r := range routes {
		s.mux.HandleFunc(r.Method+" "+api.Prefix+r.Path, s.authorized(r.Handle))
	}
	s.mux.HandleFunc(api.Prefix+"/", s.unknownRoute)
	var err error
	if s.openapi, err = api.Document(routes, "回应（Huiying）接口", s.Version); err != nil {
		return fmt.Errorf("describe API: %w", err)
	}
	s.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		s.write(w, s.openapi)
	})
	return nil
}

// authorized lets in who has a good bearer token.
func (s *server) authorized(handle api.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		by, err := s.bearer(r)
		if err == nil {
			err = handle(w, r, by)
		}
		if err != nil {
			s.problem(w, r, err)
		}
	}
}

// unknownRoute answers an address of the API that is none, or a wrong method of one that is.
func (s *server) unknownRoute(w http.ResponseWriter, r *http.Request) {
	allowed := ""
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); pattern != api.Prefix+"/" && pattern != "" {
			if allowed != "" {
				allowed += ", "
			}
			allowed += method
		}
	}
	id := requestID(w)
	if allowed != "" {
		w.Header().Set("Allow", allowed)
		s.writeProblem(w, fault{http.StatusMethodNotAllowed, codeMethod, "方法不对", "这个地址要用 " + allowed + " 请求。", ""}, id)
		return
	}
	s.writeProblem(w, fault{http.StatusNotFound, "not_found", "没有找到", "没有这个接口地址，可用的地址见 /openapi.json。", ""}, id)
}

// ServeHTTP bounds the body, numbers the request, sets the headers that every answer has
// and turns a panic into an answer.
func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w := &response{ResponseWriter: rw, id: s.nextID()}
	defer s.rescue(w, r)
	h := rw.Header()
	h["X-Request-Id"] = []string{w.id}
	h["X-Content-Type-Options"] = noSniff()
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	s.mux.ServeHTTP(w, r)
}

func noSniff() []string { return []string{"nosniff"} }

// rescue answers a request whose handler panicked, which is a bug of ours, and logs
// where. Where an answer was begun, the connection is cut, so that nobody takes half
// of it for the whole.
func (s *server) rescue(w *response, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is panicked with
		panic(p)
	}
	s.Log.Error("panic", "request_id", w.id, "route", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	s.writeProblem(w, internal(w.id), w.id)
}

// mountHealth mounts what a service manager and a monitor look at.
func (s *server) mountHealth() {
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		s.write(w, []byte("ok\n"))
	})
	s.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if s.Ready != nil {
			if err := s.Ready(r.Context()); err != nil {
				f := fault{http.StatusServiceUnavailable, codeUnavailable, "尚未就绪", "系统正在启动或暂时不能服务，请稍后再试。", ""}
				s.report(r, f, requestID(w), err)
				s.writeProblem(w, f, requestID(w))
				return
			}
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		s.write(w, []byte("ready\n"))
	})
	if s.Metrics != nil {
		s.mux.Handle("GET /metrics", s.Metrics)
	}
}
