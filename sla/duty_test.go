package sla_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// rules are the built-in duties.
func rules(tb testing.TB) *sla.DutyRules {
	tb.Helper()
	doc, err := os.ReadFile("../configs/duties.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	r, err := sla.ParseDuties(nil, "duties.yaml", doc)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func rule(tb testing.TB, id string) sla.DutyRule {
	tb.Helper()
	r, ok := rules(tb).Rule(id)
	if !ok {
		tb.Fatalf("no rule %s", id)
	}
	return r
}

// whole says a duty's limits as people read them, the target in brackets.
func whole(tb testing.TB, b sla.Book, d incident.Duty) string {
	tb.Helper()
	var out []string
	for _, due := range d.Dues {
		date, err := b.DutyDate(d, due)
		if err != nil {
			tb.Fatal(err)
		}
		text := stamp(date.Limit, b.Zone)
		if !date.Target.IsZero() {
			text += "(" + stamp(date.Target, b.Zone) + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// stamp is an instant with 24:00 as it is said.
func stamp(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if h, m, s := t.Clock(); h+m+s == 0 {
		return t.AddDate(0, 0, -1).Format("2006-01-02") + "T24:00"
	}
	return t.Format("2006-01-02T15:04")
}

// TestDutyDate_ByTheCalendar: each rule over whole years, written out. Working days are
// those of the State Council's arrangement, make-up days included.
func TestDutyDate_ByTheCalendar(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	tests := []struct{ rule, at, period, opens, want string }{
		// D2: three limits in a year.
		{"D2", "2026-06-01", "2026", "2026-01-01", "2026-04-30T24:00 2026-08-31T24:00 2026-12-31T24:00"},
		{"D2", "2024-12-31", "2024", "2024-01-01", "2024-04-30T24:00 2024-08-31T24:00 2024-12-31T24:00"},
		// D3: quarter ends; it opens seven days before.
		{"D3", "2026-01-01", "2026Q1", "2026-03-24", "2026-03-31T24:00"},
		{"D3", "2026-06-30", "2026Q2", "2026-06-23", "2026-06-30T24:00"},
		{"D3", "2026-07-01", "2026Q3", "2026-09-23", "2026-09-30T24:00"},
		{"D3", "2026-12-31", "2026Q4", "2026-12-24", "2026-12-31T24:00"},
		{"D3", "2024-02-29", "2024Q1", "2024-03-24", "2024-03-31T24:00"},
		// D4: 31 January counts; aimed at 25 January.
		{"D4", "2026-01-01", "2026", "2026-01-01", "2026-01-31T24:00(2026-01-25T24:00)"},
		{"D4-county", "2026-12-31", "2026", "2026-01-01", "2026-03-31T24:00"},
		// D5: the ISO week; the days about New Year belong to the week's own year.
		{"D5", "2026-11-20", "2026-W47", "2026-11-16", "2026-11-22T24:00"},
		{"D5", "2026-12-31", "2026-W53", "2026-12-28", "2027-01-03T24:00"},
		{"D5", "2027-01-03", "2026-W53", "2026-12-28", "2027-01-03T24:00"},
		{"D5", "2027-01-04", "2027-W01", "2027-01-04", "2027-01-10T24:00"},
		{"D5", "2024-12-30", "2025-W01", "2024-12-30", "2025-01-05T24:00"},
		{"D5", "2020-12-31", "2020-W53", "2020-12-28", "2021-01-03T24:00"},
		// D7
		{"D7", "2026-01-01", "2026", "2026-10-01", "2026-12-31T24:00(2026-12-15T24:00)"},
		// D11: the fifth working day of the month after.
		{"D11", "2026-10-15", "2026-10", "2026-11-01", "2026-11-06T24:00"}, // 1 Nov is a Sunday: 2 3 4 5 6
		{"D11", "2026-09-15", "2026-09", "2026-10-01", "2026-10-13T24:00"}, // off 1-7, 10 worked: 8 9 10 12 13
		{"D11", "2026-01-15", "2026-01", "2026-02-01", "2026-02-06T24:00"},
		{"D11", "2026-12-31", "2026-12", "2027-01-01", "2027-01-08T24:00"}, // 1-3 off: 4 5 6 7 8
		{"D11", "2024-01-31", "2024-01", "2024-02-01", "2024-02-06T24:00"}, // 4 Feb, a Sunday, is worked: 1 2 4 5 6
		{"D11-year", "2026-05-05", "2026", "2027-01-01", "2027-01-20T24:00"},
	}
	for _, tt := range tests {
		at, err := time.ParseInLocation(time.DateOnly, tt.at, b.Zone)
		if err != nil {
			t.Fatal(err)
		}
		r := rule(t, tt.rule)
		period, span := sla.PeriodAt(r.Cycle, at.Add(23*time.Hour), b.Zone)
		cmd := b.DutyOf(r, period, span, "zjj", "")
		got := whole(t, b, cmd.Duty)
		if period != tt.period || cmd.Duty.Opens.Format(time.DateOnly) != tt.opens || got != tt.want {
			t.Errorf("%s at %s: %s opens %s, %s; want %s, %s, %s", tt.rule, tt.at, period, cmd.Duty.Opens.Format(time.DateOnly), got, tt.period, tt.opens, tt.want)
		}
	}
}

// TestDutyDate_ByADocument: from the day of issue, which is not counted.
func TestDutyDate_ByADocument(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	tests := []struct{ rule, start, want string }{
		{"D1", "2026-11-20T16:40", "2026-11-25T24:00"},
		{"D1", "2026-11-20T00:00", "2026-11-25T24:00"},
		{"D1", "2024-02-25T09:00", "2024-03-01T24:00"}, // a leap year: 26 27 28 29, 1
		{"D1", "2026-12-29T09:00", "2027-01-03T24:00"},
		{"D8", "2026-11-20T16:40", "2026-11-21T16:40"},
		// D9, D10: 20 working days; off 25 Sep-27 Sep and 1-7 Oct, worked 20 Sep and 10 Oct.
		// 20-24 Sep, 28-30 Sep, 8-10 Oct, 12-16 Oct, 19-22 Oct.
		{"D9", "2026-09-18T10:00", "2026-10-22T24:00"},
		{"D10", "2026-11-20T10:00", "2026-12-18T24:00"},
		{"D9", "2026-12-15T10:00", "2027-01-13T24:00"}, // over New Year
	}
	for _, tt := range tests {
		at, err := time.ParseInLocation("2006-01-02T15:04", tt.start, b.Zone)
		if err != nil {
			t.Fatal(err)
		}
		cmd := b.DutyOf(rule(t, tt.rule), "", sla.Span{Start: at, Last: at}, "zjj", "某府办发〔2026〕5号")
		if got := whole(t, b, cmd.Duty); got != tt.want {
			t.Errorf("%s from %s: %s, want %s", tt.rule, tt.start, got, tt.want)
		}
		if !strings.Contains(cmd.Title, "某府办发〔2026〕5号") || cmd.Key != "duty:"+tt.rule+"/某府办发〔2026〕5号/zjj" {
			t.Errorf("%s: %q, %q", tt.rule, cmd.Title, cmd.Key)
		}
	}
}

// TestDutyDate_BruteForce walks every day of twelve years: each lies in one period, periods
// follow one another without gap, and every limit lies where a plain count puts it.
func TestDutyDate_BruteForce(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	for _, id := range []string{"D2", "D3", "D4", "D5", "D7", "D11", "D11-year"} {
		r := rule(t, id)
		last, end := "", time.Time{}
		for day := time.Date(2018, 1, 1, 0, 0, 0, 0, b.Zone); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
			period, span := sla.PeriodAt(r.Cycle, day.Add(12*time.Hour), b.Zone)
			if day.Before(span.Start) || day.After(span.Last) {
				t.Fatalf("%s: %s does not lie in its own period %s (%s to %s)", id, day, period, span.Start, span.Last)
			}
			if period == last {
				continue
			}
			if last != "" && !span.Start.Equal(end.AddDate(0, 0, 1)) {
				t.Fatalf("%s: %s begins %s, the one before ended %s", id, period, span.Start, end)
			}
			last, end = period, span.Last
			d := b.DutyOf(r, period, span, "zjj", "").Duty
			date, err := b.DutyDate(d, d.Dues[len(d.Dues)-1])
			if err != nil {
				t.Fatal(err)
			}
			want := end.AddDate(0, 0, 1)
			switch id {
			case "D4":
				want = time.Date(span.Start.Year(), 2, 1, 0, 0, 0, 0, b.Zone)
			case "D11":
				for n := 0; n < 5; want = want.AddDate(0, 0, 1) {
					if !b.Holidays.IsOff(want) {
						n++
					}
				}
			case "D11-year":
				want = want.AddDate(0, 0, 20)
			}
			if !date.Limit.Equal(want) {
				t.Errorf("%s %s: %s, want %s", id, period, date.Limit, want)
			}
			if published := b.Holidays.Published(want.Year()); id == "D11" && !published != (date.Warning != "") {
				t.Errorf("%s %s: warning %q, year published %v", id, period, date.Warning, published)
			}
		}
	}
}

// TestMoment_LastWholeWeek is the other way to read 每季度最后一周.
func TestMoment_LastWholeWeek(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	county, err := sla.ParseDuties(rules(t), "本县", []byte("rules: [{id: D3, opens: last-week-6d, due: [{by: last-week}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	r, _ := county.Rule("d3")
	for _, tt := range []struct{ at, opens, want string }{
		{"2026-03-01", "2026-03-23", "2026-03-29T24:00"}, // 31 March is a Tuesday
		{"2026-05-01", "2026-06-22", "2026-06-28T24:00"},
		{"2023-12-01", "2023-12-25", "2023-12-31T24:00"}, // a Sunday itself
	} {
		at, _ := time.ParseInLocation(time.DateOnly, tt.at, b.Zone)
		period, span := sla.PeriodAt(r.Cycle, at, b.Zone)
		d := b.DutyOf(r, period, span, "fuban", "").Duty
		if got := whole(t, b, d); got != tt.want || d.Opens.Format(time.DateOnly) != tt.opens {
			t.Errorf("%s: opens %s, %s; want %s, %s", period, d.Opens.Format(time.DateOnly), got, tt.opens, tt.want)
		}
	}
}

// TestPlan_DutyExtended: 20 working days, and by leave as many more.
func TestPlan_DutyExtended(t *testing.T) {
	t.Parallel()
	b := book(t, "")
	start := time.Date(2026, 11, 20, 10, 0, 0, 0, b.Zone)
	cmd := b.DutyOf(rule(t, "D9"), "", sla.Span{Start: start, Last: start}, "zjj", "2026-031")
	step := func(c incident.Case, cmd incident.Command, by org.Actor, now time.Time) incident.Case {
		t.Helper()
		next, _, err := c.Apply(cmd, by, now)
		if err != nil {
			t.Fatal(err)
		}
		return b.Plan(b.Plan(next, now), now)
	}
	c := step(incident.Case{}, cmd, org.System("duties"), start)
	if got := stamp(c.Milestones[0].Limit, b.Zone); got != "2026-12-18T24:00" || c.Milestones[0].Days != 20 {
		t.Errorf("limit %s, %d days", got, c.Milestones[0].Days)
	}
	asked := start.AddDate(0, 0, 10)
	c = step(c, incident.AskExtension{Days: 20, Reason: "需征求第三方意见"}, person("zjj", org.Handler), asked)
	c = step(c, incident.GrantExtension{}, person("fuban", org.OfficeDirector), asked)
	m := c.Milestones[0]
	if got := stamp(m.Limit, b.Zone); got != "2027-01-18T24:00" || !m.Extended { // 21-25, 28-31 Dec, 4-8, 11-15, 18 Jan
		t.Errorf("extended to %s: %s", got, m.Counted)
	}
	if _, _, err := c.Apply(incident.AskExtension{Days: 1, Reason: "再延"}, person("zjj", org.Handler), asked); incident.CodeOf(err) != incident.CodeRefused {
		t.Errorf("a second extension: %v", err)
	}
}

func TestParseDuties_Faults(t *testing.T) {
	t.Parallel()
	one := func(more string) string {
		return "watch: {silent_after: 30m, sign_within: 30m}\nrules: [{id: X, name: 名, title: 题, clause: 款, proof: 证, cycle: year, for: units, due: [{by: end}]" + more + "}]"
	}
	for doc, want := range map[string]string{
		"rule: []": "第1行：不认识的配置项“rule”",
		strings.Replace(one(""), "year", "decade", 1):        "周期（cycle）“decade”不认识",
		strings.Replace(one(""), "by: end", "by: 末日", 1):     "due 第1项 by “末日”读不懂",
		strings.Replace(one(""), "by: end", "by: 02-29", 1):  "不是每年都有的日期",
		strings.Replace(one(""), "by: end", "by: end+3h", 1): "小时只能从 start 起算",
		strings.Replace(one(""), "by: end", "by: end-3w", 1): "往前只能数自然日",
		strings.Replace(one(""), "for: units", "for: 谁", 1):  "对象（for）“谁”不认识",
		strings.Replace(one(""), "题", `"{年}题"`, 1):           "标题（title）里的“{年}”不认识",
		one(", opens: x"):   "opens “x”读不懂",
		one(", clause: ''"): "重复",
		one("},{id: X"):     "编号（id）“X”为空或重复",
		"rules: []":         "silent_after 和 sign_within 至少1分钟",
		strings.Replace(one(""), "by: end", "by: end, goal: 1, leader: 2", 1): "主要负责人的次数不能多于总数",
	} {
		if _, err := sla.ParseDuties(nil, "x.yaml", []byte(doc)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", doc, err, want)
		}
	}
	over, err := sla.ParseDuties(rules(t), "本县", []byte("rules:\n  - {id: D7, enabled: false}\n  - {id: D5, due: [{by: end-2d}]}\naccounts: [{name: 某县发布, unit: 县委宣传部}]"))
	if err != nil {
		t.Fatal(err)
	}
	d7, _ := over.Rule("D7")
	d5, _ := over.Rule("D5")
	if d7.Enabled || d7.Name != "领导小组年度报告" || d5.Due[0].By != "end-2d" || !d5.Enabled || len(over.Accounts) != 1 {
		t.Errorf("the county's own: %+v, %+v", d7, d5)
	}
	if before, _ := rules(t).Rule("D7"); !before.Enabled {
		t.Error("the built-in rules were changed")
	}
}
