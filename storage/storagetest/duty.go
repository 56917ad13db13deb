package storagetest

import (
	"fmt"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

func duties() []promise {
	return []promise{
		{"a recurring duty is in no list or figure of incidents, and in its own", dutiesApart},
		{"duties are listed by what is due next, by rule, unit, year and page", dutiesListed},
		{"duties have numbers of their own: incidents are numbered without gaps", dutyNumbers},
		{"a beat only ever goes forward", beats},
	}
}

// chore is a new duty of a rule and unit that falls due so many hours after noon.
func chore(rule string, unit org.UnitID, hours int) desk.Change {
	d := &incident.Duty{
		Rule: rule, Name: "年报", Clause: "条例", Cycle: incident.Yearly, Period: "2026", Start: noon(), Opens: noon(), Proof: "网址",
		Dues: []incident.DutyDue{{By: "01-31", Goal: 1}},
	}
	c := incident.Case{
		State: incident.Handling, Duty: d, Lead: unit, Grading: incident.Grading{Level: incident.General}, ReceivedAt: noon(), RegisteredAt: noon(),
		Report: incident.Report{
			Source: incident.Source{Name: incident.DutySource}, ExternalID: fmt.Sprintf("duty:%s/2026/%s/%d", rule, unit, hours), Title: "年度报告" + rule,
		},
		Milestones: []incident.Milestone{{
			Seq: 1, Kind: incident.MilestoneDuty, Ref: d.Ref(0), State: incident.Pending, From: noon(), Limit: noon().Add(time.Duration(hours) * time.Hour),
		}},
	}
	return desk.Change{
		Case: c, Milestones: c.Milestones, Timers: []incident.Timer{{Milestone: 1, Rung: 1, FireAt: noon().Add(time.Duration(hours) * time.Hour)}},
		Entries: []incident.Entry{entry(incident.KindOpenDuty, "")}, Notices: []incident.Notice{notice("zhiban", 1)},
	}
}

func (h *house) saved(changes ...desk.Change) []incident.ID {
	h.t.Helper()
	saved, err := h.Save(h.t.Context(), changes...)
	if err != nil {
		h.t.Fatalf("Save: %v", err)
	}
	ids := make([]incident.ID, len(saved))
	for i, s := range saved {
		if s.Err != nil {
			h.t.Fatalf("Save: %v", s.Err)
		}
		ids[i] = s.ID
	}
	return ids
}

func (h *house) ids(f desk.Filter) []incident.ID {
	h.t.Helper()
	page, err := h.List(h.t.Context(), f)
	if err != nil {
		h.t.Fatalf("List: %v", err)
	}
	ids := []incident.ID{}
	for _, c := range page.Cases {
		ids = append(ids, c.ID)
	}
	return ids
}

func dutiesApart(h *house) {
	ctx := h.t.Context()
	duty := h.saved(chore("D4", "hall", -2))[0]
	matter := h.saved(registration("12345"))[0]
	now := noon().Add(time.Hour)
	for name, f := range map[string]desk.Filter{
		"everything": {}, "open": {Open: true}, "newest": {Newest: true}, "of the unit": {Unit: "hall"}, "in a state": {States: []incident.State{incident.Handling}},
		"overdue": {Overdue: true, Now: now}, "due": {DueFrom: now.Add(-4 * time.Hour), DueBy: now.Add(400 * time.Hour), Now: now}, "by words": {Text: "年度报告"},
		"received": {ReceivedFrom: noon(), ReceivedTo: noon().Add(time.Hour)},
	} {
		if got := h.ids(f); slices.Contains(got, duty) {
			h.t.Errorf("%s lists a duty: %v", name, got)
		}
	}
	equal(h, "the incidents", h.ids(desk.Filter{}), []incident.ID{matter})
	for name, f := range map[string]desk.Filter{
		"everything": {Duties: true}, "open": {Duties: true, Open: true}, "overdue": {Duties: true, Overdue: true, Now: now}, "of the unit": {Duties: true, Unit: "hall"},
		"by words": {Duties: true, Text: "年度报告"}, "due": {Duties: true, DueFrom: now.Add(-4 * time.Hour), DueBy: now, Now: now},
	} {
		if got := h.ids(f); !slices.Equal(got, []incident.ID{duty}) {
			h.t.Errorf("%s of the duties lists %v", name, got)
		}
	}
	counts, err := h.Counts(ctx, now)
	if err != nil {
		h.t.Fatalf("Counts: %v", err)
	}
	equal(h, "states", counts.States, map[incident.State]int{incident.Assessed: 1})
	equal(h, "overdue", counts.Overdue, 0)
	due, err := h.CountDue(ctx, now.Add(-4*time.Hour), now)
	if err != nil || due != 0 {
		h.t.Errorf("CountDue: %d, %v", due, err)
	}
	after, err := h.After(ctx, 0, 10)
	if err != nil || len(after) != 1 || after[0].ID != matter {
		h.t.Errorf("After: %v, %v", after, err)
	}
	var touched []incident.ID
	err = h.Touched(ctx, noon().Add(-100*time.Hour), now, now, func(t report.Touched) error { touched = append(touched, t.ID); return nil })
	if err != nil || slices.Contains(touched, duty) {
		h.t.Errorf("Touched: %v, %v", touched, err)
	}
	// It is timed, told of and logged as incidents are.
	ids, _, err := h.Due(ctx, now, 10)
	if err != nil || !slices.Contains(ids, duty) {
		h.t.Errorf("Due: %v, %v", ids, err)
	}
	c := h.load(duty)
	if c.Duty == nil || c.Duty.Rule != "D4" || len(c.Milestones) != 1 {
		h.t.Errorf("loaded %+v", c)
	}
	for _, p := range h.claim(0) {
		for _, w := range p.Notices {
			want := ""
			if w.Notice.Incident == duty {
				want = "D4"
			}
			equal(h, "the brief's rule", w.Brief.Duty, want)
		}
	}
	// Done, it is still in no counter.
	c.State, c.Milestones[0].State = incident.Concluded, incident.Met
	h.saved(desk.Change{Case: c, Milestones: c.Milestones, Settled: []int{1}, Stopped: []int{1}, Entries: []incident.Entry{entry(incident.KindFulfil, "")}})
	counts, err = h.Counts(ctx, now)
	if err != nil {
		h.t.Fatalf("Counts: %v", err)
	}
	equal(h, "states", counts.States, map[incident.State]int{incident.Assessed: 1})
	if got := h.ids(desk.Filter{Duties: true, Open: true}); len(got) != 0 {
		h.t.Errorf("open duties: %v", got)
	}
}

func dutiesListed(h *house) {
	var changes []desk.Change
	for i := range 23 {
		rule := []string{"D4", "D5"}[i%2]
		changes = append(changes, chore(rule, units()[1+i%2], 100-i))
	}
	ids := h.saved(changes...)
	var got []incident.ID
	f := desk.Filter{Duties: true, Limit: 5}
	for {
		page, err := h.List(h.t.Context(), f)
		if err != nil {
			h.t.Fatalf("List: %v", err)
		}
		for _, c := range page.Cases {
			got = append(got, c.ID)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	want := slices.Clone(ids)
	slices.Reverse(want) // the later it was put, the earlier it is due
	equal(h, "in order of what is due", got, want)
	if got := h.ids(desk.Filter{Duties: true, Rule: "D5"}); len(got) != 11 {
		h.t.Errorf("D5: %v", got)
	}
	if got := h.ids(desk.Filter{Duties: true, Unit: units()[1]}); len(got) != 12 {
		h.t.Errorf("of a unit: %v", got)
	}
	if got := h.ids(desk.Filter{Duties: true, ReceivedFrom: noon().Add(time.Hour), ReceivedTo: noon().AddDate(1, 0, 0)}); len(got) != 0 {
		h.t.Errorf("of another year: %v", got)
	}
	// The same key is the same duty.
	saved, err := h.Save(h.t.Context(), chore("D4", units()[1], 100))
	if err != nil || saved[0].Err == nil || saved[0].ID != ids[0] {
		h.t.Errorf("twice: %+v, %v", saved, err)
	}
}

func dutyNumbers(h *house) {
	ids := h.saved(registration("a"), chore("D4", "hall", 1), registration("b"), chore("D4", "hall", 2))
	ids = append(ids, h.saved(registration("c"))...)
	equal(h, "numbers", ids, []incident.ID{1, incident.FirstDuty, 2, incident.FirstDuty + 1, 3})
}

func beats(h *house) {
	ctx := h.t.Context()
	for _, at := range []time.Time{noon(), noon().Add(time.Hour), noon().Add(time.Minute)} {
		if err := h.Beat(ctx, "source/12345热线", at); err != nil {
			h.t.Fatalf("Beat: %v", err)
		}
	}
	if err := h.Beat(ctx, "duties/since", noon()); err != nil {
		h.t.Fatalf("Beat: %v", err)
	}
	h.restart()
	got, err := h.Beats(ctx)
	if err != nil {
		h.t.Fatalf("Beats: %v", err)
	}
	equal(h, "beats", got, map[string]time.Time{"source/12345热线": noon().Add(time.Hour), "duties/since": noon()})
}
