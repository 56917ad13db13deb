package app

import (
	"context"
	"time"

	"huiying/classifier"
	"huiying/configs"
)

// drillWindow is more than any drill registers.
const drillWindow = 4096

// recallEvery is how often the memory of duplicates is shown what another process
// registered, such as an import beside the house.
const recallEvery = 20 * time.Second

// memoryOf is the memory of duplicates that the configuration asks for; nil for none.
func memoryOf(cfg configs.Config) *classifier.Memory {
	if cfg.Duplicates.Window == 0 {
		return nil
	}
	return classifier.NewMemory(cfg.Duplicates.Window)
}

// recall fills the memory of duplicates behind the house's back, so that a start does not
// wait for it, and then keeps it up with what others register.
func (s *server) recall(ctx context.Context) error {
	if s.house.Desk.Memory == nil {
		return nil
	}
	tick := s.clock.NewTicker(recallEvery)
	defer tick.Stop()
	for {
		if err := s.house.Desk.Recall(ctx, s.cfg.Duplicates.Window); err != nil && ctx.Err() == nil {
			s.Log.Error("memory of duplicates not filled", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.Chan():
		}
	}
}
