package wecom_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/bot/bottest"
	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/notify/notifytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	secret = "s3cr3t-of-the-app"
	send   = "/cgi-bin/message/send"
)

// platform is a channel, the platform behind it, and the clock of both.
type platform struct {
	*wecom.Channel
	fake  *fake.Server
	clock *clockwork.FakeClock
	log   *bottest.Log
}

func open(t *testing.T, change func(*wecom.Config, *fake.Options)) platform {
	t.Helper()
	options := fake.Options{CorpID: "ww0123", Secret: secret, AgentID: 1000002, Members: []string{"LiMing", "wangfang"}}
	cfg := wecom.Config{Enabled: true, CorpID: "ww0123", Secret: secret, AgentID: 1000002}
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
	ch, err := wecom.New(cfg, wecom.Deps{
		Client: &http.Client{Transport: transport}, Clock: clock,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), Files: notifytest.Kept,
	})
	if err != nil {
		t.Fatal(err)
	}
	return platform{ch, server, clock, log}
}

func (p platform) received() []string {
	var out []string
	for _, m := range p.fake.Delivered() {
		out = append(out, m.Text)
	}
	return out
}

// shown are the files on the readers' phones.
func (p platform) shown() [][]byte {
	var out [][]byte
	for _, m := range p.fake.Delivered() {
		if m.File != nil {
			out = append(out, m.File.Body)
		}
	}
	return out
}

func (p platform) wire() [][]byte {
	var out [][]byte
	for _, r := range p.fake.Requests(send) {
		out = append(out, r.Body)
	}
	return out
}

func (p platform) fixture(t *testing.T) notifytest.Fixture {
	t.Helper()
	return notifytest.Fixture{
		Channel: p, To: "liming", Secrets: []string{secret, "fake-token"}, Log: p.log.String,
		Shown: p.shown, FileWire: p.wire,
		Received: p.received, MaxBytes: 2048, Escapes: true, Markup: true, Wire: p.wire, Once: true,
		Hang: func() <-chan struct{} {
			p.fake.FailNext(1, fake.Fault{Kind: fake.Hang})
			return p.fake.Hanging()
		},
		Lose:   func() { p.fake.FailNext(1, fake.Fault{Kind: fake.Cut, Taken: true}) },
		Faults: faults(p.fake),
	}
}

// faults are the rows of the platform's table of errors, and the ways to no answer.
func faults(server *fake.Server) []notifytest.Fault {
	out := notifytest.HTTP(func(status int) { server.FailNext(1, fake.Fault{Kind: fake.Status, Code: status}) })
	code := func(want notify.Status, reason notify.Reason, after time.Duration, codes ...int) {
		for _, c := range codes {
			out = append(out, notifytest.Fault{
				Name: "errcode " + strconv.Itoa(c), Want: want, Reason: reason, After: after,
				// Twice, since a refused card goes out as text and a refused token is renewed.
				Cause: func() { server.FailNext(2, fake.Fault{Kind: fake.ErrCode, Code: c}) },
			})
		}
	}
	code(notify.Retry, notify.ReasonBusy, 0, -1, 45033, 999999)
	code(notify.Retry, notify.ReasonQuota, time.Minute, 45009)
	code(notify.Retry, notify.ReasonConfig, 0, 40014, 42001, 41001)
	code(notify.Permanent, notify.ReasonRecipient, 0, 40003, 40031, 60111, 81013)
	code(notify.Permanent, notify.ReasonConfig, 0, 40001, 40013, 40056, 48002, 50003, 60011, 60020, 301002)
	code(notify.Permanent, notify.ReasonContent, 0, 40008, 40035, 40058, 40063, 44004, 45002, 42014, 42019, 42027, 42045, 42051)
	gettoken := func(name string, want notify.Status, reason notify.Reason, f fake.Fault) {
		f.Path = "/cgi-bin/gettoken"
		out = append(out, notifytest.Fault{Name: "gettoken " + name, Want: want, Reason: reason, Cause: func() { server.FailNext(1, f) }})
	}
	gettoken("502", notify.Retry, notify.ReasonBusy, fake.Fault{Kind: fake.Status, Code: 502})
	gettoken("cut", notify.Retry, notify.ReasonBusy, fake.Fault{Kind: fake.Cut})
	gettoken("garbage", notify.Retry, notify.ReasonBusy, fake.Fault{Kind: fake.Garbage})
	gettoken("busy", notify.Retry, notify.ReasonBusy, fake.Fault{Kind: fake.ErrCode, Code: -1})
	gettoken("wrong secret", notify.Permanent, notify.ReasonConfig, fake.Fault{Kind: fake.ErrCode, Code: 40001})
	gettoken("wrong address", notify.Permanent, notify.ReasonConfig, fake.Fault{Kind: fake.ErrCode, Code: 60020})
	return append(
		out,
		notifytest.Fault{Name: "cut connection", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: func() { server.FailNext(1, fake.Fault{Kind: fake.Cut}) }},
		notifytest.Fault{Name: "a page in place of JSON", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: func() { server.FailNext(1, fake.Fault{Kind: fake.Garbage}) }},
	)
}

func TestContract_Cards(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		f := open(t, nil).fixture(t)
		f.MaxBytes = 0 // a card is many short texts
		return f
	})
}

func TestContract_PlainText(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return open(t, func(c *wecom.Config, o *fake.Options) { c.PlainText, o.Duplicates = true, fake.BareReceipt }).fixture(t)
	})
}

func TestContract_Markdown(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return open(t, func(c *wecom.Config, o *fake.Options) {
			c.PlainText, c.Markdown, o.Duplicates = true, true, fake.TaskIDFirst
		}).fixture(t)
	})
}

// seal is a message as it goes on its first try.
func (p platform) seal(t *testing.T, change func(*notify.Message)) notify.Envelope {
	t.Helper()
	m := notifytest.Message("liming")
	if change != nil {
		change(&m)
	}
	return notifytest.Seal(t, p, m)
}

func (p platform) mustSend(ctx context.Context, t *testing.T, e notify.Envelope) notify.Outcome {
	t.Helper()
	o := p.Send(ctx, e)
	if o.Status != notify.Sent {
		t.Fatalf("Send = %+v, want sent", o)
	}
	return o
}
