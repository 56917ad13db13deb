package telegram

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Options are the bot that the server knows.
type Options struct {
	Token    string
	Username string
	// PerMinute is how many messages a chat may have; more is answered 429. 0 for no limit.
	PerMinute int
}

// Server is the platform. It is safe for concurrent use.
type Server struct {
	clock   clockwork.Clock
	options Options

	mu        sync.Mutex
	serial    int64
	updates   []update
	arrived   chan struct{} // closed and made anew when an update arrives
	polls     int
	chats     map[int64]*chat
	messages  []*Message
	queries   map[string]*Query
	files     map[string][]byte
	requests  []Request
	faults    []*planted
	hanging   chan struct{}
	webhook   string
	secret    string
	commands  string
	confirmed int64
}

type update struct {
	id  int64
	raw json.RawMessage
}

type chat struct {
	group, started, blocked bool
	times                   []time.Time
	moved                   int64 // the supergroup that it became
}

// Message is one message in a chat.
type Message struct {
	ID   int64
	Chat int64
	// HTML is the text as it was sent; Text is what is read.
	HTML, Text string
	Buttons    [][]Button
	Edits      int
	// File is what a photo or a document shows, with its caption as the text.
	File *Sent
}

// Sent is a file that the bot sent.
type Sent struct {
	Method, Name string
	Body         []byte
}

// Button is one inline button.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// Query is a tap that waits for its answer.
type Query struct {
	At       time.Time
	Answered bool
	Text     string
}

// Request is one request as it came, whatever became of it.
type Request struct {
	Method string
	Params url.Values
	Body   []byte
}

// New returns a server without chats. Whoever shall get messages must start the bot.
func New(clock clockwork.Clock, o Options) *Server {
	return &Server{
		clock: clock, options: o, arrived: make(chan struct{}), chats: map[int64]*chat{}, queries: map[string]*Query{},
		files: map[string][]byte{}, hanging: make(chan struct{}, 1024),
	}
}

const maxBody = 1 << 20

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+s.options.Token+"/"); ok {
		s.getFile(w, path)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/bot"+s.options.Token+"/")
	if !ok {
		write(w, http.StatusUnauthorized, refuse(http.StatusUnauthorized, "Unauthorized"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	whole, err := s.form(r)
	if err != nil {
		write(w, http.StatusBadRequest, refuse(http.StatusBadRequest, "Bad Request: cannot parse parameters"))
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, Request{Method: method, Params: r.Form, Body: whole})
	fault := s.nextFault(method)
	s.mu.Unlock()
	if fault != nil {
		if fault.Taken {
			s.handle(r, method)
		}
		s.fail(w, r, *fault)
		return
	}
	a := s.handle(r, method)
	status := http.StatusOK
	if !a.OK {
		status = a.Code
	}
	write(w, status, a)
}

// answer is what the platform says.
type answer struct {
	OK         bool           `json:"ok"`
	Result     any            `json:"result,omitempty"`
	Code       int            `json:"error_code,omitempty"`
	Text       string         `json:"description,omitempty"`
	Parameters map[string]any `json:"parameters,omitempty"`
}

func result(v any) answer { return answer{OK: true, Result: v} }

func refuse(code int, text string) answer { return answer{Code: code, Text: text} }

func bad(text string) answer { return refuse(http.StatusBadRequest, "Bad Request: "+text) }

func write(w http.ResponseWriter, status int, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(a); err != nil {
		panic(http.ErrAbortHandler) // the client is gone
	}
}

func (s *Server) handle(r *http.Request, method string) answer {
	if method == "getUpdates" {
		return s.getUpdates(r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch method {
	case "getMe":
		return result(map[string]any{"id": 1, "is_bot": true, "first_name": "回应", "username": s.options.Username})
	case "sendMessage":
		return s.send(r.Form)
	case "sendPhoto", "sendDocument":
		return s.sendFile(r, method)
	case "editMessageText":
		return s.edit(r.Form)
	case "answerCallbackQuery":
		return s.answerQuery(r.Form)
	case "setMyCommands":
		return s.setCommands(r.Form)
	case "setWebhook":
		return s.setWebhook(r.Form)
	case "deleteWebhook":
		s.webhook = ""
		return result(true)
	case "getFile":
		if _, ok := s.files[r.Form.Get("file_id")]; !ok {
			return bad("invalid file_id")
		}
		return result(map[string]any{"file_id": r.Form.Get("file_id"), "file_path": "photos/" + r.Form.Get("file_id")})
	}
	return refuse(http.StatusNotFound, "Not Found: method not found")
}

func (s *Server) getFile(w http.ResponseWriter, path string) {
	s.mu.Lock()
	body, ok := s.files[strings.TrimPrefix(path, "photos/")]
	s.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if _, err := w.Write(body); err != nil {
		panic(http.ErrAbortHandler) // the client is gone
	}
}

func (s *Server) setCommands(p url.Values) answer {
	var list []struct{ Command, Description string }
	if err := json.Unmarshal([]byte(p.Get("commands")), &list); err != nil || len(list) > 100 {
		return bad("can't parse commands")
	}
	for _, c := range list {
		if c.Command == "" || len(c.Command) > 32 || strings.Trim(c.Command, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || c.Description == "" {
			return bad("BOT_COMMAND_INVALID")
		}
	}
	s.commands = p.Get("commands")
	return result(true)
}

func (s *Server) setWebhook(p url.Values) answer {
	if secret := p.Get("secret_token"); len(secret) > 256 {
		return bad("secret token is too long")
	}
	s.webhook, s.secret = p.Get("url"), p.Get("secret_token")
	return result(true)
}

// Webhook is where updates are to be delivered, and the secret that goes with them.
func (s *Server) Webhook() (addr, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook, s.secret
}

// Commands is the menu as it was set, as JSON.
func (s *Server) Commands() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands
}

// getUpdates waits for updates from an offset on; what lies before it is confirmed.
func (s *Server) getUpdates(r *http.Request) answer {
	offset, timeout := number(r.Form.Get("offset")), number(r.Form.Get("timeout"))
	s.mu.Lock()
	if s.webhook != "" {
		s.mu.Unlock()
		return refuse(http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active")
	}
	if s.polls > 0 {
		s.mu.Unlock()
		return refuse(http.StatusConflict, "Conflict: terminated by other getUpdates request")
	}
	s.polls++
	s.confirmed = max(s.confirmed, offset-1)
	s.updates = slices.DeleteFunc(s.updates, func(u update) bool { return u.id < offset })
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.polls--
		s.mu.Unlock()
	}()
	timer := s.clock.NewTimer(time.Duration(timeout) * time.Second)
	defer timer.Stop()
	for {
		s.mu.Lock()
		list := []json.RawMessage{}
		for _, u := range s.updates {
			list = append(list, u.raw)
		}
		arrived := s.arrived
		s.mu.Unlock()
		if len(list) > 0 || timeout == 0 {
			return result(list)
		}
		select {
		case <-arrived:
		case <-timer.Chan():
			timeout = 0
		case <-r.Context().Done():
			return result(list)
		}
	}
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Confirmed is the highest update that will not be handed over again.
func (s *Server) Confirmed() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.confirmed
}

// Requests returns every request of a method in order.
func (s *Server) Requests(method string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return r.Method != method })
}

// Messages returns the messages of a chat, in order; of all for 0.
func (s *Server) Messages(chat int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.messages {
		if chat == 0 || m.Chat == chat {
			out = append(out, *m)
		}
	}
	return out
}
