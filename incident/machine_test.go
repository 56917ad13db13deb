package incident_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// world is a case, its log and the clock of one random life.
type world struct {
	b       sla.Book
	c       incident.Case
	entries []incident.Entry
	now     time.Time
	// bound is, of everything that was ever owed, the limit that binds.
	bound map[string]time.Time
}

// TestMachine gives random commands by random people at random times and wants, after
// each, what must always hold.
func TestMachine(t *testing.T) {
	t.Parallel()
	b := builtin(t)
	rapid.Check(t, func(t *rapid.T) {
		w := &world{b: b, bound: map[string]time.Time{}, now: time.Date(2026, 11, 20, 16, 40, 0, 0, zone())}
		w.give(t, actor(hall, org.DutyOfficer), drawRegister(t, w.now))
		w.c.ID = 3
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w.now = w.now.Add(drawPause(t))
			cmd := rapid.SampledFrom(commands(t, w)).Draw(t, "command")
			w.give(t, rapid.SampledFrom(people(t, w.c, cmd)).Draw(t, "by"), cmd)
		}
		w.replays(t)
	})
}

// TestMachine_NothingGoesOutUnreviewed is the same life bent on publishing: drafts written, handed
// in, approved and sent back by anybody at any time, and put out whenever that is let.
func TestMachine_NothingGoesOutUnreviewed(t *testing.T) {
	t.Parallel()
	b := builtin(t)
	out := 0
	rapid.Check(t, func(t *rapid.T) {
		w := &world{b: b, bound: map[string]time.Time{}, now: time.Date(2026, 11, 20, 16, 40, 0, 0, zone())}
		reg := drawRegister(t, w.now)
		reg.Grading.Level = rapid.SampledFrom(incident.Levels()).Draw(t, "graded")
		w.give(t, actor(hall, org.DutyOfficer), reg)
		w.c.ID = 3
		w.give(t, actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house})
		for range rapid.IntRange(5, 50).Draw(t, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "minutes later")) * time.Minute)
			cmd := rapid.SampledFrom(publishing(t, w)).Draw(t, "command")
			before := len(w.c.Releases) + len(w.c.Responses)
			w.give(t, rapid.SampledFrom(people(t, w.c, cmd)).Draw(t, "by"), cmd)
			out += len(w.c.Releases) + len(w.c.Responses) - before
		}
		w.replays(t)
	})
	if out == 0 {
		t.Fatal("nothing ever went out: the test shows nothing")
	}
}

// publishing are steps of a publication, mostly of the newest draft in its own words.
func publishing(t *rapid.T, w *world) []incident.Command {
	n := len(w.c.Drafts)
	if n > 1 && rapid.IntRange(0, 4).Draw(t, "another draft") == 0 {
		n = rapid.IntRange(1, n).Draw(t, "draft")
	}
	words := rapid.SampledFrom([]string{"已修补", "正在修补", "本周内修补"}).Draw(t, "words")
	d := w.c.Draft(n)
	if d == nil || d.State == incident.Published || d.State == incident.Withdrawn {
		return []incident.Command{incident.WriteDraft{Title: "情况通报", Text: words}}
	}
	hash := d.Last().Hash
	if rapid.IntRange(0, 9).Draw(t, "other words") == 0 {
		hash = incident.HashText("情况通报", words)
	}
	review := incident.ReviewDraft{Draft: n, Hash: hash, Approve: true}
	staged := review
	staged.Stage = rapid.SampledFrom(incident.Stages()).Draw(t, "stage")
	all := []incident.Command{
		incident.SubmitDraft{Draft: n, Secrecy: true, Privacy: true},
		review, review, review, staged,
		incident.Release{Draft: n, Address: "县政府网站"},
		incident.Respond{Draft: n, Address: "县政府网站"},
	}
	if rapid.IntRange(0, 5).Draw(t, "trouble") == 0 {
		all = append(all,
			incident.WriteDraft{Draft: n, Title: "情况通报", Text: words}, incident.WriteDraft{Title: "情况通报", Text: words},
			incident.ReviewDraft{Draft: n, Hash: hash, Comment: "请补充"}, incident.WithdrawDraft{Draft: n, Reason: "另拟"},
			incident.Release{Draft: n, Address: "县政府网站", Text: words}, incident.Regrade{To: incident.Emergency, RegradeBy: "development", Reason: "有人受伤"},
			incident.Dispatch{Lead: water})
	}
	return all
}

func drawPause(t *rapid.T) time.Duration {
	minutes := rapid.SampledFrom([]int{0, 0, 1, 7, 29, 60, 4 * 60, 26 * 60, 70 * 60}).Draw(t, "minutes later")
	return time.Duration(minutes) * time.Minute
}

func drawRegister(t *rapid.T, now time.Time) incident.Register {
	return incident.Register{
		Report: incident.Report{
			Title: "路面有坑", SubmittedAt: now.Add(-drawPause(t)),
			Source: incident.Source{
				Name: "来源", Kind: rapid.SampledFrom([]incident.SourceKind{incident.SourceWeb, incident.SourceHotline}).Draw(t, "source"),
				Public: rapid.Bool().Draw(t, "public"), WantsAnswer: rapid.Bool().Draw(t, "wants an answer"),
			},
		},
		Grading: incident.Grading{
			Level: rapid.SampledFrom(append(incident.Levels(), "")).Draw(t, "level"), Influence: rapid.Bool().Draw(t, "influence"),
		},
	}
}

// people are those who may give the command now, or, once in a while, everybody.
func people(t *rapid.T, c incident.Case, cmd incident.Command) []org.Actor {
	var able, all []org.Actor
	for _, s := range seats() {
		all = append(all, s.actor)
		if slices.Contains(c.Allowed(s.actor), cmd.Kind()) || (cmd.Kind().Internal() && s.side == "house") {
			able = append(able, s.actor)
		}
	}
	if len(able) == 0 || rapid.IntRange(0, 9).Draw(t, "anybody") == 0 {
		return all
	}
	return able
}

// commands are some of every kind with values drawn, those that the state refuses only once in a while.
func commands(t *rapid.T, w *world) []incident.Command {
	all := drawCommands(t, w)
	if rapid.IntRange(0, 9).Draw(t, "any command") == 0 {
		return all
	}
	allowed := map[incident.Kind]bool{}
	for _, s := range seats() {
		for _, k := range w.c.Allowed(s.actor) {
			allowed[k] = true
		}
	}
	return slices.DeleteFunc(all, func(cmd incident.Command) bool { return !allowed[cmd.Kind()] && !cmd.Kind().Internal() })
}

func drawCommands(t *rapid.T, w *world) []incident.Command {
	text := rapid.SampledFrom([]string{"文字", "文字", "文字", ""}).Draw(t, "text")
	level := rapid.SampledFrom(incident.Levels()).Draw(t, "to level")
	unit := rapid.SampledFrom([]org.UnitID{house, house, water, traffic}).Draw(t, "unit")
	past := w.now.Add(-drawPause(t))
	if rapid.Bool().Draw(t, "now") {
		past = time.Time{}
	}
	future := w.now.Add(time.Duration(rapid.IntRange(-2, 12).Draw(t, "promised days")) * 24 * time.Hour)
	seq := rapid.IntRange(0, len(w.c.Milestones)+1).Draw(t, "milestone")
	days := rapid.IntRange(0, 6).Draw(t, "days")
	draft, hash := rapid.IntRange(0, len(w.c.Drafts)).Draw(t, "draft"), incident.HashText("情况通报", "已修补")
	if d := w.c.Draft(draft); d != nil && rapid.IntRange(0, 5).Draw(t, "other words") > 0 {
		hash = d.Last().Hash
	}
	return []incident.Command{
		incident.Assess{Level: level, Reason: text},
		incident.Dispatch{Lead: unit},
		incident.Dispatch{Lead: unit, Assisting: []org.UnitID{water}},
		incident.Designate{Lead: unit, Reason: text},
		incident.Accept{},
		incident.Accept{},
		incident.Return{Reason: text},
		incident.Progress{Text: text},
		incident.Regrade{To: level, RegradeBy: "development", HappenedAt: past, Reason: text},
		incident.Regrade{To: level, RegradeBy: "correction", Reason: text},
		incident.AskExtension{Days: days, Reason: text},
		incident.GrantExtension{},
		incident.RefuseExtension{Reason: text},
		incident.Pause{},
		incident.FirstReport{Text: text},
		incident.FirstReport{Text: text, Final: true},
		incident.Respond{Draft: draft, Address: text, At: past},
		incident.Release{Draft: draft, Address: text, At: past, Unsigned: text},
		incident.Release{Address: "县政府网站", Unsigned: "情况紧急"},
		incident.WriteDraft{Title: "情况通报", Text: rapid.SampledFrom([]string{"已修补", "已修补。", "正在修补", text}).Draw(t, "words"), County: rapid.Bool().Draw(t, "county")},
		incident.WriteDraft{Draft: draft, Title: "情况通报", Text: rapid.SampledFrom([]string{"已修补", "正在修补", text}).Draw(t, "new words")},
		incident.SubmitDraft{Draft: draft, Secrecy: true, Privacy: rapid.IntRange(0, 5).Draw(t, "privacy") > 0},
		incident.SubmitDraft{Draft: draft, Secrecy: true, Privacy: true},
		incident.ReviewDraft{Draft: draft, Hash: hash, Approve: true},
		incident.ReviewDraft{Draft: draft, Hash: hash, Approve: true},
		incident.ReviewDraft{Draft: draft, Hash: hash, Approve: true, Stage: rapid.SampledFrom(incident.Stages()).Draw(t, "stage")},
		incident.ReviewDraft{Draft: draft, Hash: hash, Comment: text},
		incident.Countersign{Draft: draft, Hash: hash, Agree: rapid.Bool().Draw(t, "agree"), Comment: text},
		incident.Assign{Unit: unit, Text: text, DueAt: past},
		incident.Assign{Unit: water, Text: "核实水质"},
		incident.GiveOpinion{Text: text},
		incident.GiveOpinion{Part: 1, Text: text},
		incident.WithdrawDraft{Draft: draft, Reason: text},
		incident.PressConference{Place: text, Speaker: text, At: past},
		incident.Plan{PromisedAt: future},
		incident.Conclude{ConcludeKind: incident.Planned, PromisedAt: future},
		incident.Conclude{ConcludeKind: incident.Resolved, Result: text},
		incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修补"},
		incident.Conclude{ConcludeKind: incident.Clarified, Facts: text, Address: text},
		incident.Feedback{Address: text, At: past},
		incident.Verify{Result: "satisfied"},
		incident.Merge{Into: incident.ID(rapid.IntRange(0, 4).Draw(t, "into")), Reason: "同一件事"},
		incident.Split{Reason: "并错了"},
		incident.Absorb{From: 2, Reports: []incident.Report{{Title: "同一件"}}, ReceivedAt: w.c.ReceivedAt.Add(-drawPause(t))},
		incident.Yield{From: 2},
		incident.DoVoid{Reason: text},
		incident.Reopen{Reason: text},
		incident.Archive{},
		incident.Comment{Text: text},
		incident.Acknowledge{Milestone: seq, AllRungs: true},
		incident.Supervise{},
		incident.Find{What: rapid.SampledFrom(incident.Faults()).Draw(t, "fault"), Unit: unit, Reason: text, Evidence: "通话记录", KnownAt: past, FoundBy: "县网信办"},
		incident.Revoke{Finding: draft, Reason: text},
		incident.Tell{Milestone: seq, Rungs: []incident.ToldRung{{Rung: 1, Label: "T", People: []org.PersonID{"县住建局-handler"}}}},
		incident.Retime{Reason: text},
	}
}

func (w *world) give(t *rapid.T, by org.Actor, cmd incident.Command) {
	before := asJSON(t, w.c)
	next, out, err := w.c.Apply(cmd, by, w.now)
	if !bytes.Equal(before, asJSON(t, w.c)) {
		t.Fatalf("%s wrote into the case that it was given", cmd.Kind())
	}
	if err != nil {
		var refusal *incident.Error
		if !errors.As(err, &refusal) || refusal.Text == "" {
			t.Fatalf("%s: not a sentence for people: %v", cmd.Kind(), err)
		}
		if len(out.Entries)+len(out.Notices) > 0 {
			t.Fatalf("%s was refused and left something", cmd.Kind())
		}
		return
	}
	if !cmd.Kind().Internal() && !slices.Contains(w.c.Allowed(by), cmd.Kind()) && w.c.State != "" {
		t.Fatalf("%s by %s in %s went through, but is not said to be allowed", cmd.Kind(), by.Name, w.c.State)
	}
	if _, ok := cmd.(incident.Retime); ok {
		next = w.b.Recount(next, w.now)
	}
	next = w.b.Plan(next, w.now)
	if once, twice := asJSON(t, next), asJSON(t, w.b.Plan(next, w.now)); !bytes.Equal(once, twice) {
		t.Fatalf("%s: planning twice is not planning once:\n%s\n%s", cmd.Kind(), once, twice)
	}
	w.compare(t, cmd, next)
	w.keeps(t, cmd, next)
	w.binds(t, cmd, next)
	w.c = next
	for _, e := range out.Entries {
		e.Incident, e.Seq = 3, len(w.entries)+1
		w.entries = append(w.entries, e)
	}
	w.holds(t, cmd)
	w.reviewed(t, cmd)
}

// compare wants of a step that nothing settled comes back and nothing settled changes.
func (w *world) compare(t *rapid.T, cmd incident.Command, next incident.Case) {
	if len(next.Milestones) < len(w.c.Milestones) {
		t.Fatalf("%s lost a milestone", cmd.Kind())
	}
	for i, was := range w.c.Milestones {
		is := next.Milestones[i]
		if is.Seq != was.Seq || is.Kind != was.Kind || is.Unit != was.Unit || is.Clock != was.Clock || !is.From.Equal(was.From) {
			t.Fatalf("%s made another milestone of %+v: %+v", cmd.Kind(), was, is)
		}
		if !was.Pending() && (is.State != was.State || !is.MetAt.Equal(was.MetAt) || !is.Limit.Equal(was.Limit)) {
			t.Fatalf("%s changed the settled %+v to %+v", cmd.Kind(), was, is)
		}
	}
	if len(next.Clocks) < len(w.c.Clocks) {
		t.Fatalf("%s lost a clock", cmd.Kind())
	}
}

// keeps wants no limit to move later but by an extension that was granted or a recount that
// was ordered; a clock goes over to later limits only by a regrade or a reopening.
func (w *world) keeps(t *rapid.T, cmd incident.Command, next incident.Case) {
	kind := cmd.Kind()
	for i, was := range w.c.Milestones {
		is := next.Milestones[i]
		if is.Limit.After(was.Limit) && kind != incident.KindGrantExtension && kind != incident.KindRetime {
			t.Fatalf("%s moved the limit of %s from %s to %s", kind, is.Kind, was.Limit, is.Limit)
		}
	}
	stated := []incident.Kind{incident.KindRegrade, incident.KindAssess, incident.KindReopen, incident.KindAbsorb}
	if len(next.Clocks) > len(w.c.Clocks) && w.c.State != "" && !slices.Contains(stated, kind) {
		t.Fatalf("%s started a clock", kind)
	}
	if len(next.Clocks) == len(w.c.Clocks) && !slices.EqualFunc(next.Clocks, w.c.Clocks, func(a, b incident.Clock) bool { return a.Start.Equal(b.Start) && a.Level == b.Level }) {
		t.Fatalf("%s moved a clock", kind)
	}
}

// binds wants the same of what is owed under another number: what was voided with a merge and
// comes back, or takes the place of what was owed, is due when that was.
func (w *world) binds(t *rapid.T, cmd incident.Command, next incident.Case) {
	kind := cmd.Kind()
	for _, m := range next.Milestones {
		key := fmt.Sprint(m.Kind, m.Unit, m.Clock, m.From.UnixMilli(), m.Ref)
		if limit, had := w.bound[key]; had && m.Limit.After(limit) && kind != incident.KindGrantExtension && kind != incident.KindRetime {
			t.Fatalf("%s put the limit of %s off from %s to %s", kind, m.Kind, limit, m.Limit)
		}
		w.bound[key] = m.Limit
	}
	for _, was := range w.c.Milestones {
		is := next.Milestone(was.Seq)
		if !was.Pending() || is.State != incident.Voided || was.Kind.Inner() || was.Kind == incident.MilestoneAccept {
			continue // each dispatch has an acceptance of its own
		}
		for _, m := range next.Milestones[len(w.c.Milestones):] {
			if m.Kind != was.Kind || m.Unit != was.Unit || !m.Limit.After(was.Limit) {
				continue
			}
			regrade, _ := cmd.(incident.Regrade)
			reopen, _ := cmd.(incident.Reopen)
			if kind != incident.KindAssess && regrade.Reason == "" && reopen.Reason == "" {
				t.Fatalf("%s put a later limit in the place of %s: %s, was %s", kind, m.Kind, m.Limit, was.Limit)
			}
		}
	}
}

// reviewed recounts from the log alone: whatever was put before the public had been approved,
// since it was last handed in and in the very words that went out, by three different people
// in the three stages, none of whom had written them.
func (w *world) reviewed(t *rapid.T, cmd incident.Command) {
	var draft int
	var hash string
	switch k := cmd.Kind(); k { //nolint:exhaustive // the others say nothing to the public
	case incident.KindRelease:
		out := w.c.Releases[len(w.c.Releases)-1]
		draft, hash = out.Draft, out.Hash
	case incident.KindRespond:
		out := w.c.Responses[len(w.c.Responses)-1]
		draft, hash = out.Draft, out.Hash
	default:
		return
	}
	approved, stages := map[org.PersonID]bool{}, map[incident.Stage]bool{}
	anew := func() {
		clear(approved)
		clear(stages)
	}
	var written string
	var writer org.PersonID
	drafts := 0
	for _, e := range w.entries {
		was, err := incident.Decode(e.Command, e.Payload)
		if err != nil {
			t.Fatal(err)
		}
		switch was := was.(type) {
		case incident.WriteDraft:
			if was.Draft == 0 {
				drafts++
				was.Draft = drafts
			}
			if was.Draft == draft {
				written, writer = incident.HashText(was.Title, was.Text), e.Actor.Person
				anew()
			}
		case incident.SubmitDraft:
			if was.Draft == draft {
				anew()
			}
		case incident.ReviewDraft:
			if was.Draft != draft {
				continue
			}
			if !was.Approve || was.Hash != written || e.Actor.Person == writer {
				anew()
				continue
			}
			approved[e.Actor.Person] = true
			stages[stageOf(t, e)] = true
		}
	}
	if len(approved) < 3 || len(stages) < 3 || written != hash || approved[writer] {
		for _, e := range w.entries {
			t.Logf("%s %s %s: %s", e.At.Format("15:04"), e.Actor.Person, e.Command, e.Text)
		}
		t.Fatalf("%s of words that %d people approved %d times, the words of %s", cmd.Kind(), len(approved), len(stages), writer)
	}
}

// stageOf is the stage that the log says was decided.
func stageOf(t *rapid.T, e incident.Entry) incident.Stage {
	for _, s := range incident.Stages() {
		if strings.HasPrefix(e.Text, s.Chinese()) {
			return s
		}
	}
	t.Fatalf("a review of no stage: %s", e.Text)
	return ""
}

// holds wants what holds of every case at rest.
func (w *world) holds(t *rapid.T, cmd incident.Command) {
	c := w.c
	owed := map[string]bool{}
	for i, m := range c.Milestones {
		if m.Seq != i+1 || !m.Limit.After(m.From) || m.Counted == "" {
			t.Fatalf("after %s: milestone %+v", cmd.Kind(), m)
		}
		if (!m.Target.IsZero() && m.Target.After(m.Limit)) || m.MetAt.After(w.now) {
			t.Fatalf("after %s: times out of order: %+v", cmd.Kind(), m)
		}
		met := m.State == incident.Met || m.State == incident.MetLate
		if met == m.MetAt.IsZero() || (met && (m.State == incident.MetLate) != m.MetAt.After(m.Limit)) {
			t.Fatalf("after %s: met and not met: %+v", cmd.Kind(), m)
		}
		key := fmt.Sprint(m.Kind, m.Unit, m.Clock, m.From, m.Ref)
		if m.Pending() && owed[key] {
			t.Fatalf("after %s: %s is owed twice", cmd.Kind(), m.Kind)
		}
		owed[key] = owed[key] || m.Pending()
	}
	_, due := c.NextDue()
	if ended := c.State == incident.Merged || c.State == incident.Void || c.State == incident.Archived; ended && due {
		t.Fatalf("after %s: %s, and something is owed", cmd.Kind(), c.State)
	}
	if c.State.Open() && !due {
		t.Fatalf("after %s: %s, and nothing is owed by anybody", cmd.Kind(), c.State)
	}
	for i, k := range c.Clocks {
		if k.N != i+1 || (i < len(c.Clocks)-1) == k.Closed.IsZero() {
			t.Fatalf("after %s: clocks %+v", cmd.Kind(), c.Clocks)
		}
	}
	for i, e := range w.entries {
		if e.Text == "" || (i > 0 && e.At.Before(w.entries[i-1].At)) || (i > 0 && e.Before != w.entries[i-1].After) {
			t.Fatalf("after %s: entry %+v does not follow %+v", cmd.Kind(), e, w.entries[i-1])
		}
	}
}

// replays wants the log alone to give the same case.
func (w *world) replays(t *rapid.T) {
	got, err := incident.Replay(w.entries, func(c incident.Case, cmd incident.Command, now time.Time) (incident.Case, error) {
		if cmd.Kind() == incident.KindRetime {
			c = w.b.Recount(c, now)
		}
		return w.b.Plan(c, now), nil
	})
	if err != nil {
		t.Fatalf("replay: %v", err)
	}
	if want, is := asJSON(t, w.c), asJSON(t, got); !bytes.Equal(want, is) {
		t.Fatalf("the log gives another case:\nwant %s\ngot  %s", want, is)
	}
}

func asJSON(t *rapid.T, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
