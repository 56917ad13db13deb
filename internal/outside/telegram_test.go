package outside_test

import (
	"encoding/json"
	"net"
	"strings"
	"testing"

	"huiying/internal/app"
	"huiying/org"
)

const botToken = "123456:outside"

// shown is what the bot sent or changed.
type shown struct {
	Event  string `json:"event"`
	ID     int    `json:"id"`
	Chat   int    `json:"chat"`
	Text   string `json:"text"`
	Markup string `json:"markup"`
}

// data is what a button of that text carries; empty when there is none.
func (s shown) data(t *testing.T, button string) string {
	t.Helper()
	var raw string
	if json.Unmarshal([]byte(s.Markup), &raw) != nil { // the platform keeps the markup as it came
		raw = s.Markup
	}
	var k struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &k); err != nil {
			t.Fatalf("markup %q: %v", raw, err)
		}
	}
	for _, row := range k.Rows {
		for _, b := range row {
			if b.Text == button {
				return b.Data
			}
		}
	}
	return ""
}

// people are those who use the bot, over the platform from npm.
type people struct {
	*node
	seen []shown
}

type doing struct {
	Op   string `json:"op"`
	User int    `json:"user"`
	Text string `json:"text"`
	ID   int    `json:"id,omitempty"`
}

// until reads on until something is shown to a person that fits.
func (p *people) until(user int, fits func(shown) bool) shown {
	p.t.Helper()
	for {
		for i, s := range p.seen {
			if s.Chat == user && fits(s) {
				p.seen = append(p.seen[:i:i], p.seen[i+1:]...)
				return s
			}
		}
		var s shown
		if err := p.next(&s); err != nil {
			for _, s := range p.seen {
				p.t.Logf("%+v", s)
			}
			p.t.Fatalf("nothing more is shown: %v", err)
		}
		p.seen = append(p.seen, s)
	}
}

func says(words ...string) func(shown) bool {
	return func(s shown) bool {
		for _, w := range words {
			if !strings.Contains(s.Text, w) {
				return false
			}
		}
		return true
	}
}

func (p *people) say(user int, text string) { p.tell(doing{Op: "say", User: user, Text: text}) }

func (p *people) tap(user int, s shown, button string) {
	p.t.Helper()
	data := s.data(p.t, button)
	if data == "" {
		p.t.Fatalf("no button %q on %+v", button, s)
	}
	p.tell(doing{Op: "tap", User: user, Text: data, ID: s.ID})
}

// A duty officer logs an emergency, the unit's handler signs it with one tap, and the
// leader reads what is overdue, each on Telegram, bound by a code.
func TestTelegram_FromLoggingToOverdue(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	p := &people{node: start(t, "telegram.js", port, botToken)}
	p.until(0, func(s shown) bool { return s.Event == "ready" })

	cfg := config(t, "HUIYING_TELEGRAM__TOKEN="+botToken, "HUIYING_TELEGRAM__API_BASE=http://127.0.0.1:"+port,
		"HUIYING_CLOCK__RATE=600", "HUIYING_CLOCK__START=2026-11-20T09:00:00+08:00")
	serve(t, cfg)
	const officer, handler, leader = 11, 12, 13
	for user, who := range map[int]org.Person{
		officer: holder(t, cfg, "县政府办", org.DutyOfficer), handler: holder(t, cfg, "县住建局", org.Handler),
		leader: holder(t, cfg, "县政府办", org.DeputyLeader),
	} {
		code, _, err := app.GiveCode(t.Context(), cfg, string(who.ID))
		if err != nil {
			t.Fatal(err)
		}
		p.tell(doing{Op: "command", User: user, Text: "/start " + code})
		p.until(user, says("已绑定", who.Name))
	}

	p.say(officer, "值班电话：县住建局管的和平小区在建楼坍塌，已造成12人死亡、5人被困")
	draft := p.until(officer, says("请核对", "重大突发", "死亡12人"))
	p.tap(officer, draft, "登记并分办")
	p.until(officer, says("已登记", "1号"))

	card := p.until(handler, func(s shown) bool { return s.data(t, "签收") != "" })
	p.tap(handler, card, "签收")
	p.until(handler, func(s shown) bool {
		return s.Event == "edited" && s.ID == card.ID && strings.Contains(s.Text, "签收") && s.Markup == ""
	})

	for { // ten minutes go by in each second
		p.say(leader, "逾期")
		list := p.until(leader, func(s shown) bool { return says("超期")(s) && (says("没有")(s) || says("全县超期")(s)) })
		if says("1号", "首报超")(list) {
			break
		}
	}
}
