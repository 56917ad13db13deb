package drill

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"huiying/incident"
	"huiying/notify"
)

// Recorder stands before the outbox and hands on what was sent, with its text.
type Recorder struct {
	notify.Outbox
	sent func(n incident.Notice, channel, text string)

	mu       sync.Mutex
	notices  map[notify.NoticeID]incident.Notice
	texts    map[notify.EnvelopeID]string
	contents map[notify.EnvelopeID][]notify.NoticeID
}

// NewRecorder wraps an outbox; sent is called for every notice that reached its reader.
func NewRecorder(box notify.Outbox, sent func(n incident.Notice, channel, text string)) *Recorder {
	return &Recorder{
		Outbox: box, sent: sent, notices: map[notify.NoticeID]incident.Notice{},
		texts: map[notify.EnvelopeID]string{}, contents: map[notify.EnvelopeID][]notify.NoticeID{},
	}
}

// Claim remembers what was claimed.
func (r *Recorder) Claim(ctx context.Context, now time.Time, n int) ([]notify.Parcel, time.Time, error) {
	parcels, next, err := r.Outbox.Claim(ctx, now, n)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range parcels {
		for _, w := range p.Notices {
			r.notices[w.ID] = w.Notice
		}
	}
	return parcels, next, err //nolint:wrapcheck // passed through
}

// Prepare remembers what an envelope holds.
func (r *Recorder) Prepare(ctx context.Context, e notify.Envelope, now time.Time) (notify.EnvelopeID, error) {
	id, err := r.Outbox.Prepare(ctx, e, now)
	if err != nil {
		return id, err //nolint:wrapcheck // passed through
	}
	var text string
	if json.Unmarshal(e.Body, &text) != nil {
		text = string(e.Body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts[id], r.contents[id] = text, e.Notices
	return id, nil
}

// Settle hands on what was sent.
func (r *Recorder) Settle(ctx context.Context, res notify.Result, now time.Time) error {
	err := r.Outbox.Settle(ctx, res, now)
	if err != nil || res.Outcome.Status != notify.Sent {
		return err //nolint:wrapcheck // passed through
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range r.contents[res.Envelope] {
		r.sent(r.notices[id], res.Channel, r.texts[res.Envelope])
	}
	delete(r.contents, res.Envelope)
	delete(r.texts, res.Envelope)
	return nil
}
