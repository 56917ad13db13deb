package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/bot"
	"huiying/notify"
	"huiying/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire is a platform of plain lines: a letter's body is what its talk says.
type wire struct {
	mu     sync.Mutex
	sent   map[string][]string
	posted chan string
	// fate says what becomes of a request; nil for all being well.
	fate func(body string) notify.Outcome
}

func newWire() *wire { return &wire{sent: map[string][]string{}, posted: make(chan string, 4096)} }

func (*wire) Name() string { return "wire" }

func (*wire) Read(body []byte) (bot.Message, error) {
	var m bot.Message
	if _, err := fmt.Sscanf(string(body), "%s %s", &m.Chat, &m.Text); err != nil {
		return m, errors.Join(bot.ErrUnreadable, err)
	}
	m.From = m.Chat
	return m, nil
}

func (*wire) Heard(context.Context, bot.Letter, bot.Message, []bot.Reply) {}

func (*wire) Encode(m bot.Message, r bot.Reply, _ string) ([][]byte, error) {
	return [][]byte{[]byte(m.Chat + " " + r.Text)}, nil
}

func (w *wire) Post(_ context.Context, body []byte) notify.Outcome {
	if w.fate != nil {
		if o := w.fate(string(body)); o.Status != notify.Sent {
			return o
		}
	}
	var talk, text string
	if _, err := fmt.Sscanf(string(body), "%s %s", &talk, &text); err != nil {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent}
	}
	w.mu.Lock()
	w.sent[talk] = append(w.sent[talk], text)
	w.mu.Unlock()
	w.posted <- string(body)
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
}

// parrot answers with what it heard.
type parrot struct{}

func (parrot) Hear(_ context.Context, m bot.Message) ([]bot.Reply, error) {
	return []bot.Reply{{Text: m.Text}}, nil
}

func clerk(inbox bot.Inbox, w *wire, clock clockwork.Clock) *bot.Clerk {
	return bot.NewClerk(bot.ClerkDeps{
		Inbox: inbox, Platform: w, Listener: parrot{}, Clock: clock, Log: slog.New(slog.DiscardHandler), Talks: 4,
	})
}

func receive(ctx context.Context, t *testing.T, inbox bot.Inbox, at time.Time, bodies ...string) {
	t.Helper()
	r := bot.Received{Platform: "wire", At: at}
	for _, b := range bodies {
		var talk, text string
		if _, err := fmt.Sscanf(b, "%s %s", &talk, &text); err != nil {
			talk = b
		}
		r.Letters = append(r.Letters, bot.Letter{Key: b, Talk: talk, Body: []byte(b)})
	}
	if _, err := inbox.Receive(ctx, r); err != nil {
		t.Fatal(err)
	}
}

func noon() time.Time { return time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC) }

// Letters of many talks come in while the clerk works; each talk hears its answers in
// its own order, and all are answered.
func TestClerk_ManyTalksEachInOrder(t *testing.T) {
	t.Parallel()
	const talks, letters = 20, 10
	inbox, w, clock := storagetest.OpenSQLite(t), newWire(), clockwork.NewFakeClockAt(noon())
	c := clerk(inbox, w, clock)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()
	for i := range letters {
		var bodies []string
		for talk := range talks {
			bodies = append(bodies, fmt.Sprintf("t%d %d", talk, i))
		}
		receive(ctx, t, inbox, clock.Now(), bodies...)
		c.Wake()
	}
	for range talks * letters {
		<-w.posted
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for talk, got := range w.sent {
		if want := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}; !slices.Equal(got, want) {
			t.Errorf("%s was answered %v, want %v", talk, got, want)
		}
	}
}

// A talk whose platform fails keeps no other waiting.
func TestClerk_OneTalkWaitsAlone(t *testing.T) {
	t.Parallel()
	inbox, w, clock := storagetest.OpenSQLite(t), newWire(), clockwork.NewFakeClockAt(noon())
	w.fate = func(body string) notify.Outcome {
		if body == "bad 1" && clock.Now().Before(noon().Add(time.Hour)) {
			return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: time.Minute}
		}
		return notify.Outcome{Status: notify.Sent}
	}
	c := clerk(inbox, w, clock)
	receive(t.Context(), t, inbox, clock.Now(), "bad 1", "bad 2", "good 1", "good 2")
	for range 90 {
		if _, err := c.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if clock.Now().Equal(noon()) && !slices.Equal(w.sent["good"], []string{"1", "2"}) {
			t.Errorf("the good talk was answered %v at once, want both", w.sent["good"])
		}
		clock.Advance(time.Minute)
	}
	if !slices.Equal(w.sent["bad"], []string{"1", "2"}) {
		t.Errorf("the bad talk was answered %v, want both in order", w.sent["bad"])
	}
}

// What no one can read, and what a platform refuses for good, is put away.
func TestClerk_GoesOnAfterWhatCannotBe(t *testing.T) {
	t.Parallel()
	inbox, w, clock := storagetest.OpenSQLite(t), newWire(), clockwork.NewFakeClockAt(noon())
	w.fate = func(body string) notify.Outcome {
		if body == "li 1" {
			return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient}
		}
		return notify.Outcome{Status: notify.Sent}
	}
	c := clerk(inbox, w, clock)
	receive(t.Context(), t, inbox, clock.Now(), "unreadable", "li 1", "li 2")
	if next, err := c.Drain(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("next = %s, %v, want nothing to wait", next, err)
	}
	if !slices.Equal(w.sent["li"], []string{"2"}) {
		t.Errorf("answered %v, want the second", w.sent["li"])
	}
}

// A reply that nobody waits for any more is given up after a day.
func TestClerk_GivesUpAfterADay(t *testing.T) {
	t.Parallel()
	inbox, w, clock := storagetest.OpenSQLite(t), newWire(), clockwork.NewFakeClockAt(noon())
	w.fate = func(string) notify.Outcome { return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown} }
	c := clerk(inbox, w, clock)
	receive(t.Context(), t, inbox, clock.Now(), "li 1")
	for range 25 {
		if _, err := c.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Hour)
	}
	if next, err := c.Drain(t.Context()); err != nil || !next.IsZero() || len(w.sent) > 0 {
		t.Errorf("next = %s, %v after %v, want nothing to wait", next, err, w.sent)
	}
}
