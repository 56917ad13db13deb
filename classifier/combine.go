package classifier

import (
	"fmt"
	"strings"

	"huiying/incident"
)

// Voice is who proposes a level beside the rules.
type Voice string

// The voices.
const (
	VoiceModel Voice = "本地模型"
	VoiceLLM   Voice = "大模型"
)

// Proposal is the level that a voice would give, and why.
type Proposal struct {
	By    Voice
	Level incident.Level
	// Quote is the words that it rests on, as they stand in the report. A proposal of
	// the LLM whose quote is not in the text is thrown away.
	Quote string
	Why   string  // Chinese, a few words
	Sure  float64 // 0 to 1
}

// From how sure the model must be.
const (
	modelAsks   = 0.7 // to ask about what the rules left general
	modelRaises = 0.9 // to raise it to major where a rule asks as well
)

// Combine lets the voices speak to what the rules found. Nobody lowers: a voice that would
// have less is shown as a question at most. The rules alone make an emergency, which a
// person confirms. The LLM may raise general to major by words that stand in the text;
// the model may where a rule asks already and it is very sure. All else, and whatever
// concerns a drill, a rumour or an old matter, only asks. text is what the quotes are
// looked for in.
func Combine(g incident.Grading, text string, proposals ...Proposal) incident.Grading {
	asked := len(g.Doubts) > 0 // by a rule: one voice does not strengthen another
	for _, p := range proposals {
		if p.heard(g, text) {
			g = p.speak(g, asked)
		}
	}
	return g
}

// heard tells whether a proposal counts for anything.
func (p Proposal) heard(g incident.Grading, text string) bool {
	switch {
	case !p.Level.Valid(), p.Level == g.Level:
		return false
	case p.By == VoiceLLM:
		return p.Quote != "" && strings.Contains(text, p.Quote)
	case p.By == VoiceModel:
		return p.Sure >= modelAsks
	}
	return false
}

func (p Proposal) speak(g incident.Grading, asked bool) incident.Grading {
	e := incident.Evidence{Rule: string(p.By), Clause: "★ " + string(p.By) + "建议，由人核定", Quote: p.Quote, Asks: true}
	switch {
	case p.Level.Rank() < g.Level.Rank():
		g.Doubts = append(g.Doubts, fmt.Sprintf("%s认为应为%s%s，规则定为%s，未降级，请核对。", p.By, p.Level.Chinese(), p.because(), g.Level.Chinese()))
		return g
	case g.Level == incident.General && p.mayRaise(g, asked):
		g.Level, e.Asks = incident.Major, false
		g.Doubts = append(g.Doubts, fmt.Sprintf("%s认为应为%s%s，已先按重大问题办理，请核对。", p.By, p.Level.Chinese(), p.because()))
	default:
		g.Doubts = append(g.Doubts, fmt.Sprintf("%s认为可能是%s%s，等级未改，请核对。", p.By, p.Level.Chinese(), p.because()))
	}
	g.Evidence = append(g.Evidence, e)
	return g
}

// mayRaise tells whether the voice may raise general to major.
func (p Proposal) mayRaise(g incident.Grading, asked bool) bool {
	personal := g.Confirmed || g.By != "" && g.By != "classifier"
	if !present(g) || personal {
		return false
	}
	return p.By == VoiceLLM || p.By == VoiceModel && asked && p.Sure >= modelRaises
}

// present tells whether the report is of a matter of now, as far as the rules can tell.
func present(g incident.Grading) bool {
	for _, f := range g.Flags {
		if f == "drill" || f == "rumor" || f == "historical" || f == "foreign" {
			return false
		}
	}
	return true
}

func (p Proposal) because() string {
	if p.Why == "" {
		return ""
	}
	return "（" + p.Why + "）"
}
