package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// TestRegister_Duplicates: the source's own id makes a report one incident, whoever sends it
// how often, also at the same time.
func TestRegister_Duplicates(t *testing.T) {
	t.Parallel()
	o := open(t)
	first := o.register(incident.General, "", "WO-1")
	report := func(external, source string) desk.Registration {
		return desk.Registration{Register: incident.Register{Report: incident.Report{
			Source: incident.Source{Name: source}, Title: "路面有坑", ExternalID: external,
		}}}
	}
	c, dup, err := o.Register(t.Context(), o.duty(), report("WO-1", "12345热线"))
	if err != nil || !dup || c.ID != first || c.State == "" {
		t.Fatalf("again: %+v, %v, %v", c.ID, dup, err)
	}
	for _, other := range []desk.Registration{report("WO-1", "论坛"), report("", "12345热线"), report("", "12345热线")} {
		if c, dup, err := o.Register(t.Context(), o.duty(), other); err != nil || dup || c.ID == first {
			t.Errorf("another source, or no id: %v, %v, %v", c.ID, dup, err)
		}
	}
	ids := make([]incident.ID, 16)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			c, _, err := o.Register(t.Context(), o.duty(), report("WO-2", "12345热线"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = c.ID
		})
	}
	wg.Wait()
	if slices.Sort(ids); ids[0] != ids[15] || ids[0] == 0 {
		t.Errorf("one report became incidents %v", ids)
	}
	o.sound(first, ids[0])
}

// TestRegisterAll_EachStandsAlone: what is wrong is refused, what is known is a duplicate, the rest is in.
func TestRegisterAll_EachStandsAlone(t *testing.T) {
	t.Parallel()
	o := open(t)
	known := o.register(incident.General, "", "WO-1")
	source := incident.Source{Name: "12345热线"}
	got, err := o.RegisterAll(t.Context(), o.duty(), []incident.Register{
		{Report: incident.Report{Source: source, Title: "甲", ExternalID: "WO-2"}},
		{Report: incident.Report{Source: source}},
		{Report: incident.Report{Source: source, Title: "乙", ExternalID: "WO-1"}},
		{Report: incident.Report{Source: source, Title: "甲", ExternalID: "WO-2"}},
		{Report: incident.Report{Source: source, Title: "丙"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Err != nil || got[0].Duplicate || got[0].ID == 0 {
		t.Errorf("new: %+v", got[0])
	}
	if incident.CodeOf(got[1].Err) != incident.CodeInvalid {
		t.Errorf("empty: %+v", got[1])
	}
	if !got[2].Duplicate || got[2].ID != known || got[2].Err != nil {
		t.Errorf("known: %+v", got[2])
	}
	if !got[3].Duplicate || got[3].ID != got[0].ID {
		t.Errorf("twice in one go: %+v", got[3])
	}
	if got[4].Err != nil || got[4].ID == 0 {
		t.Errorf("without an id: %+v", got[4])
	}
	if none, err := o.RegisterAll(t.Context(), o.duty(), nil); err != nil || len(none) != 0 {
		t.Errorf("nothing: %v, %v", none, err)
	}
	o.sound(known, got[0].ID, got[4].ID)
}

// TestRegister_WithItsUnit is dispatched in the same step, by whatever name the unit is known.
func TestRegister_WithItsUnit(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Major, "县住建局", "")
	c := o.get(id)
	if c.State != incident.Dispatched || c.Lead != house || c.Policy == "" {
		t.Fatalf("%s, lead %s", c.State, c.Lead)
	}
	for _, m := range c.Milestones {
		if m.Kind == incident.MilestoneDispatch && (m.State != incident.Met || !m.MetAt.Equal(c.RegisteredAt)) {
			t.Errorf("dispatched in time: %+v", m)
		}
	}
	_, _, err := o.Register(t.Context(), o.duty(), desk.Registration{
		Register: incident.Register{Report: incident.Report{Source: incident.Source{Name: "x"}, Title: "x"}}, Lead: "县航天局",
	})
	if err == nil || !strings.Contains(incident.Text(err), "没有“县航天局”这个单位") {
		t.Errorf("an unknown unit: %v", err)
	}
	o.sound(id)
}

// TestDo_SameKeyTwice answers as the first time, also when the state has moved on.
func TestDo_SameKeyTwice(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.General, house, "")
	by := o.as(house, org.Handler)
	for range 3 {
		c, err := o.Do(t.Context(), by, id, incident.Accept{}, "tap-1")
		if err != nil || c.State != incident.Accepted {
			t.Fatalf("%s, %v", c.State, err)
		}
	}
	if _, err := o.Do(t.Context(), by, id, incident.Accept{}, "tap-2"); incident.CodeOf(err) != incident.CodeRefused {
		t.Errorf("another tap: %v", err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := o.Do(t.Context(), by, id, incident.Comment{Text: "备注"}, "note-1"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	other := o.register(incident.General, "", "")
	for range 2 {
		if c, err := o.Do(t.Context(), o.duty(), other, incident.Merge{Into: id, Reason: "同一件事"}, "merge-1"); err != nil || c.State != incident.Merged {
			t.Fatalf("merge: %s, %v", c.State, err)
		}
	}
	counts := map[incident.Kind]int{}
	entries, err := o.db.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		counts[e.Command]++
	}
	if counts[incident.KindAccept] != 1 || counts[incident.KindComment] != 1 || counts[incident.KindAbsorb] != 1 {
		t.Errorf("applied: %v", counts)
	}
	o.sound(id, other)
}

// TestDo_ManyAtOnce: nothing is lost when sixteen work on one incident and the engine fires meanwhile.
func TestDo_ManyAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Emergency, house, "")
	o.jumpTo("10:20")
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if _, err := o.Do(t.Context(), o.as(house, org.Handler), id, incident.Comment{Text: fmt.Sprintf("备注%d", i)}, ""); err != nil {
				t.Error(err)
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			if _, err := o.Fire(t.Context(), o.clock.Now()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	entries, err := o.db.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]bool{}
	for i, e := range entries {
		if e.Seq != i+1 {
			t.Fatalf("entry %d has number %d", i+1, e.Seq)
		}
		if e.Command == incident.KindComment {
			comments[e.Text] = true
		}
	}
	if len(comments) != 16 {
		t.Errorf("%d of 16 comments are in the log", len(comments))
	}
	perPerson := map[string]int{}
	for _, d := range o.deliveries(id) {
		n := d.Notice
		perPerson[fmt.Sprint(n.About, n.Milestone, n.Rung, n.Nth, n.Person)]++
	}
	for key, n := range perPerson {
		if n != 1 {
			t.Errorf("%s was told %d times", key, n)
		}
	}
	o.sound(id)
}

// TestMergeAndSplit: both sides, what waits is withdrawn, and what was owed is owed again.
func TestMergeAndSplit(t *testing.T) {
	t.Parallel()
	o := open(t)
	old := o.register(incident.Major, house, "")
	o.runTo("10:20")
	main := o.register(incident.Major, house, "")
	if _, err := o.Do(t.Context(), o.duty(), old, incident.Merge{Into: 99, Reason: "同一件事"}, ""); err == nil || !strings.Contains(incident.Text(err), "没有99号事件") {
		t.Errorf("into nothing: %v", err)
	}
	if _, err := o.Do(t.Context(), o.duty(), old, incident.Merge{Into: old, Reason: "同一件事"}, ""); err == nil || !strings.Contains(incident.Text(err), "自身") {
		t.Errorf("into itself: %v", err)
	}
	if _, err := o.Do(t.Context(), o.as(house, org.Head), old, incident.Merge{Into: main, Reason: "同一件事"}, ""); incident.CodeOf(err) != incident.CodeForbidden {
		t.Errorf("by the unit: %v", err)
	}
	if len(o.get(main).More) != 0 {
		t.Fatal("a refused merge left its report behind")
	}
	o.do(old, o.duty(), incident.Merge{Into: main, Reason: "同一件事"})
	o.do(main, o.as(house, org.Handler), incident.Accept{})
	if c := o.get(main); len(c.More) != 1 || c.More[0].From != old || !c.ReceivedAt.Equal(o.get(old).ReceivedAt) {
		t.Errorf("absorbed: %+v", c.More)
	}
	for _, d := range o.deliveries(old) {
		if d.State != "withdrawn" {
			t.Errorf("%s still waits after the merge", d.Notice.Label)
		}
	}
	before := len(o.deliveries(old))
	o.runTo("10:50")
	if n := len(o.deliveries(old)); n != before {
		t.Errorf("%d notices on a merged incident", n-before)
	}
	if _, err := o.Do(t.Context(), o.duty(), main, incident.Merge{Into: old, Reason: "同一件事"}, ""); err == nil || !strings.Contains(incident.Text(err), "已并案") {
		t.Errorf("into one that is merged: %v", err)
	}
	c := o.do(old, o.duty(), incident.Split{Reason: "不是一件事"})
	if c.State != incident.Dispatched || len(o.get(main).More) != 0 {
		t.Errorf("split: %s", c.State)
	}
	o.runTo("11:00")
	o.runTo("11:01")
	same(t, "after the split", o.told(old, func(n incident.Notice) bool { return n.Label == "L" }), `
		11:00 accept L zjj-handler
		11:00 accept L zjj-deputy`)
	o.sound(old, main)
}

// TestUnmask_IsLogged, needs a reason, and is for the lead unit and the county's office.
func TestUnmask_IsLogged(t *testing.T) {
	t.Parallel()
	o := open(t)
	c, _, err := o.Register(t.Context(), o.duty(), desk.Registration{Register: incident.Register{Report: incident.Report{
		Source: incident.Source{Name: "12345热线"}, Title: "路面有坑", Reporter: incident.Reporter{Name: "张三", Phone: "13812341234"},
	}}, Lead: house})
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []org.Actor{o.as(water, org.Head), o.as(hall, org.DeputyLeader), {Person: "v", Role: org.RoleViewer}} {
		if _, err := o.Unmask(t.Context(), by, c.ID, "回访"); incident.CodeOf(err) != incident.CodeForbidden {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
	if _, err := o.Unmask(t.Context(), o.duty(), c.ID, ""); incident.CodeOf(err) != incident.CodeInvalid {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := o.Unmask(t.Context(), o.duty(), 99, "回访"); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	seen, err := o.Unmask(t.Context(), o.as(house, org.Handler), c.ID, "回访")
	if err != nil || seen.Report.Reporter.Phone != "13812341234" {
		t.Fatalf("%+v, %v", seen.Report.Reporter, err)
	}
	entries, err := o.db.Log(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := entries[len(entries)-1]
	if !strings.Contains(last.Text, "查看来件人信息，理由：回访") || last.Actor.Person != "zjj-handler" {
		t.Errorf("log: %+v", last)
	}
	o.sound(c.ID)
}

// TestDo_NothingOfAnUnknownIncident or unit, or without a command.
func TestDo_Refusals(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.General, "", "")
	if _, err := o.Do(t.Context(), o.duty(), 99, incident.Accept{}, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("unknown incident: %v", err)
	}
	if _, err := o.Do(t.Context(), o.duty(), id, incident.Dispatch{Lead: "县航天局"}, ""); incident.CodeOf(err) != incident.CodeInvalid {
		t.Errorf("unknown unit: %v", err)
	}
	if _, err := o.Do(t.Context(), o.duty(), id, incident.Dispatch{Lead: house, Assisting: []org.UnitID{"县航天局"}}, ""); incident.CodeOf(err) != incident.CodeInvalid {
		t.Errorf("unknown assisting unit: %v", err)
	}
	if _, err := o.Do(t.Context(), o.duty(), id, nil, ""); incident.CodeOf(err) != incident.CodeInvalid {
		t.Errorf("no command: %v", err)
	}
	if c := o.get(id); c.Version != 1 {
		t.Errorf("a refusal changed something: version %d", c.Version)
	}
}

// TestSetDirectory_RefusedWhole: a faulty directory changes nothing.
func TestSetDirectory_RefusedWhole(t *testing.T) {
	t.Parallel()
	o := open(t)
	err := o.SetDirectory(t.Context(), org.Data{Units: []org.Unit{{ID: "x", Name: "x", Parent: "y"}}})
	if incident.CodeOf(err) != incident.CodeInvalid || !strings.Contains(incident.Text(err), "不存在") {
		t.Errorf("%v", err)
	}
	if _, ok := o.Directory().Unit(house); !ok {
		t.Error("the directory that was there is gone")
	}
}

// TestCheck_FindsLostTimers and gives them back; an incident rung to the end of its ladders is none.
func TestCheck_FindsLostTimers(t *testing.T) {
	t.Parallel()
	o := open(t)
	lost, kept := o.register(incident.General, house, ""), o.register(incident.General, house, "")
	check := func() []desk.Unwatched {
		t.Helper()
		found, err := o.Check(t.Context(), o.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := check(); len(got) != 0 {
		t.Fatalf("nothing is wrong: %v", got)
	}
	o.exec("DELETE FROM timers WHERE incident = ?", int64(lost))
	if got := check(); len(got) != 1 || got[0].ID != lost {
		t.Fatalf("want incident %s, got %v", lost, got)
	}
	if got := check(); len(got) != 0 {
		t.Errorf("its timers were not given back: %v", got)
	}
	o.runTo("14:01")
	for _, id := range []incident.ID{lost, kept} {
		if got := o.told(id, func(n incident.Notice) bool { return n.Label == "T" }); len(got) != 1 {
			t.Errorf("incident %s: %v", id, got)
		}
	}
	// Also when it is overdue already and somebody was told.
	o.exec("DELETE FROM timers WHERE incident = ?", int64(lost))
	if got := check(); len(got) != 1 || got[0].ID != lost {
		t.Errorf("overdue and lost: %v", got)
	}
	o.sound(lost, kept)
}

// TestPolicy_ChangesOnlyByName: open incidents keep the version that they were timed by.
func TestPolicy_ChangesOnlyByName(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Major, house, "")
	old := o.get(id)
	stricter := policy(t, "milestones: {plan: {major: {days: 3, target: 72h}}}")
	o.Desk = o.desk(stricter) // restarted with another policy
	if _, err := o.Do(t.Context(), o.as(house, org.Handler), id, incident.Accept{}, ""); err != nil {
		t.Fatal(err)
	}
	limit := func(c incident.Case) time.Time { return c.PendingOf(incident.MilestonePlan)[0].Limit }
	if c := o.get(id); c.Policy != old.Policy || !limit(c).Equal(limit(old)) {
		t.Errorf("the version moved by itself: %s", c.Policy)
	}
	if c := o.get(o.register(incident.Major, house, "")); c.Policy != stricter.Version() || !limit(c).Equal(hour(t, "96:00")) {
		t.Errorf("a new incident: %s, %s", c.Policy, limit(c))
	}
	director := o.as(hall, org.OfficeDirector)
	if _, err := o.Do(t.Context(), director, id, incident.Retime{Policy: "p-unknown", Reason: "x"}, ""); incident.CodeOf(err) != incident.CodeInvalid || !strings.Contains(incident.Text(err), "没有“p-unknown”这个版本") {
		t.Errorf("an unknown version: %v", err)
	}
	c := o.do(id, director, incident.Retime{Policy: stricter.Version(), Reason: "本县新规"})
	if c.Policy != stricter.Version() || !limit(c).Equal(hour(t, "96:00")) {
		t.Errorf("applied by name: %s, %s", c.Policy, limit(c))
	}
	entries, err := o.db.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if text := entries[len(entries)-1].Text; !strings.Contains(text, "给出方案或办结的最迟时间由11月23日24:00改为11月21日24:00") {
		t.Errorf("the log does not show the new limits: %s", text)
	}
	o.sound(id)
}

// TestPolicy_TimersMoveWithTheLimit: what was counted anew rings at its new instants.
func TestPolicy_TimersMoveWithTheLimit(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Major, house, "")
	o.do(id, o.as(house, org.Handler), incident.Accept{})
	o.Desk = o.desk(policy(t, "milestones: {plan: {major: {limit: 30h, target: 3h}}}"))
	o.do(id, o.as(hall, org.OfficeDirector), incident.Retime{Policy: o.Book().Policy.Version(), Reason: "x"})
	o.runTo("13:01")
	same(t, "plan", o.told(id, about(incident.MilestonePlan)), `
		13:00 plan T zjj-handler
		13:00 plan T zjj-deputy`)
	o.sound(id)
}

// TestUnreached_IsPassedUp: what no channel delivered goes to the duty officer and the next rung, once.
func TestUnreached_IsPassedUp(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.General, house, "")
	o.runTo("12:00")
	o.runTo("12:01")
	var late incident.Notice
	for _, d := range o.deliveries(id) {
		if d.Notice.Label == "T" {
			late = d.Notice
		}
	}
	if err := o.Unreached(t.Context(), late, "没有可用的联系方式"); err != nil {
		t.Fatal(err)
	}
	up := func() []string {
		return o.told(id, func(n incident.Notice) bool { return n.Kind == incident.NoticeUnreachable })
	}
	same(t, "passed up", up(), `
		12:01 accept T zjj-deputy “给县住建局经办人（县住建局经办人）的消息没有送达：没有可用的联系方式”
		12:01 accept T fuban-duty_officer “给县住建局经办人（县住建局经办人）的消息没有送达：没有可用的联系方式”`)
	for _, d := range o.deliveries(id) {
		if d.Notice.Kind == incident.NoticeUnreachable && d.Notice.Person == "zjj-deputy" {
			if err := o.Unreached(t.Context(), d.Notice, "没有可用的联系方式"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(up()); n != 2 {
		t.Errorf("%d notices: one about an unreachable person went in a ring", n)
	}
	o.do(id, o.as(hall, org.OfficeDirector), incident.DoVoid{Reason: "误报"})
	if err := o.Unreached(t.Context(), late, "x"); err != nil {
		t.Errorf("of a void incident: %v", err)
	}
	o.sound(id)
}

// TestSaved_WakesWhoHasSomethingToDo: the engine for the earliest timer, the courier for notices.
func TestSaved_WakesWhoHasSomethingToDo(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.register(incident.General, house, "")
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.woken) != 1 || !o.woken[0].Equal(hour(t, "12:00")) {
		t.Errorf("engine woken for %v, want 12:00, the target of the acceptance", o.woken)
	}
	if o.courier != 1 {
		t.Errorf("courier woken %d times", o.courier)
	}
}
