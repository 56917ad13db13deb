package wecom

import (
	"crypto/sha256"
	"time"
)

// window counts what one receiver got. What is over is dropped, and bars the receiver
// for as long as the window that was full.
type window struct {
	times  []time.Time
	barred time.Time
}

type limit struct {
	n  int
	in time.Duration
}

// take tells whether one more is allowed at now.
func (w *window) take(now time.Time, limits ...limit) bool {
	if now.Before(w.barred) {
		return false
	}
	for _, l := range limits {
		n := 0
		for _, t := range w.times {
			if t.After(now.Add(-l.in)) {
				n++
			}
		}
		if n >= l.n {
			w.barred = now.Add(l.in)
			return false
		}
	}
	w.times = append(w.times, now)
	return true
}

// seen is a message that had the duplicate check on.
type seen struct {
	until time.Time
	msgID any
}

const (
	defaultCheck = 1800        // seconds
	longestCheck = 4 * 60 * 60 // seconds
)

// repeated answers a request that is byte for byte one of the interval before.
func (s *Server) repeated(body []byte) (reply, bool) {
	was, ok := s.seen[sha256.Sum256(body)]
	if !ok || !s.clock.Now().Before(was.until) {
		return nil, false
	}
	if s.options.Duplicates == BareReceipt {
		return reply{}, true
	}
	return reply{"msgid": was.msgID}, true
}

func (s *Server) remember(body []byte, interval int, answer reply) {
	if interval == 0 {
		interval = defaultCheck
	}
	s.seen[sha256.Sum256(body)] = seen{until: s.clock.Now().Add(time.Duration(interval) * time.Second), msgID: answer["msgid"]}
}

func windowOf(windows map[string]*window, key string) *window {
	w := windows[key]
	if w == nil {
		w = &window{}
		windows[key] = w
	}
	return w
}
