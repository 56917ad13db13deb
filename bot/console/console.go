// Package console is the channel that prints messages where the house runs, for trying
// it out, demonstrations and single machines without a chat platform.
package console

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/notify"
)

// Channel prints each message as a block. It is always reachable.
type Channel struct {
	clock clockwork.Clock
	zone  *time.Location
	// name shows whose address it is, such as 李明（县住建局经办人）.
	name func(to string) string

	mu  sync.Mutex
	out io.Writer
}

// New returns a channel that prints to out; name turns an address into what is shown.
func New(out io.Writer, clock clockwork.Clock, zone *time.Location, name func(to string) string) *Channel {
	return &Channel{out: out, clock: clock, zone: zone, name: name}
}

// Name is the channel's name in addresses.
func (*Channel) Name() string { return "console" }

// Quota is none: a console takes what comes.
func (*Channel) Quota() notify.Quota { return notify.Quota{} }

// Encode keeps the plain text, without what a terminal would obey.
func (*Channel) Encode(m notify.Message) ([]byte, error) { return []byte(notify.Clean(m.Text)), nil }

// Send prints the message.
func (c *Channel) Send(_ context.Context, e notify.Envelope) notify.Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	head := fmt.Sprintf("%s ─→ %s\n", c.clock.Now().In(c.zone).Format("01-02 15:04:05"), c.name(e.To))
	body := "    " + strings.ReplaceAll(strings.TrimSpace(string(e.Body)), "\n", "\n    ") + "\n\n"
	if _, err := io.WriteString(c.out, head+body); err != nil {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "console is closed"}
	}
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
}
