package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// List is a page of incidents.
type List struct {
	Incidents []Summary `json:"incidents"`
	// NextCursor asks for the page after, absent at the end.
	NextCursor string `json:"next_cursor,omitempty"`
}

// list answers with a page of incidents, by next limit if only open ones are asked
// for, else the newest first.
func (a *API) list(w http.ResponseWriter, r *http.Request, by org.Actor) error {
	if err := a.Desk.CheckRead(r.Context(), by, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	now := a.now()
	filter, err := a.filter(r.URL.Query(), now)
	if err != nil {
		return err
	}
	page, err := a.Desk.Store.List(r.Context(), filter)
	if err != nil {
		return fmt.Errorf("list incidents: %w", err)
	}
	out := List{Incidents: make([]Summary, 0, len(page.Cases)), NextCursor: page.Next}
	for _, c := range page.Cases {
		out.Incidents = append(out.Incidents, a.summary(c, now))
	}
	if page.Next != "" {
		q := r.URL.Query()
		q.Set("cursor", page.Next)
		w.Header().Set("Link", "<"+r.URL.Path+"?"+q.Encode()+`>; rel="next"`)
	}
	return a.write(w, http.StatusOK, out)
}

// filter reads a list's query; a value that is not known is refused with its field.
func (a *API) filter(q url.Values, now time.Time) (desk.Filter, error) {
	f := desk.Filter{
		Now: now, Text: strings.TrimSpace(q.Get("q")), Cursor: q.Get("cursor"),
	}
	var err error
	if f.Open, err = truth(q, "open"); err != nil {
		return f, err
	}
	if f.Overdue, err = truth(q, "overdue"); err != nil {
		return f, err
	}
	switch order := q.Get("order"); order {
	case "", "due":
	case "newest":
		f.Newest = true
	default:
		return f, bad("order", "没有“%s”这种排序，可用：due（按到期，须同时 open=true）、newest（从新到旧）。", order)
	}
	for _, words := range q["state"] {
		for word := range strings.SplitSeq(words, ",") {
			if word == "" {
				continue
			}
			if !incident.State(word).Valid() {
				return f, bad("state", "没有“%s”这个状态，可用：%s。", word, join(incident.States()))
			}
			f.States = append(f.States, incident.State(word))
		}
	}
	if f.Level = incident.Level(q.Get("level")); f.Level != "" && !f.Level.Valid() {
		return f, bad("level", "没有“%s”这个等级，可用：%s。", string(f.Level), join(incident.Levels()))
	}
	if name := q.Get("unit"); name != "" {
		unit, ok := a.Desk.Directory().FindUnit(name)
		if !ok {
			return f, bad("unit", "没有“%s”这个单位，请核对单位名称。", name)
		}
		f.Unit = unit.ID
	}
	if due := q.Get("due_by"); due != "" {
		if f.DueBy, err = instant("due_by", due); err != nil {
			return f, err
		}
	}
	if n := q.Get("limit"); n != "" {
		limit, err := strconv.Atoi(n)
		if err != nil || limit < 1 || limit > 200 {
			return f, bad("limit", "每页条数“%s”须为1至200的整数。", n)
		}
		f.Limit = limit
	}
	return f, nil
}

// truth reads a yes or no of a query; absent is no.
func truth(q url.Values, name string) (bool, error) {
	switch v := q.Get(name); v {
	case "true", "1":
		return true, nil
	case "", "false", "0":
		return false, nil
	default:
		return false, bad(name, "“%s”须为 true 或 false。", v)
	}
}

// instant reads a time of a query, in which a plus sign that was not escaped has
// become a space.
func instant(field, text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		return at, bad(field, "“%s”不是时间，请写成 2026-11-20T16:40:00+08:00。", text)
	}
	return at, nil
}

func bad(field, format string, args ...any) error {
	return &incident.Error{Code: incident.CodeInvalid, Field: field, Text: fmt.Sprintf(format, args...)}
}

// join names values for a sentence.
func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = string(v)
	}
	return strings.Join(words, "、")
}
