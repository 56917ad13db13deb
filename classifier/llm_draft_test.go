package classifier_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/incident"
)

func toWrite() classifier.Facts {
	return classifier.Facts{
		Title: "关于脚手架坍塌的情况通报", Text: "经核实的情况：待核实。",
		Known: []string{
			"来件：工人赵铁柱被埋，联系人张小明，电话13812345678", "11月20日10:20 首报：2人受伤。",
		},
		Reporters: []incident.Reporter{{Name: "张小明", Phone: "13812345678", IDNo: "360734199001011234"}},
	}
}

const drafted = `{"title":"情况通报","text":"11月20日，一工地脚手架坍塌，2人受伤。\n原因待核实。"}`

// TestDraft_Masked: the model gets no name and no number of a person, and its words come back.
func TestDraft_Masked(t *testing.T) {
	t.Parallel()
	s := answering(t, saying(drafted))
	title, text, err := adviser(t, llmConfig(s.URL), &purse{}).Draft(t.Context(), toWrite())
	if err != nil || title != "情况通报" || text != "11月20日，一工地脚手架坍塌，2人受伤。\n原因待核实。" {
		t.Fatalf("%q, %q, %v", title, text, err)
	}
	body := s.sent()[0]
	for _, hidden := range []string{"赵铁柱", "张小明", "13812345678", "360734"} {
		if strings.Contains(body, hidden) {
			t.Errorf("%s left the house", hidden)
		}
	}
	if !strings.Contains(body, "2人受伤") || !strings.Contains(body, `"name":"draft"`) {
		t.Errorf("sent %s", body)
	}
}

// TestDraft_Faults: whatever goes wrong is an error that says why in Chinese, so that the
// template's draft stands.
func TestDraft_Faults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		say   func(int, http.ResponseWriter, *http.Request)
		asked int
		want  string
	}{
		{"prose", saying("好的，以下是初稿：……"), 2, "大模型的回答不合要求"},
		{"a missing key", saying(`{"title":"情况通报"}`), 2, "大模型的回答不合要求"},
		{"another key", saying(`{"title":"a","text":"b","approve":true}`), 2, "大模型的回答不合要求"},
		{"two answers", saying(drafted + drafted), 2, "大模型的回答不合要求"},
		{"nothing said", saying(`{"title":"情况通报","text":" "}`), 2, "大模型的回答不合要求"},
		{"too long", saying(`{"title":"情况通报","text":"` + strings.Repeat("长", 3001) + `"}`), 2, "大模型的回答不合要求"},
		{"busy", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, 1, "大模型正忙"},
		{"down", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, 1, "大模型联系不上"},
		{"slow", func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 1, "大模型没有按时答复"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := answering(t, tt.say)
			cfg := llmConfig(s.URL)
			if tt.name == "slow" {
				cfg.Timeout = time.Second
			}
			_, text, err := adviser(t, cfg, &purse{}).Draft(t.Context(), toWrite())
			if err == nil || text != "" || classifier.FaultChinese(err) != tt.want || len(s.sent()) != tt.asked {
				t.Errorf("%q, %v (%s), asked %d times", text, err, classifier.FaultChinese(err), len(s.sent()))
			}
		})
	}
	s := answering(t, saying(drafted))
	cfg := llmConfig(s.URL)
	cfg.DailyTokens = 1000
	if _, _, err := adviser(t, cfg, &purse{}).Draft(t.Context(), toWrite()); !errors.Is(err, classifier.ErrSpent) || len(s.sent()) != 0 {
		t.Errorf("beyond the day's limit: %v, asked %d times", err, len(s.sent()))
	}
}
