package email

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"huiying/incident"
	"huiying/notify"
)

const (
	subjectRunes = 80
	maxText      = 64 << 10 // bytes; a phone shows no more anyway
)

// Encode makes the whole message as it goes over the wire, date and Message-ID
// included, so that a retry is the same message.
func (c *Channel) Encode(m notify.Message) ([]byte, error) {
	if strings.TrimSpace(m.Text) == "" {
		return nil, errors.New("message has no text")
	}
	if m.Key == "" || strings.ContainsAny(m.Key, " <>@\r\n\t") {
		return nil, fmt.Errorf("key %q cannot be a Message-ID", m.Key)
	}
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.from)
	if to, ok := address(m.To); ok { // else Send says so
		msg.ToMailAddress(to)
	}
	msg.Subject(notify.CutRunes(strings.Join(strings.Fields(notify.Clean(m.Title)), " "), subjectRunes))
	msg.SetMessageIDWithValue(m.Key + "@" + c.domain())
	msg.SetDateWithValue(c.clock.Now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no answers from the absent
	if m.Urgency >= incident.UrgencyEmergency {
		msg.SetImportance(gomail.ImportanceUrgent)
	}
	msg.SetBodyString(gomail.TypeTextPlain, notify.CutBytes(notify.Clean(m.Text), maxText)+"\n")
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write message: %w", err)
	}
	return b.Bytes(), nil
}
