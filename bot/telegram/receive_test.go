package telegram_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/telegram"
	fake "huiying/internal/fake/telegram"
)

func TestWebhook_Refuses(t *testing.T) {
	t.Parallel()
	h := openHouse(t, bottest.Listener(func(m bot.Message) []bot.Reply {
		t.Errorf("heard %+v", m)
		return nil
	}), nil)
	for _, c := range []struct {
		name, method, secret, body string
		want                       int
	}{
		{"no secret", http.MethodPost, "", `{"update_id":1}`, http.StatusForbidden},
		{"wrong secret", http.MethodPost, secret + "x", `{"update_id":1}`, http.StatusForbidden},
		{"no update", http.MethodPost, secret, `{}`, http.StatusBadRequest},
		{"no JSON", http.MethodPost, secret, `<xml/>`, http.StatusBadRequest},
		{"too long", http.MethodPost, secret, `{"update_id":1,"x":"` + strings.Repeat("x", 300<<10) + `"}`, http.StatusRequestEntityTooLarge},
		{"GET", http.MethodGet, secret, "", http.StatusMethodNotAllowed},
		{"nobody waits", http.MethodPost, secret, `{"update_id":1,"edited_message":{}}`, http.StatusOK},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, "/callback/telegram", strings.NewReader(c.body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.secret)
		h.receiver.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: answered %d, want %d", c.name, w.Code, c.want)
		}
	}
	if ls, _, err := h.Inbox.Waiting(t.Context(), "telegram", h.clock.Now(), 10); err != nil || len(ls) != 0 {
		t.Errorf("the inbox holds %v, %v, want nothing", ls, err)
	}
}

// Polling writes updates down before the platform forgets them, survives restarts and a
// platform that is away, and lets nobody wait for another.
func TestPoll(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 100)
	l := bottest.Listener(func(m bot.Message) []bot.Reply {
		heard <- m.Text
		return []bot.Reply{{Text: "听到" + m.Text}}
	})
	h := openHouse(t, l, func(c *telegram.Config, _ *fake.Options) { c.WebhookURL = "" })
	run := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- h.receiver.Run(ctx) }()
		return func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	want := func(text string) {
		t.Helper()
		if got := <-heard; got != text {
			t.Errorf("heard %q, want %q", got, text)
		}
	}
	stop := run()
	h.fake.Say(li, li, "一")
	want("一")
	h.fake.Say(li, li, "二")
	want("二")
	stop()
	h.Restart()
	h.fake.Say(li, li, "三") // while the house is down
	stop = run()
	want("三")
	stop()
	if strings.Contains(h.log.String(), "S3cr3t") {
		t.Error("the token stands in the log")
	}
}

func TestPoll_PlatformAwayThenBack(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 100)
	l := bottest.Listener(func(m bot.Message) []bot.Reply {
		heard <- m.Text
		return nil
	})
	h := openHouse(t, l, func(c *telegram.Config, _ *fake.Options) { c.WebhookURL = "" })
	for _, f := range []fake.Fault{{Kind: fake.Cut}, {Kind: fake.Status, Code: 502}, {Kind: fake.Garbage}, {Kind: fake.Refuse, Code: 409, Text: "Conflict"}, {Kind: fake.Refuse, Code: 429, Text: "Too Many Requests", RetryAfter: 5}} {
		f.Method = "getUpdates"
		h.fake.FailNext(1, f)
	}
	h.fake.FailNext(1, fake.Fault{Kind: fake.Status, Code: 500, Method: "setMyCommands"})
	h.fake.FailNext(1, fake.Fault{Kind: fake.Status, Code: 500, Method: "getMe"})
	h.fake.Say(li, li, "一")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.receiver.Run(ctx) }()
	for range 5 {
		if err := h.clock.BlockUntilContext(ctx, 1); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Minute)
	}
	if got := <-heard; got != "一" {
		t.Errorf("heard %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if strings.Contains(h.log.String(), "S3cr3t") {
		t.Error("the token stands in the log")
	}
}
