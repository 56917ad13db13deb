package desk_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// oldLog are the entries of testdata/before-reviews.jsonl by incident: four matters as the
// house wrote them before there were reviews (a fire released, concluded, reopened and
// archived; a hole in a road designated, refused an extension and answered; a merge that
// was undone; a mistake made void), with the policy that timed them.
func oldLog(t *testing.T) (map[incident.ID][]incident.Entry, *sla.Policy) {
	t.Helper()
	doc, err := os.ReadFile("testdata/before-reviews.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := sla.ParsePolicy("before-reviews.yaml", doc)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/before-reviews.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	log := map[incident.ID][]incident.Entry{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var e incident.Entry
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		log[e.Incident] = append(log[e.Incident], e)
	}
	return log, p
}

// TestReplay_ALogFromBeforeTheReviews is made anew, its chain still proven; the same
// entries of a case that says it was registered under today's rules are refused.
func TestReplay_ALogFromBeforeTheReviews(t *testing.T) {
	t.Parallel()
	o := open(t)
	log, p := oldLog(t)
	if err := o.db.PutPolicy(t.Context(), p.Version(), p.YAML(), o.clock.Now()); err != nil {
		t.Fatal(err)
	}
	for id, entries := range log {
		var prev []byte
		for _, e := range entries {
			if got := incident.Chain(prev, e); string(got) != string(e.Hash) {
				t.Errorf("entry %d of %s: the chain is broken", e.Seq, id)
			}
			prev = e.Hash
			body, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			o.exec(`INSERT INTO entries (incident, seq, at, key, body, hash) VALUES (?, ?, ?, ?, ?, ?)`, int64(id), e.Seq, e.At.UnixMilli(), e.Key, body, e.Hash)
		}
	}
	fire, err := o.Replay(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(fire.Releases) != 2 || len(fire.Drafts) != 0 || fire.State != incident.Archived || fire.Policy != p.Version() || fire.Reopenings != 1 {
		t.Errorf("the fire: %s, %+v", fire.State, fire.Releases)
	}
	road, err := o.Replay(t.Context(), 2)
	if err != nil || len(road.Responses) != 1 || road.Responses[0].Text != "正在修" || !road.Designated || len(road.Extensions) != 1 {
		t.Errorf("the road: %+v, %v", road.Responses, err)
	}
	split, err := o.Replay(t.Context(), 3)
	if err != nil || split.MergedInto != 0 {
		t.Errorf("what was split: %s, %v", split.State, err)
	}
	if void, err := o.Replay(t.Context(), 4); err != nil || void.State != incident.Void {
		t.Errorf("the mistake: %s, %v", void.State, err)
	}
	// Strict from the registration on where the case says so.
	entries := log[1]
	entries[0].Payload = json.RawMessage(strings.Replace(string(entries[0].Payload), `"policy":`, `"rules":2,"policy":`, 1))
	book := sla.Book{Policy: p, Zone: zone()}
	_, err = incident.Replay(entries, func(c incident.Case, cmd incident.Command, now time.Time) (incident.Case, error) {
		if cmd.Kind() == incident.KindTell {
			return c, nil
		}
		return book.Plan(c, now), nil
	})
	if err == nil || !strings.Contains(incident.Text(err)+err.Error(), "三审") {
		t.Errorf("a release without reviews, under today's rules: %v", err)
	}
}

// TestReplay_WhatIsRegisteredNowSaysItsRules so that its log is replayed strictly.
func TestReplay_WhatIsRegisteredNowSaysItsRules(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.General, house, "1")
	c, err := o.Replay(t.Context(), id)
	if err != nil || c.Rules != incident.RulesVersion || o.get(id).Rules != incident.RulesVersion {
		t.Errorf("rules %d, %v", c.Rules, err)
	}
	if _, err := o.Do(t.Context(), o.as(house, org.Head), id, incident.Respond{Address: "论坛"}, ""); err == nil {
		t.Error("an answer without reviews is accepted")
	}
}
