package notify_test

import (
	"context"
	"sync"
	"time"

	"huiying/notify"
	"huiying/storage/sqlite"
)

// noSettle is an outbox whose process dies between the answer and the note of it.
type noSettle struct{ *sqlite.DB }

func (*noSettle) Settle(context.Context, notify.Result, time.Time) error { return context.Canceled }

// hooked is an outbox that lets something happen after the first claim.
type hooked struct {
	*sqlite.DB
	once    sync.Once
	claimed func()
}

func (h *hooked) Claim(ctx context.Context, now time.Time, n int) ([]notify.Parcel, time.Time, error) {
	parcels, next, err := h.DB.Claim(ctx, now, n)
	if len(parcels) > 0 {
		h.once.Do(h.claimed)
	}
	return parcels, next, err
}
