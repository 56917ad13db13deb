package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/jonboulle/clockwork"

	"huiying/incident"
	"huiying/notify"
	"huiying/notify/post"
)

// Deps is what a Channel works with.
type Deps struct {
	// Client makes the requests; nil for one of the standard library's.
	Client *http.Client
	Clock  clockwork.Clock
	Log    *slog.Logger
	// Files reads what is to be sent as a file; nil where no files are sent.
	Files notify.Files
}

// Channel is the bot. It is safe for concurrent use.
type Channel struct {
	cfg    Config
	client *http.Client
	clock  clockwork.Clock
	log    *slog.Logger
	kept   notify.Files
	name   atomic.Pointer[string] // the bot's user name, once it is known

	mu     sync.Mutex
	barred map[string]time.Time // chats that the platform wants left alone, until when
	moved  map[string]string    // groups that became supergroups, by their old id
}

var _ notify.Carrier = (*Channel)(nil)

// New returns the bot's channel, or what is wrong with cfg. It does not connect.
func New(cfg Config, d Deps) (*Channel, error) {
	cfg.Enabled = true
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Channel{cfg: cfg.withDefaults(), client: post.Client(d.Client), clock: d.Clock, log: d.Log, kept: d.Files, barred: map[string]time.Time{}, moved: map[string]string{}}, nil
}

// Name is the channel's name in addresses.
func (*Channel) Name() string { return "telegram" }

// Quota is below what the platform gives a chat (about one a second, a group 20 a
// minute): what counts is its 429, which is obeyed for each chat.
func (*Channel) Quota() notify.Quota { return notify.Quota{PerMinute: 20} }

// Encode makes the request: HTML in which nothing from outside is live, masked, with
// buttons if the message has some.
func (c *Channel) Encode(m notify.Message) ([]byte, error) {
	if strings.TrimSpace(m.Text) == "" {
		return nil, errors.New("message has no text")
	}
	if m.File != nil {
		return c.encodeFile(m)
	}
	params, err := sending(m.To, reminder(m), nil)
	if err != nil {
		return nil, err
	}
	if m.Card != nil {
		if params, err = sending(m.To, reminder(m), [][]notify.Button{m.Card.Buttons}); err != nil {
			return nil, err
		}
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return raw, nil
}

// maxText is in UTF-16 units, after entities; what is over is refused.
const maxText = 4096

// reminder is a notice as HTML: its first line bold, its link one that can be tapped,
// its key at the end, since an unknown outcome may be read twice.
func reminder(m notify.Message) string {
	first, rest, _ := strings.Cut(clean(m.Text), "\n")
	tail := "\n〔" + m.Key + "〕"
	link := ""
	if usable(m.URL) {
		rest = withoutLine(rest, m.URL)
		link = "\n<a href=\"" + html.EscapeString(m.URL) + "\">查看详情</a>"
	}
	const shown = 5 // 查看详情 and its line end
	room := maxText - utf16(tail) - shown
	first = cut(first, room)
	text := "<b>" + html.EscapeString(first) + "</b>"
	if rest = strings.TrimSpace(rest); rest != "" && room-utf16(first) > 1 {
		text += "\n" + html.EscapeString(cut(rest, room-utf16(first)-1))
	}
	return text + link + html.EscapeString(tail)
}

// clean is a text as it may leave the house: without control characters, and masked.
func clean(s string) string { return incident.MaskText(notify.Clean(s)) }

// sending are the parameters of sendMessage.
func sending(to, text string, buttons [][]notify.Button) (tgbotapi.Params, error) {
	params := tgbotapi.Params{
		"chat_id": to, "text": text, "parse_mode": tgbotapi.ModeHTML, "link_preview_options": `{"is_disabled":true}`,
	}
	if k := keyboard(buttons); len(k.InlineKeyboard) > 0 {
		if err := params.AddInterface("reply_markup", k); err != nil {
			return nil, fmt.Errorf("encode buttons: %w", err)
		}
	}
	return params, nil
}

const (
	maxData     = 64 // bytes of a button's key
	maxButton   = 32 // characters that a phone shows
	maxKeyboard = 100
)

// keyboard are the buttons that the platform takes, row by row.
func keyboard(rows [][]notify.Button) tgbotapi.InlineKeyboardMarkup {
	var k tgbotapi.InlineKeyboardMarkup
	n := 0
	for _, row := range rows {
		var line []tgbotapi.InlineKeyboardButton
		for _, b := range row {
			text := notify.CutRunes(strings.Join(strings.Fields(clean(b.Text)), " "), maxButton)
			if text == "" || b.Key == "" || len(b.Key) > maxData || n == maxKeyboard {
				continue
			}
			n++
			line = append(line, tgbotapi.NewInlineKeyboardButtonData(text, b.Key))
		}
		if len(line) > 0 {
			k.InlineKeyboard = append(k.InlineKeyboard, line)
		}
	}
	return k
}

// Send tries once.
func (c *Channel) Send(ctx context.Context, e notify.Envelope) notify.Outcome {
	var f carried
	if err := json.Unmarshal(e.Body, &f); err == nil && f.Carry.Hash != "" {
		return c.sendFile(ctx, f)
	}
	var params tgbotapi.Params
	if err := json.Unmarshal(e.Body, &params); err != nil {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "message cannot be read"}
	}
	return c.send(ctx, params)
}

// send sends a message unless its chat is to be left alone.
func (c *Channel) send(ctx context.Context, params tgbotapi.Params) notify.Outcome {
	chat := params["chat_id"]
	if wait := c.wait(chat); wait > 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: wait, Detail: "asked to wait"}
	}
	result, err := c.followed(ctx, "sendMessage", params)
	if err != nil {
		o := c.verdict(ctx, err)
		c.bar(chat, o)
		return o
	}
	var sent struct {
		ID int64 `json:"message_id"`
	}
	if err := json.Unmarshal(result, &sent); err != nil || sent.ID == 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "answer cannot be read"}
	}
	o := notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Receipt: itoa(sent.ID)}
	if params["reply_markup"] != "" {
		o.Code = o.Receipt // a message with buttons can be changed
	}
	return o
}

// wait is how long a chat is to be left alone.
func (c *Channel) wait(chat string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	wait := c.barred[chat].Sub(c.clock.Now())
	if wait <= 0 {
		delete(c.barred, chat)
	}
	return wait
}

func (c *Channel) bar(chat string, o notify.Outcome) {
	if o.Reason != notify.ReasonQuota {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.barred[chat] = c.clock.Now().Add(o.After)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// cut shortens a text to at most n UTF-16 units and says so.
func cut(s string, n int) string {
	if utf16(s) <= n {
		return s
	}
	const note = "…（内容较长，详见页面）"
	keep, used := 0, 0
	for i, r := range s {
		size := utf16(string(r))
		if used+size > n-utf16(note) {
			break
		}
		used += size
		keep = i + len(string(r))
	}
	return s[:keep] + note
}

// usable tells whether the platform makes a link of an address.
func usable(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func withoutLine(body, line string) string {
	var kept []string
	for l := range strings.SplitSeq(body, "\n") {
		if l != line {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}
