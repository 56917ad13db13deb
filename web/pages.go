package web

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"huiying/web/page"
)

// errExpired is a form of a page that is too old, or of another site.
var errExpired = errors.New("form is not of this session")

// mountPages mounts the pages, and signing in and out.
func (s *server) mountPages() {
	foreign := http.NewCrossOriginProtection()
	guarded := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			pageHeaders(w.Header())
			if err := foreign.Check(r); err != nil {
				s.failPage(w, r, page.Visit{}, errExpired)
				return
			}
			h(w, r)
		}
	}
	for _, route := range s.pages.Routes() {
		s.mux.HandleFunc(route.Pattern, guarded(s.signedIn(route.Handle)))
	}
	s.mux.HandleFunc("GET /files/{name}", guarded(s.signedIn(s.file)))
	s.mux.HandleFunc("GET /login", guarded(s.loginForm))
	s.mux.HandleFunc("POST /login", guarded(s.login))
	s.mux.HandleFunc("POST /logout", guarded(s.logout))
	s.mux.HandleFunc("GET /static/{name}", s.pages.Asset)
	s.mux.HandleFunc("/", guarded(func(w http.ResponseWriter, r *http.Request) {
		s.showMessage(w, r, http.StatusNotFound, "没有这个页面", "没有这个页面，请从首页重新打开。", page.Visit{})
	}))
}

// pageHeaders keep a page from being framed, and from running or loading anything that
// is not ours.
func pageHeaders(h http.Header) {
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
}

// signedIn lets in who is signed in; others are asked to sign in first. A form must
// carry its session's token.
func (s *server) signedIn(handle page.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		session, ok := s.sessions.read(r, s.Clock.Now())
		if !ok {
			s.askToSignIn(w, r)
			return
		}
		by, err := s.actor(r.Context(), session.token, "web")
		if errors.Is(err, errBadToken) {
			s.sessions.end(w)
			s.askToSignIn(w, r)
			return
		}
		visit := page.Visit{By: by, CSRF: s.sessions.csrf(session)}
		if err == nil && r.Method == http.MethodPost {
			err = s.checkForm(r, visit.CSRF)
		}
		if err == nil {
			err = handle(w, r, visit)
		}
		if err != nil {
			s.failPage(w, r, visit, err)
		}
	}
}

func (s *server) checkForm(r *http.Request, csrf string) error {
	if err := r.ParseForm(); err != nil {
		return err //nolint:wrapcheck // a body that is too large is told by its type
	}
	if subtle.ConstantTimeCompare([]byte(r.PostForm.Get("csrf")), []byte(csrf)) != 1 {
		return errExpired
	}
	return nil
}

// askToSignIn shows the page for signing in. What was typed in a form that comes too
// late is still there when one goes back.
func (s *server) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		to := "/login"
		if r.URL.RequestURI() != "/" {
			to += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	s.showLogin(w, r, http.StatusUnauthorized, "/", "登录已过期，刚才的内容没有提交。请重新登录后再办理；返回上一页可以找回已填写的内容。")
}

func (s *server) loginForm(w http.ResponseWriter, r *http.Request) {
	s.showLogin(w, r, http.StatusOK, r.URL.Query().Get("next"), "")
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.failPage(w, r, page.Visit{}, err)
		return
	}
	next := localPath(r.PostForm.Get("next"))
	hash := tokenHash(HashToken(strings.TrimSpace(r.PostForm.Get("token"))))
	_, err := s.actor(r.Context(), hash, "web")
	if errors.Is(err, errBadToken) {
		s.showLogin(w, r, http.StatusUnauthorized, next, "口令无效或已停用。请核对后重新粘贴，或向管理员重新领取。")
		return
	}
	if err != nil {
		s.failPage(w, r, page.Visit{}, err)
		return
	}
	s.sessions.begin(w, hash, s.Clock.Now())
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath lets only our own addresses through
}

// logout needs no token: another site's form is refused already, and would only sign out.
func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	s.sessions.end(w)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// localPath is a path of this site to go to after signing in; the board for anything else.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

func (s *server) showLogin(w http.ResponseWriter, r *http.Request, status int, next, message string) {
	if err := s.pages.Login(w, status, localPath(next), message); err != nil {
		s.problem(w, r, err)
	}
}

// failPage answers a page's request that failed.
func (s *server) failPage(w http.ResponseWriter, r *http.Request, v page.Visit, err error) {
	f := faultOf(err, requestID(w))
	s.report(r, f, requestID(w), err)
	s.showMessage(w, r, f.status, f.title, f.detail, v)
}

func (s *server) showMessage(w http.ResponseWriter, r *http.Request, status int, title, text string, v page.Visit) {
	if err := s.pages.Message(w, status, title, text, v); err != nil {
		s.problem(w, r, err)
	}
}
