package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"huiying/bot"
	"huiying/notify/post"
)

// letter is an update as it is kept; false for one that nobody waits to be answered.
func letter(raw json.RawMessage) (l bot.Letter, id int64, ok bool) {
	var head struct {
		ID       int64           `json:"update_id"`
		Message  *peer           `json:"message"`
		Callback *callbackOrigin `json:"callback_query"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.ID == 0 {
		return l, head.ID, false
	}
	l = bot.Letter{Platform: "telegram", Key: "u" + itoa(head.ID), Body: raw}
	switch {
	case head.Callback != nil && head.Callback.Message != nil:
		l.Talk = itoa(head.Callback.Message.Chat.ID)
	case head.Callback != nil:
		l.Talk = itoa(head.Callback.From.ID)
	case head.Message != nil:
		l.Talk = itoa(head.Message.Chat.ID)
	default:
		return l, head.ID, false
	}
	return l, head.ID, true
}

type peer struct {
	Chat struct {
		ID int64 `json:"id"`
	} `json:"chat"`
}

type callbackOrigin struct {
	ID   string `json:"id"`
	From struct {
		ID int64 `json:"id"`
	} `json:"from"`
	Message *peer `json:"message"`
}

// Read implements bot.Platform: the body is the update as it came.
func (c *Channel) Read(body []byte) (bot.Message, error) {
	var u tgbotapi.Update
	if err := json.Unmarshal(body, &u); err != nil {
		return bot.Message{}, errors.Join(bot.ErrUnreadable, err)
	}
	m := bot.Message{ID: "u" + itoa(int64(u.UpdateID)), Platform: c.Name()}
	switch {
	case u.CallbackQuery != nil && u.CallbackQuery.From != nil:
		tap(&m, u.CallbackQuery)
	case u.Message != nil && u.Message.From != nil && u.Message.Chat != nil:
		c.message(&m, u.Message)
	default:
		return m, bot.ErrUnreadable
	}
	return m, nil
}

func tap(m *bot.Message, q *tgbotapi.CallbackQuery) {
	m.From = itoa(q.From.ID)
	m.Chat = m.From
	m.Tap = &bot.Tap{Key: q.Data}
	if q.Message == nil || q.Message.Chat == nil {
		return
	}
	m.Chat, m.Group = itoa(q.Message.Chat.ID), !q.Message.Chat.IsPrivate()
	m.Named = m.Group // who taps the bot's button means the bot
	m.Tap.Card = itoa(int64(q.Message.MessageID))
	m.Tap.Code = q.Message.Text // what the message says, to be kept when it is changed
}

func (c *Channel) message(m *bot.Message, in *tgbotapi.Message) {
	m.From, m.Chat, m.At = itoa(in.From.ID), itoa(in.Chat.ID), when(int64(in.Date))
	m.Group = !in.Chat.IsPrivate()
	m.Text = strings.TrimSpace(in.Text + in.Caption)
	c.named(m, in)
	switch first, rest, _ := strings.Cut(m.Text, " "); {
	case first == "/start" && strings.TrimSpace(rest) != "":
		m.Text = "绑定 " + strings.TrimSpace(rest)
	case first == "/start":
		m.Text, m.Entered = "", true
	}
	if in.Location != nil {
		m.Text = strings.TrimSpace(fmt.Sprintf("%s 位置：（%.5f，%.5f）", m.Text, in.Location.Latitude, in.Location.Longitude))
	}
	c.files(m, in)
}

// when is a date of the platform, which some stand-ins of it give in milliseconds.
func when(n int64) time.Time {
	const seconds = 1 << 34 // the year 2514
	if n > seconds {
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// named takes the bot's own name out of the text, and finds out whether it was meant.
func (c *Channel) named(m *bot.Message, in *tgbotapi.Message) {
	if reply := in.ReplyToMessage; reply != nil && reply.From != nil && reply.From.IsBot {
		m.Named = true
	}
	name := c.name.Load()
	if name == nil {
		return
	}
	at := "@" + *name
	i := strings.Index(strings.ToLower(m.Text), strings.ToLower(at))
	if i < 0 {
		return
	}
	m.Named = true
	m.Text = strings.TrimSpace(m.Text[:i] + m.Text[min(i+len(at), len(m.Text)):])
}

func (c *Channel) files(m *bot.Message, in *tgbotapi.Message) {
	add := func(id, name, kind string) {
		m.Files = append(m.Files, bot.File{Name: name, Type: kind, Open: func(ctx context.Context) (io.ReadCloser, error) { return c.file(ctx, id) }})
	}
	number := itoa(int64(in.MessageID))
	if n := len(in.Photo); n > 0 { // the sizes of one picture, the largest last
		add(in.Photo[n-1].FileID, "图片"+number+".jpg", "image/jpeg")
	}
	if d := in.Document; d != nil {
		name := path.Base("/" + strings.ReplaceAll(d.FileName, "\\", "/"))
		if name == "/" || name == "." {
			name = "文件" + number
		}
		add(d.FileID, name, d.MimeType)
	}
	if v := in.Voice; v != nil {
		add(v.FileID, "语音"+number+".ogg", "audio/ogg")
	}
	if v := in.Video; v != nil {
		add(v.FileID, "视频"+number+".mp4", "video/mp4")
	}
}

const maxFile = 24 << 20 // bytes; the platform gives bots 20 MB

// file fetches a file; whoever gets it closes it.
func (c *Channel) file(ctx context.Context, id string) (io.ReadCloser, error) {
	result, err := c.request(ctx, "getFile", tgbotapi.Params{"file_id": id})
	if err != nil {
		return nil, errors.New("fetch file: " + c.verdict(ctx, err).Detail)
	}
	var f struct {
		Path string `json:"file_path"`
	}
	if err := json.Unmarshal(result, &f); err != nil || f.Path == "" {
		return nil, errors.New("fetch file: answer cannot be read")
	}
	// The library's link has the public address built in.
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.APIBase+"/file/bot"+c.cfg.Token+"/"+f.Path, http.NoBody)
	if err != nil {
		return nil, errors.New("fetch file: address cannot be read")
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, errors.New("fetch file: " + c.hide(ctx, err))
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("fetch file: HTTP %d", resp.StatusCode), resp.Body.Close())
	}
	return limited{io.LimitReader(resp.Body, maxFile), resp.Body}, nil
}

// Heard implements bot.Platform: a tap's query is always answered, or the button keeps
// turning. One that is too old for an answer is no fault.
func (c *Channel) Heard(ctx context.Context, l bot.Letter, m bot.Message, replies []bot.Reply) {
	if m.Tap == nil {
		return
	}
	var u struct {
		Callback callbackOrigin `json:"callback_query"`
	}
	if err := json.Unmarshal(l.Body, &u); err != nil || u.Callback.ID == "" {
		return
	}
	params := tgbotapi.Params{"callback_query_id": u.Callback.ID}
	for _, r := range replies {
		if r.Card == m.Tap.Card && r.Done != "" {
			params["text"] = post.Redact(cut(clean(r.Done), maxToast))
		}
	}
	asking, cancel := context.WithTimeout(ctx, toastTimeout)
	defer cancel()
	if _, err := c.request(asking, "answerCallbackQuery", params); err != nil {
		c.log.Info("tap not answered", "channel", c.Name(), "detail", c.verdict(asking, err).Detail)
	}
}

const (
	maxToast     = 200 // UTF-16 units
	toastTimeout = 5 * time.Second
)
