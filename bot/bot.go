// Package bot is talking: one conversation, by which officers log and follow incidents and
// handlers and leaders act, the same on every platform. The platforms (bot/wecom,
// bot/telegram, bot/console) turn what they receive into a [Message], hand it to a
// [Listener] and show the [Reply] values that come back; they decide nothing.
package bot

import (
	"context"
	"io"
	"time"

	"huiying/notify"
)

// Message is something that a person wrote, sent or tapped on a platform.
type Message struct {
	// ID is the platform's own id of the message or tap. The same ID on the same Platform
	// is answered once, however often it comes.
	ID string
	// Platform is the channel's name, as in org.Address: wecom, telegram, console.
	Platform string
	// From is the platform's user id of who wrote, and Chat where the answer goes; the two
	// are equal in a private talk.
	From, Chat string
	// Group is true in a group chat; there the bot answers only when Named.
	Group, Named bool
	// Text is what was written, the caption of a picture, or the text of a forwarded message,
	// without the bot's own name.
	Text string
	// Link is set when a link was shared.
	Link *Link
	// Files are pictures and files that came along.
	Files []File
	// Tap is set when a button was tapped.
	Tap *Tap
	// Entered is true when the person opened the talk without saying anything.
	Entered bool
	// At is when it was sent, by the platform.
	At time.Time
}

// Link is a shared web address.
type Link struct{ Title, Text, URL string }

// File is a picture or file; Open fetches it from the platform.
type File struct {
	Name, Type string // Type is a media type such as image/jpeg; empty when not known
	Open       func(ctx context.Context) (io.ReadCloser, error)
}

// Tap is a tapped button.
type Tap struct {
	// Key is the button's, as in [notify.Button].
	Key string
	// Card names the message that the button belongs to: WeChat Work's task_id, Telegram's
	// message id.
	Card string
	// Code is what the platform needs once to change that card (WeChat Work's ResponseCode).
	Code string
}

// Reply is one message that the bot answers with. Its texts are plain: a platform escapes
// them for its own markup, meets its own lengths and splits at paragraphs.
type Reply struct {
	// Title heads the message; empty for a sentence alone.
	Title string
	// Fields are short lines of a name and a value.
	Fields []notify.Field
	Text   string
	// Buttons in rows; none for a message that asks for nothing.
	Buttons [][]notify.Button
	// URL leads to the page where there is more; may be empty.
	URL string
	// Card, when not empty, is the message (see [Tap.Card]) that this reply takes the place
	// of: its buttons go, and Done stands in their stead, such as 张三 10:05 已签收. Where
	// the platform cannot change a message any more, the reply is sent as a new one.
	Card, Done string
}

// Listener hears messages and answers them. It keeps what it must remember in the store
// before it answers, so that a repeated message is answered as the first time and a
// restart loses no dialog. An error is the house's fault, never the person's: what a
// person did wrong is a Reply.
type Listener interface {
	Hear(ctx context.Context, m Message) ([]Reply, error)
}
