package api

import (
	"fmt"
	"net/http"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// FeedbackQueue are the concluded incidents whose sources still wait for an answer, the
// earliest limit first. A platform's client takes them from here and gives each a feedback
// command with the proof.
type FeedbackQueue struct {
	Feedback []FeedbackDue `json:"feedback"`
}

// FeedbackDue is one answer that is owed.
type FeedbackDue struct {
	ID         incident.ID           `json:"id"`
	Source     string                `json:"source"`
	ExternalID string                `json:"external_id,omitempty"`
	To         incident.Audience     `json:"to"`
	Lead       org.UnitID            `json:"lead,omitempty"`
	Kind       incident.ConcludeKind `json:"kind"`
	// Result is the conclusion's own words: result, basis and facts, masked.
	Result  string `json:"result"`
	Address string `json:"address,omitempty"`
	LimitAt Stamp  `json:"limit_at"`
	Overdue bool   `json:"overdue"`
}

// feedback answers with the queue of answers that are owed to sources.
func (a *API) feedback(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	if err := a.Desk.CheckRead(r.Context(), by, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	out := FeedbackQueue{Feedback: []FeedbackDue{}}
	source := r.URL.Query().Get("source")
	f := desk.Filter{States: []incident.State{incident.Concluded}, Now: a.now(), Limit: 200}
	for {
		page, err := a.Desk.Store.List(r.Context(), f)
		if err != nil {
			return fmt.Errorf("list incidents: %w", err)
		}
		for _, c := range page.Cases {
			if source == "" || c.Report.Source.Name == source {
				out.Feedback = append(out.Feedback, a.owed(c)...)
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return a.write(w, http.StatusOK, out)
		}
	}
}

func (a *API) owed(c incident.Case) []FeedbackDue {
	var out []FeedbackDue
	for _, m := range c.PendingOf(incident.MilestoneFeedback) {
		last := c.Conclusions[len(c.Conclusions)-1]
		out = append(out, FeedbackDue{
			ID: c.ID, Source: c.Report.Source.Name, ExternalID: c.Report.ExternalID, To: c.FeedbackTo(), Lead: c.Lead, Kind: last.Kind,
			Result: incident.MaskText(last.Result + last.Basis + last.Facts), Address: last.Address, LimitAt: a.at(m.Limit), Overdue: a.now().After(m.Limit),
		})
	}
	return out
}
