package desk_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

func duties(t *testing.T, county string) *sla.DutyRules {
	t.Helper()
	doc, err := os.ReadFile("../configs/duties.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sla.ParseDuties(nil, "duties.yaml", doc)
	if err == nil && county != "" {
		r, err = sla.ParseDuties(r, "county", []byte(county))
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const oneAccount = "accounts: [{name: 某县发布, unit: 县政府办}]"

// all lists every duty that there is.
func (o *office) all(f desk.Filter) []incident.Case {
	o.t.Helper()
	var out []incident.Case
	if err := o.EachDuty(o.t.Context(), f, o.clock.Now(), func(c incident.Case) { out = append(out, c) }); err != nil {
		o.t.Fatal(err)
	}
	return out
}

// TestOpenDuties_EachPeriodOnce lets two replicas open duties at any instants, over outages
// of any length, over a year and more: each period is opened once, none is left out, and what was
// over before the county began is not opened.
func TestOpenDuties_EachPeriodOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			o := open(t)
			first := o.Desk
			second := o.desk(policy(t, ""))
			first.Duties, second.Duties = duties(t, oneAccount), duties(t, oneAccount)
			began := o.clock.Now()
			for o.clock.Now().Before(began.AddDate(1, 2, 0)) {
				replicas := []*desk.Desk{first, second}
				if r.IntN(3) == 0 { // both at the same instant
					failed := make(chan error, 2)
					for _, d := range replicas {
						go func() {
							_, err := d.OpenDuties(t.Context(), o.clock.Now())
							failed <- err
						}()
					}
					if err := errors.Join(<-failed, <-failed); err != nil {
						t.Fatal(err)
					}
				} else if _, err := replicas[r.IntN(2)].OpenDuties(t.Context(), o.clock.Now()); err != nil {
					t.Fatal(err)
				}
				step := time.Duration(1+r.IntN(72)) * time.Hour
				if r.IntN(10) == 0 {
					step = time.Duration(r.IntN(120)) * 24 * time.Hour // an outage
				}
				o.clock.Advance(step)
			}
			if _, err := first.OpenDuties(t.Context(), o.clock.Now()); err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, c := range o.all(desk.Filter{}) {
				got[c.Report.ExternalID]++
				if !c.DutyLimit().Limit.After(began) {
					t.Errorf("%s was over before the county began", c.Report.ExternalID)
				}
			}
			want := map[string]bool{}
			for day := began.AddDate(-1, 0, 0); !day.After(o.clock.Now()); day = day.AddDate(0, 0, 1) {
				for _, cmd := range first.DutiesBetween(began, day) {
					want[cmd.Key] = true
				}
			}
			if len(want) < 100 {
				t.Errorf("only %d periods", len(want))
			}
			for key := range want {
				if got[key] != 1 {
					t.Errorf("%s was opened %d times", key, got[key])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d opened, want %d", len(got), len(want))
			}
		})
	}
}

// TestDuty_Yearly is a yearly report from 1 January to the leaders: who is told when, that
// an acknowledgement and a proof end it, and that the incidents' figures know nothing of it.
func TestDuty_Yearly(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Duties = duties(t, "rules: [{id: D4, units: [县住建局]}, {id: D2, enabled: false}, {id: D11, enabled: false}, {id: D11-year, enabled: false}]")
	o.clock.Advance(time.Date(2027, 1, 1, 0, 0, 0, 0, zone()).Sub(o.clock.Now()))
	if n, err := o.OpenDuties(t.Context(), o.clock.Now()); err != nil || n != 2 { // D4, and the county's own report
		t.Fatalf("opened %d: %v", n, err)
	}
	c := o.all(desk.Filter{Unit: house})[0]
	if c.Report.Title != "2026年度政府信息公开工作年度报告" || c.Report.ExternalID != "duty:D4/2027/"+string(house) {
		t.Errorf("%q, %q", c.Report.Title, c.Report.ExternalID)
	}
	for o.clock.Now().Before(time.Date(2027, 2, 17, 0, 0, 0, 0, zone())) {
		if _, err := o.Fire(t.Context(), o.clock.Now()); err != nil {
			t.Fatal(err)
		}
		o.clock.Advance(15 * time.Minute)
	}
	var got []string
	for _, d := range o.deliveries(c.ID) {
		n := d.Notice
		at := n.At
		if n.NotBefore.After(at) {
			at = n.NotBefore
		}
		got = append(got, fmt.Sprintf("%s %s %s", at.In(zone()).Format("01-02 15:04"), n.Label, n.Post))
	}
	slices.Sort(got)
	same(t, "who is told of the yearly report", got, `
01-25 12:00 L-156h handler
01-25 12:00 L-156h section_head
01-26 07:30 T deputy
01-26 07:30 T handler
01-29 12:00 L-60h handler
01-31 12:00 L-12h deputy
01-31 12:00 L-12h handler
01-31 21:45 L deputy
01-31 21:45 L handler
01-31 21:45 L head
02-02 07:30 L+24h head
02-02 07:30 L+24h office_director
02-08 07:30 L+168h deputy_leader
02-08 07:30 L+168h head
02-08 07:30 L+168h office_director
02-15 07:30 L+168h deputy_leader
02-15 07:30 L+168h head
02-15 07:30 L+168h office_director`)
	counts, err := o.Store.Counts(t.Context(), o.clock.Now())
	if err != nil || len(counts.States) != 0 || counts.Overdue != 0 {
		t.Errorf("the incidents' figures count a duty: %+v, %v", counts, err)
	}
	tally, err := o.CountDuties(t.Context(), desk.Filter{Open: true}, o.clock.Now())
	if err != nil || tally.States[incident.DutyOverdue] != 1 || tally.States[incident.DutyOpen] != 1 || tally.All() != 2 || len(tally.Units) != 2 {
		t.Errorf("duties: %+v, %v", tally, err)
	}
	c = o.do(c.ID, o.as(house, org.Handler), incident.Fulfil{Address: "https://www.example.gov.cn/nb", At: time.Date(2027, 1, 30, 9, 0, 0, 0, zone())})
	if c.DutyState(o.clock.Now()) != incident.DutyDone {
		t.Errorf("done on 30 January, it is %s", c.DutyState(o.clock.Now()))
	}
	next, err := o.Fire(t.Context(), o.clock.Now().Add(30*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(o.deliveries(c.ID)); n != len(got) {
		t.Errorf("told on after it was done: %d, next %s", n, next)
	}
	again, err := o.Replay(t.Context(), c.ID)
	if err != nil || again.DutyState(o.clock.Now()) != incident.DutyDone || plain(t, again) != plain(t, c) {
		t.Errorf("replayed: %v", err)
	}
}

// TestOpenDuty_ByDocument: an officer opens it once, his unit's handler is told by when, and
// what is wrong is said.
func TestOpenDuty_ByDocument(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Duties = duties(t, "")
	order := desk.DutyOrder{Rule: "d1", Unit: "住建局", Subject: " 《物业管理办法》 ", Start: o.clock.Now().Add(-24 * time.Hour)}
	order.Unit = "县住建局"
	c, there, err := o.OpenDuty(t.Context(), o.duty(), order)
	if err != nil || there || c.Lead != house || c.Report.Title != "政策解读：《物业管理办法》" {
		t.Fatalf("%v, %v, %q", err, there, c.Report.Title)
	}
	var texts []string
	for _, d := range o.deliveries(c.ID) {
		texts = append(texts, string(d.Notice.Post)+" "+d.Notice.Text)
	}
	same(t, "who is told", texts, "handler 新任务：政策解读，最迟11月22日24:00")
	if again, there, err := o.OpenDuty(t.Context(), o.as(house, org.Handler), order); err != nil || !there || again.ID != c.ID {
		t.Errorf("twice: %v, %v, %s", err, there, again.ID)
	}
	for name, tt := range map[string]struct {
		order desk.DutyOrder
		by    org.Actor
		want  string
	}{
		"no such rule":     {desk.DutyOrder{Rule: "D99", Subject: "x"}, o.duty(), "没有“D99”这项任务，可以登记的有：D1 政策解读、D8"},
		"by the calendar":  {desk.DutyOrder{Rule: "D4", Subject: "x"}, o.duty(), "由系统按期开立，不用登记"},
		"about nothing":    {desk.DutyOrder{Rule: "D9", Unit: "县住建局"}, o.duty(), "请填写申请编号"},
		"in the future":    {desk.DutyOrder{Rule: "D1", Unit: "县住建局", Subject: "x", Start: o.clock.Now().Add(time.Hour)}, o.duty(), "印发时间不能晚于现在"},
		"nobody's":         {desk.DutyOrder{Rule: "D1", Unit: "火星局", Subject: "x"}, o.duty(), "没有“火星局”这个单位"},
		"another unit's":   {desk.DutyOrder{Rule: "D1", Unit: "县住建局", Subject: "x"}, o.as(water, org.Head), "不能办理"},
		"endless subjects": {desk.DutyOrder{Rule: "D1", Unit: "县住建局", Subject: strings.Repeat("长", 121)}, o.duty(), "超过120字"},
	} {
		if _, _, err := o.OpenDuty(t.Context(), tt.by, tt.order); err == nil || !strings.Contains(incident.Text(err), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Of one's own unit nothing need be said.
	c, _, err = o.OpenDuty(t.Context(), o.as(water, org.Handler), desk.DutyOrder{Rule: "D10", Subject: "水发〔2026〕3号"})
	if err != nil || c.Lead != water {
		t.Errorf("own unit: %v, %s", err, c.Lead)
	}
	// An extension is asked of the office director in the unit's name.
	c, _, err = o.OpenDuty(t.Context(), o.duty(), desk.DutyOrder{Rule: "D9", Unit: "县水利局", Subject: "2026-031"})
	if err != nil {
		t.Fatal(err)
	}
	o.do(c.ID, o.as(water, org.Handler), incident.AskExtension{Days: 20, Reason: "征求第三方意见"})
	asked := o.deliveries(c.ID)
	if text := asked[len(asked)-1].Notice.Text; !strings.HasPrefix(text, "县水利局申请延期20天") {
		t.Errorf("the director reads %q", text)
	}
}

func TestDutyFaults_NamesUnitsThatAreNot(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Duties = duties(t, "rules: [{id: D4, units: [火星局], except: [县住建局]}]\naccounts: [{name: 某县发布, unit: 月球局}]")
	same(t, "faults", o.DutyFaults(), "周期任务D4里的单位“火星局”不存在，请核对名称\n周期任务账号“某县发布”里的单位“月球局”不存在，请核对名称")
}
