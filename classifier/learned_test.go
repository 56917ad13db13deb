package classifier_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/classifier/model"
	"huiying/incident"
	"huiying/org"
)

// taught is a classifier that learned from past matters who handles what: in this county
// the 充电桩 that no duty names go to the transport bureau.
func taught(tb testing.TB) *classifier.Classifier {
	tb.Helper()
	var samples []model.Sample
	for i := range 30 {
		samples = append(samples,
			model.Sample{Text: fmt.Sprintf("第%d号充电桩坏了没人修，车充不上电", i), Labels: map[string]string{model.Unit: "县交通运输局", model.Category: "交通运输"}},
			model.Sample{Text: fmt.Sprintf("第%d栋楼上的鸽子粪便到处都是", i), Labels: map[string]string{model.Unit: "城管局", model.Category: "城乡建设"}},
			model.Sample{Text: fmt.Sprintf("河堤边第%d块菜地被淹了", i), Labels: map[string]string{model.Unit: "河东乡", model.Category: "农村"}})
	}
	m, err := classifier.Teach(samples)
	if err != nil {
		tb.Fatal(err)
	}
	return classifier.New(rulesOf(tb), directoryOf(tb), classifier.WithModel(m))
}

func TestRoute_LearnsFromWhoKeptIt(t *testing.T) {
	t.Parallel()
	report := incident.Report{Text: "广场的充电桩又坏了，车充不上电"}
	before := classifierOf(t).Assess(report, time.Time{})
	if len(before.Units) > 0 && before.Units[0].Unit == "jtj" {
		t.Fatalf("the rules know it already: %+v", before.Units)
	}
	got := taught(t).Assess(report, time.Time{})
	if len(got.Units) == 0 || got.Units[0].Unit != "jtj" || !strings.Contains(got.Units[0].Reason, "以往同类来件") {
		t.Errorf("units %+v", got.Units)
	}
	if got.Grading.Category != "交通运输" {
		t.Errorf("category %q", got.Grading.Category)
	}
}

func TestRoute_AnotherTownshipsPastIsNone(t *testing.T) {
	t.Parallel()
	c := taught(t)
	lead := func(text string) org.UnitID {
		units := c.Assess(incident.Report{Text: text}, time.Time{}).Units
		if len(units) == 0 {
			return ""
		}
		return units[0].Unit
	}
	if u := lead("城关镇河堤边的菜地被淹了"); u == "hedong" {
		t.Error("a matter of 城关镇 went to 河东乡 by habit")
	}
	if u := lead("河东乡河堤边的菜地被淹了"); u != "hedong" {
		t.Errorf("河东乡's own went to %s", u)
	}
}

func TestRoute_TopThreeWithReasonsAndWhoAssists(t *testing.T) {
	t.Parallel()
	units := classifierOf(t).Assess(incident.Report{Text: "城关镇中心小学门口占道经营，油烟呛人，城管局不管，学校老师也反映过"}, time.Time{}).Units
	if len(units) == 0 || len(units) > 3 || units[0].Assist {
		t.Fatalf("units %+v", units)
	}
	assists := 0
	for _, u := range units {
		if u.Reason == "" {
			t.Errorf("%s is suggested without a reason", u.Unit)
		}
		if u.Assist {
			assists++
		}
	}
	if assists == 0 {
		t.Errorf("nobody is suggested to assist: %+v", units)
	}
}

func TestAnswer_SameInputSameBytes(t *testing.T) {
	t.Parallel()
	var first string
	for range 2 {
		c := taught(t)
		var b bytes.Buffer
		for _, text := range []string{"充电桩坏了，造成2人受伤", "河东乡菜地被淹", ""} {
			fmt.Fprintf(&b, "%+v\n", c.Answer(classifier.Row{Text: text}))
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Error("the same rows were answered differently")
		}
	}
}

func TestLoadModel_NamesTheFileAndTheWayOut(t *testing.T) {
	t.Parallel()
	_, err := classifier.LoadModel("模型.hym", strings.NewReader("PK\x03\x04"))
	if got := incident.Text(err); got != "模型 模型.hym 用不了：不是 huiying classify train 训练出的模型文件，请核对路径。" {
		t.Errorf("%q", got)
	}
}
