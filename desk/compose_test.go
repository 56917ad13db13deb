package desk_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// writer is an author that says what a test tells it and keeps what it was shown.
type writer struct {
	title, text string
	err         error
	shown       []classifier.Facts
}

func (w *writer) Draft(_ context.Context, f classifier.Facts) (title, text string, err error) {
	w.shown = append(w.shown, f)
	return w.title, w.text, w.err
}

// burning is an emergency with a report and progress, led by house.
func burning(t *testing.T) (*office, incident.ID) {
	t.Helper()
	o := open(t)
	o.Templates = os.DirFS("../configs/templates")
	c, _, err := o.Register(t.Context(), o.as(hall, org.DutyOfficer), desk.Registration{
		Lead: house,
		Register: incident.Register{
			Grading: incident.Grading{Level: incident.Emergency, By: "officer", Confirmed: true},
			Report: incident.Report{
				Source: incident.Source{Name: "12345热线"}, Title: "脚手架坍塌", Text: "工人赵铁柱说脚手架坍塌，5人被埋。联系人：张小明，电话13812341234",
				Reporter: incident.Reporter{Name: "张小明", Phone: "13812341234"},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.do(c.ID, o.as(house, org.Handler), incident.Accept{})
	o.clock.Advance(20 * time.Minute)
	o.do(c.ID, o.as(house, org.Handler), incident.FirstReport{Text: "脚手架坍塌，2人受伤，现场已封闭。"})
	o.do(c.ID, o.as(house, org.Handler), incident.Progress{Text: "已疏散周边40户"})
	return o, c.ID
}

// last is the last sentence of the log.
func (o *office) last(id incident.ID) string {
	o.t.Helper()
	entries, err := o.Store.Log(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return entries[len(entries)-1].Text
}

// TestCompose_ByTheTemplate states what the log holds, writes 待核实 for the rest, calls
// nobody by his name, and takes no reporter's figure for a fact.
func TestCompose_ByTheTemplate(t *testing.T) {
	t.Parallel()
	o, id := burning(t)
	c := o.do(id, o.as(house, org.Handler), incident.Compose{Title: "冒充", Text: "冒充", Model: true, Why: "冒充"})
	v := c.Drafts[0].Last()
	want := `11月18日10:00，县住建局接报：工人〔姓名〕说脚手架坍塌，5人被埋。联系人：〔姓名〕，电话〔号码〕。
经核实的情况：地点待核实；人员伤亡2人受伤；财产损失待核实；影响范围待核实。
已采取的措施：11月18日10:20已疏散周边40户。
事件原因：待核实。
政策依据：待核实。
请群众：待核实。
下次发布时间：待核实。
咨询电话：待核实。`
	if v.Title != "关于脚手架坍塌的情况通报" || v.Text != want || !v.Machine || v.Model {
		t.Errorf("drafted %q\n%s", v.Title, v.Text)
	}
}

// TestCompose_ByAModel: its words stand where it answers, the template's with the reason
// where it does not; a repeated tap asks it once.
func TestCompose_ByAModel(t *testing.T) {
	t.Parallel()
	o, id := burning(t)
	w := &writer{title: "情况通报", text: "11月18日上午，一工地脚手架坍塌，2人受伤，37人撤离，已疏散40户。"}
	o.Author = w
	for range 2 {
		if _, err := o.Do(t.Context(), o.as(house, org.Handler), id, incident.Compose{}, "once"); err != nil {
			t.Fatal(err)
		}
	}
	c, err := o.Get(t.Context(), id)
	if err != nil || len(w.shown) != 1 || len(c.Drafts) != 1 || !c.Drafts[0].Last().Model || c.Drafts[0].Last().Text != w.text {
		t.Fatalf("asked %d times, drafts %+v, %v", len(w.shown), c.Drafts, err)
	}
	if known := strings.Join(w.shown[0].Known, "\n"); !strings.Contains(known, "11月18日10:20 首报：脚手架坍塌，2人受伤，现场已封闭。") || strings.Contains(known, "签收") {
		t.Errorf("shown:\n%s", known)
	}
	o.do(id, o.as(house, org.Handler), incident.WriteDraft{Adopt: true})
	var odd []string
	for _, f := range o.Vet(t.Context(), c, 1) {
		if f.Check == "numbers" {
			odd = append(odd, f.Text)
		}
	}
	if got := strings.Join(odd, ";"); got != "稿中的数字37在办理记录里没有，初稿由机器起草，请核实后再送审" {
		t.Errorf("checks say %q", got)
	}
	if _, err := o.Do(t.Context(), o.as(water, org.Handler), id, incident.Compose{}, ""); err == nil || len(w.shown) != 1 {
		t.Errorf("a unit that has no part in it had something sent out: %v", err)
	}
	w.err = classifier.ErrSpent
	c = o.do(id, o.as(house, org.Handler), incident.Compose{})
	if found := o.Vet(t.Context(), c, 2); !strings.Contains(found[len(found)-1].Text, "8处“待核实”的内容") {
		t.Errorf("checks say %+v", found)
	}
	if d := c.Drafts[1]; d.Last().Model || !strings.Contains(o.last(id), "由模板填写（大模型今日的用量已满，改用模板）") {
		t.Errorf("%+v, log %s", d.Last(), o.last(id))
	}
}
