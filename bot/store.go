package bot

import (
	"context"
	"time"
)

// Store keeps where each conversation stands and what was answered to which message. Its
// methods may be called from many goroutines.
type Store interface {
	// Answer returns what was answered to a message; false when it was not answered yet,
	// or so long ago that it was forgotten.
	Answer(ctx context.Context, message string) ([]byte, bool, error)
	// Talk returns a conversation's state and its version; nil and 0 when there is none.
	Talk(ctx context.Context, name string) ([]byte, int64, error)
	// KeepAnswer keeps a message's answer and the state of the conversation after it, both
	// or neither. False means that neither was kept, as the message was answered meanwhile
	// or the conversation is not at that version any more: read both again.
	KeepAnswer(ctx context.Context, message string, answer []byte, talk string, state []byte, version int64, now time.Time) (bool, error)
	// ForgetAnswers drops the answers that were given before an instant.
	ForgetAnswers(ctx context.Context, before time.Time) error
}
