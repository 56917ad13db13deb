package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"huiying/bot"
	"huiying/notify"
)

// step is one request that answers a message: a message to one member, or a change of
// the tapped card with the message that says it where the card cannot be changed.
type step struct {
	To     string          `json:"to"`
	Send   json.RawMessage `json:"send,omitempty"`
	Update json.RawMessage `json:"update,omitempty"`
}

// update is the body of message/update_template_card (94888).
type update struct {
	UserIDs      []string   `json:"userids,omitempty"`
	AtAll        int        `json:"atall,omitempty"`
	AgentID      int        `json:"agentid"`
	ResponseCode string     `json:"response_code"`
	Button       *newButton `json:"button,omitempty"`
	TemplateCard *card      `json:"template_card,omitempty"`
}

type newButton struct {
	ReplaceName string `json:"replace_name"`
}

// Encode implements bot.Platform.
func (r replies) Encode(m bot.Message, answer bot.Reply, key string) ([][]byte, error) {
	var steps []step
	if answer.Card != "" && answer.Done != "" {
		changed, whole, err := r.change(m, answer, key)
		if err != nil {
			return nil, err
		}
		if steps = append(steps, changed...); whole {
			return pack(steps)
		}
	}
	sent, err := r.show(m.Chat, answer, key)
	if err != nil {
		return nil, err
	}
	return pack(append(steps, sent...))
}

func pack(steps []step) ([][]byte, error) {
	out := make([][]byte, 0, len(steps))
	for _, s := range steps {
		raw, err := marshal(s)
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// change makes the tapped card say what was done, for everybody who has it. It is the
// whole answer when the reply has nothing else to say, or fits onto the card.
func (r replies) change(m bot.Message, answer bot.Reply, key string) (steps []step, whole bool, err error) {
	if m.Tap == nil || m.Tap.Code == "" || m.Tap.Card != answer.Card {
		return nil, false, nil
	}
	u := update{AtAll: 1, AgentID: r.cfg.AgentID, ResponseCode: m.Tap.Code}
	instead := answer
	alone := answer.Title == "" && answer.Text == "" && len(answer.Fields) == 0
	whole = alone
	switch card := r.asCard(answer, answer.Card); {
	case !alone && len(answer.Buttons) == 0 && card != nil:
		card.CardType, card.Buttons, card.ReplaceText = "button_interaction", []button{{Text: notify.CutRunes(answer.Done, buttonRunes), Style: 2, Key: "done"}}, answer.Done
		u.TemplateCard, whole = card, true
	default:
		u.Button = &newButton{answer.Done}
	}
	s := step{To: m.Chat}
	if s.Update, err = marshal(u); err != nil {
		return nil, false, err
	}
	if !whole {
		return []step{s}, false, nil
	}
	instead.Card, instead.Done = "", ""
	if alone {
		instead.Text = answer.Done
	}
	sent, err := r.show(m.Chat, instead, key)
	if err != nil || len(sent) != 1 {
		return nil, false, err
	}
	s.Send = sent[0].Send
	return []step{s}, true, nil
}

// show makes the messages that show a reply: one card where it fits, else its texts and
// then a card with its buttons.
func (r replies) show(to string, answer bot.Reply, key string) ([]step, error) {
	var steps []step
	add := func(q request, err error) error {
		if err != nil {
			return err
		}
		s := step{To: to}
		if s.Send, err = marshal(q); err != nil {
			return err
		}
		steps = append(steps, s)
		return nil
	}
	buttons := flatten(answer.Buttons)
	if len(buttons) > 0 && !r.cfg.PlainText {
		if card := r.asCard(answer, key); card != nil && len(buttons) <= maxButtons {
			card.CardType, card.Buttons = "button_interaction", buttons
			return steps, add(r.cardRequest(to, card))
		}
	}
	for _, t := range r.texts(answer) {
		if err := add(r.textRequest(to, t)); err != nil {
			return nil, err
		}
	}
	if len(buttons) == 0 || r.cfg.PlainText {
		return steps, nil
	}
	for i := 0; i < len(buttons); i += maxButtons {
		head := heading(notify.Clean(answer.Title))
		if head.Title == "" || i > 0 {
			head = title{Title: "请选择"}
		}
		k := &card{CardType: "button_interaction", MainTitle: head, TaskID: key + "-" + strconv.Itoa(i), Buttons: buttons[i:min(i+maxButtons, len(buttons))]}
		if err := add(r.cardRequest(to, k)); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// replies is the side of a Channel that answers; a Channel's own Encode is that of reminders.
type replies struct{ *Channel }

// Replies is the channel as a platform for conversations.
func (c *Channel) Replies() bot.Platform { return replies{c} }

func (r replies) cardRequest(to string, k *card) (request, error) {
	if !validTaskID(k.TaskID) {
		return request{}, fmt.Errorf("key %q cannot be a task_id", k.TaskID)
	}
	return request{ToUser: to, MsgType: "template_card", AgentID: r.cfg.AgentID, TemplateCard: k}, nil
}

func (r replies) textRequest(to, text string) (request, error) {
	if text == "" {
		return request{}, errors.New("reply has no text")
	}
	return request{ToUser: to, MsgType: "text", AgentID: r.cfg.AgentID, Text: &content{text}}, nil
}

// asCard is the reply's text as a card, nil when something of it would be cut.
func (r replies) asCard(answer bot.Reply, key string) *card {
	k := &card{TaskID: key, MainTitle: heading(notify.Clean(answer.Title)), SubTitle: strings.TrimSpace(notify.Clean(answer.Text))}
	long := func(s string, n int) bool { return utf8.RuneCountInString(s) > n }
	if long(oneLine(answer.Title), titleRunes+descRunes) || long(k.SubTitle, subTitleRunes) || len(answer.Fields) > maxLines {
		return nil
	}
	for _, f := range answer.Fields {
		name, value := oneLine(f.Name), oneLine(f.Value)
		if name == "" || long(name, nameRunes) || long(value, valueRunes) {
			return nil
		}
		k.Lines = append(k.Lines, line{name, value})
	}
	if usable(answer.URL, maxCardURL) {
		k.Action = &action{Type: 1, URL: answer.URL}
	}
	if k.MainTitle.Title == "" && k.SubTitle == "" {
		if len(k.Lines) == 0 {
			return nil
		}
		k.MainTitle.Title = "回应"
	}
	return k
}

// texts are the reply as plain messages, parted at paragraphs; no markup from outside
// is live in them, and the last has the link.
func (r replies) texts(answer bot.Reply) []string {
	tail := ""
	if r.cfg.PlainText {
		if names := buttonNames(answer.Buttons); names != "" {
			tail += "\n可回复：" + names
		}
	}
	if usable(answer.URL, maxURL) {
		tail += "\n<a href=\"" + href(answer.URL) + "\">查看详情</a>"
	}
	lines := []string{notify.Clean(answer.Title)}
	for _, f := range answer.Fields {
		lines = append(lines, oneLine(f.Name)+"："+notify.Clean(f.Value))
	}
	body := strings.TrimSpace(strings.Join(append(lines, notify.Clean(answer.Text)), "\n"))
	body = strings.NewReplacer("<", "＜", ">", "＞").Replace(body)
	pieces := bot.Split(body, maxContent-len(tail), bot.Bytes)
	switch {
	case len(pieces) > 0:
		pieces[len(pieces)-1] += tail
	case tail != "":
		pieces = []string{strings.TrimSpace(tail)}
	}
	return pieces
}

func flatten(rows [][]notify.Button) []button {
	var all []notify.Button
	for _, row := range rows {
		all = append(all, row...)
	}
	var out []button
	used := map[string]bool{}
	for _, b := range all {
		text := notify.CutRunes(oneLine(b.Text), buttonRunes)
		if text == "" || b.Key == "" || len(b.Key) > maxKey || used[b.Key] {
			continue
		}
		used[b.Key] = true
		out = append(out, button{text, min(max(b.Style, 1), lastStyle), b.Key})
	}
	return out
}

func buttonNames(rows [][]notify.Button) string {
	var names []string
	for _, b := range flatten(rows) {
		names = append(names, b.Text)
	}
	return strings.Join(names, "、")
}

// Post implements bot.Platform.
func (c *Channel) Post(ctx context.Context, body []byte) notify.Outcome {
	var s step
	if err := json.Unmarshal(body, &s); err != nil || !single(s.To) {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "step cannot be read"}
	}
	if len(s.Update) > 0 {
		o := c.change(ctx, s.Update)
		if o.Status != notify.Permanent || len(s.Send) == 0 {
			return o
		}
		c.log.Info("card cannot be changed any more, said in a message", "channel", c.Name(), "detail", o.Detail)
	}
	if wait := c.pace.take(s.To, c.clock.Now(), repliesMinute, repliesPerHour); wait > 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: wait, Detail: "quota of the member"}
	}
	o, code := c.try(ctx, s.To, s.Send)
	if code == codeTaskID {
		// The task_id is ours alone, so an earlier try has arrived.
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonDuplicate, Detail: o.Detail}
	}
	if o.Reason == notify.ReasonContent {
		if text, ok := plain(s.Send); ok {
			c.log.Error("card refused by the platform, sent as text", "channel", c.Name(), "detail", o.Detail)
			o, _ = c.try(ctx, s.To, text)
		}
	}
	return o
}

// Change implements notify.Changer: the receiver's card says what was done.
func (c *Channel) Change(ctx context.Context, a notify.Amendment, done string) notify.Outcome {
	body, err := marshal(update{UserIDs: []string{a.To}, AgentID: c.cfg.AgentID, ResponseCode: a.Code, Button: &newButton{done}})
	if err != nil {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "change cannot be made"}
	}
	return c.change(ctx, body)
}

// change changes a card. A code that was used before is the sign that it was changed.
func (c *Channel) change(ctx context.Context, body []byte) notify.Outcome {
	o, code, token := c.call(ctx, updateCard, "", body)
	if staleToken(code) {
		c.tokens.drop(token)
		o, code, _ = c.call(ctx, updateCard, "", body)
	}
	switch {
	case code == codeUsed:
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonDuplicate, Detail: o.Detail}
	case code > 0 && o.Reason == notify.ReasonBusy && code != codeParallel:
		o.Status, o.Reason = notify.Permanent, notify.ReasonContent // no card of this code, or not any more
	}
	return o
}
