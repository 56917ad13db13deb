package wecom

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// content is the body of a text or markdown message.
type content struct {
	Content             string   `json:"content"`
	MentionedList       []string `json:"mentioned_list,omitempty"`
	MentionedMobileList []string `json:"mentioned_mobile_list,omitempty"`
}

// request is the body of message/send. Fields that are not documented are refused: the
// platform takes them in silence, which hides a misspelling.
type request struct {
	ToUser        string          `json:"touser"`
	ToParty       string          `json:"toparty"`
	ToTag         string          `json:"totag"`
	MsgType       string          `json:"msgtype"`
	AgentID       json.RawMessage `json:"agentid"`
	Text          *content        `json:"text"`
	Markdown      *content        `json:"markdown"`
	TemplateCard  *Card           `json:"template_card"`
	Image         *mediaRef       `json:"image"`
	File          *mediaRef       `json:"file"`
	Safe          int             `json:"safe"`
	EnableIDTrans int             `json:"enable_id_trans"`
	Check         int             `json:"enable_duplicate_check"`
	CheckInterval int             `json:"duplicate_check_interval"`
}

const (
	perMinute  = 30
	perHour    = 1000
	maxUsers   = 1000
	maxContent = 2048 // bytes
)

func (s *Server) send(r *http.Request, body []byte) reply {
	if bad := s.checkToken(r); bad != nil {
		return bad
	}
	var req request
	if err := strict(body, &req); err != nil {
		return refuse(40035, "invalid parameter, Warning: wrong json format. "+err.Error())
	}
	if bad := s.checkCommon(req); bad != nil {
		return bad
	}
	if s.options.Duplicates != TaskIDFirst && req.Check == 1 {
		if answer, ok := s.repeated(body); ok {
			return answer
		}
	}
	m, bad := s.read(req)
	if bad != nil {
		return bad
	}
	known, unknown := s.split(req.ToUser)
	if len(known) == 0 {
		return refuse(81013, "user & party & tag all invalid")
	}
	if req.Check == 1 {
		if answer, ok := s.repeated(body); ok {
			return answer
		}
	}
	m.Raw, m.At = body, s.clock.Now()
	answer := s.deliver(m, known)
	answer["invaliduser"] = strings.ToLower(strings.Join(unknown, "|"))
	if req.Check == 1 {
		s.remember(body, req.CheckInterval, answer)
	}
	return answer
}

func strict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into) //nolint:wrapcheck // shown as it is
}

func (s *Server) checkCommon(req request) reply {
	agent, err := strconv.Atoi(string(req.AgentID))
	switch {
	case err != nil || agent != s.options.AgentID:
		return refuse(40056, "invalid agentid: it must be the application's integer")
	case req.ToUser == "" && req.ToParty == "" && req.ToTag == "":
		return refuse(40003, "touser, toparty and totag are empty")
	case strings.Count(req.ToUser, "|") >= maxUsers:
		return refuse(40031, "too many users")
	case req.Check != 0 && req.Check != 1:
		return refuse(40035, "invalid enable_duplicate_check")
	case req.CheckInterval < 0 || req.CheckInterval > longestCheck:
		return refuse(40035, "invalid duplicate_check_interval")
	}
	return nil
}

// read turns the request into what a reader would see, or refuses it.
func (s *Server) read(req request) (Message, reply) {
	m := Message{Type: req.MsgType}
	switch req.MsgType {
	case "text", "markdown":
		c := req.Text
		if req.MsgType == "markdown" {
			c = req.Markdown
		}
		if c == nil || c.Content == "" {
			return m, refuse(44004, "empty content")
		}
		m.Text, m.Cut = cutTo(c.Content, maxContent)
	case "template_card":
		if req.TemplateCard == nil {
			return m, refuse(44004, "empty template_card")
		}
		if bad := checkCard(*req.TemplateCard); bad != nil {
			return m, bad
		}
		m.Card, m.TaskID, m.Text = req.TemplateCard, req.TemplateCard.TaskID, req.TemplateCard.shown()
		if m.TaskID != "" && s.taskIDs[m.TaskID] {
			return m, refuse(42014, "task_id already used")
		}
	case "image", "file":
		return s.readFile(m, req)
	default:
		return m, refuse(40008, "invalid message type")
	}
	return m, nil
}

// split parts the receivers into those that the application sees and the others;
// user ids compare without case.
func (s *Server) split(toUser string) (known, unknown []string) {
	if toUser == "@all" {
		return s.options.Members, nil
	}
	for user := range strings.SplitSeq(toUser, "|") {
		sees := len(s.options.Members) == 0 || slices.ContainsFunc(s.options.Members, func(m string) bool { return strings.EqualFold(m, user) })
		if user != "" && sees {
			known = append(known, user)
		} else {
			unknown = append(unknown, user)
		}
	}
	return known, unknown
}

// deliver shows a message to those who have not had too many, and answers as if to all.
func (s *Server) deliver(m Message, users []string) reply {
	s.serial++
	m.MsgID = "msg-" + strconv.Itoa(s.serial)
	answer := reply{"msgid": m.MsgID}
	if m.Card != nil {
		s.taskIDs[m.TaskID] = true
		if m.Card.interactive() {
			m.ResponseCode = "code-" + strconv.Itoa(s.serial)
			s.codes[m.ResponseCode] = &code{msgID: m.MsgID, sent: m.At}
			answer["response_code"] = m.ResponseCode
		}
	}
	for _, user := range users {
		m.User = user
		w := windowOf(s.members, strings.ToLower(user))
		if w.take(m.At, limit{perMinute, time.Minute}, limit{perHour, time.Hour}) {
			s.delivered = append(s.delivered, m)
		} else {
			s.dropped = append(s.dropped, m)
		}
	}
	return answer
}
