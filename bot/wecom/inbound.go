package wecom

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"huiying/bot"
)

// inbound is a message or an event of the application (90238, 90239, 90240), the fields
// that we use.
type inbound struct {
	ToUser     string `xml:"ToUserName"`
	FromUser   string `xml:"FromUserName"`
	CreateTime int64  `xml:"CreateTime"`
	MsgType    string `xml:"MsgType"`
	MsgID      string `xml:"MsgId"`
	AgentID    int    `xml:"AgentID"`

	Content     string `xml:"Content"`
	MediaID     string `xml:"MediaId"`
	Format      string `xml:"Format"`
	Title       string `xml:"Title"`
	Description string `xml:"Description"`
	URL         string `xml:"Url"`
	X           string `xml:"Location_X"`
	Y           string `xml:"Location_Y"`
	Label       string `xml:"Label"`

	Event        string `xml:"Event"`
	EventKey     string `xml:"EventKey"`
	TaskID       string `xml:"TaskId"`
	ResponseCode string `xml:"ResponseCode"`
}

const (
	maxDepth  = 8
	maxTokens = 2000
)

// decode reads XML that came from outside: no DOCTYPE, no entities of its own, no depths
// to get lost in.
func decode(doc []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = true
	depth := 0
	for n := 0; ; n++ {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read xml: %w", err)
		}
		switch t.(type) {
		case xml.Directive:
			return errors.New("xml has a directive")
		case xml.ProcInst:
			if n > 0 {
				return errors.New("xml has an instruction")
			}
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth || n > maxTokens {
			return errors.New("xml is too deep or too long")
		}
	}
	if err := xml.Unmarshal(doc, into); err != nil {
		return fmt.Errorf("read xml: %w", err)
	}
	return nil
}

// parse reads a decrypted message and refuses what is not for this application.
func (c *Channel) parse(plain []byte) (inbound, error) {
	var m inbound
	if err := decode(plain, &m); err != nil {
		return m, err
	}
	switch {
	case m.ToUser != c.cfg.CorpID:
		return m, errors.New("message is for another corporation")
	case m.AgentID != 0 && m.AgentID != c.cfg.AgentID:
		return m, errors.New("message is for another application")
	case !single(m.FromUser):
		return m, errors.New("message names no sender")
	case m.MsgType == "":
		return m, errors.New("message names no type")
	}
	return m, nil
}

// key tells a message from every other: its id, or for an event, which has none, what
// it consists of. Two taps fit into a second.
func (m inbound) key() string {
	if m.MsgType != "event" && m.MsgID != "" {
		return "m" + m.MsgID
	}
	h := sha256.New()
	for _, part := range []string{strings.ToLower(m.FromUser), strconv.FormatInt(m.CreateTime, 10), m.MsgType, m.Event, m.EventKey, m.TaskID, m.Content, m.MediaID} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return "e" + hex.EncodeToString(h.Sum(nil))
}

// speaks tells whether somebody waits for an answer: who leaves, and what the platform
// tells of itself, is no message.
func (m inbound) speaks() bool {
	switch m.MsgType {
	case "text", "image", "voice", "video", "location", "link":
		return true
	case "event":
		switch m.Event {
		case "enter_agent", "subscribe", "click", "template_card_event", "template_card_menu_event":
			return true
		}
	}
	return false
}

// tapped tells whether it is a tap on a card.
func (m inbound) tapped() bool { return strings.HasPrefix(m.Event, "template_card_") }

// Read implements bot.Platform: the body is the decrypted XML.
func (c *Channel) Read(body []byte) (bot.Message, error) {
	in, err := c.parse(body)
	if err != nil {
		return bot.Message{}, errors.Join(bot.ErrUnreadable, err)
	}
	m := bot.Message{
		ID: in.key(), Platform: c.Name(), From: in.FromUser, Chat: in.FromUser, At: time.Unix(in.CreateTime, 0).UTC(),
	}
	switch in.MsgType {
	case "text":
		m.Text = strings.TrimSpace(in.Content)
	case "location":
		m.Text = fmt.Sprintf("位置：%s（%s，%s）", cmp.Or(in.Label, "未命名"), in.X, in.Y)
	case "link":
		m.Link = &bot.Link{Title: in.Title, Text: in.Description, URL: in.URL}
	case "image":
		m.Files = c.file(in, "图片", "jpg", "image/jpeg")
	case "voice":
		m.Files = c.file(in, "语音", cmp.Or(strings.ToLower(in.Format), "amr"), "audio/"+cmp.Or(strings.ToLower(in.Format), "amr"))
	case "video":
		m.Files = c.file(in, "视频", "mp4", "video/mp4")
	case "event":
		in.event(&m)
	}
	return m, nil
}

func (m inbound) event(to *bot.Message) {
	switch m.Event {
	case "enter_agent", "subscribe":
		to.Entered = true
	case "click": // the menu's keys are commands
		to.Text = m.EventKey
	default:
		to.Tap = &bot.Tap{Key: m.EventKey, Card: m.TaskID, Code: m.ResponseCode}
	}
}

func (c *Channel) file(in inbound, what, suffix, kind string) []bot.File {
	return []bot.File{{
		Name: what + in.MsgID + "." + suffix, Type: kind,
		Open: func(ctx context.Context) (io.ReadCloser, error) { return c.media(ctx, in.MediaID) },
	}}
}
