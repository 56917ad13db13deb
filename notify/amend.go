package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/incident"
)

// Amendment is a sent card whose matter was settled, by a tap of its own or of another's,
// on the page or by the API: its buttons go, and who did what when stands in their stead.
type Amendment struct {
	Envelope EnvelopeID
	Channel  string
	To       string
	Key      string
	// Code is what the platform gave to change the card by, Body what was sent.
	Code string
	Body []byte
	// SentAt is when the card arrived.
	SentAt time.Time
	Tries  int
	// Milestone that the card was about, and the entry that settled it; an entry without
	// Seq when that is not known.
	Milestone incident.Milestone
	Entry     incident.Entry
}

// Amendments is where sent cards wait to be changed: a row that is written with the
// change that settles the milestone. The storage implements it.
type Amendments interface {
	// DueAmendments lists what is due, at most n; next is when something will be due (zero
	// for nothing), when nothing is.
	DueAmendments(ctx context.Context, now time.Time, n int) (due []Amendment, next time.Time, err error)
	// SettleAmendment writes an outcome down: a retry makes it due again at now+After, any
	// other ends it.
	SettleAmendment(ctx context.Context, id EnvelopeID, o Outcome, now time.Time) error
}

// Changer is a Channel that can change a message that it sent. done is plain text.
type Changer interface {
	Change(ctx context.Context, a Amendment, done string) Outcome
}

// Amender changes the cards that wait for it.
type Amender struct {
	AmenderDeps
	changers map[string]Changer
	wake     chan struct{}
}

// AmenderDeps is what an Amender works with.
type AmenderDeps struct {
	Amendments Amendments
	Channels   []Channel
	Clock      clockwork.Clock
	Zone       *time.Location
	Log        *slog.Logger
	// Timeout bounds one attempt, on the wall clock.
	Timeout time.Duration
}

// NewAmender makes an amender; it works once it runs.
func NewAmender(d AmenderDeps) *Amender {
	a := &Amender{AmenderDeps: d, changers: map[string]Changer{}, wake: make(chan struct{}, 1)}
	for _, ch := range d.Channels {
		if c, ok := ch.(Changer); ok {
			a.changers[ch.Name()] = c
		}
	}
	return a
}

// Wake makes the amender look now. It never blocks.
func (a *Amender) Wake() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// amendments at once, so that a platform that hangs does not keep the other waiting long.
const amendAtOnce = 8

// Run changes cards until ctx is cancelled. What is cut off then is done by the next start.
func (a *Amender) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		next, err := a.Drain(ctx)
		sleep := lookAgain
		switch {
		case err != nil && ctx.Err() == nil:
			a.Log.Error("amendments not readable, will try again", "error", err)
			sleep = retryClaim
		case !next.IsZero():
			sleep = max(min(sleep, next.Sub(a.Clock.Now())), retryClaim)
		}
		timer := a.Clock.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-timer.Chan():
		case <-a.wake:
		}
		timer.Stop()
	}
	return nil
}

// Drain changes everything that is due now and says when something is due next.
func (a *Amender) Drain(ctx context.Context) (time.Time, error) {
	for {
		if err := ctx.Err(); err != nil {
			return time.Time{}, err //nolint:wrapcheck // the caller's own
		}
		due, next, err := a.Amendments.DueAmendments(ctx, a.Clock.Now(), amendAtOnce)
		if err != nil {
			return time.Time{}, fmt.Errorf("read amendments: %w", err)
		}
		if len(due) == 0 {
			return next, nil
		}
		var all sync.WaitGroup
		var failed sync.Once
		for _, one := range due {
			all.Go(func() {
				if ferr := a.amend(ctx, one); ferr != nil {
					failed.Do(func() { err = ferr })
				}
			})
		}
		all.Wait()
		if err != nil {
			return time.Time{}, err
		}
	}
}

func (a *Amender) amend(ctx context.Context, one Amendment) error {
	o := Outcome{Status: Permanent, Reason: ReasonNoChannel}
	if ch := a.changers[one.Channel]; ch != nil {
		changing, cancel := context.WithTimeout(ctx, a.Timeout)
		o = ch.Change(changing, one, a.done(one))
		cancel()
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the next start does it
	}
	now := a.Clock.Now()
	if o.Status == Retry {
		o.After = backoff(o.After, one.Tries+1, int64(one.Envelope))
		if now.Sub(one.SentAt) > changeable {
			o.Status = Permanent
		}
	}
	if o.Status != Sent {
		a.Log.Warn("sent card not changed", "channel", one.Channel, "reason", o.Reason, "status", o.Status, "tries", one.Tries+1, "detail", o.Detail)
	}
	if err := a.Amendments.SettleAmendment(context.WithoutCancel(ctx), one.Envelope, o, now); err != nil {
		return fmt.Errorf("write amendment down: %w", err)
	}
	return nil
}

// changeable is for how long a card can be changed (WeChat Work); what failed until then
// is left as it is: a tap on it is answered with what is true now.
const changeable = 72 * time.Hour

// done is what stands in place of the buttons, such as 张三 10:05 已签收.
func (a *Amender) done(one Amendment) string {
	e := one.Entry
	if e.Seq == 0 {
		return one.Milestone.Kind.Chinese() + "：" + one.Milestone.State.Chinese()
	}
	at := e.At.In(a.Zone)
	clock := at.Format("15:04")
	if now := a.Clock.Now().In(a.Zone); now.YearDay() != at.YearDay() || now.Year() != at.Year() {
		clock = at.Format("1月2日15:04")
	}
	who := e.Actor.Name
	if e.Actor.Person == "" {
		who = "系统"
	}
	return who + " " + clock + " 已" + e.Command.Chinese()
}
