package page

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"huiying/incident"
)

func (p *Pages) unmaskForm(c incident.Case, v Visit, tried *attempt) formView {
	f := formView{
		Kind: unmaskForm, Name: "查看来件人信息", Action: "/incidents/" + c.ID.String() + "/" + string(unmaskForm),
		CSRF: v.CSRF,
	}
	fd := reason("查看理由", true)
	fd.help = "查看会记入办理记录"
	var faults map[string]string
	if tried != nil && tried.kind == unmaskForm {
		f.Open, f.Error, faults = true, tried.err, tried.fields
	}
	f.Fields = []fieldView{p.fieldView(string(unmaskForm), fd, nil, faults)}
	return f
}

// unmask shows the reporters in clear to somebody who may and says why. There is no
// redirect: what is shown belongs to this answer alone, and each look is logged.
func (p *Pages) unmask(w http.ResponseWriter, r *http.Request, v Visit, id incident.ID) error {
	c, err := p.Desk.Unmask(r.Context(), v.By, id, strings.TrimSpace(r.PostForm.Get("reason")))
	var e *incident.Error
	if errors.As(err, &e) && e.Code != incident.CodeInternal {
		tried := &attempt{kind: unmaskForm, typed: r.PostForm}
		tried.refused(e, []field{{name: "reason"}})
		return p.answer(w, r, status(e.Code), v, id, tried)
	}
	if err != nil {
		return fmt.Errorf("unmask: %w", err)
	}
	view, err := p.load(r, v, id, nil)
	if err != nil {
		return err
	}
	view.Clear = append(view.Clear, reporter(c.Report.Reporter))
	for _, more := range c.More {
		if who := reporter(more.Reporter); len(who) > 0 {
			view.Clear = append(view.Clear, who)
		}
	}
	return p.render(w, http.StatusOK, "incident", view)
}
