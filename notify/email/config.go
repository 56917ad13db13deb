package email

import (
	"errors"
	"net"
	"net/mail"
	"strconv"
)

// Config is the mail server and who speaks (the section smtp).
type Config struct {
	Enabled bool `yaml:"enabled"`
	// Addr is host:port.
	Addr     string `yaml:"addr"`
	User     string `yaml:"user"`
	Password string `yaml:"password"`
	// From is who the messages come from, such as 回应 <huiying@example.gov.cn>.
	From string `yaml:"from"`
	// TLS is how the connection is kept private; empty means starttls.
	TLS Security `yaml:"tls"`
	// PerMinute is how many messages the server takes from us; 0 for no limit.
	PerMinute int `yaml:"per_minute"`
}

// Security is how a connection is kept private.
type Security string

// The kinds of security.
const (
	StartTLS Security = "starttls" // begun in clear, usually port 587
	TLS      Security = "tls"      // from the start, usually port 465
	Plain    Security = "none"     // within the county's own network only
)

// Validate reports every value that cannot be, in Chinese. What is not enabled is not
// looked at.
func (c Config) Validate() error {
	if !c.Enabled {
		return nil
	}
	var errs []error
	host, port, err := net.SplitHostPort(c.Addr)
	n, notNumber := strconv.Atoi(port)
	if err != nil || host == "" || notNumber != nil || n < 1 || n > 65535 {
		errs = append(errs, errors.New("smtp.addr 须是“主机:端口”，例如 smtp.example.gov.cn:587"))
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		errs = append(errs, errors.New("smtp.from 不是邮箱地址，例如 回应 <huiying@example.gov.cn>"))
	}
	switch c.TLS {
	case "", StartTLS, TLS, Plain:
	default:
		errs = append(errs, errors.New("smtp.tls 须是 starttls、tls 或 none"))
	}
	if (c.User == "") != (c.Password == "") {
		errs = append(errs, errors.New("smtp.user 和 smtp.password 须同时填写，或同时留空"))
	}
	if c.PerMinute < 0 {
		errs = append(errs, errors.New("smtp.per_minute 不能为负，0为不限"))
	}
	return errors.Join(errs...)
}
