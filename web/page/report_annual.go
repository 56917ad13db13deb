package page

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// annualView is the page of a year's evaluation.
type annualView struct {
	frame
	Heading, State string
	Annual         report.Annual
	Tiles          []report.Tile
	Units          []annualUnitView
	Rules          []string
	Before, After  string
	Foot           []string
	// MayEnter: the reader enters and takes back deductions; Choices are the units for it.
	MayEnter bool
	Choices  []option
	Sheet    []rulingView
	Office   *officeView
}

// annualUnitView is one unit's year.
type annualUnitView struct {
	report.UnitAnnual
	Lost deductionsView
}

func (p *Pages) readAnnual(r *http.Request, v Visit) (report.Annual, report.Kept, error) {
	year, ok := report.Year(p.now().In(p.Desk.Zone).Year()), true
	if text := r.PathValue("year"); text != "" {
		year, ok = report.ParseYear(text)
	}
	if !ok {
		return report.Annual{}, report.Kept{}, &incident.Error{Code: incident.CodeNotFound, Text: "没有这一年，年份请写成 2026。"}
	}
	unit, err := scope(v)
	if err != nil {
		return report.Annual{}, report.Kept{}, err
	}
	a, kept, err := p.Reports.Annual(r.Context(), year, p.now())
	if err != nil {
		return a, kept, fmt.Errorf("read the year's evaluation: %w", err)
	}
	if unit != "" {
		a = a.Of(unit, p.unit(unit))
	}
	return a, kept, nil
}

// annual shows a year's scores with their reckoning, and what cost points.
func (p *Pages) annual(w http.ResponseWriter, r *http.Request, v Visit) error {
	a, kept, err := p.readAnnual(r, v)
	if err != nil {
		return err
	}
	doc, heading := a.Document(p.Desk.Zone), a.Year+"年度考核"
	if a.Name != "" {
		heading += "（" + a.Name + "）"
	}
	view := annualView{
		frame: p.frame("年度考核", "evaluation", v), Heading: heading, State: issued(kept.Revision), Annual: a,
		Tiles: a.Poster(p.Desk.Zone).Tiles, Rules: doc.Sections[0].Text, Foot: doc.Foot,
		MayEnter: v.By.County(org.DutyOfficer, org.OfficeDirector, org.DeputyLeader),
	}
	view.Office = p.office(w, r, v, "/year/"+a.Year, a.Period.To, kept.Revision)
	for _, u := range a.Units {
		view.Units = append(view.Units, annualUnitView{u, deductionsView{
			Action: "/year/" + a.Year + "/appeal", CSRF: v.CSRF, Unit: u.Unit, MayAppeal: kept.Revision > 0 && v.By.In(u.Unit), Rows: u.YearEnd.Deductions,
		}})
	}
	if year, ok := report.ParseYear(a.Year); ok {
		view.Before = "/year/" + (year - 1).String()
		if a.Period.To.Before(p.now()) {
			view.After = "/year/" + (year + 1).String()
		}
	}
	if view.MayEnter {
		view.Choices = append([]option{{Label: "请选择"}}, p.unitOptions()...)
	}
	entries, err := p.Reports.Rulings(r.Context(), v.By, report.RulingEntry, a.Year)
	if err != nil {
		return fmt.Errorf("list the year's sheet: %w", err)
	}
	for _, e := range entries {
		view.Sheet = append(view.Sheet, rulingView{e, e.Kind.Chinese(), e.State.Chinese(), p.unit(e.Unit), incident.ShowFrom(e.At, p.now(), p.Desk.Zone)})
	}
	return p.render(w, http.StatusOK, "annual", view)
}

// annualBehind shows the incidents behind a figure of the year.
func (p *Pages) annualBehind(w http.ResponseWriter, r *http.Request, v Visit) error {
	a, _, err := p.readAnnual(r, v)
	if err != nil {
		return err
	}
	return p.showBehind(w, r, v, behindView{Back: "/year/" + a.Year, Period: a.Year}, a.Figures, a.Behind)
}

// annualFile answers with the year as a file.
func (p *Pages) annualFile(w http.ResponseWriter, r *http.Request, v Visit) error {
	a, _, err := p.readAnnual(r, v)
	if err != nil {
		return err
	}
	return p.reportFile(w, a.Year, r.PathValue("file"), a)
}

// annualAppeal files a unit's dispute of a deduction of the year.
func (p *Pages) annualAppeal(w http.ResponseWriter, r *http.Request, v Visit) error {
	return p.dispute(w, r, v, r.PathValue("year"))
}

// enter enters a deduction in a unit's sheet of the year.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, v Visit) error {
	year, ok := report.ParseYear(r.PathValue("year"))
	if !ok {
		return &incident.Error{Code: incident.CodeNotFound, Text: "没有这一年，年份请写成 2026。"}
	}
	points, err := strconv.ParseFloat(strings.TrimSpace(r.PostForm.Get("points")), 64)
	if err != nil {
		return &incident.Error{Code: incident.CodeInvalid, Field: "points", Text: "扣分须是数字，例如 2 或 0.5。", Err: err}
	}
	_, err = p.Reports.Enter(r.Context(), v.By, report.Entry{Year: year, Unit: org.UnitID(r.PostForm.Get("unit")), Points: points, Text: r.PostForm.Get("text")}, p.now())
	if err != nil {
		return fmt.Errorf("enter in the year's sheet: %w", err)
	}
	http.Redirect(w, r, "/year/"+year.String(), http.StatusSeeOther) //nolint:gosec // a number
	return nil
}

// withdraw takes such a deduction back.
func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request, v Visit) error {
	id, err := strconv.ParseInt(r.PathValue("ruling"), 10, 64)
	if err != nil {
		return &incident.Error{Code: incident.CodeNotFound, Text: "没有这一项。", Err: err}
	}
	one, err := p.Reports.Withdraw(r.Context(), v.By, id, r.PostForm.Get("answer"), p.now())
	if err != nil {
		return fmt.Errorf("take back: %w", err)
	}
	http.Redirect(w, r, "/year/"+one.Period, http.StatusSeeOther)
	return nil
}
