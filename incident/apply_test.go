package incident_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func actor(unit org.UnitID, post org.Post) org.Actor {
	return org.Actor{Person: org.PersonID(string(unit) + "-" + string(post)), Name: post.Chinese(), Holds: []org.Appointment{{Person: "p", Unit: unit, Post: post}}, Via: "test"}
}

const (
	water = org.UnitID("县水利局")
	house = org.UnitID("县住建局")
	hall  = org.UnitID("县政府办")
)

// must applies commands in turn and fails on the first refusal.
func must(t *testing.T, c incident.Case, now time.Time, by org.Actor, cmds ...incident.Command) incident.Case {
	t.Helper()
	for _, cmd := range cmds {
		next, _, err := c.Apply(cmd, by, now)
		if err != nil {
			t.Fatalf("%s: %v", cmd.Kind(), err)
		}
		c = next
	}
	return c
}

func registered(t *testing.T, level incident.Level) incident.Case {
	t.Helper()
	c := must(t, incident.Case{}, at(t, "2026-11-20T16:40:00+08:00"), actor(hall, org.DutyOfficer), incident.Register{
		Report:  incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, Title: "路面有坑"},
		Grading: incident.Grading{Level: level, By: "officer", Confirmed: true},
	})
	c.ID = 3
	return c
}

func TestApply_TheOrdinaryWay(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T17:00:00+08:00")
	c := registered(t, incident.General)
	if c.State != incident.Assessed {
		t.Fatalf("state after registering with a level: %s", c.State)
	}
	c = must(t, c, now, actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house})
	c = must(t, c, now, actor(house, org.Handler), incident.Accept{})
	c = must(t, c, now, actor(house, org.Handler), incident.Progress{Text: "已派人"})
	if c.State != incident.Handling {
		t.Fatalf("state after progress: %s", c.State)
	}
	c = must(t, c, now, actor(house, org.Deputy), incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修补"})
	if c.State != incident.Concluded {
		t.Fatalf("state after conclusion: %s", c.State)
	}
}

func TestApply_WorkingOnADispatchedCaseAcceptsIt(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T17:00:00+08:00")
	c := must(t, registered(t, incident.General), now, actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house})
	next, out, err := c.Apply(incident.Progress{Text: "已派人"}, actor(house, org.Handler), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Entries) != 2 || out.Entries[0].Command != incident.KindAccept || next.State != incident.Handling {
		t.Fatalf("want accept and progress in the log, state handling; got %d entries, state %s", len(out.Entries), next.State)
	}
	if c.State != incident.Dispatched || !c.Dispatchings[0].Accepted.IsZero() {
		t.Fatal("Apply wrote into the case that it was given")
	}
}

func TestApply_Refusals(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-20T17:00:00+08:00")
	fresh := registered(t, incident.Major)
	sent := must(t, fresh, now, actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house})
	back := must(t, sent, now, actor(house, org.Deputy), incident.Return{Reason: "不属本单位职责"})
	fixed := must(t, back, now, actor(hall, org.OfficeDirector), incident.Designate{Lead: house, Reason: "职责明确"})
	taken := must(t, sent, now, actor(house, org.Handler), incident.Accept{})
	tests := []struct {
		name string
		c    incident.Case
		by   org.Actor
		cmd  incident.Command
		want string
	}{
		{"not yet dispatched", fresh, actor(house, org.Handler), incident.Accept{}, "已研判"},
		{"a stranger to the case", sent, actor(water, org.Head), incident.Accept{}, "主办或协办单位"},
		{"a handler returns", sent, actor(house, org.Handler), incident.Return{Reason: "x"}, "分管领导或主要负责人"},
		{"a return without a reason", sent, actor(house, org.Deputy), incident.Return{}, "退回理由"},
		{"a return after a designation", fixed, actor(house, org.Deputy), incident.Return{Reason: "x"}, "不得退回"},
		{"a deputy signs a major", taken, actor(house, org.Deputy), incident.Conclude{ConcludeKind: incident.Resolved, Result: "x"}, "主要负责人"},
		{"explained without a basis", taken, actor(house, org.Head), incident.Conclude{ConcludeKind: incident.Explained}, "依据"},
		{"clarified without an address", taken, actor(house, org.Head), incident.Conclude{ConcludeKind: incident.Clarified, Facts: "x"}, "网址"},
		{"a release without reviews", taken, boss(), incident.Release{Address: "https://example.gov.cn/1"}, "没有三审通过的回应稿"},
		{"a pause", taken, actor(house, org.Handler), incident.Pause{}, "不能暂停"},
		{"a regrade to the same level", taken, actor(hall, org.DutyOfficer), incident.Regrade{To: incident.Major, RegradeBy: "correction", Reason: "x"}, "无需调整"},
		{"a development in the future", taken, actor(hall, org.DutyOfficer), incident.Regrade{To: incident.Emergency, RegradeBy: "development", Reason: "x", HappenedAt: now.Add(time.Hour)}, "不能晚于现在"},
		{"the classifier lowers", taken, org.System("classifier"), incident.Regrade{To: incident.General, RegradeBy: "correction", Reason: "x"}, "不能降低"},
		{"a second acceptance", taken, actor(house, org.Handler), incident.Accept{}, "无需重复签收"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := tt.c.Apply(tt.cmd, tt.by, now)
			if err == nil || !strings.Contains(incident.Text(err), tt.want) {
				t.Fatalf("want a refusal with %q, got %v", tt.want, err)
			}
			if strings.Contains(incident.Text(err), "内部错误") {
				t.Fatalf("refusal is not a sentence for people: %v", err)
			}
		})
	}
}

func TestDecode_UnknownFieldIsRefusedInChinese(t *testing.T) {
	t.Parallel()
	_, err := incident.Decode("return", []byte(`{"raeson":"x"}`))
	if err == nil || !strings.Contains(incident.Text(err), `不认识字段"raeson"`) {
		t.Fatalf("got %v", err)
	}
}
