package wecom_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
	"huiying/storage/sqlite"
)

const (
	callbackToken = "callback-token"
	aesKey        = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// app is the application with its platform, its inbox and whoever listens.
type app struct {
	*platform
	*bottest.House

	t       *testing.T
	handler http.Handler
	caller  fake.Caller
	replies bot.Platform
	last    map[string]string
}

func openApp(t *testing.T, l bot.Listener) *app {
	t.Helper()
	p := open(t, func(c *wecom.Config, o *fake.Options) {
		c.Token, c.EncodingAESKey = callbackToken, aesKey
		o.Members = nil
	})
	a := &app{platform: &p, t: t, last: map[string]string{}, replies: p.Replies()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }))
	transport := &http.Transport{}
	a.caller = fake.Caller{
		URL: server.URL + "/callback/wecom", CorpID: "ww0123", Token: callbackToken, AESKey: aesKey,
		Client: &http.Client{Transport: transport}, Clock: p.clock,
	}
	a.House = bottest.NewHouse(t, bottest.HouseDeps{
		Platform: a.replies, Listener: l, Clock: p.clock, Log: p.log,
		Open: func(path string) (bottest.Inbox, error) {
			return sqlite.Open(t.Context(), sqlite.Options{Path: path, Log: slog.New(slog.DiscardHandler), Throwaway: true})
		},
		Receive: func(in bot.Inbox, wake func()) { a.handler = a.Callback(in, wake) },
		Fail:    func() { a.fake.FailNext(100, fake.Fault{Kind: fake.Status, Code: 502}) }, Mend: a.fake.Mend,
	})
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return a
}

// post hands a message over as the platform does, and wants it acknowledged.
func (a *app) post(user, plain string) fake.Answer {
	a.t.Helper()
	a.last[user] = plain
	answer, err := a.caller.Post(a.t.Context(), plain)
	if err != nil || answer.Status != http.StatusOK {
		a.t.Fatalf("callback answered %+v, %v", answer, err)
	}
	return answer
}

// phone is a member's.
type phone struct {
	*app
	user string
}

func (p phone) Say(text string) { p.post(p.user, p.fake.Say(p.user, text)) }

func (p phone) Send(picture []byte) {
	p.post(p.user, p.fake.Picture(p.user, fake.Media{Type: "image/jpeg", Body: picture}))
}

func (p phone) Enter() {
	p.post(p.user, p.fake.Write(p.user, "event", fake.Sent{Name: "Event", Text: "enter_agent"}))
}

func (p phone) Repeat() { p.post(p.user, p.last[p.user]) }

func (p phone) Tap(button string) { p.tap(button) }

func (p phone) tap(button string) fake.Answer {
	p.t.Helper()
	for _, m := range slices.Backward(p.fake.Delivered()) {
		if m.User != p.user || m.Card == nil || m.Replaced != "" {
			continue
		}
		for _, b := range m.Card.Buttons {
			if b.Text == button {
				plain, err := p.fake.Tap(p.user, m.TaskID, b.Key)
				if err != nil {
					p.t.Fatal(err)
				}
				return p.post(p.user, plain)
			}
		}
	}
	p.t.Fatalf("no button %q on %+v", button, p.Shown())
	return fake.Answer{}
}

func (p phone) Shown() []bottest.Shown {
	var out []bottest.Shown
	for _, m := range p.fake.Delivered() {
		if m.User != p.user {
			continue
		}
		s := bottest.Shown{Text: m.Text}
		switch {
		case m.Replaced != "":
			s.Text += "\n" + m.Replaced
		case m.Card != nil:
			for _, b := range m.Card.Buttons {
				s.Buttons = append(s.Buttons, b.Text)
			}
		}
		if m.Cut {
			p.t.Errorf("the platform cut a message: %q", m.Text)
		}
		out = append(out, s)
	}
	return out
}
