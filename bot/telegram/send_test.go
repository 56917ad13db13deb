package telegram_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"huiying/bot/telegram"
	fake "huiying/internal/fake/telegram"
	"huiying/notify"
)

func TestSend_ReceiptAndButtons(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	o := p.Send(t.Context(), p.seal(t, nil))
	got := p.fake.Messages(li)[0]
	if o.Status != notify.Sent || o.Receipt != strconv.FormatInt(got.ID, 10) || o.Code != o.Receipt {
		t.Errorf("Send = %+v, want the message's id to change it by", o)
	}
	if len(got.Buttons) != 1 || len(got.Buttons[0]) != 2 || got.Buttons[0][0] != (fake.Button{Text: "签收", Data: "accept:123:5"}) {
		t.Errorf("buttons = %+v", got.Buttons)
	}
	if !strings.HasPrefix(got.HTML, "<b>【催办·重大突发】123号") || !strings.Contains(got.HTML, `<a href="https://huiying.example.gov.cn/incidents/123">查看详情</a>`) {
		t.Errorf("html = %s", got.HTML)
	}
}

func TestSend_OnlyMaskedTextLeaves(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.Text += "\n来电人电话13812341234，身份证33010619800101123X" }))
	got := p.fake.Messages(li)[0].Text
	if strings.Contains(got, "13812341234") || strings.Contains(got, "33010619800101123X") || !strings.Contains(got, "138****1234") {
		t.Errorf("left the house: %s", got)
	}
}

func TestSend_LengthsInUTF16(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	for _, title := range []string{"", "标", strings.Repeat("🔥", 3000), strings.Repeat("&<>", 2000)} {
		o := p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.Text = title + "\n" + strings.Repeat("𠮷&", 5000) }))
		if o.Status != notify.Sent {
			t.Errorf("Send = %+v, want sent: the platform refuses what is too long", o)
		}
	}
}

func TestSend_ObeysRetryAfterForItsChatAlone(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.fake.Start(1002)
	p.fake.FailNext(1, fake.Fault{Kind: fake.Refuse, Code: 429, Text: "Too Many Requests", RetryAfter: 30})
	if o := p.Send(t.Context(), p.seal(t, nil)); o.After != 30*time.Second {
		t.Fatalf("Send = %+v, want to wait 30 s", o)
	}
	p.clock.Advance(10 * time.Second)
	if o := p.Send(t.Context(), p.seal(t, nil)); o.Status != notify.Retry || o.After != 20*time.Second || len(p.fake.Requests("sendMessage")) != 1 {
		t.Errorf("Send = %+v, want to wait the rest without asking", o)
	}
	if o := p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.To = "1002" })); o.Status != notify.Sent {
		t.Errorf("Send to another chat = %+v, want sent", o)
	}
	p.clock.Advance(20 * time.Second)
	if o := p.Send(t.Context(), p.seal(t, nil)); o.Status != notify.Sent {
		t.Errorf("Send = %+v, want sent", o)
	}
}

func TestSend_WhoNeverStartedTheBot(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.fake.Block(1002)
	if o := p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.To = "1002" })); o.Status != notify.Permanent || o.Reason != notify.ReasonRecipient {
		t.Errorf("Send = %+v, want the next channel", o)
	}
}

func TestConfig_NamesEveryFault(t *testing.T) {
	t.Parallel()
	err := telegram.Config{Enabled: true, Token: "x", APIBase: "api", WebhookURL: "here", SecretToken: "短"}.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"telegram.token", "telegram.api_base", "telegram.webhook_url", "telegram.secret_token"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%q does not name %s", err, key)
		}
	}
	if err := (telegram.Config{}).Validate(); err != nil {
		t.Errorf("a channel that is not enabled is refused: %v", err)
	}
}

func TestChange_MessageSaysWhatWasDoneElsewhere(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	e := p.seal(t, nil)
	o := p.Send(t.Context(), e)
	a := notify.Amendment{Channel: "telegram", To: "1001", Code: o.Code, Body: e.Body}
	for range 2 { // and once more, as after a lost answer
		if o := p.Change(t.Context(), a, "张三 10:05 <已签收>"); o.Status != notify.Sent {
			t.Errorf("Change = %+v, want done", o)
		}
	}
	got := p.fake.Messages(li)[0]
	if !strings.HasSuffix(got.Text, "\n✅ 张三 10:05 <已签收>") || !strings.Contains(got.Text, "请发布权威信息") || len(got.Buttons) != 0 || got.Edits != 1 {
		t.Errorf("the message is %+v", got)
	}
}
