package wecom

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Options are the corporation that the server plays.
type Options struct {
	CorpID  string
	Secret  string
	AgentID int
	// Members that the application may see; none means that it sees everybody.
	Members []string
	// Robots are the group robots: key to the group's name.
	Robots map[string]string
	// TokenLife is how long a token is good; 0 means two hours.
	TokenLife time.Duration
	// Duplicates is what a message answers that the platform has had already, which no
	// page says.
	Duplicates Duplicates
}

// Duplicates is how a hit of the duplicate check is answered.
type Duplicates int

// The answers that may be expected.
const (
	SameReceipt Duplicates = iota // errcode 0 with the first message's msgid
	BareReceipt                   // errcode 0 and nothing else
	TaskIDFirst                   // a card is refused for its task_id before it is compared
)

// Server is the platform. It is safe for concurrent use.
type Server struct {
	clock   clockwork.Clock
	options Options
	routes  map[string]route

	mu        sync.Mutex
	token     string
	tokenEnds time.Time
	tokens    int
	serial    int
	faults    []*planted
	hanging   chan struct{}
	requests  []Request
	delivered []Message
	dropped   []Message
	taskIDs   map[string]bool
	seen      map[[32]byte]seen
	members   map[string]*window
	robots    map[string]*window
	codes     map[string]*code
	media     map[string]Media
	uploads   map[string]Upload
	clicks    int
	menu      []string
}

// Request is one request as it came, whatever became of it.
type Request struct {
	At   time.Time
	Path string
	Body []byte
}

// reply is what a handler answers; it is sent as JSON.
type reply map[string]any

type route struct {
	method string
	handle func(r *http.Request, body []byte) reply
}

// New returns a server without any deliveries.
func New(clock clockwork.Clock, o Options) *Server {
	if o.TokenLife == 0 {
		o.TokenLife = 2 * time.Hour
	}
	s := &Server{
		clock: clock, options: o, hanging: make(chan struct{}, 1024), taskIDs: map[string]bool{}, seen: map[[32]byte]seen{},
		members: map[string]*window{}, robots: map[string]*window{}, codes: map[string]*code{}, media: map[string]Media{},
		uploads: map[string]Upload{},
	}
	s.routes = map[string]route{
		"/cgi-bin/gettoken":     {http.MethodGet, s.getToken},
		"/cgi-bin/message/send": {http.MethodPost, s.send},
		"/cgi-bin/webhook/send": {http.MethodPost, s.robotSend},

		"/cgi-bin/message/update_template_card": {http.MethodPost, s.updateCard},
		"/cgi-bin/menu/create":                  {http.MethodPost, s.createMenu},
		UploadPath:                              {http.MethodPost, s.upload},
	}
	return s
}

const maxBody = 1 << 20

// ServeHTTP answers like the platform: 200 with an errcode, unless a fault is planted.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == mediaPath && r.Method == http.MethodGet {
		s.getMedia(w, r)
		return
	}
	to, ok := s.routes[r.URL.Path]
	if !ok || r.Method != to.method {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "body too large or cut", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, Request{At: s.clock.Now(), Path: r.URL.Path, Body: body})
	fault := s.nextFault(r.URL.Path)
	s.mu.Unlock()
	if fault == nil {
		s.write(w, s.locked(to, r, body))
		return
	}
	if fault.Taken {
		s.locked(to, r, body)
	}
	s.fail(w, r, *fault)
}

func (s *Server) locked(to route, r *http.Request, body []byte) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	return to.handle(r, body)
}

func (s *Server) write(w http.ResponseWriter, answer reply) {
	if answer["errcode"] == nil {
		answer["errcode"], answer["errmsg"] = 0, "ok"
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(http.ErrAbortHandler) // the client is gone
	}
}

// refuse is an answer with an errcode.
func refuse(code int, text string) reply {
	return reply{"errcode": code, "errmsg": text + ", hint: [1700000000_fake], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=" + text}
}

// Requests returns every request to a path (such as /cgi-bin/message/send) in order.
func (s *Server) Requests(path string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return r.Path != path })
}

// Delivered returns what readers have on their phones, in order; one Message a reader.
func (s *Server) Delivered() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.delivered)
}

// Dropped returns what was answered with errcode 0 and never shown to anybody, since
// its receiver had too many.
func (s *Server) Dropped() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.dropped)
}
