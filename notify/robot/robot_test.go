package robot_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/notify/notifytest"
	"huiying/notify/robot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	key  = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
	path = "/cgi-bin/webhook/send"
)

type group struct {
	*robot.Channel
	fake  *wecom.Server
	clock *clockwork.FakeClock
	mu    sync.Mutex
	said  bytes.Buffer
}

func (g *group) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.said.Write(p)
}

func (g *group) log() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.said.String()
}

func open(t *testing.T, plain bool) *group {
	t.Helper()
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
	g := &group{fake: wecom.New(clock, wecom.Options{Robots: map[string]string{key: "值班群"}}), clock: clock}
	listening := httptest.NewServer(g.fake)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		listening.Close()
	})
	ch, err := robot.New(robot.Config{APIBase: listening.URL, PlainText: plain, Groups: []robot.Group{{Name: "值班群", Key: key}}},
		robot.Deps{Client: &http.Client{Transport: transport}, Log: slog.New(slog.NewTextHandler(g, nil))})
	if err != nil {
		t.Fatal(err)
	}
	g.Channel = ch
	return g
}

func (g *group) fixture(maxBytes int) notifytest.Fixture {
	fail := func(f wecom.Fault) func() { return func() { g.fake.FailNext(1, f) } }
	faults := notifytest.HTTP(func(status int) { g.fake.FailNext(1, wecom.Fault{Kind: wecom.Status, Code: status}) })
	code := func(want notify.Status, reason notify.Reason, after time.Duration, codes ...int) {
		for _, c := range codes {
			faults = append(faults, notifytest.Fault{
				Name: "errcode " + strconv.Itoa(c), Want: want, Reason: reason, After: after,
				// Twice, since refused markdown goes out as text.
				Cause: func() { g.fake.FailNext(2, wecom.Fault{Kind: wecom.ErrCode, Code: c}) },
			})
		}
	}
	code(notify.Retry, notify.ReasonQuota, time.Minute, 45009)
	code(notify.Retry, notify.ReasonBusy, 0, -1, 45033, 999999)
	code(notify.Permanent, notify.ReasonConfig, 0, 93000, 93004, 93008)
	code(notify.Permanent, notify.ReasonContent, 0, 40008, 40035, 40058, 44004)
	faults = append(faults,
		notifytest.Fault{Name: "cut", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: fail(wecom.Fault{Kind: wecom.Cut})},
		notifytest.Fault{Name: "garbage", Want: notify.Retry, Reason: notify.ReasonUnknown, Cause: fail(wecom.Fault{Kind: wecom.Garbage})})
	return notifytest.Fixture{
		Channel: g, To: "值班群", Secrets: []string{key}, Log: g.log, MaxBytes: maxBytes,
		Received: func() []string {
			var out []string
			for _, m := range g.fake.Delivered() {
				out = append(out, m.Text)
			}
			return out
		},
		Wire: func() [][]byte {
			var out [][]byte
			for _, r := range g.fake.Requests(path) {
				out = append(out, r.Body)
			}
			return out
		},
		Escapes: true, Markup: true, Faults: faults,
		Hang: func() <-chan struct{} {
			fail(wecom.Fault{Kind: wecom.Hang})()
			return g.fake.Hanging()
		},
		Lose: fail(wecom.Fault{Kind: wecom.Cut, Taken: true}),
	}
}

func TestContract_Markdown(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return open(t, false).fixture(4096)
	})
}

func TestContract_PlainText(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return open(t, true).fixture(2048)
	})
}

func TestSend_RefusedMarkdownGoesAsText(t *testing.T) {
	t.Parallel()
	g := open(t, false)
	g.fake.FailNext(1, wecom.Fault{Kind: wecom.ErrCode, Code: 40058})
	if o := g.Send(t.Context(), notifytest.Seal(t, g, notifytest.Message("值班群/liming"))); o.Status != notify.Sent || !strings.Contains(o.Detail, "40058") {
		t.Fatalf("Send = %+v, want sent, with the refusal in the receipt", o)
	}
	got := g.fake.Delivered()
	if len(got) != 1 || got[0].Type != "text" || strings.Contains(got[0].Text, "**") || !strings.Contains(got[0].Text, "查看详情 https://huiying.example.gov.cn/incidents/123") {
		t.Fatalf("delivered %+v, want one text with its link", got)
	}
	if !strings.Contains(string(got[0].Raw), `"mentioned_list":["liming"]`) {
		t.Errorf("the member is not called: %s", got[0].Raw)
	}
}

func TestSend_CallsTheMember(t *testing.T) {
	t.Parallel()
	g := open(t, false)
	if o := g.Send(t.Context(), notifytest.Seal(t, g, notifytest.Message("值班群/liming"))); o.Status != notify.Sent {
		t.Fatalf("Send = %+v", o)
	}
	if got := g.fake.Delivered()[0]; got.User != "值班群" || !strings.Contains(got.Text, "<@liming>") {
		t.Errorf("delivered %+v, want a call of the member", got)
	}
}

func TestSend_UnknownGroup(t *testing.T) {
	t.Parallel()
	g := open(t, false)
	o := g.Send(t.Context(), notifytest.Seal(t, g, notifytest.Message("别的群")))
	if o.Status != notify.Permanent || o.Reason != notify.ReasonRecipient || len(g.fake.Requests(path)) > 0 {
		t.Errorf("Send = %+v, want permanent without a request", o)
	}
}

func TestConfig_NamesEveryFaultButNoKey(t *testing.T) {
	t.Parallel()
	err := robot.Config{Enabled: true, APIBase: "x", Groups: []robot.Group{{Name: "甲", Key: "https://x?key=" + key}, {Name: "甲", Key: key}, {Name: "a/b", Key: key}}}.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"“甲”的 key 有误", "两个群都叫“甲”", "第3个的 name", "robot.api_base"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), key) {
		t.Errorf("the key got out: %q", err)
	}
	if err := (robot.Config{Enabled: true}).Validate(); err == nil {
		t.Error("no groups: accepted")
	}
	if err := (robot.Config{}).Validate(); err != nil {
		t.Errorf("a channel that is not enabled is refused: %v", err)
	}
}
