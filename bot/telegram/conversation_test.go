package telegram_test

import (
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/telegram"
	"huiying/notify"
)

func TestConversation(t *testing.T) {
	t.Parallel()
	bottest.Run(t, func(t *testing.T, l bot.Listener) bottest.World {
		t.Helper()
		h := openHouse(t, l, nil)
		h.known()
		return h.World(bottest.World{
			Phone: func(person string) bottest.Phone {
				id, err := strconv.ParseInt(person, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				return phone{h, id}
			},
			Once: true, Enters: true, Pictures: true, Changes: true, MaxText: 4096, Size: bot.UTF16,
		})
	})
}

func TestTap_QueryIsAlwaysAnswered(t *testing.T) {
	t.Parallel()
	h := openHouse(t, bottest.Listener(func(m bot.Message) []bot.Reply {
		if m.Tap != nil {
			return []bot.Reply{{Card: m.Tap.Card, Done: "张三 10:05 已签收"}}
		}
		return []bot.Reply{{Title: "3号 西街外墙脱落", Buttons: [][]notify.Button{{{Text: "签收", Key: "accept:3:1"}}}}}
	}), nil)
	h.known()
	p := phone{h, li}
	p.Say("3号")
	p.Tap("签收")
	for id, q := range h.fake.Queries() {
		if !q.Answered || q.Text != "张三 10:05 已签收" {
			t.Errorf("query %s = %+v, want what was done", id, q)
		}
	}
	if got := p.Shown()[0]; got.Text != "3号 西街外墙脱落\n✅ 张三 10:05 已签收" || len(got.Buttons) != 0 {
		t.Errorf("the message is %+v, want its words and what was done", got)
	}
	// A query that is too old, and a house that has nothing to say, harm nothing.
	p.Say("3号")
	u, _ := h.fake.Tap(li, li, h.fake.Messages(li)[1].ID, "accept:3:1")
	h.clock.Advance(time.Hour)
	p.deliver(li, u)
}

func TestGroup_NamedAndNot(t *testing.T) {
	t.Parallel()
	var got []bot.Message
	h := openHouse(t, bottest.Listener(func(m bot.Message) []bot.Reply {
		got = append(got, m)
		return nil
	}), nil)
	h.known()
	const group = -5
	h.fake.Group(group)
	for _, text := range []string{"大家好", "@Huiying_Bot 3号怎么样", "/overdue@huiying_bot"} {
		h.deliver(li, h.fake.Say(li, group, text))
	}
	want := []struct {
		named bool
		text  string
	}{{false, "大家好"}, {true, "3号怎么样"}, {true, "/overdue"}}
	for i, w := range want {
		if m := got[i]; !m.Group || m.Named != w.named || m.Text != w.text || m.Chat != "-5" || m.From != "1001" {
			t.Errorf("heard %+v, want %+v", m, w)
		}
	}
}

func TestRead_StartWithACodeBinds(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	m, err := p.Read(p.fake.Say(li, li, "/start ABCD-EFGH"))
	if err != nil || m.Text != "绑定 ABCD-EFGH" || m.Entered {
		t.Errorf("Read = %+v, %v", m, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"update_id":1,"message":{"message_id":2,"date":3,"text":"你好","chat":{"id":4,"type":"private"},"from":{"id":4}}}`)
	f.Add(`{"update_id":1,"callback_query":{"id":"q","data":"accept:3:1","from":{"id":4}}}`)
	f.Add(`{"update_id":1,"message":{"photo":[{}],"document":{"file_name":"../../etc/passwd"},"chat":{"id":-4},"from":{"id":4}}}`)
	ch, err := telegram.New(telegram.Config{Token: token}, telegram.Deps{Clock: clockwork.NewFakeClock(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := ch.Read([]byte(body))
		if err != nil {
			return
		}
		if m.From == "" || m.Chat == "" || m.ID == "" {
			t.Errorf("read %+v of %q", m, body)
		}
		for _, file := range m.Files {
			if strings.ContainsAny(file.Name, "/\\") {
				t.Errorf("a file is named %q", file.Name)
			}
		}
	})
}
