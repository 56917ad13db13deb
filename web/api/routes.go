package api

import (
	"net/http"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
)

// Route is one row of the table: what is mounted, and what /openapi.json says of it.
type Route struct {
	Method string
	Path   string // under [Prefix], with {id} for the incident's number
	Name   string // the operation's id, for generated clients
	Title  string // Chinese
	Query  []Param
	// Body is a value of the type that is read, Answer of the one that is written; nil for none.
	Body, Answer any
	Statuses     []int // of the answer; 200 when there are none
	// Keyed: an Idempotency-Key makes the same request twice answer as the first time.
	Keyed bool
	// Hidden routes are mounted and not described.
	Hidden bool
	Handle Handler
}

// Param is one parameter of a query.
type Param struct {
	Name, Text string
	// Sample is a value of the parameter's type.
	Sample   any
	Required bool
}

// Submission is the body of POST /incidents as the documentation shows it; [Deps.Decode]
// reads it.
type Submission struct {
	Source      string                `json:"source"`
	ExternalID  string                `json:"external_id,omitempty"`
	Title       string                `json:"title,omitempty"`
	Text        string                `json:"text,omitempty"`
	ReportedAt  time.Time             `json:"reported_at,omitzero"`
	FoundAt     time.Time             `json:"found_at,omitzero"`
	Reporter    incident.Reporter     `json:"reporter,omitzero"`
	Place       string                `json:"place,omitempty"`
	Region      string                `json:"region,omitempty"`
	URL         string                `json:"url,omitempty"`
	Attachments []incident.Attachment `json:"attachments,omitempty"`
	Level       incident.Level        `json:"level,omitempty"`
	Category    string                `json:"category,omitempty"`
	Influence   bool                  `json:"influence,omitempty"`
	// HandedLimits came with the item; Lead dispatches it in the same step, where the account may.
	HandedLimits []incident.HandedLimit `json:"handed_limits,omitempty"`
	Lead         string                 `json:"lead,omitempty"`
	Assisting    []string               `json:"assisting,omitempty"`
}

// Routes is the table of everything under [Prefix].
func (a *API) Routes() []Route {
	routes := []Route{
		{
			Method: http.MethodPost, Path: "/incidents", Name: "register", Title: "登记事件；同一来源的同一外部编号再次提交返回原事件",
			Body: Submission{}, Answer: Incident{}, Statuses: []int{http.StatusCreated, http.StatusOK}, Handle: a.register,
		},
		{Method: http.MethodGet, Path: "/incidents", Name: "list", Title: "事件列表，按页标（cursor）翻页", Query: listParams(), Answer: List{}, Handle: a.list},
		{Method: http.MethodGet, Path: "/incidents/{id}", Name: "show", Title: "一件事件的全部内容，来件人已脱敏", Answer: Incident{}, Handle: a.show},
		{Method: http.MethodGet, Path: "/incidents/{id}/log", Name: "log", Title: "办理记录，逐条带哈希", Answer: Log{}, Handle: a.log},
		{Method: http.MethodGet, Path: "/incidents/{id}/deliveries", Name: "deliveries", Title: "通知了谁、何时、走哪个渠道、是否送达", Answer: Deliveries{}, Handle: a.deliveries},
		{Method: http.MethodGet, Path: "/incidents/{id}/allowed", Name: "allowed", Title: "我现在可以办的操作", Answer: Allowed{}, Handle: a.allowed},
		{Method: http.MethodPost, Path: "/incidents/{id}/unmask", Name: "unmask", Title: "查看来件人信息，须说明理由并留痕", Body: Unmasking{}, Answer: Unmasked{}, Handle: a.unmask},
		{Method: http.MethodGet, Path: "/feedback", Name: "feedback_queue", Title: "还没有反馈的来源平台和上级，供平台对接程序取用", Query: []Param{{Name: "source", Text: "只要这个来源的", Sample: ""}}, Answer: FeedbackQueue{}, Handle: a.feedback},
		{Method: http.MethodGet, Path: "/counts", Name: "counts", Title: "看板数字", Answer: desk.Counts{}, Handle: a.counts},
		{Method: http.MethodGet, Path: "/drift", Name: "drift", Title: "研判与改定对照：改了多少次建议，按规则和模型分列", Query: driftParams(), Answer: desk.Drift{}, Handle: a.drift},
		{Method: http.MethodGet, Path: "/units", Name: "units", Title: "单位", Answer: Units{}, Handle: a.units},
		{Method: http.MethodGet, Path: "/me", Name: "me", Title: "当前口令是谁、任何职务", Answer: Me{}, Handle: a.me},
		{Method: http.MethodGet, Path: "/policy", Name: "policy", Title: "新事件所用的时限政策", Answer: Policy{}, Handle: a.policy},
		{Method: http.MethodGet, Path: "/preview", Name: "preview", Title: "某等级的事件会有哪些时限、何时通知谁", Query: previewParams(), Answer: Preview{}, Handle: a.preview},
		{Method: http.MethodPost, Path: "/incidents/{id}/{command}", Hidden: true, Handle: a.unknown},
	}
	routes = append(routes, a.reportRoutes()...)
	routes = append(routes, a.dutyRoutes()...)
	for _, kind := range commands() {
		// Decoding nothing gives the command's zero value, whose type is the body's.
		body, err := incident.Decode(kind, nil)
		if err != nil {
			continue // unreachable: every kind has a decoder
		}
		routes = append(routes, Route{
			Method: http.MethodPost, Path: "/incidents/{id}/" + string(kind), Name: string(kind), Title: kind.Chinese(),
			Body: body, Answer: Incident{}, Keyed: true, Handle: a.do(kind),
		})
	}
	return routes
}

// commands are those that people give on incidents.
func commands() []incident.Kind {
	var out []incident.Kind
	for _, k := range incident.Kinds() {
		if !k.Internal() && !k.OfDuties() {
			out = append(out, k)
		}
	}
	return out
}

func listParams() []Param {
	return []Param{
		{Name: "state", Text: "状态，可用逗号并列", Sample: ""},
		{Name: "open", Text: "只要未办结的，按最早到期排序", Sample: true},
		{Name: "level", Text: "等级", Sample: incident.General},
		{Name: "unit", Text: "主办或协办单位的编号、名称或简称", Sample: ""},
		{Name: "overdue", Text: "只要已超期的", Sample: true},
		{Name: "due_by", Text: "在此时刻前到期，例如 2026-11-20T16:40:00+08:00", Sample: ""},
		{Name: "q", Text: "编号、标题、内容或地点中的字词", Sample: ""},
		{Name: "order", Text: "newest 按编号从新到旧", Sample: ""},
		{Name: "cursor", Text: "上一页给出的 next_cursor", Sample: ""},
		{Name: "limit", Text: "每页条数，1至200，默认50", Sample: 0},
	}
}

func previewParams() []Param {
	return []Param{
		{Name: "level", Text: "等级", Sample: incident.General, Required: true},
		{Name: "received", Text: "接报时间，默认现在", Sample: ""},
	}
}

// commandList names the commands for a sentence.
func commandList() string {
	names := make([]string, 0, len(commands()))
	for _, k := range commands() {
		names = append(names, string(k))
	}
	return strings.Join(names, "、")
}
