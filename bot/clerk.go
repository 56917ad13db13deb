package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/notify"
)

// Platform is a chat platform's side of a conversation. Its methods may be called from
// many goroutines.
type Platform interface {
	// Name is the platform's name in addresses, such as wecom.
	Name() string
	// Read makes a message of a letter's body. What nobody can read is an error, and put away.
	Read(body []byte) (Message, error)
	// Heard is told what a message will be answered with, once, before it is. A platform
	// that owes an answer to the tap itself gives it here, as well as it can.
	Heard(ctx context.Context, l Letter, m Message, replies []Reply)
	// Encode turns a reply into the requests that show it where the message came from, met
	// to the platform's limits; key is unique for ever. It must not touch the network.
	Encode(m Message, r Reply, key string) ([][]byte, error)
	// Post makes one request of Encode's, once. What is to be retried comes again as the
	// same bytes.
	Post(ctx context.Context, body []byte) notify.Outcome
}

// Clerk takes letters out of the inbox, has the Listener hear them and the platform
// show the replies: the letters of a talk in their order, many talks at once. Each step
// is a row before the next, so that a letter is heard and answered whatever happens.
type Clerk struct {
	ClerkDeps
	wake chan struct{}
}

// ClerkDeps is what a Clerk works with.
type ClerkDeps struct {
	Inbox    Inbox
	Platform Platform
	Listener Listener
	Clock    clockwork.Clock
	Log      *slog.Logger
	// Talks is how many conversations are served at once; 0 means 32.
	Talks int
}

// NewClerk makes a clerk; it works once it runs.
func NewClerk(d ClerkDeps) *Clerk {
	if d.Talks == 0 {
		d.Talks = 32
	}
	return &Clerk{ClerkDeps: d, wake: make(chan struct{}, 1)}
}

// Wake makes the clerk look now. It never blocks.
func (c *Clerk) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

const (
	lookAgain = 30 * time.Second
	moment    = 10 * time.Millisecond
	breath    = time.Second // after the inbox could not be read or written
	// drain is how long a stop waits for what is in hand; the next start goes on with it.
	drain = 3 * time.Second
)

// Run works until ctx is cancelled, then finishes what is in hand.
func (c *Clerk) Run(ctx context.Context) error {
	working, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	var hands sync.WaitGroup
	busy, free := map[string]bool{}, make(chan string, c.Talks)
	defer func() {
		cut := c.Clock.AfterFunc(drain, abort)
		hands.Wait()
		cut.Stop()
	}()
	for ctx.Err() == nil {
		letters, next, err := c.Inbox.Waiting(ctx, c.Platform.Name(), c.Clock.Now(), c.Talks+len(busy))
		sleep := lookAgain
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			c.Log.Error("inbox not readable, will try again", "platform", c.Platform.Name(), "error", err)
			sleep = breath
		case !next.IsZero():
			sleep = max(min(sleep, next.Sub(c.Clock.Now())), moment)
		}
		for _, l := range letters {
			if busy[l.Talk] || len(busy) == c.Talks {
				continue
			}
			busy[l.Talk] = true
			hands.Go(func() {
				c.work(working, l)
				free <- l.Talk
			})
		}
		c.rest(ctx, sleep, busy, free)
	}
	return nil
}

// Drain works off everything that is due now, one letter after the other, and says when
// something is due next (zero for nothing). Tests use it in place of Run, so that each
// instant is finished before the next begins.
func (c *Clerk) Drain(ctx context.Context) (time.Time, error) {
	for {
		if err := ctx.Err(); err != nil {
			return time.Time{}, err //nolint:wrapcheck // the caller's own
		}
		letters, next, err := c.Inbox.Waiting(ctx, c.Platform.Name(), c.Clock.Now(), c.Talks)
		if err != nil {
			return time.Time{}, fmt.Errorf("read inbox: %w", err)
		}
		if len(letters) == 0 {
			return next, nil
		}
		for _, l := range letters {
			c.work(ctx, l)
		}
	}
}

// rest waits until a talk is free, something new came or it is time to look.
func (c *Clerk) rest(ctx context.Context, sleep time.Duration, busy map[string]bool, free <-chan string) {
	timer := c.Clock.NewTimer(sleep)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	case <-c.wake:
	case talk := <-free:
		delete(busy, talk)
	}
	for {
		select {
		case talk := <-free:
			delete(busy, talk)
		default:
			return
		}
	}
}

// work brings one letter as far as it goes now.
func (c *Clerk) work(ctx context.Context, l Letter) {
	steps, ok := c.steps(ctx, &l)
	if !ok {
		return
	}
	for l.Sent < len(steps) {
		if !c.post(ctx, &l, steps[l.Sent]) {
			c.keep(ctx, l)
			return
		}
		if l.Sent < len(steps) && !c.keep(ctx, l) {
			return
		}
	}
	l.Done = true
	c.keep(ctx, l)
}

// steps are the requests that answer a letter. They are written down before the first is made.
func (c *Clerk) steps(ctx context.Context, l *Letter) (steps [][]byte, ok bool) {
	if l.Replies != nil {
		if err := json.Unmarshal(l.Replies, &steps); err != nil {
			c.Log.Error("replies cannot be read", "platform", l.Platform, "letter", l.ID, "error", err)
		}
		c.heardBefore(ctx, *l)
		return steps, true
	}
	m, err := c.Platform.Read(l.Body)
	if err != nil {
		c.Log.Error("letter cannot be read", "platform", l.Platform, "letter", l.ID, "error", err)
		return nil, true
	}
	m.Platform = c.Platform.Name()
	if m.At.IsZero() {
		m.At = l.ReceivedAt
	}
	replies, ok := c.hear(ctx, l, m)
	if !ok {
		return nil, false
	}
	steps = c.encode(*l, m, replies)
	if l.Replies, err = json.Marshal(steps); err != nil {
		c.Log.Error("replies cannot be written", "platform", l.Platform, "letter", l.ID, "error", err)
		return nil, true
	}
	l.Tries, l.DueAt = 0, c.Clock.Now()
	for _, r := range replies {
		if m.Tap != nil && r.Done != "" && r.Card == m.Tap.Card {
			l.Card = r.Card
		}
	}
	if !c.keep(ctx, *l) {
		return nil, false
	}
	c.Platform.Heard(ctx, *l, m, replies)
	return steps, true
}

// heardBefore tells the platform once more of a letter that was heard, in case the
// process ended before it was told.
func (c *Clerk) heardBefore(ctx context.Context, l Letter) {
	if l.Sent > 0 || l.Tries > 0 {
		return
	}
	if m, err := c.Platform.Read(l.Body); err == nil {
		c.Platform.Heard(ctx, l, m, nil)
	}
}

// hear has the letter heard; false when it must be heard again later.
func (c *Clerk) hear(ctx context.Context, l *Letter, m Message) ([]Reply, bool) {
	replies, err := c.listen(ctx, m)
	switch {
	case err == nil:
		return replies, true
	case ctx.Err() != nil:
		return nil, false // the next start hears it
	}
	l.Tries++
	c.Log.Error("message not heard", "platform", l.Platform, "letter", l.ID, "tries", l.Tries, "error", err)
	if l.Tries < hearings {
		l.DueAt = c.Clock.Now().Add(backoff(l.Tries))
		c.keep(ctx, *l)
		return nil, false
	}
	return []Reply{{Text: "系统出了内部错误，这条消息没有处理，请稍后再发一次，或到页面办理。"}}, true
}

// listen turns a panic into an error: a letter that brings the house down would bring
// it down again at every start.
func (c *Clerk) listen(ctx context.Context, m Message) (replies []Reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("listener panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Listener.Hear(ctx, m) //nolint:wrapcheck // the house's own
}

const (
	hearings = 6              // how often a letter is heard before its sender is told that it was not
	staleAge = 24 * time.Hour // after which nobody waits for a reply any more
)

func (c *Clerk) encode(l Letter, m Message, replies []Reply) [][]byte {
	steps := [][]byte{}
	for i, r := range replies {
		key := "re-" + strconv.FormatInt(l.ID, 36) + "-" + strconv.Itoa(i) + "-" + strconv.FormatInt(l.ReceivedAt.Unix(), 36)
		more, err := c.Platform.Encode(m, r, key)
		if err != nil {
			c.Log.Error("reply cannot be made", "platform", l.Platform, "letter", l.ID, "error", err)
			continue
		}
		steps = append(steps, more...)
	}
	return steps
}

// post makes one request; false when it must be made again later.
func (c *Clerk) post(ctx context.Context, l *Letter, step []byte) bool {
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	o := c.Platform.Post(sending, step)
	cancel()
	now := c.Clock.Now()
	if o.Status == notify.Retry && now.Sub(l.ReceivedAt) < staleAge {
		l.Tries++
		l.DueAt = now.Add(max(o.After, backoff(l.Tries)))
		c.Log.Warn("reply not sent", "platform", l.Platform, "letter", l.ID, "reason", o.Reason, "tries", l.Tries, "detail", o.Detail)
		return false
	}
	if o.Status == notify.Permanent || o.Status == notify.Retry {
		c.Log.Error("reply given up", "platform", l.Platform, "letter", l.ID, "reason", o.Reason, "detail", o.Detail)
	}
	l.Sent, l.Tries = l.Sent+1, 0
	return true
}

// sendTimeout bounds one attempt, on the wall clock.
const sendTimeout = 10 * time.Second

// keep writes the letter down. When it cannot be, the talk rests for a moment and the
// letter is taken up where it was.
func (c *Clerk) keep(ctx context.Context, l Letter) bool {
	err := c.Inbox.Keep(context.WithoutCancel(ctx), l)
	if err == nil {
		return true
	}
	c.Log.Error("letter not written, will be taken up again", "platform", l.Platform, "letter", l.ID, "error", err)
	timer := c.Clock.NewTimer(breath)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	}
	return false
}

// backoff doubles with each try, up to two minutes.
func backoff(tries int) time.Duration { return min(time.Second<<min(tries, 10), 2*time.Minute) }

// ErrUnreadable is what [Platform.Read] answers for a body that it never wrote.
var ErrUnreadable = errors.New("letter cannot be read")
