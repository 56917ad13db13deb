package outside_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/internal/app"
	fake "huiying/internal/fake/wecom"
	"huiying/org"
)

const (
	corpID = "ww0123456789"
	cbTok  = "QDG6eK"
	aesKey = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
)

// caller calls the house as WeChat Work does, by @wecom/crypto.
type caller struct {
	*node
	url    string
	client *http.Client
	n      int
}

type sealing struct {
	Op        string `json:"op"`
	Text      string `json:"text"`
	Timestamp string `json:"timestamp"`
	Nonce     string `json:"nonce"`
}

type sealed struct {
	Text      string `json:"text"`
	ID        string `json:"id"`
	Signature string `json:"signature"`
}

func (c *caller) seal(text string) (sealed, url.Values) {
	c.t.Helper()
	c.n++
	s := sealing{"seal", text, strconv.FormatInt(clockwork.NewRealClock().Now().Unix(), 10), "nonce" + strconv.Itoa(c.n)}
	c.tell(s)
	var out sealed
	c.hear(&out)
	return out, url.Values{"msg_signature": {out.Signature}, "timestamp": {s.Timestamp}, "nonce": {s.Nonce}}
}

// post sends a message and returns the passive reply, decrypted; it must come in a second.
func (c *caller) post(message string) string {
	c.t.Helper()
	out, query := c.seal(message)
	began := clockwork.NewRealClock().Now()
	body := "<xml><ToUserName><![CDATA[" + corpID + "]]></ToUserName><Encrypt><![CDATA[" + out.Text + "]]></Encrypt><AgentID><![CDATA[7]]></AgentID></xml>"
	resp, err := c.client.Post(c.url+"?"+query.Encode(), "text/xml", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("answered %d %s, %v", resp.StatusCode, answer, err)
	}
	if took := clockwork.NewRealClock().Now().Sub(began); took > 5*time.Second { // the platform's limit; ours is 1 s on a quiet machine
		c.t.Errorf("answered after %s", took)
	}
	if len(answer) == 0 {
		return ""
	}
	var passive struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal(answer, &passive); err != nil {
		c.t.Fatal(err)
	}
	c.tell(sealing{"open", passive.Encrypt, passive.TimeStamp, passive.Nonce})
	var plain sealed
	c.hear(&plain)
	if plain.Signature != passive.MsgSignature || plain.ID != corpID {
		c.t.Errorf("the passive reply is signed %q for %q", passive.MsgSignature, plain.ID)
	}
	return plain.Text
}

// @wecom/crypto checks the address, sends messages of every length and a tap, and reads
// what is answered.
func TestWecom_CallbackByTheirOwnCrypto(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewRealClock()
	platform := fake.New(clock, fake.Options{CorpID: corpID, Secret: "s3cr3t", AgentID: 7})
	api := httptest.NewServer(platform)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		api.Close()
	})
	c := &caller{node: start(t, "wecom.js", cbTok, aesKey, corpID), client: &http.Client{Transport: transport}}
	cfg := config(t, "HUIYING_WECOM__CORP_ID="+corpID, "HUIYING_WECOM__AGENT_ID=7", "HUIYING_WECOM__SECRET=s3cr3t",
		"HUIYING_WECOM__API_BASE="+api.URL, "HUIYING_WECOM__TOKEN="+cbTok, "HUIYING_WECOM__ENCODING_AES_KEY="+aesKey,
		"HUIYING_CLOCK__START=2026-11-20T10:00:00+08:00") // a working day, not the quiet hours of a general matter
	users := map[org.PersonID]string{
		holder(t, cfg, "县政府办", org.DutyOfficer).ID: "qian", holder(t, cfg, "县城管局", org.Handler).ID: "wang",
	}
	if err := app.EditPeople(t.Context(), cfg, func(d org.Data) (org.Data, error) {
		for i := range d.Persons {
			if to := users[d.Persons[i].ID]; to != "" {
				d.Persons[i].Addresses = []org.Address{{Channel: "wecom", To: to}}
			}
		}
		return d, nil
	}); err != nil {
		t.Fatal(err)
	}
	h := serve(t, cfg)
	c.url = "http://" + h.addr + "/callback/wecom"

	out, query := c.seal("5927782489442352469")
	query.Set("echostr", out.Text)
	resp, err := c.client.Get(c.url + "?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	echo, err := io.ReadAll(resp.Body)
	if cerr := resp.Body.Close(); err != nil || cerr != nil || string(echo) != "5927782489442352469" {
		t.Fatalf("echo = %d %q, %v", resp.StatusCode, echo, err)
	}

	seen, late := 0, clock.After(patience/2)
	moment := func(what string) {
		t.Helper()
		select {
		case <-clock.After(20 * time.Millisecond):
		case <-late:
			for _, m := range platform.Delivered() {
				t.Logf("%s has %q, replaced by %q", m.User, m.Text, m.Replaced)
			}
			t.Fatal(what)
		}
	}
	shown := func(words ...string) fake.Message {
		t.Helper()
		for {
			for i, m := range platform.Delivered()[seen:] {
				all := true
				for _, w := range words {
					all = all && strings.Contains(m.Text, w)
				}
				if all {
					seen += i + 1
					return m
				}
			}
			moment("nothing says " + strings.Join(words, " "))
		}
	}
	for length := range 40 { // every padding of a block, in what nobody answers
		c.post(platform.Write("qian", "event", fake.Sent{Name: "Event", Text: "view"}, fake.Sent{Name: "EventKey", Text: strings.Repeat("x", length)}))
	}
	c.post(platform.Say("qian", "取消"))
	c.post(platform.Say("qian", "12345转来：和平小区3号楼前路灯坏了一周，晚上出行不便"))
	card := shown("请核对", "路灯")
	for card.Card == nil {
		card = shown()
	}
	key := ""
	for _, b := range card.Card.Buttons {
		if b.Text == "登记并分办" {
			key = b.Key
		}
	}
	tap, err := platform.Tap("qian", card.TaskID, key)
	if err != nil {
		t.Fatal(err)
	}
	passive := c.post(tap)
	if passive != "" && !strings.Contains(passive, "update_button") {
		t.Errorf("passive reply: %s", passive)
	}
	c.post(tap) // the platform sends it again
	c.post(platform.Say("qian", "查询 1"))
	shown("1号", "路灯")

	// The handler's card is changed though he writes instead of tapping.
	replaced := func(user string) string {
		for _, m := range platform.Delivered() {
			if m.User == user && m.Card != nil && strings.Contains(m.Text, "[签收]") {
				return m.Replaced
			}
		}
		return "no card"
	}
	wait := func(what string, until func() bool) {
		t.Helper()
		for !until() {
			moment(what)
		}
	}
	wait("the handler has no card", func() bool { return replaced("wang") == "" })
	c.post(platform.Say("wang", "签收1号"))
	wait("the handler's card was not changed", func() bool { return strings.Contains(replaced("wang"), "已签收") })
	for _, m := range platform.Delivered() {
		if m.Cut {
			t.Errorf("a message was cut: %q", m.Text)
		}
	}
}
