package classifier

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jonboulle/clockwork"

	"huiying/incident"
)

// Purse keeps what was spent a day, so that the limit survives a restart.
type Purse interface {
	// Spend adds to the day's account unless it would then pass a limit; a limit of 0 is
	// none. It tells whether it was added.
	Spend(ctx context.Context, day string, requests, tokens, maxRequests, maxTokens int) (bool, error)
}

// ErrSpent says that the day's limit is reached: the rules alone do the job until tomorrow.
var ErrSpent = errors.New("the day's spending limit of the model is reached")

// Adviser asks a model outside for a second opinion. What it answers may raise a
// question, or a level; never lower one.
type Adviser struct {
	cfg   LLMConfig
	ask   *completer
	purse Purse
	clock clockwork.Clock
	zone  *time.Location

	mu    sync.Mutex
	cache map[[sha256.Size]byte]reply
	order [][sha256.Size]byte
}

// cached is how many answers are remembered, so that copies cost nothing.
const cached = 2000

// NewAdviser makes an adviser; days are those of the zone.
func NewAdviser(cfg LLMConfig, purse Purse, clock clockwork.Clock, zone *time.Location) *Adviser {
	return &Adviser{cfg: cfg, ask: newCompleter(cfg), purse: purse, clock: clock, zone: zone, cache: map[[sha256.Size]byte]reply{}}
}

// Advise asks about a report that was graded and returns what the officer should be told;
// an empty one when there is nothing to say. Errors leave the grading as it is.
func (a *Adviser) Advise(ctx context.Context, r incident.Report, g incident.Grading) (incident.Advise, error) {
	sent, err := shown(r, a.cfg.MaxChars)
	if err != nil {
		return incident.Advise{}, err
	}
	said, err := a.answer(ctx, sent)
	if err != nil {
		return incident.Advise{}, err
	}
	return weigh(said, g), nil
}

// answer asks, once more with the fault shown if the answer's form is wrong.
func (a *Adviser) answer(ctx context.Context, sent string) (reply, error) {
	key := sha256.Sum256([]byte(a.cfg.Model + "\x00" + sent))
	if r, ok := a.remembered(key); ok {
		return r, nil
	}
	var text struct{ Title, Text string }
	if err := json.Unmarshal([]byte(sent), &text); err != nil {
		return reply{}, fmt.Errorf("decode report: %w", err)
	}
	messages := []message{{"system", instruction}, {"user", sent}}
	for try := 0; ; try++ {
		answer, err := a.paid(ctx, form{"opinion", replySchema{}, maxReply}, messages)
		if err != nil {
			return reply{}, err
		}
		r, err := parseReply(answer, text.Title+"\n"+text.Text)
		switch {
		case err == nil:
			a.remember(key, r)
			return r, nil
		case try > 0 || !errors.Is(err, errForm):
			return reply{}, err
		}
		messages = append(messages, message{"assistant", oneLine(answer, 1000)},
			message{"user", "上面的回答不是所要求的JSON对象，请只输出符合要求的JSON对象（json），不要任何其他文字。"})
	}
}

// paid asks once, within the day's limits.
func (a *Adviser) paid(ctx context.Context, f form, messages []message) (string, error) {
	day := a.clock.Now().In(a.zone).Format(time.DateOnly)
	guess := f.tokens
	for _, m := range messages {
		guess += utf8.RuneCountInString(m.text)
	}
	ok, err := a.purse.Spend(ctx, day, 1, guess, a.cfg.DailyRequests, a.cfg.DailyTokens)
	if err != nil {
		return "", fmt.Errorf("account for the model: %w", err)
	}
	if !ok {
		return "", ErrSpent
	}
	answer, tokens, err := a.ask.complete(ctx, f, messages)
	if tokens > 0 { // what it really cost, in place of the guess
		if _, perr := a.purse.Spend(context.WithoutCancel(ctx), day, 0, tokens-guess, 0, 0); perr != nil {
			return "", fmt.Errorf("account for the model: %w", perr)
		}
	}
	return answer, err
}

// AdviceFault is why there was no advice, in a word for the log; it never holds a word of
// the report or of the answer.
func AdviceFault(err error) string {
	_, busy := RetryAfter(err)
	switch {
	case errors.Is(err, ErrSpent):
		return "spent"
	case errors.Is(err, errQuotes):
		return "invented quotes"
	case errors.Is(err, errForm):
		return "wrong form"
	case busy:
		return "busy"
	case errors.Is(err, context.DeadlineExceeded), timedOut(err):
		return "timeout"
	}
	return "unreachable"
}

// timedOut tells whether the connection gave up waiting.
func timedOut(err error) bool {
	slow, ok := errors.AsType[net.Error](err)
	return ok && slow.Timeout()
}

// FaultChinese is the same for people, as half a sentence.
func FaultChinese(err error) string {
	switch AdviceFault(err) {
	case "spent":
		return "大模型今日的用量已满"
	case "invented quotes", "wrong form":
		return "大模型的回答不合要求"
	case "busy":
		return "大模型正忙"
	case "timeout":
		return "大模型没有按时答复"
	}
	return "大模型联系不上"
}

// RetryAfter tells whether an error may pass, and when to try again.
func RetryAfter(err error) (time.Duration, bool) {
	if busy, ok := errors.AsType[*busyError](err); ok {
		return busy.after, true
	}
	return 0, false
}

func (a *Adviser) remembered(key [sha256.Size]byte) (reply, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.cache[key]
	return r, ok
}

func (a *Adviser) remember(key [sha256.Size]byte, r reply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.order) >= cached {
		delete(a.cache, a.order[0])
		a.order = a.order[1:]
	}
	a.cache[key], a.order = r, append(a.order, key)
}

// weigh turns an answer into advice, by the rules of [Combine]: a level into a question or
// a raise to major, with the words that it rests on; never a lower one.
func weigh(r reply, g incident.Grading) incident.Advise {
	out := incident.Advise{From: "llm"}
	if len(r.Quotes) > 0 {
		p := Proposal{By: VoiceLLM, Level: r.Level, Quote: r.Quotes[0], Why: strings.TrimRight(r.Reason, "。")}
		after := Combine(g, strings.Join(r.Quotes, "\n"), p)
		out.Doubts, out.Evidence = after.Doubts[len(g.Doubts):], after.Evidence[len(g.Evidence):]
		if out.Raise = after.Level.Rank() > g.Level.Rank(); out.Raise || r.Level.Rank() > g.Level.Rank() {
			out.Level = r.Level
		}
	}
	for _, q := range r.Questions {
		out.Doubts = append(out.Doubts, "大模型提请核实："+q)
	}
	return out
}
