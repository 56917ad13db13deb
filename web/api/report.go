package api

import (
	"fmt"
	"net/http"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// Behind is what was counted for a figure of an evaluation.
type Behind struct {
	Month  string       `json:"month,omitempty"`
	Year   string       `json:"year,omitempty"`
	Figure string       `json:"figure"`
	Refs   []report.Ref `json:"refs"`
}

// Rulings are what people decide: proposals, appeals, reviews.
type Rulings struct {
	Rulings []report.Ruling `json:"rulings"`
}

// reportRoutes are those of reports; none where there is no bureau.
func (a *API) reportRoutes() []Route {
	if a.Reports.Source == nil {
		return nil
	}
	unit := Param{Name: "unit", Text: "只看一个单位（编号、名称或简称）", Sample: ""}
	return append([]Route{
		{Method: http.MethodGet, Path: "/reports/weekly/{week}", Name: "weekly", Title: "一周的超期汇总，例如 2026-W47；已印发的为定稿", Query: []Param{unit}, Answer: report.Weekly{}, Handle: a.weekly},
		{Method: http.MethodGet, Path: "/reports/evaluation/{month}", Name: "evaluation", Title: "一个月的效果评估，例如 2026-11；已印发的为定稿", Query: []Param{unit}, Answer: report.Evaluation{}, Handle: a.evaluation},
		{Method: http.MethodGet, Path: "/reports/evaluation/{month}/{figure}", Name: "behind", Title: "某个指标由哪些事件、哪些时限算出", Query: []Param{unit}, Answer: Behind{}, Handle: a.behind},
		{Method: http.MethodGet, Path: "/reports/year/{year}", Name: "year", Title: "一年的年度考核，例如 2026；已印发的为定稿", Query: []Param{unit}, Answer: report.Annual{}, Handle: a.annual},
		{Method: http.MethodGet, Path: "/reports/year/{year}/{figure}", Name: "year_behind", Title: "全年某个指标由哪些事件、哪些时限算出", Query: []Param{unit}, Answer: Behind{}, Handle: a.annualBehind},
		{Method: http.MethodGet, Path: "/rulings", Name: "rulings", Title: "建议、申诉和复盘，由人决定", Query: []Param{{Name: "period", Text: "期次，例如 2026-W47、2026-11", Sample: ""}}, Answer: Rulings{}, Handle: a.rulings},
	}, a.reportDoings()...)
}

// reach is the unit whose part is asked for, which the asker may see; empty for the whole county.
func (a *API) reach(r *http.Request, by org.Actor) (org.UnitID, error) {
	own, ok := report.Scope(by)
	if !ok {
		return "", &incident.Error{Code: incident.CodeForbidden, Text: "您没有任职，也没有查看权限，请联系管理员。"}
	}
	name := r.URL.Query().Get("unit")
	if name == "" {
		return own, nil
	}
	unit, ok := a.Desk.Directory().FindUnit(name)
	if !ok {
		return "", bad("unit", "没有“%s”这个单位，请核对单位名称。", name)
	}
	if own != "" && !by.In(unit.ID) {
		return "", &incident.Error{Code: incident.CodeForbidden, Field: "unit", Text: "只能查看本单位的报表。"}
	}
	return unit.ID, nil
}

// weekly answers with a week's summary.
func (a *API) weekly(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	week, ok := report.ParseWeek(r.PathValue("week"))
	if !ok {
		return bad("week", "“%s”不是周，请写成 2026-W47。", r.PathValue("week"))
	}
	unit, err := a.reach(r, by)
	if err != nil {
		return err
	}
	out, _, err := a.Reports.Weekly(r.Context(), week, a.now())
	if err != nil {
		return fmt.Errorf("read weekly summary: %w", err)
	}
	if unit != "" {
		out = out.Of(unit, a.Desk.Directory().UnitName(unit))
	}
	return a.write(w, http.StatusOK, out)
}

func (a *API) readEvaluation(r *http.Request, by org.Actor) (report.Evaluation, error) {
	month, ok := report.ParseMonth(r.PathValue("month"))
	if !ok {
		return report.Evaluation{}, bad("month", "“%s”不是月份，请写成 2026-11。", r.PathValue("month"))
	}
	unit, err := a.reach(r, by)
	if err != nil {
		return report.Evaluation{}, err
	}
	out, _, err := a.Reports.Evaluation(r.Context(), month, a.now())
	if err != nil {
		return out, fmt.Errorf("read evaluation: %w", err)
	}
	if unit != "" {
		out = out.Of(unit, a.Desk.Directory().UnitName(unit))
	}
	return out, nil
}

// evaluation answers with a month's evaluation.
func (a *API) evaluation(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	e, err := a.readEvaluation(r, by)
	if err != nil {
		return err
	}
	return a.write(w, http.StatusOK, e)
}

// behind answers with what was counted for a figure.
func (a *API) behind(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	e, err := a.readEvaluation(r, by)
	if err != nil {
		return err
	}
	out := Behind{Month: e.Month, Figure: r.PathValue("figure"), Refs: e.Behind(r.PathValue("figure"), "")}
	if out.Refs == nil {
		out.Refs = []report.Ref{}
	}
	return a.write(w, http.StatusOK, out)
}

func (a *API) readAnnual(r *http.Request, by org.Actor) (report.Annual, error) {
	year, ok := report.ParseYear(r.PathValue("year"))
	if !ok {
		return report.Annual{}, bad("year", "“%s”不是年份，请写成 2026。", r.PathValue("year"))
	}
	unit, err := a.reach(r, by)
	if err != nil {
		return report.Annual{}, err
	}
	out, _, err := a.Reports.Annual(r.Context(), year, a.now())
	if err != nil {
		return out, fmt.Errorf("read the year's evaluation: %w", err)
	}
	if unit != "" {
		out = out.Of(unit, a.Desk.Directory().UnitName(unit))
	}
	return out, nil
}

// annual answers with a year's evaluation.
func (a *API) annual(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	out, err := a.readAnnual(r, by)
	if err != nil {
		return err
	}
	return a.write(w, http.StatusOK, out)
}

// annualBehind answers with what was counted for a figure of the year.
func (a *API) annualBehind(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	e, err := a.readAnnual(r, by)
	if err != nil {
		return err
	}
	out := Behind{Year: e.Year, Figure: r.PathValue("figure"), Refs: e.Behind(r.PathValue("figure"), "")}
	if out.Refs == nil {
		out.Refs = []report.Ref{}
	}
	return a.write(w, http.StatusOK, out)
}

// rulings answers with what people decide, of what the asker may see.
func (a *API) rulings(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	list, err := a.Reports.Rulings(r.Context(), by, "", r.URL.Query().Get("period"))
	if err != nil {
		return fmt.Errorf("list rulings: %w", err)
	}
	for i := range list {
		list[i] = a.local(list[i])
	}
	return a.write(w, http.StatusOK, Rulings{Rulings: list})
}
