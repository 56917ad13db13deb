package app

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"huiying/desk"
	"huiying/incident"
)

// watch is the standing check (rules.md, Late), each minute: every open incident has a
// timer in the future, or is overdue and somebody was told. It also takes over what an
// administrator changed at the command line.
type watch struct {
	desk  *desk.Desk
	clock clockwork.Clock
	log   *slog.Logger
	fault atomic.Pointer[string] // why the house is not ready; nil when it is

	unwatched, overdue, open, failed prometheus.Gauge
}

func newWatch(d *desk.Desk, clock clockwork.Clock, log *slog.Logger, reg prometheus.Registerer) *watch {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		reg.MustRegister(g)
		return g
	}
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &watch{
		desk: d, clock: clock, log: log,
		unwatched: gauge("huiying_unwatched_incidents", "Open incidents that nobody would be told of; must be 0."),
		overdue:   gauge("huiying_overdue_incidents", "Open incidents with a limit that passed unmet."),
		open:      gauge("huiying_open_incidents", "Open incidents."),
		failed:    gauge("huiying_failed_notices", "Notices that reached nobody."),
	}
}

// look does the standing check once.
func (w *watch) look(ctx context.Context) {
	if err := errors.Join(w.check(ctx), w.count(ctx), w.desk.Reload(ctx)); err != nil && ctx.Err() == nil {
		w.log.Error("standing check failed", "error", err)
		text := "数据库暂时不能读取"
		w.fault.Store(&text)
		return
	}
	w.fault.Store(nil)
}

func (w *watch) check(ctx context.Context) error {
	lost, err := w.desk.Check(ctx, w.clock.Now())
	if err != nil {
		return err //nolint:wrapcheck // logged by look
	}
	w.unwatched.Set(float64(len(lost)))
	for _, l := range lost {
		w.log.Error("open incident without a timer", "incident", l.ID)
	}
	return nil
}

func (w *watch) count(ctx context.Context) error {
	counts, err := w.desk.Store.Counts(ctx, w.clock.Now())
	if err != nil {
		return err //nolint:wrapcheck // logged by look
	}
	open := 0
	for _, n := range counts.Open {
		open += n
	}
	w.open.Set(float64(open))
	w.overdue.Set(float64(counts.Overdue))
	w.failed.Set(float64(counts.Failed))
	return nil
}

// ready tells why the house cannot do its work now; nil when it can.
func (w *watch) ready(context.Context) error {
	if text := w.fault.Load(); text != nil {
		return &incident.Error{Code: incident.CodeInternal, Text: *text}
	}
	return nil
}
