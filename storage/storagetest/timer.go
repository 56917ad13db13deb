package storagetest

import (
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
)

func timers() []promise {
	return []promise{
		{"Due gives the cases with a timer at or before now, the earliest first", dueOrder},
		{"Due gives at most n cases and always says when the next timer after now is", dueNext},
		{"a case with two due timers comes once", dueOnce},
		{"LoadAll gives cases whole, in the order asked for, without those that are not there", loadAll},
		{"a milestone has one timer, replaced by a new one and gone when stopped", timerReplaced},
		{"Untimed gives open cases without a timer, in order after an id", untimed},
		{"timers are there after a restart", timersDurable},
	}
}

// timed is a registration whose only timer goes off after a while.
func timed(after time.Duration) desk.Change {
	ch := registration("")
	ch.Timers = []incident.Timer{{Milestone: 1, Rung: 1, FireAt: noon().Add(after)}}
	return ch
}

// due is what Due gives some time after noon.
func (h *house) due(after time.Duration, n int) ([]incident.ID, time.Time) {
	h.t.Helper()
	ids, next, err := h.Due(h.t.Context(), noon().Add(after), n)
	if err != nil {
		h.t.Fatalf("Due: %v", err)
	}
	return ids, next
}

func (h *house) wantDue(after time.Duration, want ...incident.ID) {
	h.t.Helper()
	if got, _ := h.due(after, 100); !slices.Equal(got, want) {
		h.t.Errorf("due %s after noon: %v, want %v", after, got, want)
	}
}

func dueOrder(h *house) {
	for _, after := range []time.Duration{3 * time.Hour, time.Hour, 2 * time.Hour} {
		h.must(timed(after))
	}
	h.wantDue(time.Hour - time.Millisecond)
	h.wantDue(time.Hour, 2)
	h.wantDue(4*time.Hour, 2, 3, 1)
}

func dueNext(h *house) {
	if ids, next := h.due(0, 10); len(ids) != 0 || !next.IsZero() {
		h.t.Errorf("an empty store has %v due and next %s", ids, next)
	}
	for _, after := range []time.Duration{5 * time.Hour, time.Hour, 2 * time.Hour} {
		h.must(timed(after))
	}
	for _, want := range []struct {
		after time.Duration
		n     int
		ids   []incident.ID
		next  time.Time
	}{
		{0, 10, nil, noon().Add(time.Hour)},
		{time.Hour, 10, []incident.ID{2}, noon().Add(2 * time.Hour)},
		{3 * time.Hour, 1, []incident.ID{2}, noon().Add(5 * time.Hour)},
		{5 * time.Hour, 10, []incident.ID{2, 3, 1}, time.Time{}},
	} {
		ids, next := h.due(want.after, want.n)
		if !slices.Equal(ids, want.ids) || !next.Equal(want.next) {
			h.t.Errorf("Due(%s after noon, %d) = %v, next %s, want %v, %s", want.after, want.n, ids, next, want.ids, want.next)
		}
	}
}

func dueOnce(h *house) {
	ch := timed(time.Hour)
	ch.Timers = append(ch.Timers, incident.Timer{Milestone: 2, Rung: 1, FireAt: noon().Add(time.Minute)})
	h.must(ch)
	h.must(timed(30 * time.Minute))
	h.wantDue(2*time.Hour, 1, 2)
}

func loadAll(h *house) {
	ch := timed(0)
	ch.Case = full()
	ch.Milestones = ch.Case.Milestones
	first, second := h.must(ch).ID, h.must(timed(0)).ID
	cases, err := h.LoadAll(h.t.Context(), []incident.ID{second, 99, first})
	if err != nil || len(cases) != 2 {
		h.t.Fatalf("LoadAll = %d cases, %v", len(cases), err)
	}
	equal(h, "the second case", cases[0], h.load(second))
	equal(h, "the first case", cases[1], h.load(first))
	if cases, err := h.LoadAll(h.t.Context(), nil); err != nil || len(cases) != 0 {
		h.t.Errorf("LoadAll of none = %d cases, %v", len(cases), err)
	}
}

func timerReplaced(h *house) {
	c := h.register(registration(""))
	move := comment(c, "")
	move.Timers = []incident.Timer{{Milestone: 1, Rung: 2, FireAt: noon().Add(10 * time.Hour)}}
	h.must(move)
	h.wantDue(9 * time.Hour)
	h.wantDue(10*time.Hour, c.ID)
	stop := comment(h.load(c.ID), "")
	stop.Stopped = []int{1}
	h.must(stop)
	h.wantDue(10 * time.Hour)
	h.wantDue(48*time.Hour, c.ID) // the other milestone's
}

func untimed(h *house) {
	var want []incident.ID
	for i := range 20 {
		ch := registration("")
		if i%3 == 0 {
			ch.Timers = nil
		}
		if i%2 == 0 {
			ch.Case.State = incident.Concluded
		}
		s := h.must(ch)
		if i%3 == 0 && i%2 != 0 {
			want = append(want, s.ID)
		}
	}
	var got []incident.ID
	for after := incident.ID(0); ; after = got[len(got)-1] {
		ids, err := h.Untimed(h.t.Context(), after, 2)
		if err != nil {
			h.t.Fatalf("Untimed: %v", err)
		}
		if len(ids) == 0 {
			break
		}
		got = append(got, ids...)
	}
	if !slices.Equal(got, want) {
		h.t.Errorf("Untimed gave %v, want %v", got, want)
	}
}

func timersDurable(h *house) {
	h.must(timed(time.Hour))
	h.restart()
	h.wantDue(time.Hour, 1)
}
