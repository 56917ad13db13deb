package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// dutiesView is the page of recurring duties.
type dutiesView struct {
	frame
	Tiles []tile
	// Rules are the year's duties, rule by rule: how many are due and how many are done.
	Rules  []dutyRuleView
	Year   int
	Filter dutyFilterView
	Rows   []dutyRow
	Next   string
	// New is the form for a duty that comes by a document.
	New []fieldView
	Key string
	// Fault is why that form was refused; Open shows it unfolded.
	Fault string
	Open  bool
}

type dutyRuleView struct {
	ID, Name, Href            string
	All, Done, Late, Overdue  int
	Clause                    string
	Behind, Pending, Answered int
}

type dutyFilterView struct {
	Rules, Units, Shown []option
	Mine, MayMine, Any  bool
}

// dutyRow is a duty in the list.
type dutyRow struct {
	ID                        incident.ID
	Title, Unit, State, Tone  string
	Limit, Left, Progress     string
	Rule                      string
	OverdueRow, BehindOrClose bool
}

// dutyRoutes are the pages of recurring duties.
func (p *Pages) dutyRoutes() []Route {
	return []Route{
		{"GET /duties", p.duties},
		{"POST /duties", p.openDuty},
		{"GET /duties/{id}", p.incident},
		{"GET /duties/{id}/{command}", p.back},
		{"POST /duties/{id}/{command}", p.do},
	}
}

// home is the address of an incident, or of a duty.
func home(c incident.Case) string {
	if c.Duty != nil {
		return "/duties/" + c.ID.String()
	}
	return "/incidents/" + c.ID.String()
}

// duties lists recurring duties: what is open, by what is due next, or a year's.
func (p *Pages) duties(w http.ResponseWriter, r *http.Request, v Visit) error {
	return p.dutiesPage(w, r, http.StatusOK, v, nil, newKey())
}

func (p *Pages) dutiesPage(w http.ResponseWriter, r *http.Request, status int, v Visit, tried *attempt, key string) error {
	ctx := r.Context()
	if err := p.Desk.CheckRead(ctx, v.By, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	now, q := p.now(), r.URL.Query()
	f, err := p.dutyFilter(q, v, now)
	if err != nil {
		return err
	}
	page, err := p.Desk.Store.List(ctx, f)
	if err != nil {
		return fmt.Errorf("list duties: %w", err)
	}
	view := dutiesView{
		frame: p.frame("周期任务", "duties", v), Year: now.In(p.Desk.Zone).Year(), Filter: p.dutyFilterView(q, v), Key: key,
	}
	for _, c := range page.Cases {
		view.Rows = append(view.Rows, p.dutyRow(c, now))
	}
	if page.Next != "" {
		view.Next = dutyAddress(q, "cursor", page.Next)
	}
	if err := p.dutyYear(ctx, &view, now); err != nil {
		return err
	}
	view.New = p.dutyFields(v, tried)
	if tried != nil {
		view.Fault, view.Open = tried.err, true
	}
	return p.render(w, status, "duties", view)
}

func dutyAddress(q url.Values, name, value string) string {
	return strings.Replace(address(q, name, value), "/", "/duties", 1)
}

func (p *Pages) dutyFilter(q url.Values, v Visit, now time.Time) (desk.Filter, error) {
	f := desk.Filter{Duties: true, Now: now, Cursor: q.Get("cursor"), Limit: boardRows}
	switch q.Get("show") {
	case "year":
		f.ReceivedFrom, f.ReceivedTo = p.year(now)
	case "overdue":
		f.Open, f.Overdue = true, true
	case "soon":
		f.Open, f.DueFrom, f.DueBy = true, now, now.Add(desk.DutySoon)
	default:
		f.Open = true
	}
	if rule, ok := p.Desk.Duties.Rule(q.Get("rule")); ok {
		f.Rule = rule.ID
	}
	if name := q.Get("unit"); name != "" {
		unit, ok := p.Desk.Directory().FindUnit(name)
		if !ok {
			return f, &incident.Error{Code: incident.CodeInvalid, Field: "unit", Text: "没有“" + name + "”这个单位，请重新选择。"}
		}
		f.Unit = unit.ID
	}
	if mine := ownUnit(v.By); q.Get("mine") != "" && mine != "" {
		f.Unit = mine
	}
	return f, nil
}

func (p *Pages) year(now time.Time) (from, to time.Time) {
	from = time.Date(now.In(p.Desk.Zone).Year(), 1, 1, 0, 0, 0, 0, p.Desk.Zone)
	return from, from.AddDate(1, 0, 0)
}

func (p *Pages) dutyFilterView(q url.Values, v Visit) dutyFilterView {
	f := dutyFilterView{
		Mine: q.Get("mine") != "", MayMine: ownUnit(v.By) != "",
		Rules: []option{{"", "全部任务", false}}, Units: []option{{"", "全部单位", false}},
		Shown: []option{
			{"", "未完成", false},
			{"overdue", "已逾期", q.Get("show") == "overdue"},
			{"soon", "两周内到期", q.Get("show") == "soon"},
			{"year", "今年全部", q.Get("show") == "year"},
		},
	}
	for name := range q {
		f.Any = f.Any || name != "cursor" && q.Get(name) != ""
	}
	if p.Desk.Duties != nil {
		for _, r := range p.Desk.Duties.Rules {
			f.Rules = append(f.Rules, option{r.ID, r.Name, strings.EqualFold(q.Get("rule"), r.ID)})
		}
	}
	for _, u := range p.Desk.Directory().Data().Units {
		f.Units = append(f.Units, option{string(u.ID), u.Name, q.Get("unit") == string(u.ID) || q.Get("unit") == u.Name})
	}
	return f
}

// dutyYear counts the year's duties, rule by rule, and what is open.
func (p *Pages) dutyYear(ctx context.Context, view *dutiesView, now time.Time) error {
	from, to := p.year(now)
	counts, err := p.Desk.CountDuties(ctx, desk.Filter{ReceivedFrom: from, ReceivedTo: to}, now)
	if err != nil {
		return fmt.Errorf("count duties: %w", err)
	}
	for _, c := range counts.Rules {
		name, clause := c.Rule, ""
		if rule, ok := p.Desk.Duties.Rule(c.Rule); ok {
			name, clause = rule.Name, rule.Clause
		}
		view.Rules = append(view.Rules, dutyRuleView{
			ID: c.Rule, Name: name, Clause: clause, Href: "/duties?show=year&rule=" + url.QueryEscape(c.Rule), All: c.All(),
			Done: c.States[incident.DutyDone], Late: c.States[incident.DutyLate], Overdue: c.States[incident.DutyOverdue],
			Behind: c.States[incident.DutyBehind], Pending: c.States[incident.DutyOpen],
		})
	}
	open, err := p.Desk.CountDuties(ctx, desk.Filter{Open: true}, now)
	if err != nil {
		return fmt.Errorf("count duties: %w", err)
	}
	behind := open.States[incident.DutyBehind]
	view.Tiles = []tile{
		{"已逾期", strconv.Itoa(open.States[incident.DutyOverdue]), "/duties?show=overdue", "bad", false},
		{"进度落后", strconv.Itoa(behind), "/duties?show=overdue", "soon", false},
		{"两周内到期", strconv.Itoa(open.Soon), "/duties?show=soon", "soon", false},
		{"未完成", strconv.Itoa(open.All()), "/duties", "wait", false},
	}
	return nil
}

func (p *Pages) dutyRow(c incident.Case, now time.Time) dutyRow {
	state := c.DutyState(now)
	row := dutyRow{
		ID: c.ID, Title: incident.MaskText(c.Report.Title), Unit: p.unit(c.Lead), State: c.DutyText(now), Tone: dutyTone(state),
		Rule: c.Duty.Rule, OverdueRow: state == incident.DutyOverdue,
	}
	if due, ok := c.NextDue(); ok {
		row.Limit, row.Left = p.show(due.Limit, now), left(due.Limit, now)
		row.BehindOrClose = state == incident.DutyBehind || due.Limit.Sub(now) < 48*time.Hour
		of, _ := c.Duty.DueOf(due)
		row.Progress = c.Duty.Progress(of)
	} else {
		row.Limit = p.show(c.DutyLimit().Limit, now)
	}
	return row
}

func dutyTone(s incident.DutyState) string {
	switch s {
	case incident.DutyOverdue:
		return "overdue"
	case incident.DutyBehind, incident.DutyLate:
		return "soon"
	case incident.DutyDone:
		return "met"
	case incident.DutyVoid:
		return "void"
	case incident.DutyOpen:
	}
	return ""
}

// dutyFields are what the form for a duty by a document asks for; none for those who may
// open none.
func (p *Pages) dutyFields(v Visit, tried *attempt) []fieldView {
	if len(v.By.Holds) == 0 || len(p.Desk.DocumentRules()) == 0 {
		return nil
	}
	if tried == nil {
		tried = &attempt{}
	}
	var out []fieldView
	for _, fd := range p.dutyForm(v) {
		out = append(out, p.fieldView("duty", fd, tried.typed, tried.fields))
	}
	return out
}

func (p *Pages) dutyForm(v Visit) []field {
	rules := []option{{Value: "", Label: "请选择"}}
	for _, r := range p.Desk.DocumentRules() {
		rules = append(rules, option{Value: r.ID, Label: r.Name + "（" + r.Limit + "）"})
	}
	unit := string(ownUnit(v.By))
	return []field{
		{name: "rule", label: "任务", as: asChoice, required: true, options: rules},
		{name: "subject", label: "文件名称、文号或申请编号", as: asLine, required: true, help: "同一文件只登记一次；不写申请人姓名"},
		{name: "unit", label: "负责单位", as: asUnit, required: true, value: unit},
		{name: "start", label: "印发、发布、形成或收到的日期", as: asDate, help: "不填按今天"},
		{name: "text", label: "说明", as: asText},
	}
}

// openDuty takes the form for a duty by a document.
func (p *Pages) openDuty(w http.ResponseWriter, r *http.Request, v Visit) error {
	fields := p.dutyForm(v)
	tried := &attempt{typed: r.PostForm}
	values, faults := p.read(fields, r.PostForm)
	if len(faults) > 0 {
		tried.fields, tried.err = faults, "还没有登记，请改正后再提交。"
		return p.dutiesPage(w, r, http.StatusBadRequest, v, tried, r.PostForm.Get("key"))
	}
	word := func(name string) string { s, _ := values[name].(string); return s }
	order := desk.DutyOrder{Rule: word("rule"), Unit: word("unit"), Subject: word("subject"), Text: word("text")}
	if at, ok := values["start"].(time.Time); ok {
		// A day's form gives its end; a document is issued when its day begins, or now.
		order.Start = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, p.Desk.Zone)
	}
	c, there, err := p.Desk.OpenDuty(r.Context(), v.By, order)
	var e *incident.Error
	if errors.As(err, &e) && e.Code != incident.CodeInternal {
		tried.refused(e, fields)
		return p.dutiesPage(w, r, status(e.Code), v, tried, r.PostForm.Get("key"))
	}
	if err != nil {
		return fmt.Errorf("open duty: %w", err)
	}
	what := flashRegistered
	if there {
		what = flashDuplicate
	}
	flash(w, home(c), what)
	http.Redirect(w, r, home(c), http.StatusSeeOther)
	return nil
}

// dutyView is everything about one duty.
type dutyView struct {
	frame
	ID                   incident.ID
	Heading, State, Tone string
	Facts                []pair
	Text                 string
	Next                 *milestoneView
	Progress             string
	Milestones           []milestoneView
	Entries              []dutyEntryView
	Now, Other           []formView
	Timeline             []entryView
	Deliveries           []deliveryView
	Done, Fault          string
}

// dutyEntryView is one proof.
type dutyEntryView struct {
	N                           int
	At, Recorded, Address, Link string
	By, Text, Struck            string
	ByLeader                    bool
}

// answerDuty shows one duty; with a form that was refused, if there is one.
func (p *Pages) answerDuty(w http.ResponseWriter, r *http.Request, status int, v Visit, c incident.Case, tried *attempt) error {
	ctx, now := r.Context(), p.now()
	entries, err := p.Desk.Store.Log(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	deliveries, err := p.Desk.Store.Deliveries(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read deliveries: %w", err)
	}
	state := c.DutyState(now)
	view := dutyView{
		frame: p.frame(c.ID.No()+" "+c.Report.Title, "duties", v), ID: c.ID, Heading: incident.MaskText(c.Report.Title), State: c.DutyText(now),
		Tone: dutyTone(state), Text: incident.MaskText(c.Report.Text), Timeline: p.timeline(entries, now),
		Deliveries: p.deliveries(c, deliveries, now), Facts: p.dutyFacts(c, now),
	}
	for _, m := range c.Milestones {
		of, _ := c.Duty.DueOf(m)
		one := p.milestone(m, now)
		if of.Goal > 1 {
			one.Unit = goalText(of)
		}
		view.Milestones = append(view.Milestones, one)
	}
	if due, ok := c.NextDue(); ok {
		m := p.milestone(due, now)
		view.Next = &m
		of, _ := c.Duty.DueOf(due)
		view.Progress = c.Duty.Progress(of)
	}
	for _, e := range slices.Backward(c.Duty.Entries) {
		view.Entries = append(view.Entries, dutyEntryView{
			N: e.N, At: p.show(e.At.Truncate(time.Minute), now), Recorded: p.show(e.RecordedAt.Truncate(time.Minute), now), Address: e.Address,
			Link: link(e.Address), By: e.By, Text: incident.MaskText(e.Text), Struck: e.Struck, ByLeader: e.ByLeader,
		})
	}
	view.Now, view.Other = p.forms(ctx, c, v, tried)
	if tried == nil {
		view.Done = flashed(w, r)
	} else if !slices.ContainsFunc(append(view.Now, view.Other...), func(f formView) bool { return f.Kind == tried.kind }) {
		view.Fault = tried.err
	}
	return p.render(w, status, "duty", view)
}

func goalText(due incident.DutyDue) string {
	text := fmt.Sprintf("%d次", due.Goal)
	if due.Leader > 0 {
		text += fmt.Sprintf("，主要负责人%d次", due.Leader)
	}
	if due.Pace {
		text += "（阶段进度）"
	}
	return text
}

func (p *Pages) dutyFacts(c incident.Case, now time.Time) []pair {
	d := c.Duty
	var out []pair
	add := func(label, value string) {
		if value != "" && value != "—" {
			out = append(out, pair{label, value})
		}
	}
	add("任务", d.Rule+" "+d.Name)
	add("负责单位", p.unit(c.Lead))
	add("依据", d.Clause)
	add("对象", d.Subject)
	if d.Cycle == incident.ByDocument {
		add(d.Since, p.show(d.Start, now))
	} else {
		add("起", d.Opens.In(p.Desk.Zone).Format("2006年1月2日"))
	}
	add("凭据", d.Proof)
	return out
}

// dutyFormFields are those of the commands for duties.
func dutyFormFields(kind incident.Kind, c incident.Case) []field {
	if c.Duty == nil {
		return nil
	}
	switch kind { //nolint:exhaustive // the others are those of incidents
	case incident.KindFulfil:
		out := []field{{name: "address", label: c.Duty.Proof, as: asLine, required: true}, factTime("完成时间")}
		if slices.ContainsFunc(c.Duty.Dues, func(d incident.DutyDue) bool { return d.Leader > 0 }) {
			out = append(out, field{name: "by_leader", label: "主要负责人解读", as: asCheck})
		}
		return append(out, field{name: "text", label: "说明", as: asText})
	case incident.KindStrikeProof:
		options := []option{{Value: "", Label: "请选择"}}
		for _, e := range c.Duty.Entries {
			if e.Struck == "" {
				options = append(options, option{Value: strconv.Itoa(e.N), Label: fmt.Sprintf("%d　%s", e.N, e.Address)})
			}
		}
		return []field{{name: "n", label: "撤销哪一条", as: asPick, required: true, options: options}, reason("撤销理由", true)}
	}
	return nil
}

// ownDuty tells whether a duty is the actor's own to do.
func ownDuty(c incident.Case, by org.Actor) bool { return c.Duty != nil && by.In(c.Lead) }
