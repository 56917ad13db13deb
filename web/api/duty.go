package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// Duty is a recurring duty (周期任务), as it is now.
type Duty struct {
	ID       incident.ID        `json:"id"`
	Rule     string             `json:"rule"`
	Name     string             `json:"name"`
	Title    string             `json:"title"`
	Clause   string             `json:"clause"`
	Cycle    incident.DutyCycle `json:"cycle"`
	Period   string             `json:"period,omitempty"`
	Subject  string             `json:"subject,omitempty"`
	Unit     org.UnitID         `json:"unit"`
	UnitName string             `json:"unit_name"`
	Text     string             `json:"text,omitempty"`
	State    incident.DutyState `json:"state"`
	StartAt  Stamp              `json:"start_at"`
	OpensAt  Stamp              `json:"opens_at"`
	// LimitAt is the notice's own limit; Milestones hold those on the way, too.
	LimitAt    Stamp       `json:"limit_at"`
	Proof      string      `json:"proof"`
	Done       int         `json:"done"`
	ByLeader   int         `json:"by_leader,omitempty"`
	Goal       int         `json:"goal"`
	Leader     int         `json:"leader,omitempty"`
	Entries    []DutyEntry `json:"entries"`
	Milestones []Milestone `json:"milestones"`
	Version    int64       `json:"version"`
}

// DutyEntry is one proof.
type DutyEntry struct {
	N          int    `json:"n"`
	At         Stamp  `json:"at"`
	RecordedAt Stamp  `json:"recorded_at"`
	Address    string `json:"address"`
	ByLeader   bool   `json:"by_leader,omitempty"`
	Text       string `json:"text,omitempty"`
	By         string `json:"by"`
	Struck     string `json:"struck,omitempty"`
}

// Duties is a page of duties, what is due first.
type Duties struct {
	Duties     []Duty `json:"duties"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// dutyRoutes are the routes of recurring duties.
func (a *API) dutyRoutes() []Route {
	out := []Route{
		{
			Method: http.MethodGet, Path: "/duties", Name: "list_duties", Title: "周期任务，按到期排序", Answer: Duties{}, Handle: a.listDuties,
			Query: []Param{
				{Name: "open", Text: "只要未完成的", Sample: true},
				{Name: "overdue", Text: "只要已过期限的（含阶段进度）", Sample: true},
				{Name: "rule", Text: "任务编号，例如 D4", Sample: ""},
				{Name: "unit", Text: "单位的编号、名称或简称", Sample: ""},
				{Name: "year", Text: "哪一年的", Sample: 0},
				{Name: "cursor", Text: "上一页给出的 next_cursor", Sample: ""},
				{Name: "limit", Text: "每页条数，1至200，默认50", Sample: 0},
			},
		},
		{
			Method: http.MethodPost, Path: "/duties", Name: "open_duty_by_document", Title: "登记一项按文件或申请开立的任务；同一文件再次登记返回原任务",
			Body: desk.DutyOrder{}, Answer: Duty{}, Statuses: []int{http.StatusCreated, http.StatusOK}, Handle: a.openDuty,
		},
		{Method: http.MethodGet, Path: "/duties/{id}", Name: "show_duty", Title: "一项任务", Answer: Duty{}, Handle: a.showDuty},
		{Method: http.MethodGet, Path: "/duties/{id}/log", Name: "duty_log", Title: "任务的办理记录", Answer: Log{}, Handle: a.log},
	}
	out = append(out, Route{
		Method: http.MethodPost, Path: "/heartbeats/{source}", Name: "heartbeat", Title: "来源的心跳：没有来件也表明接入正常", Answer: Heartbeat{}, Handle: a.heartbeat,
	})
	for _, kind := range incident.DutyKinds() {
		body, err := incident.Decode(kind, nil)
		if err != nil {
			continue // unreachable: every kind has a decoder
		}
		name := string(kind)
		if !kind.OfDuties() {
			name = "duty_" + name
		}
		out = append(out, Route{
			Method: http.MethodPost, Path: "/duties/{id}/" + string(kind), Name: name, Title: "任务：" + kind.Chinese(),
			Body: body, Answer: Duty{}, Keyed: true, Handle: a.doDuty(kind),
		})
	}
	return out
}

func (a *API) duty(c incident.Case, now time.Time) Duty {
	d := c.Duty
	all, leader := d.Count()
	last := d.Dues[len(d.Dues)-1]
	out := Duty{
		ID: c.ID, Rule: d.Rule, Name: d.Name, Title: c.Report.Title, Clause: d.Clause, Cycle: d.Cycle, Period: d.Period, Subject: d.Subject,
		Unit: c.Lead, UnitName: a.Desk.Directory().UnitName(c.Lead), Text: c.Report.Text, State: c.DutyState(now),
		StartAt: a.at(d.Start), OpensAt: a.at(d.Opens), LimitAt: a.at(c.DutyLimit().Limit), Proof: d.Proof,
		Done: all, ByLeader: leader, Goal: last.Goal, Leader: last.Leader,
		Entries: make([]DutyEntry, 0, len(d.Entries)), Milestones: make([]Milestone, 0, len(c.Milestones)), Version: c.Version,
	}
	for _, e := range d.Entries {
		out.Entries = append(out.Entries, DutyEntry{
			N: e.N, At: a.at(e.At), RecordedAt: a.at(e.RecordedAt), Address: e.Address, ByLeader: e.ByLeader, Text: e.Text, By: e.By, Struck: e.Struck,
		})
	}
	for _, m := range c.Milestones {
		out.Milestones = append(out.Milestones, a.milestone(m, now))
	}
	return out
}

func (a *API) listDuties(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	if err := a.Desk.CheckRead(r.Context(), by, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	now := a.now()
	f, err := a.dutyFilter(r.URL.Query(), now)
	if err != nil {
		return err
	}
	page, err := a.Desk.Store.List(r.Context(), f)
	if err != nil {
		return fmt.Errorf("list duties: %w", err)
	}
	out := Duties{Duties: make([]Duty, 0, len(page.Cases)), NextCursor: page.Next}
	for _, c := range page.Cases {
		out.Duties = append(out.Duties, a.duty(c, now))
	}
	return a.write(w, http.StatusOK, out)
}

func (a *API) dutyFilter(q url.Values, now time.Time) (desk.Filter, error) {
	rule, year := q.Get("rule"), q.Get("year")
	q = url.Values{"open": q["open"], "overdue": q["overdue"], "unit": q["unit"], "cursor": q["cursor"], "limit": q["limit"]}
	f, err := a.filter(q, now)
	if err != nil {
		return f, err
	}
	f.Duties = true
	if rule != "" {
		known, ok := a.Desk.Duties.Rule(rule)
		if !ok {
			return f, bad("rule", "没有“%s”这项任务，请核对编号，例如 D4。", rule)
		}
		f.Rule = known.ID
	}
	if year != "" {
		n, err := strconv.Atoi(year)
		if err != nil || n < 2000 || n > 2999 {
			return f, bad("year", "“%s”不是年份，请写成 2026。", year)
		}
		f.ReceivedFrom = time.Date(n, 1, 1, 0, 0, 0, 0, a.zone)
		f.ReceivedTo = f.ReceivedFrom.AddDate(1, 0, 0)
	}
	return f, nil
}

func (a *API) openDuty(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	var order desk.DutyOrder
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&order); err != nil {
		return &incident.Error{
			Code: incident.CodeInvalid, Err: err,
			Text: `请求内容读不懂，应为 {"rule":"D1","subject":"文件名称或文号","unit":"负责单位","start":"2026-11-20T00:00:00+08:00"}。`,
		}
	}
	c, there, err := a.Desk.OpenDuty(r.Context(), by, order)
	if err != nil {
		return fmt.Errorf("open duty: %w", err)
	}
	status := http.StatusCreated
	if there {
		status = http.StatusOK
	}
	w.Header().Set("Location", Prefix+"/duties/"+c.ID.String())
	return a.write(w, status, a.duty(c, a.now()))
}

// dutyAt is the duty of the address, if the actor may read it.
func (a *API) dutyAt(r *http.Request, by org.Actor) (incident.Case, error) {
	id, err := a.readable(r, by)
	if err != nil {
		return incident.Case{}, err
	}
	c, err := a.Desk.Get(r.Context(), id)
	if err != nil {
		return c, fmt.Errorf("get duty: %w", err)
	}
	if c.Duty == nil {
		return c, &incident.Error{Code: incident.CodeNotFound, Text: id.String() + "号不是周期任务，是舆情事件。"}
	}
	return c, nil
}

func (a *API) showDuty(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	c, err := a.dutyAt(r, by)
	if err != nil {
		return err
	}
	return a.write(w, http.StatusOK, a.duty(c, a.now()))
}

// Heartbeat is when a source was heard.
type Heartbeat struct {
	Source string `json:"source"`
	At     Stamp  `json:"at"`
}

// heartbeat takes a sign of life of a source that is watched.
func (a *API) heartbeat(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	source := r.PathValue("source")
	if err := a.Desk.Heartbeat(r.Context(), by, source); err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	return a.write(w, http.StatusOK, Heartbeat{Source: source, At: a.at(a.now())})
}

// doDuty is the handler of one command on a duty.
func (a *API) doDuty(kind incident.Kind) Handler {
	return func(w http.ResponseWriter, r *http.Request, by org.Actor) error {
		c, err := a.dutyAt(r, by)
		if err != nil {
			return err
		}
		if c, err = a.command(r, by, kind, c.ID); err != nil {
			return err
		}
		return a.write(w, http.StatusOK, a.duty(c, a.now()))
	}
}
