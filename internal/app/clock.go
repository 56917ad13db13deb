package app

import (
	"time"

	"github.com/jonboulle/clockwork"
)

// scaled is a clock that starts at an instant of its own and runs rate times as fast
// as the clock below it; for demonstrations, so that an emergency's five hours pass in
// half a minute.
type scaled struct {
	wall  clockwork.Clock
	begun time.Time // on the clock below
	start time.Time // on this one
	rate  float64
}

// NewScaled returns a clock that shows start now and runs rate times as fast as wall.
func NewScaled(wall clockwork.Clock, start time.Time, rate float64) clockwork.Clock {
	return &scaled{wall: wall, begun: wall.Now(), start: start, rate: rate}
}

func (s *scaled) at(wall time.Time) time.Time {
	return s.start.Add(time.Duration(float64(wall.Sub(s.begun)) * s.rate))
}

func (s *scaled) below(d time.Duration) time.Duration { return time.Duration(float64(d) / s.rate) }

func (s *scaled) Now() time.Time                         { return s.at(s.wall.Now()) }
func (s *scaled) Since(t time.Time) time.Duration        { return s.Now().Sub(t) }
func (s *scaled) Until(t time.Time) time.Duration        { return t.Sub(s.Now()) }
func (s *scaled) Sleep(d time.Duration)                  { s.wall.Sleep(s.below(d)) }
func (s *scaled) After(d time.Duration) <-chan time.Time { return s.NewTimer(d).Chan() }

func (s *scaled) NewTimer(d time.Duration) clockwork.Timer {
	ch := make(chan time.Time, 1)
	t := s.wall.AfterFunc(s.below(d), func() {
		select {
		case ch <- s.Now():
		default:
		}
	})
	return &scaledTimer{s, t, ch}
}

func (s *scaled) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	return &scaledTimer{s, s.wall.AfterFunc(s.below(d), f), nil}
}

func (s *scaled) NewTicker(d time.Duration) clockwork.Ticker {
	return &scaledTicker{s, s.wall.NewTicker(s.below(d))}
}

type scaledTimer struct {
	clock *scaled
	below clockwork.Timer
	ch    chan time.Time
}

func (t *scaledTimer) Chan() <-chan time.Time { return t.ch }
func (t *scaledTimer) Stop() bool             { return t.below.Stop() }

func (t *scaledTimer) Reset(d time.Duration) bool { return t.below.Reset(t.clock.below(d)) }

type scaledTicker struct {
	clock *scaled
	below clockwork.Ticker
}

func (t *scaledTicker) Chan() <-chan time.Time { return t.below.Chan() }
func (t *scaledTicker) Stop()                  { t.below.Stop() }
func (t *scaledTicker) Reset(d time.Duration)  { t.below.Reset(t.clock.below(d)) }
