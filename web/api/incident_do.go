package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"huiying/incident"
	"huiying/org"
)

// maxKey bounds the Idempotency-Key, in bytes.
const maxKey = 200

// do is the handler of one command: decode, desk.Do, answer with the incident as it
// became. The same Idempotency-Key twice answers as the first time.
func (a *API) do(kind incident.Kind) Handler {
	return func(w http.ResponseWriter, r *http.Request, by org.Actor) error {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		c, err := a.command(r, by, kind, id)
		if err != nil {
			return err
		}
		return a.write(w, http.StatusOK, a.incident(c, a.now()))
	}
}

// command gives the command that the request holds.
func (a *API) command(r *http.Request, by org.Actor, kind incident.Kind, id incident.ID) (incident.Case, error) {
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return incident.Case{}, bad("Idempotency-Key", "请求头 Idempotency-Key 最长%d个字节，请缩短。", maxKey)
	}
	body, err := readBody(r)
	if err != nil {
		return incident.Case{}, err
	}
	cmd, err := incident.Decode(kind, body)
	if err != nil {
		return incident.Case{}, fmt.Errorf("decode command: %w", err)
	}
	c, err := a.Desk.Do(r.Context(), by, id, cmd, key)
	if err != nil {
		return c, fmt.Errorf("do %s: %w", kind, err)
	}
	return c, nil
}

// unknown answers a command that does not exist, or that only the house itself gives.
func (a *API) unknown(_ http.ResponseWriter, r *http.Request, _ org.Actor) error {
	return &incident.Error{
		Code: incident.CodeNotFound, Field: "command",
		Text: fmt.Sprintf("没有“%s”这个操作，可用的操作有：%s。", r.PathValue("command"), commandList()),
	}
}

// Unmasking is the body of unmask.
type Unmasking struct {
	// Reason stands in the log beside the name of who looked.
	Reason string `json:"reason"`
}

// Unmasked are an incident's reporters in clear, its own first.
type Unmasked struct {
	Reporters []incident.Reporter `json:"reporters"`
}

// unmask shows the reporters in clear to somebody who may and says why; it is logged.
func (a *API) unmask(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	body, err := readBody(r)
	if err != nil {
		return err
	}
	var cmd Unmasking
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&cmd); err != nil {
		return &incident.Error{Code: incident.CodeInvalid, Text: `请求内容读不懂，应为 {"reason":"查看的理由"}。`, Err: err}
	}
	c, err := a.Desk.Unmask(r.Context(), by, id, cmd.Reason)
	if err != nil {
		return fmt.Errorf("unmask: %w", err)
	}
	out := Unmasked{Reporters: []incident.Reporter{c.Report.Reporter}}
	for _, more := range c.More {
		out.Reporters = append(out.Reporters, more.Reporter)
	}
	w.Header().Set("Cache-Control", "no-store")
	return a.write(w, http.StatusOK, out)
}
