package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"

	"huiying/bot"
	"huiying/bot/telegram"
	"huiying/bot/wecom"
	"huiying/classifier"
	"huiying/configs"
	"huiying/incident"
	"huiying/notify"
	"huiying/report"
	"huiying/storage/sqlite"
)

// Options are what a server takes beside its configuration.
type Options struct {
	// Out is where the console channel prints.
	Out io.Writer
	Log *slog.Logger
	// Demo plays a sample emergency.
	Demo bool
	// Version of the program, for the API description.
	Version string
	// Ready is told the address once the house answers; may be nil.
	Ready func(addr string) error
}

// DatabasePath is where the house keeps its database.
func DatabasePath(cfg configs.Config) string { return filepath.Join(cfg.Storage.Dir, "huiying.db") }

// server is a house that serves: its store, its goroutines and its pages.
type server struct {
	Options
	cfg      configs.Config
	clock    clockwork.Clock
	zone     *time.Location
	db       *sqlite.DB
	house    *House
	adviser  *classifier.Adviser // nil where no model outside is configured
	reports  report.Bureau
	talk     *bot.Conversation
	jobs     *scheduler
	registry *prometheus.Registry
	watch    *watch
	wecom    *wecom.Channel    // nil where it is off
	telegram *telegram.Channel // nil where it is off
	talks    talks
	fresh    bool   // the database was made by this start
	opened   string // the day whose recurring duties were opened
}

// Serve runs the house until ctx is cancelled, and then drains: requests first, then
// engine and jobs, then what is on its way to people, the store last.
func Serve(ctx context.Context, cfg configs.Config, o Options) (err error) {
	spare := Headroom()
	defer runtime.KeepAlive(spare)
	s := &server{Options: o, cfg: cfg, registry: prometheus.NewRegistry()}
	if s.zone, err = Zone(cfg); err != nil {
		return err
	}
	if s.clock, err = clockOf(cfg); err != nil {
		return err
	}
	// The port first: whoever starts a second house by mistake learns it from the port's
	// or the database's message before anything is touched.
	listener, err := listen(ctx, cfg.Server.Addr)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := listener.Close(); cerr != nil && !errors.Is(cerr, net.ErrClosed) {
			err = errors.Join(err, cerr)
		}
	}()
	if s.db, err = sqlite.Open(ctx, sqlite.Options{Path: DatabasePath(cfg), Log: o.Log}); err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if err := s.assemble(ctx); err != nil {
		return err
	}
	handler, err := s.handler(ctx)
	if err != nil {
		return err
	}
	return s.run(ctx, listener, handler)
}

// clockOf is the real clock, or the simulated one that the configuration asks for.
func clockOf(cfg configs.Config) (clockwork.Clock, error) {
	wall := clockwork.NewRealClock()
	if !cfg.Simulated() {
		return wall, nil
	}
	start, err := cfg.ClockStart()
	if err != nil {
		return nil, err //nolint:wrapcheck // names the key
	}
	if start.IsZero() {
		start = wall.Now()
	}
	return NewScaled(wall, start, cfg.Clock.Rate), nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &incident.Error{
			Code: incident.CodeInternal, Err: err,
			Text: "端口已被占用：" + addr + "。可能已有一个回应在运行；请先关闭它，或用配置项 server.addr 换一个端口。",
		}
	case err != nil:
		return nil, &incident.Error{
			Code: incident.CodeInternal, Err: err,
			Text: "不能在 " + addr + " 上监听，请核对配置项 server.addr，例如 127.0.0.1:8080。",
		}
	}
	return l, nil
}

// assemble puts the house together around the open store.
func (s *server) assemble(ctx context.Context) error {
	book, err := LoadBook(s.cfg, "")
	if err != nil {
		return err
	}
	duties, err := LoadDuties(s.cfg, book.Policy)
	if err != nil {
		return err
	}
	assessor, err := newAssessor(s.cfg)
	if err != nil {
		return err
	}
	templates, err := loadTemplates(s.cfg)
	if err != nil {
		return err
	}
	if err := s.seed(ctx); err != nil {
		return err
	}
	channels, err := s.channels()
	if err != nil {
		return err
	}
	s.outside()
	s.house, err = NewHouse(ctx, Parts{
		Book: book, Clock: s.clock, Store: s.db, Channels: channels, Templates: templates,
		Assessor: assessor, Memory: memoryOf(s.cfg),
		BaseURL: s.cfg.Server.BaseURL, Notify: s.cfg.Notify, Words: s.cfg.Drafts, Author: s.author(), Duties: duties, Metrics: notify.NewMetrics(s.registry), Log: s.Log,
	})
	if err != nil {
		return err
	}
	s.reports = bureau(s.cfg, s.house.Desk, s.db)
	if s.talk, err = s.conversation(); err != nil {
		return err
	}
	s.talks = s.platforms()
	s.watch = newWatch(s.house.Desk, s.clock, s.Log, s.registry)
	s.jobs, err = s.calendar()
	return err
}

// seed brings the units and people of the configuration into a database that has none.
func (s *server) seed(ctx context.Context) error {
	data, err := s.db.Directory(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	if len(data.Units) > 0 {
		return nil
	}
	s.fresh = true
	if data, err = LoadPeople(s.cfg); err != nil {
		return err
	}
	if err := s.db.PutDirectory(ctx, data, s.clock.Now()); err != nil {
		return fmt.Errorf("keep directory: %w", err)
	}
	return nil
}

// Draining is bounded so that a stop ends within ten seconds whatever hangs.
const (
	drainRequests = 4 * time.Second
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
)

// run starts everything, waits for ctx or the first fault, and stops in order.
func (s *server) run(ctx context.Context, listener net.Listener, handler http.Handler) error {
	group := newGroup(ctx)
	group.start("engine", s.house.Engine.Run)
	group.start("courier", s.house.Courier.Run)
	group.start("amender", s.house.Amender.Run)
	for name, run := range s.talks.run {
		group.start(name, run)
	}
	group.start("jobs", s.jobs.Run)
	group.start("recall", s.recall)
	group.start("advise", s.advise)
	group.start("neighbours", s.neighbours)
	if s.Demo {
		group.start("demo", func(ctx context.Context) error { return demo(ctx, s) })
	}
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	var fault error
	if s.Ready != nil {
		if err := s.Ready(listener.Addr().String()); err != nil {
			s.Log.Warn("console is closed", "error", err)
		}
	}
	select {
	case <-ctx.Done():
	case fault = <-group.failed:
	case fault = <-served:
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainRequests)
	defer cancel()
	if err := srv.Shutdown(stopping); err != nil {
		fault = errors.Join(fault, srv.Close())
	}
	return errors.Join(fault, group.stop())
}
