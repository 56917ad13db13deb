package storagetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

func saves() []promise {
	return []promise{
		{"Save numbers new cases from 1 and Load returns them whole", keepsWhole},
		{"Load tells that there is no such case", loadMissing},
		{"a change counts the version and replaces what it names", replaces},
		{"a lean change writes its milestones, version and log", lean},
		{"a stale change writes nothing", stale},
		{"of many changes to one version one is saved", race},
		{"changes of one save stand alone and answer in order", alone},
		{"a key that was used before is a repeat and writes nothing", repeatByKey},
		{"a key is used once in each incident", keyPerIncident},
		{"a source's own id is registered once", repeatByExternalID},
		{"of many registrations under one id all get the same incident", registerRace},
		{"Save leaves the caller's change as it was", untouched},
		{"what was saved is there after a restart", durable},
		{"a save whose context has ended writes nothing", cancelled},
	}
}

// full is a case with something in every part.
func full() incident.Case {
	at := noon().Add(90*time.Minute + 5*time.Millisecond)
	c := registration("A1").Case
	c.Prior = incident.Handling
	c.More = []incident.Report{{Source: incident.Source{Name: "县长信箱"}, Title: "再次反映", From: 7, SubmittedAt: at}}
	c.Lead, c.Assisting, c.Designated = "housing", []org.UnitID{"land", "safety"}, true
	c.Dispatchings = []incident.Dispatching{{Unit: "housing", Lead: true, At: at, ReturnUntil: at.Add(time.Hour)}}
	c.Clocks = []incident.Clock{{N: 1, Level: incident.General, Start: at, Reason: "start"}}
	c.Milestones[0].Told = []incident.Told{{Rung: 1, At: at, Nth: 2, People: []org.PersonID{"zhiban"}, Acked: []org.PersonID{"zhiban"}}}
	c.Verified = "satisfied"
	return c
}

func keepsWhole(h *house) {
	ch := registration("A1")
	ch.Case = full()
	ch.Milestones = ch.Case.Milestones
	first := h.must(ch)
	same(h, "first id", first.ID, 1)
	same(h, "first version", first.Version, 1)
	got := h.load(1)
	want := full()
	want.ID, want.Version, want.Log = 1, 1, got.Log
	equal(h, "the loaded case", got, want)
	same(h, "log length", got.Log.Seq, 1)
	same(h, "second id", h.must(registration("A2")).ID, 2)
}

func loadMissing(h *house) {
	if _, err := h.Load(h.t.Context(), 404); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("Load of no case: %v, want ErrNotFound", err)
	}
	entries, err := h.Log(h.t.Context(), 404)
	if err != nil || len(entries) != 0 {
		h.t.Errorf("Log of no case = %v, %v, want nothing", entries, err)
	}
}

func replaces(h *house) {
	c := h.register(registration(""))
	ch := met(c, 1)
	ch.Case.State, ch.Case.Lead = incident.Accepted, "housing"
	same(h, "version", h.must(ch).Version, 2)
	got := h.load(c.ID)
	same(h, "stored version", got.Version, 2)
	same(h, "state", got.State, incident.Accepted)
	same(h, "lead", got.Lead, "housing")
	same(h, "milestone 1", got.Milestones[0].State, incident.Met)
	same(h, "milestone 2", got.Milestones[1].State, incident.Pending)
	same(h, "log length", got.Log.Seq, 2)
}

func lean(h *house) {
	c := h.register(registration(""))
	ch := comment(c, "")
	ch.Lean = true
	m := c.Milestones[1]
	m.Told = []incident.Told{{Rung: 1, At: noon(), People: []org.PersonID{"zhiban"}}}
	ch.Milestones = []incident.Milestone{m}
	same(h, "version", h.must(ch).Version, 2)
	got := h.load(c.ID)
	same(h, "log length", got.Log.Seq, 2)
	equal(h, "the milestone", got.Milestones[1], m)
	same(h, "title", got.Report.Title, c.Report.Title)
}

// everything is a change that would write into every table.
func everything(c incident.Case) desk.Change {
	ch := met(c, 1)
	ch.Case.Report.Title, ch.Case.State = "改过", incident.Handling
	ch.Timers = []incident.Timer{{Milestone: 2, Rung: 9, FireAt: noon()}}
	ch.Entries[0].Key = "first"
	ch.Notices = []incident.Notice{notice("juzhang", 5)}
	return ch
}

// unchanged fails if anything of everything was written to the case.
func unchanged(h *house, c incident.Case) {
	h.t.Helper()
	equal(h, "the case", h.load(c.ID), c)
	entries, err := h.Log(h.t.Context(), c.ID)
	if err != nil || len(entries) != c.Log.Seq {
		h.t.Errorf("log has %d entries (%v), want %d", len(entries), err, c.Log.Seq)
	}
	if due, _, err := h.Due(h.t.Context(), noon(), 10); err != nil || len(due) != 0 {
		h.t.Errorf("timers were moved: %d due (%v)", len(due), err)
	}
	deliveries, err := h.Deliveries(h.t.Context(), c.ID)
	if err != nil || len(deliveries) != 1 || deliveries[0].State != "waiting" {
		h.t.Errorf("deliveries = %+v (%v), want the one of before", deliveries, err)
	}
}

func stale(h *house) {
	c := h.register(registration(""))
	old := c
	old.Version = 0
	if s := h.save(everything(old)); !errors.Is(s.Err, incident.ErrStale) || s.ID != c.ID {
		h.t.Errorf("a stale change answered %+v, want ErrStale and its id", s)
	}
	ahead := c
	ahead.Version = 7
	leanly := everything(ahead)
	leanly.Lean = true
	if s := h.save(leanly); !errors.Is(s.Err, incident.ErrStale) {
		h.t.Errorf("a stale lean change answered %+v, want ErrStale", s)
	}
	unchanged(h, c)
	absent := c
	absent.ID = 404
	if s := h.save(everything(absent)); !errors.Is(s.Err, incident.ErrStale) {
		h.t.Errorf("a change to no case answered %+v, want ErrStale", s)
	}
}

func race(h *house) {
	c := h.register(registration(""))
	var won, lost atomic.Int32
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			saved, err := h.Save(h.t.Context(), comment(c, ""))
			switch {
			case err != nil:
				h.t.Errorf("Save: %v", err)
			case saved[0].Err == nil:
				won.Add(1)
			case errors.Is(saved[0].Err, incident.ErrStale):
				lost.Add(1)
			default:
				h.t.Errorf("Save answered %v, want ErrStale", saved[0].Err)
			}
		})
	}
	callers.Wait()
	same(h, "saved", won.Load(), 1)
	same(h, "stale", lost.Load(), 15)
	same(h, "version", h.load(c.ID).Version, 2)
}

func alone(h *house) {
	c := h.register(registration("taken"))
	old := c
	old.Version = 9
	saved, err := h.Save(h.t.Context(), registration("new"), comment(old, ""), registration("taken"), comment(c, ""))
	if err != nil {
		h.t.Fatalf("Save: %v", err)
	}
	for i, want := range []struct {
		id  incident.ID
		err error
	}{{2, nil}, {c.ID, incident.ErrStale}, {c.ID, incident.ErrRepeat}, {c.ID, nil}} {
		if saved[i].ID != want.id || !errors.Is(saved[i].Err, want.err) {
			h.t.Errorf("change %d answered %+v, want id %s, %v", i, saved[i], want.id, want.err)
		}
	}
	none, err := h.Save(h.t.Context())
	if err != nil || len(none) != 0 {
		h.t.Errorf("Save of nothing = %v, %v", none, err)
	}
}

func repeatByKey(h *house) {
	c := h.register(registration(""))
	h.must(comment(c, "first"))
	c = h.load(c.ID)
	if s := h.save(everything(c)); !errors.Is(s.Err, incident.ErrRepeat) || s.ID != c.ID {
		h.t.Errorf("a used key answered %+v, want ErrRepeat and the incident", s)
	}
	unchanged(h, c)
}

func keyPerIncident(h *house) {
	one, two := h.register(registration("")), h.register(registration(""))
	h.must(comment(one, "k"))
	h.must(comment(two, "k"))
	first := registration("")
	first.Entries[0].Key = "k"
	c := h.register(first)
	if s := h.save(comment(c, "k")); !errors.Is(s.Err, incident.ErrRepeat) {
		h.t.Errorf("the registration's key answered %+v, want ErrRepeat", s)
	}
	h.must(comment(c, ""))
	h.must(comment(h.load(c.ID), "")) // no key is no repeat
}

func repeatByExternalID(h *house) {
	first := h.must(registration("20261120-17"))
	if s := h.save(registration("20261120-17")); !errors.Is(s.Err, incident.ErrRepeat) || s.ID != first.ID {
		h.t.Errorf("the same id answered %+v, want ErrRepeat and incident %s", s, first.ID)
	}
	other := registration("20261120-17")
	other.Case.Report.Source.Name = "县长信箱"
	second := h.must(other)
	h.must(registration(""))
	h.must(registration(""))
	id, err := h.FindExternal(h.t.Context(), "县长信箱", "20261120-17")
	if err != nil || id != second.ID {
		h.t.Errorf("FindExternal = %s, %v, want %s", id, err, second.ID)
	}
	for _, missing := range [][2]string{{"县长信箱", "no"}, {"12345热线", ""}} {
		if _, err := h.FindExternal(h.t.Context(), missing[0], missing[1]); !errors.Is(err, incident.ErrNotFound) {
			h.t.Errorf("FindExternal(%q, %q): %v, want ErrNotFound", missing[0], missing[1], err)
		}
	}
}

func registerRace(h *house) {
	var fresh atomic.Int32
	var callers sync.WaitGroup
	for range 32 {
		callers.Go(func() {
			saved, err := h.Save(h.t.Context(), registration("same"))
			if err != nil || saved[0].ID != 1 {
				h.t.Errorf("Save = %+v, %v, want incident 1", saved, err)
				return
			}
			if saved[0].Err == nil {
				fresh.Add(1)
			}
		})
	}
	callers.Wait()
	same(h, "fresh registrations", fresh.Load(), 1)
}

func untouched(h *house) {
	c := h.register(registration(""))
	ch := everything(c)
	ch.Entries[0].At = noon().Add(1234567 * time.Nanosecond)
	before := everything(c)
	before.Entries[0].At = ch.Entries[0].At
	h.must(ch)
	equal(h, "the caller's change", ch, before)
}

func durable(h *house) {
	c := h.register(registration("A1"))
	h.must(everything(c))
	want := h.load(c.ID)
	h.restart()
	equal(h, "the case after a restart", h.load(c.ID), want)
	same(h, "next id", h.must(registration("")).ID, c.ID+1)
}

func cancelled(h *house) {
	ctx, cancel := context.WithCancel(h.t.Context())
	cancel()
	if _, err := h.Save(ctx, registration("")); !errors.Is(err, context.Canceled) {
		h.t.Errorf("Save = %v, want the context's error", err)
	}
	if _, err := h.Load(h.t.Context(), 1); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("Load: %v, want ErrNotFound", err)
	}
}
