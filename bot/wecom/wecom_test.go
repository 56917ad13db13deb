package wecom_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/notify/notifytest"
)

func TestSend_CardHasButtonsFieldsAndReceipts(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	o := p.mustSend(t.Context(), t, p.seal(t, nil))
	got := p.fake.Delivered()[0]
	if got.Type != "template_card" || got.Card.CardType != "button_interaction" || got.TaskID != "hy-3f-0" {
		t.Fatalf("delivered %+v, want a card with buttons and our key", got)
	}
	if got.Card.Buttons[0] != (fake.Button{Text: "签收", Style: 1, Key: "accept:123:5"}) {
		t.Errorf("first button = %+v", got.Card.Buttons[0])
	}
	if o.Receipt == "" || o.Receipt != got.MsgID || o.Code == "" || o.Code != got.ResponseCode {
		t.Errorf("outcome = %+v, want msgid %s and response_code %s", o, got.MsgID, got.ResponseCode)
	}
	// The fields say it already; the text adds only what they do not say.
	if got.Card.SubTitle != "请发布权威信息" {
		t.Errorf("sub title = %q, want what the fields do not say", got.Card.SubTitle)
	}
	if got.Card.Action == nil || got.Card.Action.URL != "https://huiying.example.gov.cn/incidents/123" {
		t.Errorf("card action = %+v, want the incident's page", got.Card.Action)
	}
}

func TestSend_NoticeCardWithoutButtons(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Card.Buttons = nil }))
	if got := p.fake.Delivered()[0]; got.Card == nil || got.Card.CardType != "text_notice" {
		t.Errorf("delivered %+v, want a text_notice", got)
	}
	// Without a link a notice card would be refused (42045), so that it goes as text.
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Card.Buttons, m.URL, m.Key = nil, "", "hy-3g-0" }))
	if got := p.fake.Delivered()[1]; got.Type != "text" {
		t.Errorf("delivered %+v, want text", got)
	}
}

func TestSend_LongTitleIsPartedNotLost(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	title := "【催办·重大突发】123号 " + strings.Repeat("城关镇西街商住楼外墙脱落", 3)
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Title, m.Text = title, title+"\n请发布权威信息" }))
	if got := p.fake.Delivered()[0].Card.MainTitle; got.Title+got.Desc != title || len([]rune(got.Title)) != 36 {
		t.Errorf("main title = %+v, want %q in two lines", got, title)
	}
}

func TestEncode_TwoMessagesOfTheSameWordsDiffer(t *testing.T) {
	t.Parallel()
	p := open(t, func(c *wecom.Config, _ *fake.Options) { c.PlainText = true })
	p.mustSend(t.Context(), t, p.seal(t, nil))
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Key = "hy-3g-0" }))
	if n := len(p.fake.Delivered()); n != 2 {
		t.Errorf("%d messages delivered, want 2: the platform took the second for the first", n)
	}
}

func TestEncode_RefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	for name, change := range map[string]func(*notify.Message){
		"no text":      func(m *notify.Message) { m.Text = " \n" },
		"no key":       func(m *notify.Message) { m.Key = "" },
		"Chinese key":  func(m *notify.Message) { m.Key = "催办-1" },
		"long key":     func(m *notify.Message) { m.Key = strings.Repeat("x", 129) },
		"key with dot": func(m *notify.Message) { m.Key = "hy.1" },
	} {
		m := notifytest.Message("liming")
		change(&m)
		if _, err := p.Encode(m); err == nil {
			t.Errorf("%s: encoded, want an error", name)
		}
	}
}

func TestSend_NeverToSeveralOrAll(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"", "@all", "@ALL", "liming|wangfang", "li ming"} {
		p := open(t, nil)
		o := p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.To = to }))
		if o.Status != notify.Permanent || o.Reason != notify.ReasonRecipient || len(p.wire()) != 0 {
			t.Errorf("Send to %q = %+v after %d requests, want permanent without one", to, o, len(p.wire()))
		}
	}
}

func TestSend_UnknownMember(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	o := p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.To = "nobody" }))
	if o.Status != notify.Permanent || o.Reason != notify.ReasonRecipient || !strings.Contains(o.Detail, "81013") {
		t.Errorf("Send = %+v, want permanent for the recipient with the platform's code", o)
	}
}

func TestSend_RefusedCardGoesAsText(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.fake.FailNext(1, fake.Fault{Kind: fake.ErrCode, Code: 42039})
	o := p.mustSend(t.Context(), t, p.seal(t, nil))
	got := p.fake.Delivered()
	if len(got) != 1 || got[0].Type != "text" {
		t.Fatalf("delivered %+v, want one text", got)
	}
	for _, want := range []string{"123号", "最迟：11月20日21:40", "请发布权威信息", "hy-3f-0", `<a href="https://huiying.example.gov.cn/incidents/123">`} {
		if !strings.Contains(got[0].Text, want) {
			t.Errorf("text lacks %q:\n%s", want, got[0].Text)
		}
	}
	if !strings.Contains(o.Detail, "42039") || !strings.Contains(p.log.String(), "42039") {
		t.Error("neither the receipt nor the log says that the card was refused")
	}
}

func TestSend_TaskIDKnownOnARetryMeansThatItArrived(t *testing.T) {
	t.Parallel()
	p := open(t, func(_ *wecom.Config, o *fake.Options) { o.Duplicates = fake.TaskIDFirst })
	e := p.seal(t, nil)
	p.fake.FailNext(1, fake.Fault{Kind: fake.Cut, Taken: true})
	if o := p.Send(t.Context(), e); o.Status != notify.Retry {
		t.Fatalf("Send = %+v, want a retry", o)
	}
	e.Tries++
	if o := p.Send(t.Context(), e); o.Status != notify.Sent || o.Reason != notify.ReasonDuplicate {
		t.Errorf("Send = %+v, want sent before", o)
	}
	if n := len(p.fake.Delivered()); n != 1 {
		t.Errorf("%d messages delivered, want 1", n)
	}
}

func TestSend_DuplicateCheckHoldsForFourHours(t *testing.T) {
	t.Parallel()
	p := open(t, func(c *wecom.Config, _ *fake.Options) { c.PlainText = true })
	e := p.seal(t, nil)
	p.fake.FailNext(1, fake.Fault{Kind: fake.Status, Code: 504, Taken: true})
	if o := p.Send(t.Context(), e); o.Status != notify.Retry {
		t.Fatalf("Send = %+v, want a retry", o)
	}
	p.clock.Advance(4*time.Hour - time.Second)
	p.mustSend(t.Context(), t, e)
	if n := len(p.fake.Delivered()); n != 1 {
		t.Errorf("%d messages delivered, want 1", n)
	}
}

func TestEncode_AsksForTheDuplicateCheck(t *testing.T) {
	t.Parallel()
	var r map[string]any
	if err := json.Unmarshal(open(t, nil).seal(t, nil).Body, &r); err != nil {
		t.Fatal(err)
	}
	if r["enable_duplicate_check"] != 1.0 || r["duplicate_check_interval"] != 14400.0 || r["agentid"] != 1000002.0 {
		t.Errorf("request = %v", r)
	}
}

func TestSend_AnswerOfAGatewayIsNoSuccess(t *testing.T) {
	t.Parallel()
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == send {
			say(t, w, `{"status":"please sign in"}`)
			return
		}
		say(t, w, `{"errcode":0,"access_token":"t","expires_in":7200}`)
	}))
	t.Cleanup(gateway.Close)
	p := open(t, func(c *wecom.Config, _ *fake.Options) { c.APIBase = gateway.URL })
	if o := p.Send(t.Context(), p.seal(t, nil)); o.Status != notify.Retry || o.Reason != notify.ReasonUnknown {
		t.Errorf("Send = %+v, want a retry: nobody has said that it was taken", o)
	}
}

func say(t *testing.T, w io.Writer, answer string) {
	t.Helper()
	if _, err := io.WriteString(w, answer); err != nil {
		t.Error(err)
	}
}

func TestSend_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := make(chan string, 8)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere <- r.URL.String() }))
	t.Cleanup(other.Close)
	gateway := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(gateway.Close)
	p := open(t, func(c *wecom.Config, _ *fake.Options) { c.APIBase = gateway.URL })
	if o := p.Send(t.Context(), p.seal(t, nil)); o.Status != notify.Retry || len(elsewhere) > 0 {
		t.Errorf("Send = %+v after %d requests elsewhere, want a retry and none", o, len(elsewhere))
	}
}

func TestToken_FetchedOnceForManySenders(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	const senders = 16
	done := make(chan notify.Status, senders)
	for i := range senders {
		e := p.seal(t, func(m *notify.Message) { m.Key += string(rune('a' + i)) })
		go func() { done <- p.Send(context.WithoutCancel(t.Context()), e).Status }()
	}
	for range senders {
		if s := <-done; s != notify.Sent {
			t.Errorf("Send = %s, want sent", s)
		}
	}
	if n := len(p.fake.Requests("/cgi-bin/gettoken")); n != 1 {
		t.Errorf("%d tokens fetched, want 1", n)
	}
}

func TestToken_RenewedBeforeItsEndByTheInjectedClock(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	fetched := func() int { return len(p.fake.Requests("/cgi-bin/gettoken")) }
	p.mustSend(t.Context(), t, p.seal(t, nil))
	p.clock.Advance(2*time.Hour - 6*time.Minute)
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Key = "hy-2" }))
	if n := fetched(); n != 1 {
		t.Fatalf("%d tokens fetched, want 1: it is good for six minutes more", n)
	}
	p.clock.Advance(6 * time.Minute)
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Key = "hy-3" }))
	if n := fetched(); n != 2 {
		t.Errorf("%d tokens fetched, want 2", n)
	}
}

func TestToken_WithdrawnIsRenewedWithinTheTry(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.mustSend(t.Context(), t, p.seal(t, nil))
	p.fake.WithdrawToken()
	p.mustSend(t.Context(), t, p.seal(t, func(m *notify.Message) { m.Key = "hy-2" }))
	if n := len(p.fake.Requests("/cgi-bin/gettoken")); n != 2 {
		t.Errorf("%d tokens fetched, want 2", n)
	}
}

func TestToken_RefusedSecretIsNotTriedAgainForAWhile(t *testing.T) {
	t.Parallel()
	p := open(t, func(c *wecom.Config, _ *fake.Options) { c.Secret = "wrong" })
	for i := range 20 {
		o := p.Send(t.Context(), p.seal(t, func(m *notify.Message) { m.Key += string(rune('a' + i)) }))
		if o.Status != notify.Permanent || o.Reason != notify.ReasonConfig {
			t.Fatalf("Send = %+v, want permanent for the configuration", o)
		}
	}
	if n := len(p.fake.Requests("/cgi-bin/gettoken")); n != 1 {
		t.Errorf("asked %d times with a wrong secret, want once: it bars the address", n)
	}
	p.clock.Advance(10 * time.Minute)
	p.Send(t.Context(), p.seal(t, nil))
	if n := len(p.fake.Requests("/cgi-bin/gettoken")); n != 2 {
		t.Errorf("asked %d times, want again after ten minutes", n)
	}
}

func TestToken_OneWhoLeavesDoesNotTakeTheOthersWithHim(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.fake.FailNext(1, fake.Fault{Kind: fake.Hang, Path: "/cgi-bin/gettoken"})
	first, leave := context.WithCancel(t.Context())
	outcomes := make(chan notify.Outcome, 2)
	e := p.seal(t, nil)
	go func() { outcomes <- p.Send(first, e) }()
	<-p.fake.Hanging()
	second := p.seal(t, func(m *notify.Message) { m.Key = "hy-2" })
	go func() { outcomes <- p.Send(context.WithoutCancel(first), second) }()
	leave()
	var sent, retry int
	for range 2 {
		switch o := <-outcomes; o.Status {
		case notify.Sent:
			sent++
		case notify.Retry:
			retry++
		case notify.Permanent, notify.Superseded:
			t.Errorf("Send = %+v", o)
		}
	}
	if sent != 1 || retry != 1 {
		t.Errorf("%d sent and %d to be retried, want one of each", sent, retry)
	}
}

func TestConfig_NamesEveryFault(t *testing.T) {
	t.Parallel()
	err := wecom.Config{Enabled: true, APIBase: "qyapi", DuplicateCheckInterval: 5 * time.Hour}.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"wecom.corp_id", "wecom.agent_id", "wecom.secret", "wecom.api_base", "wecom.duplicate_check_interval"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%q does not name %s", err, key)
		}
	}
	if err := (wecom.Config{}).Validate(); err != nil {
		t.Errorf("a channel that is not enabled is refused: %v", err)
	}
}
