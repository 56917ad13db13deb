package report_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/year"
	"huiying/org"
	"huiying/report"
)

// by is a person of the county as an actor.
func (c *county) by(t *testing.T, id org.PersonID) org.Actor {
	t.Helper()
	by, ok := c.desk.Directory().Actor(id, "test", c.now)
	if !ok {
		t.Fatalf("nobody is %s", id)
	}
	return by
}

// do is what the county's duty officer does.
func (c *county) do(t *testing.T, id incident.ID, cmd incident.Command) {
	t.Helper()
	if _, err := c.desk.Do(t.Context(), c.by(t, "fuban-duty_officer"), id, cmd, ""); err != nil {
		t.Fatal(err)
	}
}

func unitOf(t *testing.T, e report.Evaluation, unit org.UnitID) report.UnitEvaluation {
	t.Helper()
	i := slices.IndexFunc(e.Units, func(u report.UnitEvaluation) bool { return u.Unit == unit })
	if i < 0 {
		t.Fatalf("%s is not evaluated", unit)
	}
	return e.Units[i]
}

// TestEvaluation_Findings: a person's finding costs its points, is printed with its reason,
// can be disputed, and is gone once it was taken back or the dispute upheld.
func TestEvaluation_Findings(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 24, From: monday(), Days: 20, Incidents: 60, Every: time.Hour})
	ctx, issuedAt := t.Context(), time.Date(2026, 10, 9, 9, 0, 0, 0, year.Zone())
	before, err := c.CountEvaluation(ctx, september(), issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(before.Units, func(u report.UnitEvaluation) bool { return u.Class == "县直部门" && u.Score > 4000 })
	unit := before.Units[i].Unit
	head := org.PersonID(string(unit) + "-head")
	find := func(by org.PersonID, id incident.ID, what incident.Fault) {
		_, err := c.desk.Do(ctx, c.by(t, by), id, incident.Find{
			What: what, Unit: unit, Reason: "知情未报，来电13812345678", Evidence: "值班记录", KnownAt: c.now.Add(-time.Hour), FoundBy: "县网信办",
		}, "")
		if err != nil {
			t.Fatal(err)
		}
	}
	find("fuban-duty_officer", 1, incident.Omitted)
	find("fuban-office_director", 2, incident.Concealed)
	find("fuban-duty_officer", 3, incident.Falsified)
	c.do(t, 3, incident.Revoke{Reason: "查无实据"})

	e, _, err := c.IssueEvaluation(ctx, c.by(t, "fuban-office_director"), september(), issuedAt, false)
	if err != nil {
		t.Fatal(err)
	}
	was, is := before.Units[i], unitOf(t, e, unit)
	if math.Abs(float64(was.Score-is.Score)-1500) > 1 || is.FoundText() != "−15（2起）" {
		t.Errorf("an omission and a concealment cost %d hundredths, printed %q", was.Score-is.Score, is.FoundText())
	}
	for key, want := range map[string]string{"omitted": "1起", "concealed": "1起", "falsified": "0起"} {
		if f := is.Figure(key); f.Value != want || f.Formula == "" {
			t.Errorf("%s = %s, want %s", key, f.Value, want)
		}
	}
	k := slices.IndexFunc(is.Deductions, func(d report.Deduction) bool { return d.Figure == "concealed" })
	d := is.Deductions[k]
	if !d.Finding || d.Points != 10 || strings.Contains(d.Reason, "13812345678") || !strings.Contains(d.Reason, "值班记录") {
		t.Errorf("deduction %+v", d)
	}
	r, err := c.Appeal(ctx, c.by(t, head), report.Appeal{Period: "2026-09", Unit: unit, Figure: d.Figure, Incident: d.Incident, Milestone: d.Milestone, Text: "已电话报告"}, issuedAt.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decide(ctx, c.by(t, "fuban-office_director"), r.ID, false, "维持", issuedAt.Add(2*time.Hour)); err == nil || !strings.Contains(err.Error(), "您本人认定") {
		t.Errorf("whoever found it decides on its appeal: %v", err)
	}
	if _, err := c.Decide(ctx, c.by(t, "fuban-deputy_leader"), r.ID, true, "属实", issuedAt.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	c.do(t, 1, incident.Revoke{Reason: "已补报"})
	again, _, err := c.IssueEvaluation(ctx, c.by(t, "fuban-office_director"), september(), issuedAt.Add(3*time.Hour), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := unitOf(t, again, unit); got.Score != was.Score || got.FoundText() != "—" {
		t.Errorf("score %d after both are gone, want %d", got.Score, was.Score)
	}
	if doc := e.Document(year.Zone()); !strings.Contains(strings.Join(doc.Annexes[4].Text, ""), "漏报每起扣5分，瞒报每起扣10分，谎报每起扣10分") {
		t.Errorf("the document does not say what findings cost: %q", doc.Annexes[4].Text)
	}
}

// TestEvaluation_FindingTakenBackAfterTheMonth strikes it from what is counted after.
func TestEvaluation_FindingTakenBackAfterTheMonth(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 25, From: monday(), Days: 36, Incidents: 40, Every: time.Hour})
	c.do(t, 1, incident.Find{What: incident.Concealed, Unit: c.desk.Directory().Data().Units[1].ID, Reason: "隐瞒", Evidence: "录音"})
	october := report.Month{Year: 2026, Month: time.October}
	later := time.Date(2026, 11, 3, 9, 0, 0, 0, year.Zone())
	total := func() int {
		e, err := c.CountEvaluation(t.Context(), october, later)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range e.Figures {
			if f.Key == "concealed" {
				return f.Num
			}
		}
		return -1
	}
	if total() != 1 {
		t.Fatal("the finding is not counted")
	}
	c.do(t, 1, incident.Revoke{Finding: 1, Reason: "查无实据"})
	if total() != 0 {
		t.Error("the finding that was taken back is counted")
	}
}

// TestScoring_Validate: what does not add up is refused with what is wrong.
func TestScoring_Validate(t *testing.T) {
	t.Parallel()
	if err := report.DefaultScoring().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*report.Scoring){
		"现在是1.1":                   func(s *report.Scoring) { s.OnTime = 0.4 },
		"evaluation.accept":        func(s *report.Scoring) { s.Accept = -0.1 },
		"evaluation.omitted":       func(s *report.Scoring) { s.Omitted = 101 },
		"evaluation.daily":         func(s *report.Scoring) { s.Daily = 0.5 },
		"evaluation.respond_48h 须": func(s *report.Scoring) { s.Respond = 2 },
	} {
		s := report.DefaultScoring()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}
