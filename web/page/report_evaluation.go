package page

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// evaluationView is the page of a month's evaluation.
type evaluationView struct {
	frame
	Heading, State string
	Evaluation     report.Evaluation
	Tiles          []report.Tile
	Figures        []report.Figure
	Units          []unitView
	Before, After  string
	Foot           []string
	Office         *officeView
}

// unitView is one unit's score with what cost it points.
type unitView struct {
	report.UnitEvaluation
	Lost deductionsView
}

// deductionsView is what cost a unit points, with a form to dispute each where the reader
// may; Action is the form's address.
type deductionsView struct {
	Action, CSRF string
	Unit         org.UnitID
	MayAppeal    bool
	Rows         []report.Deduction
}

func (p *Pages) readEvaluation(r *http.Request, v Visit) (report.Evaluation, report.Kept, error) {
	month, ok := report.MonthBefore(p.now(), p.Desk.Zone), true
	if text := r.PathValue("month"); text != "" {
		month, ok = report.ParseMonth(text)
	}
	if !ok {
		return report.Evaluation{}, report.Kept{}, &incident.Error{Code: incident.CodeNotFound, Text: "没有这个月，月份请写成 2026-11。"}
	}
	unit, err := scope(v)
	if err != nil {
		return report.Evaluation{}, report.Kept{}, err
	}
	e, kept, err := p.Reports.Evaluation(r.Context(), month, p.now())
	if err != nil {
		return e, kept, fmt.Errorf("read evaluation: %w", err)
	}
	if unit != "" {
		e = e.Of(unit, p.unit(unit))
	}
	return e, kept, nil
}

// evaluation shows a month's figures, each with its formula, and the units' scores.
func (p *Pages) evaluation(w http.ResponseWriter, r *http.Request, v Visit) error {
	e, kept, err := p.readEvaluation(r, v)
	if err != nil {
		return err
	}
	poster := e.Poster(p.Desk.Zone)
	view := evaluationView{
		frame: p.frame("效果评估", "evaluation", v), Heading: poster.Subtitle + "效果评估", State: issued(kept.Revision), Evaluation: e,
		Tiles: poster.Tiles, Figures: e.Figures, Foot: e.Document(p.Desk.Zone).Foot,
	}
	view.Office = p.office(w, r, v, "/evaluation/"+e.Month, e.Period.To, kept.Revision)
	for _, u := range e.Units {
		view.Units = append(view.Units, unitView{u, deductionsView{
			Action: "/evaluation/" + e.Month + "/appeal", CSRF: v.CSRF, Unit: u.Unit, MayAppeal: kept.Revision > 0 && v.By.In(u.Unit), Rows: u.Deductions,
		}})
	}
	if before := report.MonthBefore(e.Period.From, p.Desk.Zone); before.Year > 0 {
		view.Before = "/evaluation/" + before.String()
	}
	if e.Period.To.Before(p.now()) {
		view.After = "/evaluation/" + report.MonthOf(e.Period.To, p.Desk.Zone).String()
	}
	return p.render(w, http.StatusOK, "evaluation", view)
}

// evaluationFile answers with the evaluation as a file.
func (p *Pages) evaluationFile(w http.ResponseWriter, r *http.Request, v Visit) error {
	e, _, err := p.readEvaluation(r, v)
	if err != nil {
		return err
	}
	return p.reportFile(w, e.Month, r.PathValue("file"), e)
}

// behindView is the page of what was counted for a figure.
type behindView struct {
	frame
	Figure     report.Figure
	Back       string // the address of the evaluation
	Period     string
	Hits, Rest []incident.ID
}

// behind shows the incidents behind a figure, of one unit or of all that the reader may see.
func (p *Pages) behind(w http.ResponseWriter, r *http.Request, v Visit) error {
	e, _, err := p.readEvaluation(r, v)
	if err != nil {
		return err
	}
	return p.showBehind(w, r, v, behindView{Back: "/evaluation/" + e.Month, Period: e.Month}, e.Figures, e.Behind)
}

// showBehind shows what was counted for the figure that the address names.
func (p *Pages) showBehind(w http.ResponseWriter, r *http.Request, v Visit, view behindView, figures []report.Figure, behind func(string, org.UnitID) []report.Ref) error {
	view.frame = p.frame("指标明细", "evaluation", v)
	for _, f := range figures {
		if f.Key == r.PathValue("key") {
			view.Figure = f
		}
	}
	if view.Figure.Key == "" {
		return &incident.Error{Code: incident.CodeNotFound, Text: "没有这个指标，请从评估页面打开。"}
	}
	for _, ref := range behind(view.Figure.Key, org.UnitID(r.URL.Query().Get("unit"))) {
		if ref.Hit {
			view.Hits = append(view.Hits, ref.Incident)
		} else {
			view.Rest = append(view.Rest, ref.Incident)
		}
	}
	return p.render(w, http.StatusOK, "behind", view)
}

// appeal files a unit's dispute of a deduction of a month.
func (p *Pages) appeal(w http.ResponseWriter, r *http.Request, v Visit) error {
	return p.dispute(w, r, v, r.PathValue("month"))
}

func (p *Pages) dispute(w http.ResponseWriter, r *http.Request, v Visit, period string) error {
	id, _ := strconv.ParseInt(r.PostForm.Get("incident"), 10, 64)
	seq, _ := strconv.Atoi(r.PostForm.Get("milestone"))
	_, err := p.Reports.Appeal(r.Context(), v.By, report.Appeal{
		Period: period, Unit: org.UnitID(r.PostForm.Get("unit")), Figure: r.PostForm.Get("figure"), Incident: incident.ID(id), Milestone: seq,
		Text: r.PostForm.Get("text"),
	}, p.now())
	if err != nil {
		return fmt.Errorf("appeal: %w", err)
	}
	http.Redirect(w, r, "/rulings", http.StatusSeeOther)
	return nil
}

// rulingsView is the page of what people decide.
type rulingsView struct {
	frame
	Open, Done []rulingView
	MayDecide  bool
}

type rulingView struct {
	report.Ruling
	KindText, StateText, UnitText, When string
}

// rulings shows proposals, appeals and reviews, those first that wait for a decision.
func (p *Pages) rulings(w http.ResponseWriter, r *http.Request, v Visit) error {
	list, err := p.Reports.Rulings(r.Context(), v.By, "", "")
	if err != nil {
		return fmt.Errorf("list rulings: %w", err)
	}
	view := rulingsView{frame: p.frame("待决定", "rulings", v), MayDecide: v.By.County(org.OfficeDirector, org.DeputyLeader)}
	for _, one := range slices.Backward(list) {
		if one.Kind == report.RulingEntry {
			continue // stands on the year's page
		}
		row := rulingView{one, one.Kind.Chinese(), one.State.Chinese(), p.unit(one.Unit), incident.ShowFrom(one.At, p.now(), p.Desk.Zone)}
		if one.State == report.RulingOpen {
			view.Open = append(view.Open, row)
		} else {
			view.Done = append(view.Done, row)
		}
	}
	const shown = 100
	view.Done = view.Done[:min(shown, len(view.Done))]
	return p.render(w, http.StatusOK, "rulings", view)
}

// decide takes a person's decision.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request, v Visit) error {
	id, err := strconv.ParseInt(r.PathValue("ruling"), 10, 64)
	if err != nil {
		return &incident.Error{Code: incident.CodeNotFound, Text: "没有这一项。", Err: err}
	}
	if _, err := p.Reports.Decide(r.Context(), v.By, id, r.PostForm.Get("adopt") == "1", r.PostForm.Get("answer"), p.now()); err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	http.Redirect(w, r, "/rulings", http.StatusSeeOther)
	return nil
}
