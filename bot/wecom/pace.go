package wecom

import (
	"strings"
	"sync"
	"time"
)

// pace counts what a member was sent, reminders and replies together: the platform drops
// what is over in silence. Replies leave room for reminders.
type pace struct {
	mu   sync.Mutex
	sent map[string][]time.Time // in the last hour, by member in lower case
}

const (
	perMinute      = 30
	repliesMinute  = 20
	perHour        = 1000
	repliesPerHour = 900
)

// take counts one message for a member, or returns how long it must wait.
func (p *pace) take(to string, now time.Time, minute, hour int) time.Duration {
	to = strings.ToLower(to)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[string][]time.Time{}
	}
	times := p.sent[to]
	for len(times) > 0 && now.Sub(times[0]) >= time.Hour {
		times = times[1:]
	}
	p.sent[to] = times
	switch n := len(times); {
	case n >= hour:
		return time.Hour - now.Sub(times[n-hour])
	case n >= minute && now.Sub(times[n-minute]) < time.Minute:
		return time.Minute - now.Sub(times[n-minute])
	}
	p.sent[to] = append(times, now)
	return 0
}
