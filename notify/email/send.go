package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"huiying/notify"
	"huiying/notify/post"
)

// stage is how far a try got; the same reply means another thing at each.
type stage string

const (
	connecting stage = "connect"
	signingIn  stage = "auth"
	sender     stage = "mail from"
	recipient  stage = "rcpt to"
	data       stage = "data"
	end        stage = "end of data" // from here on the server may have the message
)

// Send tries once.
func (c *Channel) Send(ctx context.Context, e notify.Envelope) notify.Outcome {
	to, ok := address(e.To)
	if !ok {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient, Detail: "address cannot be used"}
	}
	t := &try{c: c, at: connecting}
	defer t.hangUp()
	receipt, err := t.run(ctx, to.Address, e.Body)
	if err != nil {
		o := t.outcome(ctx, err)
		o.Detail = post.Redact(string(t.at)+": "+o.Detail, c.cfg.Password, to.Address)
		return o
	}
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Receipt: post.Redact(receipt, c.cfg.Password, to.Address)}
}

// address reads a receiver: one plain address.
func address(s string) (*mail.Address, bool) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != strings.TrimSpace(s) {
		return nil, false
	}
	return a, true
}

// try is one connection and one message.
type try struct {
	c    *Channel
	at   stage
	conn net.Conn
	stop func() bool
}

// dial connects, in private if the configuration says so.
func (t *try) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var dialer interface {
		DialContext(ctx context.Context, network, addr string) (net.Conn, error)
	} = &net.Dialer{}
	if t.c.cfg.TLS == TLS {
		dialer = &tls.Dialer{Config: t.c.tls()}
	}
	conn, err := dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err //nolint:wrapcheck // looked at by its type in outcome
	}
	t.conn = conn
	return conn, nil
}

func (c *Channel) tls() *tls.Config {
	return &tls.Config{ServerName: c.host, RootCAs: c.roots, MinVersion: tls.VersionTLS12}
}

// hangUp closes the connection; the outcome is known by then.
func (t *try) hangUp() {
	if t.conn == nil {
		return
	}
	t.stop()
	if err := t.conn.Close(); err != nil {
		return // by the server already
	}
}

// cutOff ends the connection with the context: the library's commands know none.
func (t *try) cutOff(ctx context.Context) {
	conn := t.conn
	t.stop = context.AfterFunc(ctx, func() {
		if err := conn.Close(); err != nil {
			return // closed already
		}
	})
}

const longest = 5 * time.Minute // of a try; the context ends it sooner

func (t *try) client(ctx context.Context) (*gomail.Client, error) {
	_, port, err := net.SplitHostPort(t.c.cfg.Addr)
	if err != nil {
		return nil, err //nolint:wrapcheck // Validate has looked at it
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err //nolint:wrapcheck // Validate has looked at it
	}
	policy := gomail.NoTLS
	if t.c.cfg.TLS == StartTLS {
		policy = gomail.TLSMandatory
	}
	client, err := gomail.NewClient(t.c.host, gomail.WithPort(n), gomail.WithTimeout(longest), gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(t.c.tls()), gomail.WithHELO(t.c.domain()),
		gomail.WithDialContextFunc(func(dialing context.Context, network, addr string) (net.Conn, error) {
			conn, err := t.dial(dialing, network, addr)
			if err == nil {
				t.cutOff(ctx) // the library's context ends with the dialling, the try's own goes on
			}
			return conn, err
		}))
	if err != nil {
		return nil, fmt.Errorf("set up: %w", err)
	}
	return client, nil
}

// run goes through the stages and returns what the server said at the end.
func (t *try) run(ctx context.Context, to string, body []byte) (string, error) {
	client, err := t.client(ctx)
	if err != nil {
		return "", err
	}
	s, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", err //nolint:wrapcheck // looked at by its type in outcome
	}
	for _, step := range []struct {
		at stage
		do func() error
	}{
		{signingIn, func() error { return t.signIn(s) }},
		{sender, func() error { return s.Mail("<" + t.c.from.Address + ">") }},
		{recipient, func() error { return s.Rcpt("<" + to + ">") }},
	} {
		t.at = step.at
		if err := step.do(); err != nil {
			return "", err
		}
	}
	return t.write(s, body)
}

func (t *try) write(s *smtp.Client, body []byte) (string, error) {
	t.at = data
	w, err := s.Data()
	if err != nil {
		return "", err //nolint:wrapcheck // looked at by its type in outcome
	}
	if _, err := w.Write(body); err != nil {
		return "", err //nolint:wrapcheck // looked at by its type in outcome
	}
	t.at = end
	if err := w.Close(); err != nil {
		return "", err //nolint:wrapcheck // looked at by its type in outcome
	}
	receipt := ""
	if said, ok := w.(interface{ ServerResponse() string }); ok {
		receipt = said.ServerResponse()
	}
	if _, err := s.Text.Cmd("QUIT"); err != nil {
		return receipt, nil //nolint:nilerr // the message is accepted; QUIT is a courtesy
	}
	return receipt, nil
}

// signIn picks the safest of what the server offers. The password goes out in clear
// only where the configuration has said so.
func (t *try) signIn(s *smtp.Client) error {
	cfg := t.c.cfg
	if cfg.User == "" {
		return nil
	}
	_, offered := s.Extension("AUTH")
	has := func(name string) bool {
		for f := range strings.FieldsSeq(offered) {
			if f == name {
				return true
			}
		}
		return false
	}
	var how smtp.Auth
	switch {
	case has("SCRAM-SHA-256"):
		how = smtp.ScramSHA256Auth(cfg.User, cfg.Password)
	case has("PLAIN"):
		how = smtp.PlainAuth("", cfg.User, cfg.Password, t.c.host, cfg.TLS == Plain)
	case has("LOGIN"):
		how = smtp.LoginAuth(cfg.User, cfg.Password, t.c.host, cfg.TLS == Plain)
	case has("CRAM-MD5"):
		how = smtp.CRAMMD5Auth(cfg.User, cfg.Password)
	default:
		return errors.New("the server offers no way to sign in")
	}
	return s.Auth(how) //nolint:wrapcheck // looked at by its type in outcome
}

const greyRest = time.Minute // what "try later" of a recipient's server asks for at least

// outcome is what an error at a stage means. Until the end of data the server has
// nothing; after it only its reply tells.
func (t *try) outcome(ctx context.Context, err error) notify.Outcome {
	o := notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: err.Error()}
	if t.at == end {
		o.Reason = notify.ReasonUnknown
	}
	if ctx.Err() != nil {
		o.Detail = "no answer in time"
		return o
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return t.replied(reply, o)
	}
	_, network := errors.AsType[net.Error](err)
	cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	_, distrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	if t.at != end && (distrusted || unknown || !network && !cut) {
		o.Status, o.Reason = notify.Permanent, notify.ReasonConfig
	}
	return o
}

func (t *try) replied(reply *textproto.Error, o notify.Outcome) notify.Outcome {
	o.Reason = notify.ReasonBusy
	switch {
	case reply.Code >= 400 && reply.Code < 500:
		if t.at == recipient {
			o.After = greyRest
		}
		return o
	case t.at == recipient:
		o.Reason = notify.ReasonRecipient
	case t.at == data || t.at == end:
		o.Reason = notify.ReasonContent
	default:
		o.Reason = notify.ReasonConfig
	}
	o.Status = notify.Permanent
	return o
}
