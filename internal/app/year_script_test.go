package app

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// yearHead says what the book is.
const yearHead = `# 回应的一年

一个县一年里会遇到的事，从头走一遍：热线工单、谣言、突发事件、春节假期、退回改派、超期通报、停机两天、年终考核。
左边带姓名的是人在聊天里说的话，或者对接程序代他调用的接口；“→”后面是系统因此发出的消息。按天、按周都有的提醒只写条数。

这份记录由测试写出（` + "`go test -tags sqlite_fts5 ./internal/app -run TestYear -update`" + `）：系统是真的（数据库、接口、对话、催办、定时任务），时钟是模拟的，人和事是虚构的。
`

// TestYear walks through a year of a county by API and chat: every command, every report.
func TestYear(t *testing.T) {
	t.Parallel()
	y := newYear(t, "2026-01-01 00:00")
	for _, part := range []func(*year){january, springFestival, march, emergency, hotIssue, handedDown, silentUnit, autumn, november, appeal, yearEnd} {
		part(y)
	}
	y.audited()
	y.closeBook(yearHead)
}

// register takes an incident in by API.
func (y *year) register(who string, body map[string]any) {
	y.tb.Helper()
	y.post(who, "/incidents", body).wants(201)
}

// do gives a command by API.
func (y *year) do(who string, id int, command string, body map[string]any) {
	y.tb.Helper()
	y.post(who, fmt.Sprintf("/incidents/%d/%s", id, command), body).wants(200)
}

// reviewed lets three people approve the newest wording of an incident's draft.
func (y *year) reviewed(id int, people ...string) {
	y.tb.Helper()
	for _, who := range people {
		y.says(who, fmt.Sprintf("审核%d号", id), "1")
	}
}

// fulfil hands in the proof of the unit's open duty of a rule, by API.
func (y *year) fulfil(who, rule string, unit org.UnitID, address string, byLeader bool) {
	y.tb.Helper()
	var id incident.ID
	err := y.house.Desk.EachDuty(y.tb.Context(), desk.Filter{Rule: rule, Unit: unit, Open: true}, y.now(), func(c incident.Case) { id = c.ID })
	y.must(err)
	y.post(who, fmt.Sprintf("/duties/%d/fulfil", id), map[string]any{"address": address, "by_leader": byLeader}).wants(200)
}

// decides answers the newest open proposal or appeal about a unit, by API.
func (y *year) decides(who string, kind report.RulingKind, unit org.UnitID, adopt bool, answer string, status int) {
	y.tb.Helper()
	list, err := y.reports.Rulings(y.tb.Context(), org.System("year"), kind, "")
	y.must(err)
	for _, r := range slices.Backward(list) {
		if r.Unit == unit && r.Decided.IsZero() {
			y.post(who, fmt.Sprintf("/rulings/%d/decision", r.ID), map[string]any{"adopt": adopt, "answer": answer}).wants(status)
			return
		}
	}
	y.tb.Fatalf("nothing of the kind %s about %s waits to be decided", kind, unit)
}

// approved is what reviewed is, through the API.
func (y *year) approved(id, draft int, people ...string) {
	y.tb.Helper()
	for _, who := range people {
		y.do(who, id, "review", map[string]any{"draft": draft, "hash": y.hash(id, draft), "approve": true})
	}
}

// hash is that of a draft's newest wording.
func (y *year) hash(id, draft int) string {
	y.tb.Helper()
	c, err := y.house.Desk.Get(y.tb.Context(), incident.ID(id))
	y.must(err)
	versions := c.Drafts[draft-1].Versions
	return versions[len(versions)-1].Hash
}

// submitted hands a draft in, with both boxes ticked.
func (y *year) submitted(id int, who string) {
	y.tb.Helper()
	y.says(who, fmt.Sprintf("送审%d号", id), "1", "1")
}

// figures is a report as text, a figure a line, its instants in one zone.
func (y *year) figures(report any) string {
	y.tb.Helper()
	raw, err := json.MarshalIndent(report, "", " ")
	y.must(err)
	return instant.ReplaceAllStringFunc(string(raw), func(s string) string {
		at, err := time.Parse(time.RFC3339, s)
		y.must(err)
		return at.UTC().Format(time.RFC3339)
	})
}

var instant = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)`)

// audited checks what must hold at the end: the log is whole, nothing is open that nobody
// would be told of, and each summary that was issued equals what the logs give today.
func (y *year) audited() {
	y.tb.Helper()
	ctx := y.tb.Context()
	audit, err := y.db.VerifyLog(ctx)
	y.must(err)
	if len(audit.Problems) > 0 || audit.Entries == 0 {
		y.tb.Errorf("the log is not whole: %+v", audit)
	}
	lost, err := y.house.Desk.Check(ctx, y.now())
	y.must(err)
	if len(lost) > 0 {
		y.tb.Errorf("nobody would be told of %v", lost)
	}
	weeks := 0
	for day := y.at("2026-01-05 12:00"); day.Before(y.now()); day = day.AddDate(0, 0, 7) {
		week := report.WeekBefore(day, y.zone)
		issued, revision, err := y.reports.Weekly(ctx, week, y.now())
		y.must(err)
		again, err := y.reports.CountWeekly(ctx, week, issued.Period.CutOff)
		y.must(err)
		if was, is := y.figures(issued), y.figures(again); revision != 1 || was != is {
			y.tb.Errorf("%s, revision %d: the logs do not give what was issued\n%s", week, revision, firstDifference(was, is))
		}
		weeks++
	}
	for m := time.January; m <= time.December; m++ {
		month := report.Month{Year: 2026, Month: m}
		issued, kept, err := y.reports.Evaluation(ctx, month, y.now())
		y.must(err)
		again, err := y.reports.CountEvaluation(ctx, month, issued.Period.CutOff)
		y.must(err)
		// November's appeal was decided after its cut-off.
		if was, is := y.figures(issued), y.figures(again); kept.Revision == 0 || was != is && m != time.November {
			y.tb.Errorf("%s, revision %d: the logs do not give what was issued\n%s", month, kept.Revision, firstDifference(was, is))
		}
	}
	if weeks < 52 {
		y.tb.Errorf("%d weeks, want a year", weeks)
	}
}
