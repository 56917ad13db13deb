package wecom

import (
	"net/http"
	"strconv"
	"time"
)

// robotRequest is the body of webhook/send.
type robotRequest struct {
	MsgType  string   `json:"msgtype"`
	Text     *content `json:"text"`
	Markdown *content `json:"markdown"`
}

const (
	robotPerMinute  = 20
	maxRobotContent = 4096 // bytes of markdown; text has 2,048
)

// robotSend is a group robot: it answers 45009 when it is asked too often, and refuses
// what is too long.
func (s *Server) robotSend(r *http.Request, body []byte) reply {
	group, ok := s.options.Robots[r.URL.Query().Get("key")]
	if !ok {
		return refuse(93000, "invalid webhook url")
	}
	var req robotRequest
	if err := strict(body, &req); err != nil {
		return refuse(40035, "invalid parameter, Warning: wrong json format. "+err.Error())
	}
	c, most := req.Text, maxContent
	switch req.MsgType {
	case "text":
	case "markdown":
		c, most = req.Markdown, maxRobotContent
	default:
		return refuse(40008, "invalid message type")
	}
	switch {
	case c == nil || c.Content == "":
		return refuse(44004, "empty content")
	case len(c.Content) > most:
		return refuse(40058, req.MsgType+".content exceed max length "+strconv.Itoa(most))
	}
	now := s.clock.Now()
	if w := windowOf(s.robots, group); !w.take(now, limit{robotPerMinute, time.Minute}) {
		return refuse(45009, "api freq out of limit")
	}
	s.delivered = append(s.delivered, Message{At: now, User: group, Type: req.MsgType, Text: c.Content, Raw: body})
	return reply{}
}
