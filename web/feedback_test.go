package web_test

import (
	"net/http"
	"testing"

	"huiying/incident"
)

// TestFeedback_Queue: what a concluded incident's source still waits for, until it has its answer.
func TestFeedback_Queue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := report("路灯不亮")
	r.Register.Report.ExternalID = "20261120-7"
	r.Lead = "zjj"
	h.register(t, r)
	mustHave(t, h.call(t, "jingban", http.MethodGet, "/api/v1/feedback", "").Body.String(), `{"feedback":[]}`)
	h.do(t, "fenguan", 1, incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修复，请致电13812341234"})
	body := h.call(t, "jingban", http.MethodGet, "/api/v1/feedback?source=12345%E7%83%AD%E7%BA%BF", "").Body.String()
	mustHave(t, body, `"id":1`, `"external_id":"20261120-7"`, `"to":"platform"`, `"result":"已修复，请致电138****1234"`, `"limit_at":"2026-11-21T16:40:00+08:00"`)
	mustHave(t, h.call(t, "jingban", http.MethodGet, "/api/v1/feedback?source=x", "").Body.String(), `{"feedback":[]}`)
	w := h.call(t, "jingban", http.MethodPost, "/api/v1/incidents/1/feedback", `{"to":"reporter","address":"电话回复"}`)
	mustHave(t, w.Body.String(), `"to":"reporter"`)
	mustHave(t, h.call(t, "jingban", http.MethodGet, "/api/v1/feedback", "").Body.String(), `{"feedback":[]}`)
	if w := h.call(t, "jingban", http.MethodPost, "/api/v1/incidents/1/feedback", `{"to":"众人","address":"电话回复"}`); w.Code != 400 {
		t.Errorf("an unknown audience answers %d", w.Code)
	}
}
