package classifier_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"huiying/classifier"
	"huiying/incident"
)

func TestCombine_WhoMayRaise(t *testing.T) {
	t.Parallel()
	const text = "工厂夜里冒黄烟，好几个人头疼。"
	general := incident.Grading{Level: incident.General}
	asked := incident.Grading{Level: incident.General, Doubts: []string{"是否属于“有毒物质泄漏”？"}}
	drill := incident.Grading{Level: incident.General, Flags: []string{"drill"}}
	emergency := incident.Grading{Level: incident.Emergency, Grade: "重大"}
	model := func(l incident.Level, sure float64) classifier.Proposal {
		return classifier.Proposal{By: classifier.VoiceModel, Level: l, Sure: sure, Quote: "黄烟"}
	}
	llm := func(l incident.Level, quote string) classifier.Proposal {
		return classifier.Proposal{By: classifier.VoiceLLM, Level: l, Quote: quote, Why: "疑似有毒气体"}
	}
	for _, c := range []struct {
		name   string
		g      incident.Grading
		p      classifier.Proposal
		level  incident.Level
		asks   bool
		raises bool
	}{
		{"the model asks about what rules left general", general, model(incident.Major, 0.8), incident.General, true, false},
		{"the model is sure, but no rule asks", general, model(incident.Major, 0.95), incident.General, true, false},
		{"the model is sure and a rule asks", asked, model(incident.Major, 0.95), incident.Major, true, true},
		{"the model is not sure", general, model(incident.Major, 0.6), incident.General, false, false},
		{"the model never makes an emergency", asked, model(incident.Emergency, 0.99), incident.Major, true, true},
		{"the LLM raises by words of the text", general, llm(incident.Major, "好几个人头疼"), incident.Major, true, true},
		{"the LLM invents its words", general, llm(incident.Major, "十人死亡"), incident.General, false, false},
		{"the LLM has no words", general, llm(incident.Major, ""), incident.General, false, false},
		{"the LLM never makes an emergency", general, llm(incident.Emergency, "黄烟"), incident.Major, true, true},
		{"a drill is for people", drill, llm(incident.Emergency, "黄烟"), incident.General, true, false},
		{"nobody lowers an emergency", emergency, llm(incident.General, "黄烟"), incident.Emergency, true, false},
		{"nor does the model", emergency, model(incident.General, 1), incident.Emergency, true, false},
		{"agreement is silent", emergency, llm(incident.Emergency, "黄烟"), incident.Emergency, false, false},
	} {
		before := len(c.g.Doubts)
		got := classifier.Combine(c.g, text, c.p)
		if got.Level != c.level || (len(got.Doubts) > before) != c.asks {
			t.Errorf("%s: %s, questions %q", c.name, got.Level, got.Doubts)
		}
		raised := slices.ContainsFunc(got.Evidence, func(e incident.Evidence) bool { return !e.Asks })
		if raised != c.raises {
			t.Errorf("%s: evidence %+v", c.name, got.Evidence)
		}
	}
}

// TestCombine_NeverLowersNorAlarms holds for whatever is proposed, in whatever order.
func TestCombine_NeverLowersNorAlarms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom(incident.Levels())
		g := incident.Grading{
			Level: level.Draw(t, "level"), Grade: rapid.SampledFrom([]string{"", "较大", "重大"}).Draw(t, "grade"),
			Flags:  rapid.SliceOf(rapid.SampledFrom([]string{"drill", "rumor", "negated"})).Draw(t, "flags"),
			Doubts: rapid.SliceOf(rapid.Just("？")).Draw(t, "doubts"),
		}
		proposals := rapid.SliceOf(rapid.Custom(func(t *rapid.T) classifier.Proposal {
			return classifier.Proposal{
				By: rapid.SampledFrom([]classifier.Voice{classifier.VoiceModel, classifier.VoiceLLM, "路人"}).Draw(t, "by"), Level: level.Draw(t, "proposed"),
				Quote: rapid.SampledFrom([]string{"", "甲", "乙"}).Draw(t, "quote"), Sure: rapid.Float64Range(0, 1).Draw(t, "sure"),
			}
		})).Draw(t, "proposals")
		got := classifier.Combine(g, "甲", proposals...)
		switch {
		case got.Level.Rank() < g.Level.Rank():
			t.Fatalf("%s was lowered to %s", g.Level, got.Level)
		case got.Level == incident.Emergency && g.Level != incident.Emergency:
			t.Fatalf("%s became an emergency without a rule", g.Level)
		case got.Grade != g.Grade || len(got.Doubts) < len(g.Doubts):
			t.Fatalf("grade %s or questions were lost: %+v", g.Grade, got)
		case got.Level != g.Level && len(got.Doubts) == len(g.Doubts):
			t.Fatal("raised without a question")
		}
		slices.Reverse(proposals)
		if back := classifier.Combine(g, "甲", proposals...); back.Level != got.Level {
			t.Fatalf("the order decides: %s or %s", got.Level, back.Level)
		}
	})
}
