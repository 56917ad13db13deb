package telegram

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"huiying/bot"
)

// Receiver takes updates in, by long polling or by webhook, as the configuration says.
type Receiver struct {
	ch    *Channel
	inbox bot.Inbox
	wake  func()
}

// Receiver returns what takes updates in; wake is called when something new waits in
// the inbox.
func (c *Channel) Receiver(inbox bot.Inbox, wake func()) *Receiver {
	return &Receiver{ch: c, inbox: inbox, wake: wake}
}

// commands are what the platform offers below the text field. Its names take no Chinese.
func commands() []tgbotapi.BotCommand {
	return []tgbotapi.BotCommand{
		{Command: "log", Description: "登记一件舆情"},
		{Command: "mine", Description: "我的待办"},
		{Command: "overdue", Description: "超期和快到期的"},
		{Command: "find", Description: "查询，例如 /find 3"},
		{Command: "duty", Description: "今天谁值班"},
		{Command: "help", Description: "能做什么"},
	}
}

// Run makes the bot known and takes updates in until ctx is cancelled.
func (r *Receiver) Run(ctx context.Context) error {
	r.greet(ctx)
	if r.ch.cfg.WebhookURL != "" {
		r.hook(ctx)
		<-ctx.Done()
		return nil
	}
	r.poll(ctx)
	return nil
}

// greet learns the bot's name and hands over its commands. Neither is needed to work.
func (r *Receiver) greet(ctx context.Context) {
	result, err := r.ask(ctx, "getMe", nil, quick)
	var me tgbotapi.User
	if err == nil {
		err = json.Unmarshal(result, &me)
	}
	if err != nil {
		r.ch.log.Warn("bot's name not known yet", "channel", r.ch.Name(), "detail", r.ch.verdict(ctx, err).Detail)
	} else {
		r.ch.name.Store(&me.UserName)
	}
	params := tgbotapi.Params{}
	if err := params.AddInterface("commands", commands()); err == nil {
		if _, err := r.ask(ctx, "setMyCommands", params, quick); err != nil {
			r.ch.log.Warn("commands menu not set", "channel", r.ch.Name(), "detail", r.ch.verdict(ctx, err).Detail)
		}
	}
}

const (
	quick    = 10 * time.Second // for what is answered at once
	pollFor  = 50 * time.Second
	pollSlow = 15 * time.Second // more than a poll, until its answer is here
	shortest = time.Second
	longest  = time.Minute
	kinds    = `["message","callback_query"]`
)

func (r *Receiver) ask(ctx context.Context, method string, params tgbotapi.Params, patience time.Duration) (json.RawMessage, error) {
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return r.ch.request(asking, method, params)
}

// hook tells the platform where to call, as often as it takes.
func (r *Receiver) hook(ctx context.Context) {
	params := tgbotapi.Params{"url": r.ch.cfg.WebhookURL, "secret_token": r.ch.cfg.SecretToken, "allowed_updates": kinds}
	for rest := shortest; ctx.Err() == nil; rest = min(2*rest, longest) {
		_, err := r.ask(ctx, "setWebhook", params, quick)
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			r.ch.log.Error("webhook not set, will try again", "channel", r.ch.Name(), "detail", r.ch.verdict(ctx, err).Detail)
		}
		r.sleep(ctx, rest)
	}
}

// forget is how long an offset is good: after a week without updates the platform
// counts from anywhere.
const forget = 3 * 24 * time.Hour

// poll asks for updates and writes them down with the offset in one transaction; only
// then is the offset told to the platform, with the next question.
func (r *Receiver) poll(ctx context.Context) {
	rest := shortest
	for ctx.Err() == nil {
		began := r.ch.clock.Now()
		n, err := r.once(ctx, began)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.sleep(ctx, rest)
			rest = min(2*rest, longest)
			continue
		case n == 0 && r.ch.clock.Since(began) < shortest:
			r.sleep(ctx, shortest) // a platform that does not hold the question open
		}
		rest = shortest
	}
}

// once asks once and returns how many updates came.
func (r *Receiver) once(ctx context.Context, now time.Time) (int, error) {
	offset, at, err := r.inbox.Offset(ctx, r.ch.Name())
	if err != nil {
		r.ch.log.Error("offset not readable", "channel", r.ch.Name(), "error", err)
		return 0, err //nolint:wrapcheck // logged
	}
	if now.Sub(at) > forget {
		offset = 0
	}
	params := tgbotapi.Params{"timeout": itoa(int64(pollFor / time.Second)), "allowed_updates": kinds}
	params.AddNonZero64("offset", offset)
	result, err := r.ask(ctx, "getUpdates", params, pollFor+pollSlow)
	if err != nil {
		r.conflict(ctx, err)
		return 0, err
	}
	var updates []json.RawMessage
	if err := json.Unmarshal(result, &updates); err != nil {
		r.ch.log.Error("updates cannot be read", "channel", r.ch.Name())
		return 0, err //nolint:wrapcheck // logged
	}
	fresh, err := r.take(ctx, updates)
	if err != nil {
		r.ch.log.Error("updates not written down, will be asked for again", "channel", r.ch.Name(), "error", err)
		return 0, err
	}
	return fresh, nil
}

// conflict says why there are no updates. A webhook of earlier days is taken away: a
// configuration without one means polling.
func (r *Receiver) conflict(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	refused, ok := errors.AsType[*tgbotapi.Error](err)
	detail := r.ch.verdict(ctx, err).Detail
	switch {
	case ok && refused.Code == http.StatusConflict:
		r.ch.log.Error("someone else takes this bot's updates", "channel", r.ch.Name(), "detail", detail)
		if _, err := r.ask(ctx, "deleteWebhook", nil, quick); err != nil {
			r.ch.log.Warn("webhook not taken away", "channel", r.ch.Name(), "detail", r.ch.verdict(ctx, err).Detail)
		}
	default:
		r.ch.log.Warn("no updates, will ask again", "channel", r.ch.Name(), "detail", detail)
	}
}

// take writes updates down and returns how many were new.
func (r *Receiver) take(ctx context.Context, updates []json.RawMessage) (int, error) {
	in := bot.Received{Platform: r.ch.Name(), At: r.ch.clock.Now()}
	for _, raw := range updates {
		l, id, ok := letter(raw)
		if ok {
			in.Letters = append(in.Letters, l)
		}
		in.Offset = max(in.Offset, id+1)
	}
	if len(updates) == 0 {
		return 0, nil
	}
	fresh, err := r.inbox.Receive(ctx, in)
	if fresh > 0 {
		r.wake()
	}
	return fresh, err //nolint:wrapcheck // logged by the caller
}

func (r *Receiver) sleep(ctx context.Context, d time.Duration) {
	timer := r.ch.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	}
}

const (
	secretHeader = "X-Telegram-Bot-Api-Secret-Token" //nolint:gosec // a header's name
	maxUpdate    = 256 << 10                         // bytes
)

// ServeHTTP is the webhook. An update is a row before it is acknowledged.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	given := req.Header.Get(secretHeader)
	switch {
	case r.ch.cfg.WebhookURL == "":
		http.NotFound(w, req)
		return
	case req.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	case subtle.ConstantTimeCompare([]byte(given), []byte(r.ch.cfg.SecretToken)) != 1:
		r.ch.log.Warn("callback refused", "channel", r.ch.Name(), "reason", "secret is wrong")
		http.Error(w, "refused", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxUpdate))
	if err != nil {
		http.Error(w, "refused", http.StatusRequestEntityTooLarge)
		return
	}
	l, id, ok := letter(body)
	if id == 0 {
		r.ch.log.Warn("callback refused", "channel", r.ch.Name(), "reason", "body is no update")
		http.Error(w, "refused", http.StatusBadRequest)
		return
	}
	if !ok {
		w.WriteHeader(http.StatusOK)
		return
	}
	fresh, err := r.inbox.Receive(req.Context(), bot.Received{Platform: r.ch.Name(), Letters: []bot.Letter{l}, At: r.ch.clock.Now()})
	if err != nil {
		r.ch.log.Error("update not written down, the platform will send it again", "channel", r.ch.Name(), "error", err)
		http.Error(w, "not written", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
	if fresh > 0 {
		r.wake()
	}
}
