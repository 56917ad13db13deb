package storagetest

import (
	"time"

	"huiying/incident"
	"huiying/notify"
)

func amendments() []promise {
	return []promise{
		{"a settled milestone lets the cards that were sent about it wait to be changed", amended},
		{"what cannot be changed, or was never sent, does not wait", notAmended},
		{"a card that arrives after its milestone was settled waits as well", amendedLate},
		{"such a card knows what settled its milestone", amendedLateBy},
		{"a change that is tried later comes when it is due, and once it is done no more", amendedAgain},
		{"the card that a tap changes itself does not wait", amendedByTap},
	}
}

// sentCard is a registration whose notice was sent to li as a card.
func (h *house) sentCard(code string) (incident.Case, notify.Envelope) {
	h.t.Helper()
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.settle(e, notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Receipt: "msg-1", Code: code}, time.Second)
	return c, e
}

func (h *house) changes(after time.Duration) ([]notify.Amendment, time.Time) {
	h.t.Helper()
	as, next, err := h.DueAmendments(h.t.Context(), noon().Add(after), 10)
	if err != nil {
		h.t.Fatalf("DueAmendments: %v", err)
	}
	return as, next
}

func (h *house) wantChanges(after time.Duration, n int) []notify.Amendment {
	h.t.Helper()
	as, _ := h.changes(after)
	if len(as) != n {
		h.t.Fatalf("%d amendments are due, want %d", len(as), n)
	}
	return as
}

func amended(h *house) {
	c, e := h.sentCard("code-1")
	h.wantChanges(time.Hour, 0)
	h.must(met(c, 1))
	h.restart()
	if as, next := h.changes(0); len(as) != 0 || !next.After(noon()) {
		h.t.Errorf("%v due at once, next %s, want a moment for the tap's own change", as, next)
	}
	a := h.wantChanges(time.Minute, 1)[0]
	same(h, "envelope", a.Envelope, e.ID)
	same(h, "channel", a.Channel, "wecom")
	same(h, "receiver", a.To, e.To)
	same(h, "key", a.Key, e.Key)
	same(h, "code", a.Code, "code-1")
	same(h, "body", string(a.Body), string(e.Body))
	same(h, "sent at", a.SentAt, noon().Add(time.Second))
	same(h, "milestone", a.Milestone.State, incident.Met)
	same(h, "what settled it", a.Entry.Command, incident.KindProgress)
	same(h, "its number", a.Entry.Seq, 2)
	same(h, "who settled it", a.Entry.Actor.Name, "值班员")
}

func notAmended(h *house) {
	c, _ := h.sentCard("")
	h.must(met(c, 1))
	other := h.register(owing(notice("li", 2)))
	h.must(met(other, 1))
	third, _ := h.sentCard("code-3")
	h.must(met(third, 2)) // another milestone
	as, next := h.changes(time.Hour)
	if len(as) != 0 || !next.IsZero() {
		h.t.Errorf("%v wait, next %s, want none", as, next)
	}
}

func amendedLate(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.must(met(c, 1))
	h.wantChanges(time.Hour, 0)
	h.settle(e, notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Code: "code-1"}, time.Minute)
	a := h.wantChanges(time.Minute, 1)[0]
	same(h, "milestone", a.Milestone.State, incident.Met)
	same(h, "nothing of that instant stands in the log", a.Entry.Seq, 0)
}

func amendedLateBy(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	change := met(c, 1)
	change.Entries[0].At = change.Milestones[0].MetAt
	change.Entries[0].Command = incident.KindAccept
	h.must(change)
	h.settle(e, notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Code: "code-1"}, 2*time.Minute)
	a := h.wantChanges(2*time.Minute, 1)[0]
	same(h, "what settled it", a.Entry.Command, incident.KindAccept)
	same(h, "its number", a.Entry.Seq, 2)
}

func amendedAgain(h *house) {
	c, _ := h.sentCard("code-1")
	h.must(met(c, 1))
	a := h.wantChanges(time.Minute, 1)[0]
	settle := func(o notify.Outcome, after time.Duration) {
		h.t.Helper()
		if err := h.SettleAmendment(h.t.Context(), a.Envelope, o, noon().Add(after)); err != nil {
			h.t.Fatalf("SettleAmendment: %v", err)
		}
	}
	settle(notify.Outcome{Status: notify.Retry, After: time.Minute}, time.Minute)
	if as, next := h.changes(119 * time.Second); len(as) != 0 || !next.Equal(noon().Add(2*time.Minute)) {
		h.t.Errorf("%v due, next %s, want the retry", as, next)
	}
	same(h, "tries", h.wantChanges(2*time.Minute, 1)[0].Tries, 1)
	settle(notify.Outcome{Status: notify.Sent}, 2*time.Minute)
	h.wantChanges(time.Hour, 0)
	h.must(met(h.load(c.ID), 2))
	h.restart()
	h.wantChanges(time.Hour, 0)
}

func amendedByTap(h *house) {
	c, e := h.sentCard("code-1")
	h.must(met(c, 1))
	h.receive("wecom", 0, letter("1", "li"))
	l := h.wantLetters(0, "1")[0]
	l.Replies, l.Card = []byte("[]"), e.Key
	h.keep(l)
	h.wantChanges(time.Hour, 0)
}
