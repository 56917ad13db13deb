package page

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
	"huiying/report/render"
)

// reportRoutes are the pages of reports; none where there is no bureau.
func (p *Pages) reportRoutes() []Route {
	if p.Reports.Source == nil {
		return nil
	}
	return []Route{
		{"GET /weekly", p.weekly},
		{"GET /weekly/{week}", p.weekly},
		{"GET /weekly/{week}/{file}", p.weeklyFile},
		{"GET /evaluation", p.evaluation},
		{"GET /evaluation/{month}", p.evaluation},
		{"GET /evaluation/{month}/{key}", p.behind},
		{"GET /evaluation/{month}/files/{file}", p.evaluationFile},
		{"POST /evaluation/{month}/appeal", p.appeal},
		{"GET /year", p.annual},
		{"GET /year/{year}", p.annual},
		{"GET /year/{year}/{key}", p.annualBehind},
		{"GET /year/{year}/files/{file}", p.annualFile},
		{"POST /year/{year}/appeal", p.annualAppeal},
		{"POST /year/{year}/entry", p.enter},
		{"POST /year/{year}/entry/{ruling}", p.withdraw},
		{"POST /weekly/{period}/{deed}", p.issue(report.KindWeekly)},
		{"POST /evaluation/{period}/{deed}", p.issue(report.KindEvaluation)},
		{"POST /year/{period}/{deed}", p.issue(report.KindAnnual)},
		{"GET /rulings", p.rulings},
		{"POST /rulings/{ruling}", p.decide},
	}
}

// scope is the unit whose part of reports the reader sees; empty for the whole county.
func scope(v Visit) (org.UnitID, error) {
	unit, ok := report.Scope(v.By)
	if !ok {
		return "", &incident.Error{Code: incident.CodeForbidden, Text: "您没有任职，也没有查看权限，请联系管理员。"}
	}
	return unit, nil
}

// readWeekly is the week of the address (the last whole one where it names none), as far
// as the reader may see it.
func (p *Pages) readWeekly(r *http.Request, v Visit) (report.Weekly, int, error) {
	week, ok := report.WeekBefore(p.now(), p.Desk.Zone), true
	if text := r.PathValue("week"); text != "" {
		week, ok = report.ParseWeek(text)
	}
	if !ok {
		return report.Weekly{}, 0, &incident.Error{Code: incident.CodeNotFound, Text: "没有这一周，周请写成 2026-W47。"}
	}
	unit, err := scope(v)
	if err != nil {
		return report.Weekly{}, 0, err
	}
	w, revision, err := p.Reports.Weekly(r.Context(), week, p.now())
	if err != nil {
		return w, 0, fmt.Errorf("read weekly summary: %w", err)
	}
	if unit != "" {
		w = w.Of(unit, p.unit(unit))
	}
	return w, revision, nil
}

// weeklyView is the page of a week's summary.
type weeklyView struct {
	frame
	Heading, State string
	Week           report.Weekly
	Tiles          []report.Tile
	Bars           []report.Bar
	Rows           []lateView
	Before, After  string // other weeks
	Foot           []string
	Duties         *dutyWeekView
	Office         *officeView
}

// officeView is what the county office does with a report; nil for other readers.
type officeView struct {
	Path, CSRF string
	// Ended: it can be issued; Issued: it was, and what is issued is a revision.
	Ended, Issued bool
	Done          string
}

// office is for those who issue reports.
func (p *Pages) office(w http.ResponseWriter, r *http.Request, v Visit, path string, ends time.Time, revision int) *officeView {
	if !v.By.County(org.DutyOfficer, org.OfficeDirector, org.DeputyLeader) {
		return nil
	}
	return &officeView{Path: path, CSRF: v.CSRF, Ended: !p.now().Before(ends), Issued: revision > 0, Done: flashed(w, r)}
}

// issue freezes a report, or sends it once more.
func (p *Pages) issue(kind report.Kind) Handler {
	return func(w http.ResponseWriter, r *http.Request, v Visit) error {
		period := r.PathValue("period")
		path := "/" + string(kind) + "/" + period
		switch r.PathValue("deed") {
		case "issue":
			if _, err := p.Reports.Issue(r.Context(), v.By, kind, period, p.now(), r.PostForm.Get("again") == "1"); err != nil {
				return fmt.Errorf("issue: %w", err)
			}
			flash(w, path, flashIssued)
		case "send":
			if _, err := p.Reports.Send(r.Context(), v.By, kind, period, p.now()); err != nil {
				return fmt.Errorf("send: %w", err)
			}
			flash(w, path, flashSent)
		default:
			return &incident.Error{Code: incident.CodeNotFound, Text: "没有这个操作，请从页面上办理。"}
		}
		http.Redirect(w, r, path, http.StatusSeeOther) //nolint:gosec // a period that was read
		return nil
	}
}

// dutyWeekView is how the recurring duties stand in a week's summary.
type dutyWeekView struct {
	Line       string
	Late, Soon []dutyLineView
}

type dutyLineView struct {
	ID                           incident.ID
	No, Title, Unit, What, Limit string
	Met                          bool
}

func (p *Pages) dutyWeek(w *report.DutyWeek, cutOff time.Time) *dutyWeekView {
	if w == nil {
		return nil
	}
	line := func(r report.DutyRow, what string) dutyLineView {
		return dutyLineView{
			ID: r.Duty, No: r.Duty.No(), Title: r.Title, Unit: r.UnitName, What: what, Limit: incident.ShowFrom(r.Limit, cutOff, p.Desk.Zone), Met: !r.MetAt.IsZero(),
		}
	}
	view := &dutyWeekView{Line: cmp.Or(strings.TrimPrefix(w.Line(), "周期任务："), "没有到期和逾期的任务。")}
	for _, r := range w.Late {
		what := fmt.Sprintf("已逾期%d天", r.Days)
		if !r.MetAt.IsZero() {
			what = fmt.Sprintf("逾期%d天完成", r.Days)
		}
		view.Late = append(view.Late, line(r, what))
	}
	for _, r := range w.Soon {
		what := ""
		if r.Pace {
			what = "阶段进度"
		}
		view.Soon = append(view.Soon, line(r, what))
	}
	return view
}

// lateView is one late item.
type lateView struct {
	ID                        incident.ID
	Title, Level, Tone        string
	Unit, What, Limit, Reason string
	Told                      string
	Met                       bool
}

// weekly shows a week's summary, readable on a telephone.
func (p *Pages) weekly(w http.ResponseWriter, r *http.Request, v Visit) error {
	week, revision, err := p.readWeekly(r, v)
	if err != nil {
		return err
	}
	poster := week.Poster(p.Desk.Zone)
	view := weeklyView{
		frame: p.frame("每周超期汇总", "weekly", v), Heading: poster.Subtitle, State: issued(revision), Week: week, Tiles: poster.Tiles,
		Foot: week.Document(p.Desk.Zone).Foot, Duties: p.dutyWeek(week.Duties, week.Period.CutOff),
	}
	view.Office = p.office(w, r, v, "/weekly/"+week.Week, week.Period.To, revision)
	for _, c := range poster.Charts {
		view.Bars = c.Bars
	}
	for _, l := range week.Late {
		view.Rows = append(view.Rows, p.lateView(l, week.Period.CutOff))
	}
	if this, ok := report.ParseWeek(week.Week); ok {
		view.Before = "/weekly/" + this.Before().String()
		if next := report.WeekOf(week.Period.To.Add(time.Hour), p.Desk.Zone); next.Period(p.Desk.Zone, time.Time{}).From.Before(p.now()) {
			view.After = "/weekly/" + next.String()
		}
	}
	return p.render(w, http.StatusOK, "weekly", view)
}

func issued(revision int) string {
	switch revision {
	case 0:
		return "未印发，数字按现在的记录统计"
	case 1:
		return "已印发"
	}
	return "已印发，第" + strconv.Itoa(revision) + "版"
}

func (p *Pages) lateView(l report.LateRow, cutOff time.Time) lateView {
	view := lateView{
		ID: l.Incident, Title: l.Title, Level: l.Level.Chinese(), Tone: string(l.Level), Unit: l.UnitName, Met: l.Kind == report.LateMet,
		Limit: incident.ShowFrom(l.Limit.Truncate(time.Minute), cutOff, p.Desk.Zone), Reason: l.Reason,
	}
	view.What = fmt.Sprintf("%s已超期%d天", l.Milestone.Chinese(), l.Days)
	if view.Met {
		view.What = fmt.Sprintf("%s超期%d天完成", l.Milestone.Chinese(), l.Days)
	}
	view.Told = "还没有通知任何人"
	if n := len(l.Told); n > 0 {
		last := l.Told[n-1]
		view.Told = fmt.Sprintf("已催%d次，最近%s通知%s", n, incident.ShowFrom(last.At.Truncate(time.Minute), cutOff, p.Desk.Zone), strings.Join(last.People, "、"))
	}
	return view
}

// weeklyFile answers with the summary as a file: 通报.docx, 清单.xlsx or 图片.png.
func (p *Pages) weeklyFile(w http.ResponseWriter, r *http.Request, v Visit) error {
	week, _, err := p.readWeekly(r, v)
	if err != nil {
		return err
	}
	return p.reportFile(w, week.Week, r.PathValue("file"), week)
}

// printed is a report that can be printed.
type printed interface {
	Document(zone *time.Location) report.Document
	Poster(zone *time.Location) report.Poster
}

// reportFile answers with a report as a file, named for its period.
func (p *Pages) reportFile(w http.ResponseWriter, period, name string, v printed) error {
	var b bytes.Buffer
	var mime string
	var err error
	switch name {
	case "bulletin.docx":
		mime, err = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", render.DOCX(&b, v.Document(p.Desk.Zone))
	case "list.xlsx":
		mime, err = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", render.XLSX(&b, v.Document(p.Desk.Zone))
	case "picture.png":
		var face render.Face
		if face, err = render.SystemFace(""); err == nil {
			mime, err = "image/png", render.PNG(&b, v.Poster(p.Desk.Zone), face)
		}
	default:
		return &incident.Error{Code: incident.CodeNotFound, Text: "没有这个文件，可下载 bulletin.docx、list.xlsx、picture.png。"}
	}
	if err != nil {
		return fmt.Errorf("render report: %w", err)
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", `attachment; filename="`+period+"-"+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(b.Bytes())
	return ignoreGone(err)
}
