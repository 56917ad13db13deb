package telegram_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/bot/bottest"
	"huiying/bot/telegram"
	fake "huiying/internal/fake/telegram"
	"huiying/notify"
	"huiying/notify/notifytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token  = "123456:S3cr3t-of-the-bot"
	secret = "a-secret-of-the-webhook"
	li     = 1001
)

// platform is a bot with the platform behind it and the clock of both.
type platform struct {
	*telegram.Channel
	fake  *fake.Server
	clock *clockwork.FakeClock
	log   *bottest.Log
}

func open(t *testing.T, change func(*telegram.Config, *fake.Options)) *platform {
	t.Helper()
	options := fake.Options{Token: token, Username: "huiying_bot"}
	cfg := telegram.Config{Enabled: true, Token: token}
	if change != nil {
		change(&cfg, &options)
	}
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
	server := fake.New(clock, options)
	listening := httptest.NewServer(server)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		listening.Close()
	})
	if cfg.APIBase == "" {
		cfg.APIBase = listening.URL
	}
	log := &bottest.Log{}
	ch, err := telegram.New(cfg, telegram.Deps{
		Client: &http.Client{Transport: transport}, Clock: clock,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), Files: notifytest.Kept,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Start(li)
	return &platform{ch, server, clock, log}
}

func (p *platform) received() []string {
	var out []string
	for _, m := range p.fake.Messages(0) {
		out = append(out, m.HTML)
	}
	return out
}

func TestContract(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		p := open(t, nil)
		return notifytest.Fixture{
			Channel: p, To: "1001", Secrets: []string{token, "S3cr3t"}, Log: p.log.String, Received: p.received, Escapes: true, Markup: true,
			Shown: func() [][]byte {
				var out [][]byte
				for _, m := range p.fake.Messages(0) {
					if m.File != nil {
						out = append(out, m.File.Body)
					}
				}
				return out
			},
			FileWire: func() [][]byte {
				var out [][]byte
				for _, r := range append(p.fake.Requests("sendPhoto"), p.fake.Requests("sendDocument")...) {
					out = append(out, r.Body)
				}
				return out
			},
			Wire: func() [][]byte {
				var out [][]byte
				for _, r := range p.fake.Requests("sendMessage") {
					out = append(out, r.Body)
				}
				return out
			},
			Hang: func() <-chan struct{} {
				p.fake.FailNext(1, fake.Fault{Kind: fake.Hang})
				return p.fake.Hanging()
			},
			Lose:   func() { p.fake.FailNext(1, fake.Fault{Kind: fake.Cut, Taken: true}) },
			Faults: faults(p.fake),
		}
	})
}

func faults(server *fake.Server) []notifytest.Fault {
	out := notifytest.HTTP(func(status int) { server.FailNext(1, fake.Fault{Kind: fake.Status, Code: status}) })
	refusal := func(want notify.Status, reason notify.Reason, after time.Duration, f fake.Fault) {
		f.Kind = fake.Refuse
		out = append(out, notifytest.Fault{Name: strconv.Itoa(f.Code) + " " + f.Text, Want: want, Reason: reason, After: after, Cause: func() { server.FailNext(1, f) }})
	}
	refusal(notify.Retry, notify.ReasonQuota, 17*time.Second, fake.Fault{Code: 429, Text: "Too Many Requests: retry after 17", RetryAfter: 17})
	refusal(notify.Permanent, notify.ReasonRecipient, 0, fake.Fault{Code: 403, Text: "Forbidden: bot was blocked by the user"})
	refusal(notify.Permanent, notify.ReasonRecipient, 0, fake.Fault{Code: 400, Text: "Bad Request: chat not found"})
	refusal(notify.Permanent, notify.ReasonContent, 0, fake.Fault{Code: 400, Text: "Bad Request: can't parse entities"})
	refusal(notify.Permanent, notify.ReasonConfig, 0, fake.Fault{Code: 401, Text: "Unauthorized"})
	refusal(notify.Permanent, notify.ReasonConfig, 0, fake.Fault{Code: 404, Text: "Not Found"})
	refusal(notify.Retry, notify.ReasonBusy, 0, fake.Fault{Code: 502, Text: "Bad Gateway"})
	refusal(notify.Sent, notify.ReasonDuplicate, 0, fake.Fault{Code: 400, Text: "Bad Request: message is not modified"})
	return append(
		out,
		notifytest.Fault{Name: "cut connection", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: func() { server.FailNext(1, fake.Fault{Kind: fake.Cut}) }},
		notifytest.Fault{Name: "a page in place of JSON", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: func() { server.FailNext(1, fake.Fault{Kind: fake.Garbage}) }},
	)
}

func (p *platform) seal(t *testing.T, change func(*notify.Message)) notify.Envelope {
	t.Helper()
	m := notifytest.Message("1001")
	if change != nil {
		change(&m)
	}
	return notifytest.Seal(t, p, m)
}
