package drill

import (
	"context"
	"encoding/json"
	"fmt"

	"huiying/notify"
)

// Phone is the channel of a drill: everybody can be reached on it and everything
// arrives at once.
type Phone struct{}

// Name is the channel's name in addresses.
func (Phone) Name() string { return channelName }

// Quota is none.
func (Phone) Quota() notify.Quota { return notify.Quota{} }

// Encode keeps the plain text.
func (Phone) Encode(m notify.Message) ([]byte, error) {
	raw, err := json.Marshal(m.Text)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return raw, nil
}

// Send always succeeds; what was sent is read from the outbox.
func (Phone) Send(context.Context, notify.Envelope) notify.Outcome {
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
}
