package robot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"huiying/notify"
)

// request is the body of webhook/send in the order in which it is written.
type request struct {
	MsgType  string   `json:"msgtype"`
	Markdown *content `json:"markdown,omitempty"`
	Text     *content `json:"text,omitempty"`
}

type content struct {
	Content   string   `json:"content"`
	Mentioned []string `json:"mentioned_list,omitempty"`
}

const (
	maxMarkdown = 4096 // bytes
	maxText     = 2048 // bytes
	maxURL      = 1024 // bytes of a link in a message
)

// Encode makes the request. A robot has no duplicate check, so that a message whose
// answer was lost may stand in the group twice; its key at the end says that it is one.
func (c *Channel) Encode(m notify.Message) ([]byte, error) {
	if strings.TrimSpace(m.Text) == "" {
		return nil, errors.New("message has no text")
	}
	_, member, _ := strings.Cut(m.To, "/")
	if c.plain || m.Markdown == "" {
		return request{MsgType: "text", Text: text(m, member)}.bytes()
	}
	return request{MsgType: "markdown", Markdown: &content{Content: markdown(m, member)}}.bytes()
}

func (r request) bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// text is the message within its limit, the link kept; what came from outside has no
// markup.
func text(m notify.Message, member string) *content {
	body, tail := notify.Clean(m.Text), mark(m.Key)
	if m.URL != "" && len(m.URL) <= maxURL && strings.HasSuffix(body, m.URL) {
		body = strings.TrimSpace(strings.TrimSuffix(body, m.URL))
		tail = "\n" + m.URL + tail
	}
	body = strings.NewReplacer("<", "＜", ">", "＞").Replace(body)
	c := &content{Content: notify.CutBytes(body, maxText-len(tail)) + tail}
	if member != "" {
		c.Mentioned = []string{member}
	}
	return c
}

// markdown is the message within its limit, the link kept and no bold left open.
func markdown(m notify.Message, member string) string {
	const bold = "**"
	body, tail := notify.Clean(m.Markdown), mark(m.Key)
	if link := "[查看详情](" + m.URL + ")"; m.URL != "" && len(m.URL) <= maxURL && strings.Contains(body, link) {
		body = strings.TrimSpace(strings.Replace(body, link, "", 1))
		tail = "\n" + link + tail
	}
	if member != "" {
		tail = "\n<@" + strings.NewReplacer("<", "", ">", "").Replace(member) + ">" + tail
	}
	body = notify.CutBytes(body, maxMarkdown-len(tail)-len(bold))
	if strings.Count(body, bold)%2 == 1 {
		body += bold
	}
	return body + tail
}

func mark(key string) string { return "\n〔" + key + "〕" }

// asText is a markdown body as text; false for a body that is none.
func asText(body []byte) ([]byte, bool) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil || r.Markdown == nil {
		return nil, false
	}
	plain := strings.ReplaceAll(r.Markdown.Content, "**", "")
	plain = regexp.MustCompile(`\[([^\[\]\n]*)\]\(([^()\n]*)\)`).ReplaceAllString(plain, "$1 $2")
	var mentioned []string
	plain = regexp.MustCompile(`\n<@([^<>\n]*)>`).ReplaceAllStringFunc(plain, func(s string) string {
		mentioned = append(mentioned, s[3:len(s)-1])
		return ""
	})
	out, err := request{MsgType: "text", Text: &content{Content: notify.CutBytes(plain, maxText), Mentioned: mentioned}}.bytes()
	return out, err == nil
}
