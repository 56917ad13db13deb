package sla

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// FireFunc fires every timer that is due at now and says when the next one is; the
// zero time means that there is none.
type FireFunc func(ctx context.Context, now time.Time) (next time.Time, err error)

// Engine sleeps until the next timer is due, calls its FireFunc, and repeats. It knows
// no storage: what is due, and that firing twice does nothing twice, is the FireFunc's.
type Engine struct {
	clock clockwork.Clock
	fire  FireFunc
	log   *slog.Logger
	wake  chan struct{}
	// Passed is told after each look, for tests that wait for one; may be nil.
	Passed func()
}

const (
	// lookAgain is how long the engine sleeps at most: a wake may have been lost, or the
	// clock may have been set back.
	lookAgain = 30 * time.Second
	// retryFirst and retryMost bound the wait after a fault of the storage.
	retryFirst = 50 * time.Millisecond
	retryMost  = 5 * time.Second
)

// NewEngine makes an engine that has not started.
func NewEngine(clock clockwork.Clock, fire FireFunc, log *slog.Logger) *Engine {
	return &Engine{clock: clock, fire: fire, log: log, wake: make(chan struct{}, 1)}
}

// Wake makes the engine look now, since an earlier timer may have been saved. It never blocks.
func (e *Engine) Wake(time.Time) {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Run looks and sleeps until ctx is cancelled, and then returns nil.
func (e *Engine) Run(ctx context.Context) error {
	retry := retryFirst
	for {
		now := e.clock.Now()
		next, err := e.fire(ctx, now)
		sleep := lookAgain
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // being stopped is no fault
		case err != nil:
			e.log.Error("firing failed, will try again", "error", err, "after", retry)
			sleep, retry = retry, min(2*retry, retryMost)
		default:
			retry = retryFirst
			if !next.IsZero() {
				sleep = min(sleep, next.Sub(e.clock.Now()))
			}
		}
		if e.Passed != nil {
			e.Passed()
		}
		if sleep <= 0 {
			continue
		}
		timer := e.clock.NewTimer(sleep)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.Chan():
		case <-e.wake:
			timer.Stop()
		}
	}
}
