package wecom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"huiying/notify"
)

// request is the body of message/send (90236) in the order in which it is written.
type request struct {
	ToUser        string   `json:"touser"`
	MsgType       string   `json:"msgtype"`
	AgentID       int      `json:"agentid"`
	Text          *content `json:"text,omitempty"`
	Markdown      *content `json:"markdown,omitempty"`
	TemplateCard  *card    `json:"template_card,omitempty"`
	Image         *media   `json:"image,omitempty"`
	File          *media   `json:"file,omitempty"`
	Check         int      `json:"enable_duplicate_check"`
	CheckInterval int      `json:"duplicate_check_interval"`
}

type content struct {
	Content string `json:"content"`
}

// media is what was uploaded before.
type media struct {
	MediaID string `json:"media_id"`
}

const (
	maxContent = 2048 // bytes; what is over is cut without a word
	maxTaskID  = 128  // bytes
	maxURL     = 1024 // bytes of a link within a text; a card's may have 2,048
)

// Encode makes the request: a card for what has one, else text.
func (c *Channel) Encode(m notify.Message) ([]byte, error) {
	if strings.TrimSpace(m.Text) == "" {
		return nil, errors.New("message has no text")
	}
	if !validTaskID(m.Key) {
		return nil, fmt.Errorf("key %q cannot be a task_id", m.Key)
	}
	if m.File != nil {
		return c.encodeFile(m)
	}
	r := c.envelope(m.To)
	switch card := c.card(m); {
	case card != nil:
		r.MsgType, r.TemplateCard = "template_card", card
	case c.cfg.Markdown && m.Markdown != "":
		r.MsgType, r.Markdown = "markdown", &content{markdown(m)}
	default:
		r.MsgType, r.Text = "text", &content{text(m.Text, m.URL, m.Key)}
	}
	return r.bytes()
}

func (c *Channel) envelope(to string) request {
	return request{ToUser: to, AgentID: c.cfg.AgentID, Check: 1, CheckInterval: int(c.cfg.DuplicateCheckInterval / time.Second)}
}

// bytes writes the request, the same for the same values.
func (r request) bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func validTaskID(key string) bool {
	const also = "_-@"
	return key != "" && len(key) <= maxTaskID && strings.IndexFunc(key, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(also, r)
	}) < 0
}

// text is a plain message: what came from outside has no markup, the link is one that
// can be tapped, and the key tells two messages of the same words apart, which the
// platform would show as one.
func text(body, link, key string) string {
	body = notify.Clean(body)
	tail := "\n〔" + key + "〕"
	if usable(link, maxURL) {
		body = withoutLine(body, link)
		tail = "\n<a href=\"" + href(link) + "\">查看详情</a>" + tail
	}
	body = strings.NewReplacer("<", "＜", ">", "＞").Replace(body)
	return notify.CutBytes(body, maxContent-len(tail)) + tail
}

// markdown is the message in the platform's subset, cut without leaving bold open.
func markdown(m notify.Message) string {
	const bold = "**"
	body, tail := notify.Clean(m.Markdown), "\n〔"+m.Key+"〕"
	if usable(m.URL, maxURL) {
		link := "[查看详情](" + m.URL + ")"
		body = withoutLine(body, link)
		tail = "\n" + link + tail
	}
	body = notify.CutBytes(body, maxContent-len(tail)-len(bold))
	if strings.Count(body, bold)%2 == 1 {
		body += bold
	}
	return body + tail
}

// usable tells whether the platform takes a link of at most that many bytes.
func usable(link string, most int) bool {
	u, err := url.Parse(link)
	return err == nil && len(link) <= most && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func href(link string) string {
	return strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E").Replace(link)
}

func withoutLine(body, line string) string {
	lines := strings.Split(body, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l != line {
			kept = append(kept, l)
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}
