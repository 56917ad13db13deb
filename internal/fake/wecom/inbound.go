package wecom

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Sent is one field of a message from a member.
type Sent struct{ Name, Text string }

// Write makes the XML of a message or event from a member, with further fields in their order.
func (s *Server) Write(user, kind string, fields ...Sent) string {
	var b strings.Builder
	put := func(name, text string) {
		b.WriteString("<" + name + ">")
		if err := xml.EscapeText(&b, []byte(text)); err != nil {
			panic(err) // a builder takes everything
		}
		b.WriteString("</" + name + ">")
	}
	b.WriteString("<xml>")
	put("ToUserName", s.options.CorpID)
	put("FromUserName", user)
	put("CreateTime", strconv.FormatInt(s.clock.Now().Unix(), 10))
	put("MsgType", kind)
	for _, f := range fields {
		put(f.Name, f.Text)
	}
	put("AgentID", strconv.Itoa(s.options.AgentID))
	b.WriteString("</xml>")
	return b.String()
}

// Say is a text message with an id of its own.
func (s *Server) Say(user, text string) string {
	return s.Write(user, "text", Sent{"Content", text}, Sent{"MsgId", s.nextID()})
}

// Picture is a picture that the application may fetch.
func (s *Server) Picture(user string, m Media) string {
	id := s.nextID()
	s.PutMedia("media-"+id, m)
	return s.Write(user, "image", Sent{"PicUrl", "https://wework.example/" + id}, Sent{"MediaId", "media-" + id}, Sent{"MsgId", id})
}

// Tap is a tap on a button of a delivered card, with a code of its own to change it.
// Buttons that were replaced cannot be tapped.
func (s *Server) Tap(user, taskID, key string) (string, error) {
	s.mu.Lock()
	var code string
	for _, m := range s.delivered {
		if m.TaskID != taskID || !strings.EqualFold(m.User, user) || m.Replaced != "" || !m.has(key) {
			continue
		}
		code = s.newCode(m)
	}
	s.mu.Unlock()
	if code == "" {
		return "", fmt.Errorf("%s has no button %s on a card %s", user, key, taskID)
	}
	return s.Write(user, "event", Sent{"Event", "template_card_event"}, Sent{"EventKey", key}, Sent{"TaskId", taskID},
		Sent{"CardType", "button_interaction"}, Sent{"ResponseCode", code}), nil
}

func (m Message) has(key string) bool {
	if m.Card == nil {
		return false
	}
	for _, b := range m.Card.Buttons {
		if b.Key == key {
			return true
		}
	}
	return false
}

// newCode is a code for a tap: for the same card, with the card's own age.
func (s *Server) newCode(m Message) string {
	s.clicks++
	id := "tap-" + strconv.Itoa(s.clicks)
	s.codes[id] = &code{msgID: m.MsgID, sent: m.At}
	return id
}

func (s *Server) nextID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clicks++
	const first = 7_000_000_000_000_000
	return strconv.Itoa(first + s.clicks)
}
