package wecom_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
)

func deaf(t *testing.T) bottest.Listener {
	t.Helper()
	return func(m bot.Message) []bot.Reply {
		t.Errorf("heard %+v, want nothing", m)
		return nil
	}
}

func TestEcho(t *testing.T) {
	t.Parallel()
	a := openApp(t, deaf(t))
	answer, err := a.caller.Echo(t.Context(), "1616140317555161061")
	if err != nil || answer.Status != http.StatusOK || answer.Body != "1616140317555161061" {
		t.Errorf("echo = %+v, %v, want the plain text and nothing around it", answer, err)
	}
	a.caller.Token = "another"
	if answer, err = a.caller.Echo(t.Context(), "1"); err != nil || answer.Status != http.StatusForbidden {
		t.Errorf("echo with a wrong token = %+v, %v, want 403", answer, err)
	}
}

// What is not the platform's, or cannot be, is refused and nothing of it is written.
func TestCallback_Refuses(t *testing.T) {
	t.Parallel()
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml>`
	for _, c := range []struct {
		name   string
		status int
		call   func(a *app) (url.Values, string)
	}{
		{"wrong token", http.StatusForbidden, func(a *app) (url.Values, string) {
			other := a.caller
			other.Token = "another"
			sealed := a.sealed(a.fake.Say("li", "你好"))
			return other.Query(sealed, a.clock.Now()), fake.Envelope("ww0123", sealed)
		}},
		{"no signature", http.StatusForbidden, func(a *app) (url.Values, string) {
			return url.Values{}, fake.Envelope("ww0123", a.sealed(a.fake.Say("li", "你好")))
		}},
		{"another text than signed", http.StatusForbidden, func(a *app) (url.Values, string) {
			return a.caller.Query(a.sealed("<xml/>"), a.clock.Now()), fake.Envelope("ww0123", a.sealed(a.fake.Say("li", "你好")))
		}},
		{"stale", http.StatusForbidden, func(a *app) (url.Values, string) {
			return a.signed(a.fake.Say("li", "你好"), -5*time.Minute-2*time.Second)
		}},
		{"from the future", http.StatusForbidden, func(a *app) (url.Values, string) {
			return a.signed(a.fake.Say("li", "你好"), 5*time.Minute+2*time.Second)
		}},
		{"sealed for another corporation", http.StatusForbidden, func(a *app) (url.Values, string) {
			other := a.caller
			other.CorpID = "ww9999"
			sealed, err := other.Seal(a.fake.Say("li", "你好"))
			if err != nil {
				a.t.Fatal(err)
			}
			return a.caller.Query(sealed, a.clock.Now()), fake.Envelope("ww0123", sealed)
		}},
		{"addressed to another corporation", http.StatusBadRequest, func(a *app) (url.Values, string) {
			return a.signed(strings.Replace(a.fake.Say("li", "你好"), "ww0123", "ww9999", 1), 0)
		}},
		{"for another application", http.StatusBadRequest, func(a *app) (url.Values, string) {
			return a.signed(strings.Replace(a.fake.Say("li", "你好"), "1000002", "1000003", 1), 0)
		}},
		{"from several", http.StatusBadRequest, func(a *app) (url.Values, string) { return a.signed(a.fake.Say("li|wang", "你好"), 0) }},
		{"sealed text is no XML", http.StatusBadRequest, func(a *app) (url.Values, string) { return a.signed("你好", 0) }},
		{"sealed XML is cut", http.StatusBadRequest, func(a *app) (url.Values, string) {
			m := a.fake.Say("li", "你好")
			return a.signed(m[:len(m)-20], 0)
		}},
		{"sealed entities", http.StatusBadRequest, func(a *app) (url.Values, string) {
			return a.signed(strings.Replace(a.fake.Say("li", "你好"), "<xml>", bomb, 1), 0)
		}},
		{"sealed external entity", http.StatusBadRequest, func(a *app) (url.Values, string) {
			return a.signed(strings.Replace(a.fake.Say("li", "&x;"), "<xml>", `<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml>`, 1), 0)
		}},
		{"unknown entity", http.StatusBadRequest, func(a *app) (url.Values, string) {
			return a.signed(strings.Replace(a.fake.Say("li", "你好"), "你好", "&x;", 1), 0)
		}},
		{"sealed depths", http.StatusBadRequest, func(a *app) (url.Values, string) {
			return a.signed(strings.Replace(a.fake.Say("li", "你好"), "你好", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100), 1), 0)
		}},
		{"entities outside", http.StatusBadRequest, func(a *app) (url.Values, string) {
			sealed := a.sealed(a.fake.Say("li", "你好"))
			return a.caller.Query(sealed, a.clock.Now()), bomb + "<Encrypt>" + sealed + "</Encrypt></xml>"
		}},
		{"body is empty", http.StatusBadRequest, func(a *app) (url.Values, string) { return a.caller.Query("", a.clock.Now()), "" }},
		{"body is JSON", http.StatusBadRequest, func(a *app) (url.Values, string) { return a.caller.Query("", a.clock.Now()), `{"encrypt":""}` }},
		{"sealed text is garbage", http.StatusForbidden, func(a *app) (url.Values, string) {
			return a.caller.Query("////", a.clock.Now()), fake.Envelope("ww0123", "////")
		}},
		{"too long", http.StatusRequestEntityTooLarge, func(a *app) (url.Values, string) {
			return a.signed(a.fake.Say("li", strings.Repeat("长", 100_000)), 0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := openApp(t, deaf(t))
			query, body := c.call(a)
			answer, err := a.caller.Raw(t.Context(), query, body)
			if err != nil || answer.Status != c.status {
				t.Errorf("answered %+v, %v, want %d", answer, err, c.status)
			}
			if ls, _, err := a.Inbox.Waiting(t.Context(), "wecom", a.clock.Now().Add(time.Hour), 10); err != nil || len(ls) != 0 {
				t.Errorf("the inbox holds %d letters (%v), want none", len(ls), err)
			}
			for _, secret := range []string{callbackToken, aesKey, "你好"} {
				if strings.Contains(a.log.String()+answer.Body, secret) {
					t.Errorf("%q got out: %s %s", secret, answer.Body, a.log.String())
				}
			}
		})
	}
}

func (a *app) sealed(plain string) string {
	sealed, err := a.caller.Seal(plain)
	if err != nil {
		a.t.Fatal(err)
	}
	return sealed
}

// signed is a sealed message signed some time from now.
func (a *app) signed(plain string, after time.Duration) (url.Values, string) {
	sealed := a.sealed(plain)
	return a.caller.Query(sealed, a.clock.Now().Add(after)), fake.Envelope("ww0123", sealed)
}

func TestCallback_NotSetUp(t *testing.T) {
	t.Parallel()
	a := openApp(t, deaf(t))
	a.handler = open(t, nil).Callback(a.Inbox, a.Drain)
	answer, err := a.caller.Once(t.Context(), a.fake.Say("li", "你好"))
	if err != nil || answer.Status != http.StatusNotFound {
		t.Errorf("answered %+v, %v, want 404", answer, err)
	}
}

func TestCallback_StoreDownIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	a := openApp(t, deaf(t))
	if err := a.Inbox.Close(); err != nil {
		t.Fatal(err)
	}
	answer, err := a.caller.Post(t.Context(), a.fake.Say("li", "你好"))
	if err != nil || answer.Status != http.StatusServiceUnavailable {
		t.Errorf("answered %+v, %v, want 503, so that the platform sends it again", answer, err)
	}
	a.Start()
}

// Every kind of message and event as the listener gets it.
func TestRead(t *testing.T) {
	t.Parallel()
	f := func(name, text string) fake.Sent { return fake.Sent{Name: name, Text: text} }
	for _, c := range []struct {
		name   string
		kind   string
		fields []fake.Sent
		want   func(m bot.Message) bool
	}{
		{"text", "text", []fake.Sent{f("Content", " 你好 & <b> "), f("MsgId", "7")}, func(m bot.Message) bool { return m.Text == "你好 & <b>" && m.ID == "m7" }},
		{"link", "link", []fake.Sent{f("Title", "西街"), f("Description", "外墙"), f("Url", "https://a.example/1"), f("MsgId", "7")}, func(m bot.Message) bool {
			return m.Link != nil && *m.Link == bot.Link{Title: "西街", Text: "外墙", URL: "https://a.example/1"}
		}},
		{"location", "location", []fake.Sent{f("Location_X", "23.1"), f("Location_Y", "113.2"), f("Label", "城关镇西街12号"), f("MsgId", "7")}, func(m bot.Message) bool {
			return m.Text == "位置：城关镇西街12号（23.1，113.2）"
		}},
		{"voice", "voice", []fake.Sent{f("MediaId", "v"), f("Format", "amr"), f("MsgId", "7")}, func(m bot.Message) bool {
			return len(m.Files) == 1 && m.Files[0].Name == "语音7.amr" && m.Files[0].Type == "audio/amr"
		}},
		{"image", "image", []fake.Sent{f("MediaId", "v"), f("MsgId", "7")}, func(m bot.Message) bool {
			return len(m.Files) == 1 && m.Files[0].Name == "图片7.jpg" && m.Files[0].Type == "image/jpeg"
		}},
		{"subscribe", "event", []fake.Sent{f("Event", "subscribe")}, func(m bot.Message) bool { return m.Entered }},
		{"menu", "event", []fake.Sent{f("Event", "click"), f("EventKey", "逾期")}, func(m bot.Message) bool { return m.Text == "逾期" && !m.Entered }},
		{"corner menu", "event", []fake.Sent{f("Event", "template_card_menu_event"), f("EventKey", "k"), f("TaskId", "t"), f("ResponseCode", "c")}, func(m bot.Message) bool {
			return m.Tap != nil && *m.Tap == bot.Tap{Key: "k", Card: "t", Code: "c"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []bot.Message
			a := openApp(t, bottest.Listener(func(m bot.Message) []bot.Reply {
				got = append(got, m)
				return nil
			}))
			a.post("li", a.fake.Write("li", c.kind, c.fields...))
			if len(got) != 1 || !c.want(got[0]) || got[0].From != "li" || got[0].Chat != "li" || got[0].Platform != "wecom" || !got[0].At.Equal(a.clock.Now()) {
				t.Errorf("heard %+v", got)
			}
		})
	}
}

func TestCallback_WhatNobodyWaitsForIsAcknowledged(t *testing.T) {
	t.Parallel()
	a := openApp(t, deaf(t))
	for _, event := range []string{"unsubscribe", "view", "change_contact", "close_inactive_agent", "一个新事件"} {
		a.post("li", a.fake.Write("li", "event", fake.Sent{Name: "Event", Text: event}))
	}
}

func TestCallback_TwoTapsWithinASecondAreTwo(t *testing.T) {
	t.Parallel()
	n := 0
	a := openApp(t, bottest.Listener(func(bot.Message) []bot.Reply { n++; return nil }))
	for _, key := range []string{"accept:3:1", "acknowledge:3:1"} {
		a.post("li", a.fake.Write("li", "event", fake.Sent{Name: "Event", Text: "template_card_event"}, fake.Sent{Name: "EventKey", Text: key}, fake.Sent{Name: "TaskId", Text: "t"}))
	}
	if n != 2 {
		t.Errorf("%d taps heard, want 2", n)
	}
}

func FuzzCallback(f *testing.F) {
	f.Add(`<xml><ToUserName>ww0123</ToUserName><FromUserName>li</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>你好</Content><MsgId>1</MsgId></xml>`)
	f.Add(`<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>`)
	f.Add(`<xml><MsgType><![CDATA[event]]></MsgType><Event>click</Event>`)
	cfg := wecom.Config{Enabled: true, CorpID: "ww0123", Secret: secret, AgentID: 1000002}
	ch, err := wecom.New(cfg, wecom.Deps{Clock: clockwork.NewFakeClock(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, plain string) {
		m, err := ch.Read([]byte(plain))
		if err == nil && (m.From == "" || m.ID == "" || strings.ContainsAny(m.From, "| ")) {
			t.Errorf("read %+v of %q", m, plain)
		}
	})
}
