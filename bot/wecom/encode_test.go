package wecom_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/notify/notifytest"
)

var update = flag.Bool("update", false, "write the golden requests anew; read them before you commit")

func TestEncode_Golden(t *testing.T) {
	t.Parallel()
	for name, plain := range map[string]bool{"card.json": false, "text.json": true} {
		p := open(t, func(c *wecom.Config, _ *fake.Options) { c.PlainText = plain })
		var b bytes.Buffer
		if err := json.Indent(&b, p.seal(t, nil).Body, "", "  "); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs; if it is meant so, run go test ./bot/wecom -update and read it.\ngot:\n%s", path, b.String())
		}
	}
}

// Whatever a reporter writes, the platform takes the message, whole and unbroken.
func FuzzEncode(f *testing.F) {
	f.Add("【催办·一般】1号 停水", "请办结", "签收", "accept:1:2", "https://h.example/1")
	f.Add("", "\x00\xff", "", "", "")
	f.Add("<a href=\"x\">", "**\n>", "🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥", "k", "javascript:alert(1)")
	f.Add("\n\n", "x\r\n", "\t", "k", "http://a b")
	f.Fuzz(func(t *testing.T, title, text, button, key, link string) {
		m := notifytest.Message("liming")
		m.Title, m.Text, m.URL = title, title+"\n"+text+"\n"+link, link
		m.Card.Fields[0] = notify.Field{Name: title, Value: text}
		m.Card.Buttons[0] = notify.Button{Text: button, Key: key, Style: len(button)}
		for _, plain := range []bool{false, true} {
			p := open(t, func(c *wecom.Config, _ *fake.Options) { c.PlainText = plain })
			body, err := p.Encode(m)
			if err != nil {
				continue
			}
			o := p.Send(t.Context(), notify.Envelope{To: "liming", Key: m.Key, Body: body, Tries: 1})
			got := p.fake.Delivered()
			if o.Status != notify.Sent || o.Detail != "" || len(got) != 1 {
				t.Fatalf("Send = %+v after %d deliveries\n%s", o, len(got), body)
			}
			if got[0].Cut || !utf8.ValidString(got[0].Text) {
				t.Fatalf("the platform had to cut or mend %q", got[0].Text)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	ch, err := wecom.New(wecom.Config{CorpID: "ww", AgentID: 1, Secret: "s"}, wecom.Deps{})
	if err != nil {
		b.Fatal(err)
	}
	m := notifytest.Message("liming")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ch.Encode(m); err != nil {
			b.Fatal(err)
		}
	}
}
