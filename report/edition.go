package report

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
)

// edition is the report of one kind and period: how it is counted, and what follows when
// it is issued.
type edition[T any] struct {
	kind   Kind
	period string
	whole  Period // counted to its end
	// name is what it is called, span what the period is: 督办通报, 本周.
	name, span string
	count      func(ctx context.Context) (T, error)
	policy     func(T) string
	// follow files what people must decide once it is issued.
	follow func(ctx context.Context, v T) error
}

// read returns the report as it was issued, or else counted now; then the revision is 0.
func (e edition[T]) read(ctx context.Context, b Bureau) (T, Kept, error) {
	kept, err := b.Shelf.Report(ctx, e.kind, e.period, 0)
	if err == nil {
		v, err := Thaw[T](kept)
		kept.Body = nil
		return v, kept, err
	}
	if !errors.Is(err, incident.ErrNotFound) {
		var none T
		return none, Kept{}, fmt.Errorf("look for an issued report: %w", err)
	}
	v, err := e.count(ctx)
	return v, Kept{}, err
}

// issue freezes the report. One that was issued is returned as it is, unless again asks
// for a new revision.
func (e edition[T]) issue(ctx context.Context, b Bureau, by org.Actor, now time.Time, again bool) (T, Kept, error) {
	var none T
	switch {
	case !issuer(by):
		return none, Kept{}, forbidden(e.name + "由县政府办印发，您不能办理。")
	case now.Before(e.whole.To):
		return none, Kept{}, refused(e.span + "还没有结束，" + incident.Show(e.whole.To, b.County().Zone) + "之后才能印发；现在可以查看到目前为止的情况。")
	}
	if !again {
		if v, kept, err := e.read(ctx, b); err != nil || kept.Revision > 0 {
			return v, kept, err
		}
	}
	v, err := e.count(ctx)
	if err != nil {
		return v, Kept{}, err
	}
	kept, err := Freeze(e.kind, e.period, e.policy(v), by.Name, now, v)
	if err != nil {
		return v, Kept{}, err
	}
	if kept.Revision, err = b.Shelf.KeepReport(ctx, kept, !again); err != nil {
		return v, Kept{}, fmt.Errorf("keep the report: %w", err)
	}
	if kept.Revision == 0 { // somebody else has issued it meanwhile
		return e.read(ctx, b)
	}
	kept.Body = nil
	return v, kept, e.follow(ctx, v)
}
