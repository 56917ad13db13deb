package notifytest

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"huiying/notify"
)

// Run tries everything that the Courier relies on; open makes a fixture with nothing
// sent on it yet.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(t *testing.T, f Fixture)
	}{
		{"says who it is", naming},
		{"encodes the same bytes for the same message", deterministic},
		{"delivers a message", delivers},
		{"cuts long texts within the limit and between characters", long},
		{"neutralises what comes from outside", hostile},
		{"sends the same bytes again after a lost answer", again},
		{"leaves when its context ends", cancelled},
		{"sends nothing when its context has ended", late},
		{"serves several senders", together},
		{"carries a picture and a document", carries},
		{"sends the same file again after a lost answer", carriesAgain},
		{"fails for good where the file is not kept any more", carriesNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
	faults := open(t).Faults
	for i := range faults {
		t.Run("fault "+faults[i].Name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			refused(t, f, f.Faults[i])
		})
	}
}

func naming(t *testing.T, f Fixture) {
	t.Helper()
	if name := f.Channel.Name(); name == "" || strings.ContainsAny(name, " \t\n") {
		t.Errorf("Name() = %q, want one word: the outbox keeps names parted by spaces", name)
	}
	if q := f.Channel.Quota(); q.PerMinute < 0 || q.PerHour < 0 || q.AllPerMinute < 0 {
		t.Errorf("Quota() = %+v, want no negative limit", q)
	}
}

func deterministic(t *testing.T, f Fixture) {
	t.Helper()
	for _, m := range []notify.Message{Message(f.To), withoutCard(Message(f.To))} {
		first := Seal(t, f.Channel, m).Body
		for range 5 {
			if second := Seal(t, f.Channel, m).Body; !bytes.Equal(first, second) {
				t.Fatalf("Encode gave\n%s\nand then\n%s", first, second)
			}
		}
	}
	if f.Wire != nil && len(f.Wire()) > 0 {
		t.Error("Encode touched the network")
	}
}

func withoutCard(m notify.Message) notify.Message {
	m.Card = nil
	return m
}

func delivers(t *testing.T, f Fixture) {
	t.Helper()
	for i, m := range []notify.Message{Message(f.To), withoutCard(Message(f.To))} {
		m.Key += strconv.Itoa(i)
		if o := f.Channel.Send(t.Context(), Seal(t, f.Channel, m)); o.Status != notify.Sent || o.Reason != notify.ReasonOK {
			t.Fatalf("Send = %+v, want sent", o)
		}
	}
	if f.Received == nil {
		return
	}
	got := f.Received()
	if len(got) != 2 {
		t.Fatalf("%d messages received, want 2", len(got))
	}
	for _, text := range got {
		flat := strings.Join(strings.Fields(text), "")
		for _, want := range []string{"123号", "重大突发", "最迟", "11月20日21:40", "还剩1小时20分", "县住房和城乡建设局", "请发布权威信息"} {
			if !strings.Contains(flat, want) {
				t.Errorf("the reader does not see %q in:\n%s", want, text)
			}
		}
	}
}

func received(f Fixture) []string {
	if f.Received == nil {
		return nil
	}
	return f.Received()
}

// long shifts four-byte characters over every remainder, with a card and without.
func long(t *testing.T, f Fixture) {
	t.Helper()
	for shift := range 4 {
		m := Message(f.To)
		m.Key += strconv.Itoa(shift)
		m.Title = strings.Repeat("x", shift) + strings.Repeat("🔥", 3000)
		m.Text = m.Title + "\n" + strings.Repeat("𠮷", 3000) + "\n" + m.URL
		m.Markdown = "**" + m.Title + "**\n" + strings.Repeat("𠮷", 3000) + "\n[查看详情](" + m.URL + ")"
		m.Card.Fields[0].Value = strings.Repeat("𠮷", 3000)
		m.Card.Buttons[0].Text = strings.Repeat("𠮷", 300)
		if shift%2 == 1 {
			m.Card = nil
		}
		if o := f.Channel.Send(t.Context(), Seal(t, f.Channel, m)); o.Status != notify.Sent {
			t.Fatalf("Send = %+v, want sent", o)
		}
	}
	for _, text := range received(f) {
		switch {
		case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
			t.Errorf("a character is broken: …%q", text[max(len(text)-40, 0):])
		case f.MaxBytes > 0 && len(text) > f.MaxBytes:
			t.Errorf("%d bytes received, want at most %d", len(text), f.MaxBytes)
		}
	}
}

func hostile(t *testing.T, f Fixture) {
	t.Helper()
	if !f.Escapes {
		return
	}
	m := withoutCard(Message(f.To))
	bad := "<a href=\"https://bad.example\">点此领取</a>\x1b[2J\x00\xff\r\nBcc: other@bad.example"
	m.Title = "【新件·一般】7号 " + bad
	m.Text = m.Title + "\n" + bad
	m.Markdown = "**" + notify.EscapeMarkdown(m.Title) + "**\n" + notify.EscapeMarkdown(bad)
	m.URL = ""
	if o := f.Channel.Send(t.Context(), Seal(t, f.Channel, m)); o.Status != notify.Sent {
		t.Fatalf("Send = %+v, want sent", o)
	}
	for _, text := range f.Received() {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Errorf("control characters or broken bytes reach the reader: %q", text)
		}
		if f.Markup && strings.Contains(text, "<a href=\"https://bad.example\"") {
			t.Errorf("a link from outside is live: %q", text)
		}
	}
}

func again(t *testing.T, f Fixture) {
	t.Helper()
	if f.Lose == nil {
		return
	}
	e := Seal(t, f.Channel, Message(f.To))
	f.Lose()
	if o := f.Channel.Send(t.Context(), e); o.Status != notify.Retry || o.Reason != notify.ReasonUnknown {
		t.Fatalf("Send with a lost answer = %+v, want a retry for an unknown outcome", o)
	}
	e.Tries++
	if o := f.Channel.Send(t.Context(), e); o.Status != notify.Sent {
		t.Fatalf("the second Send = %+v, want sent", o)
	}
	wire := f.Wire()
	if len(wire) != 2 || !bytes.Equal(wire[0], wire[1]) {
		t.Errorf("the two tries differ:\n%q", wire)
	}
	if got := f.Received(); f.Once && len(got) != 1 {
		t.Errorf("the reader has the message %d times, want once", len(got))
	}
}

func cancelled(t *testing.T, f Fixture) {
	t.Helper()
	if f.Hang == nil {
		return
	}
	hanging := f.Hang()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e := Seal(t, f.Channel, Message(f.To))
	done := make(chan notify.Outcome)
	go func() { done <- f.Channel.Send(ctx, e) }()
	<-hanging
	cancel()
	if o := <-done; o.Status != notify.Retry || o.Reason != notify.ReasonUnknown {
		t.Errorf("Send = %+v, want a retry for an unknown outcome", o)
	}
	if o := f.Channel.Send(t.Context(), e); o.Status != notify.Sent {
		t.Errorf("the next Send = %+v, want sent", o)
	}
}

func late(t *testing.T, f Fixture) {
	t.Helper()
	if f.Wire == nil {
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if o := f.Channel.Send(ctx, Seal(t, f.Channel, Message(f.To))); o.Status != notify.Retry {
		t.Errorf("Send = %+v, want a retry", o)
	}
	if len(received(f)) > 0 {
		t.Error("the message went out all the same")
	}
}

func together(t *testing.T, f Fixture) {
	t.Helper()
	const senders = 8
	done := make(chan notify.Outcome, senders)
	for i := range senders {
		m := Message(f.To)
		m.Key += strconv.Itoa(i)
		e := Seal(t, f.Channel, m)
		go func() { done <- f.Channel.Send(t.Context(), e) }()
	}
	for range senders {
		if o := <-done; o.Status != notify.Sent {
			t.Errorf("Send = %+v, want sent", o)
		}
	}
	if f.Received != nil && len(f.Received()) != senders {
		t.Errorf("%d messages received, want %d", len(f.Received()), senders)
	}
}

func refused(t *testing.T, f Fixture, fault Fault) {
	t.Helper()
	fault.Cause()
	o := f.Channel.Send(t.Context(), Seal(t, f.Channel, Message(f.To)))
	if o.Status != fault.Want || fault.Reason != "" && o.Reason != fault.Reason {
		t.Errorf("Send = %+v, want %s for %s", o, fault.Want, fault.Reason)
	}
	if o.After < fault.After {
		t.Errorf("After = %s, want at least %s", o.After, fault.After)
	}
	if o.Status != notify.Sent && o.Detail == "" {
		t.Error("Detail is empty: nobody can tell what happened")
	}
	said := o.Detail
	if f.Log != nil {
		said += f.Log()
	}
	for _, secret := range append(f.Secrets, "城关镇西街") {
		if secret != "" && strings.Contains(said, secret) {
			t.Errorf("a secret or the message's text got out: %q", said)
		}
	}
}
