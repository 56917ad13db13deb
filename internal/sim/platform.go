package sim

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/notify"
)

// phone is a channel that knows a message by its key and shows it once, as WeChat Work
// does; mail is one that cannot.
const (
	phone = "phone"
	mail  = "mail"
)

// platform is the outside world's end of both channels: it takes messages, fails in all
// the ways in which platforms fail, and remembers what people read.
type platform struct {
	w    *world
	name string
	// bodies and read are by key; read counts how often a person saw it.
	bodies map[string][]byte
	read   map[string]int
	// notices says in which messages a notice was read.
	notices map[notify.NoticeID]map[string]bool
}

func newPlatform(w *world, name string) *platform {
	return &platform{
		w: w, name: name, bodies: map[string][]byte{}, read: map[string]int{},
		notices: map[notify.NoticeID]map[string]bool{},
	}
}

// Name implements notify.Channel.
func (p *platform) Name() string { return p.name }

// Quota implements notify.Channel.
func (p *platform) Quota() notify.Quota {
	if p.name == phone {
		return notify.Quota{PerMinute: 30, PerHour: 1000}
	}
	return notify.Quota{}
}

// Encode implements notify.Channel.
func (p *platform) Encode(m notify.Message) ([]byte, error) { return []byte(m.Text), nil }

// Send implements notify.Channel.
func (p *platform) Send(_ context.Context, e notify.Envelope) notify.Outcome {
	p.attempt(e)
	switch {
	case p.w.chance(p.w.trouble):
		return p.fail(e)
	case p.w.chance(p.w.crashy):
		if p.w.chance(0.5) {
			p.deliver(e)
		}
		panic(crash{"sending"})
	}
	p.deliver(e)
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
}

// fail answers in one of the ways of a platform in trouble.
func (p *platform) fail(e notify.Envelope) notify.Outcome {
	switch p.w.rand.IntN(5) {
	case 0: // it arrived, but the answer did not
		if p.name == phone {
			p.deliver(e)
		}
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown}
	case 1:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown}
	case 2:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, After: time.Minute}
	case 3:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: 10 * time.Minute}
	}
	return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient}
}

// attempt checks what must be true of every attempt: the same key has the same bytes,
// and somebody still needs to hear of what it says.
func (p *platform) attempt(e notify.Envelope) {
	if was, again := p.bodies[e.Key]; again && !bytes.Equal(was, e.Body) {
		p.w.broken("%s: key %s was sent with other bytes", p.name, e.Key)
	}
	p.bodies[e.Key] = e.Body
	needless := len(e.Notices) > 0
	for _, id := range e.Notices {
		n, known := p.w.claimed[id]
		if !known {
			p.w.broken("%s: envelope %s holds a notice that was never claimed", p.name, e.Key)
		}
		if n.Kind != incident.NoticeLadder || !p.w.settled[mark{n.Incident, n.Milestone}] {
			needless = false
		}
	}
	if needless {
		p.w.broken("%s: %s was told of a milestone after it was met", p.name, e.Person)
	}
}

func (p *platform) deliver(e notify.Envelope) {
	if p.name == phone && p.read[e.Key] > 0 {
		return // known by its key
	}
	p.read[e.Key]++
	for _, id := range e.Notices {
		if p.notices[id] == nil {
			p.notices[id] = map[string]bool{}
		}
		p.notices[id][e.Key] = true
		if len(p.notices[id]) > 1 && p.name == phone {
			p.w.broken("%s read notice %d in two messages", e.Person, id)
		}
	}
}

// describe names a notice for a report of what broke.
func describe(n incident.Notice) string {
	return fmt.Sprintf("incident %s milestone %d rung %d nth %d to %s", n.Incident, n.Milestone, n.Rung, n.Nth, n.Person)
}
