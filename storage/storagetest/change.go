package storagetest

import (
	"reflect"
	"strconv"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// noon is when the tests' world begins.
func noon() time.Time { return time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC) }

// registration is a new incident as desk saves it: two milestones a day and three days
// away, a timer for each, one entry, and a notice to the duty officer.
func registration(externalID string) desk.Change {
	c := incident.Case{
		State: incident.Assessed,
		Report: incident.Report{
			Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, ExternalID: externalID,
			Title: "楼道堆放杂物", Text: "三号楼楼道堆满杂物，电动车在里面充电。", Place: "城关镇西街12号",
		},
		Grading:      incident.Grading{Level: incident.General, By: "officer"},
		ReceivedAt:   noon(),
		RegisteredAt: noon(),
		Policy:       "v1",
		Milestones: []incident.Milestone{
			{Seq: 1, Kind: incident.MilestoneDispatch, State: incident.Pending, From: noon(), Limit: noon().Add(24 * time.Hour)},
			{Seq: 2, Kind: incident.MilestoneConclude, State: incident.Pending, From: noon(), Limit: noon().Add(72 * time.Hour), Counted: "三日内办结"},
		},
	}
	return desk.Change{
		Case: c, Milestones: c.Milestones,
		Timers: []incident.Timer{
			{Milestone: 1, Rung: 1, FireAt: noon().Add(time.Hour)},
			{Milestone: 2, Rung: 1, FireAt: noon().Add(48 * time.Hour)},
		},
		Entries: []incident.Entry{entry(incident.KindRegister, "")},
		Notices: []incident.Notice{notice("zhiban", 1)},
	}
}

func entry(k incident.Kind, key string) incident.Entry {
	return incident.Entry{
		At: noon(), Actor: incident.ActorRef{Person: "zhiban", Name: "值班员", Unit: "hall", Post: org.DutyOfficer, Via: "web"},
		Key: key, Command: k, Payload: []byte(`{"text":"速办"}`), Text: "办理",
		Before: incident.Summary{State: incident.Received}, After: incident.Summary{State: incident.Assessed, Level: incident.General},
	}
}

// notice is a rung of milestone 1 for a person; rungs tell such notices apart.
func notice(person org.PersonID, rung int) incident.Notice {
	return incident.Notice{
		Milestone: 1, About: incident.MilestoneDispatch, Kind: incident.NoticeLadder, Rung: rung, Label: "D",
		Person: person, Level: incident.General, Urgency: incident.UrgencyNormal, At: noon(),
	}
}

// register saves a new incident and returns it as it is stored.
func (h *house) register(ch desk.Change) incident.Case {
	h.t.Helper()
	return h.load(h.must(ch).ID)
}

// must saves a change that nothing speaks against.
func (h *house) must(ch desk.Change) desk.Saved {
	h.t.Helper()
	s := h.save(ch)
	if s.Err != nil {
		h.t.Fatalf("Save: %v", s.Err)
	}
	return s
}

func (h *house) save(ch desk.Change) desk.Saved {
	h.t.Helper()
	saved, err := h.Save(h.t.Context(), ch)
	if err != nil {
		h.t.Fatalf("Save: %v", err)
	}
	if len(saved) != 1 {
		h.t.Fatalf("Save of one change answered %d", len(saved))
	}
	return saved[0]
}

func (h *house) load(id incident.ID) incident.Case {
	h.t.Helper()
	c, err := h.Load(h.t.Context(), id)
	if err != nil {
		h.t.Fatalf("Load(%s): %v", id, err)
	}
	return c
}

// comment is a change that adds one entry and nothing else.
func comment(c incident.Case, key string) desk.Change {
	return desk.Change{Case: c, Entries: []incident.Entry{entry(incident.KindComment, key)}}
}

// met is the change that meets a milestone, as desk makes it.
func met(c incident.Case, seq int) desk.Change {
	c.Milestones = incident.CloneMilestones(c.Milestones)
	m := c.Milestone(seq)
	m.State, m.MetAt = incident.Met, noon().Add(time.Minute)
	return desk.Change{
		Case: c, Milestones: []incident.Milestone{*m}, Stopped: []int{seq}, Settled: []int{seq},
		Entries: []incident.Entry{entry(incident.KindProgress, "")},
	}
}

func number(i int) string { return strconv.Itoa(i) }

func same[T comparable](h *house, what string, got, want T) {
	h.t.Helper()
	if got != want {
		h.t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// equal compares what has slices in it.
func equal(h *house, what string, got, want any) {
	h.t.Helper()
	if !reflect.DeepEqual(got, want) {
		h.t.Errorf("%s is\n%+v, want\n%+v", what, got, want)
	}
}
