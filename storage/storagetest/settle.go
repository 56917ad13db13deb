package storagetest

import (
	"errors"
	"time"

	"huiying/incident"
	"huiying/notify"
)

func settlements() []promise {
	return []promise{
		{"what was sent is settled with its receipt and never comes again", sent},
		{"a retry comes when it is due, with the same bytes", retried},
		{"waiting for a quota is no try", quotaIsNoTry},
		{"an envelope that a process left unsettled comes again", interrupted},
		{"an envelope of a bundle comes again with all that it holds", bundleAgain},
		{"after a permanent failure the notices wait for the next channel", nextChannel},
		{"a permanent failure on the last channel is for good", failed},
		{"notices that never got an envelope can be settled", unrendered},
		{"a withdrawn notice refuses to be prepared and frees the others", prepareWithdrawn},
		{"what is out is not withdrawn under the sender's hands", settledWhileOut},
		{"a superseded envelope withdraws its notices", superseded},
		{"an envelope is settled once", settledOnce},
		{"Recent tells what was attempted, by receiver, after a restart too", recent},
	}
}

// prepare writes an envelope for a parcel down.
func (h *house) prepare(p notify.Parcel, after time.Duration) notify.Envelope {
	h.t.Helper()
	e := sealed(p)
	id, err := h.Prepare(h.t.Context(), e, noon().Add(after))
	if err != nil || id == 0 {
		h.t.Fatalf("Prepare = %d, %v", id, err)
	}
	e.ID = id
	return e
}

func sealed(p notify.Parcel) notify.Envelope {
	return notify.Envelope{
		Person: p.Person, Channel: "wecom", To: string(p.Person) + "@wecom", Key: "hy-" + string(p.Person), Tries: 1,
		Body: []byte(`{"text":"请办理\u0000"}`), Notices: numbers(p), Urgency: p.Notices[0].Notice.Urgency, CreatedAt: noon(),
	}
}

func (h *house) settle(e notify.Envelope, o notify.Outcome, after time.Duration) {
	h.t.Helper()
	h.settleNext(e, o, after, false)
}

func (h *house) settleNext(e notify.Envelope, o notify.Outcome, after time.Duration, next bool) {
	h.t.Helper()
	r := notify.Result{Envelope: e.ID, Notices: e.Notices, Outcome: o, Channel: e.Channel, Next: next}
	if err := h.Settle(h.t.Context(), r, noon().Add(after)); err != nil {
		h.t.Fatalf("Settle: %v", err)
	}
}

func (h *house) settleSent(p notify.Parcel) {
	h.t.Helper()
	h.settle(h.prepare(p, 0), notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}, 0)
}

// again is the one envelope that comes again some time after noon.
func (h *house) again(after time.Duration) notify.Parcel {
	h.t.Helper()
	parcels := h.claim(after)
	if len(parcels) != 1 || parcels[0].Again == nil {
		h.t.Fatalf("claimed %q, want one envelope again", content(parcels))
	}
	return parcels[0]
}

func sent(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], time.Second)
	h.wantDeliveries(c.ID, "li sending")
	h.wantClaim(time.Hour)
	h.settle(e, notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Detail: "0 ok", Receipt: "msg-1"}, 2*time.Second)
	ds, err := h.Deliveries(h.t.Context(), c.ID)
	if err != nil || len(ds) != 1 {
		h.t.Fatalf("Deliveries = %v, %v", ds, err)
	}
	d := ds[0]
	same(h, "state", d.State, "sent")
	same(h, "channel", d.Channel, "wecom")
	same(h, "tries", d.Tries, 1)
	same(h, "detail", d.Detail, "0 ok")
	same(h, "reason", d.Reason, string(notify.ReasonOK))
	equal(h, "sent at", d.SentAt, noon().Add(2*time.Second))
	h.restart()
	h.wantClaim(time.Hour)
}

func retried(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.settle(e, notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, After: time.Minute}, 0)
	h.wantClaim(59 * time.Second)
	p := h.again(time.Minute)
	e.Tries = 2
	equal(h, "the envelope again", *p.Again, e)
	same(h, "its notice", p.Notices[0].Notice.Incident, c.ID)
	same(h, "its brief", p.Notices[0].Brief.Title, c.Report.Title)
	h.wantClaim(time.Hour) // it is out
	h.settle(*p.Again, notify.Outcome{Status: notify.Sent, Reason: notify.ReasonDuplicate}, time.Minute)
	h.wantClaim(time.Hour)
	h.wantDeliveries(c.ID, "li sent")
}

func quotaIsNoTry(h *house) {
	h.must(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	for range 5 {
		h.settle(e, notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: time.Minute}, 0)
		same(h, "tries", h.again(time.Minute).Again.Tries, 1)
	}
}

func interrupted(h *house) {
	h.must(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.restart()
	equal(h, "the envelope after a restart", *h.again(0).Again, e)
}

func bundleAgain(h *house) {
	h.must(owing(urgent("li", 1, incident.UrgencyNormal), urgent("li", 2, incident.UrgencyMajor)))
	p := h.wantClaim(0, "li 2 1")[0]
	p.Notices[0], p.Notices[1] = p.Notices[1], p.Notices[0]
	h.prepare(p, 0)
	h.must(owing(notice("li", 3)))
	h.restart()
	h.wantClaim(0, "li 2 1", "li 3")
}

func nextChannel(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.settleNext(e, notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient}, 0, true)
	h.wantDeliveries(c.ID, "li waiting")
	p := h.wantClaim(0, "li 1")[0]
	if p.Again != nil {
		h.t.Error("the failed envelope came again, want the notice for another channel")
	}
	equal(h, "failed channels", p.Notices[0].Failed, []string{"wecom"})
	e = sealed(p)
	e.Channel = "mail"
	id, err := h.Prepare(h.t.Context(), e, noon())
	if err != nil {
		h.t.Fatalf("Prepare: %v", err)
	}
	e.ID = id
	h.settleNext(e, notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonConfig}, 0, true)
	equal(h, "failed channels", h.wantClaim(0, "li 1")[0].Notices[0].Failed, []string{"wecom", "mail"})
}

func failed(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.settle(e, notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient, Detail: "81013"}, 0)
	h.wantDeliveries(c.ID, "li failed")
	counts, err := h.Counts(h.t.Context(), noon())
	if err != nil || counts.Failed != 1 {
		h.t.Errorf("Counts.Failed = %d (%v), want 1", counts.Failed, err)
	}
	h.restart()
	h.wantClaim(time.Hour)
}

func unrendered(h *house) {
	c := h.register(owing(notice("li", 1), notice("wang", 2), notice("zhao", 3)))
	parcels := h.wantClaim(0, "li 1", "wang 2", "zhao 3")
	for i, o := range []notify.Outcome{
		{Status: notify.Permanent, Reason: notify.ReasonNoChannel},
		{Status: notify.Superseded, Reason: notify.ReasonSuperseded},
	} {
		if err := h.Settle(h.t.Context(), notify.Result{Notices: numbers(parcels[i]), Outcome: o}, noon()); err != nil {
			h.t.Fatalf("Settle: %v", err)
		}
	}
	h.wantDeliveries(c.ID, "li failed", "wang withdrawn", "zhao waiting")
	h.restart()
	h.wantClaim(0, "zhao 3")
}

func prepareWithdrawn(h *house) {
	c := h.register(owing(notice("li", 1)))
	about2 := notice("li", 2)
	about2.Milestone = 2
	more := comment(c, "")
	more.Notices = []incident.Notice{about2}
	h.must(more)
	p := h.wantClaim(0, "li 1 2")[0]
	h.must(met(h.load(c.ID), 1))
	if _, err := h.Prepare(h.t.Context(), sealed(p), noon()); !errors.Is(err, notify.ErrWithdrawn) {
		h.t.Errorf("Prepare = %v, want ErrWithdrawn", err)
	}
	h.wantDeliveries(c.ID, "li withdrawn", "li waiting")
	h.wantClaim(0, "li 2")
	h.restart()
	h.wantClaim(0, "li 2") // and nothing of the envelope was written
}

func settledWhileOut(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.must(met(c, 1))
	h.wantDeliveries(c.ID, "li sending")
	h.settle(e, notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, After: time.Minute}, 0)
	same(h, "milestone as the sender sees it", h.again(time.Minute).Notices[0].Brief.Milestone.State, incident.Met)
}

func superseded(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.settle(e, notify.Outcome{Status: notify.Superseded, Reason: notify.ReasonSuperseded}, 0)
	h.wantDeliveries(c.ID, "li withdrawn")
	h.wantClaim(time.Hour)
}

func settledOnce(h *house) {
	c := h.register(owing(notice("li", 1)))
	e := h.prepare(h.wantClaim(0, "li 1")[0], 0)
	h.settle(e, notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}, time.Second)
	h.settle(e, notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, After: time.Second}, 2*time.Second)
	h.settleNext(e, notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonUnknown}, 2*time.Second, true)
	h.wantDeliveries(c.ID, "li sent")
	h.wantClaim(time.Hour)
	ds, err := h.Deliveries(h.t.Context(), c.ID)
	if err != nil || ds[0].Tries != 1 || ds[0].Reason != string(notify.ReasonOK) {
		h.t.Errorf("delivery = %+v (%v), want as it was settled first", ds[0], err)
	}
}

func recent(h *house) {
	h.must(owing(notice("li", 1)))
	h.must(owing(notice("wang", 2)))
	parcels := h.wantClaim(0, "li 1", "wang 2")
	e := h.prepare(parcels[0], time.Minute)
	h.settle(e, notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, After: time.Minute}, 2*time.Minute)
	h.prepare(parcels[1], 3*time.Minute)
	h.restart()
	got, err := h.Recent(h.t.Context(), "wecom", noon().Add(2*time.Minute))
	if err != nil {
		h.t.Fatalf("Recent: %v", err)
	}
	equal(h, "recent attempts", got, map[string][]time.Time{
		"li@wecom": {noon().Add(2 * time.Minute)}, "wang@wecom": {noon().Add(3 * time.Minute)},
	})
	for channel, since := range map[string]time.Duration{"mail": 0, "wecom": time.Hour} {
		if got, err := h.Recent(h.t.Context(), channel, noon().Add(since)); err != nil || len(got) != 0 {
			h.t.Errorf("Recent(%s, %s after noon) = %v, %v, want nothing", channel, since, got, err)
		}
	}
}
