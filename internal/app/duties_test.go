package app

import (
	"strings"
	"testing"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
)

// chores are a house with the recurring duties that come with it.
func chores(t *testing.T, begin string) *year {
	t.Helper()
	y := newYear(t, begin)
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if y.house.Desk.Duties, err = LoadDuties(cfg, y.house.Desk.Book().Policy); err != nil {
		t.Fatal(err)
	}
	return y
}

func (y *year) dutiesOf(rule string) []incident.Case {
	y.tb.Helper()
	var out []incident.Case
	err := y.house.Desk.EachDuty(y.tb.Context(), desk.Filter{Rule: rule}, y.now(), func(c incident.Case) { out = append(out, c) })
	if err != nil {
		y.tb.Fatal(err)
	}
	return out
}

// TestDuties_DoneByItsReport: the month's evaluation is a duty of the county office from the
// 1st on, and done by being issued; nobody has to hand it in.
func TestDuties_DoneByItsReport(t *testing.T) {
	t.Parallel()
	y := chores(t, "2026-11-02 09:00")
	ctx := t.Context()
	y.cfg.Server.BaseURL = "https://huiying.example.gov.cn"
	y.jobs.fresh = false
	y.duties(ctx)
	y.register("钱值班", map[string]any{"source": "12345热线", "external_id": "A1", "title": "路灯不亮", "text": "和平小区路灯不亮", "lead": "县住建局"})
	y.fake.Advance(y.at("2026-12-01 00:01").Sub(y.now()))
	y.duties(ctx)
	y.duties(ctx) // a minute later
	due := y.dutiesOf("D11")
	if len(due) != 2 || due[0].Duty.Period != "2026-10" || due[1].Duty.Period != "2026-11" || due[1].State != incident.Handling {
		t.Fatalf("the months' evaluations: %d", len(due))
	}
	y.fake.Advance(y.at("2026-12-07 08:41").Sub(y.now()))
	y.jobs.once(ctx, y.jobOf("monthly"))
	y.duties(ctx)
	y.duties(ctx)
	c, err := y.house.Desk.Get(ctx, due[1].ID)
	if err != nil || c.DutyState(y.now()) != incident.DutyDone || len(c.Duty.Entries) != 1 ||
		c.Duty.Entries[0].Address != "https://huiying.example.gov.cn/evaluation/2026-11" {
		t.Errorf("after it was issued: %s, %+v, %v", c.DutyState(y.now()), c.Duty, err)
	}
	if others := y.dutiesOf("D2"); len(others) != 18 || others[0].State != incident.Handling {
		t.Errorf("the others: %d", len(others))
	}
}

// TestLoadDuties_WithoutLadder: a policy that tells nobody of duties is refused at the start.
func TestLoadDuties_WithoutLadder(t *testing.T) {
	t.Parallel()
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	book, err := LoadBook(cfg, "")
	if err != nil {
		t.Fatal(err)
	}
	p := *book.Policy
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	p.Ladders, p.Milestones = nil, nil
	if err := p.Validate(); err == nil {
		t.Fatal("a policy without ladders is valid")
	}
	if _, err := LoadDuties(cfg, &p); err == nil || !strings.Contains(err.Error(), "没有周期任务（duty）的催办阶梯") {
		t.Errorf("got %v", err)
	}
}
