package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// Deps is what a conversation works with.
type Deps struct {
	Desk  *desk.Desk
	Store Store
	Clock clockwork.Clock
	Zone  *time.Location
	Log   *slog.Logger
	// Sources knows where reports come in.
	Sources Sources
	// Files keeps pictures and files; nil refuses them with a sentence.
	Files Files
	// Understander reads free words that the rules do not; nil leaves it at the rules.
	Understander Understander
	// Weekly is 周报 as a message, of what the reader may see; nil leaves the command out.
	Weekly func(ctx context.Context, by org.Actor, now time.Time) (string, error)
	// BaseURL begins links to the pages; empty for none.
	BaseURL string
}

// Sources knows the places where reports come in.
type Sources interface {
	// Find is the source of that name, or one like it.
	Find(name string) incident.Source
	// In finds a source that a text names; false when it names none.
	In(text string) (incident.Source, bool)
}

// Files keeps what came with a report.
type Files interface {
	// Keep reads r to its end and keeps it; an [incident.Error] says why it is not taken.
	Keep(ctx context.Context, name, mediaType string, r io.Reader) (incident.Attachment, error)
}

// Understander reads what a person wrote and says what he may want. It never acts: whatever
// changes something is shown to the person first. A language model may stand here.
type Understander interface {
	// Understand returns an intent, or false when it has none. Kinds are the commands that
	// the person may give; fields are named as in the command's JSON.
	Understand(ctx context.Context, text string, kinds []incident.Kind) (Intent, bool, error)
}

// Intent is what somebody may want.
type Intent struct {
	// Kind of command, or empty for a question about the incident.
	Kind     incident.Kind
	Incident incident.ID // zero when not said
	// Fields as they were said; they are checked like typed ones.
	Fields map[string]string
}

// Conversation is the [Listener]: it answers people by what the desk decides. Its methods
// may be called from many goroutines.
type Conversation struct {
	Deps
	verbs verbs
}

// New makes a conversation.
func New(d Deps) *Conversation {
	return &Conversation{Deps: d, verbs: newVerbs(d.Weekly != nil)}
}

// tries is how often a message is heard anew because its conversation went on meanwhile.
const tries = 16

// errBusy means that a conversation went on faster than a message of it could be heard.
var errBusy = errors.New("conversation went on too fast")

// Hear implements [Listener]. What it does to incidents is keyed by the message, so that a
// message that is heard again, because of a crash or of another process, does it once.
func (c *Conversation) Hear(ctx context.Context, m Message) ([]Reply, error) {
	if m.Group && !m.Named && m.Tap == nil {
		return nil, nil
	}
	name, message := m.Platform+" "+m.Chat+" "+m.From, m.Platform+" "+m.ID
	for range tries {
		if body, answered, err := c.Store.Answer(ctx, message); err != nil {
			return nil, err //nolint:wrapcheck // a fault of the store
		} else if answered {
			return decodeReplies(body)
		}
		state, version, err := c.Store.Talk(ctx, name)
		if err != nil {
			return nil, err //nolint:wrapcheck // a fault of the store
		}
		talk, err := decodeTalk(state)
		if err != nil {
			// A state that nobody can read must not keep a person from being heard.
			c.Log.Error("talk not readable, begun anew", "error", err)
			talk, _ = decodeTalk(nil)
		}
		t := c.turn(m, message, talk)
		replies, err := t.hear(ctx)
		if err != nil {
			return nil, err
		}
		kept, err := c.keep(ctx, message, replies, name, talk, version)
		if err != nil || kept {
			return replies, err
		}
	}
	return nil, errBusy
}

func (c *Conversation) keep(ctx context.Context, message string, replies []Reply, name string, t *talk, version int64) (bool, error) {
	answer, err := json.Marshal(replies)
	if err != nil {
		return false, fmt.Errorf("encode answer: %w", err)
	}
	state, err := json.Marshal(t)
	if err != nil {
		return false, fmt.Errorf("encode talk: %w", err)
	}
	return c.Store.KeepAnswer(ctx, message, answer, name, state, version, c.Clock.Now()) //nolint:wrapcheck // a fault of the store
}

func decodeReplies(body []byte) ([]Reply, error) {
	var out []Reply
	if err := json.Unmarshal(body, &out); err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	return out, nil
}

// turn is one message being answered.
type turn struct {
	*Conversation
	m       Message
	message string // names the message among all platforms
	text    string // what was written, tidied
	talk    *talk
	now     time.Time
	dir     *org.Directory
	by      org.Actor
	person  org.Person
	// formShown: the answer shows what is being filled in, so that it need not remind of it.
	formShown bool
	// left is what was being filled in and was left alone for too long; nil for nothing.
	left *form
}

func (c *Conversation) turn(m Message, message string, t *talk) *turn {
	return &turn{Conversation: c, m: m, message: message, talk: t, now: c.Clock.Now(), dir: c.Desk.Directory()}
}

// hear answers the message.
func (t *turn) hear(ctx context.Context) ([]Reply, error) {
	if !t.known() {
		return t.stranger(ctx)
	}
	cut := t.cut()
	t.text = tidy(t.m.Text)
	t.left = t.talk.age(t.now)
	replies, err := t.answer(ctx)
	t.talk.At = t.now
	t.talk.show(replies)
	if err != nil {
		return nil, err
	}
	if cut {
		replies = append(replies, say(fmt.Sprintf("消息超过%d字，只读了前面的部分；请把全文作为文件发来，或分几次发。", maxText)))
	}
	return replies, nil
}

// cut shortens a message that is too long to be read.
func (t *turn) cut() bool {
	r := []rune(t.m.Text)
	if len(r) <= maxText {
		return false
	}
	t.m.Text = string(r[:maxText])
	return true
}

func (t *turn) answer(ctx context.Context) ([]Reply, error) {
	switch {
	case t.m.Tap != nil:
		return t.tap(ctx)
	case t.m.Entered:
		return t.entered(), nil
	case len(t.m.Files) > 0 || t.m.Link != nil:
		return t.brought(ctx)
	case t.text == "":
		return one(say("没有读到文字。发「帮助」看可以做什么。")), nil
	}
	// A command's word alone (签收) stays one: which incident it means is asked or confirmed.
	if key := t.talk.tapped(t.text, t.now); key != "" && t.verbs.byWord[t.text] == nil {
		t.m.Tap = &Tap{Key: key}
		return t.tap(ctx)
	}
	return t.wrote(ctx)
}

// entered greets somebody who opened the talk, once a day.
func (t *turn) entered() []Reply {
	if !t.talk.At.IsZero() && t.now.Sub(t.talk.At) < 24*time.Hour {
		return nil
	}
	return t.help()
}

// say is a sentence alone.
func say(text string) Reply { return Reply{Text: text} }

func one(r Reply) []Reply { return []Reply{r} }

// refused makes a reply of an error that people may read; any other is the house's fault.
func refused(err error) ([]Reply, error) {
	if incident.CodeOf(err) == incident.CodeInternal {
		return nil, err
	}
	return one(say(incident.Text(err))), nil
}
