package drill

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
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
	Kind      string // of a notice: ladder, result, supervise, unreachable
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
	Kind      string   `json:"kind,omitempty"`
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
		At: *show(e.At), Event: e.Event, Incident: e.Incident, Kind: e.Kind, Milestone: e.Milestone, Seq: e.Seq, State: e.State,
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
		return e.notice()
	}
	return fmt.Sprintf("%s：%s，最迟 %s", incident.MilestoneKind(e.Milestone).Chinese(),
		incident.MilestoneState(e.State).Chinese(), e.Limit.In(zone).Format("01-02 15:04:05"))
}

// repeats is the distance between the rounds of a limit that was moved, see package sla.
const repeats = 1000

func (e Event) notice() string {
	text := "→ " + e.Unit + " " + org.Post(e.Post).Chinese() + "："
	switch incident.NoticeKind(e.Kind) {
	case incident.NoticeLadder:
		text += incident.MilestoneKind(e.Milestone).Chinese() + "催办 " + e.Rung
	case incident.NoticeUnreachable:
		text += "未送达提醒 " + e.Rung
	case incident.NoticeSupervise:
		text += "督办"
	case incident.NoticeFile:
		text += "附件"
	case incident.NoticeResult, incident.NoticeDigest:
		_, rest, _ := strings.Cut(e.Text, "\n")
		said, _, _ := strings.Cut(rest, "\n")
		text += "通知 " + said
	}
	if n := e.Nth % repeats; n > 0 {
		text += fmt.Sprintf("（第%d次重复）", n)
	}
	if e.StandsFor != "" {
		text += "（代" + e.StandsFor + "）"
	}
	if len(e.Missed) > 0 {
		text += "（错过 " + strings.Join(e.Missed, "、") + "）"
	}
	return text
}
