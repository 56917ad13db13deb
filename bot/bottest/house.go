package bottest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
)

// Listener answers each message by a function.
type Listener func(m bot.Message) []bot.Reply

// Hear implements bot.Listener.
func (l Listener) Hear(_ context.Context, m bot.Message) ([]bot.Reply, error) { return l(m), nil }

// Log is what a house logs, safe for many writers.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p) //nolint:wrapcheck // never fails
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Inbox is an inbox that is kept in a file.
type Inbox interface {
	bot.Inbox
	io.Closer
}

// HouseDeps is what a platform's house is made of.
type HouseDeps struct {
	Platform bot.Platform
	Listener bot.Listener
	Clock    *clockwork.FakeClock
	Log      *Log
	// Open opens the inbox that lies at a path, making it if there is none.
	Open func(path string) (Inbox, error)
	// Receive takes over an inbox after each start: what comes in goes there, and wakes the house.
	Receive func(in bot.Inbox, wake func())
	// Fail makes the platform fail whatever is asked of it; Mend ends that.
	Fail, Mend func()
}

// House is a clerk over an inbox on disk, as far as a platform's tests need one: it can be
// restarted, killed, and cut off from its platform.
type House struct {
	HouseDeps
	Inbox Inbox

	t          *testing.T
	path       string
	clerk      *bot.Clerk
	dead, down bool
}

// NewHouse makes a house that has started; it ends with the test.
func NewHouse(t *testing.T, d HouseDeps) *House {
	t.Helper()
	h := &House{HouseDeps: d, t: t, path: filepath.Join(t.TempDir(), "huiying.db")}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(h.Log.String())
		}
		if err := h.Inbox.Close(); err != nil {
			t.Error(err)
		}
	})
	h.Start()
	return h
}

// Start starts a house whose inbox was closed on what it has written down.
func (h *House) Start() {
	h.t.Helper()
	h.dead = false
	var err error
	if h.Inbox, err = h.Open(h.path); err != nil {
		h.t.Fatal(err)
	}
	h.clerk = bot.NewClerk(bot.ClerkDeps{Inbox: h.Inbox, Platform: h.Platform, Listener: h.Listener, Clock: h.Clock, Log: slog.New(slog.NewTextHandler(h.Log, nil))})
	h.Receive(h.Inbox, h.Drain)
}

// Restart kills the house and starts it on what it has written down.
func (h *House) Restart() {
	h.t.Helper()
	if err := h.Inbox.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.Start()
}

// Drain answers everything that is due now, unless the house is dead.
func (h *House) Drain() {
	if h.dead {
		return
	}
	if h.down {
		h.Fail()
		defer h.Mend()
	}
	if _, err := h.clerk.Drain(context.WithoutCancel(h.t.Context())); err != nil {
		h.t.Error(err)
	}
}

// World is the house as [Run] plays on it, with what the platform is able to do.
func (h *House) World(w World) World {
	w.Restart, w.Die = h.Restart, func() { h.dead = true }
	w.Down, w.Up = func() { h.down = true }, func() { h.down = false }
	w.Pass = func(d time.Duration) {
		h.Clock.Advance(d)
		h.Drain()
	}
	return w
}
