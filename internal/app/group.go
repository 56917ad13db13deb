package app

import (
	"context"
	"fmt"
	"sync"
)

// group owns goroutines: it starts them, hears of the first that fails, stops them and
// waits until all have ended.
type group struct {
	ctx    context.Context //nolint:containedctx // the goroutines' own, cancelled by stop
	cancel context.CancelFunc
	wait   sync.WaitGroup
	failed chan error
}

// newGroup makes a group whose goroutines see ctx's values but not its end: they are
// stopped in their turn, after the requests have ended.
func newGroup(ctx context.Context) *group {
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &group{ctx: inner, cancel: cancel, failed: make(chan error, 1)}
}

func (g *group) start(name string, run func(context.Context) error) {
	g.wait.Go(func() {
		if err := run(g.ctx); err != nil {
			select {
			case g.failed <- fmt.Errorf("%s: %w", name, err):
			default: // the first fault is the one that ends the house
			}
		}
	})
}

// stop ends all goroutines and returns a fault that nobody heard yet.
func (g *group) stop() error {
	g.cancel()
	g.wait.Wait()
	select {
	case err := <-g.failed:
		return err
	default:
		return nil
	}
}
