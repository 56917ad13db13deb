package report_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/internal/year"
	"huiying/org"
	"huiying/report"
)

// TestWeekly_ReasonIsWhatTheUnitSaid: the bulletin's 原因 quotes the obstacle that the unit
// named, else its last progress, masked and short; what another unit says is not its reason.
func TestWeekly_ReasonIsWhatTheUnitSaid(t *testing.T) {
	t.Parallel()
	c := play(t, database(t), year.Play{Seed: 51, From: monday(), Days: 12, Incidents: 40, Every: time.Hour})
	week := report.WeekOf(c.now, year.Zone())
	late := func() map[string]string {
		t.Helper()
		w, err := c.CountWeekly(t.Context(), week, c.now)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, r := range w.Late {
			if r.Kind != report.LateMet && r.Milestone == incident.MilestoneConclude {
				out[r.Incident.String()] = r.Reason
			}
		}
		return out
	}
	before := late()
	var id incident.ID
	var lead org.UnitID
	for n := incident.ID(1); n <= 40; n++ {
		k, err := c.db.Load(t.Context(), n)
		if err == nil && before[n.String()] != "" && (k.State == incident.Handling || k.State == incident.Accepted) {
			id, lead = n, k.Lead
		}
	}
	if id == 0 {
		t.Fatal("nothing is late and in hand in this world")
	}
	say := func(unit org.UnitID, p incident.Progress) {
		t.Helper()
		if _, err := c.desk.Do(t.Context(), c.by(t, org.PersonID(string(unit)+"-handler")), id, p, ""); err != nil {
			t.Fatal(err)
		}
	}
	say(lead, incident.Progress{Text: "已与开发商张小明（13812345678）约谈，要求本周内恢复电梯运行并安排专人值守保障老人出行"})
	if got := late()[id.String()]; !strings.HasPrefix(got, "最近进展（") || strings.Contains(got, "13812345678") || !strings.HasSuffix(got, "…") || len([]rune(got)) > 45 {
		t.Errorf("the last progress is quoted as %q", got)
	}
	say(lead, incident.Progress{Text: "等待", Obstacle: "省级检测报告未出"})
	if got := late()[id.String()]; got != "单位说明：省级检测报告未出" {
		t.Errorf("the obstacle is quoted as %q", got)
	}
	say(lead, incident.Progress{Text: "仍在等待"})
	if got := late()[id.String()]; got != "单位说明：省级检测报告未出" {
		t.Errorf("after one more progress the obstacle is quoted as %q", got)
	}
}
