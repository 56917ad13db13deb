package email

import (
	"crypto/x509"
	"net"
	"net/mail"
	"strings"

	"github.com/jonboulle/clockwork"

	"huiying/notify"
)

// Deps is what a Channel works with.
type Deps struct {
	Clock clockwork.Clock
	// Roots are the authorities that the mail server's certificate may come from; nil for
	// the system's.
	Roots *x509.CertPool
}

// Channel sends mail. It is safe for concurrent use.
type Channel struct {
	cfg   Config
	host  string
	from  *mail.Address
	roots *x509.CertPool
	clock clockwork.Clock
}

var _ notify.Channel = (*Channel)(nil)

// New returns a channel, or what is wrong with cfg. It does not connect.
func New(cfg Config, d Deps) (*Channel, error) {
	cfg.Enabled = true
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.TLS == "" {
		cfg.TLS = StartTLS
	}
	from, err := mail.ParseAddress(cfg.From)
	if err != nil {
		return nil, err //nolint:wrapcheck // Validate has looked at it
	}
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, err //nolint:wrapcheck // Validate has looked at it
	}
	return &Channel{cfg: cfg, host: host, from: from, roots: d.Roots, clock: d.Clock}, nil
}

// Name is the channel's name in addresses.
func (*Channel) Name() string { return "email" }

// Quota is what the configuration says of the server.
func (c *Channel) Quota() notify.Quota { return notify.Quota{AllPerMinute: c.cfg.PerMinute} }

// domain ends the Message-IDs.
func (c *Channel) domain() string {
	_, domain, _ := strings.Cut(c.from.Address, "@")
	return domain
}
