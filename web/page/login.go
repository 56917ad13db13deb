package page

import "net/http"

// loginView is the page for signing in.
type loginView struct {
	frame
	// Next is where to go after it.
	Next  string
	Error string
}

// Login shows the page for signing in; message says why it is shown again.
func (p *Pages) Login(w http.ResponseWriter, status int, next, message string) error {
	return p.render(w, status, "login", loginView{frame: p.frame("登录", "login", Visit{}), Next: next, Error: message})
}

// messageView is a page that says one thing.
type messageView struct {
	frame
	Text string
}

// Message shows a page that says one thing, such as an error.
func (p *Pages) Message(w http.ResponseWriter, status int, title, text string, v Visit) error {
	return p.render(w, status, "message", messageView{frame: p.frame(title, "", v), Text: text})
}
