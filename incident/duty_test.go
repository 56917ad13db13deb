package incident_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

func system() org.Actor { return org.System("duties") }

// yearly is 全年解读6次: two limits on the way, one of the notice's own.
func yearly() incident.OpenDuty {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*60*60))
	return incident.OpenDuty{
		Duty: incident.Duty{
			Rule: "D2", Name: "主动解读政策", Clause: "县通知一（三）", Cycle: incident.Yearly, Period: "2026", Start: start, Opens: start, Proof: "解读网址",
			Dues: []incident.DutyDue{{By: "04-30", Goal: 2, Leader: 1, Pace: true}, {By: "12-31", Goal: 3, Leader: 2}},
		},
		Title: "2026年政策解读", Lead: house, Level: incident.General, Key: "duty:D2/2026/" + string(house),
	}
}

// opened is that duty with its milestones, as sla makes them.
func opened(t *testing.T, cmd incident.OpenDuty) incident.Case {
	t.Helper()
	c := must(t, incident.Case{}, cmd.Duty.Opens, system(), cmd)
	limits := []time.Time{at(t, "2026-05-01T00:00:00+08:00"), at(t, "2027-01-01T00:00:00+08:00")}
	for i := range cmd.Duty.Dues {
		c.Milestones = append(c.Milestones, incident.Milestone{
			Seq: i + 1, Kind: incident.MilestoneDuty, Ref: cmd.Duty.Ref(i), Unit: house, State: incident.Pending, From: cmd.Duty.Opens, Limit: limits[i],
		})
	}
	return c
}

func TestDuty_MetWhenTheGoalIsReached(t *testing.T) {
	t.Parallel()
	c := opened(t, yearly())
	handler := actor(house, org.Handler)
	prove := func(when, address, done string, leader bool) {
		t.Helper()
		cmd := incident.Fulfil{Address: address, ByLeader: leader}
		if done != "" {
			cmd.At = at(t, done)
		}
		c = must(t, c, at(t, when), handler, cmd)
	}
	states := func(when string) string {
		var out []string
		for _, m := range c.Milestones {
			out = append(out, string(m.StateAt(at(t, when))))
		}
		return strings.Join(out, " ") + ", " + string(c.DutyState(at(t, when)))
	}
	want := func(when, text string) {
		t.Helper()
		if got := states(when); got != text {
			t.Errorf("at %s: %s, want %s", when, got, text)
		}
	}
	want("2026-01-02T00:00:00+08:00", "pending pending, open")
	prove("2026-03-02T10:00:00+08:00", "https://e/1", "", false)
	prove("2026-03-03T10:00:00+08:00", "https://e/2", "", false)
	want("2026-04-30T23:59:59+08:00", "pending pending, open") // two, but none by the leader
	want("2026-05-01T00:00:00+08:00", "pending pending, open") // 24:00 of 30 April is in time
	want("2026-05-01T00:00:01+08:00", "overdue pending, behind")
	// Told of on 3 May, done on 29 April: in time, whenever it is handed in.
	prove("2026-05-03T10:00:00+08:00", "https://e/3", "2026-04-29T10:00:00+08:00", true)
	want("2026-05-03T10:00:01+08:00", "met pending, open")
	if _, _, err := c.Apply(incident.Fulfil{Address: " https://e/3 "}, handler, at(t, "2026-05-04T10:00:00+08:00")); incident.CodeOf(err) != incident.CodeInvalid {
		t.Errorf("the same proof twice: %v", err)
	}
	prove("2027-01-01T00:00:01+08:00", "https://e/4", "", true)
	want("2027-01-01T00:00:01+08:00", "met met_late, late")
	if c.State != incident.Concluded || c.StateText() != "已完成" {
		t.Errorf("state %s", c.StateText())
	}
	if all, leader := c.Duty.Count(); all != 4 || leader != 2 {
		t.Errorf("counted %d, %d", all, leader)
	}
	// A proof that is not accepted: what it met is owed again, and its ladder begins anew.
	c.Milestones[1].Told = []incident.Told{{Rung: 1}}
	c = must(t, c, at(t, "2027-01-03T09:00:00+08:00"), actor(hall, org.DutyOfficer), incident.StrikeProof{N: 4, Reason: "网址打不开"})
	want("2027-01-03T09:00:00+08:00", "met overdue, overdue")
	if c.State != incident.Handling || len(c.Milestones[1].Told) != 0 || c.Milestones[1].Round != 1 {
		t.Errorf("after striking: %s, %+v", c.State, c.Milestones[1])
	}
}

func TestDuty_RefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	c := opened(t, yearly())
	now := at(t, "2026-03-02T10:00:00+08:00")
	for _, k := range incident.Kinds() {
		if k.Internal() || k == incident.KindPause {
			continue
		}
		_, _, err := c.Apply(sample(k), actor(hall, org.OfficeDirector), now)
		ofDuty := map[incident.Kind]bool{
			incident.KindFulfil: true, incident.KindVoid: true, incident.KindComment: true, incident.KindAcknowledge: true, incident.KindSupervise: true,
			incident.KindRetime: true, incident.KindStrikeProof: true,
		}
		text := incident.Text(err)
		switch {
		case ofDuty[k] && err != nil && incident.CodeOf(err) != incident.CodeInvalid:
			t.Errorf("%s: %v", k, err)
		case !ofDuty[k] && (incident.CodeOf(err) != incident.CodeRefused || !strings.Contains(text, "任务") || !strings.HasSuffix(text, "。") || !strings.Contains(text, "现在可以：履行")):
			t.Errorf("%s: %q", k, text)
		}
	}
	if _, _, err := c.Apply(incident.Fulfil{Address: "x"}, actor(water, org.Handler), now); incident.CodeOf(err) != incident.CodeForbidden || !strings.Contains(incident.Text(err), "任务现在是“进行中”") {
		t.Errorf("another unit: %v", err)
	}
	for _, tt := range []struct {
		cmd   incident.Fulfil
		field string
	}{
		{incident.Fulfil{}, "address"},
		{incident.Fulfil{Address: "x", At: now.Add(time.Second)}, "at"},
		{incident.Fulfil{Address: "x", At: c.Duty.Start.Add(-time.Millisecond)}, "at"},
	} {
		_, _, err := c.Apply(tt.cmd, actor(house, org.Handler), now)
		if e, ok := err.(*incident.Error); !ok || e.Field != tt.field { //nolint:errorlint // handed back bare
			t.Errorf("%+v: %v", tt.cmd, err)
		}
	}
	void := must(t, c, now, actor(hall, org.OfficeDirector), incident.DoVoid{Reason: "机构撤并"})
	if void.State != incident.Void || void.DutyState(now) != incident.DutyVoid {
		t.Errorf("void: %s", void.State)
	}
	// An incident knows nothing of proofs.
	_, _, err := registered(t, incident.General).Apply(incident.Fulfil{Address: "x"}, actor(hall, org.DutyOfficer), at(t, "2026-11-20T17:00:00+08:00"))
	if incident.CodeOf(err) != incident.CodeRefused || !strings.Contains(incident.Text(err), "只用于周期任务") {
		t.Errorf("proof of an incident: %v", err)
	}
}

func TestOpenDuty_ByWhom(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-03-02T10:00:00+08:00")
	for name, tt := range map[string]struct {
		by   org.Actor
		want incident.Code
	}{
		"the house":    {system(), ""},
		"the county":   {actor(hall, org.DutyOfficer), ""},
		"its unit":     {actor(house, org.Handler), ""},
		"another unit": {actor(water, org.Head), incident.CodeForbidden},
		"nobody":       {org.Actor{Person: "x", Name: "某人"}, incident.CodeForbidden},
	} {
		c, out, err := incident.Case{}.Apply(yearly(), tt.by, now)
		if tt.want == "" && err != nil || tt.want != "" && incident.CodeOf(err) != tt.want {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			continue
		}
		// The log alone makes it again.
		again, err := incident.Replay(out.Entries, func(c incident.Case, _ incident.Command, _ time.Time) (incident.Case, error) { return c, nil })
		if err != nil || again.Duty == nil || again.Lead != c.Lead || again.State != incident.Handling {
			t.Errorf("%s: replayed %v, %v", name, again, err)
		}
	}
}
