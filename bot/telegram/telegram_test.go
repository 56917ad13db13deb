package telegram_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/bot"
	"huiying/bot/bottest"
	"huiying/bot/telegram"
	fake "huiying/internal/fake/telegram"
	"huiying/notify"
	"huiying/notify/notifytest"
	"huiying/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token  = "123456:S3cr3t-of-the-bot"
	secret = "a-secret-of-the-webhook"
	li     = 1001
)

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// platform is a bot with the platform behind it and the clock of both.
type platform struct {
	*telegram.Channel
	fake  *fake.Server
	clock *clockwork.FakeClock
	log   *lockedBuffer
}

func open(t *testing.T, change func(*telegram.Config, *fake.Options)) *platform {
	t.Helper()
	options := fake.Options{Token: token, Username: "huiying_bot"}
	cfg := telegram.Config{Enabled: true, Token: token}
	if change != nil {
		change(&cfg, &options)
	}
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
	server := fake.New(clock, options)
	listening := httptest.NewServer(server)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		listening.Close()
	})
	if cfg.APIBase == "" {
		cfg.APIBase = listening.URL
	}
	log := &lockedBuffer{}
	ch, err := telegram.New(cfg, telegram.Deps{
		Client: &http.Client{Transport: transport}, Clock: clock,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Start(li)
	return &platform{ch, server, clock, log}
}

func (p *platform) received() []string {
	var out []string
	for _, m := range p.fake.Messages(0) {
		out = append(out, m.HTML)
	}
	return out
}

func TestContract(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		p := open(t, nil)
		return notifytest.Fixture{
			Channel: p, To: "1001", Secrets: []string{token, "S3cr3t"}, Log: p.log.String, Received: p.received, Escapes: true, Markup: true,
			Wire: func() [][]byte {
				var out [][]byte
				for _, r := range p.fake.Requests("sendMessage") {
					out = append(out, r.Body)
				}
				return out
			},
			Hang: func() <-chan struct{} {
				p.fake.FailNext(1, fake.Fault{Kind: fake.Hang})
				return p.fake.Hanging()
			},
			Lose:   func() { p.fake.FailNext(1, fake.Fault{Kind: fake.Cut, Taken: true}) },
			Faults: faults(p.fake),
		}
	})
}

func faults(server *fake.Server) []notifytest.Fault {
	out := notifytest.HTTP(func(status int) { server.FailNext(1, fake.Fault{Kind: fake.Status, Code: status}) })
	refusal := func(want notify.Status, reason notify.Reason, after time.Duration, f fake.Fault) {
		f.Kind = fake.Refuse
		out = append(out, notifytest.Fault{Name: strconv.Itoa(f.Code) + " " + f.Text, Want: want, Reason: reason, After: after, Cause: func() { server.FailNext(1, f) }})
	}
	refusal(notify.Retry, notify.ReasonQuota, 17*time.Second, fake.Fault{Code: 429, Text: "Too Many Requests: retry after 17", RetryAfter: 17})
	refusal(notify.Permanent, notify.ReasonRecipient, 0, fake.Fault{Code: 403, Text: "Forbidden: bot was blocked by the user"})
	refusal(notify.Permanent, notify.ReasonRecipient, 0, fake.Fault{Code: 400, Text: "Bad Request: chat not found"})
	refusal(notify.Permanent, notify.ReasonContent, 0, fake.Fault{Code: 400, Text: "Bad Request: can't parse entities"})
	refusal(notify.Permanent, notify.ReasonConfig, 0, fake.Fault{Code: 401, Text: "Unauthorized"})
	refusal(notify.Permanent, notify.ReasonConfig, 0, fake.Fault{Code: 404, Text: "Not Found"})
	refusal(notify.Retry, notify.ReasonBusy, 0, fake.Fault{Code: 502, Text: "Bad Gateway"})
	refusal(notify.Sent, notify.ReasonDuplicate, 0, fake.Fault{Code: 400, Text: "Bad Request: message is not modified"})
	return append(
		out,
		notifytest.Fault{Name: "cut connection", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: func() { server.FailNext(1, fake.Fault{Kind: fake.Cut}) }},
		notifytest.Fault{Name: "a page in place of JSON", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: func() { server.FailNext(1, fake.Fault{Kind: fake.Garbage}) }},
	)
}

func (p *platform) seal(t *testing.T, change func(*notify.Message)) notify.Envelope {
	t.Helper()
	m := notifytest.Message("1001")
	if change != nil {
		change(&m)
	}
	return notifytest.Seal(t, p, m)
}

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

// house is the bot with its inbox and whoever listens.
type house struct {
	*platform
	t        *testing.T
	dir      string
	listener bot.Listener
	db       *sqlite.DB
	clerk    *bot.Clerk
	receiver *telegram.Receiver
	hook     *httptest.Server
	client   *http.Client
	down     bool
	dead     bool
	last     map[int64][]byte
}

func openHouse(t *testing.T, l bot.Listener, change func(*telegram.Config, *fake.Options)) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), listener: l, last: map[int64][]byte{}}
	h.hook = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.receiver.ServeHTTP(w, r) }))
	h.platform = open(t, func(c *telegram.Config, o *fake.Options) {
		c.WebhookURL, c.SecretToken = h.hook.URL+"/callback/telegram", secret
		if change != nil {
			change(c, o)
		}
	})
	transport := &http.Transport{}
	h.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(h.log.String())
		}
		transport.CloseIdleConnections()
		h.hook.Close()
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.start()
	return h
}

func (h *house) start() {
	h.t.Helper()
	h.dead = false
	var err error
	h.db, err = sqlite.Open(h.t.Context(), sqlite.Options{Path: filepath.Join(h.dir, "huiying.db"), Log: slog.New(slog.DiscardHandler), Throwaway: true})
	if err != nil {
		h.t.Fatal(err)
	}
	h.clerk = bot.NewClerk(bot.ClerkDeps{Inbox: h.db, Platform: h.Replies(), Listener: h.listener, Clock: h.clock, Log: slog.New(slog.NewTextHandler(h.log, nil))})
	h.receiver = h.Receiver(h.db, h.drain)
}

func (h *house) restart() {
	if err := h.db.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.start()
}

func (h *house) drain() {
	if h.dead {
		return
	}
	if h.down {
		h.fake.FailNext(100, fake.Fault{Kind: fake.Status, Code: 502})
	}
	if _, err := h.clerk.Drain(context.WithoutCancel(h.t.Context())); err != nil {
		h.t.Error(err)
	}
	if h.down {
		h.fake.Mend()
	}
}

// known lets the bot make itself known, as it does at its start.
func (h *house) known() {
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error)
	go func() { ended <- h.receiver.Run(ctx) }()
	for {
		if addr, _ := h.fake.Webhook(); addr != "" {
			break
		}
	}
	stop()
	if err := <-ended; err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) deliver(user int64, u []byte) {
	h.t.Helper()
	h.last[user] = u
	status, err := h.fake.Deliver(h.t.Context(), h.client, h.hook.URL+"/callback/telegram", u)
	if err != nil || status != http.StatusOK {
		h.t.Fatalf("webhook answered %d, %v", status, err)
	}
}

type phone struct {
	*house
	user int64
}

func (p phone) Say(text string)     { p.deliver(p.user, p.fake.Say(p.user, p.user, text)) }
func (p phone) Send(picture []byte) { p.deliver(p.user, p.fake.Photo(p.user, p.user, picture, "")) }
func (p phone) Enter()              { p.Say("/start") }
func (p phone) Repeat()             { p.deliver(p.user, p.last[p.user]) }

func (p phone) Tap(button string) {
	p.t.Helper()
	for _, m := range slices.Backward(p.fake.Messages(p.user)) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text != button {
					continue
				}
				u, ok := p.fake.Tap(p.user, p.user, m.ID, b.Data)
				if !ok {
					p.t.Fatalf("button %q cannot be tapped", button)
				}
				p.deliver(p.user, u)
				return
			}
		}
	}
	p.t.Fatalf("no button %q on %+v", button, p.Shown())
}

func (p phone) Shown() []bottest.Shown {
	var out []bottest.Shown
	for _, m := range p.fake.Messages(p.user) {
		s := bottest.Shown{Text: m.Text}
		for _, row := range m.Buttons {
			for _, b := range row {
				s.Buttons = append(s.Buttons, b.Text)
			}
		}
		out = append(out, s)
	}
	return out
}

func TestConversation(t *testing.T) {
	t.Parallel()
	bottest.Run(t, func(t *testing.T, l bot.Listener) bottest.World {
		t.Helper()
		h := openHouse(t, l, nil)
		h.known()
		return bottest.World{
			Phone: func(person string) bottest.Phone {
				id, err := strconv.ParseInt(person, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				return phone{h, id}
			},
			Restart: h.restart, Die: func() { h.dead = true }, Down: func() { h.down = true }, Up: func() { h.down = false },
			Pass: func(d time.Duration) {
				h.clock.Advance(d)
				h.drain()
			},
			Once: true, Enters: true, Pictures: true, Changes: true, MaxText: 4096, Size: bot.UTF16,
		}
	})
}

// listener answers each message by a function.
type listener func(m bot.Message) []bot.Reply

func (l listener) Hear(_ context.Context, m bot.Message) ([]bot.Reply, error) { return l(m), nil }

func TestTap_QueryIsAlwaysAnswered(t *testing.T) {
	t.Parallel()
	h := openHouse(t, listener(func(m bot.Message) []bot.Reply {
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

func TestWebhook_Refuses(t *testing.T) {
	t.Parallel()
	h := openHouse(t, listener(func(m bot.Message) []bot.Reply {
		t.Errorf("heard %+v", m)
		return nil
	}), nil)
	for _, c := range []struct {
		name, method, secret, body string
		want                       int
	}{
		{"no secret", http.MethodPost, "", `{"update_id":1}`, http.StatusForbidden},
		{"wrong secret", http.MethodPost, secret + "x", `{"update_id":1}`, http.StatusForbidden},
		{"no update", http.MethodPost, secret, `{}`, http.StatusBadRequest},
		{"no JSON", http.MethodPost, secret, `<xml/>`, http.StatusBadRequest},
		{"too long", http.MethodPost, secret, `{"update_id":1,"x":"` + strings.Repeat("x", 300<<10) + `"}`, http.StatusRequestEntityTooLarge},
		{"GET", http.MethodGet, secret, "", http.StatusMethodNotAllowed},
		{"nobody waits", http.MethodPost, secret, `{"update_id":1,"edited_message":{}}`, http.StatusOK},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, "/callback/telegram", strings.NewReader(c.body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.secret)
		h.receiver.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: answered %d, want %d", c.name, w.Code, c.want)
		}
	}
	if ls, _, err := h.db.Waiting(t.Context(), "telegram", h.clock.Now(), 10); err != nil || len(ls) != 0 {
		t.Errorf("the inbox holds %v, %v, want nothing", ls, err)
	}
}

func TestGroup_NamedAndNot(t *testing.T) {
	t.Parallel()
	var got []bot.Message
	h := openHouse(t, listener(func(m bot.Message) []bot.Reply {
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

// Polling writes updates down before the platform forgets them, survives restarts and a
// platform that is away, and lets nobody wait for another.
func TestPoll(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 100)
	l := listener(func(m bot.Message) []bot.Reply {
		heard <- m.Text
		return []bot.Reply{{Text: "听到" + m.Text}}
	})
	h := openHouse(t, l, func(c *telegram.Config, _ *fake.Options) { c.WebhookURL = "" })
	run := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- h.receiver.Run(ctx) }()
		return func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	want := func(text string) {
		t.Helper()
		if got := <-heard; got != text {
			t.Errorf("heard %q, want %q", got, text)
		}
	}
	stop := run()
	h.fake.Say(li, li, "一")
	want("一")
	h.fake.Say(li, li, "二")
	want("二")
	stop()
	h.restart()
	h.fake.Say(li, li, "三") // while the house is down
	stop = run()
	want("三")
	stop()
	if strings.Contains(h.log.String(), "S3cr3t") {
		t.Error("the token stands in the log")
	}
}

func TestPoll_PlatformAwayThenBack(t *testing.T) {
	t.Parallel()
	heard := make(chan string, 100)
	l := listener(func(m bot.Message) []bot.Reply {
		heard <- m.Text
		return nil
	})
	h := openHouse(t, l, func(c *telegram.Config, _ *fake.Options) { c.WebhookURL = "" })
	for _, f := range []fake.Fault{{Kind: fake.Cut}, {Kind: fake.Status, Code: 502}, {Kind: fake.Garbage}, {Kind: fake.Refuse, Code: 409, Text: "Conflict"}, {Kind: fake.Refuse, Code: 429, Text: "Too Many Requests", RetryAfter: 5}} {
		f.Method = "getUpdates"
		h.fake.FailNext(1, f)
	}
	h.fake.FailNext(1, fake.Fault{Kind: fake.Status, Code: 500, Method: "setMyCommands"})
	h.fake.FailNext(1, fake.Fault{Kind: fake.Status, Code: 500, Method: "getMe"})
	h.fake.Say(li, li, "一")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.receiver.Run(ctx) }()
	for range 5 {
		if err := h.clock.BlockUntilContext(ctx, 1); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Minute)
	}
	if got := <-heard; got != "一" {
		t.Errorf("heard %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if strings.Contains(h.log.String(), "S3cr3t") {
		t.Error("the token stands in the log")
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
