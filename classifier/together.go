package classifier

import (
	"fmt"
	"strings"

	"huiying/incident"
)

// From how sure the model must be that a matter is major or worse: to ask about one that
// the rules found general, and to raise it where a rule asks already.
const (
	graveAsks   = 0.7
	graveRaises = 0.9
)

// modelRule stands in evidence for the model; its words are the quote.
const modelRule = "模型"

// together is what rules and model make of a report together. What a rule found stands:
// the model never lowers. Of what the rules left general it may ask, when it is rather
// sure; it raises to major only in the doubtful middle, where a rule, too, had a question,
// and it is very sure. It never makes an emergency. A drill, a denial or an old matter is
// for people alone.
func together(g incident.Grading, a Advice) incident.Grading {
	if g.Level != incident.General || a.Grave < graveAsks || len(g.Flags) > 0 {
		return g
	}
	words := "“" + strings.Join(a.GraveWords, "”“") + "”"
	if len(a.GraveWords) == 0 {
		words = "全文用语"
	}
	doubtful := len(g.Doubts) > 0
	e := incident.Evidence{
		Rule: modelRule, Clause: fmt.Sprintf("★ 本地模型，依以往定级，%.0f%%像重大问题", 100*a.Grave),
		Quote: strings.Join(a.GraveWords, "、"), Asks: true,
	}
	if doubtful && a.Grave >= graveRaises {
		g.Level, e.Asks = incident.Major, false
		g.Doubts = append(g.Doubts, fmt.Sprintf("规则有疑问，模型依%s认为像重大问题（%.0f%%），已按重大问题办理，请核对。", words, 100*a.Grave))
	} else {
		g.Doubts = append(g.Doubts, fmt.Sprintf("规则定为一般，模型依%s认为像重大问题（%.0f%%），请核对等级。", words, 100*a.Grave))
	}
	g.Evidence = append(g.Evidence, e)
	return g
}
