package report

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"huiying/incident"
)

// scope is what a report looks at.
type scope struct {
	Period
	// ahead reaches beyond the period, for what falls due after it.
	ahead time.Duration
	// told: it matters who had been told by the cut-off.
	told bool
	// now is shown every case as it is now before it is counted as it was; nil for a
	// report that wants to know of nothing later.
	now func(incident.Case)
}

// look is a scope and who counts the cases in it.
type look struct {
	scope
	visit func(incident.Case)
}

// gather hands the cases of a period to visit, each as it was at the cut-off.
func gather(ctx context.Context, src Source, asAt AsAt, s scope, visit func(incident.Case)) error {
	return gatherAll(ctx, src, asAt, look{s, visit})
}

// gatherAll reads the cases once for several looks, the earliest cut-off first. A look may be
// shown cases that are not of its period, of which it has nothing to count. Cases are made
// by many hands and shown in order, by one.
func gatherAll(ctx context.Context, src Source, asAt AsAt, looks ...look) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := gatherer{src: src, asAt: asAt, looks: looks}
	work, order := make(chan *gathered, gatherAhead), make(chan *gathered, gatherAhead)
	var hands sync.WaitGroup
	for range min(maxHands, runtime.GOMAXPROCS(0)) {
		hands.Go(func() {
			for t := range work {
				t.err = g.make(ctx, t)
				close(t.done)
			}
		})
	}
	var fault error
	hands.Go(func() {
		defer close(order)
		defer close(work)
		fault = g.read(ctx, work, order)
	})
	err := g.show(order)
	cancel()
	hands.Wait()
	if err != nil {
		return err
	}
	if fault != nil {
		return fmt.Errorf("read the period's incidents: %w", fault)
	}
	return nil
}

// A few cases are under way at once: of a month, the whole would not fit beside a house.
const (
	gatherAhead = 256
	maxHands    = 4
)

type gatherer struct {
	src   Source
	asAt  AsAt
	looks []look
}

// gathered is a case on its way.
type gathered struct {
	Touched
	was  []incident.Case // as each look sees it; the zero case where it was not registered
	is   incident.Case   // as it is now, where a look wants to know
	err  error
	done chan struct{}
}

// read asks for the cases that any of the looks rests on.
func (g gatherer) read(ctx context.Context, work, order chan<- *gathered) error {
	first, last := g.looks[0], g.looks[len(g.looks)-1]
	return g.src.Touched(ctx, first.From, last.To.Add(last.ahead), last.CutOff, func(t Touched) error { //nolint:wrapcheck // wrapped by the caller
		one := &gathered{Touched: t, was: make([]incident.Case, len(g.looks)), done: make(chan struct{})}
		for _, to := range []chan<- *gathered{work, order} {
			select {
			case to <- one:
			case <-ctx.Done():
				return ctx.Err() //nolint:wrapcheck // the caller's own
			}
		}
		return nil
	})
}

// show hands the cases to the looks, in order.
func (g gatherer) show(order <-chan *gathered) error {
	for t := range order {
		<-t.done
		if t.err != nil {
			return fmt.Errorf("look back at incident %s: %w", t.ID, t.err)
		}
		for i, l := range g.looks {
			if l.now != nil {
				l.now(t.is)
			}
			if t.was[i].State != "" {
				l.visit(t.was[i])
			}
		}
	}
	return nil
}

// make makes a case as each look sees it: from its log, where something was done with it
// after the cut-off, else it is as it was but for the messages since.
func (g gatherer) make(ctx context.Context, t *gathered) error {
	back := 0
	for back < len(g.looks) && t.Acted.After(g.looks[back].CutOff) {
		back++
	}
	wanted := slices.ContainsFunc(g.looks, func(l look) bool { return l.now != nil })
	if back < len(g.looks) || wanted {
		var err error
		if t.is, err = t.Case(); err != nil {
			return err
		}
	}
	for i := back; i < len(g.looks); i++ {
		t.was[i] = t.is
		if g.looks[i].told {
			if err := g.untell(ctx, t, i); err != nil {
				return err
			}
		}
	}
	return g.lookBack(ctx, t, 0, back)
}

// lookBack makes the case for some of the looks from its log.
func (g gatherer) lookBack(ctx context.Context, t *gathered, from, to int) error {
	if from == to {
		return nil
	}
	at := make([]time.Time, 0, to-from)
	for _, l := range g.looks[from:to] {
		at = append(at, l.CutOff)
	}
	was, err := g.asAt(ctx, t.ID, at...)
	if _, refused := errors.AsType[*incident.Error](err); !refused {
		copy(t.was[from:to], was)
		return err
	}
	// Written under older rules, by which the present ones would not act.
	is, err := t.Case()
	if err != nil {
		return err
	}
	for i, until := range at {
		if !is.RegisteredAt.After(until) {
			t.was[from+i] = rewind(is, until)
		}
	}
	return nil
}
