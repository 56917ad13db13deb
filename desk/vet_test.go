package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
)

// TestVet says what the checks find in a wording; (stop) marks what keeps it back.
func TestVet(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Words = desk.Words{Forbidden: []string{"无可奉告"}, Sensitive: []string{"情绪稳定"}}
	whole := "11月20日16时许，城东一仓库起火。经核实，2人受伤。已扑灭明火，依据《消防法》开展调查。请绕行。21时再次发布。咨询电话12345。"
	for _, tt := range []struct{ name, text, want string }{
		{"nothing wrong", whole, ""},
		{"an identity number", whole + "证件号36012219900101123X。", "含有身份证号码，必须删去（stop）"},
		{"the reporter", whole + "据张小明反映，联系13812341234。", "含有来件人的姓名（张**），必须删去（stop）;含有来件人的电话（138****1234），必须删去（stop）"},
		{"somebody's telephone", whole + "可拨13900001111。", "含有手机号码（139****1111），请确认不是个人的"},
		{"a private person", whole + "司机李建国，已被控制。", "“李**”像是个人姓名，不宜公开，可写作某某"},
		{"a private person, hidden", whole + "司机李某某，已被控制。", ""},
		{"a mark of secrecy", whole + "（内部资料）", "含有“内部资料”字样，须先完成保密审查并删去（stop）"},
		{"a forbidden word", whole + "其余无可奉告。", "含有禁用词“无可奉告”（stop）"},
		{"a sensitive word", whole + "家属情绪稳定。", "含有敏感词“情绪稳定”，请斟酌"},
		{"a guess", whole + "可能是电路老化引发火灾。", "“可能是电路老化引发”是对原因的推测，未查明前不宜发布"},
		{"a dwelling", whole + "起火点在3栋2单元501室。", "“3栋2单元501室”具体到户，请改写到小区或路段"},
		{"too little", "火已扑灭。", "可能缺少：已核实的情况、政策依据、联系方式或咨询电话、群众该怎么做、下次发布的时间;全文只有10字，恐怕说明不了情况"},
		{"other figures", strings.Replace(whole, "2人受伤", "3人受伤", 1), "受伤人数与首报不一致：稿中“3人受伤”，县住建局首报为“2人受伤”"},
	} {
		c := incident.Case{
			Grading: incident.Grading{Level: incident.Emergency}, Lead: house,
			Report:          incident.Report{Title: "起火", Reporter: incident.Reporter{Name: "张小明", Phone: "13812341234"}},
			OfficialReports: []incident.OfficialReport{{Unit: house, Stage: "first", Text: "火势已控制，2人受伤。"}},
			Drafts:          []incident.Draft{{N: 1, Versions: []incident.Version{{N: 1, Title: "情况通报", Text: tt.text, Hash: incident.HashText("情况通报", tt.text)}}}},
		}
		var got []string
		for _, f := range o.Vet(t.Context(), c, 1) {
			text := f.Text
			if f.Stop {
				text += "（stop）"
			}
			got = append(got, text)
		}
		if g := strings.Join(got, ";"); g != tt.want {
			t.Errorf("%s:\n got  %s\n want %s", tt.name, g, tt.want)
		}
	}
}

// TestContradictions: each unit by its last word.
func TestContradictions(t *testing.T) {
	t.Parallel()
	o := open(t)
	c := incident.Case{
		Lead: house, Assisting: nil,
		OfficialReports: []incident.OfficialReport{{Unit: house, Stage: "first", Text: "1人死亡，2人受伤。"}},
		Opinions:        []incident.Opinion{{Unit: water, Text: "2人死亡，2人受伤。"}},
	}
	if got := o.Contradictions(c); !slices.Equal(got, []string{"死亡人数不一致：县水利局协办意见2，县住建局首报1"}) {
		t.Errorf("got %q", got)
	}
	c.OfficialReports = append(c.OfficialReports, incident.OfficialReport{Unit: house, Stage: "followup", Text: "2人死亡。"})
	if got := o.Contradictions(c); len(got) != 0 {
		t.Errorf("after the units agreed: %q", got)
	}
}

// TestKnown_AllFreed: once a unit says that all are out, nobody is trapped any more, neither
// in what the house fills in nor in a draft that copies the first report; it contradicts nobody.
func TestKnown_AllFreed(t *testing.T) {
	t.Parallel()
	o := open(t)
	when := o.clock.Now()
	c := incident.Case{
		Lead:            house,
		OfficialReports: []incident.OfficialReport{{Unit: house, Stage: "first", At: when, Text: "15人被困，伤亡待核实。"}},
		Opinions:        []incident.Opinion{{Unit: water, At: when.Add(time.Hour), Text: "收治伤员4人，15人已全部救出。"}},
		Drafts:          []incident.Draft{{N: 1, Versions: []incident.Version{{N: 1, Title: "情况通报", Text: "15人被困，救援进行中。"}}}},
	}
	if got := o.Known(c); got["trapped"] != "15人已全部救出" || got["injuries"] != "伤员4人" || got["deaths"] != "" {
		t.Errorf("known %v", got)
	}
	if got := o.Contradictions(c); len(got) != 0 {
		t.Errorf("contradictions %v", got)
	}
	want := "被困人数与协办意见不一致：稿中“15人被困”，县水利局协办意见为“15人已全部救出”"
	if !slices.ContainsFunc(o.Vet(t.Context(), c, 1), func(f incident.Finding) bool { return f.Text == want }) {
		t.Errorf("the draft passes: %+v", o.Vet(t.Context(), c, 1))
	}
}

// TestDifferences: by character, in runs that people can read.
func TestDifferences(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, p := range desk.Differences("火已扑灭，2人受伤。", "明火已扑灭，3人受伤。") {
		switch {
		case p.Added:
			b.WriteString("+" + p.Text + "+")
		case p.Removed:
			b.WriteString("-" + p.Text + "-")
		default:
			b.WriteString(p.Text)
		}
	}
	if got := b.String(); got != "+明+火已扑灭，-2-+3+人受伤。" {
		t.Errorf("got %s", got)
	}
}

// TestAgreed: what was agreed binds a draft, and takes the place of what units said before;
// a unit that says otherwise afterwards is shown again.
func TestAgreed(t *testing.T) {
	t.Parallel()
	o := open(t)
	when := o.clock.Now()
	c := incident.Case{
		Lead:            house,
		OfficialReports: []incident.OfficialReport{{Unit: house, Stage: "first", At: when, Text: "1人死亡，2人受伤。"}},
		Opinions:        []incident.Opinion{{Unit: water, At: when.Add(time.Minute), Text: "现场4人受伤。"}},
		Consultations:   []incident.Consultation{{N: 1, At: when.Add(time.Hour), Facts: "截至11时3人受伤", Wording: "3人受伤，原因正在调查"}},
		Drafts:          []incident.Draft{{N: 1, Versions: []incident.Version{{N: 1, Title: "情况通报", Text: "3人受伤，1人死亡。"}}}},
	}
	found := func() string {
		var out []string
		for _, f := range o.Vet(t.Context(), c, 1) {
			if f.Check == "figures" {
				out = append(out, f.Text)
			}
		}
		return strings.Join(append(out, o.Contradictions(c)...), ";")
	}
	if got := found(); got != "" {
		t.Errorf("agreed, and yet: %s", got)
	}
	c.Drafts[0].Versions[0].Text = "4人受伤，1人死亡。"
	if got := found(); got != "受伤人数与会商口径不一致：稿中“4人受伤”，会商口径为“3人受伤”" {
		t.Errorf("another figure: %s", got)
	}
	c.Opinions = append(c.Opinions, incident.Opinion{Unit: water, At: when.Add(2 * time.Hour), Text: "又有1人送医，5人受伤。"})
	c.Drafts[0].Versions[0].Text = "3人受伤，1人死亡。"
	if got := found(); got != "受伤人数与协办意见不一致：稿中“3人受伤”，县水利局协办意见为“5人受伤”;受伤人数不一致：县水利局协办意见5，会商口径3" {
		t.Errorf("said afterwards: %s", got)
	}
}
