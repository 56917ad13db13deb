package email_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/notify/email"
)

// server is a small mail server that does as it is told.
type server struct {
	listener net.Listener
	security email.Security
	tls      *tls.Config
	roots    *x509.CertPool
	hanging  chan struct{}
	wg       sync.WaitGroup

	mu       sync.Mutex
	replies  map[string]string // by command, for the next time; cut and hang are no replies
	offers   string            // what it lets people sign in with
	conns    map[net.Conn]bool
	received []mailItem
	data     [][]byte
}

type mailItem struct {
	from, to, user string
	body           []byte
	private        bool
}

func newServer(t *testing.T, security email.Security) *server {
	t.Helper()
	s := &server{security: security, replies: map[string]string{}, offers: "PLAIN LOGIN", conns: map[net.Conn]bool{}, hanging: make(chan struct{}, 16)}
	s.tls, s.roots = certificate(t)
	var lc net.ListenConfig
	var err error
	if s.listener, err = lc.Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.wg.Go(s.accept)
	t.Cleanup(func() {
		if err := s.listener.Close(); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		for c := range s.conns {
			hangUp(c)
		}
		s.mu.Unlock()
		s.wg.Wait()
	})
	return s
}

func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots
}

func (s *server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if s.security == email.TLS {
			conn = tls.Server(conn, s.tls)
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			(&session{s: s, conn: conn, r: textproto.NewReader(bufio.NewReader(conn)), private: s.security == email.TLS}).serve()
			hangUp(conn)
		})
	}
}

// hangUp closes a connection that the other side may have closed before.
func hangUp(c net.Conn) {
	if err := c.Close(); err != nil {
		return
	}
}

// answer plants the next reply to a command: "550 no", "cut" or "hang".
func (s *server) answer(command, reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies[command] = reply
}

func (s *server) planted(command string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.replies[command]
	delete(s.replies, command)
	return r
}

func (s *server) mails() []mailItem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]mailItem(nil), s.received...)
}

func (s *server) wire() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.data...)
}

type session struct {
	s       *server
	conn    net.Conn
	r       *textproto.Reader
	private bool
	item    mailItem
}

var errLeft = errors.New("the session is over")

// say gives the planted reply to a command, or the usual one; false if the usual one
// was not given.
func (c *session) say(command, usual string) (bool, error) {
	reply := c.s.planted(command)
	switch reply {
	case "":
		_, err := fmt.Fprintf(c.conn, "%s\r\n", usual)
		return true, err
	case "cut":
		return false, errLeft
	case "hang":
		c.s.hanging <- struct{}{}
		_, err := io.Copy(io.Discard, c.conn)
		return false, errors.Join(err, errLeft)
	}
	_, err := fmt.Fprintf(c.conn, "%s\r\n", reply)
	return false, err
}

func (c *session) serve() {
	if ok, err := c.say("connect", "220 mail.example ESMTP"); err != nil || !ok {
		return
	}
	for {
		line, err := c.r.ReadLine()
		if err != nil {
			return
		}
		if err := c.command(line); err != nil {
			return
		}
	}
}

func (c *session) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	var err error
	switch strings.ToUpper(verb) {
	case "EHLO":
		lines := "250-mail.example\r\n250-8BITMIME"
		if c.s.security == email.StartTLS && !c.private {
			lines += "\r\n250-STARTTLS"
		}
		_, err = c.say("ehlo", lines+"\r\n250 AUTH "+c.s.offers)
	case "STARTTLS":
		if _, err = c.say("starttls", "220 go on"); err == nil {
			c.conn = tls.Server(c.conn, c.s.tls)
			c.r, c.private = textproto.NewReader(bufio.NewReader(c.conn)), true
		}
	case "AUTH":
		if fields := strings.Fields(rest); len(fields) == 2 && fields[0] == "PLAIN" {
			raw, _ := base64.StdEncoding.DecodeString(fields[1])
			c.item.user = string(raw)
		}
		_, err = c.say("auth", "235 welcome")
	case "MAIL":
		c.item.from = rest
		_, err = c.say("mail", "250 ok")
	case "RCPT":
		c.item.to = rest
		_, err = c.say("rcpt", "250 ok")
	case "DATA":
		err = c.data()
	case "QUIT":
		_, err = c.say("quit", "221 bye")
	default:
		_, err = c.say("other", "250 ok")
	}
	return err
}

func (c *session) data() error {
	ok, err := c.say("data", "354 go on")
	if err != nil || !ok {
		return err
	}
	if c.item.body, err = c.r.ReadDotBytes(); err != nil {
		return err
	}
	c.item.private = c.private
	c.s.mu.Lock()
	c.s.data = append(c.s.data, c.item.body)
	lost := c.s.replies["end"] == "lose"
	refused := c.s.replies["end"] != "" && !lost
	if !refused {
		c.s.received = append(c.s.received, c.item)
	}
	if lost {
		c.s.replies["end"] = "cut"
	}
	c.s.mu.Unlock()
	_, err = c.say("end", "250 ok: queued as 4F2A")
	return err
}
