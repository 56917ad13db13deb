package bot

import (
	"context"
	"time"
)

// Letter is a message as a platform handed it over: a row before anybody is told that
// it was received, until the last of its replies is on its way.
type Letter struct {
	// ID is the row's, in order of receipt.
	ID       int64
	Platform string
	// Key is the platform's own id of it; of letters with the same key the first is kept.
	Key string
	// Talk is the conversation: its letters are worked on one after the other.
	Talk string
	// Body is what the platform's [Platform.Read] makes a [Message] of.
	Body       []byte
	ReceivedAt time.Time
	// Replies are the requests that answer it, nil until the [Listener] has heard it.
	Replies []byte
	// Sent is how many of them are done with, Tries how often the next step of this
	// letter was tried, DueAt when it is tried again.
	Sent, Tries int
	DueAt       time.Time
	// Card is the sent message that the replies themselves change (see [Reply.Card]): nobody
	// else need change it.
	Card string
	// Done letters keep their key for a while, so that a repeat is known, and nothing else.
	Done bool
}

// Received is what came at once from one platform.
type Received struct {
	Platform string
	Letters  []Letter
	// Offset is where the platform's own queue goes on (Telegram's update_id), kept in the
	// same transaction as the letters; 0 where there is none.
	Offset int64
	At     time.Time
}

// Inbox is where letters wait; the storage implements it. One process works on it at a time.
type Inbox interface {
	// Receive writes letters down and returns how many were new. When it returns they are
	// durable.
	Receive(ctx context.Context, r Received) (int, error)
	// Offset is the last that a platform's letters came with, and when; zero for none.
	Offset(ctx context.Context, platform string) (int64, time.Time, error)
	// Waiting lists letters of a platform that are due, at most n, in order of receipt: of
	// each talk only the oldest that is not done. When none is due, next is when one will
	// be; zero when none waits.
	Waiting(ctx context.Context, platform string, now time.Time, n int) (letters []Letter, next time.Time, err error)
	// Keep writes down how far a letter is: Replies, Sent, Tries, DueAt, Done.
	Keep(ctx context.Context, l Letter) error
}
