package desk

import (
	"context"
	"errors"
	"fmt"

	"huiying/incident"
	"huiying/org"
)

// merge has two sides, each a change of its own: the other incident absorbs the
// reports first, then this one ends. A crash between leaves this one open, and doing
// it again absorbs the same reports in place of the first ones.
func (d *Desk) merge(ctx context.Context, by org.Actor, id incident.ID, cmd incident.Merge, key string) (incident.Case, error) {
	c, err := d.Store.Load(ctx, id)
	if err != nil {
		return incident.Case{}, fmt.Errorf("load incident %s: %w", id, err)
	}
	if _, _, err := c.Apply(cmd, by, d.Clock.Now()); err != nil {
		if done, repeat := d.byKey(ctx, id, key); repeat {
			return done, nil
		}
		return incident.Case{}, err //nolint:wrapcheck // a sentence for people
	}
	reports := append([]incident.Report{c.Report}, c.More...)
	_, err = d.once(ctx, org.System("merge"), cmd.Into, incident.Absorb{From: id, Reports: reports, ReceivedAt: c.ReceivedAt}, "")
	if errors.Is(err, incident.ErrNotFound) {
		return incident.Case{}, &incident.Error{
			Code: incident.CodeInvalid, Field: "into", Err: err,
			Text: fmt.Sprintf("没有%s号事件，请核对要并入的编号。", cmd.Into),
		}
	}
	if err != nil {
		return incident.Case{}, err
	}
	return d.once(ctx, by, id, cmd, key)
}

// split ends a merge: this incident goes on by itself, then the other gives its reports back.
func (d *Desk) split(ctx context.Context, by org.Actor, id incident.ID, cmd incident.Split, key string) (incident.Case, error) {
	c, err := d.Store.Load(ctx, id)
	if err != nil {
		return incident.Case{}, fmt.Errorf("load incident %s: %w", id, err)
	}
	into := c.MergedInto
	after, err := d.once(ctx, by, id, cmd, key)
	if err != nil || into == 0 {
		return after, err
	}
	var refused *incident.Error
	if _, err := d.once(ctx, org.System("merge"), into, incident.Yield{From: id}, ""); err != nil && !errors.As(err, &refused) {
		return after, err
	}
	return after, nil
}
