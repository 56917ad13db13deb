package page

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"huiying/incident"
)

// do gives a command from its form, and sends the browser back to the incident. What is
// refused is shown beside the form, with what was typed.
func (p *Pages) do(w http.ResponseWriter, r *http.Request, v Visit) error {
	id, err := p.id(r)
	if err != nil {
		return err
	}
	kind := incident.Kind(r.PathValue("command"))
	if kind == unmaskForm {
		return p.unmask(w, r, v, id)
	}
	if kind.Internal() {
		return notFound(r)
	}
	c, err := p.Desk.Get(r.Context(), id)
	if err != nil {
		return fmt.Errorf("get incident: %w", err)
	}
	tried := &attempt{kind: kind, typed: r.PostForm}
	fields := p.fields(kind, c, v.By)
	values, faults := p.read(fields, r.PostForm)
	if len(faults) > 0 {
		tried.fields, tried.err = faults, "还没有办成，请改正后再提交。"
		return p.answer(w, r, http.StatusBadRequest, v, id, tried)
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("encode form: %w", err)
	}
	cmd, err := incident.Decode(kind, raw)
	if err != nil {
		return fmt.Errorf("decode form: %w", err)
	}
	after, err := p.Desk.Do(r.Context(), v.By, id, cmd, formKey(r.PostForm.Get("key"), kind, raw))
	var e *incident.Error
	if errors.As(err, &e) && e.Code != incident.CodeInternal {
		tried.refused(e, fields)
		return p.answer(w, r, status(e.Code), v, id, tried)
	}
	if err != nil {
		return fmt.Errorf("do %s: %w", kind, err)
	}
	flash(w, home(after), string(kind))
	http.Redirect(w, r, home(after), http.StatusSeeOther) //nolint:gosec // a number
	return nil
}

// back leads from a form's address, which stays in the browser when the form was
// refused, to its incident.
func (p *Pages) back(w http.ResponseWriter, r *http.Request, _ Visit) error {
	id, err := p.id(r)
	if err != nil {
		return err
	}
	where := "/incidents/"
	if strings.HasPrefix(r.URL.Path, "/duties/") {
		where = "/duties/"
	}
	http.Redirect(w, r, where+id.String(), http.StatusSeeOther) //nolint:gosec // a number
	return nil
}

// refused puts the sentence beside its field, or above the form where it has none.
func (a *attempt) refused(e *incident.Error, fields []field) {
	for _, f := range fields {
		if f.name == e.Field {
			a.fields = map[string]string{f.name: e.Text}
			a.err = "还没有办成，请改正后再提交。"
			return
		}
	}
	a.err = e.Text
}

// formKey makes a form that is sent twice count once. What was typed is part of the key,
// so that a form that was sent, changed and sent again is not taken for the first one.
func formKey(key string, kind incident.Kind, content []byte) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256(append([]byte(string(kind)+"\x00"+key+"\x00"), content...))
	return "web-" + hex.EncodeToString(sum[:16])
}

func status(code incident.Code) int {
	switch code {
	case incident.CodeForbidden:
		return http.StatusForbidden
	case incident.CodeNotFound:
		return http.StatusNotFound
	case incident.CodeRefused:
		return http.StatusConflict
	case incident.CodeInvalid, incident.CodeInternal:
	}
	return http.StatusBadRequest
}

func notFound(r *http.Request) error {
	return &incident.Error{Code: incident.CodeNotFound, Text: "没有“" + r.PathValue("command") + "”这个操作，请返回事件页面重新选择。"}
}

// flashCookie carries what was done over the redirect, so that the next page says it.
const flashCookie = "huiying_done"

func flash(w http.ResponseWriter, path, what string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // says a word of a fixed list; no secret
		Name: flashCookie, Value: what, Path: path, MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// flashed is what was done just now, empty for nothing; it is said once.
func flashed(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: r.URL.Path, MaxAge: -1, HttpOnly: true}) //nolint:gosec // takes it away
	switch c.Value {
	case flashRegistered:
		return "已登记。"
	case flashIssued:
		return "已印发。"
	case flashSent:
		return "已交给县领导和各单位领导，稍后发出。"
	case flashDuplicate:
		return "同一来源的同一编号以前登记过，就是本件，没有重复登记。"
	}
	if kind := incident.Kind(c.Value); kind.Chinese() != c.Value {
		return "“" + kind.Chinese() + "”已办好。"
	}
	return ""
}

const (
	flashRegistered = "registered"
	flashDuplicate  = "duplicate"
	flashIssued     = "issued"
	flashSent       = "sent"
)
