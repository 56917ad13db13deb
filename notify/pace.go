package notify

import (
	"slices"
	"sync"
	"time"
)

// pacer keeps a channel's quota: how many messages one receiver, and all of them
// together, may have in a minute and an hour. What is over is dropped by the platform
// in silence (facts/chat-protocols.md 1.2), so nothing is ever sent over it.
type pacer struct {
	quota Quota

	mu  sync.Mutex
	to  map[string][]time.Time // attempts of the last hour by receiver, in order
	all []time.Time            // attempts of the last minute
}

// slack lengthens the platform's windows: it counts when a message arrives, which may be
// seconds after it was booked, so that two of them come closer together than they left.
const (
	slack  = 5 * time.Second
	minute = time.Minute + slack
	hour   = time.Hour + slack
)

func newPacer(q Quota, recent map[string][]time.Time) *pacer {
	p := &pacer{quota: q, to: recent}
	if p.to == nil {
		p.to = map[string][]time.Time{}
	}
	for _, times := range p.to {
		p.all = append(p.all, times...)
	}
	slices.SortFunc(p.all, time.Time.Compare)
	return p
}

// take books one message for the receiver at now and returns the zero time, or books
// nothing and returns when to ask again.
func (p *pacer) take(to string, now time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	times := since(p.to[to], now.Add(-hour))
	p.all = since(p.all, now.Add(-minute))
	free := latest(
		freeAt(times, p.quota.PerHour, hour),
		freeAt(since(times, now.Add(-minute)), p.quota.PerMinute, minute),
		freeAt(p.all, p.quota.AllPerMinute, minute),
	)
	if free.After(now) {
		p.to[to] = times
		return free
	}
	if p.quota.PerHour > 0 || p.quota.PerMinute > 0 {
		p.to[to] = append(times, now)
	}
	if p.quota.AllPerMinute > 0 {
		p.all = append(p.all, now)
	}
	return time.Time{}
}

// since drops the instants at or before from.
func since(times []time.Time, from time.Time) []time.Time {
	i := 0
	for i < len(times) && !times[i].After(from) {
		i++
	}
	return times[i:]
}

// freeAt is when a window that holds these instants has room again; zero if it has now.
func freeAt(times []time.Time, limit int, window time.Duration) time.Time {
	if limit <= 0 || len(times) < limit {
		return time.Time{}
	}
	return times[len(times)-limit].Add(window)
}

func latest(times ...time.Time) time.Time {
	var best time.Time
	for _, t := range times {
		if t.After(best) {
			best = t
		}
	}
	return best
}
