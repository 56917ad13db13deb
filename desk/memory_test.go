package desk_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/desk"
	"huiying/incident"
)

// remembering is an office whose desk looks for duplicates; called again it is a restart.
func (o *office) remembering() *desk.Desk {
	o.t.Helper()
	deps := o.Deps
	deps.Memory = classifier.NewMemory(1000)
	d, err := desk.New(o.t.Context(), deps)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// complaint is a report of a place.
func complaint(place string, n int) incident.Register {
	return incident.Register{Report: incident.Report{
		Source: incident.Source{Name: "12345热线", Kind: incident.SourceHotline},
		Title:  place + "楼下烧烤店油烟噪音扰民",
		Text: fmt.Sprintf("我是%s的业主，小区楼下的烧烤店每天营业到凌晨两点，油烟直接排进居民家里，噪音大得老人孩子无法入睡。"+
			"多次找物业和社区反映都说管不了，请有关部门尽快查处。第%d次反映。", place, n),
		Reporter: incident.Reporter{Name: fmt.Sprintf("居民%d", n), Phone: fmt.Sprintf("1380000%04d", n)},
	}}
}

func (o *office) tell(d *desk.Desk, r incident.Register) incident.Case {
	o.t.Helper()
	c, _, err := d.Register(o.t.Context(), o.duty(), desk.Registration{Register: r})
	if err != nil {
		o.t.Fatal(err)
	}
	o.clock.Advance(time.Minute)
	return c
}

func TestRegister_DuplicatesComeWithTheAssessment(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.remembering()
	first := o.tell(d, complaint("翠湖花园小区", 1))
	if len(first.Grading.Similar) != 0 || first.Matter != 0 {
		t.Fatalf("the first of its kind is like %+v", first.Grading.Similar)
	}
	second := o.tell(d, complaint("翠湖花园小区", 2))
	if len(second.Grading.Similar) != 1 || second.Grading.Similar[0].Incident != first.ID || second.Matter != first.ID {
		t.Fatalf("similar %+v, matter %s, want the first", second.Grading.Similar, second.Matter)
	}
	if why := second.Grading.Similar[0].Why; !strings.Contains(why, "翠湖花园") || !strings.Contains(why, "油烟") {
		t.Errorf("why = %q, want place and topic named", why)
	}
	if second.State != incident.Assessed {
		t.Errorf("state %s: nothing is merged by itself", second.State)
	}
	elsewhere := o.tell(d, complaint("金桂家园小区", 3))
	if len(elsewhere.Grading.Similar) != 1 || !elsewhere.Grading.Similar[0].Elsewhere || elsewhere.Matter != 0 {
		t.Fatalf("similar %+v, matter %s: same words at another place are another matter", elsewhere.Grading.Similar, elsewhere.Matter)
	}
	if why := elsewhere.Grading.Similar[0].Why; !strings.Contains(why, "金桂家园") || !strings.Contains(why, "翠湖花园") {
		t.Errorf("why = %q, want both places", why)
	}
}

func TestRegister_DuplicatesSurviveARestart(t *testing.T) {
	t.Parallel()
	o := open(t)
	first := o.tell(o.remembering(), complaint("翠湖花园小区", 1))
	d := o.remembering()
	if err := d.Recall(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	if got := o.tell(d, complaint("翠湖花园小区", 2)); got.Matter != first.ID {
		t.Errorf("matter %s after a restart, want %s", got.Matter, first.ID)
	}
}

func TestRecall_WhatAnotherProcessRegistered(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.remembering()
	if err := d.Recall(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	first := o.tell(d, complaint("翠湖花园小区", 1))
	beside := o.tell(o.Desk, complaint("翠湖花园小区", 2)) // a desk that looks for none, as an import
	for range 2 {
		if err := d.Recall(t.Context(), 1000); err != nil {
			t.Fatal(err)
		}
	}
	got := o.get(beside.ID)
	if len(got.Grading.Similar) != 1 || got.Grading.Similar[0].Incident != first.ID || got.Matter != first.ID {
		t.Errorf("similar %+v, matter %s, want the first", got.Grading.Similar, got.Matter)
	}
	if got := o.get(first.ID); got.Version != first.Version {
		t.Error("the house's own case was looked at again")
	}
}

func TestRegisterAll_DuplicatesWithinOneImport(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.remembering()
	out, err := d.RegisterAll(t.Context(), o.duty(), []incident.Register{complaint("翠湖花园小区", 1), complaint("翠湖花园小区", 2)})
	if err != nil || out[0].Err != nil || out[1].Err != nil {
		t.Fatal(err, out)
	}
	if got := o.get(out[1].ID); got.Matter != out[0].ID || len(got.Grading.Similar) != 1 {
		t.Errorf("second row: matter %s, similar %+v", got.Matter, got.Grading.Similar)
	}
}

func TestRegister_OfTwoAtOnceOneFindsTheOther(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.remembering()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, _, err := d.Register(t.Context(), o.duty(), desk.Registration{Register: complaint("翠湖花园小区", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	alone := 0
	for id := incident.ID(1); id <= 8; id++ {
		if len(o.get(id).Grading.Similar) == 0 {
			alone++
		}
	}
	if alone != 1 {
		t.Errorf("%d of eight found nothing, want the first alone", alone)
	}
}

func TestHeat_ProposesToRegradeAtTheThreshold(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.remembering()
	first := o.tell(d, complaint("翠湖花园小区", 1))
	for n := 2; n <= 9; n++ {
		o.tell(d, complaint("翠湖花园小区", n))
	}
	if got := o.get(first.ID); len(got.Grading.Doubts) != 0 {
		t.Fatalf("nine reports already raise %q", got.Grading.Doubts)
	}
	for n := 10; n <= 12; n++ {
		o.tell(d, complaint("翠湖花园小区", n))
	}
	got := o.get(first.ID)
	if len(got.Grading.Doubts) != 1 || !strings.Contains(got.Grading.Doubts[0], "24小时内已有10件") {
		t.Fatalf("doubts %q, want one that says ten in 24 hours", got.Grading.Doubts)
	}
	if got.Level() != incident.General {
		t.Errorf("level %s: a regrade is proposed, never done by itself", got.Level())
	}
	list, err := d.Store.Deliveries(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, x := range list {
		told = told || x.Notice.Kind == incident.NoticeResult && strings.Contains(x.Notice.Text, "热点")
	}
	if !told {
		t.Error("the duty officer is not told")
	}
	m, err := d.MatterOf(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Cases) != 12 || m.Heat.Reporters != 12 || !m.Hot || !m.Regrade {
		t.Errorf("matter of %d cases, %d reporters, hot %v, regrade %v", len(m.Cases), m.Heat.Reporters, m.Hot, m.Regrade)
	}
	// After a restart the same is not proposed again.
	d = o.remembering()
	if err := d.Recall(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	o.tell(d, complaint("翠湖花园小区", 13))
	if again := o.get(first.ID); len(again.Grading.Doubts) != 1 {
		t.Errorf("proposed again: %q", again.Grading.Doubts)
	}
}
