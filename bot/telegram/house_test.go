package telegram_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/telegram"
	fake "huiying/internal/fake/telegram"
	"huiying/storage/sqlite"
)

// house is the bot with its inbox and whoever listens.
type house struct {
	*platform
	*bottest.House

	t        *testing.T
	receiver *telegram.Receiver
	hook     *httptest.Server
	client   *http.Client
	last     map[int64][]byte
}

func openHouse(t *testing.T, l bot.Listener, change func(*telegram.Config, *fake.Options)) *house {
	t.Helper()
	h := &house{t: t, last: map[int64][]byte{}}
	h.hook = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.receiver.ServeHTTP(w, r) }))
	h.platform = open(t, func(c *telegram.Config, o *fake.Options) {
		c.WebhookURL, c.SecretToken = h.hook.URL+"/callback/telegram", secret
		if change != nil {
			change(c, o)
		}
	})
	transport := &http.Transport{}
	h.client = &http.Client{Transport: transport}
	h.House = bottest.NewHouse(t, bottest.HouseDeps{
		Platform: h.Replies(), Listener: l, Clock: h.clock, Log: h.log,
		Open: func(path string) (bottest.Inbox, error) {
			return sqlite.Open(t.Context(), sqlite.Options{Path: path, Log: slog.New(slog.DiscardHandler), Throwaway: true})
		},
		Receive: func(in bot.Inbox, wake func()) { h.receiver = h.Receiver(in, wake) },
		Fail:    func() { h.fake.FailNext(100, fake.Fault{Kind: fake.Status, Code: 502}) }, Mend: h.fake.Mend,
	})
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		h.hook.Close()
	})
	return h
}

// known lets the bot make itself known, as it does at its start.
func (h *house) known() {
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error)
	go func() { ended <- h.receiver.Run(ctx) }()
	for {
		if addr, _ := h.fake.Webhook(); addr != "" {
			break
		}
	}
	stop()
	if err := <-ended; err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) deliver(user int64, u []byte) {
	h.t.Helper()
	h.last[user] = u
	status, err := h.fake.Deliver(h.t.Context(), h.client, h.hook.URL+"/callback/telegram", u)
	if err != nil || status != http.StatusOK {
		h.t.Fatalf("webhook answered %d, %v", status, err)
	}
}

type phone struct {
	*house
	user int64
}

func (p phone) Say(text string) { p.deliver(p.user, p.fake.Say(p.user, p.user, text)) }

func (p phone) Send(picture []byte) { p.deliver(p.user, p.fake.Photo(p.user, p.user, picture, "")) }

func (p phone) Enter() { p.Say("/start") }

func (p phone) Repeat() { p.deliver(p.user, p.last[p.user]) }

func (p phone) Tap(button string) {
	p.t.Helper()
	for _, m := range slices.Backward(p.fake.Messages(p.user)) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text != button {
					continue
				}
				u, ok := p.fake.Tap(p.user, p.user, m.ID, b.Data)
				if !ok {
					p.t.Fatalf("button %q cannot be tapped", button)
				}
				p.deliver(p.user, u)
				return
			}
		}
	}
	p.t.Fatalf("no button %q on %+v", button, p.Shown())
}

func (p phone) Shown() []bottest.Shown {
	var out []bottest.Shown
	for _, m := range p.fake.Messages(p.user) {
		s := bottest.Shown{Text: m.Text}
		for _, row := range m.Buttons {
			for _, b := range row {
				s.Buttons = append(s.Buttons, b.Text)
			}
		}
		out = append(out, s)
	}
	return out
}
