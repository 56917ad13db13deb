package email_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/notify"
	"huiying/notify/email"
	"huiying/notify/notifytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	password = "p4ss-of-the-mailbox"
	reader   = "liming@example.gov.cn"
)

type box struct {
	*email.Channel
	server *server
	clock  *clockwork.FakeClock
}

func open(t *testing.T, security email.Security, change func(*email.Config)) box {
	t.Helper()
	s := newServer(t, security)
	cfg := email.Config{Addr: s.listener.Addr().String(), User: "huiying", Password: password, From: "回应 <huiying@example.gov.cn>", TLS: security}
	if change != nil {
		change(&cfg)
	}
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
	ch, err := email.New(cfg, email.Deps{Clock: clock, Roots: s.roots})
	if err != nil {
		t.Fatal(err)
	}
	return box{ch, s, clock}
}

// read is a mail as its reader sees it.
func read(t *testing.T, raw []byte) (subject, text string, header mail.Header) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("not a mail: %v\n%s", err, raw)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return subject, string(body), m.Header
}

func (b box) fixture(t *testing.T) notifytest.Fixture {
	t.Helper()
	var faults []notifytest.Fault
	add := func(command, reply string, want notify.Status, reason notify.Reason) {
		faults = append(faults, notifytest.Fault{
			Name: command + " " + reply, Want: want, Reason: reason, Cause: func() { b.server.answer(command, reply) },
		})
	}
	for _, command := range []string{"connect", "auth", "mail", "rcpt", "data", "end"} {
		for _, reply := range []string{"421 closing", "450 busy", "451 grey", "452 full"} {
			add(command, reply, notify.Retry, notify.ReasonBusy)
		}
		why := notify.ReasonBusy
		if command == "end" {
			why = notify.ReasonUnknown // the mail may be in the queue
		}
		add(command, "cut", notify.Retry, why)
	}
	for _, reply := range []string{"550 5.1.1 no such user", "551 moved", "552 full", "553 bad name", "554 no"} {
		add("rcpt", reply, notify.Permanent, notify.ReasonRecipient)
		add("end", reply, notify.Permanent, notify.ReasonContent)
	}
	add("connect", "554 not from there", notify.Permanent, notify.ReasonConfig)
	add("auth", "535 5.7.8 wrong password for huiying "+password, notify.Permanent, notify.ReasonConfig)
	add("mail", "550 not allowed", notify.Permanent, notify.ReasonConfig)
	return notifytest.Fixture{
		Channel: b, To: reader, Secrets: []string{password, reader}, Escapes: true, Faults: faults, Wire: b.server.wire,
		Received: func() []string {
			var out []string
			for _, m := range b.server.mails() {
				subject, text, _ := read(t, m.body)
				out = append(out, subject+"\n"+strings.ReplaceAll(text, "\r\n", "\n"))
			}
			return out
		},
		Hang: func() <-chan struct{} {
			b.server.answer("end", "hang")
			return b.server.hanging
		},
		Lose: func() { b.server.answer("end", "lose") },
	}
}

func TestContract_StartTLS(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return open(t, email.StartTLS, nil).fixture(t)
	})
}

func TestContract_Plain(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return open(t, email.Plain, nil).fixture(t)
	})
}

func TestSend_IsPrivateAndSaysWhoSpeaks(t *testing.T) {
	t.Parallel()
	for _, security := range []email.Security{email.StartTLS, email.TLS} {
		b := open(t, security, nil)
		o := b.Send(t.Context(), notifytest.Seal(t, b, notifytest.Message(reader)))
		if o.Status != notify.Sent || o.Receipt != "ok: queued as 4F2A" {
			t.Fatalf("%s: Send = %+v, want sent with the server's receipt", security, o)
		}
		got := b.server.mails()[0]
		if !got.private || got.user != "\x00huiying\x00"+password || got.to != "TO:<"+reader+">" || !strings.HasPrefix(got.from, "FROM:<huiying@example.gov.cn>") {
			t.Errorf("%s: received from %s to %s, private %v", security, got.from, got.to, got.private)
		}
		subject, _, h := read(t, got.body)
		if !strings.HasPrefix(subject, "【催办·重大突发】123号") || h.Get("Message-ID") != "<hy-3f-0@example.gov.cn>" || h.Get("Date") != "Fri, 20 Nov 2026 12:20:00 +0000" {
			t.Errorf("%s: header = %v", security, h)
		}
		if h.Get("Auto-Submitted") != "auto-generated" || h.Get("Importance") == "" {
			t.Errorf("%s: header = %v, want automatic and urgent", security, h)
		}
	}
}

func TestSend_RetryKeepsTheMessageID(t *testing.T) {
	t.Parallel()
	b := open(t, email.StartTLS, nil)
	e := notifytest.Seal(t, b, notifytest.Message(reader))
	b.server.answer("end", "lose")
	b.Send(t.Context(), e)
	b.clock.Advance(time.Hour)
	if o := b.Send(t.Context(), e); o.Status != notify.Sent {
		t.Fatalf("Send = %+v", o)
	}
	wire := b.server.wire()
	if len(wire) != 2 || !bytes.Equal(wire[0], wire[1]) {
		t.Errorf("two tries differ:\n%s\n%s", wire[0], wire[1])
	}
}

func TestSend_NoPasswordWithoutPrivacy(t *testing.T) {
	t.Parallel()
	// The server offers no STARTTLS; somebody in between may have taken it out.
	b := open(t, email.Plain, func(c *email.Config) { c.TLS = email.StartTLS })
	o := b.Send(t.Context(), notifytest.Seal(t, b, notifytest.Message(reader)))
	if o.Status != notify.Permanent || o.Reason != notify.ReasonConfig || len(b.server.mails()) > 0 {
		t.Errorf("Send = %+v, want permanent for the configuration", o)
	}
}

func TestSend_DistrustsAnUnknownCertificate(t *testing.T) {
	t.Parallel()
	for _, security := range []email.Security{email.StartTLS, email.TLS} {
		s := newServer(t, security)
		ch, err := email.New(email.Config{Addr: s.listener.Addr().String(), From: "huiying@example.gov.cn", TLS: security}, email.Deps{Clock: clockwork.NewFakeClock()})
		if err != nil {
			t.Fatal(err)
		}
		if o := ch.Send(t.Context(), notifytest.Seal(t, ch, notifytest.Message(reader))); o.Status != notify.Permanent || o.Reason != notify.ReasonConfig {
			t.Errorf("%s: Send = %+v, want permanent for the configuration", security, o)
		}
	}
}

func TestSend_ServerDown(t *testing.T) {
	t.Parallel()
	b := open(t, email.StartTLS, func(c *email.Config) { c.Addr = "127.0.0.1:1" })
	if o := b.Send(t.Context(), notifytest.Seal(t, b, notifytest.Message(reader))); o.Status != notify.Retry || o.Reason != notify.ReasonBusy {
		t.Errorf("Send = %+v, want a retry", o)
	}
}

func TestSend_OneAddressOnly(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"", "liming", "a@example.cn,b@example.cn", "李明 <liming@example.gov.cn>", "a@example.cn>\r\nRCPT TO:<b@example.cn"} {
		b := open(t, email.StartTLS, nil)
		o := b.Send(t.Context(), notifytest.Seal(t, b, notifytest.Message(to)))
		if o.Status != notify.Permanent || o.Reason != notify.ReasonRecipient || len(b.server.wire()) > 0 {
			t.Errorf("Send to %q = %+v, want permanent for the recipient", to, o)
		}
	}
}

func TestEncode_TitleCannotAddHeaders(t *testing.T) {
	t.Parallel()
	b := open(t, email.StartTLS, nil)
	m := notifytest.Message(reader)
	m.Title = "7号\r\nBcc: other@bad.example\r\n\r\nhello"
	subject, _, h := read(t, notifytest.Seal(t, b, m).Body)
	if h.Get("Bcc") != "" || subject != "7号 Bcc: other@bad.example hello" {
		t.Errorf("header = %v", h)
	}
}

func TestConfig_NamesEveryFault(t *testing.T) {
	t.Parallel()
	err := email.Config{Enabled: true, Addr: "smtp", From: "huiying", TLS: "ssl", User: "huiying", PerMinute: -1}.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"smtp.addr", "smtp.from", "smtp.tls", "smtp.password", "smtp.per_minute"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
	if err := (email.Config{}).Validate(); err != nil {
		t.Errorf("a channel that is not enabled is refused: %v", err)
	}
}
