package api

import (
	"fmt"
	"net/http"
	"time"

	"huiying/org"
)

func driftParams() []Param {
	return []Param{
		{Name: "from", Text: "从此时刻接报的算起，默认从头", Sample: ""},
		{Name: "to", Text: "到此时刻为止，默认到现在", Sample: ""},
	}
}

// drift answers with how often officers decided otherwise than was suggested.
func (a *API) drift(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	if err := a.Desk.CheckRead(r.Context(), by, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	var span [2]time.Time
	for i, name := range []string{"from", "to"} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		var err error
		if span[i], err = instant(name, text); err != nil {
			return err
		}
	}
	d, err := a.Desk.Drift(r.Context(), span[0], span[1])
	if err != nil {
		return fmt.Errorf("count drift: %w", err)
	}
	a.in(&d.From, &d.To)
	return a.write(w, http.StatusOK, d)
}
