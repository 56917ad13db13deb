package app

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"

	"huiying/bot/console"
	"huiying/configs"
	"huiying/incident"
	"huiying/internal/browser"
	"huiying/org"
	"huiying/storage/sqlite"
	"huiying/web"
)

var update = flag.Bool("update", false, "write the golden files")

const yearBook = "../../docs/year.zh-CN.md"

// year plays a county's year in the house that serves: its API, its conversation, its
// engine, courier and calendar of jobs, on a clock that is moved from one thing that
// happens to the next. What was said and what went out is written down as it goes.
type year struct {
	*server
	tb      testing.TB
	fake    *clockwork.FakeClock
	web     http.Handler
	screen  bytes.Buffer // what the console channel printed
	out     bytes.Buffer // the book
	chats   map[string]*console.Chat
	spoken  bytes.Buffer // what a conversation answered
	tokens  map[org.PersonID]string
	fenced  bool
	down    bool // the house is switched off: time passes and nothing happens
	quietly map[string]int
	eyes    *browser.Browser // nil where there is no Chromium
	served  *httptest.Server
	repeats map[string]*repeat // what came again and again since the last heading, by its words
	order   []string           // the keys of repeats as they came
}

// repeat is a message that comes again and again.
type repeat struct {
	n    int
	last time.Time
}

// shown is how often the same words are written down between two headings.
const shown = 2

// yearDuties has the duties of each unit for two of them, or the book would be of nothing else.
const yearDuties = `rules:
  - {id: D2, units: [zjj]}
  - {id: D4, units: [zjj, jyj]}
`

func newYear(t *testing.T, from string) *year {
	t.Helper()
	dir := t.TempDir()
	duties := filepath.Join(t.TempDir(), "duties.yaml")
	if err := os.WriteFile(duties, []byte(yearDuties), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := configs.Load("", []string{"HUIYING_STORAGE__DIR=" + dir, "HUIYING_SERVER__BASE_URL=", "HUIYING_FILES__DUTIES=" + duties})
	if err != nil {
		t.Fatal(err)
	}
	y := &year{tb: t, chats: map[string]*console.Chat{}, tokens: map[org.PersonID]string{}, quietly: map[string]int{}, repeats: map[string]*repeat{}}
	y.server = &server{cfg: cfg, registry: prometheus.NewRegistry(), Options: Options{Log: slog.New(slog.DiscardHandler), Out: &y.screen, Version: "year"}}
	y.zone, err = Zone(cfg)
	y.must(err)
	y.fake = clockwork.NewFakeClockAt(y.at(from))
	y.clock = y.fake
	y.db, err = sqlite.Open(t.Context(), sqlite.Options{Path: DatabasePath(cfg), Log: y.Log, Throwaway: true})
	y.must(err)
	t.Cleanup(func() {
		if err := y.db.Close(); err != nil {
			t.Error(err)
		}
	})
	y.must(y.assemble(t.Context()))
	y.jobs.started = y.fake.Now()
	y.web, err = y.handler(t.Context())
	y.must(err)
	y.screen.Reset()
	return y
}

func (y *year) must(err error) {
	y.tb.Helper()
	if err != nil {
		y.tb.Fatalf("%s: %v", y.now().Format("2006-01-02 15:04"), err)
	}
}

func (y *year) now() time.Time {
	if y.fake == nil {
		return time.Time{}
	}
	return y.fake.Now().In(y.zone)
}

// at reads 2026-01-05 09:00 in the county's zone.
func (y *year) at(text string) time.Time {
	y.tb.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, y.zone)
	if err != nil {
		y.tb.Fatal(err)
	}
	return at
}

// chapter begins a part of the book.
func (y *year) chapter(title, about string) {
	y.fence(false)
	fmt.Fprintf(&y.out, "\n## %s\n\n%s\n", title, about)
}

func (y *year) fence(on bool) {
	switch {
	case on && !y.fenced:
		y.out.WriteString("\n```text\n")
	case !on && y.fenced:
		y.out.WriteString("```\n")
	}
	y.fenced = on
}

func (y *year) print(format string, a ...any) {
	y.fence(true)
	fmt.Fprintf(&y.out, format, a...)
}

// until lets everything happen up to an instant. Messages about incidents are written
// down; daily digests and the like are only counted.
func (y *year) until(text string) {
	y.tb.Helper()
	at := y.at(text)
	if at.Before(y.now()) {
		y.tb.Fatalf("%s lies before %s", text, y.now())
	}
	clear(y.repeats)
	y.order = nil
	y.print("\n—— 到%s ——\n", at.Format("1月2日15:04"))
	ctx := y.tb.Context()
	for {
		next := at
		if !y.down {
			next = earlier(next, y.happen(ctx))
		}
		if !next.Before(at) {
			break
		}
		y.fake.Advance(next.Sub(y.fake.Now()))
	}
	y.fake.Advance(at.Sub(y.fake.Now()))
	if !y.down {
		y.happen(ctx)
	}
	y.counted()
}

// happen does everything that is due now and returns when something is due next.
func (y *year) happen(ctx context.Context) time.Time {
	y.tb.Helper()
	now := y.now()
	for _, j := range y.jobs.jobs {
		if now.Hour() == int(j.at.hour) && now.Minute() == int(j.at.minute) {
			y.jobs.once(ctx, j)
		}
	}
	y.jobs.minutely(ctx)
	timer, err := y.house.Desk.Fire(ctx, now)
	y.must(err)
	waiting, err := y.house.Courier.Drain(ctx)
	y.must(err)
	y.arrived()
	next := now.AddDate(0, 0, 1)
	for _, at := range []time.Time{timer, waiting} {
		if at.After(now) {
			next = earlier(next, at)
		}
	}
	for _, j := range y.jobs.jobs {
		at := time.Date(now.Year(), now.Month(), now.Day(), int(j.at.hour), int(j.at.minute), 0, 0, y.zone)
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		next = earlier(next, at)
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

var parcel = regexp.MustCompile(`(?m)^(\d\d-\d\d \d\d:\d\d):\d\d ─→ (.*)$`)

// arrived writes down what the console channel printed, the same words to several people once.
func (y *year) arrived() {
	text := y.screen.String()
	y.screen.Reset()
	heads := parcel.FindAllStringSubmatchIndex(text, -1)
	var lines []string
	to := map[string][]string{}
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		first, _, _ := strings.Cut(strings.TrimSpace(text[h[1]:end]), "\n")
		if _, known := to[first]; !known {
			lines = append(lines, first)
		}
		name := text[h[4]:h[5]]
		to[first] = append(to[first], name[strings.LastIndex(name, " ")+1:])
	}
	for _, line := range lines {
		if kind, bulk := bulky(line); bulk {
			y.quietly[kind] += len(to[line])
			continue
		}
		if r := y.repeats[line]; r == nil {
			y.repeats[line] = &repeat{n: 1, last: y.now()}
			y.order = append(y.order, line)
		} else if r.n, r.last = r.n+1, y.now(); r.n > shown {
			continue
		}
		y.print("    %s → %s：%s\n", y.now().Format("1月2日15:04"), strings.Join(to[line], "、"), line)
	}
}

// bulky tells a message that comes every day or week.
func bulky(line string) (string, bool) {
	for _, kind := range []string{"今日", "每日"} {
		if strings.Contains(line, kind) {
			return "每日提醒", true
		}
	}
	if strings.Contains(line, "每周超期汇总") {
		return "周报", true
	}
	return "", false
}

// counted writes down how much came that was not written down.
func (y *year) counted() {
	var kinds []string
	for k := range y.quietly {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		y.print("    （其间%s%d条）\n", k, y.quietly[k])
	}
	clear(y.quietly)
	for _, line := range y.order {
		if r := y.repeats[line]; r.n > shown {
			y.print("    （%s：其间又有%d次，最后一次在%s）\n", line, r.n-shown, r.last.Format("1月2日15:04"))
		}
	}
	clear(y.repeats)
	y.order = nil
}

// says lets somebody write lines in chat, or tap a button by its number.
func (y *year) says(who string, lines ...string) {
	y.tb.Helper()
	for _, line := range lines {
		c := y.chats[who]
		if c == nil {
			p, ok := y.house.Desk.Directory().FindPerson(who)
			if !ok {
				y.tb.Fatalf("nobody is called %s", who)
			}
			c = &console.Chat{Listener: y.talk, Clock: y.clock, Out: &y.spoken, From: string(p.ID), Session: "year-" + string(p.ID)}
			y.chats[who] = c
		}
		y.print("\n%s %s> %s\n", y.now().Format("1月2日15:04"), who, line)
		y.spoken.Reset()
		y.must(c.Say(y.tb.Context(), line))
		y.print("%s\n", strings.TrimRight(y.spoken.String(), "\n"))
		y.happen(y.tb.Context())
	}
}

// answer is what the API said.
type answer struct {
	tb     testing.TB
	Status int
	Body   map[string]any
}

// post is one request of somebody's client. Body may be nil.
func (y *year) post(who, path string, body any) answer {
	y.tb.Helper()
	var raw []byte
	if body != nil {
		var err error
		raw, err = json.Marshal(body)
		y.must(err)
	}
	r := httptest.NewRequestWithContext(y.tb.Context(), http.MethodPost, "/api/v1"+path, bytes.NewReader(raw))
	r.Header.Set("Authorization", "Bearer "+y.token(who))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	y.web.ServeHTTP(w, r)
	a := answer{tb: y.tb, Status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &a.Body); err != nil {
		y.tb.Fatalf("%s: %v in %.200s", path, err, w.Body.String())
	}
	y.print("\n%s %s POST /api/v1%s", y.now().Format("1月2日15:04"), who, path)
	if body != nil {
		y.print(" %s", raw)
	}
	y.print("\n  %d %s\n", w.Code, a.told())
	y.happen(y.tb.Context())
	return a
}

// told is the answer in a line.
func (a answer) told() string {
	for _, field := range []string{"detail", "error", "message"} {
		if text, ok := a.Body[field].(string); ok {
			return text
		}
	}
	if id, ok := a.Body["id"].(float64); ok && a.Body["title"] != nil {
		return fmt.Sprintf("%s %v %v", incident.ID(id).No(), a.Body["title"], a.Body["state"])
	}
	if text, ok := a.Body["text"].(string); ok { // a ruling
		return fmt.Sprintf("%v %v %s", a.Body["kind"], a.Body["state"], text)
	}
	if revision, ok := a.Body["revision"]; ok {
		return fmt.Sprintf("%v %v 第%v版", a.Body["kind"], a.Body["period"], revision)
	}
	return ""
}

// wants fails the test unless the request was answered so.
func (a answer) wants(status int) {
	a.tb.Helper()
	if a.Status != status {
		a.tb.Fatalf("answered %d, want %d: %v", a.Status, status, a.Body)
	}
}

// token signs somebody in; a person gets one the first time.
func (y *year) token(who string) string {
	y.tb.Helper()
	p, ok := y.house.Desk.Directory().FindPerson(who)
	if !ok {
		y.tb.Fatalf("nobody is called %s", who)
	}
	if y.tokens[p.ID] == "" {
		token := "hy_year-" + string(p.ID)
		y.must(y.db.PutToken(y.tb.Context(), token, web.HashToken(token), p.ID, org.RoleNone, y.clock.Now()))
		y.tokens[p.ID] = token
	}
	return y.tokens[p.ID]
}

// closeBook compares the book with the kept one.
func (y *year) closeBook(head string) {
	y.tb.Helper()
	y.fence(false)
	got := head + y.out.String()
	name := filepath.FromSlash(yearBook)
	if *update {
		y.must(os.WriteFile(name, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(name)
	y.must(err)
	if got != string(want) {
		y.tb.Errorf("%s is not what the year says now; read the difference, then run go test -run TestYear -update\n%s", name, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\n  was %s\n  is  %s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("%d lines, were %d", len(g), len(w))
}

// off switches the house off until an instant, and on again.
func (y *year) off(text string) {
	y.tb.Helper()
	y.print("\n（停机）\n")
	y.down = true
	y.until(text)
	y.down = false
	y.print("\n（开机）\n")
	for _, j := range y.jobs.jobs {
		y.jobs.once(y.tb.Context(), j)
	}
	y.happen(y.tb.Context())
}

const (
	onDesk  = 1080 // pixels
	onPhone = 390
	tall    = 1400 // of a picture
)

// look opens a page as somebody has it before him, checks that it shows the words and
// that a phone need not be pushed sideways. With a folder in HUIYING_PICTURES the picture is
// kept there, for the officer's guide. Without Chromium nothing is looked at.
func (y *year) look(name, who, path string, width int, words ...string) {
	y.tb.Helper()
	if y.eyes == nil {
		if browser.Find() == "" && os.Getenv("HUIYING_TEST_ALL") != "1" {
			y.tb.Log("pages are not looked at: chromium is not installed; run make needs")
			return
		}
		y.eyes = browser.New(y.tb)
		y.served = httptest.NewServer(y.web)
		y.tb.Cleanup(y.served.Close)
	}
	b := y.eyes
	b.Size(width, 800, width == onPhone)
	b.Open(y.served.URL + "/login")
	b.Write("#token", y.token(who))
	b.Follow("button.main")
	b.Open(y.served.URL + path)
	b.MustShow(words...)
	if got := b.Width(); got > width {
		y.tb.Errorf("%s is %d px wide in a window of %d", path, got, width)
	}
	if dir := os.Getenv("HUIYING_PICTURES"); dir != "" {
		b.Keep(filepath.Join(dir, name+".png"), tall)
	}
}
