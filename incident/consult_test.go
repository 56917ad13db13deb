package incident_test

import (
	"testing"

	"huiying/incident"
)

// TestConsult_DividesTheWork: what falls to an assisting unit is its task, with a limit of
// its own or half of the time; a unit that has no part in the matter gets nothing.
func TestConsult_DividesTheWork(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Major, "2026-11-23T08:00:00+08:00")
	cmd := incident.Consult{Participants: "县政府办、宣传部、县水利局", Facts: "截至9时2人受伤", Wording: "2人受伤，原因正在调查"}
	stranger := cmd
	stranger.Division = []incident.Item{{Text: "核实", Unit: traffic}}
	s.refused("2026-11-23T09:00:00+08:00", duty(), stranger, "不是本件的主办或协办单位")
	late := cmd
	late.Division = []incident.Item{{Text: "核实", Unit: water, DueAt: at(t, "2027-01-01T00:00:00+08:00")}}
	s.refused("2026-11-23T09:00:00+08:00", duty(), late, "不能晚于主办单位的时限")
	silent := cmd
	silent.Wording = " "
	s.refused("2026-11-23T09:00:00+08:00", duty(), silent, "对外口径")
	cmd.Division = []incident.Item{
		{Text: "起草回应", Unit: house}, {Text: "监测水质", Unit: water, DueAt: at(t, "2026-11-24T12:00:00+08:00")}, {Text: "核实伤亡", Unit: water},
	}
	s.do("2026-11-23T09:00:00+08:00", duty(), cmd)
	s.said("会商（第1次）：参加县政府办、宣传部、县水利局；事实：截至9时2人受伤；口径：2人受伤，原因正在调查；分工：县住建局：起草回应；县水利局：监测水质（11月24日12:00前）；县水利局：核实伤亡")
	if len(s.c.Parts) != 2 || s.c.Parts[0].Half || !s.c.Parts[1].Half || len(s.c.PendingOf(incident.MilestonePart)) != 2 {
		t.Errorf("tasks %+v", s.c.Parts)
	}
	if agreed, ok := s.c.Agreed(); !ok || agreed.Wording != cmd.Wording {
		t.Errorf("agreed %+v", agreed)
	}
}
