package storagetest

import (
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

func notices() []promise {
	return []promise{
		{"a notice comes back whole, with its new incident's number", noticeWhole},
		{"a notice whose key is there already is left as it is", noticeOnce},
		{"each part of the key tells notices apart", noticeKey},
		{"a milestone that was met withdraws what waits about it, and nothing else", withdrawn},
		{"a notice in the change that settles its milestone is kept", withdrawnBefore},
		{"announced notices belong to no incident and come once", announced},
	}
}

// deliveries are what became of an incident's notices, by person and state.
func (h *house) deliveries(id incident.ID) []string {
	h.t.Helper()
	ds, err := h.Deliveries(h.t.Context(), id)
	if err != nil {
		h.t.Fatalf("Deliveries: %v", err)
	}
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = string(d.Notice.Person) + " " + d.State
	}
	return out
}

func (h *house) wantDeliveries(id incident.ID, want ...string) {
	h.t.Helper()
	if got := h.deliveries(id); !slices.Equal(got, want) {
		h.t.Errorf("deliveries of incident %s: %v, want %v", id, got, want)
	}
}

func noticeWhole(h *house) {
	ch := registration("")
	n := incident.Notice{
		Milestone: 2, About: incident.MilestoneConclude, Kind: incident.NoticeUnreachable, Rung: 3, Nth: 4, Label: "L-24h", Entry: 5,
		Person: "juzhang", Unit: "housing", Post: org.Head, StandsFor: "分管领导", Missed: []string{"S", "T"},
		Level: incident.Major, Urgency: incident.UrgencyMajor, At: noon(), NotBefore: noon().Add(time.Hour), Text: "理由",
	}
	ch.Notices = []incident.Notice{n}
	id := h.must(ch).ID
	ds, err := h.Deliveries(h.t.Context(), id)
	if err != nil || len(ds) != 1 {
		h.t.Fatalf("Deliveries = %v, %v", ds, err)
	}
	n.Incident = id
	equal(h, "the notice", ds[0].Notice, n)
	same(h, "state", ds[0].State, "waiting")
	if parcels := h.claim(0); len(parcels) != 0 {
		h.t.Errorf("claimed %v before its time", parcels)
	}
	parcels := h.claim(time.Hour)
	if len(parcels) != 1 || len(parcels[0].Notices) != 1 {
		h.t.Fatalf("claimed %v, want the one notice", parcels)
	}
	equal(h, "the claimed notice", parcels[0].Notices[0].Notice, n)
}

func noticeOnce(h *house) {
	c := h.register(registration(""))
	again := comment(c, "")
	repeat := notice("zhiban", 1)
	repeat.Text, repeat.Urgency = "另一种说法", incident.UrgencyEmergency
	again.Notices = []incident.Notice{repeat, notice("zhuren", 1), notice("zhuren", 1)}
	h.must(again)
	h.wantDeliveries(c.ID, "zhiban waiting", "zhuren waiting")
	ds, err := h.Deliveries(h.t.Context(), c.ID)
	if err != nil || ds[0].Notice.Text != "" {
		h.t.Errorf("the first notice became %+v (%v)", ds[0].Notice, err)
	}
}

func noticeKey(h *house) {
	c := h.register(registration(""))
	ch := comment(c, "")
	for _, vary := range []func(*incident.Notice){
		func(n *incident.Notice) { n.Milestone = 2 },
		func(n *incident.Notice) { n.Rung = 2 },
		func(n *incident.Notice) { n.Nth = 1 },
		func(n *incident.Notice) { n.Entry = 3 },
		func(n *incident.Notice) { n.Person = "zhuren" },
		func(n *incident.Notice) { n.Kind = incident.NoticeSupervise },
	} {
		n := notice("zhiban", 1)
		vary(&n)
		ch.Notices = append(ch.Notices, n)
	}
	h.must(ch)
	same(h, "notices", len(h.deliveries(c.ID)), 7)
	other := h.register(registration(""))
	same(h, "notices of another incident", len(h.deliveries(other.ID)), 1)
}

func withdrawn(h *house) {
	c := h.register(registration(""))
	h.register(registration("")) // the same milestone of another incident
	more := comment(c, "")
	about2, result := notice("zhuren", 1), notice("juzhang", 0)
	about2.Milestone = 2
	result.Milestone, result.Kind, result.Entry = 0, incident.NoticeResult, 2
	sent := notice("sent", 2)
	more.Notices = []incident.Notice{about2, result, sent}
	h.must(more)
	for _, p := range h.claim(0) {
		if p.Person == "sent" {
			h.settleSent(p)
		} else {
			h.Hold(numbers(p), noon())
		}
	}
	h.must(met(h.load(c.ID), 1))
	h.wantDeliveries(c.ID, "zhiban withdrawn", "zhuren waiting", "juzhang waiting", "sent sent") //nolint:dupword // a person of that name, and a state
	h.wantDeliveries(2, "zhiban waiting")
}

func withdrawnBefore(h *house) {
	c := h.register(registration(""))
	ch := met(c, 1)
	last := notice("juzhang", 9)
	last.Kind = incident.NoticeResult
	ch.Notices = []incident.Notice{last}
	h.must(ch)
	h.wantDeliveries(c.ID, "zhiban withdrawn", "juzhang waiting")
}

func announced(h *house) {
	digest := func(person org.PersonID, period int) incident.Notice {
		return incident.Notice{Kind: incident.NoticeDigest, Entry: period, Person: person, Urgency: incident.UrgencyNormal, At: noon(), Text: "今日到期\n无"}
	}
	for _, batch := range [][]incident.Notice{
		{digest("zhiban", 20261120), digest("zhuren", 20261120)},
		{digest("zhiban", 20261120), digest("zhiban", 20261121)},
		nil,
	} {
		if err := h.Announce(h.t.Context(), batch); err != nil {
			h.t.Fatalf("Announce: %v", err)
		}
	}
	got := map[org.PersonID]int{}
	for _, p := range h.claim(0) {
		for _, w := range p.Notices {
			got[p.Person]++
			if w.Notice.Incident != 0 || w.Notice.Text == "" || w.Brief.ID != 0 {
				h.t.Errorf("announced notice came as %+v about %+v", w.Notice, w.Brief)
			}
		}
	}
	equal(h, "digests by person", got, map[org.PersonID]int{"zhiban": 2, "zhuren": 1})
}
