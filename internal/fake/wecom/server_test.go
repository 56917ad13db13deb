package wecom_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"huiying/internal/fake/wecom"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type corp struct {
	*wecom.Server
	clock *clockwork.FakeClock
	token string
}

type answer struct {
	ErrCode      int    `json:"errcode"`
	ErrMsg       string `json:"errmsg"`
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	MsgID        string `json:"msgid"`
	ResponseCode string `json:"response_code"`
	InvalidUser  string `json:"invaliduser"`
}

func open(t *testing.T) *corp {
	t.Helper()
	c := &corp{clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))}
	c.Server = wecom.New(c.clock, wecom.Options{
		CorpID: "ww1", Secret: "s", AgentID: 7, Members: []string{"LiMing", "wangfang"}, Robots: map[string]string{"k": "值班群"},
	})
	c.token = c.call(t, http.MethodGet, "/cgi-bin/gettoken?corpid=ww1&corpsecret=s", "").AccessToken
	return c
}

// call asks without a network in between.
func (c *corp) call(t *testing.T, method, target, body string) answer {
	t.Helper()
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != http.StatusOK || err != nil {
		t.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	return a
}

func (c *corp) send(t *testing.T, body string) answer {
	t.Helper()
	return c.call(t, http.MethodPost, "/cgi-bin/message/send?access_token="+c.token, body)
}

func text(to, content string) string {
	raw, err := json.Marshal(map[string]any{
		"touser": to, "msgtype": "text", "agentid": 7, "text": map[string]string{"content": content}, "enable_duplicate_check": 1,
	})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestToken(t *testing.T) {
	t.Parallel()
	c := open(t)
	const good = "/cgi-bin/gettoken?corpid=ww1&corpsecret=s"
	if again := c.call(t, http.MethodGet, good, ""); again.AccessToken != c.token {
		t.Error("another token while the first is good")
	}
	c.clock.Advance(time.Hour)
	if again := c.call(t, http.MethodGet, good, ""); again.ExpiresIn != 3600 {
		t.Errorf("expires_in = %d after an hour of two", again.ExpiresIn)
	}
	c.clock.Advance(time.Hour)
	if a := c.send(t, text("liming", "x")); a.ErrCode != 42001 {
		t.Errorf("errcode %d for an old token, want 42001", a.ErrCode)
	}
	old := c.token
	if c.token = c.call(t, http.MethodGet, good, "").AccessToken; c.token == old {
		t.Error("the same token after its end")
	}
	c.WithdrawToken()
	if a := c.send(t, text("liming", "x")); a.ErrCode != 40014 {
		t.Errorf("errcode %d for a withdrawn token, want 40014", a.ErrCode)
	}
	for target, want := range map[string]int{
		"/cgi-bin/gettoken?corpid=ww1&corpsecret=x": 40001, "/cgi-bin/gettoken?corpid=x&corpsecret=s": 40013,
		"/cgi-bin/gettoken?corpid=ww1": 41004, "/cgi-bin/gettoken": 41002,
	} {
		if a := c.call(t, http.MethodGet, target, ""); a.ErrCode != want {
			t.Errorf("%s: errcode %d, want %d", target, a.ErrCode, want)
		}
	}
}

func TestSend_RefusesWhatThePlatformRefuses(t *testing.T) {
	t.Parallel()
	const card = `{"touser":"liming","msgtype":"template_card","agentid":7,"template_card":%s}`
	buttons := func(list string) string {
		return fmt.Sprintf(card, `{"card_type":"button_interaction","main_title":{"title":"t"},"task_id":"a","button_list":`+list+`}`)
	}
	lines := func(list string) string {
		return fmt.Sprintf(card, `{"card_type":"text_notice","main_title":{"title":"t"},"card_action":{"type":1,"url":"https://a.cn"},"horizontal_content_list":`+list+`}`)
	}
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"no JSON":                {`{`, 40035},
		"a field misspelt":       {`{"to_user":"liming"}`, 40035},
		"agentid as a string":    {`{"touser":"liming","msgtype":"text","agentid":"7","text":{"content":"x"}}`, 40056},
		"another agentid":        {`{"touser":"liming","msgtype":"text","agentid":8,"text":{"content":"x"}}`, 40056},
		"nobody":                 {`{"msgtype":"text","agentid":7,"text":{"content":"x"}}`, 40003},
		"only strangers":         {text("x|y", "x"), 81013},
		"too many":               {text(strings.Repeat("a|", 1000)+"b", "x"), 40031},
		"unknown type":           {`{"touser":"liming","msgtype":"html","agentid":7}`, 40008},
		"no content":             {text("liming", ""), 44004},
		"interval of five hours": {`{"touser":"liming","msgtype":"text","agentid":7,"text":{"content":"x"},"enable_duplicate_check":1,"duplicate_check_interval":18000}`, 40035},
		"card without a title":   {fmt.Sprintf(card, `{"card_type":"text_notice","card_action":{"type":1,"url":"https://a.cn"}}`), 40058},
		"notice without action":  {fmt.Sprintf(card, `{"card_type":"text_notice","main_title":{"title":"t"}}`), 42045},
		"action without scheme":  {fmt.Sprintf(card, `{"card_type":"text_notice","main_title":{"title":"t"},"card_action":{"type":1,"url":"a.cn"}}`), 42045},
		"no task_id":             {fmt.Sprintf(card, `{"card_type":"button_interaction","main_title":{"title":"t"},"button_list":[{"text":"x","key":"k"}]}`), 42014},
		"task_id with a dot":     {fmt.Sprintf(card, `{"card_type":"button_interaction","main_title":{"title":"t"},"task_id":"a.b","button_list":[{"text":"x","key":"k"}]}`), 42014},
		"no buttons":             {buttons(`[]`), 42038},
		"seven buttons":          {buttons(`[{"text":"x","key":"1"},{"text":"x","key":"2"},{"text":"x","key":"3"},{"text":"x","key":"4"},{"text":"x","key":"5"},{"text":"x","key":"6"},{"text":"x","key":"7"}]`), 42038},
		"button without text":    {buttons(`[{"text":"","key":"k"}]`), 42038},
		"two buttons, one key":   {buttons(`[{"text":"x","key":"k"},{"text":"y","key":"k"}]`), 42039},
		"line without a name":    {lines(`[{"keyname":"","value":"v"}]`), 42027},
		"line with a bad link":   {lines(`[{"type":1,"keyname":"k","url":"x"}]`), 42028},
		"line of no type":        {lines(`[{"type":9,"keyname":"k"}]`), 42031},
		"seven lines":            {lines(`[` + strings.Repeat(`{"keyname":"k"},`, 6) + `{"keyname":"k"}]`), 42035},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if a := s.send(t, c.body); a.ErrCode != c.want {
				t.Errorf("errcode %d (%s), want %d", a.ErrCode, a.ErrMsg, c.want)
			}
			if len(s.Delivered()) > 0 {
				t.Error("delivered all the same")
			}
		})
	}
}

func TestSend_SomeReceiversUnknown(t *testing.T) {
	t.Parallel()
	c := open(t)
	a := c.send(t, text("LIMING|Nobody|wangfang", "x"))
	if a.ErrCode != 0 || a.InvalidUser != "nobody" || len(c.Delivered()) != 2 {
		t.Errorf("answer = %+v after %d deliveries, want 0 with invaliduser nobody and two", a, len(c.Delivered()))
	}
}

func TestSend_LongTextIsCutWithoutAWord(t *testing.T) {
	t.Parallel()
	c := open(t)
	if a := c.send(t, text("liming", strings.Repeat("汉", 683))); a.ErrCode != 0 {
		t.Fatalf("errcode %d", a.ErrCode)
	}
	if got := c.Delivered()[0]; !got.Cut || got.Text != strings.Repeat("汉", 682) {
		t.Errorf("the reader has %d bytes, cut %v; want 2046 and true", len(got.Text), got.Cut)
	}
}

func TestSend_TheSameBytesAreShownOnce(t *testing.T) {
	t.Parallel()
	c := open(t)
	first := c.send(t, text("liming", "x"))
	c.clock.Advance(30*time.Minute - time.Second)
	if second := c.send(t, text("liming", "x")); second.ErrCode != 0 || second.MsgID != first.MsgID || len(c.Delivered()) != 1 {
		t.Errorf("answer = %+v after %d deliveries, want the first msgid and one", second, len(c.Delivered()))
	}
	c.clock.Advance(time.Second)
	if c.send(t, text("liming", "x")); len(c.Delivered()) != 2 {
		t.Errorf("%d deliveries after the interval, want 2", len(c.Delivered()))
	}
}

func TestSend_WhatIsOverIsDroppedInSilence(t *testing.T) {
	t.Parallel()
	c := open(t)
	for i := range 31 {
		if a := c.send(t, text("liming", strconv.Itoa(i))); a.ErrCode != 0 || a.MsgID == "" {
			t.Fatalf("answer = %+v, want success whatever becomes of it", a)
		}
	}
	if len(c.Delivered()) != 30 || len(c.Dropped()) != 1 {
		t.Errorf("%d delivered and %d dropped, want 30 and 1", len(c.Delivered()), len(c.Dropped()))
	}
	c.clock.Advance(59 * time.Second)
	c.send(t, text("liming", "still barred"))
	c.send(t, text("wangfang", "another"))
	c.clock.Advance(2 * time.Second)
	c.send(t, text("liming", "free"))
	if len(c.Delivered()) != 32 || len(c.Dropped()) != 2 {
		t.Errorf("%d delivered and %d dropped, want 32 and 2", len(c.Delivered()), len(c.Dropped()))
	}
}

func TestRobot(t *testing.T) {
	t.Parallel()
	c := open(t)
	say := func(key, body string) int {
		return c.call(t, http.MethodPost, "/cgi-bin/webhook/send?key="+key, body).ErrCode
	}
	const hello = `{"msgtype":"markdown","markdown":{"content":"**x**"}}`
	for range 20 {
		if code := say("k", hello); code != 0 {
			t.Fatalf("errcode %d", code)
		}
	}
	if code := say("k", hello); code != 45009 {
		t.Errorf("errcode %d for the 21st of a minute, want 45009", code)
	}
	c.clock.Advance(time.Minute)
	if code := say("k", hello); code != 0 {
		t.Errorf("errcode %d a minute later", code)
	}
	for body, want := range map[string]int{
		`{"msgtype":"text","text":{"content":"` + strings.Repeat("x", 2049) + `"}}`:         40058,
		`{"msgtype":"markdown","markdown":{"content":"` + strings.Repeat("x", 4097) + `"}}`: 40058,
		`{"msgtype":"text","text":{"content":""}}`:                                          44004,
		`{"msgtype":"image"}`: 40008, `{"msgtype":"text","txt":{}}`: 40035,
	} {
		if code := say("k", body); code != want {
			t.Errorf("errcode %d for %.40s, want %d", code, body, want)
		}
	}
	if code := say("other", hello); code != 93000 {
		t.Errorf("errcode %d for an unknown key, want 93000", code)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	c := open(t)
	listening := httptest.NewServer(c)
	t.Cleanup(listening.Close)
	client := listening.Client()
	t.Cleanup(client.CloseIdleConnections)
	post := func() (int, string, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, listening.URL+"/cgi-bin/message/send?access_token="+c.token,
			bytes.NewBufferString(text("liming", strconv.Itoa(len(c.Requests("/cgi-bin/message/send"))))))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			return 0, "", err
		}
		body, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body), errors.Join(err, resp.Body.Close())
	}
	c.FailNext(1, wecom.Fault{Kind: wecom.Status, Code: 503})
	c.FailNext(1, wecom.Fault{Kind: wecom.ErrCode, Code: -1})
	c.FailNext(1, wecom.Fault{Kind: wecom.Cut, Taken: true})
	if status, _, err := post(); status != 503 || err != nil {
		t.Errorf("first: %d %v, want 503", status, err)
	}
	if _, body, _ := post(); !strings.Contains(body, `"errcode":-1`) {
		t.Errorf("second: %s, want -1", body)
	}
	if _, _, err := post(); err == nil || len(c.Delivered()) != 1 {
		t.Errorf("third: %v after %d deliveries, want a cut connection and one", err, len(c.Delivered()))
	}
	if status, _, err := post(); status != 200 || err != nil || len(c.Delivered()) != 2 {
		t.Errorf("fourth: %d %v, want all well again", status, err)
	}
}
