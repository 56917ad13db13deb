package wecom

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"huiying/bot"
)

// Callback is what the platform calls: GET to see that the address is ours, POST with
// each message and event. A message is a row in the inbox before it is acknowledged.
type Callback struct {
	ch    *Channel
	inbox bot.Inbox
	wake  func()
}

// Callback returns the handler for the application's callback address; wake is called
// when something new waits in the inbox.
func (c *Channel) Callback(inbox bot.Inbox, wake func()) *Callback {
	return &Callback{ch: c, inbox: inbox, wake: wake}
}

const maxCallback = 64 << 10 // bytes; a message's text has 2,048

// ServeHTTP implements http.Handler.
func (c *Callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !c.ch.cfg.Receives() {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet:
		c.echo(w, r)
	case http.MethodPost:
		c.receive(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

// echo answers the check of the address with the plain text and nothing around it.
func (c *Callback) echo(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	plain, err := c.ch.open(q, q.Get("echostr"))
	if err != nil {
		c.refuse(w, err, http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	c.say(w, plain)
}

// receive takes a message in.
func (c *Callback) receive(w http.ResponseWriter, r *http.Request) {
	doc, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCallback))
	if err != nil {
		c.refuse(w, refusal{"body is too long or was cut"}, http.StatusRequestEntityTooLarge)
		return
	}
	var sealed struct {
		Encrypt string `xml:"Encrypt"`
	}
	if err := decode(doc, &sealed); err != nil || sealed.Encrypt == "" {
		c.refuse(w, refusal{"body is no sealed message"}, http.StatusBadRequest)
		return
	}
	plain, err := c.ch.open(r.URL.Query(), strings.TrimSpace(sealed.Encrypt))
	if err != nil {
		c.refuse(w, err, http.StatusForbidden)
		return
	}
	m, err := c.ch.parse(plain)
	switch {
	case err != nil:
		c.refuse(w, err, http.StatusBadRequest)
	case m.speaks():
		c.take(w, r, m, plain)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

// take writes the message down and answers: a tap that is worked off at once with what
// became of it, everything else with nothing, since its answer comes as a message.
func (c *Callback) take(w http.ResponseWriter, r *http.Request, m inbound, plain []byte) {
	key := m.key()
	var heard <-chan string
	if m.tapped() {
		var leave func()
		heard, leave = c.ch.taps.wait(key)
		defer leave()
	}
	letter := bot.Letter{Platform: c.ch.Name(), Key: key, Talk: strings.ToLower(m.FromUser), Body: plain}
	fresh, err := c.inbox.Receive(r.Context(), bot.Received{Platform: c.ch.Name(), Letters: []bot.Letter{letter}, At: c.ch.clock.Now()})
	if err != nil {
		c.ch.log.Error("message not written down, the platform will send it again", "channel", c.ch.Name(), "error", err)
		http.Error(w, "not written", http.StatusServiceUnavailable)
		return
	}
	if fresh > 0 {
		c.wake()
	}
	if fresh == 0 || !m.tapped() {
		w.WriteHeader(http.StatusOK)
		return
	}
	if done := c.await(r.Context(), heard); done != "" {
		c.button(w, m, done)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// patience is how long the answer to a tap is waited for: the platform allows 5 s in
// all, we promise one.
const patience = 700 * time.Millisecond

func (c *Callback) await(ctx context.Context, heard <-chan string) string {
	timer := c.ch.clock.NewTimer(patience)
	defer timer.Stop()
	select {
	case done := <-heard:
		return done
	case <-timer.Chan():
	case <-ctx.Done():
	}
	return ""
}

// updateButton is the passive reply that greys the tapper's buttons (90241).
type updateButton struct {
	XMLName    xml.Name `xml:"xml"`
	ToUser     cdata    `xml:"ToUserName"`
	FromUser   cdata    `xml:"FromUserName"`
	CreateTime string   `xml:"CreateTime"`
	MsgType    cdata    `xml:"MsgType"`
	Name       cdata    `xml:"Button>ReplaceName"`
}

func (c *Callback) button(w http.ResponseWriter, m inbound, done string) {
	plain, err := xml.Marshal(updateButton{
		ToUser: cdata{m.FromUser}, FromUser: cdata{m.ToUser}, CreateTime: strconv.FormatInt(c.ch.clock.Now().Unix(), 10),
		MsgType: cdata{"update_button"}, Name: cdata{done},
	})
	if err == nil {
		plain, err = c.ch.seal(plain)
	}
	if err != nil {
		c.ch.log.Error("passive reply cannot be made", "channel", c.ch.Name(), "error", err)
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	c.say(w, plain)
}

func (c *Callback) say(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		c.ch.log.Debug("the platform left before its answer", "error", err)
	}
}

func (c *Callback) refuse(w http.ResponseWriter, err error, status int) {
	why := "message cannot be read"
	if r, ok := errors.AsType[refusal](err); ok {
		why = r.why
	}
	c.ch.log.Warn("callback refused", "channel", c.ch.Name(), "reason", why)
	http.Error(w, "refused", status)
}

// taps are those whose callers still wait, by key.
type taps struct {
	mu      sync.Mutex
	waiting map[string]chan string
}

// wait returns where a tap's answer comes, and what to call when nobody waits any more.
func (t *taps) wait(key string) (<-chan string, func()) {
	ch := make(chan string, 1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == nil {
		t.waiting = map[string]chan string{}
	}
	t.waiting[key] = ch
	return ch, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.waiting[key] == ch {
			delete(t.waiting, key)
		}
	}
}

func (t *taps) tell(key, done string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ch := t.waiting[key]; ch != nil {
		ch <- done
		delete(t.waiting, key)
	}
}

// Heard implements bot.Platform: whoever waits for a tap's answer is told.
func (c *Channel) Heard(_ context.Context, l bot.Letter, m bot.Message, replies []bot.Reply) {
	if m.Tap == nil {
		return
	}
	done := ""
	for _, r := range replies {
		if r.Card == m.Tap.Card && r.Done != "" {
			done = r.Done
		}
	}
	c.taps.tell(l.Key, done)
}
