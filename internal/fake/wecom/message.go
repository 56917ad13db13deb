package wecom

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Message is one message on one reader's phone.
type Message struct {
	At time.Time
	// User is the reader; for a robot the group's name.
	User string
	// Type is text, markdown or template_card.
	Type string
	// Text is what the reader sees: the content, or a card's lines.
	Text string
	// Cut: the content was too long, and the platform has cut it without a word.
	Cut          bool
	Card         *Card
	TaskID       string
	MsgID        string
	ResponseCode string
	// Replaced stands, grey, in place of the card's buttons; empty while they can be tapped.
	Replaced string
	Raw      []byte
	// File is what an image or a file shows.
	File *Upload
}

// Card is a template card as the platform reads it.
type Card struct {
	CardType  string   `json:"card_type"`
	Source    *Source  `json:"source,omitempty"`
	MainTitle *Title   `json:"main_title,omitempty"`
	Emphasis  *Title   `json:"emphasis_content,omitempty"`
	Quote     *Quote   `json:"quote_area,omitempty"`
	SubTitle  string   `json:"sub_title_text,omitempty"`
	Lines     []Line   `json:"horizontal_content_list,omitempty"`
	Jumps     []Jump   `json:"jump_list,omitempty"`
	Action    *Action  `json:"card_action,omitempty"`
	TaskID    string   `json:"task_id,omitempty"`
	Buttons   []Button `json:"button_list,omitempty"`
	Menu      *Menu    `json:"action_menu,omitempty"`
	// ReplaceText is only for a card that is changed.
	ReplaceText string `json:"replace_text,omitempty"`
}

// Source is the line above a card.
type Source struct {
	IconURL   string `json:"icon_url,omitempty"`
	Desc      string `json:"desc,omitempty"`
	DescColor int    `json:"desc_color,omitempty"`
}

// Title is a heading with a line below.
type Title struct {
	Title string `json:"title,omitempty"`
	Desc  string `json:"desc,omitempty"`
}

// Quote is a quotation.
type Quote struct {
	Type  int    `json:"type,omitempty"`
	URL   string `json:"url,omitempty"`
	Title string `json:"title,omitempty"`
	Text  string `json:"quote_text,omitempty"`
}

// Line is a name and a value.
type Line struct {
	Type    int    `json:"type,omitempty"`
	KeyName string `json:"keyname"`
	Value   string `json:"value,omitempty"`
	URL     string `json:"url,omitempty"`
	MediaID string `json:"media_id,omitempty"`
	UserID  string `json:"userid,omitempty"`
}

// Jump is a link below a card.
type Jump struct {
	Type  int    `json:"type,omitempty"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// Action is what a tap on the whole card opens.
type Action struct {
	Type int    `json:"type"`
	URL  string `json:"url,omitempty"`
}

// Button is one button.
type Button struct {
	Type  int    `json:"type,omitempty"`
	Text  string `json:"text"`
	Style int    `json:"style,omitempty"`
	Key   string `json:"key,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Menu is the corner menu.
type Menu struct {
	Desc    string   `json:"desc,omitempty"`
	Actions []Button `json:"action_list"`
}

// shown is a card as lines of text.
func (c Card) shown() string {
	var lines []string
	add := func(parts ...string) {
		if s := strings.TrimSpace(strings.Join(parts, "")); s != "" {
			lines = append(lines, s)
		}
	}
	if c.Source != nil {
		add(c.Source.Desc)
	}
	for _, t := range []*Title{c.MainTitle, c.Emphasis} {
		if t != nil {
			add(t.Title)
			add(t.Desc)
		}
	}
	add(c.SubTitle)
	for _, l := range c.Lines {
		add(l.KeyName, "：", l.Value)
	}
	for _, b := range c.Buttons {
		add("[", b.Text, "]")
	}
	return strings.Join(lines, "\n")
}

// cutTo cuts a content as the platform does: to n bytes, in the middle if need be, a
// broken character falling away.
func cutTo(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	s = s[:n]
	for s != "" {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size > 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s, true
}
