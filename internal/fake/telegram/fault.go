package telegram

import (
	"html"
	"net/http"
)

// Kind is what goes wrong.
type Kind string

// The kinds of faults.
const (
	Refuse  Kind = "refuse"  // the platform's own refusal with Fault.Code and Fault.Text
	Status  Kind = "status"  // the HTTP status Fault.Code, with a gateway's page
	Hang    Kind = "hang"    // no answer until the client goes away
	Cut     Kind = "cut"     // the connection is closed without an answer
	Garbage Kind = "garbage" // 200 with something that is not JSON
)

// Fault is one planted fault.
type Fault struct {
	Kind Kind
	Code int
	Text string
	// RetryAfter is in seconds, for a refusal with 429.
	RetryAfter int
	// Taken: the request is carried out first, so that only its answer is lost.
	Taken bool
	// Method it happens on; empty for what sends, changes or answers.
	Method string
}

type planted struct {
	fault Fault
	left  int
}

// FailNext plants a fault for the next n requests of its method.
func (s *Server) FailNext(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &planted{fault: f, left: n})
}

// Mend takes back all faults that are still planted.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Hanging receives a value each time that a request begins to hang.
func (s *Server) Hanging() <-chan struct{} { return s.hanging }

func (s *Server) nextFault(method string) *Fault {
	for _, p := range s.faults {
		shows := method == "sendMessage" || method == "sendPhoto" || method == "sendDocument" || method == "editMessageText" || method == "answerCallbackQuery"
		if p.left > 0 && (p.fault.Method == method || p.fault.Method == "" && shows) {
			p.left--
			f := p.fault
			return &f
		}
	}
	return nil
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault) {
	page := "<html>please sign in before you go to " + html.EscapeString(r.URL.String()) + "</html>"
	say := func() {
		if _, err := w.Write([]byte(page)); err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
	}
	switch f.Kind {
	case Refuse:
		a := refuse(f.Code, f.Text)
		if f.RetryAfter > 0 {
			a.Parameters = map[string]any{"retry_after": f.RetryAfter}
		}
		write(w, f.Code, a)
	case Status:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Code)
		if f.Code >= http.StatusOK && f.Code != http.StatusNoContent && f.Code != http.StatusNotModified {
			say()
		}
	case Hang:
		s.hanging <- struct{}{}
		<-r.Context().Done()
	case Garbage:
		say()
	case Cut:
		panic(http.ErrAbortHandler)
	}
}
