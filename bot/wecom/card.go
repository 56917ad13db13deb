package wecom

import (
	"encoding/json"
	"strings"
	"unicode"

	"huiying/notify"
)

// card is a template card (90236), the fields that we use.
type card struct {
	CardType  string   `json:"card_type"`
	MainTitle title    `json:"main_title"`
	SubTitle  string   `json:"sub_title_text,omitempty"`
	Lines     []line   `json:"horizontal_content_list,omitempty"`
	Action    *action  `json:"card_action,omitempty"`
	TaskID    string   `json:"task_id"`
	Buttons   []button `json:"button_list,omitempty"`
	// ReplaceText stands, grey, in place of the buttons of a card that is changed.
	ReplaceText string `json:"replace_text,omitempty"`
}

type title struct {
	Title string `json:"title"`
	Desc  string `json:"desc,omitempty"`
}

type line struct {
	KeyName string `json:"keyname"`
	Value   string `json:"value"`
}

type action struct {
	Type int    `json:"type"`
	URL  string `json:"url"`
}

type button struct {
	Text  string `json:"text"`
	Style int    `json:"style"`
	Key   string `json:"key"`
}

// What an application's card shows; more is cut on the screen. Numbers of lines and
// buttons and the bytes of a key are hard limits.
const (
	titleRunes    = 36
	descRunes     = 44
	subTitleRunes = 160
	nameRunes     = 5
	valueRunes    = 30
	buttonRunes   = 10
	maxLines      = 6
	maxButtons    = 6
	maxKey        = 1024
	maxCardURL    = 2048
	lastStyle     = 4
)

// card is the message as a card, nil when it can be none: with buttons if it has some,
// else as a notice, which needs a link.
func (c *Channel) card(m notify.Message) *card {
	if m.Card == nil || c.cfg.PlainText {
		return nil
	}
	k := &card{CardType: "button_interaction", TaskID: m.Key, Buttons: buttons(m.Card.Buttons)}
	if usable(m.URL, maxCardURL) {
		k.Action = &action{Type: 1, URL: m.URL}
	}
	if len(k.Buttons) == 0 {
		if k.Action == nil {
			return nil
		}
		k.CardType = "text_notice"
	}
	k.MainTitle = heading(notify.Clean(m.Title))
	for _, f := range m.Card.Fields[:min(len(m.Card.Fields), maxLines)] {
		if name := notify.CutRunes(oneLine(f.Name), nameRunes); name != "" {
			k.Lines = append(k.Lines, line{name, notify.CutRunes(oneLine(f.Value), valueRunes)})
		}
	}
	k.SubTitle = notify.CutRunes(beside(m), subTitleRunes)
	if k.MainTitle.Title == "" && k.SubTitle == "" {
		return nil
	}
	return k
}

// heading parts a title that is too long for its line.
func heading(s string) title {
	r := []rune(oneLine(s))
	if len(r) <= titleRunes {
		return title{Title: string(r)}
	}
	return title{Title: string(r[:titleRunes]), Desc: notify.CutRunes(string(r[titleRunes:]), descRunes)}
}

func buttons(all []notify.Button) []button {
	var out []button
	used := map[string]bool{}
	for _, b := range all {
		text := notify.CutRunes(oneLine(b.Text), buttonRunes)
		if text == "" || b.Key == "" || len(b.Key) > maxKey || used[b.Key] || len(out) == maxButtons {
			continue
		}
		used[b.Key] = true
		out = append(out, button{text, min(max(b.Style, 1), lastStyle), b.Key})
	}
	return out
}

// beside is what the text says beside the title, the link and the fields: the card
// shows those already.
func beside(m notify.Message) string {
	names := []string{"最迟", "主办", "代"}
	var values []string
	for _, f := range m.Card.Fields {
		names = append(names, f.Name)
		if f.Value != "" {
			values = append(values, f.Value)
		}
	}
	var kept []string
	for i, l := range strings.Split(notify.Clean(m.Text), "\n") {
		l = strings.TrimSpace(l)
		if i == 0 && l == strings.TrimSpace(notify.Clean(m.Title)) || l == m.URL || said(l, values, names) {
			continue
		}
		kept = append(kept, l)
	}
	return strings.Join(kept, "\n")
}

// said tells whether a line is made of the fields' values and names alone.
func said(l string, values, names []string) bool {
	for _, part := range append(values, names...) {
		if part != "" {
			l = strings.ReplaceAll(l, part, "")
		}
	}
	return strings.IndexFunc(l, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

func oneLine(s string) string { return strings.Join(strings.Fields(notify.Clean(s)), " ") }

// plain is a card's body as a text message, for a platform that refuses the card; false
// for a body that is none.
func plain(body []byte) ([]byte, bool) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil || r.TemplateCard == nil {
		return nil, false
	}
	k := r.TemplateCard
	lines := []string{k.MainTitle.Title + k.MainTitle.Desc}
	for _, l := range k.Lines {
		lines = append(lines, l.KeyName+"："+l.Value)
	}
	if k.SubTitle != "" {
		lines = append(lines, k.SubTitle)
	}
	link := ""
	if k.Action != nil {
		link = k.Action.URL
	}
	r.MsgType, r.TemplateCard = "text", nil
	r.Text = &content{text(strings.Join(lines, "\n"), link, k.TaskID)}
	out, err := r.bytes()
	return out, err == nil
}
