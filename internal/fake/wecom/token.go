package wecom

import (
	"net/http"
	"strconv"
	"time"
)

// getToken answers the same token until it ends, as the platform does.
func (s *Server) getToken(r *http.Request, _ []byte) reply {
	q := r.URL.Query()
	switch {
	case q.Get("corpid") == "":
		return refuse(41002, "corpid missing")
	case q.Get("corpid") != s.options.CorpID:
		return refuse(40013, "invalid corpid")
	case q.Get("corpsecret") == "":
		return refuse(41004, "corpsecret missing")
	case q.Get("corpsecret") != s.options.Secret:
		return refuse(40001, "invalid credential")
	}
	now := s.clock.Now()
	if s.token == "" || !now.Before(s.tokenEnds) {
		s.tokens++
		s.token = "fake-token-" + strconv.Itoa(s.tokens)
		s.tokenEnds = now.Add(s.options.TokenLife)
	}
	return reply{"access_token": s.token, "expires_in": int(s.tokenEnds.Sub(now) / time.Second)}
}

// checkToken is nil when the request's token is good now.
func (s *Server) checkToken(r *http.Request) reply {
	token := r.URL.Query().Get("access_token")
	switch {
	case token == "":
		return refuse(41001, "access_token missing")
	case token != s.token:
		return refuse(40014, "invalid access_token")
	case !s.clock.Now().Before(s.tokenEnds):
		return refuse(42001, "access_token expired")
	}
	return nil
}

// WithdrawToken ends the token early, as the platform may do at any time.
func (s *Server) WithdrawToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}

// Token returns the token that is good now; empty for none. Tests look for it in logs.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}
