package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// registerView is the form for a new incident.
type registerView struct {
	frame
	Fields  []fieldView
	Sources []string
	Key     string
	Error   string
}

// formExternal begins the external id of what was registered by this form without one
// of its source: it makes a form that is sent twice one incident.
const formExternal = "web:"

// chatExternal begins the one of what was registered in a conversation, likewise.
const chatExternal = "chat:"

// registerFields are what the form asks for.
func (p *Pages) registerFields(v Visit) []field {
	out := []field{
		{name: "source", label: "来源", as: asLine, required: true, help: "例如：12345热线、县长信箱、某论坛"},
		{name: "external_id", label: "来源的编号", as: asLine, help: "同一来源的同一编号只登记一次"},
		{name: "title", label: "标题", as: asLine, help: "不填则取内容的第一句"},
		{name: "text", label: "内容", as: asText},
		{name: "place", label: "地点", as: asLine},
		{name: "url", label: "网址", as: asLine},
		{name: "reported_at", label: "来件时间", as: asTime, help: "不填按现在；时限从来件时起算"},
		{name: "handed_limit", label: "随件期限", as: asTime, help: "上级交办或工单要求的办结时间，没有不填；与本县时限以先到的为准"},
		{name: "reporter_name", label: "来件人姓名", as: asLine},
		{name: "reporter_phone", label: "来件人电话", as: asLine},
		{name: "level", label: "等级", as: asChoice, options: []option{
			{Value: "", Label: "由系统研判"},
			{Value: "general", Label: incident.General.Chinese()},
			{Value: "major", Label: incident.Major.Chinese()},
			{Value: "emergency", Label: incident.Emergency.Chinese()},
		}},
	}
	if v.By.County(org.DutyOfficer, org.OfficeDirector) {
		out = append(out, field{name: "lead", label: "主办单位", as: asUnit, help: "填写即同时分办；不填以后再分办"})
	}
	return out
}

func (p *Pages) registerForm(w http.ResponseWriter, _ *http.Request, v Visit) error {
	if err := mayRegister(v); err != nil {
		return err
	}
	return p.registerPage(w, http.StatusOK, v, &attempt{}, newKey())
}

func mayRegister(v Visit) error {
	if !(incident.Case{}).May(v.By, incident.KindRegister) {
		return &incident.Error{Code: incident.CodeForbidden, Text: "您不能登记事件：登记须由任职人员办理。"}
	}
	return nil
}

func (p *Pages) registerPage(w http.ResponseWriter, status int, v Visit, tried *attempt, key string) error {
	view := registerView{frame: p.frame("登记事件", "register", v), Sources: p.Sources, Key: key, Error: tried.err}
	for _, fd := range p.registerFields(v) {
		view.Fields = append(view.Fields, p.fieldView("register", fd, tried.typed, tried.fields))
	}
	return p.render(w, status, "register", view)
}

// register takes the form in, by the way that the API takes a report.
func (p *Pages) register(w http.ResponseWriter, r *http.Request, v Visit) error {
	if err := mayRegister(v); err != nil {
		return err
	}
	key := r.PostForm.Get("key")
	tried := &attempt{typed: r.PostForm}
	fields := p.registerFields(v)
	values, faults := p.read(fields, r.PostForm)
	if len(faults) > 0 {
		tried.fields, tried.err = faults, "还没有登记，请改正后再提交。"
		return p.registerPage(w, http.StatusBadRequest, v, tried, key)
	}
	raw, err := submission(values, key)
	if err != nil {
		return err
	}
	reg, err := p.Decode(bytes.NewReader(raw))
	if err == nil {
		graded(&reg, v)
		var c incident.Case
		var duplicate bool
		if c, duplicate, err = p.Desk.Register(r.Context(), v.By, reg); err == nil {
			what := flashRegistered
			if _, own := values["external_id"]; duplicate && own {
				what = flashDuplicate
			}
			flash(w, "/incidents/"+c.ID.String(), what)
			http.Redirect(w, r, "/incidents/"+c.ID.String(), http.StatusSeeOther)
			return nil
		}
	}
	var e *incident.Error
	if errors.As(err, &e) && e.Code != incident.CodeInternal {
		tried.refused(e, fields)
		return p.registerPage(w, status(e.Code), v, tried, key)
	}
	return fmt.Errorf("register: %w", err)
}

// graded says whose the level is that was chosen in the form: an officer's, and the
// county's office confirms by choosing.
func graded(reg *desk.Registration, v Visit) {
	if reg.Register.Grading.Level != "" {
		reg.Register.Grading.By = "officer"
		reg.Register.Grading.Confirmed = v.By.County(org.DutyOfficer, org.OfficeDirector)
	}
}

// submission is the form as the API's body. Without an id of its source it gets one from
// the form's key and what was typed, so that sending it twice registers once.
func submission(values map[string]any, key string) ([]byte, error) {
	body := map[string]any{}
	reporter := map[string]any{}
	for name, value := range values {
		switch name {
		case "reporter_name":
			reporter["name"] = value
		case "reporter_phone":
			reporter["phone"] = value
		case "handed_limit":
			body["handed_limits"] = []any{map[string]any{"kind": incident.MilestoneConclude, "limit": value, "by": values["source"]}}
		default:
			body[name] = value
		}
	}
	if len(reporter) > 0 {
		body["reporter"] = reporter
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode form: %w", err)
	}
	if _, own := values["external_id"]; own || key == "" {
		return raw, nil
	}
	sum := sha256.Sum256(append([]byte(key+"\x00"), raw...))
	body["external_id"] = formExternal + hex.EncodeToString(sum[:12])
	if raw, err = json.Marshal(body); err != nil {
		return nil, fmt.Errorf("encode form: %w", err)
	}
	return raw, nil
}
