package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

// scenario is one request of the API and what must be answered. Each is also checked
// against /openapi.json.
type scenario struct {
	name   string
	before func(tb testing.TB, h *house)
	by     org.PersonID
	method string
	path   string
	body   string
	status int
	has    []string
	hasNot []string
}

func (s scenario) run(t *testing.T) {
	t.Helper()
	h := busy(t)
	if s.before != nil {
		s.before(t, h)
	}
	w := h.call(t, s.by, s.method, s.path, s.body)
	if w.Code != s.status {
		t.Errorf("%s %s answers %d, want %d:\n%s", s.method, s.path, w.Code, s.status, w.Body)
	}
	for _, want := range s.has {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the answer lacks %q:\n%s", want, w.Body)
		}
	}
	for _, no := range s.hasNot {
		if strings.Contains(w.Body.String(), no) {
			t.Errorf("the answer holds %q:\n%s", no, w.Body)
		}
	}
	if w.Header().Get("X-Request-Id") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", w.Header())
	}
	if w.Code == http.StatusMethodNotAllowed || strings.HasPrefix(s.name, "no such") {
		return // not a route that could be described
	}
	if err := describe(t, h).check(s.method, s.path, w); err != nil {
		t.Error(err)
	}
}

const post, get = http.MethodPost, http.MethodGet

// posted is a report as another system sends it.
const posted = `{"source":"12345热线","external_id":"W1","title":"小区停水","text":"联系13812341234","reported_at":"2026-11-20T16:00:00+08:00",` +
	`"reporter":{"name":"李大明","phone":"13900001111"},"place":"城西"}`

func TestAPI_Register(t *testing.T) {
	t.Parallel()
	for _, s := range []scenario{
		{
			name: "intake account", by: "hotline", method: post, path: "/api/v1/incidents", body: posted, status: 201,
			has: []string{
				`"id":8`, `"state":"assessed"`, `"level":"general"`, `"received_at":"2026-11-20T16:00:00+08:00"`, `"milestones":[{"seq":1,"kind":"dispatch"`,
				`"name":"李**"`, `138****1234`, `"counted":"`,
			},
			hasNot: []string{"李大明", "13900001111", "13812341234"},
		},
		{
			name: "again", by: "hotline", method: post, path: "/api/v1/incidents", body: posted, status: 200, has: []string{`"id":8`},
			before: func(tb testing.TB, h *house) { tb.Helper(); h.call(tb, "hotline", post, "/api/v1/incidents", posted) },
		},
		{
			name: "officer with level and lead", by: "zhiban", method: post, path: "/api/v1/incidents", status: 201,
			body: `{"source":"值班电话","title":"路面塌陷","level":"major","lead":"住建局"}`,
			has:  []string{`"state":"dispatched"`, `"lead":"zjj","lead_name":"县住建局"`, `"level_confirmed":true`},
		},
		{
			name: "no source", by: "hotline", method: post, path: "/api/v1/incidents", body: `{"title":"停水"}`, status: 400,
			has: []string{`"code":"invalid"`, `"field":"source"`, "请填写来源", `"type":"urn:huiying:problem:invalid"`, `"status":400`, `"title":"内容有误"`},
		},
		{name: "nothing said", by: "hotline", method: post, path: "/api/v1/incidents", body: `{"source":"12345热线"}`, status: 400, has: []string{`"field":"title"`}},
		{name: "not JSON", by: "hotline", method: post, path: "/api/v1/incidents", body: `<xml/>`, status: 400, has: []string{`"code":"invalid"`}},
		{name: "viewer", by: "screen", method: post, path: "/api/v1/incidents", body: posted, status: 403, has: []string{`"code":"forbidden"`, "登记"}},
		{name: "nobody", method: post, path: "/api/v1/incidents", body: posted, status: 401, has: []string{`"code":"unauthenticated"`, "口令"}},
		{
			name: "too large", by: "hotline", method: post, path: "/api/v1/incidents", status: 413, has: []string{`"code":"too_large"`},
			body: `{"source":"12345热线","title":"` + strings.Repeat("停", 1<<19) + `"}`,
		},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func TestAPI_Reading(t *testing.T) {
	t.Parallel()
	for _, s := range []scenario{
		{
			name: "show", by: "screen", method: get, path: "/api/v1/incidents/1", status: 200,
			has:    []string{`"title":"城东小区外墙脱落`, `"lead":"zjj"`, `"name":"张**"`, `"told":[{"rung":1`, `"dispatchings":[`, `"next_due":{"seq":`},
			hasNot: []string{"张小明", "13812341234"},
		},
		{name: "show none", by: "screen", method: get, path: "/api/v1/incidents/99", status: 404, has: []string{`"code":"not_found"`, "请核对编号"}},
		{name: "show not a number", by: "screen", method: get, path: "/api/v1/incidents/x", status: 404, has: []string{`"field":"id"`, "正整数"}},
		{
			name: "log", by: "screen", method: get, path: "/api/v1/incidents/1/log", status: 200,
			has:    []string{`"seq":1`, `"command":"register"`, `"hash":"`, `"prev":"`, `"command":"tell"`, `"via":"test"`, "张**"},
			hasNot: []string{"张小明", "13812341234"},
		},
		{name: "log of none", by: "screen", method: get, path: "/api/v1/incidents/99/log", status: 404},
		{
			name: "deliveries", by: "screen", method: get, path: "/api/v1/incidents/1/deliveries", status: 200,
			has: []string{`"kind":"ladder"`, `"about":"accept"`, `"rung":"D"`, `"name":"经办丁"`, `"state":"waiting"`},
		},
		{name: "deliveries of none", by: "screen", method: get, path: "/api/v1/incidents/99/deliveries", status: 404},
		{
			name: "allowed", by: "jingban", method: get, path: "/api/v1/incidents/1/allowed", status: 200,
			has: []string{`{"command":"accept","name":"签收"}`}, hasNot: []string{"dispatch", "register"},
		},
		{name: "allowed to a viewer", by: "screen", method: get, path: "/api/v1/incidents/1/allowed", status: 200, has: []string{`"allowed":[]`}},
		{
			name: "counts", by: "zhiban", method: get, path: "/api/v1/counts", status: 200,
			has: []string{`"open":{"emergency":1,"general":4,"major":1}`, `"overdue":2`, `"concluded":1`},
		},
		{
			name: "drift", by: "zhiban", method: get, path: "/api/v1/drift?from=2020-01-01T00:00:00%2B08:00", status: 200,
			has: []string{`"reports":`, `"level":{"decided":`, `"rules":[`, `"model":[]`},
		},
		{name: "drift, no time", by: "zhiban", method: get, path: "/api/v1/drift?to=today", status: 400, has: []string{`"field":"to"`}},
		{name: "drift, intake account", by: "hotline", method: get, path: "/api/v1/drift", status: 403},
		{name: "units", by: "hotline", method: get, path: "/api/v1/units", status: 200, has: []string{`"name":"县住建局"`}},
		{
			name: "me", by: "fenguan", method: get, path: "/api/v1/me", status: 200,
			has: []string{`"person":"fenguan"`, `"name":"分管戊"`, `"unit_name":"县住建局","post":"deputy","post_name":"分管领导"`},
		},
		{name: "me of a system", by: "hotline", method: get, path: "/api/v1/me", status: 200, has: []string{`"role":"intake"`, `"holds":[]`}},
		{name: "policy", by: "zhiban", method: get, path: "/api/v1/policy", status: 200, has: []string{`"milestone":"release","level":"emergency","target":"3h0m0s","limit":"5h0m0s"`, `"yaml":"`}},
		{
			name: "preview", by: "zhiban", method: get, path: "/api/v1/preview?level=emergency&received=2026-11-20T16:40:00%2B08:00", status: 200,
			has: []string{`"kind":"release","target_at":"2026-11-20T19:40:00+08:00","limit_at":"2026-11-20T21:40:00+08:00"`, `"rung":"L-30m"`, `"repeat":"10m0s"`},
		},
		{name: "preview without level", by: "zhiban", method: get, path: "/api/v1/preview", status: 400, has: []string{`"field":"level"`}},
		{name: "preview at no time", by: "zhiban", method: get, path: "/api/v1/preview?level=major&received=gestern", status: 400, has: []string{`"field":"received"`}},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func TestAPI_List(t *testing.T) {
	t.Parallel()
	for _, s := range []scenario{
		{
			name: "open by due", by: "zhiban", method: get, path: "/api/v1/incidents?open=true&limit=2", status: 200,
			has: []string{`"id":2`, `"id":3`, `"next_cursor":"`, `"overdue":true`}, hasNot: []string{`"id":1,`, `"told"`},
		},
		{name: "level", by: "zhiban", method: get, path: "/api/v1/incidents?level=major", status: 200, has: []string{`"id":3`}, hasNot: []string{`"id":2`, "next_cursor"}},
		{name: "state", by: "zhiban", method: get, path: "/api/v1/incidents?state=concluded,void", status: 200, has: []string{`"id":4`}, hasNot: []string{`"id":3`}},
		{name: "unit by its short name", by: "zhiban", method: get, path: "/api/v1/incidents?unit=住建局&open=1", status: 200, has: []string{`"id":1`}, hasNot: []string{`"id":3`}},
		{name: "overdue", by: "zhiban", method: get, path: "/api/v1/incidents?overdue=true", status: 200, has: []string{`"id":2`, `"id":3`}, hasNot: []string{`"id":1,`}},
		{name: "words", by: "zhiban", method: get, path: "/api/v1/incidents?q=河道", status: 200, has: []string{`"id":3`}, hasNot: []string{`"id":2`}},
		{name: "due by, plus sign not escaped", by: "zhiban", method: get, path: "/api/v1/incidents?due_by=2026-11-20T17:50:00+08:00", status: 200, has: []string{`"id":2`, `"id":3`}, hasNot: []string{`"id":5`}},
		{name: "no such state asked", by: "zhiban", method: get, path: "/api/v1/incidents?state=sleeping", status: 400, has: []string{`"field":"state"`, "sleeping"}},
		{name: "bad level", by: "zhiban", method: get, path: "/api/v1/incidents?level=huge", status: 400, has: []string{`"field":"level"`}},
		{name: "bad unit", by: "zhiban", method: get, path: "/api/v1/incidents?unit=火星局", status: 400, has: []string{`"field":"unit"`}},
		{name: "bad limit", by: "zhiban", method: get, path: "/api/v1/incidents?limit=9999", status: 400, has: []string{`"field":"limit"`}},
		{name: "bad cursor", by: "zhiban", method: get, path: "/api/v1/incidents?cursor=x", status: 400, has: []string{`"field":"cursor"`}},
		{name: "bad flag", by: "zhiban", method: get, path: "/api/v1/incidents?open=perhaps", status: 400, has: []string{`"field":"open"`}},
		{name: "bad order", by: "zhiban", method: get, path: "/api/v1/incidents?order=random", status: 400, has: []string{`"field":"order"`}},
		{name: "intake account", by: "hotline", method: get, path: "/api/v1/incidents", status: 403, has: []string{"接入账号"}},
		{name: "intake account, counts", by: "hotline", method: get, path: "/api/v1/counts", status: 403},
		{name: "intake account, another's incident", by: "hotline", method: get, path: "/api/v1/incidents/1", status: 403},
		{
			name: "intake account, its own incident", by: "hotline", method: get, path: "/api/v1/incidents/8", status: 200,
			before: func(tb testing.TB, h *house) { tb.Helper(); h.call(tb, "hotline", post, "/api/v1/incidents", posted) },
		},
		{
			name: "intake account, another system's incident", by: "petition", method: get, path: "/api/v1/incidents/8", status: 403,
			before: func(tb testing.TB, h *house) { tb.Helper(); h.call(tb, "hotline", post, "/api/v1/incidents", posted) },
		},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func TestAPI_Commands(t *testing.T) {
	t.Parallel()
	accepted := func(tb testing.TB, h *house) { tb.Helper(); h.do(tb, "jingban", 1, incident.Accept{}) }
	for _, s := range []scenario{
		{name: "accept", by: "jingban", method: post, path: "/api/v1/incidents/1/accept", status: 200, has: []string{`"state":"accepted"`, `"version":`}},
		{name: "accept by another unit", by: "huanbao", method: post, path: "/api/v1/incidents/1/accept", status: 403, has: []string{`"code":"forbidden"`, "主办或协办单位"}},
		{name: "accept twice", by: "jingban", method: post, path: "/api/v1/incidents/1/accept", before: accepted, status: 409, has: []string{`"code":"refused"`, "无需重复签收"}},
		{name: "dispatch by name", by: "zhiban", method: post, path: "/api/v1/incidents/5/dispatch", body: `{"lead":"县住建局","assisting":["sthjj"]}`, status: 200, has: []string{`"lead":"zjj"`, `"assisting":["sthjj"]`}},
		{name: "dispatch to nowhere", by: "zhiban", method: post, path: "/api/v1/incidents/5/dispatch", body: `{"lead":"火星局"}`, status: 400, has: []string{`"field":"lead"`}},
		{name: "progress without text", by: "jingban", method: post, path: "/api/v1/incidents/1/progress", body: `{}`, status: 400, has: []string{`"field":"text"`, "请填写进展内容"}},
		{name: "unknown field", by: "jingban", method: post, path: "/api/v1/incidents/1/progress", body: `{"words":"x"}`, status: 400, has: []string{"不认识字段"}},
		{name: "regrade", by: "zhiban", method: post, path: "/api/v1/incidents/1/regrade", body: `{"to":"major","kind":"correction","reason":"砸坏车辆多"}`, status: 200, has: []string{`"level":"major"`, `"clocks":[`}},
		{name: "pause is refused", by: "jingban", method: post, path: "/api/v1/incidents/1/pause", before: accepted, status: 409, has: []string{"时限不能暂停"}},
		{name: "incident that is none", by: "zhiban", method: post, path: "/api/v1/incidents/99/comment", body: `{"text":"x"}`, status: 404},
		{name: "viewer", by: "screen", method: post, path: "/api/v1/incidents/1/comment", body: `{"text":"x"}`, status: 403},
		{name: "no such command", by: "zhiban", method: post, path: "/api/v1/incidents/1/explode", status: 404, has: []string{"没有“explode”这个操作", "accept、"}},
		{name: "no such command: only of the house", by: "zhiban", method: post, path: "/api/v1/incidents/1/tell", body: `{"milestone":1}`, status: 404},
		{name: "no such address", by: "zhiban", method: get, path: "/api/v1/weather", status: 404, has: []string{`"code":"not_found"`, "/openapi.json"}},
		{name: "wrong method", by: "zhiban", method: "DELETE", path: "/api/v1/incidents/1", status: 405, has: []string{`"code":"method_not_allowed"`, "GET"}},
		{name: "unmask", by: "jingban", method: post, path: "/api/v1/incidents/1/unmask", body: `{"reason":"上门核实"}`, status: 200, has: []string{"张小明", "13812341234"}},
		{name: "unmask without reason", by: "jingban", method: post, path: "/api/v1/incidents/1/unmask", body: `{}`, status: 400, has: []string{`"field":"reason"`}},
		{name: "unmask by another unit", by: "huanbao", method: post, path: "/api/v1/incidents/1/unmask", body: `{"reason":"好奇"}`, status: 403, hasNot: []string{"张小明"}},
		{name: "unmask, not JSON", by: "jingban", method: post, path: "/api/v1/incidents/1/unmask", body: `reason`, status: 400},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func TestAPI_UnmaskingIsLogged(t *testing.T) {
	t.Parallel()
	h := busy(t)
	w := h.call(t, "jingban", post, "/api/v1/incidents/1/unmask", `{"reason":"上门核实"}`)
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control is %q", w.Header().Get("Cache-Control"))
	}
	log := h.call(t, "zhiban", get, "/api/v1/incidents/1/log", "").Body.String()
	if !strings.Contains(log, "查看来件人信息，理由：上门核实") {
		t.Errorf("the log does not say who looked:\n%s", log)
	}
}

func TestAPI_SameKeyTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	h := busy(t)
	send := func(key string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(post, "/api/v1/incidents/1/accept", http.NoBody)
		r.Header.Set("Authorization", "Bearer "+h.tokens["jingban"])
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	first, second := send("k1"), send("k1")
	if first.Code != 200 || second.Code != 200 || first.Body.String() != second.Body.String() {
		t.Errorf("first %d, second %d:\n%s\n%s", first.Code, second.Code, first.Body, second.Body)
	}
	if third := send("k2"); third.Code != 409 {
		t.Errorf("another key answers %d, want 409", third.Code)
	}
	if long := send(strings.Repeat("k", 201)); long.Code != 400 {
		t.Errorf("a key of 201 bytes answers %d, want 400", long.Code)
	}
}

func TestAPI_PagesThroughWholeList(t *testing.T) {
	t.Parallel()
	h := busy(t)
	for _, query := range []string{"open=true", "order=newest", ""} {
		seen := map[incident.ID]bool{}
		next := "/api/v1/incidents?limit=2&" + query
		for range 10 {
			w := h.call(t, "zhiban", get, next, "")
			var list struct {
				Incidents []struct {
					ID incident.ID `json:"id"`
				} `json:"incidents"`
				Next string `json:"next_cursor"`
			}
			if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
				t.Fatal(err)
			}
			for _, i := range list.Incidents {
				if seen[i.ID] {
					t.Errorf("%s: incident %s comes twice", query, i.ID)
				}
				seen[i.ID] = true
			}
			link, ok := strings.CutPrefix(w.Header().Get("Link"), "<")
			if (list.Next != "") != ok {
				t.Fatalf("next_cursor %q, Link %q", list.Next, w.Header().Get("Link"))
			}
			if !ok {
				break
			}
			next, _, _ = strings.Cut(link, ">")
		}
		want := 7
		if query == "open=true" {
			want = 6
		}
		if len(seen) != want {
			t.Errorf("%q lists %d incidents, want %d", query, len(seen), want)
		}
	}
}

func TestAPI_TimesAreOfTheCounty(t *testing.T) {
	t.Parallel()
	h := busy(t)
	body := h.call(t, "zhiban", get, "/api/v1/incidents/1", "").Body.String()
	if strings.Contains(body, `Z"`) || !strings.Contains(body, "+08:00") {
		t.Errorf("times are not in the county's zone:\n%s", body)
	}
	if !strings.Contains(body, begin().Format(time.RFC3339)) {
		t.Errorf("the start is not shown:\n%s", body)
	}
}
