package desk_test

import (
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// suggest registers a report for the classifier to grade.
func (o *office) suggest(title string) incident.ID {
	o.t.Helper()
	c, _, err := o.Register(o.t.Context(), org.System("intake"), desk.Registration{Register: incident.Register{
		Report: incident.Report{Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline}, Title: title},
	}})
	if err != nil {
		o.t.Fatal(err)
	}
	return c.ID
}

func (o *office) pasts() map[incident.ID]desk.Past {
	o.t.Helper()
	out := map[incident.ID]desk.Past{}
	if err := o.Pasts(o.t.Context(), time.Time{}, time.Time{}, func(p desk.Past) error {
		out[p.ID] = p
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return out
}

// TestPasts_EachCorrectionWithWhoAndWhy: what an officer changes is kept as an example,
// and what a unit sends back teaches whose it is not.
func TestPasts_EachCorrectionWithWhoAndWhy(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.suggest("河堤坍塌")
	o.do(id, o.duty(), incident.Assess{Level: incident.Major, Category: "水利设施", Reason: "无人伤亡"})
	o.do(id, o.duty(), incident.Dispatch{Lead: house, Requirements: "先看现场"})
	o.do(id, o.as(house, org.Deputy), incident.Return{Reason: "河堤归水利", Suggest: water})
	o.do(id, o.duty(), incident.Dispatch{Lead: water})
	o.do(id, o.as(water, org.Handler), incident.Accept{})

	p := o.pasts()[id]
	if p.Level != incident.Major || p.Category != "水利设施" || p.Unit != water || p.Report.Title != "河堤坍塌" {
		t.Errorf("decided: %s %q %s", p.Level, p.Category, p.Unit)
	}
	want := []struct{ about, from, to, why, by string }{
		{desk.AboutLevel, "emergency", "major", "无人伤亡", "县政府办县值班员"},
		{desk.AboutCategory, "生产安全事故", "水利设施", "无人伤亡", "县政府办县值班员"},
		{desk.AboutUnit, "zjj", "slj", "河堤归水利", "县住建局分管领导"},
	}
	if len(p.Corrections) != len(want) {
		t.Fatalf("corrections: %+v", p.Corrections)
	}
	for i, w := range want {
		c := p.Corrections[i]
		if c.About != w.about || c.From != w.from || c.To != w.to || c.Why != w.why || c.By.Name != w.by || c.At.IsZero() {
			t.Errorf("%d: %+v, want %+v", i, c, w)
		}
	}
	if !p.Corrections[2].Returned {
		t.Error("the return is not marked")
	}
}

func TestPasts_WhatNobodyDecidedTeachesNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	open := o.suggest("路面有坑")
	gone := o.suggest("路面有坑，重复")
	o.do(gone, o.as(hall, org.OfficeDirector), incident.DoVoid{Reason: "重复"})
	developed := o.suggest("路面有大坑")
	o.do(developed, o.duty(), incident.Regrade{To: incident.Major, RegradeBy: "development", HappenedAt: o.clock.Now(), Reason: "塌了"})
	pasts := o.pasts()
	if _, ok := pasts[gone]; ok {
		t.Error("a void report is an example")
	}
	for _, id := range []incident.ID{open, developed} {
		if p := pasts[id]; p.Level != "" || p.Category != "" || p.Unit != "" || len(p.Corrections) != 0 {
			t.Errorf("%s: %+v", id, p)
		}
	}
}

func TestDrift_ByRuleAndByUnit(t *testing.T) {
	t.Parallel()
	o := open(t)
	lowered := o.suggest("围墙坍塌")
	o.do(lowered, o.duty(), incident.Assess{Level: incident.General, Reason: "旧围墙"})
	kept := o.suggest("工地坍塌")
	o.do(kept, o.duty(), incident.Assess{Level: incident.Emergency})
	o.do(kept, o.duty(), incident.Dispatch{Lead: house})
	o.do(kept, o.as(house, org.Handler), incident.Accept{})
	raised := o.suggest("路面有坑")
	o.do(raised, o.duty(), incident.Regrade{To: incident.Major, RegradeBy: "correction", Reason: "学校门口"})
	o.suggest("路灯不亮") // nobody decided yet

	d, err := o.Drift(t.Context(), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Reports != 4 || d.Level != (desk.Changes{Decided: 3, Changed: 2}) || d.Unit != (desk.Changes{Decided: 1}) || d.Returned != 0 {
		t.Errorf("%+v", d)
	}
	rules := map[string]desk.RuleDrift{}
	for _, r := range d.Rules {
		rules[r.Rule] = r
	}
	if r := rules["A1"]; r.Decided != 2 || r.Changed != 1 || r.Lowered != 1 || r.Raised != 0 {
		t.Errorf("A1: %+v", r)
	}
	if r := rules[""]; r.Decided != 1 || r.Raised != 1 {
		t.Errorf("no rule: %+v", r)
	}
	later, err := o.Drift(t.Context(), o.clock.Now().Add(time.Hour), time.Time{})
	if err != nil || later.Reports != 0 {
		t.Errorf("from an hour later: %+v, %v", later, err)
	}
}
