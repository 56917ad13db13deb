package year

import (
	"container/heap"
	"context"
	"fmt"
	"sync"
	"time"

	"huiying/desk"
	"huiying/incident"
)

// ahead is a store that runs ahead of the one behind it: it answers from the cases that it
// remembers, and saves what was decided many changes at a time, while the play goes on.
// Everything that is saved is what the store behind would have saved one by one: the
// numbers and hashes that it gives are reckoned beforehand and compared.
type ahead struct {
	desk.Store
	size    int
	mu      sync.Mutex // what follows: timers are fired in lanes
	last    incident.ID
	cases   map[incident.ID]incident.Case
	timers  map[timerKey]time.Time
	due     dueHeap
	waiting []desk.Change
	flushes chan []desk.Change
	done    chan error
}

type timerKey struct {
	incident  incident.ID
	milestone int
}

type dueTimer struct {
	timerKey
	at time.Time
}

type dueHeap []dueTimer

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any) {
	v, _ := x.(dueTimer)
	*h = append(*h, v)
}

func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// runAhead begins over an empty store.
func runAhead(ctx context.Context, behind desk.Store, size int) *ahead {
	a := &ahead{
		Store: behind, size: size, cases: map[incident.ID]incident.Case{}, timers: map[timerKey]time.Time{},
		flushes: make(chan []desk.Change, 2), done: make(chan error, 1),
	}
	go func() {
		var fault error
		for changes := range a.flushes {
			if fault == nil {
				fault = save(ctx, behind, changes)
			}
		}
		a.done <- fault
	}()
	return a
}

func save(ctx context.Context, behind desk.Store, changes []desk.Change) error {
	saved, err := behind.Save(ctx, changes...)
	if err != nil {
		return fmt.Errorf("save what was played: %w", err)
	}
	for i, s := range saved {
		if s.Err != nil {
			return fmt.Errorf("save what was played of incident %s: %w", changes[i].Case.ID, s.Err)
		}
	}
	return nil
}

// end saves what waits and stops running ahead.
func (a *ahead) end() error {
	a.flush()
	close(a.flushes)
	return <-a.done
}

func (a *ahead) flush() {
	if len(a.waiting) > 0 {
		a.flushes <- a.waiting
		a.waiting = nil
	}
}

// Save implements desk.Store.
func (a *ahead) Save(_ context.Context, changes ...desk.Change) ([]desk.Saved, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]desk.Saved, len(changes))
	for i, ch := range changes {
		a.waiting = append(a.waiting, ch)
		out[i] = a.keep(ch)
	}
	if len(a.waiting) >= a.size {
		a.flush()
	}
	return out, nil
}

// keep remembers a case as it will be stored.
func (a *ahead) keep(ch desk.Change) desk.Saved {
	c := ch.Case
	if c.ID == 0 {
		a.last++
		c.ID, c.Version = a.last, 0
	} else if c.Version != a.cases[c.ID].Version {
		panic("a play has one hand, and a change was stale")
	}
	c.Version++
	for _, e := range ch.Entries {
		c.Log.Seq++
		e.Incident, e.Seq = c.ID, c.Log.Seq
		c.Log.Hash = incident.Chain(c.Log.Hash, e)
	}
	a.cases[c.ID] = c
	for _, t := range ch.Timers {
		k := timerKey{c.ID, t.Milestone}
		a.timers[k] = t.FireAt
		heap.Push(&a.due, dueTimer{k, t.FireAt})
	}
	for _, seq := range ch.Stopped {
		delete(a.timers, timerKey{c.ID, seq})
	}
	return desk.Saved{ID: c.ID, Version: c.Version}
}

// Load implements desk.Store.
func (a *ahead) Load(_ context.Context, id incident.ID) (incident.Case, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.cases[id]
	if !ok {
		return c, incident.ErrNotFound
	}
	return c, nil
}

// LoadAll implements desk.Store.
func (a *ahead) LoadAll(_ context.Context, ids []incident.ID) ([]incident.Case, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []incident.Case
	for _, id := range ids {
		if c, ok := a.cases[id]; ok {
			out = append(out, c)
		}
	}
	return out, nil
}

// Due implements desk.Store.
func (a *ahead) Due(_ context.Context, now time.Time, n int) ([]incident.ID, time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ids []incident.ID
	var due []dueTimer
	seen := map[incident.ID]bool{}
	for a.settle(); len(a.due) > 0 && !a.due[0].at.After(now) && len(ids) < n; a.settle() {
		t, _ := heap.Pop(&a.due).(dueTimer)
		due = append(due, t)
		if !seen[t.incident] {
			seen[t.incident] = true
			ids = append(ids, t.incident)
		}
	}
	next := time.Time{}
	if len(a.due) > 0 {
		next = a.due[0].at
	}
	for _, t := range due { // until a save moves it, it is still due
		heap.Push(&a.due, t)
	}
	return ids, next, nil
}

// settle drops timers from the front that were moved or stopped since they were pushed.
func (a *ahead) settle() {
	for len(a.due) > 0 && !a.timers[a.due[0].timerKey].Equal(a.due[0].at) {
		heap.Pop(&a.due)
	}
}
