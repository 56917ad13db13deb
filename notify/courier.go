package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/incident"
	"huiying/org"
)

// Config is how the Courier works.
type Config struct {
	// Senders is how many messages are on their way at once; more is not faster
	// (facts/performance.md).
	Senders int `yaml:"senders"`
	// SendTimeout bounds one attempt, on the wall clock.
	SendTimeout time.Duration `yaml:"send_timeout"`
	// GiveUp is how many attempts one channel gets before the next one is tried.
	GiveUp int `yaml:"give_up"`
}

// Validate reports every value that cannot be, in Chinese.
func (c Config) Validate() error {
	var errs []error
	if c.Senders < 1 || c.Senders > 256 {
		errs = append(errs, errors.New("notify.senders 须在1至256之间，建议16"))
	}
	if c.SendTimeout < time.Second {
		errs = append(errs, errors.New("notify.send_timeout 须不短于1秒，建议10s"))
	}
	if c.GiveUp < 1 {
		errs = append(errs, errors.New("notify.give_up 须至少为1，建议8"))
	}
	return errors.Join(errs...)
}

// Deps is what a Courier works with.
type Deps struct {
	Outbox   Outbox
	Channels []Channel
	Renderer *Renderer
	// Directory is who is who now.
	Directory func() *org.Directory
	Clock     clockwork.Clock
	Log       *slog.Logger
	// Unreached is told of each notice that reached its reader on no channel.
	Unreached func(ctx context.Context, n incident.Notice, reason string) error
	// Metrics counts outcomes; nil counts nothing.
	Metrics *Metrics
}

// Courier sends what waits in the outbox: the most urgent first, one message a person,
// never over a platform's quota, the same bytes again after an unknown outcome, the
// next channel after a permanent failure. Nothing is dropped in silence.
type Courier struct {
	Deps
	cfg      Config
	channels map[string]Channel
	pacers   map[string]*pacer
	wake     chan struct{}
	lines    chan struct{} // one place for each message that may be on its way
}

// NewCourier makes a courier; it reads what was sent in the last hour and a little, so that a
// restart does not go over a quota.
func NewCourier(ctx context.Context, cfg Config, d Deps) (*Courier, error) {
	c := &Courier{Deps: d, cfg: cfg, channels: map[string]Channel{}, pacers: map[string]*pacer{}, wake: make(chan struct{}, 1), lines: make(chan struct{}, cfg.Senders)}
	for _, ch := range d.Channels {
		recent, err := d.Outbox.Recent(ctx, ch.Name(), d.Clock.Now().Add(-hour))
		if err != nil {
			return nil, fmt.Errorf("read what %s sent lately: %w", ch.Name(), err)
		}
		c.channels[ch.Name()] = ch
		c.pacers[ch.Name()] = newPacer(ch.Quota(), recent)
	}
	return c, nil
}

// Reachable tells whether the person has an address on a channel that is there.
func (c *Courier) Reachable(p org.Person) bool {
	return slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return c.channels[a.Channel] != nil })
}

// Wake makes the courier look now. It never blocks.
func (c *Courier) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

const (
	lookAgain  = 30 * time.Second
	retryClaim = time.Second
	// makers times the senders work on messages at once: while some are on their way,
	// others are written down or settled, which the storage does for many in one go.
	makers = 16
	// drain is how long a stop waits for what is on its way; what is cut off then counts
	// as unknown and is sent again, with the same bytes, by the next start.
	drain = 3 * time.Second
)

// Run sends until ctx is cancelled, then waits for what is on its way.
func (c *Courier) Run(ctx context.Context) error {
	work := make(chan Parcel)
	sending, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	var senders sync.WaitGroup
	for range makers * c.cfg.Senders {
		senders.Go(func() {
			for p := range work {
				c.deliver(sending, p)
			}
		})
	}
	defer func() {
		close(work)
		cut := c.Clock.AfterFunc(drain, abort)
		senders.Wait()
		cut.Stop()
	}()
	for ctx.Err() == nil {
		began := c.Clock.Now()
		parcels, next, err := c.Outbox.Claim(ctx, began, makers*c.cfg.Senders)
		cost := c.Clock.Since(began)
		sleep := lookAgain
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			c.Log.Error("outbox not readable, will try again", "error", err)
			sleep = retryClaim
		case !next.IsZero():
			sleep = min(sleep, next.Sub(c.Clock.Now()))
		}
		for _, p := range parcels {
			work <- p
		}
		if len(parcels) > 0 || sleep <= 0 {
			continue
		}
		timer := c.Clock.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-timer.Chan():
		case <-c.wake:
			c.rest(ctx, cost)
		}
		timer.Stop()
	}
	return nil
}

// rest waits as long as the last look took that found nothing, so that looking never
// takes more than half of the time, whatever number of notices wait for quotas.
func (c *Courier) rest(ctx context.Context, cost time.Duration) {
	timer := c.Clock.NewTimer(min(cost, retryClaim))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	}
}

// Drain sends everything that may be sent now, one after the other, and says when
// something waits next (zero for nothing). Drills and simulations use it in place of
// Run, so that each instant is finished before the next begins.
func (c *Courier) Drain(ctx context.Context) (time.Time, error) {
	for {
		parcels, next, err := c.Outbox.Claim(ctx, c.Clock.Now(), makers*c.cfg.Senders)
		if err != nil {
			return time.Time{}, fmt.Errorf("claim: %w", err)
		}
		if len(parcels) == 0 {
			return next, nil
		}
		for _, p := range parcels {
			c.deliver(ctx, p)
		}
	}
}

// deliver brings one parcel to its end: sent, to be retried, or failed.
func (c *Courier) deliver(ctx context.Context, p Parcel) {
	if p.Again != nil {
		c.again(ctx, p)
		return
	}
	p.Notices = c.owed(ctx, p.Notices)
	for _, part := range parts(p) {
		c.deliverPart(ctx, part)
	}
}

// deliverPart brings what goes as one message to its end.
func (c *Courier) deliverPart(ctx context.Context, p Parcel) {
	now := c.Clock.Now()
	person, ok := c.Directory().Person(p.Person)
	addr, found := c.choose(person, p.Notices[0].Failed)
	if !ok || !found {
		c.fail(ctx, p.Notices, ReasonNoChannel)
		return
	}
	ch := c.channels[addr.Channel]
	if f := p.Notices[0].Notice.File; f != nil && !carries(ch, *f) {
		c.withdraw(ctx, ids(p.Notices), ReasonNoFiles)
		return
	}
	if until := c.pacers[addr.Channel].take(addr.To, now); !until.IsZero() {
		c.Outbox.Pause(p, until)
		return
	}
	key := envelopeKey(p.Notices[0], now)
	m, err := c.Renderer.Render(p.Notices, c.Directory().UnitName, key, now)
	if err == nil {
		m.To = addr.To
		e := Envelope{Person: p.Person, Channel: addr.Channel, To: addr.To, Key: key, Urgency: m.Urgency, Tries: 1, Notices: ids(p.Notices), CreatedAt: now}
		if e.Body, err = ch.Encode(m); err == nil {
			c.seal(ctx, ch, e, p.Notices)
			return
		}
	}
	c.Log.Error("message cannot be made", "channel", addr.Channel, "error", err)
	c.fail(ctx, p.Notices, ReasonUnrendered)
}

// envelopeKey is unique for ever: notices are numbered anew in a restored or new database,
// while a platform remembers every task_id that it has had.
func envelopeKey(first Waiting, now time.Time) string {
	return "hy-" + strconv.FormatInt(int64(first.ID), 36) + "-" + strconv.Itoa(len(first.Failed)) + "-" + strconv.FormatInt(now.Unix(), 36)
}

// choose is the person's first address on a channel that is there and has not failed.
func (c *Courier) choose(p org.Person, failed []string) (org.Address, bool) {
	for _, a := range p.Addresses {
		if c.channels[a.Channel] != nil && !slices.Contains(failed, a.Channel) {
			return a, true
		}
	}
	return org.Address{}, false
}

func ids(ws []Waiting) []NoticeID {
	out := make([]NoticeID, len(ws))
	for i, w := range ws {
		out[i] = w.ID
	}
	return out
}

// seal writes the envelope down and then sends it.
func (c *Courier) seal(ctx context.Context, ch Channel, e Envelope, ws []Waiting) {
	id, err := c.Outbox.Prepare(ctx, e, c.Clock.Now())
	switch {
	case errors.Is(err, ErrWithdrawn):
		c.Wake()
		return
	case err != nil:
		c.Log.Error("envelope not written, will be claimed again", "error", err)
		c.Outbox.Hold(e.Notices, c.Clock.Now().Add(retryClaim))
		return
	}
	e.ID = id
	c.attempt(ctx, ch, e, ws)
}

// again sends the same bytes as before.
func (c *Courier) again(ctx context.Context, p Parcel) {
	e := *p.Again
	ch := c.channels[e.Channel]
	if ch == nil {
		c.settle(ctx, e, p.Notices, Outcome{Status: Permanent, Reason: ReasonConfig})
		return
	}
	if settled(p.Notices) {
		c.settle(ctx, e, p.Notices, Outcome{Status: Superseded, Reason: ReasonSuperseded})
		return
	}
	if until := c.pacers[e.Channel].take(e.To, c.Clock.Now()); !until.IsZero() {
		c.settle(ctx, e, p.Notices, Outcome{Status: Retry, Reason: ReasonQuota, After: until.Sub(c.Clock.Now())})
		return
	}
	c.attempt(ctx, ch, e, p.Notices)
}

// owed drops the notices that nobody needs any more, such as those that came back from
// a channel that failed while the milestone was met.
func (c *Courier) owed(ctx context.Context, ws []Waiting) []Waiting {
	var needless []NoticeID
	owed := slices.DeleteFunc(slices.Clone(ws), func(w Waiting) bool {
		if !w.needless() {
			return false
		}
		needless = append(needless, w.ID)
		return true
	})
	if len(needless) == 0 {
		return owed
	}
	c.withdraw(ctx, needless, ReasonSuperseded)
	return owed
}

// withdraw settles notices that need not go out.
func (c *Courier) withdraw(ctx context.Context, needless []NoticeID, reason Reason) {
	o := Outcome{Status: Superseded, Reason: reason}
	c.Metrics.count("", o)
	if err := c.Outbox.Settle(ctx, Result{Notices: needless, Outcome: o}, c.Clock.Now()); err != nil {
		c.Log.Error("withdrawal not written", "error", err)
		c.Outbox.Hold(needless, c.Clock.Now().Add(retryClaim))
	}
}

// needless tells whether the notice is about a milestone that was met or voided since.
func (w Waiting) needless() bool {
	m := w.Brief.Milestone
	return w.Notice.Kind == incident.NoticeLadder && m.Seq != 0 && !m.Pending()
}

// settled tells whether nobody needs to hear any more of all that an envelope holds.
func settled(ws []Waiting) bool {
	return len(ws) > 0 && !slices.ContainsFunc(ws, func(w Waiting) bool { return !w.needless() })
}

func (c *Courier) attempt(ctx context.Context, ch Channel, e Envelope, ws []Waiting) {
	c.lines <- struct{}{}
	sending, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
	outcome := ch.Send(sending, e)
	cancel()
	<-c.lines
	if outcome.Status == Retry && c.giveUp(e, ws, outcome.Reason) {
		outcome.Status = Permanent
	}
	if outcome.Status == Retry {
		outcome.After = backoff(outcome.After, e.Tries, int64(e.ID))
	}
	c.settle(ctx, e, ws, outcome)
}

// giveUp tells whether a message that is to be retried goes on to the next channel. What
// a platform's quota holds up waits for it, which may be until midnight: not an
// emergency that has another way.
func (c *Courier) giveUp(e Envelope, ws []Waiting, reason Reason) bool {
	if reason == ReasonQuota {
		return e.Urgency >= incident.UrgencyEmergency && c.hasNext(e, ws)
	}
	return e.Tries >= c.cfg.GiveUp
}

// hasNext tells whether the reader has a channel that has not failed, after this one.
func (c *Courier) hasNext(e Envelope, ws []Waiting) bool {
	if len(ws) == 0 {
		return false
	}
	person, _ := c.Directory().Person(e.Person)
	_, ok := c.choose(person, append(slices.Clone(ws[0].Failed), e.Channel))
	return ok
}

const (
	firstRetry = 2 * time.Second
	longRetry  = 2 * time.Minute
)

// backoff doubles the wait with each try, spread by the envelope's number so that a
// platform that comes back is not met by everything at once.
func backoff(asked time.Duration, tries int, spread int64) time.Duration {
	wait := min(firstRetry<<min(tries-1, 10), longRetry)
	wait += wait * time.Duration(spread%16) / 32
	return max(wait, asked)
}

// settle writes the outcome down; a permanent failure goes on to the next channel, and
// after the last one up to the county's duty officer.
func (c *Courier) settle(ctx context.Context, e Envelope, ws []Waiting, o Outcome) {
	ctx = context.WithoutCancel(ctx) // an outcome is written down even while stopping
	r := Result{Envelope: e.ID, Notices: e.Notices, Outcome: o, Channel: e.Channel}
	r.Next = o.Status == Permanent && c.hasNext(e, ws)
	c.Metrics.count(e.Channel, o)
	if o.Status == Retry || o.Status == Permanent {
		c.Log.Warn("message not sent", "channel", e.Channel, "reason", o.Reason, "status", o.Status, "tries", e.Tries, "detail", o.Detail)
	}
	if err := c.Outbox.Settle(ctx, r, c.Clock.Now()); err != nil {
		// The envelope stays open and its bytes are sent again: known at the platform by its key.
		c.Log.Error("outcome not written", "channel", e.Channel, "error", err)
		return
	}
	switch {
	case o.Status == Permanent && r.Next:
		c.Wake()
	case o.Status == Permanent:
		c.tell(ctx, ws, o.Reason)
	}
}

// fail settles notices that never got an envelope.
func (c *Courier) fail(ctx context.Context, ws []Waiting, reason Reason) {
	c.Metrics.count("", Outcome{Status: Permanent, Reason: reason})
	err := c.Outbox.Settle(ctx, Result{Notices: ids(ws), Outcome: Outcome{Status: Permanent, Reason: reason}}, c.Clock.Now())
	if err != nil {
		c.Log.Error("failure not written", "error", err)
		c.Outbox.Hold(ids(ws), c.Clock.Now().Add(retryClaim))
		return
	}
	c.tell(ctx, ws, reason)
}

func (c *Courier) tell(ctx context.Context, ws []Waiting, reason Reason) {
	for _, w := range ws {
		if w.Notice.Incident == 0 {
			continue
		}
		if err := c.Unreached(ctx, w.Notice, reason.Chinese()); err != nil {
			c.Log.Error("duty officer not told of an undelivered notice", "incident", w.Notice.Incident, "error", err)
		}
	}
}

// Chinese is the reason as officers read it.
func (r Reason) Chinese() string {
	switch r {
	case ReasonNoChannel:
		return "没有可用的联系方式"
	case ReasonRecipient:
		return "该账号收不到消息"
	case ReasonConfig:
		return "渠道配置有误，请系统管理员检查"
	case ReasonContent, ReasonUnrendered:
		return "消息内容不被平台接受"
	case ReasonUnknown, ReasonBusy, ReasonGaveUp:
		return "多次发送没有成功"
	case ReasonQuota:
		return "超过平台的发送限额"
	case ReasonNoFiles:
		return "渠道不能带附件，已发文字和链接"
	case ReasonOK, ReasonDuplicate, ReasonSuperseded:
		return string(r)
	}
	return string(r)
}
