package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/intake"
	"huiying/internal/app"
	"huiying/notify"
	"huiying/org"
	"huiying/storage/sqlite"
)

const hour = time.Hour

func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// house is a conversation over a real database with the built-in county and a clock that
// a test moves.
type house struct {
	tb           testing.TB
	clock        *clockwork.FakeClock
	db           *sqlite.DB
	desk         *desk.Desk
	talk         *bot.Conversation
	files        bot.Files
	understander bot.Understander
	path         string
	n            int
}

// open starts on Friday 20 November 2026 at 10:00.
func open(tb testing.TB) *house {
	tb.Helper()
	h := &house{
		tb: tb, clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 10, 0, 0, 0, zone())),
		path: filepath.Join(tb.TempDir(), "huiying.db"),
	}
	h.start()
	tb.Cleanup(h.stop)
	return h
}

func (h *house) stop() {
	if err := h.db.Close(); err != nil {
		h.tb.Error(err)
	}
}

// start makes everything anew over the same database, as a new process does.
func (h *house) start() {
	h.tb.Helper()
	var err error
	h.db, err = sqlite.Open(context.WithoutCancel(h.tb.Context()), sqlite.Options{Path: h.path, Log: slog.New(slog.DiscardHandler)})
	h.must(err)
	cfg, err := configs.Load("", nil)
	h.must(err)
	book, err := app.LoadBook(cfg, "")
	h.must(err)
	duties, err := app.LoadDuties(cfg, book.Policy)
	h.must(err)
	rules, err := app.LoadRules(cfg)
	h.must(err)
	sources, err := app.LoadSources(cfg)
	h.must(err)
	data, err := h.db.Directory(h.tb.Context())
	h.must(err)
	if len(data.Units) == 0 {
		people, err := app.LoadPeople(cfg)
		h.must(err)
		h.must(h.db.PutDirectory(h.tb.Context(), people, h.clock.Now()))
	}
	directory := func() *org.Directory { return h.desk.Directory() }
	h.desk, err = desk.New(h.tb.Context(), desk.Deps{
		Templates: os.DirFS("../configs/templates"),
		Store:     h.db, Clock: h.clock, Zone: zone(), Assessor: classifier.New(rules, directory), Log: slog.New(slog.DiscardHandler),
		Policy: book.Policy, Holidays: book.Holidays, Reachable: func(org.Person) bool { return true },
		WakeEngine: func(time.Time) {}, WakeCourier: func() {}, Duties: duties,
	})
	h.must(err)
	h.talk = bot.New(h.deps(sources))
}

func (h *house) deps(sources *intake.Sources) bot.Deps {
	return bot.Deps{
		Desk: h.desk, Store: h.db, Clock: h.clock, Zone: zone(), Log: slog.New(slog.DiscardHandler), Sources: sources, Files: h.files, Understander: h.understander,
		Weekly: func(context.Context, org.Actor, time.Time) (string, error) {
			return "【每周超期汇总】\n没有超期事项。", nil
		},
	}
}

func (h *house) restart() {
	h.tb.Helper()
	h.stop()
	h.start()
}

func (h *house) must(err error) {
	h.tb.Helper()
	if err != nil {
		h.tb.Fatal(err)
	}
}

// officer is somebody who talks to the house.
type officer struct {
	*house
	name     string
	platform string
	chat     string
	last     []bot.Reply
}

func (h *house) as(name string) *officer {
	return &officer{house: h, name: name, platform: "console", chat: name}
}

func (o *officer) hear(m bot.Message) []bot.Reply {
	o.tb.Helper()
	if m.ID == "" {
		o.n++
		m.ID = fmt.Sprintf("m%d", o.n)
	}
	m.Platform, m.From, m.Chat, m.At = o.platform, o.name, o.chat, o.clock.Now()
	replies, err := o.talk.Hear(o.tb.Context(), m)
	o.must(err)
	o.last = replies
	return replies
}

// say writes a message and returns what is answered, as text.
func (o *officer) say(text string) string {
	o.tb.Helper()
	return shown(o.hear(bot.Message{Text: text}))
}

// button finds a button on the last reply by its words.
func (o *officer) button(text string) notify.Button {
	o.tb.Helper()
	for _, r := range o.last {
		for _, row := range r.Buttons {
			for _, b := range row {
				if strings.Contains(b.Text, text) {
					return b
				}
			}
		}
	}
	o.tb.Fatalf("no button %q on:\n%s", text, shown(o.last))
	return notify.Button{}
}

func (o *officer) tap(text string) string {
	o.tb.Helper()
	return o.tapKey(o.button(text).Key)
}

func (o *officer) tapKey(key string) string {
	o.tb.Helper()
	return shown(o.hear(bot.Message{Tap: &bot.Tap{Key: key, Card: "card"}}))
}

// shown is what a person sees of replies.
func shown(replies []bot.Reply) string {
	var b strings.Builder
	for _, r := range replies {
		if r.Card != "" {
			fmt.Fprintf(&b, "〔卡片：%s〕\n", r.Done)
		}
		if r.Title != "" {
			b.WriteString("■ " + r.Title + "\n")
		}
		for _, f := range r.Fields {
			b.WriteString(f.Name + "：" + f.Value + "\n")
		}
		if r.Text != "" {
			b.WriteString(r.Text + "\n")
		}
		for _, row := range r.Buttons {
			for _, btn := range row {
				b.WriteString("[" + btn.Text + "] ")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func (h *house) get(id incident.ID) incident.Case {
	h.tb.Helper()
	c, err := h.desk.Get(h.tb.Context(), id)
	h.must(err)
	return c
}

func (h *house) count() int {
	h.tb.Helper()
	cases, err := h.desk.Find(h.tb.Context(), desk.Filter{Newest: true, Now: h.clock.Now()}, 10_000, func(incident.Case) bool { return true })
	h.must(err)
	return len(cases)
}

// person is who holds a post of a unit.
func (h *house) person(unit string, post org.Post) string {
	h.tb.Helper()
	dir := h.desk.Directory()
	u, _ := dir.FindUnit(unit)
	for _, a := range dir.Data().Appointments {
		if a.Unit == u.ID && a.Post == post {
			return dir.PersonName(a.Person)
		}
	}
	h.tb.Fatalf("nobody is %s of %s", post, unit)
	return ""
}
