package api

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"huiying/incident"
	"huiying/org"
)

// Log is an incident's log, oldest first.
type Log struct {
	Entries []Entry `json:"entries"`
}

// Entry is one line of the log. What it holds of a reporter is masked; the hashes are
// of the entry as it is stored.
type Entry struct {
	Seq     int               `json:"seq"`
	At      Stamp             `json:"at"`
	Actor   incident.ActorRef `json:"actor"`
	Command incident.Kind     `json:"command"`
	Text    string            `json:"text"`
	Payload json.RawMessage   `json:"payload,omitempty"`
	Before  incident.Summary  `json:"before,omitzero"`
	After   incident.Summary  `json:"after,omitzero"`
	Prev    string            `json:"prev,omitempty"`
	Hash    string            `json:"hash"`
}

// Deliveries are the messages of an incident.
type Deliveries struct {
	Deliveries []Delivery `json:"deliveries"`
}

// Delivery is one notice and what became of it.
type Delivery struct {
	Kind      incident.NoticeKind    `json:"kind"`
	Milestone int                    `json:"milestone,omitempty"`
	About     incident.MilestoneKind `json:"about,omitempty"`
	Rung      string                 `json:"rung,omitempty"`
	Person    org.PersonID           `json:"person"`
	Name      string                 `json:"name"`
	Unit      org.UnitID             `json:"unit,omitempty"`
	Post      org.Post               `json:"post,omitempty"`
	StandsFor string                 `json:"stands_for,omitempty"`
	At        Stamp                  `json:"at"`
	NotBefore Stamp                  `json:"not_before,omitzero"`
	State     string                 `json:"state"`
	Channel   string                 `json:"channel,omitempty"`
	SentAt    Stamp                  `json:"sent_at,omitzero"`
	Tries     int                    `json:"tries,omitempty"`
	Reason    string                 `json:"reason,omitempty"`
	Detail    string                 `json:"detail,omitempty"`
}

// Allowed are the commands that the asker may give now.
type Allowed struct {
	Allowed []AllowedCommand `json:"allowed"`
}

// AllowedCommand is a command and its Chinese name.
type AllowedCommand struct {
	Command incident.Kind `json:"command"`
	Name    string        `json:"name"`
}

// show answers with one incident.
func (a *API) show(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	id, err := a.readable(r, by)
	if err != nil {
		return err
	}
	c, err := a.Desk.Get(r.Context(), id)
	if err != nil {
		return fmt.Errorf("get incident: %w", err)
	}
	if c.Duty != nil {
		return &incident.Error{Code: incident.CodeNotFound, Text: fmt.Sprintf("这不是舆情事件，是周期任务（%s），请看 %s/duties/%s。", id.No(), Prefix, id)}
	}
	return a.write(w, http.StatusOK, a.incident(c, a.now()))
}

// readable is the incident of the address, if the actor may read it.
func (a *API) readable(r *http.Request, by org.Actor) (incident.ID, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, err
	}
	if err := a.Desk.CheckRead(r.Context(), by, id); err != nil {
		return 0, fmt.Errorf("check right: %w", err)
	}
	return id, nil
}

// log answers with the incident's log.
func (a *API) log(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	id, err := a.readable(r, by)
	if err != nil {
		return err
	}
	entries, err := a.Desk.Store.Log(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	if len(entries) == 0 {
		return incident.ErrNotFound
	}
	out := Log{Entries: make([]Entry, 0, len(entries))}
	for _, e := range entries {
		out.Entries = append(out.Entries, Entry{
			Seq: e.Seq, At: a.at(e.At), Actor: e.Actor, Command: e.Command, Text: incident.MaskText(e.Text),
			Payload: maskPayload(e), Before: e.Before, After: e.After,
			Prev: hex.EncodeToString(e.Prev), Hash: hex.EncodeToString(e.Hash),
		})
	}
	return a.write(w, http.StatusOK, out)
}

// maskPayload is the command of an entry with the reporters in it masked. One that
// cannot be read is left out rather than shown unmasked.
func maskPayload(e incident.Entry) json.RawMessage {
	var masked any
	switch e.Command { //nolint:exhaustive // only these two hold reports
	case incident.KindRegister:
		var cmd incident.Register
		if json.Unmarshal(e.Payload, &cmd) != nil {
			return nil
		}
		cmd.Report = cmd.Report.Masked()
		cmd.Grading.Evidence = maskEvidence(cmd.Grading.Evidence)
		masked = cmd
	case incident.KindAbsorb:
		var cmd incident.Absorb
		if json.Unmarshal(e.Payload, &cmd) != nil {
			return nil
		}
		for i, r := range cmd.Reports {
			cmd.Reports[i] = r.Masked()
		}
		masked = cmd
	default:
		text := []byte(incident.MaskText(string(e.Payload)))
		if !json.Valid(text) {
			return nil
		}
		return text
	}
	raw, err := json.Marshal(masked)
	if err != nil {
		return nil
	}
	return raw
}

// deliveries answers with what was sent, or waits, for the incident.
func (a *API) deliveries(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	id, err := a.readable(r, by)
	if err != nil {
		return err
	}
	if _, err := a.Desk.Get(r.Context(), id); err != nil {
		return fmt.Errorf("get incident: %w", err)
	}
	list, err := a.Desk.Store.Deliveries(r.Context(), id)
	if err != nil {
		return fmt.Errorf("read deliveries: %w", err)
	}
	dir := a.Desk.Directory()
	out := Deliveries{Deliveries: make([]Delivery, 0, len(list))}
	for _, d := range list {
		n := d.Notice
		out.Deliveries = append(out.Deliveries, Delivery{
			Kind: n.Kind, Milestone: n.Milestone, About: n.About, Rung: n.Label, Person: n.Person, Name: dir.PersonName(n.Person),
			Unit: n.Unit, Post: n.Post, StandsFor: n.StandsFor, At: a.at(n.At), NotBefore: a.at(n.NotBefore),
			State: d.State, Channel: d.Channel, SentAt: a.at(d.SentAt), Tries: d.Tries, Reason: d.Reason, Detail: d.Detail,
		})
	}
	return a.write(w, http.StatusOK, out)
}

// allowed answers with the commands that the asker may give now.
func (a *API) allowed(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	id, err := a.readable(r, by)
	if err != nil {
		return err
	}
	c, err := a.Desk.Get(r.Context(), id)
	if err != nil {
		return fmt.Errorf("get incident: %w", err)
	}
	out := Allowed{Allowed: []AllowedCommand{}}
	for _, k := range c.Allowed(by) {
		out.Allowed = append(out.Allowed, AllowedCommand{Command: k, Name: k.Chinese()})
	}
	return a.write(w, http.StatusOK, out)
}
