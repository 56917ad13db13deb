package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"huiying/bot"
	"huiying/incident"
)

// reader is an understander that says what a test tells it.
type reader struct {
	in    bot.Intent
	ok    bool
	err   error
	asked []string
	kinds []incident.Kind
}

func (r *reader) Understand(_ context.Context, text string, kinds []incident.Kind) (bot.Intent, bool, error) {
	r.asked, r.kinds = append(r.asked, text), kinds
	return r.in, r.ok, r.err
}

// TestAdvised_IsOnlyAProposal: whatever is understood is shown and waits for a tap; the rules
// go first, and answer where the understander fails or knows nothing.
func TestAdvised_IsOnlyAProposal(t *testing.T) {
	t.Parallel()
	h, lead, _ := led(t)
	r := &reader{ok: true, in: bot.Intent{Kind: incident.KindProgress, Incident: 1, Fields: map[string]string{"text": "挡墙砌好了", "nonsense": "x"}}}
	h.understander = r
	h.restart()
	before := h.get(1).Log.Seq
	got := lead.say("1号那边挡墙砌好了")
	if !strings.Contains(got, "请确认要办的事") || !strings.Contains(got, "进展：挡墙砌好了") || h.get(1).Log.Seq != before {
		t.Fatalf("done without a tap, or not shown:\n%s", got)
	}
	if got := lead.tap("确认进展"); !strings.Contains(got, "已办：进展：挡墙砌好了") {
		t.Errorf("confirmed:\n%s", got)
	}
	if slices.Contains(r.kinds, incident.KindVoid) || !slices.Contains(r.kinds, incident.KindProgress) {
		t.Errorf("offered %v", r.kinds)
	}
	asked := len(r.asked)
	lead.say("进展1号 已清理")
	lead.say("谢谢")
	lead.say(strings.Repeat("城东物流园附近道路积水较深，过往车辆熄火，", 4))
	lead.say("取消")
	if len(r.asked) != asked {
		t.Errorf("asked about what the rules know, or about a report: %q", r.asked[asked:])
	}
	r.in = bot.Intent{Kind: incident.KindProgress, Fields: map[string]string{"text": "墙修得差不多了"}}
	if got := lead.say("墙修得差不多了"); !strings.Contains(got, "请确认要办的事") || !strings.Contains(got, "1号 城东物流园") {
		t.Errorf("no number, the one spoken of last:\n%s", got)
	}
	lead.tap("取消")
	r.in = bot.Intent{Kind: incident.KindVoid, Incident: 1, Fields: map[string]string{"reason": "误报"}}
	if got := lead.say("1号其实是假的呀"); strings.Contains(got, "作废") {
		t.Errorf("proposed what he may not give:\n%s", got)
	}
	r.err = errors.New("unreachable")
	if got := lead.say("1号嗯嗯啊啊"); !strings.Contains(got, "没看明白要对1号做什么") {
		t.Errorf("a failure is not quiet:\n%s", got)
	}
}

// TestCatalogue: what must be read before it is decided is never proposed from free words.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range bot.Catalogue(incident.Kinds()) {
		names = append(names, string(s.Kind))
		for _, f := range s.Fields {
			if f.Label == "" || strings.HasPrefix(f.Name, "_") {
				t.Errorf("%s: %+v", s.Kind, f)
			}
		}
	}
	all := strings.Join(names, " ")
	for _, never := range []string{"review", "submit", "countersign", "tell", "register"} {
		if slices.Contains(names, never) {
			t.Errorf("%s is proposed: %s", never, all)
		}
	}
	if !slices.Contains(names, "progress") || !slices.Contains(names, "dispatch") {
		t.Errorf("catalogue: %s", all)
	}
}
