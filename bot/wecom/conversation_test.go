package wecom_test

import (
	"strings"
	"testing"
	"time"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
	"huiying/notify"
)

func TestConversation(t *testing.T) {
	t.Parallel()
	bottest.Run(t, func(t *testing.T, l bot.Listener) bottest.World {
		t.Helper()
		a := openApp(t, l)
		return a.World(bottest.World{
			Phone: func(person string) bottest.Phone { return phone{a, person} },
			Once:  true, Enters: true, Pictures: true, Changes: true, MaxText: 2048, Size: bot.Bytes,
		})
	})
}

func TestTap_AnsweredAtOnceAndChangedForEverybody(t *testing.T) {
	t.Parallel()
	l := bottest.Listener(func(m bot.Message) []bot.Reply {
		if m.Tap != nil {
			return []bot.Reply{{Card: m.Tap.Card, Done: "张三 10:05 已签收"}}
		}
		return []bot.Reply{{Title: "签收吗", Buttons: [][]notify.Button{{{Text: "签收", Key: "accept:3:1"}}}}}
	})
	a := openApp(t, l)
	p := phone{a, "li"}
	p.Say("3号")
	answer := p.tap("签收")
	for _, want := range []string{"update_button", "张三 10:05 已签收", ">li<"} {
		if !strings.Contains(strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(answer.Plain), want) {
			t.Errorf("the passive reply lacks %q:\n%s", want, answer.Plain)
		}
	}
	if got := p.Shown()[0]; !strings.Contains(got.Text, "张三 10:05 已签收") {
		t.Errorf("the card shows %+v", got)
	}
	// The platform sends a tap again whose answer it did not get: nothing more happens.
	p.Repeat()
	if n := len(a.fake.Requests("/cgi-bin/message/update_template_card")); n != 1 {
		t.Errorf("%d changes asked for, want 1", n)
	}
}

func TestTap_LateIsAnsweredByMessage(t *testing.T) {
	t.Parallel()
	l := bottest.Listener(func(m bot.Message) []bot.Reply {
		if m.Tap != nil {
			return []bot.Reply{{Text: "3号已由王芳 10:01 签收", Card: m.Tap.Card, Done: "王芳 10:01 已签收"}}
		}
		return []bot.Reply{{Title: "签收吗", Buttons: [][]notify.Button{{{Text: "签收", Key: "accept:3:1"}}}}}
	})
	a := openApp(t, l)
	p := phone{a, "li"}
	p.Say("3号")
	a.clock.Advance(73 * time.Hour)
	p.Tap("签收")
	shown := p.Shown()
	if len(shown) != 2 || !strings.Contains(shown[1].Text, "3号已由王芳 10:01 签收") {
		t.Errorf("shown %+v, want what is true now in a message of its own", shown)
	}
}

func TestGreet_SetsTheMenuWhenThePlatformIsThere(t *testing.T) {
	t.Parallel()
	p := open(t, func(c *wecom.Config, _ *fake.Options) {
		c.Token, c.EncodingAESKey, c.Menu = callbackToken, aesKey, true
	})
	p.fake.FailNext(2, fake.Fault{Kind: fake.Status, Code: 502, Path: "/cgi-bin/menu/create"})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Greet(t.Context())
	}()
	for range 2 {
		if err := p.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		p.clock.Advance(time.Minute)
	}
	<-ended
	if got := strings.Join(p.fake.Menu(), " "); got != "登记 我的 逾期 值班 周报 帮助" {
		t.Errorf("menu = %s", got)
	}
	refused := open(t, func(c *wecom.Config, _ *fake.Options) {
		c.Token, c.EncodingAESKey, c.Menu = callbackToken, aesKey, true
	})
	refused.fake.FailNext(1, fake.Fault{Kind: fake.ErrCode, Code: 60020, Path: "/cgi-bin/menu/create"})
	refused.Greet(t.Context())
	if !strings.Contains(refused.log.String(), "60020") {
		t.Errorf("log %s, want the reason in the log", refused.log)
	}
}

func TestReplies_LeaveRoomForReminders(t *testing.T) {
	t.Parallel()
	a := openApp(t, bottest.Listener(func(m bot.Message) []bot.Reply { return []bot.Reply{{Text: "听到" + m.Text}} }))
	p := phone{a, "liming"}
	for i := range 25 {
		p.Say(strings.Repeat("甲", i+1))
	}
	if n := len(p.Shown()); n != 20 {
		t.Errorf("%d replies in a minute, want 20", n)
	}
	if o := a.Send(t.Context(), a.seal(t, nil)); o.Status != notify.Sent {
		t.Errorf("a reminder = %+v, want it sent", o)
	}
	for range 3 {
		a.clock.Advance(time.Minute)
		a.Drain()
	}
	if n := len(p.Shown()); n != 26 || len(a.fake.Dropped()) != 0 {
		t.Errorf("%d messages shown and %d dropped, want all 26", n, len(a.fake.Dropped()))
	}
}

func TestChange_CardSaysWhatWasDoneElsewhere(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	o := p.mustSend(t.Context(), t, p.seal(t, nil))
	a := notify.Amendment{Channel: "wecom", To: "liming", Code: o.Code}
	for range 2 { // and once more, as after a lost answer: a used code means that it is done
		if o := p.Change(t.Context(), a, "张三 10:05 已签收"); o.Status != notify.Sent {
			t.Errorf("Change = %+v, want done", o)
		}
	}
	if got := p.fake.Delivered()[0].Replaced; got != "张三 10:05 已签收" {
		t.Errorf("the card shows %q", got)
	}
	o = p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Key = "hy-2" }))
	p.clock.Advance(73 * time.Hour)
	if o := p.Change(t.Context(), notify.Amendment{To: "liming", Code: o.Code}, "张三 已签收"); o.Status != notify.Permanent {
		t.Errorf("Change after three days = %+v, want no more tries", o)
	}
}
