package classifier_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/incident"
)

func choices() []classifier.Choice {
	return []classifier.Choice{
		{Kind: incident.KindProgress, Name: "进展", Fields: []classifier.ChoiceField{{Name: "text", Label: "进展"}}},
		{Kind: incident.KindConclude, Name: "办结", Fields: []classifier.ChoiceField{
			{Name: "kind", Label: "办结方式", Options: []string{"resolved", "explained"}}, {Name: "result", Label: "处理结果"},
		}},
	}
}

// TestUnderstand keeps of an answer only what the words bear out, and sends no name.
func TestUnderstand(t *testing.T) {
	t.Parallel()
	const words = "3号那边挡墙已经砌好了，户主李大勇说满意，电话13812345678"
	for _, tt := range []struct{ name, answer, want string }{
		{"a command", `{"kind":"progress","incident":3,"fields":[{"name":"text","value":"挡墙已经砌好了"}]}`, "progress 3 map[text:挡墙已经砌好了]"},
		{"in a fence", "```json\n{\"kind\":\"progress\",\"incident\":3,\"fields\":[]}\n```", "progress 3 map[]"},
		{"an option", `{"kind":"conclude","incident":3,"fields":[{"name":"kind","value":"resolved"},{"name":"result","value":"挡墙已经砌好了"}]}`, "conclude 3 map[kind:resolved result:挡墙已经砌好了]"},
		{"no such option", `{"kind":"conclude","incident":3,"fields":[{"name":"kind","value":"clarified"}]}`, "conclude 3 map[]"},
		{"words of its own", `{"kind":"progress","incident":3,"fields":[{"name":"text","value":"挡墙已验收合格"}]}`, "progress 3 map[]"},
		{"what was concealed", `{"kind":"progress","incident":3,"fields":[{"name":"text","value":"户主〔姓名〕说满意"}]}`, "progress 3 map[text:" + words + "]"},
		{"another incident", `{"kind":"progress","incident":77,"fields":[]}`, "progress 0 map[]"},
		{"a field of another command", `{"kind":"progress","incident":3,"fields":[{"name":"lead","value":"挡墙"}]}`, "progress 3 map[]"},
		{"a question", `{"kind":"ask","incident":3,"fields":[]}`, " 3 map[]"},
		{"nothing", `{"kind":"none","incident":0,"fields":[]}`, "none"},
		{"a command that he may not give", `{"kind":"void","incident":3,"fields":[]}`, "wrong form"},
		{"prose", "好的，我来办结3号。", "wrong form"},
	} {
		s := answering(t, saying(tt.answer))
		w, ok, err := adviser(t, llmConfig(s.URL), &purse{}).Understand(t.Context(), words, choices())
		got := fmt.Sprintf("%s %d %v", w.Kind, w.Incident, w.Fields)
		switch {
		case err != nil:
			got = classifier.Fault(err).Error()
		case !ok:
			got = "none"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if body := s.sent()[0]; strings.Contains(body, "李大勇") || strings.Contains(body, "13812345678") || !strings.Contains(body, "挡墙") {
			t.Errorf("%s: sent %s", tt.name, body)
		}
	}
	s := answering(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if _, ok, err := adviser(t, llmConfig(s.URL), &purse{}).Understand(t.Context(), words, choices()); ok || classifier.Fault(err).Error() != "unreachable" {
		t.Errorf("away: %v, %v", ok, err)
	}
}

func TestUnderstand_AServerThatOthersWrote(t *testing.T) {
	t.Parallel()
	url := outsideServer(t, map[string]any{"fixtures": []any{
		fixture("砌好", `{"kind":"progress","incident":3,"fields":[{"name":"text","value":"挡墙已经砌好了"}]}`), fixture("散文", "依我看是要办结。"),
	}})
	for _, mode := range []string{"schema", "object", "plain"} {
		cfg := llmConfig(url)
		cfg.Mode, cfg.Timeout = mode, 20*time.Second
		a := adviser(t, cfg, &purse{})
		if w, ok, err := a.Understand(t.Context(), "3号挡墙已经砌好了", choices()); err != nil || !ok || w.Kind != incident.KindProgress || w.Fields["text"] == "" {
			t.Errorf("%s: %+v, %v, %v", mode, w, ok, err)
		}
		if _, ok, err := a.Understand(t.Context(), "散文", choices()); ok || classifier.AdviceFault(err) != "wrong form" {
			t.Errorf("%s: %v, %v", mode, ok, err)
		}
	}
}
