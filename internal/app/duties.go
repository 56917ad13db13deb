package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// duties looks at what is watched, and opens the recurring duties that have come up, once a day soon after midnight and
// at the start; a day on which it failed is tried again each minute. What a report does is
// done as soon as that report is issued, by whatever process.
func (s *server) duties(ctx context.Context) {
	now := s.clock.Now()
	day := now.In(s.zone).Format(time.DateOnly)
	err := errors.Join(s.house.Desk.Watch(ctx, now), s.reported(ctx))
	if s.opened != day {
		n, fault := s.house.Desk.OpenDuties(ctx, now)
		if n > 0 {
			s.Log.Info("recurring duties opened", "count", n)
		}
		if fault == nil {
			s.opened = day
		}
		err = errors.Join(err, fault)
	}
	if err != nil && ctx.Err() == nil {
		s.Log.Error("recurring duties not seen to", "error", err)
	}
}

// reported hands in the issued reports that are proofs of duties (县通知五（三）: 日常考核、年终考核).
func (s *server) reported(ctx context.Context) error {
	d := s.house.Desk
	if d.Duties == nil {
		return nil
	}
	for _, r := range d.Duties.Rules {
		if r.Report == "" {
			continue
		}
		var open []incident.Case
		f := desk.Filter{Rule: r.ID, Open: true}
		if err := d.EachDuty(ctx, f, s.clock.Now(), func(c incident.Case) { open = append(open, c) }); err != nil {
			return err //nolint:wrapcheck // names what was tried
		}
		for _, c := range open {
			kept, err := s.db.Report(ctx, report.Kind(r.Report), c.Duty.Period, 1)
			if errors.Is(err, incident.ErrNotFound) {
				continue
			}
			if err != nil {
				return fmt.Errorf("look for report %s: %w", c.Duty.Period, err)
			}
			cmd := incident.Fulfil{Address: s.cfg.Server.BaseURL + "/" + r.Report + "/" + c.Duty.Period, At: kept.At, Text: "印发" + c.Duty.Name + "报告"}
			if kept.At.Before(c.Duty.Start) || kept.At.After(s.clock.Now()) {
				cmd.At = time.Time{}
			}
			if _, err := d.Do(ctx, org.System("duties"), c.ID, cmd, "report "+r.Report+" "+c.Duty.Period); err != nil {
				return fmt.Errorf("hand in report %s: %w", c.Duty.Period, err)
			}
		}
	}
	return nil
}
