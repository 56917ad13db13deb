package sla_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/sla"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wall is a clock whose hands can be set while its timers go on as they were.
type wall struct {
	*clockwork.FakeClock
	mu  sync.Mutex
	off time.Duration
}

func (w *wall) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.FakeClock.Now().Add(w.off)
}

func (w *wall) set(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off += d
}

// bell is what an engine rings: timers that are due ring once, at the instant that they were seen.
type bell struct {
	mu     sync.Mutex
	timers []time.Time
	rang   []time.Time
	looks  []time.Time
	fault  error
}

func (b *bell) fire(_ context.Context, now time.Time) (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks = append(b.looks, now)
	if b.fault != nil {
		return time.Time{}, b.fault
	}
	var next time.Time
	b.timers = slices.DeleteFunc(b.timers, func(at time.Time) bool {
		if !at.After(now) {
			b.rang = append(b.rang, now)
			return true
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
		return false
	})
	return next, nil
}

func (b *bell) put(at ...time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timers = append(b.timers, at...)
}

func (b *bell) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = err
}

func (b *bell) heard() []time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.rang)
}

func (b *bell) looked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.looks)
}

// running starts an engine; settle waits until it has looked and sleeps again.
func running(t *testing.T, b *bell) (clock *wall, e *sla.Engine, settle func()) {
	t.Helper()
	clock = &wall{FakeClock: clockwork.NewFakeClockAt(time.Date(2026, 11, 18, 10, 0, 0, 0, zone()))}
	e = sla.NewEngine(clock, b.fire, slog.New(slog.DiscardHandler))
	passed := make(chan struct{}, 1024)
	e.Passed = func() { passed <- struct{}{} }
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the engine was stopped and says %v", err)
		}
	})
	settle = func() {
		t.Helper()
		<-passed
		if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	return clock, e, settle
}

// TestEngine_FiresAtTheExactInstant, not to a polling cycle.
func TestEngine_FiresAtTheExactInstant(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	b := &bell{timers: []time.Time{start, start.Add(7*time.Second + 3*time.Millisecond), start.Add(8 * time.Second)}}
	clock, _, settle := running(t, b)
	if got := b.heard(); len(got) != 1 || !got[0].Equal(start) {
		t.Fatalf("what is due at the start rings at once: %v", got)
	}
	clock.Advance(7 * time.Second)
	if got := b.heard(); len(got) != 1 {
		t.Fatalf("3 ms early: %v", got)
	}
	clock.Advance(3 * time.Millisecond)
	settle()
	clock.Advance(997 * time.Millisecond)
	settle()
	want := []time.Time{start, start.Add(7*time.Second + 3*time.Millisecond), start.Add(8 * time.Second)}
	if got := b.heard(); !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("rang at %v, want %v", got, want)
	}
}

// TestEngine_WakesForAnEarlierTimer that was saved while it slept.
func TestEngine_WakesForAnEarlierTimer(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	b := &bell{timers: []time.Time{start.Add(20 * time.Second)}}
	clock, e, settle := running(t, b)
	b.put(start.Add(2 * time.Second))
	e.Wake(start.Add(2 * time.Second))
	settle()
	clock.Advance(2 * time.Second)
	settle()
	if got := b.heard(); len(got) != 1 || !got[0].Equal(start.Add(2*time.Second)) {
		t.Errorf("rang at %v", got)
	}
	for range 100 {
		e.Wake(time.Time{}) // never blocks
	}
}

// TestEngine_LooksAgainThoughNobodyWokeIt: a wake that was lost costs half a minute, not the limit.
func TestEngine_LooksAgainThoughNobodyWokeIt(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	b := &bell{}
	clock, _, settle := running(t, b)
	b.put(start.Add(time.Second))
	clock.Advance(30 * time.Second)
	settle()
	if got := b.heard(); len(got) != 1 {
		t.Errorf("rang at %v", got)
	}
}

// TestEngine_TriesAgainAfterAFault: soon, then less and less often, and loses nothing.
func TestEngine_TriesAgainAfterAFault(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	b := &bell{timers: []time.Time{start.Add(time.Second)}}
	clock, _, settle := running(t, b)
	b.fail(errors.New("disk full"))
	clock.Advance(time.Second)
	settle()
	for _, ms := range []int{50, 100, 200, 400, 800, 1600, 3200, 5000, 5000} {
		before, wait := b.looked(), time.Duration(ms)*time.Millisecond
		clock.Advance(wait - time.Millisecond)
		if b.looked() != before {
			t.Fatalf("tried again before %s were over", wait)
		}
		clock.Advance(time.Millisecond)
		settle()
		if b.looked() != before+1 {
			t.Fatalf("did not try again after %s", wait)
		}
	}
	b.fail(nil)
	clock.Advance(5 * time.Second)
	settle()
	if got := b.heard(); len(got) != 1 {
		t.Fatalf("rang at %v", got)
	}
	// Once it went well, the next fault is tried again soon.
	b.fail(errors.New("disk full"))
	clock.Advance(30 * time.Second)
	settle()
	before := b.looked()
	clock.Advance(50 * time.Millisecond)
	settle()
	if b.looked() != before+1 {
		t.Error("the wait did not begin anew")
	}
}

// TestEngine_ClockSetBack an hour: nothing rings twice, and what was to come rings when the
// clock shows its instant.
func TestEngine_ClockSetBack(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	b := &bell{timers: []time.Time{start, start.Add(10 * time.Second)}}
	clock, _, settle := running(t, b)
	clock.set(-time.Hour)
	clock.Advance(10 * time.Second)
	settle() // it looks at 09:00:10, and nothing is due
	if got := b.heard(); len(got) != 1 {
		t.Fatalf("rang at %v", got)
	}
	for clock.Now().Before(start.Add(10 * time.Second)) {
		clock.Advance(min(30*time.Second, start.Add(10*time.Second).Sub(clock.Now())))
		settle()
	}
	if got := b.heard(); len(got) != 2 || !got[1].Equal(start.Add(10*time.Second)) {
		t.Errorf("rang at %v", got)
	}
}

// TestEngine_ClockSetForward: what the clock jumped over rings within half a minute.
func TestEngine_ClockSetForward(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 18, 10, 0, 0, 0, zone())
	b := &bell{timers: []time.Time{start.Add(time.Hour)}}
	clock, _, settle := running(t, b)
	clock.set(2 * time.Hour)
	clock.Advance(30 * time.Second)
	settle()
	if got := b.heard(); len(got) != 1 {
		t.Errorf("rang at %v", got)
	}
}
