package page

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

//go:embed templates/*.html static/*
var files embed.FS

// Deps is what the pages work with.
type Deps struct {
	Desk *desk.Desk
	// Decode reads a report as POST /api/v1/incidents takes it.
	Decode func(io.Reader) (desk.Registration, error)
	// County names the county; Sources are offered when one registers by hand.
	County  string
	Sources []string
	// Simulated: the desk's clock is not the real one.
	Simulated bool
	// Reports makes and keeps reports; the zero one leaves their pages out.
	Reports report.Bureau
}

// Visit is who asks for a page.
type Visit struct {
	By org.Actor
	// CSRF is the token that the visit's forms carry.
	CSRF string
}

// Handler answers a request of somebody who is signed in. It returns an error only if
// it has written nothing yet.
type Handler func(w http.ResponseWriter, r *http.Request, v Visit) error

// Route is a page's address, as a pattern of [http.ServeMux].
type Route struct {
	Pattern string
	Handle  Handler
}

// Pages shows the pages. Its methods may be called from many goroutines.
type Pages struct {
	Deps
	templates *template.Template
	assets    map[string]asset
}

// New reads the templates.
func New(d Deps) (*Pages, error) {
	t, err := template.New("pages").Option("missingkey=error").ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("read page templates: %w", err)
	}
	p := &Pages{Deps: d, templates: t, assets: map[string]asset{}}
	for name, mime := range map[string]string{"style.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"} {
		body, err := files.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		sum := sha256.Sum256(body)
		p.assets[name] = asset{body: body, mime: mime, version: hex.EncodeToString(sum[:6])}
	}
	return p, nil
}

// Routes are the pages for people who are signed in.
func (p *Pages) Routes() []Route {
	return slices.Concat([]Route{
		{"GET /{$}", p.board},
		{"GET /incidents", p.board},
		{"GET /incidents/{id}", p.incident},
		{"GET /incidents/{id}/room", p.room},
		{"GET /incidents/{id}/evidence.zip", p.evidence},
		{"GET /incidents/{id}/{command}", p.back},
		{"POST /incidents/{id}/{command}", p.do},
		{"GET /register", p.registerForm},
		{"POST /register", p.register},
	}, p.dutyRoutes(), p.reportRoutes())
}

// asset is a file that pages refer to by a name that changes with its content.
type asset struct {
	body    []byte
	mime    string
	version string
}

// Asset answers with a static file.
func (p *Pages) Asset(w http.ResponseWriter, r *http.Request) {
	a, ok := p.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.mime)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

// frame is what every page holds.
type frame struct {
	Title  string
	County string
	// Name and Seats are of who is signed in; empty on the page for signing in.
	Name, Seats string
	CSRF        string
	// Clock is the desk's time, shown in large letters when it is Simulated.
	Clock         string
	Simulated     bool
	Style, Script string
	MayRegister   bool
	// Reports: there are pages of reports, and the reader may see some; Duties: recurring duties.
	Reports, Duties bool
	// Here is the navigation's entry that is being shown.
	Here string
}

func (p *Pages) frame(title, here string, v Visit) frame {
	f := frame{
		Title: title, Here: here, County: p.County, CSRF: v.CSRF, Simulated: p.Simulated, Name: v.By.Name,
		Clock: p.now().In(p.Desk.Zone).Format("2006年1月2日 15:04:05"),
		Style: p.link("style.css"), Script: p.link("page.js"),
		Duties:      p.Desk.Duties != nil && v.By.Role != org.RoleIntake && v.By.Name != "",
		MayRegister: incident.Case{}.May(v.By, incident.KindRegister),
	}
	if _, may := report.Scope(v.By); may {
		f.Reports = p.Reports.Source != nil
	}
	for i, h := range v.By.Holds {
		if i > 0 {
			f.Seats += "、"
		}
		if !h.Post.County() {
			f.Seats += p.unit(h.Unit)
		}
		f.Seats += h.Post.Chinese()
	}
	if f.Seats == "" {
		f.Seats = roleText(v.By.Role)
	}
	return f
}

func (p *Pages) link(name string) string { return "/static/" + name + "?v=" + p.assets[name].version }

func (p *Pages) now() time.Time { return p.Desk.Clock.Now() }

func (p *Pages) unit(id org.UnitID) string {
	if id == "" {
		return ""
	}
	return p.Desk.Directory().UnitName(id)
}

// render writes a page. It is made whole first, so that one that cannot be made is
// answered with an error.
func (p *Pages) render(w http.ResponseWriter, status int, name string, view any) error {
	var buf bytes.Buffer
	if err := p.templates.ExecuteTemplate(&buf, name, view); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The status is on its way; a client that went away cannot be told.
	_, err := w.Write(buf.Bytes())
	return ignoreGone(err)
}

// ignoreGone drops the error of writing to a client that is gone: nobody is left to
// read another answer.
func ignoreGone(error) error { return nil }

// newKey makes a form's idempotency key.
func newKey() string {
	var b [12]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
