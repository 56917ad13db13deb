package storagetest

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"huiying/desk"
	"huiying/incident"
)

func logs() []promise {
	return []promise{
		{"the log is numbered from 1 without gaps and chained", chained},
		{"an entry comes back as it was saved, in milliseconds", entryWhole},
		{"each incident has a chain of its own, however many write", chains},
		{"an incident without entries gets its first one later", lateFirst},
		{"the chain goes on after a restart", chainDurable},
	}
}

// verified reads a log and follows its chain to the head that the case keeps.
func (h *house) verified(id incident.ID) []incident.Entry {
	h.t.Helper()
	entries, err := h.Log(h.t.Context(), id)
	if err != nil {
		h.t.Fatalf("Log(%s): %v", id, err)
	}
	var prev []byte
	for i, e := range entries {
		if e.Seq != i+1 || e.Incident != id {
			h.t.Errorf("entry %d of incident %s is %d of %s", i+1, id, e.Seq, e.Incident)
		}
		if !bytes.Equal(e.Prev, prev) || !bytes.Equal(e.Hash, incident.Chain(prev, e)) {
			h.t.Errorf("entry %d of incident %s does not follow the one before", e.Seq, id)
		}
		prev = e.Hash
	}
	c := h.load(id)
	if c.Log.Seq != len(entries) || !bytes.Equal(c.Log.Hash, prev) {
		h.t.Errorf("incident %s ends its log at %d, want %d", id, c.Log.Seq, len(entries))
	}
	return entries
}

func chained(h *house) {
	c := h.register(registration(""))
	ch := comment(c, "")
	ch.Entries = append(ch.Entries, entry(incident.KindTell, ""), entry(incident.KindTell, ""))
	h.must(ch)
	lean := comment(h.load(c.ID), "")
	lean.Lean = true
	h.must(lean)
	same(h, "entries", len(h.verified(c.ID)), 5)
}

func entryWhole(h *house) {
	ch := registration("")
	ch.Entries[0].At = noon().Add(123456789 * time.Nanosecond)
	ch.Entries[0].Key = "钥匙"
	id := h.must(ch).ID
	got := h.verified(id)[0]
	want := ch.Entries[0]
	want.At = noon().Add(123 * time.Millisecond)
	want.Incident, want.Seq, want.Hash = id, 1, got.Hash
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		h.t.Errorf("Log gave\n%s, want\n%s", g, w)
	}
}

func chains(h *house) {
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			saved, err := h.Save(h.t.Context(), registration(""))
			for range 10 {
				if err != nil || saved[0].Err != nil {
					h.t.Errorf("Save = %+v, %v", saved, err)
					return
				}
				c, failed := h.Load(h.t.Context(), saved[0].ID)
				if failed != nil {
					h.t.Errorf("Load: %v", failed)
					return
				}
				saved, err = h.Save(h.t.Context(), comment(c, ""))
			}
		})
	}
	callers.Wait()
	for id := incident.ID(1); id <= 8; id++ {
		same(h, "entries", len(h.verified(id)), 11)
	}
}

func lateFirst(h *house) {
	ch := registration("")
	ch.Entries = nil
	c := h.register(ch)
	same(h, "entries", len(h.verified(c.ID)), 0)
	h.must(comment(c, ""))
	same(h, "entries", len(h.verified(c.ID)), 1)
	quiet := h.load(c.ID)
	h.must(desk.Change{Case: quiet}) // a change without an entry leaves the head as it is
	same(h, "entries", len(h.verified(c.ID)), 1)
}

func chainDurable(h *house) {
	c := h.register(registration(""))
	h.restart()
	h.must(comment(h.load(c.ID), ""))
	same(h, "entries", len(h.verified(c.ID)), 2)
}
