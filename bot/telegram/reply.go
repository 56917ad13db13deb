package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"huiying/bot"
	"huiying/notify"
)

func utf16(s string) int { return bot.UTF16(s) }

// step is one request that answers a message: a message sent, or one changed, with what
// is sent where it cannot be changed.
type step struct {
	Send tgbotapi.Params `json:"send,omitempty"`
	Edit tgbotapi.Params `json:"edit,omitempty"`
}

// replies is the side of a Channel that answers; a Channel's own Encode is that of reminders.
type replies struct{ *Channel }

// Replies is the channel as a platform for conversations.
func (c *Channel) Replies() bot.Platform { return replies{c} }

// Encode implements bot.Platform.
func (replies) Encode(m bot.Message, r bot.Reply, _ string) ([][]byte, error) {
	steps, err := answer(m, r)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, 0, len(steps))
	for _, s := range steps {
		raw, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		out = append(out, raw)
	}
	return out, nil
}

// answer changes the tapped message where the reply takes its place, and sends what is
// more than that.
func answer(m bot.Message, r bot.Reply) ([]step, error) {
	if r.Card == "" || r.Done == "" || m.Tap == nil || m.Tap.Card != r.Card {
		if r.Text == "" && r.Title == "" {
			r.Text = r.Done
		}
		return show(m.Chat, r)
	}
	alone := r.Title == "" && r.Text == "" && len(r.Fields) == 0
	pieces := texts(r)
	whole := len(r.Buttons) == 0 && len(pieces) <= 1
	body := html.EscapeString(clean(m.Tap.Code)) // as it was, unless the reply takes its place
	if whole && !alone {
		body = pieces[0]
	}
	edit := tgbotapi.Params{
		"chat_id": m.Chat, "message_id": r.Card, "text": withDone(body, r.Done), "parse_mode": tgbotapi.ModeHTML,
		"link_preview_options": `{"is_disabled":true}`,
	}
	s := step{Edit: edit}
	if whole {
		instead := withDone(body, r.Done)
		if alone {
			instead = html.EscapeString(clean(r.Done))
		}
		params, err := sending(m.Chat, instead, nil)
		s.Send = params
		return []step{s}, err
	}
	more, err := show(m.Chat, r)
	return append([]step{s}, more...), err
}

// withDone puts what was done below a message, within the platform's limit.
func withDone(body, done string) string {
	mark := "✅ <b>" + html.EscapeString(clean(done)) + "</b>"
	if body == "" {
		return mark
	}
	return body + "\n" + mark
}

// show sends a reply: its texts, the buttons below the last.
func show(to string, r bot.Reply) ([]step, error) {
	pieces := texts(r)
	if len(pieces) == 0 && len(r.Buttons) > 0 {
		pieces = []string{"请选择"}
	}
	var steps []step
	for i, text := range pieces {
		var buttons [][]notify.Button
		if i == len(pieces)-1 {
			buttons = r.Buttons
		}
		params, err := sending(to, text, buttons)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step{Send: params})
	}
	return steps, nil
}

// room is kept free in each piece for the link, for what was done and for the title's end.
const room = 200

// texts are the reply as HTML in pieces that fit, the title bold, the link last.
func texts(r bot.Reply) []string {
	title := strings.TrimSpace(clean(r.Title))
	var lines []string
	for _, f := range r.Fields {
		lines = append(lines, clean(f.Name)+"："+clean(f.Value))
	}
	body := strings.TrimSpace(strings.Join(append(lines, clean(r.Text)), "\n"))
	if utf16(title) > maxText/4 {
		title, body = "", title+"\n"+body
	}
	var out []string
	for _, piece := range bot.Split(body, maxText-room-utf16(title), bot.UTF16) {
		out = append(out, html.EscapeString(piece))
	}
	if title != "" {
		head := "<b>" + html.EscapeString(title) + "</b>"
		if len(out) == 0 {
			out = []string{head}
		} else {
			out[0] = head + "\n" + out[0]
		}
	}
	if usable(r.URL) {
		link := "<a href=\"" + html.EscapeString(r.URL) + "\">查看详情</a>"
		if len(out) == 0 {
			return []string{link}
		}
		out[len(out)-1] += "\n" + link
	}
	return out
}

// Post implements bot.Platform.
func (c *Channel) Post(ctx context.Context, body []byte) notify.Outcome {
	var s step
	if err := json.Unmarshal(body, &s); err != nil {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "step cannot be read"}
	}
	if s.Edit != nil {
		o := c.edit(ctx, s.Edit)
		if o.Status != notify.Permanent || s.Send == nil {
			return o
		}
		c.log.Info("message cannot be changed any more, said in a new one", "channel", c.Name(), "detail", o.Detail)
	}
	o := c.send(ctx, s.Send)
	return o
}

// Change implements notify.Changer: the message keeps its words and says what was done.
func (c *Channel) Change(ctx context.Context, a notify.Amendment, done string) notify.Outcome {
	var sent tgbotapi.Params
	if err := json.Unmarshal(a.Body, &sent); err != nil {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "message cannot be read"}
	}
	return c.edit(ctx, tgbotapi.Params{
		"chat_id": a.To, "message_id": a.Code, "text": withDone(sent["text"], done), "parse_mode": tgbotapi.ModeHTML,
		"link_preview_options": sent["link_preview_options"],
	})
}

// edit changes a message; its buttons go, since none are given.
func (c *Channel) edit(ctx context.Context, params tgbotapi.Params) notify.Outcome {
	if wait := c.wait(params["chat_id"]); wait > 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: wait, Detail: "asked to wait"}
	}
	if _, err := c.followed(ctx, "editMessageText", params); err != nil {
		o := c.verdict(ctx, err)
		c.bar(params["chat_id"], o)
		return o
	}
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
}
