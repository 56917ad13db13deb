package storagetest

import (
	"slices"
	"sync"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

func claims() []promise {
	return []promise{
		{"Claim gives each person everything that waits for him, the most urgent first", bundled},
		{"Claim gives emergencies alone, before everything else", emergenciesAlone},
		{"Claim gives at most n parcels and the rest later", claimSome},
		{"Claim tells what is known of the incident now", briefed},
		{"what was claimed is not claimed again while it is out", leased},
		{"senders that claim together get each notice once", claimTogether},
		{"what is held back comes when its time has come", held},
		{"of whoever has had his quota nothing is claimed", paused},
		{"notices held for the quiet hours keep nothing else back", quietHours},
		{"a crowd of notices for one person keeps nobody else waiting", crowd},
		{"Claim says when something will be due next", claimNext},
		{"claims end with the process", leaseEnds},
	}
}

// claim takes what may be sent some time after noon.
func (h *house) claim(after time.Duration) []notify.Parcel {
	h.t.Helper()
	parcels, _ := h.claimOf(after, 100)
	return parcels
}

func (h *house) claimOf(after time.Duration, n int) ([]notify.Parcel, time.Time) {
	h.t.Helper()
	parcels, next, err := h.Claim(h.t.Context(), noon().Add(after), n)
	if err != nil {
		h.t.Fatalf("Claim: %v", err)
	}
	return parcels, next
}

// owing is a registration that owes the notices given.
func owing(ns ...incident.Notice) desk.Change {
	ch := registration("")
	ch.Notices = ns
	return ch
}

// urgent is a notice for a person with an urgency.
func urgent(person org.PersonID, rung int, u incident.Urgency) incident.Notice {
	n := notice(person, rung)
	n.Urgency = u
	return n
}

func numbers(p notify.Parcel) []notify.NoticeID {
	out := make([]notify.NoticeID, len(p.Notices))
	for i, w := range p.Notices {
		out[i] = w.ID
	}
	return out
}

// content is who gets which rungs, parcel by parcel.
func content(parcels []notify.Parcel) []string {
	out := make([]string, len(parcels))
	for i, p := range parcels {
		out[i] = string(p.Person)
		for _, w := range p.Notices {
			out[i] += " " + number(w.Notice.Rung)
		}
	}
	return out
}

func (h *house) wantClaim(after time.Duration, want ...string) []notify.Parcel {
	h.t.Helper()
	parcels := h.claim(after)
	if got := content(parcels); !slices.Equal(got, want) {
		h.t.Errorf("claimed %q, want %q", got, want)
	}
	return parcels
}

func bundled(h *house) {
	h.must(owing(urgent("li", 1, incident.UrgencyNormal), urgent("wang", 2, incident.UrgencyOverdue)))
	h.must(owing(urgent("li", 3, incident.UrgencyMajor), urgent("wang", 4, incident.UrgencyOverdue), urgent("zhao", 5, incident.UrgencyNormal)))
	h.wantClaim(0, "li 3 1", "wang 2 4", "zhao 5")
	h.wantClaim(0)
}

func emergenciesAlone(h *house) {
	h.must(owing(urgent("li", 1, incident.UrgencyNormal), urgent("li", 2, incident.UrgencyEmergency)))
	h.must(owing(urgent("li", 3, incident.UrgencyMajor), urgent("li", 4, incident.UrgencyEmergency)))
	h.wantClaim(0, "li 2", "li 4", "li 3 1")
}

func claimSome(h *house) {
	for _, p := range []org.PersonID{"a", "b", "c", "d", "e"} {
		h.must(owing(notice(p, 1)))
	}
	var got []string
	for _, want := range []int{2, 2, 1, 0} {
		parcels, _ := h.claimOf(0, 2)
		same(h, "parcels", len(parcels), want)
		got = append(got, content(parcels)...)
	}
	equal(h, "all parcels", got, []string{"a 1", "b 1", "c 1", "d 1", "e 1"})
}

func briefed(h *house) {
	ch := owing(notice("li", 1))
	ch.Case.Grading.Confirmed = true
	c := h.register(ch)
	change := met(c, 2)
	change.Case.Lead, change.Case.State, change.Settled = "housing", incident.Dispatched, nil
	h.must(change)
	brief := h.wantClaim(0, "li 1")[0].Notices[0].Brief
	equal(h, "the brief", brief, incident.Brief{
		ID: c.ID, Title: c.Report.Title, State: incident.Dispatched, Level: incident.General, Place: c.Report.Place, Source: c.Report.Source.Name,
		Lead: "housing", Confirmed: true, Milestone: c.Milestones[0],
	})
}

func leased(h *house) {
	h.must(owing(notice("li", 1)))
	h.wantClaim(0, "li 1")
	h.wantClaim(1000 * time.Hour)
	h.must(owing(notice("li", 2)))
	h.wantClaim(0, "li 2") // what comes later does not wait for what is out
}

func claimTogether(h *house) {
	for i := range 100 {
		h.must(owing(notice(org.PersonID("p"+number(i)), 1)))
	}
	var mu sync.Mutex
	seen := map[notify.NoticeID]int{}
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for {
				parcels, _, err := h.Claim(h.t.Context(), noon(), 7)
				if err != nil {
					h.t.Errorf("Claim: %v", err)
				}
				if len(parcels) == 0 {
					return
				}
				mu.Lock()
				for _, p := range parcels {
					seen[p.Notices[0].ID]++
				}
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	same(h, "notices", len(seen), 100)
	for id, n := range seen {
		same(h, "claims of notice "+number(int(id)), n, 1)
	}
}

func held(h *house) {
	h.must(owing(notice("li", 1)))
	h.must(owing(notice("wang", 2)))
	p := h.wantClaim(0, "li 1", "wang 2")
	h.Hold(numbers(p[0]), noon().Add(time.Minute))
	parcels, next := h.claimOf(59*time.Second, 10)
	if len(parcels) != 0 || !next.Equal(noon().Add(time.Minute)) {
		h.t.Errorf("claimed %v, next %s, want nothing for a second", content(parcels), next)
	}
	h.wantClaim(time.Minute, "li 1")
}

func paused(h *house) {
	h.must(owing(urgent("li", 1, incident.UrgencyEmergency)))
	h.must(owing(notice("wang", 2)))
	p := h.wantClaim(0, "li 1", "wang 2")
	h.Pause(p[0], noon().Add(time.Minute))
	h.must(owing(urgent("li", 3, incident.UrgencyEmergency)))
	parcels, next := h.claimOf(59*time.Second, 10)
	if len(parcels) != 0 || !next.Equal(noon().Add(time.Minute)) {
		h.t.Errorf("claimed %v, next %s, want nothing for a second", content(parcels), next)
	}
	h.wantClaim(time.Minute, "li 1", "li 3")
}

func quietHours(h *house) {
	night := make([]incident.Notice, 60)
	for i := range night {
		night[i] = urgent(org.PersonID("p"+number(i)), 1, incident.UrgencyMajor)
		night[i].NotBefore = noon().Add(8 * time.Hour)
	}
	h.must(owing(night...))
	mixed := notice("p0", 7)
	h.must(owing(mixed))
	parcels, _ := h.claimOf(0, 1)
	equal(h, "claimed at night", content(parcels), []string{"p0 7"})
	same(h, "claimed in the morning", len(h.claim(8*time.Hour)), 60)
}

func crowd(h *house) {
	many := make([]incident.Notice, 300)
	for i := range many {
		many[i] = urgent("li", i+1, incident.UrgencyMajor)
	}
	h.must(owing(many...))
	h.must(owing(notice("wang", 1)))
	// li has no quota left for the next hour.
	told := 0
	for range 100 {
		parcels, _ := h.claimOf(0, 1)
		if len(parcels) == 0 || parcels[0].Person == "wang" {
			told = len(parcels)
			break
		}
		h.Hold(numbers(parcels[0]), noon().Add(time.Hour))
	}
	same(h, "told after the crowd was held back", told, 1)
	all := map[notify.NoticeID]bool{}
	for range 100 {
		for _, p := range h.claim(time.Hour) {
			for _, w := range p.Notices {
				all[w.ID] = true
			}
		}
	}
	same(h, "of the crowd in the end", len(all), 300)
}

func claimNext(h *house) {
	if parcels, next := h.claimOf(0, 10); len(parcels) != 0 || !next.IsZero() {
		h.t.Errorf("an empty outbox gave %v, next %s", parcels, next)
	}
	later := notice("li", 1)
	later.NotBefore = noon().Add(2 * time.Hour)
	h.must(owing(later))
	if _, next := h.claimOf(0, 10); !next.Equal(later.NotBefore) {
		h.t.Errorf("next = %s, want the end of the quiet hours", next)
	}
	h.must(owing(notice("wang", 1)))
	p := h.wantClaim(0, "wang 1")[0]
	h.settle(h.prepare(p, 0), notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, After: time.Hour}, 0)
	if _, next := h.claimOf(0, 10); !next.Equal(noon().Add(time.Hour)) {
		h.t.Errorf("next = %s, want the retry", next)
	}
}

func leaseEnds(h *house) {
	h.must(owing(notice("li", 1)))
	h.must(owing(notice("wang", 2)))
	p := h.wantClaim(0, "li 1", "wang 2")
	h.Hold(numbers(p[1]), noon().Add(time.Hour))
	h.restart()
	h.wantClaim(0, "li 1", "wang 2")
}
