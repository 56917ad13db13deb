package page

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// incidentView is everything about one incident.
type incidentView struct {
	frame
	ID                   incident.ID
	Heading, Level, Tone string
	State                string
	Unsure               bool
	Next                 *milestoneView
	Facts                []pair
	Text, URL            string
	Attachments          []incident.Attachment
	Evidence             []evidenceView
	Doubts, Flags        []string
	Suggested            []routeView
	Reporter             []pair
	// Clear are the reporters unmasked, for somebody who said why.
	Clear     [][]pair
	MayUnmask bool
	More      []reportView
	Similar   []similarView
	// Matter says how many reports of the same matter there are and how hot it is.
	Matter     string
	Hot        bool
	MergedInto incident.ID
	Milestones []milestoneView
	Timeline   []entryView
	Deliveries []deliveryView
	Drafts     []draftView
	// Room: there is an emergency room.
	Room            bool
	Contradictions  []string
	Parts, Opinions []roomLine
	Proofs          []proofView
	Consults        []consultView
	Lessons         []lessonsView
	LessonsDue      *countView
	Now, Other      []formView
	Done            string
	// Fault is a refusal that belongs to no form that is shown.
	Fault  string
	Unmask formView
}

// routeView is a unit that is suggested, and why.
type routeView struct{ Unit, Reason string }

// routes are the units that are suggested; those of older incidents have no reason.
func (p *Pages) routes(g incident.Grading) []routeView {
	var out []routeView
	for i, u := range g.Suggested {
		v := routeView{Unit: p.unit(u)}
		if i < len(g.Routes) && g.Routes[i].Unit == u {
			v.Reason = incident.MaskText(g.Routes[i].Reason)
			if g.Routes[i].Assist {
				v.Unit += "（协办）"
			}
		}
		out = append(out, v)
	}
	return out
}

// pair is a label and what stands beside it.
type pair struct{ Label, Value string }

type evidenceView struct {
	Rule, Clause, Quote string
	Asks                bool
}

type reportView struct {
	Title, Text, Source string
	From                incident.ID
	Reporter            []pair
}

// milestoneView is one limit: what, until when, what became of it and how it was counted.
type milestoneView struct {
	Kind, Unit, Target, Limit, State, Left, Counted, Warning, Met, Original string
	Tone                                                                    string
	Extended                                                                bool
}

// incident shows one incident with everything on it.
func (p *Pages) incident(w http.ResponseWriter, r *http.Request, v Visit) error {
	id, err := p.id(r)
	if err != nil {
		return err
	}
	return p.answer(w, r, http.StatusOK, v, id, nil)
}

// id is the incident's number in the address.
func (p *Pages) id(r *http.Request) (incident.ID, error) {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || n <= 0 {
		return 0, &incident.Error{Code: incident.CodeNotFound, Err: err, Text: "地址里的事件编号有误，编号应为正整数，例如 3。"}
	}
	return incident.ID(n), nil
}

// answer shows the incident as it is now; with a form that was refused, if there is one.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request, status int, v Visit, id incident.ID, tried *attempt) error {
	if err := p.Desk.CheckRead(r.Context(), v.By, id); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	c, err := p.Desk.Get(r.Context(), id)
	if err != nil {
		return fmt.Errorf("get incident: %w", err)
	}
	if c.Duty != nil {
		return p.answerDuty(w, r, status, v, c, tried)
	}
	view, err := p.view(r, v, c, tried)
	if err != nil {
		return err
	}
	if tried == nil {
		view.Done = flashed(w, r)
	}
	return p.render(w, status, "incident", view)
}

func (p *Pages) load(r *http.Request, v Visit, id incident.ID, tried *attempt) (incidentView, error) {
	ctx := r.Context()
	if err := p.Desk.CheckRead(ctx, v.By, id); err != nil {
		return incidentView{}, fmt.Errorf("check right: %w", err)
	}
	c, err := p.Desk.Get(ctx, id)
	if err != nil {
		return incidentView{}, fmt.Errorf("get incident: %w", err)
	}
	return p.view(r, v, c, tried)
}

// view is the page of a case that the reader may see.
func (p *Pages) view(r *http.Request, v Visit, c incident.Case, tried *attempt) (incidentView, error) {
	ctx, id := r.Context(), c.ID
	entries, err := p.Desk.Store.Log(ctx, id)
	if err != nil {
		return incidentView{}, fmt.Errorf("read log: %w", err)
	}
	deliveries, err := p.Desk.Store.Deliveries(ctx, id)
	if err != nil {
		return incidentView{}, fmt.Errorf("read deliveries: %w", err)
	}
	now := p.now()
	view := p.incidentView(c, v, now)
	if err := p.matter(ctx, c, &view, now); err != nil {
		return incidentView{}, err
	}
	view.Timeline = p.timeline(entries, now)
	view.Deliveries = p.deliveries(c, deliveries, now)
	view.Now, view.Other = p.forms(ctx, c, v, tried)
	if tried == nil {
		if err := p.prefill(c, entries, view.Now, view.Other); err != nil {
			return incidentView{}, err
		}
	}
	view.Unmask = p.unmaskForm(c, v, tried)
	if tried != nil && !tried.shown(view) {
		view.Fault = tried.err
	}
	return view, nil
}

// shown tells whether the form that was refused stands on the page.
func (a *attempt) shown(view incidentView) bool {
	return a.kind == unmaskForm || slices.ContainsFunc(append(view.Now, view.Other...), func(f formView) bool { return f.Kind == a.kind })
}

// incidentView is the incident without its log.
func (p *Pages) incidentView(c incident.Case, v Visit, now time.Time) incidentView {
	report := c.Report.Masked()
	view := incidentView{
		frame: p.frame(c.ID.String()+"号 "+report.Title, "", v), ID: c.ID, Heading: report.Title,
		Level: c.Level().Chinese(), Tone: tone(c.Level()), State: c.State.Chinese(), Unsure: unsure(c),
		Text: report.Text, URL: link(report.URL), Attachments: safe(report.Attachments),
		Doubts: c.Grading.Doubts, Reporter: reporter(report.Reporter), MergedInto: c.MergedInto,
		MayUnmask: c.Report.Reporter != (incident.Reporter{}) && p.mayUnmask(c, v.By),
		Facts:     p.facts(c, now),
	}
	for _, e := range c.Grading.Evidence {
		view.Evidence = append(view.Evidence, evidenceView{Rule: e.Rule, Clause: e.Clause, Quote: incident.MaskText(e.Quote), Asks: e.Asks})
	}
	for _, f := range c.Grading.Flags {
		view.Flags = append(view.Flags, flagText(f))
	}
	view.Suggested = p.routes(c.Grading)
	for _, m := range c.More {
		m = m.Masked()
		view.More = append(view.More, reportView{Title: m.Title, Text: m.Text, Source: m.Source.Name, From: m.From, Reporter: reporter(m.Reporter)})
	}
	for _, m := range c.Milestones {
		if m.Kind.Inner() {
			continue // stands beside what it is about
		}
		view.Milestones = append(view.Milestones, p.milestone(m, now))
	}
	view.Drafts, view.Room, view.Contradictions = p.drafts(c, now), c.Level() == incident.Emergency, p.Desk.Contradictions(c)
	view.Parts, view.Opinions = p.parts(c, now)
	view.Proofs = p.proofs(c, now)
	view.Consults = p.consultations(c, now)
	view.Lessons, view.LessonsDue = p.lessons(c, now), p.lessonsDue(c, now)
	if due, ok := c.NextDue(); ok {
		next := p.milestone(due, now)
		view.Next = &next
	}
	return view
}

// facts are the lines under the title.
func (p *Pages) facts(c incident.Case, now time.Time) []pair {
	var out []pair
	add := func(label, value string) {
		if value != "" {
			out = append(out, pair{label, value})
		}
	}
	source := c.Report.Source.Name
	if id := c.Report.ExternalID; id != "" && !strings.HasPrefix(id, formExternal) && !strings.HasPrefix(id, chatExternal) {
		source += "（编号 " + id + "）"
	}
	var assisting []string
	for _, u := range c.Assisting {
		assisting = append(assisting, p.unit(u))
	}
	lead := p.unit(c.Lead)
	if c.Designated && lead != "" {
		lead += "（指定承办）"
	}
	add("来源", source)
	add("接报", p.show(c.ReceivedAt, now))
	add("登记", p.show(c.RegisteredAt, now))
	add("地点", incident.MaskText(c.Report.Place))
	add("主办", lead)
	add("协办", strings.Join(assisting, "、"))
	add("类别", c.Grading.Category)
	add("事件级别", c.Grading.Grade)
	if c.Level() != "" {
		add("定级", levelBy(c.Grading.By))
	}
	if word, ok := map[string]string{"satisfied": "满意", "unsatisfied": "不满意", "unreached": "未联系上"}[c.Verified]; ok {
		add("回访", word)
	}
	return out
}

func (p *Pages) milestone(m incident.Milestone, now time.Time) milestoneView {
	state := m.StateAt(now)
	view := milestoneView{
		Kind: m.Chinese(), Limit: p.show(m.Limit, now), State: state.Chinese(), Counted: m.Counted, Warning: m.Warning,
		Tone: string(state), Extended: m.Extended,
	}
	if m.Kind == incident.MilestoneAccept {
		view.Unit = p.unit(m.Unit)
	}
	if !m.Target.IsZero() {
		view.Target = p.show(m.Target, now)
	}
	if !m.MetAt.IsZero() {
		view.Met = p.show(m.MetAt, now)
	}
	if !m.Original.IsZero() {
		view.Original = p.show(m.Original, now)
	}
	if m.Pending() {
		view.Left = left(m.Limit, now)
		if state == incident.Pending && m.Limit.Sub(now) < soon {
			view.Tone = "soon"
		}
	}
	return view
}

func reporter(r incident.Reporter) []pair {
	var out []pair
	for _, f := range []pair{{"姓名", r.Name}, {"电话", r.Phone}, {"证件号码", r.IDNo}} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// link lets only addresses of the web through: what came from outside must not run
// anything when it is tapped.
func link(url string) string {
	own := strings.HasPrefix(url, "/files/") && !strings.Contains(url, "..")
	if own || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		return url
	}
	return ""
}

func safe(list []incident.Attachment) []incident.Attachment {
	out := slices.Clone(list)
	for i := range out {
		out[i].URL = link(out[i].URL)
		if out[i].Name == "" {
			out[i].Name = "附件" + strconv.Itoa(i+1)
		}
	}
	return out
}

// unmaskForm is the form that asks to see the reporter.
const unmaskForm incident.Kind = "unmask"

// mayUnmask tells whether desk will let somebody see the reporter.
func (p *Pages) mayUnmask(c incident.Case, by org.Actor) bool {
	return by.County(org.DutyOfficer, org.OfficeDirector) || by.In(c.Lead)
}
