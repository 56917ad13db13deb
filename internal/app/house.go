package app

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
	"huiying/sla"
)

// Store keeps incidents and what waits to be sent.
type Store interface {
	desk.Store
	notify.Outbox
	notify.Amendments
}

// Parts are what a house is put together of.
type Parts struct {
	Book  sla.Book
	Clock clockwork.Clock
	Store Store
	// Assessor is made once there is a directory to route by.
	Assessor func(directory func() *org.Directory) desk.Assessor
	// Memory finds duplicates; nil looks for none.
	Memory    *classifier.Memory
	Channels  []notify.Channel
	Templates fs.FS
	// BaseURL begins the links in messages; empty for none.
	BaseURL string
	Notify  notify.Config
	// Words are looked for in drafts.
	Words desk.Words
	// Author writes first drafts; nil leaves them to the templates.
	Author desk.Author
	// Duties are the recurring duties; nil for none.
	Duties  *sla.DutyRules
	Metrics *notify.Metrics
	Log     *slog.Logger
}

// House is a desk with the engine that fires its timers, the courier that sends what it
// owes, and the amender that changes what was sent.
type House struct {
	Desk    *desk.Desk
	Engine  *sla.Engine
	Courier *notify.Courier
	Amender *notify.Amender
}

// NewHouse puts the parts together; nothing runs yet.
func NewHouse(ctx context.Context, p Parts) (*House, error) {
	h := &House{}
	h.Engine = sla.NewEngine(p.Clock, h.fire, p.Log)
	renderer, err := notify.NewRenderer(p.Templates, p.Book.Zone, p.BaseURL)
	if err != nil {
		return nil, err //nolint:wrapcheck // names the template
	}
	directory := func() *org.Directory { return h.Desk.Directory() }
	h.Courier, err = notify.NewCourier(ctx, p.Notify, notify.Deps{
		Outbox: p.Store, Channels: p.Channels, Renderer: renderer, Directory: directory, Clock: p.Clock, Log: p.Log,
		Unreached: h.unreached, Metrics: p.Metrics,
	})
	if err != nil {
		return nil, fmt.Errorf("make courier: %w", err)
	}
	h.Amender = notify.NewAmender(notify.AmenderDeps{
		Amendments: p.Store, Channels: p.Channels, Clock: p.Clock, Zone: p.Book.Zone, Log: p.Log, Timeout: p.Notify.SendTimeout,
	})
	h.Desk, err = desk.New(ctx, desk.Deps{
		Store: p.Store, Clock: p.Clock, Zone: p.Book.Zone, Assessor: p.Assessor(directory), Memory: p.Memory, Log: p.Log,
		Words: p.Words, Author: p.Author, Templates: p.Templates, Policy: p.Book.Policy, Holidays: p.Book.Holidays, Duties: p.Duties,
		Reachable: h.Courier.Reachable, WakeEngine: h.Engine.Wake, WakeCourier: h.wake,
	})
	if err != nil {
		return nil, fmt.Errorf("make desk: %w", err)
	}
	return h, nil
}

// wake rouses whoever tells people of what changed.
func (h *House) wake() {
	h.Courier.Wake()
	h.Amender.Wake()
}

func (h *House) fire(ctx context.Context, now time.Time) (time.Time, error) {
	return h.Desk.Fire(ctx, now) //nolint:wrapcheck // handed through
}

func (h *House) unreached(ctx context.Context, n incident.Notice, reason string) error {
	return h.Desk.Unreached(ctx, n, reason) //nolint:wrapcheck // handed through
}
