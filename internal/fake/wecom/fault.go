package wecom

import (
	"fmt"
	"html"
	"net/http"
)

// Kind is what goes wrong.
type Kind string

// The kinds of faults.
const (
	ErrCode Kind = "errcode" // 200 with Fault.Code as errcode
	Status  Kind = "status"  // the HTTP status Fault.Code, with a gateway's page
	Hang    Kind = "hang"    // no answer until the client goes away
	Cut     Kind = "cut"     // the connection is closed without an answer
	Garbage Kind = "garbage" // 200 with something that is not JSON
)

// Fault is one planted fault.
type Fault struct {
	Kind Kind
	Code int
	// Taken: the request is carried out first, so that only its answer is lost.
	Taken bool
	// Path it happens on; empty for message/send and webhook/send.
	Path string
}

type planted struct {
	fault Fault
	left  int
}

// FailNext plants a fault for the next n requests to its path. Faults planted earlier
// come first.
func (s *Server) FailNext(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &planted{fault: f, left: n})
}

// Hanging receives a value each time that a request begins to hang.
func (s *Server) Hanging() <-chan struct{} { return s.hanging }

func (s *Server) nextFault(path string) *Fault {
	for _, p := range s.faults {
		on := p.fault.Path == path || p.fault.Path == "" && path != "/cgi-bin/gettoken" && path != UploadPath
		if p.left > 0 && on {
			p.left--
			f := p.fault
			return &f
		}
	}
	return nil
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f.Kind {
	case ErrCode:
		s.write(w, refuse(f.Code, "planted fault"))
	case Status:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Code)
		if f.Code >= http.StatusOK && f.Code != http.StatusNoContent && f.Code != http.StatusNotModified {
			page(w, r)
		}
	case Hang:
		s.hanging <- struct{}{}
		<-r.Context().Done()
	case Garbage:
		page(w, r)
	case Cut:
		panic(http.ErrAbortHandler)
	}
}

// page is what a gateway shows, the address with its secrets among it.
func page(w http.ResponseWriter, r *http.Request) {
	if _, err := fmt.Fprintf(w, "<html>please sign in to the network before you go to %s</html>", html.EscapeString(r.URL.String())); err != nil {
		panic(http.ErrAbortHandler) // the client is gone
	}
}

// Mend takes back all faults that are still planted.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}
