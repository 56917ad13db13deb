package app

import (
	"context"
	"time"
)

// neighbourEvery is how often the database is asked whether another process wrote to it:
// an import, or a conversation in a terminal, beside this house. It costs microseconds.
const neighbourEvery = time.Second

// neighbours looks at once when another process has written, since an emergency may be
// among it. Other processes live by the real clock, whatever this house's own is.
func (s *server) neighbours(ctx context.Context) error {
	tick := wall().NewTicker(neighbourEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.Chan():
		}
		changed, err := s.db.Changed(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("not known whether another process wrote", "error", err)
		}
		if !changed {
			continue
		}
		if err := s.house.Desk.Reload(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("units and people not read", "error", err)
		}
		s.house.Engine.Wake(time.Time{})
		s.house.wake()
	}
}
