package wecom

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// code is a response_code: good once, for 72 hours, for one sent card.
type code struct {
	msgID string
	sent  time.Time
	used  bool
}

const codeLife = 72 * time.Hour

// updateRequest is the body of message/update_template_card (94888).
type updateRequest struct {
	UserIDs       []string `json:"userids"`
	PartyIDs      []int    `json:"partyids"`
	TagIDs        []int    `json:"tagids"`
	AtAll         int      `json:"atall"`
	AgentID       int      `json:"agentid"`
	ResponseCode  string   `json:"response_code"`
	EnableIDTrans int      `json:"enable_id_trans"`
	Button        *struct {
		ReplaceName string `json:"replace_name"`
	} `json:"button"`
	TemplateCard *Card `json:"template_card"`
}

func (s *Server) updateCard(r *http.Request, body []byte) reply {
	if bad := s.checkToken(r); bad != nil {
		return bad
	}
	var req updateRequest
	if err := strict(body, &req); err != nil {
		return refuse(40035, "invalid parameter, Warning: wrong json format. "+err.Error())
	}
	known := s.codes[req.ResponseCode]
	switch {
	case req.AgentID != s.options.AgentID:
		return refuse(40056, "invalid agentid")
	case req.AtAll == 0 && len(req.UserIDs)+len(req.PartyIDs)+len(req.TagIDs) == 0:
		return refuse(40003, "no receiver")
	case known == nil:
		return refuse(42020, "invalid response_code")
	case known.used:
		return refuse(42022, "response_code already used")
	case s.clock.Now().Sub(known.sent) > codeLife:
		return refuse(42021, "response_code expired")
	case (req.Button == nil) == (req.TemplateCard == nil):
		return refuse(40058, "one of button and template_card")
	case req.Button != nil && req.Button.ReplaceName == "":
		return refuse(42041, "replace_name missing")
	}
	if req.TemplateCard != nil {
		if bad := checkCard(*req.TemplateCard); bad != nil {
			return bad
		}
	}
	known.used = true
	for i := range s.delivered {
		m := &s.delivered[i]
		mine := req.AtAll == 1 || slices.ContainsFunc(req.UserIDs, func(u string) bool { return strings.EqualFold(u, m.User) })
		if m.MsgID != known.msgID || !mine {
			continue
		}
		if req.Button != nil {
			m.Replaced = req.Button.ReplaceName
			continue
		}
		m.Card, m.Text, m.Replaced = req.TemplateCard, req.TemplateCard.shown(), req.TemplateCard.ReplaceText
	}
	return reply{"invaliduser": []string{}}
}

// Media is a file that somebody sent, by its media_id.
type Media struct {
	Type string
	Body []byte
}

const mediaPath = "/cgi-bin/media/get"

// PutMedia keeps a file that the application may fetch.
func (s *Server) PutMedia(id string, m Media) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media[id] = m
}

func (s *Server) getMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	bad := s.checkToken(r)
	m, ok := s.media[r.URL.Query().Get("media_id")]
	s.mu.Unlock()
	switch {
	case bad != nil:
		s.write(w, bad)
	case !ok:
		s.write(w, refuse(40007, "invalid media_id"))
	default:
		w.Header().Set("Content-Type", m.Type)
		if _, err := w.Write(m.Body); err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
	}
}
