package telegram

import (
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	maxText   = 4096 // UTF-16 units
	maxData   = 64   // bytes
	maxToast  = 200  // UTF-16 units
	queryLife = 15 * time.Minute
)

func (s *Server) send(p url.Values) answer {
	id := number(p.Get("chat_id"))
	c := s.chats[id]
	switch {
	case c == nil && id > 0:
		return bad("chat not found")
	case c == nil:
		return bad("chat not found")
	case c.moved != 0:
		return answer{Code: http.StatusBadRequest, Text: "Bad Request: group chat was upgraded to a supergroup chat", Parameters: map[string]any{"migrate_to_chat_id": c.moved}}
	case c.blocked:
		return refuse(http.StatusForbidden, "Forbidden: bot was blocked by the user")
	case !c.started:
		return refuse(http.StatusForbidden, "Forbidden: bot can't initiate conversation with a user")
	}
	if wait := s.over(c); wait > 0 {
		return answer{Code: http.StatusTooManyRequests, Text: "Too Many Requests: retry after", Parameters: map[string]any{"retry_after": int(wait / time.Second)}}
	}
	m := &Message{Chat: id}
	if refused := m.fill(p); !refused.OK {
		return refused
	}
	s.serial++
	m.ID = s.serial
	s.messages = append(s.messages, m)
	c.times = append(c.times, s.clock.Now())
	return result(s.wire(*m))
}

// over is how long a chat has to wait; 0 when it may have one more.
func (s *Server) over(c *chat) time.Duration {
	if s.options.PerMinute == 0 || len(c.times) < s.options.PerMinute {
		return 0
	}
	oldest := c.times[len(c.times)-s.options.PerMinute]
	wait := time.Minute - s.clock.Now().Sub(oldest)
	return max(0, (wait + time.Second - 1).Truncate(time.Second))
}

func (m *Message) fill(p url.Values) answer {
	text := p.Get("text")
	seen := text
	if p.Get("parse_mode") == "HTML" {
		var err error
		if seen, err = parse(text); err != nil {
			return bad("can't parse entities: " + err.Error())
		}
	}
	switch n := utf16(seen); {
	case strings.TrimSpace(seen) == "":
		return bad("message text is empty")
	case n > maxText:
		return bad("message is too long")
	}
	var markup struct {
		Rows [][]Button `json:"inline_keyboard"`
	}
	if raw := p.Get("reply_markup"); raw != "" {
		if err := json.Unmarshal([]byte(raw), &markup); err != nil {
			return bad("can't parse reply keyboard markup JSON object")
		}
	}
	for _, row := range markup.Rows {
		for _, b := range row {
			if b.Text == "" || b.Data == "" || len(b.Data) > maxData {
				return bad("BUTTON_DATA_INVALID")
			}
		}
	}
	m.HTML, m.Text, m.Buttons = text, seen, markup.Rows
	return result(true)
}

func (s *Server) find(chat, id int64) *Message {
	for _, m := range s.messages {
		if m.Chat == chat && m.ID == id {
			return m
		}
	}
	return nil
}

func (s *Server) edit(p url.Values) answer {
	m := s.find(number(p.Get("chat_id")), number(p.Get("message_id")))
	if m == nil {
		return bad("message to edit not found")
	}
	changed := Message{ID: m.ID, Chat: m.Chat, Edits: m.Edits + 1}
	if refused := changed.fill(p); !refused.OK {
		return refused
	}
	if changed.HTML == m.HTML && len(changed.Buttons) == len(m.Buttons) {
		return bad("message is not modified: specified new message content and reply markup are exactly the same")
	}
	*m = changed
	return result(s.wire(*m))
}

func (s *Server) answerQuery(p url.Values) answer {
	q := s.queries[p.Get("callback_query_id")]
	switch {
	case q == nil || s.clock.Now().Sub(q.At) > queryLife:
		return bad("query is too old and response timeout expired or query ID is invalid")
	case utf16(p.Get("text")) > maxToast:
		return bad("MESSAGE_TOO_LONG")
	}
	q.Answered, q.Text = true, p.Get("text")
	return result(true)
}

// Queries are all taps, by their id.
func (s *Server) Queries() map[string]Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Query{}
	for id, q := range s.queries {
		out[id] = *q
	}
	return out
}

func (s *Server) wire(m Message) map[string]any {
	w := map[string]any{
		"message_id": m.ID, "date": s.clock.Now().Unix(), "text": m.Text,
		"chat": s.wireChat(m.Chat), "from": map[string]any{"id": 1, "is_bot": true, "first_name": "回应"},
	}
	if len(m.Buttons) > 0 {
		w["reply_markup"] = map[string]any{"inline_keyboard": m.Buttons}
	}
	return w
}

func (s *Server) wireChat(id int64) map[string]any {
	kind := "private"
	if c := s.chats[id]; c != nil && c.group {
		kind = "group"
	}
	return map[string]any{"id": id, "type": kind}
}

var (
	tag    = regexp.MustCompile(`</?([a-z]+)(?: href="[^"<>]*")?>`)
	entity = regexp.MustCompile(`&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);`)
)

// parse reads the platform's HTML: a few tags, closed in order, and a few entities.
func parse(text string) (string, error) {
	var open []string
	seen := tag.ReplaceAllStringFunc(text, func(t string) string {
		name := tag.FindStringSubmatch(t)[1]
		switch {
		case !strings.HasPrefix(t, "</"):
			open = append(open, name)
		case len(open) > 0 && open[len(open)-1] == name:
			open = open[:len(open)-1]
		default:
			open = append(open, "unmatched "+t)
		}
		return "\x01"
	})
	if len(open) > 0 {
		return "", errors.New("tag is not closed: " + open[0])
	}
	if strings.ContainsAny(seen, "<>") {
		return "", errors.New("unsupported start tag")
	}
	if strings.Contains(entity.ReplaceAllString(seen, ""), "&") {
		return "", errors.New("bare ampersand") // the platform lets some pass; we do not rely on it
	}
	return html.UnescapeString(strings.ReplaceAll(seen, "\x01", "")), nil
}

func utf16(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}
