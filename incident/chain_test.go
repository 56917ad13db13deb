package incident_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/incident"
	"huiying/org"
)

// TestChain_EveryFieldCounts: whatever is changed in an entry afterwards, its hash is another.
func TestChain_EveryFieldCounts(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T16:40:00+08:00")
	entry := func() incident.Entry {
		return incident.Entry{
			Incident: 3, Seq: 2, At: now, Key: "k", Command: incident.KindReturn, Payload: []byte(`{"reason":"x"}`), Text: "退回",
			Actor:  incident.ActorRef{Person: "甲", Name: "张三", Unit: house, Post: org.Deputy, Via: "web"},
			Before: incident.Summary{State: incident.Dispatched, Level: incident.General, Lead: house},
			After:  incident.Summary{State: incident.Returned, Level: incident.General},
		}
	}
	prev := []byte("previous")
	first := incident.Chain(prev, entry())
	if !bytes.Equal(first, incident.Chain(prev, entry())) {
		t.Fatal("the same entry has two hashes")
	}
	seen := map[string]string{string(first): "the entry itself"}
	differs := func(name string, hash []byte) {
		if other, twice := seen[string(hash)]; twice {
			t.Errorf("changing %s gives the hash of %s", name, other)
		}
		seen[string(hash)] = name
	}
	for name, change := range map[string]func(*incident.Entry){
		"incident": func(e *incident.Entry) { e.Incident++ }, "seq": func(e *incident.Entry) { e.Seq++ },
		"time": func(e *incident.Entry) { e.At = e.At.Add(time.Millisecond) }, "key": func(e *incident.Entry) { e.Key = "" },
		"command": func(e *incident.Entry) { e.Command = incident.KindAccept }, "payload": func(e *incident.Entry) { e.Payload = nil },
		"text": func(e *incident.Entry) { e.Text += "。" }, "person": func(e *incident.Entry) { e.Actor.Person = "乙" },
		"name": func(e *incident.Entry) { e.Actor.Name = "李四" }, "unit": func(e *incident.Entry) { e.Actor.Unit = water },
		"post": func(e *incident.Entry) { e.Actor.Post = org.Head }, "via": func(e *incident.Entry) { e.Actor.Via = "api" },
		"before state": func(e *incident.Entry) { e.Before.State = incident.Accepted }, "before level": func(e *incident.Entry) { e.Before.Level = "" },
		"before lead": func(e *incident.Entry) { e.Before.Lead = water }, "after state": func(e *incident.Entry) { e.After.State = "" },
		"after level": func(e *incident.Entry) { e.After.Level = incident.Major }, "after lead": func(e *incident.Entry) { e.After.Lead = water },
		// A character that moves from one field to the next is another entry.
		"key and command": func(e *incident.Entry) { e.Key, e.Command = "", "kreturn" },
	} {
		e := entry()
		change(&e)
		differs(name, incident.Chain(prev, e))
	}
	differs("the entry before", incident.Chain([]byte("another"), entry()))
}

// TestChain_SameInstantInAnyZone: the hash knows the instant, not how its zone is written.
func TestChain_SameInstantInAnyZone(t *testing.T) {
	t.Parallel()
	e := incident.Entry{Incident: 1, Seq: 1, At: at(t, "2026-11-20T16:40:00+08:00")}
	utc := e
	utc.At = e.At.UTC()
	if !bytes.Equal(incident.Chain(nil, e), incident.Chain(nil, utc)) {
		t.Error("the zone changes the hash")
	}
}

// TestReplay_FindsWhatWasChanged in a log that no longer explains itself.
func TestReplay_FindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T17:00:00+08:00")
	var entries []incident.Entry
	var c incident.Case
	for _, s := range []struct {
		by  org.Actor
		cmd incident.Command
	}{
		{duty(), incident.Register{Report: incident.Report{Title: "路面有坑", Source: incident.Source{Name: "论坛"}}}},
		{org.System("classifier"), incident.Assess{Level: incident.General}},
		{duty(), incident.Dispatch{Lead: house}},
		{handler(), incident.Accept{}},
	} {
		next, out, err := c.Apply(s.cmd, s.by, now)
		if err != nil {
			t.Fatal(err)
		}
		c = next
		for _, e := range out.Entries {
			e.Seq, e.Incident = len(entries)+1, 3
			entries = append(entries, e)
		}
	}
	untimed := func(c incident.Case, _ incident.Command, _ time.Time) (incident.Case, error) { return c, nil }
	got, err := incident.Replay(entries, untimed)
	if err != nil || got.State != incident.Accepted || got.ID != 3 || got.Lead != house {
		t.Fatalf("replayed: %+v, %v", got.Summarize(), err)
	}
	for name, change := range map[string]func(e []incident.Entry){
		"entry 1": func(e []incident.Entry) { e[0].Payload = []byte(`{"x":1}`) },
		"entry 2": func(e []incident.Entry) { e[1].Payload = []byte(`{"level":"major"}`) },
		"entry 3": func(e []incident.Entry) { e[2].Actor.Post = org.Handler },
		"entry 4": func(e []incident.Entry) { e[3].After.State = incident.Handling },
	} {
		forged := append([]incident.Entry(nil), entries...)
		change(forged)
		if _, err := incident.Replay(forged, untimed); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := incident.Replay(entries, func(incident.Case, incident.Command, time.Time) (incident.Case, error) {
		return incident.Case{}, errors.New("no policy")
	}); err == nil {
		t.Error("a fault of the timing was lost")
	}
}

// TestStart: which instant starts the clock (facts/standards.md 2.4.3).
func TestStart(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T16:40:00+08:00")
	early, late, future := now.Add(-5*time.Hour), now.Add(-time.Hour), now.Add(time.Hour)
	tests := []struct {
		name             string
		kind             incident.SourceKind
		submitted, found time.Time
		want             time.Time
	}{
		{"a hotline's order: when it was handed over", incident.SourceHotline, early, time.Time{}, early},
		{"both known: the earlier", incident.SourceHotline, late, early, early},
		{"both known: the earlier, the other way", incident.SourcePlatform, early, late, early},
		{"the open web: when the county saw it, not when it was posted", incident.SourceWeb, early, late, late},
		{"the open web, nobody says when: now", incident.SourceWeb, early, time.Time{}, now},
		{"nothing known: now", incident.SourceSuperior, time.Time{}, time.Time{}, now},
		{"a clock that runs ahead does not give time", incident.SourceHotline, future, time.Time{}, now},
	}
	for _, tt := range tests {
		r := incident.Report{Source: incident.Source{Kind: tt.kind}, SubmittedAt: tt.submitted, FoundAt: tt.found}
		if got := r.Start(now); !got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := incident.Report{
			Source:      incident.Source{Kind: rapid.SampledFrom([]incident.SourceKind{incident.SourceWeb, incident.SourceInternal}).Draw(t, "kind")},
			SubmittedAt: now.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "submitted"))),
			FoundAt:     now.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "found"))),
		}
		if r.Start(now).After(now) {
			t.Fatal("a clock that starts in the future")
		}
	})
}

// TestRegister_Bounds: what a stranger may send, in characters, and what becomes of a missing title.
func TestRegister_Bounds(t *testing.T) {
	t.Parallel()
	source := incident.Source{Name: "论坛"}
	tests := []struct {
		name, field, title string
		report             incident.Report
	}{
		{"nothing", "title", "", incident.Report{Source: source, Title: " ", Text: "\n"}},
		{"a title of 300", "", strings.Repeat("坑", 300), incident.Report{Source: source, Title: strings.Repeat("坑", 300)}},
		{"a title of 301", "title", "", incident.Report{Source: source, Title: strings.Repeat("坑", 301)}},
		{"a text of 200,000", "", strings.Repeat("坑", 40) + "…", incident.Report{Source: source, Text: strings.Repeat("坑", 200_000)}},
		{"a text of 200,001", "text", "", incident.Report{Source: source, Title: "x", Text: strings.Repeat("坑", 200_001)}},
		{"no source", "source", "", incident.Report{Title: "x"}},
		{"a title of the first sentence", "", "路面有坑", incident.Report{Source: source, Text: "路面有坑。请修补。"}},
	}
	for _, tt := range tests {
		c, _, err := incident.Case{}.Apply(incident.Register{Report: tt.report}, duty(), at(t, "2026-11-20T16:40:00+08:00"))
		var e *incident.Error
		switch {
		case tt.field == "" && (err != nil || c.Report.Title != tt.title):
			t.Errorf("%s: title %q, %v", tt.name, c.Report.Title, err)
		case tt.field != "" && (!errors.As(err, &e) || e.Field != tt.field || e.Code != incident.CodeInvalid):
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestText_HidesWhatIsOurs: people see sentences, never a wrapped fault.
func TestText_HidesWhatIsOurs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		code incident.Code
		want string
	}{
		{errors.New("disk I/O error"), incident.CodeInternal, "系统内部错误"},
		{fmt.Errorf("load incident 3: %w", incident.ErrNotFound), incident.CodeNotFound, "没有这个编号的事件"},
		{fmt.Errorf("x: %w", &incident.Error{Code: incident.CodeRefused, Text: "现在不行。"}), incident.CodeRefused, "现在不行。"},
	}
	for _, tt := range tests {
		if text := incident.Text(tt.err); !strings.Contains(text, tt.want) || incident.CodeOf(tt.err) != tt.code {
			t.Errorf("%v: %q, %s", tt.err, text, incident.CodeOf(tt.err))
		}
	}
}

// TestShow_MidnightEndsADay: a limit of 00:00 is read as 24:00 of the day before.
func TestShow_MidnightEndsADay(t *testing.T) {
	t.Parallel()
	for at, want := range map[time.Time]string{
		time.Date(2026, 11, 24, 0, 0, 0, 0, zone()):    "11月23日24:00",
		time.Date(2027, 1, 1, 0, 0, 0, 0, zone()):      "12月31日24:00",
		time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC): "11月23日24:00",
		time.Date(2026, 11, 24, 0, 0, 1, 0, zone()):    "11月24日00:00:01",
		time.Date(2026, 11, 24, 9, 5, 0, 0, zone()):    "11月24日09:05",
	} {
		if got := incident.Show(at, zone()); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}
