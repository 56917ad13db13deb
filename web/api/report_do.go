package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

// Issuing is the body of an issue; it may be left out.
type Issuing struct {
	// Again makes a new revision of what was issued before.
	Again bool `json:"again,omitempty"`
}

// Issued is a report as it was frozen.
type Issued struct {
	Kind     report.Kind `json:"kind"`
	Period   string      `json:"period"`
	Revision int         `json:"revision"`
	At       Stamp       `json:"at"`
	Issuer   string      `json:"issuer"`
	Policy   string      `json:"policy"`
	Hash     []byte      `json:"hash"`
}

// Resent says to how many people a report was owed once more.
type Resent struct {
	People int `json:"people"`
}

// Appealing is the body of an appeal: which deduction a unit disputes, and why.
type Appealing struct {
	// Unit may be left out by whoever is of one unit only.
	Unit      string      `json:"unit,omitempty"`
	Figure    string      `json:"figure"`
	Incident  incident.ID `json:"incident,omitempty"`
	Milestone int         `json:"milestone,omitempty"`
	Text      string      `json:"text"`
}

// Deciding is the body of a person's decision.
type Deciding struct {
	Adopt  bool   `json:"adopt"`
	Answer string `json:"answer"`
}

// Entering is the body of a deduction in a unit's sheet of the year.
type Entering struct {
	Unit   string  `json:"unit"`
	Points float64 `json:"points"`
	Text   string  `json:"text"`
}

// Withdrawing is the body of taking such a deduction back.
type Withdrawing struct {
	Answer string `json:"answer"`
}

// reportDoings are what people do with reports.
func (a *API) reportDoings() []Route {
	var out []Route
	for _, k := range []struct {
		kind         report.Kind
		path, period string
	}{{report.KindWeekly, "weekly", "week"}, {report.KindEvaluation, "evaluation", "month"}, {report.KindAnnual, "year", "year"}} {
		path := "/reports/" + k.path + "/{" + k.period + "}"
		out = append(out,
			Route{
				Method: http.MethodPost, Path: path + "/issue", Name: k.path + "_issue", Title: "印发" + k.kind.Chinese() + "；已印发的原样返回，again 为 true 时另存修订版",
				Body: Issuing{}, Answer: Issued{}, Handle: a.issue(k.kind, k.period),
			},
			Route{
				Method: http.MethodPost, Path: path + "/send", Name: k.path + "_send", Title: "再次发送" + k.kind.Chinese() + "给县领导和各单位领导；没有印发的先印发",
				Answer: Resent{}, Handle: a.send(k.kind, k.period),
			})
		if k.kind != report.KindWeekly {
			out = append(out, Route{
				Method: http.MethodPost, Path: path + "/appeals", Name: k.path + "_appeal", Title: "对" + k.kind.Chinese() + "的一项扣分提出申诉，须在印发后5个工作日内",
				Body: Appealing{}, Answer: report.Ruling{}, Statuses: []int{http.StatusCreated}, Handle: a.appeal(k.period),
			})
		}
	}
	return append(
		out,
		Route{
			Method: http.MethodPost, Path: "/reports/year/{year}/entries", Name: "year_entry", Title: "登记年终考核扣分", Body: Entering{}, Answer: report.Ruling{},
			Statuses: []int{http.StatusCreated}, Handle: a.enter,
		},
		Route{
			Method: http.MethodPost, Path: "/rulings/{ruling}/decision", Name: "decide", Title: "对提醒函、通报批评、约谈、申诉和复盘作出决定，须写明理由", Body: Deciding{},
			Answer: report.Ruling{}, Handle: a.decide,
		},
		Route{
			Method: http.MethodPost, Path: "/rulings/{ruling}/withdrawal", Name: "year_entry_withdraw", Title: "撤销年终考核扣分，须写明理由", Body: Withdrawing{},
			Answer: report.Ruling{}, Handle: a.withdrawEntry,
		},
	)
}

// body reads a request's body strictly; an empty one is the zero value.
func body[T any](r *http.Request) (T, error) {
	var v T
	raw, err := readBody(r)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return v, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, &incident.Error{Code: incident.CodeInvalid, Text: "请求内容读不懂，字段和类型请见 /openapi.json。", Err: err}
	}
	return v, nil
}

func (a *API) issue(kind report.Kind, period string) Handler {
	return func(w http.ResponseWriter, r *http.Request, by org.Actor) error {
		in, err := body[Issuing](r)
		if err != nil {
			return err
		}
		k, err := a.Reports.Issue(r.Context(), by, kind, r.PathValue(period), a.now(), in.Again)
		if err != nil {
			return fmt.Errorf("issue %s: %w", kind, err)
		}
		return a.write(w, http.StatusOK, Issued{k.Kind, k.Period, k.Revision, a.at(k.At), k.Issuer, k.Policy, k.Hash})
	}
}

func (a *API) send(kind report.Kind, period string) Handler {
	return func(w http.ResponseWriter, r *http.Request, by org.Actor) error {
		n, err := a.Reports.Send(r.Context(), by, kind, r.PathValue(period), a.now())
		if err != nil {
			return fmt.Errorf("send %s: %w", kind, err)
		}
		return a.write(w, http.StatusOK, Resent{n})
	}
}

func (a *API) appeal(period string) Handler {
	return func(w http.ResponseWriter, r *http.Request, by org.Actor) error {
		in, err := body[Appealing](r)
		if err != nil {
			return err
		}
		unit, err := a.unitOf(in.Unit, by)
		if err != nil {
			return err
		}
		one, err := a.Reports.Appeal(r.Context(), by, report.Appeal{
			Period: r.PathValue(period), Unit: unit, Figure: in.Figure, Incident: in.Incident, Milestone: in.Milestone, Text: in.Text,
		}, a.now())
		if err != nil {
			return fmt.Errorf("appeal: %w", err)
		}
		return a.write(w, http.StatusCreated, a.local(one))
	}
}

// unitOf is the unit of that name; with none, the one that the actor is of.
func (a *API) unitOf(name string, by org.Actor) (org.UnitID, error) {
	if name == "" {
		if len(by.Holds) == 0 {
			return "", bad("unit", "请写明单位。")
		}
		return by.Holds[0].Unit, nil
	}
	u, ok := a.Desk.Directory().FindUnit(name)
	if !ok {
		return "", bad("unit", "没有“%s”这个单位，请核对单位名称。", name)
	}
	return u.ID, nil
}

// local shows a ruling's times in the county's zone.
func (a *API) local(r report.Ruling) report.Ruling {
	in := func(at *time.Time) {
		if !at.IsZero() {
			*at = at.In(a.Desk.Zone)
		}
	}
	in(&r.At)
	in(&r.Decided)
	return r
}

func (a *API) enter(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	year, ok := report.ParseYear(r.PathValue("year"))
	if !ok {
		return bad("year", "“%s”不是年份，请写成 2026。", r.PathValue("year"))
	}
	in, err := body[Entering](r)
	if err != nil {
		return err
	}
	unit, err := a.unitOf(in.Unit, org.Actor{})
	if err != nil {
		return err
	}
	one, err := a.Reports.Enter(r.Context(), by, report.Entry{Year: year, Unit: unit, Points: in.Points, Text: in.Text}, a.now())
	if err != nil {
		return fmt.Errorf("enter: %w", err)
	}
	return a.write(w, http.StatusCreated, a.local(one))
}

func (a *API) decide(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	in, err := body[Deciding](r)
	if err != nil {
		return err
	}
	id, err := rulingID(r)
	if err != nil {
		return err
	}
	one, err := a.Reports.Decide(r.Context(), by, id, in.Adopt, in.Answer, a.now())
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return a.write(w, http.StatusOK, a.local(one))
}

func (a *API) withdrawEntry(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	in, err := body[Withdrawing](r)
	if err != nil {
		return err
	}
	id, err := rulingID(r)
	if err != nil {
		return err
	}
	one, err := a.Reports.Withdraw(r.Context(), by, id, in.Answer, a.now())
	if err != nil {
		return fmt.Errorf("take back: %w", err)
	}
	return a.write(w, http.StatusOK, a.local(one))
}

func rulingID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("ruling"), 10, 64)
	if err != nil || id <= 0 {
		return 0, &incident.Error{Code: incident.CodeNotFound, Field: "ruling", Text: "没有“" + r.PathValue("ruling") + "”这一项，请从待决定事项中选择。", Err: err}
	}
	return id, nil
}
