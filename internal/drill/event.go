package drill

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"huiying/incident"
	"huiying/org"
)

// channelName is the channel on which a drill's people are told.
const channelName = "drill"

// Event is one line of what became of a drill (contracts.md, Drill scripts). Fields
// that do not belong to an event are absent.
type Event struct {
	At        time.Time
	Event     string // milestone, notice, refused, state
	Incident  string
	Milestone string
	Seq       int
	State     string
	Target    time.Time
	Limit     time.Time
	Rung      string
	Nth       int
	Person    string
	Post      string
	Unit      string
	Channel   string
	Text      string
	StandsFor string
	Missed    []string
	Do        string
	Error     string
}

type jsonEvent struct {
	At        string   `json:"at"`
	Event     string   `json:"event"`
	Incident  string   `json:"incident"`
	Milestone string   `json:"milestone,omitempty"`
	Seq       int      `json:"seq,omitempty"`
	State     string   `json:"state,omitempty"`
	Target    *string  `json:"target_at,omitempty"`
	Limit     *string  `json:"limit_at,omitempty"`
	Rung      string   `json:"rung,omitempty"`
	Nth       int      `json:"nth,omitempty"`
	Person    string   `json:"person,omitempty"`
	Post      string   `json:"post,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	Channel   string   `json:"channel,omitempty"`
	Text      string   `json:"text,omitempty"`
	StandsFor string   `json:"stands_for,omitempty"`
	Missed    []string `json:"missed,omitempty"`
	Do        string   `json:"do,omitempty"`
	Error     string   `json:"error,omitempty"`
}

// WriteJSON writes an event as one line; times carry the script's offset.
func WriteJSON(w io.Writer, e Event, zone *time.Location) error {
	show := func(t time.Time) *string {
		if t.IsZero() {
			return nil
		}
		s := t.In(zone).Format(time.RFC3339)
		return &s
	}
	line, err := json.Marshal(jsonEvent{
		At: *show(e.At), Event: e.Event, Incident: e.Incident, Milestone: e.Milestone, Seq: e.Seq, State: e.State,
		Target: show(e.Target), Limit: show(e.Limit), Rung: e.Rung, Nth: e.Nth, Person: e.Person, Post: e.Post,
		Unit: e.Unit, Channel: e.Channel, Text: e.Text, StandsFor: e.StandsFor, Missed: e.Missed, Do: e.Do, Error: e.Error,
	})
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

// WriteText writes an event as a Chinese line for people.
func WriteText(w io.Writer, e Event, zone *time.Location) error {
	_, err := fmt.Fprintf(w, "%s  %s  %s\n", e.At.In(zone).Format("01-02 15:04:05"), e.Incident, e.sentence(zone))
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

func (e Event) sentence(zone *time.Location) string {
	switch e.Event {
	case "state":
		return "状态：" + incident.State(e.State).Chinese()
	case "refused":
		return "不予受理“" + incident.Kind(e.Do).Chinese() + "”：" + e.Error
	case "notice":
		text := fmt.Sprintf("→ %s %s：%s催办 %s", e.Unit, org.Post(e.Post).Chinese(), incident.MilestoneKind(e.Milestone).Chinese(), e.Rung)
		if e.StandsFor != "" {
			text += "（代" + e.StandsFor + "）"
		}
		return text
	}
	return fmt.Sprintf("%s：%s，最迟 %s", incident.MilestoneKind(e.Milestone).Chinese(),
		incident.MilestoneState(e.State).Chinese(), e.Limit.In(zone).Format("01-02 15:04:05"))
}
