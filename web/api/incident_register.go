package api

import (
	"fmt"
	"net/http"

	"huiying/incident"
	"huiying/org"
)

// register takes a report in: 201 the first time, 200 with the same incident when the
// source sends the same external id again.
func (a *API) register(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	if !(incident.Case{}).May(by, incident.KindRegister) {
		return &incident.Error{Code: incident.CodeForbidden, Text: "您不能登记事件：登记须由任职人员或接入账号办理。"}
	}
	reg, err := a.Decode(r.Body)
	if err != nil {
		return fmt.Errorf("decode report: %w", err)
	}
	c, duplicate, err := a.Desk.Register(r.Context(), by, reg)
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	status := http.StatusCreated
	if duplicate {
		status = http.StatusOK
	}
	w.Header().Set("Location", Prefix+"/incidents/"+c.ID.String())
	return a.write(w, status, a.incident(c, a.now()))
}
