package classifier_test

import (
	"testing"

	"huiying/incident"
)

func TestAssess_PlacesOfTheCounty(t *testing.T) {
	t.Parallel()
	c := classifierOf(t)
	a := c.Assess(incident.Report{Title: "河东乡塌方", Text: "昨晚8时，河东乡通往城关镇的路塌了，河东乡政府已派人。", Place: "城关"}, reported())
	if len(a.Places) != 2 || a.Places[0].Region != "城关镇" || a.Places[0].Start != -1 || a.Places[1].Region != "河东乡" || a.Places[1].Start != 0 {
		t.Errorf("places: %+v", a.Places)
	}
	if a.Happened == nil || a.Happened.At.Format("01-02 15") != "11-19 20" || a.Happened.Quote != "昨晚8时" {
		t.Errorf("happened: %+v", a.Happened)
	}
	if a := c.Assess(incident.Report{Text: "路灯坏了。"}, reported()); a.Places != nil || a.Happened != nil {
		t.Errorf("out of nothing: %+v %v", a.Places, a.Happened)
	}
}
