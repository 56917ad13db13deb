package console_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/console"
)

// seat is one person's terminal.
type seat struct {
	t       *testing.T
	chat    *console.Chat
	out     bytes.Buffer
	screens []string
}

func (s *seat) Say(text string) {
	s.t.Helper()
	s.out.Reset()
	if err := s.chat.Say(s.t.Context(), text); err != nil {
		s.t.Fatal(err)
	}
	s.screens = append(s.screens, s.out.String())
}

func (s *seat) Send([]byte) { s.t.Fatal("a terminal sends files by their path") }
func (s *seat) Enter()      { s.t.Fatal("nobody opens a terminal's talk without a word") }
func (s *seat) Repeat()     { s.t.Fatal("a terminal repeats nothing") }

var numbered = regexp.MustCompile(`\[(\d+)\](\S+)`)

func (s *seat) Tap(button string) {
	s.t.Helper()
	for _, m := range numbered.FindAllStringSubmatch(s.screens[len(s.screens)-1], -1) {
		if m[2] == button {
			s.Say(m[1])
			return
		}
	}
	s.t.Fatalf("no button %q on %q", button, s.screens)
}

// Shown parts the terminal's lines into replies: each begins with a title or stands alone.
func (s *seat) Shown() []bottest.Shown {
	var out []bottest.Shown
	for _, screen := range s.screens {
		if strings.TrimSpace(screen) == "" {
			continue
		}
		if strings.Contains(screen, "第一条") { // two replies on one screen
			for line := range strings.SplitSeq(strings.TrimSpace(screen), "\n") {
				out = append(out, bottest.Shown{Text: line})
			}
			continue
		}
		one := bottest.Shown{Text: screen}
		for _, m := range numbered.FindAllStringSubmatch(screen, -1) {
			one.Buttons = append(one.Buttons, m[2])
		}
		out = append(out, one)
	}
	return out
}

func TestConversation(t *testing.T) {
	t.Parallel()
	bottest.Run(t, func(t *testing.T, l bot.Listener) bottest.World {
		t.Helper()
		clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
		seats := map[string]*seat{}
		runs := 0
		phone := func(person string) bottest.Phone {
			s := seats[person]
			if s == nil {
				s = &seat{t: t}
				seats[person] = s
			}
			if s.chat == nil {
				s.chat = &console.Chat{Listener: l, Clock: clock, Out: &s.out, From: person, Session: person + strconv.Itoa(runs)}
			}
			return s
		}
		return bottest.World{
			Phone: phone, Pass: func(d time.Duration) { clock.Advance(d) },
			Restart: func() {
				runs++
				for _, s := range seats {
					s.chat = nil
				}
			},
		}
	})
}
