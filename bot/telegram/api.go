package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"huiying/notify"
	"huiying/notify/post"
)

// bounded is the library's client with a context and a bound on answers, which it lacks.
type bounded struct {
	ctx    context.Context //nolint:containedctx // of the one request that it is made for
	client *http.Client
}

const maxAnswer = 8 << 20 // bytes; a hundred updates of the longest kind

// Do implements the library's HTTPClient.
func (b bounded) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.client.Do(r.WithContext(b.ctx)) //nolint:gosec // the configured platform
	if err != nil {
		return nil, err //nolint:wrapcheck // turned into an outcome without the address
	}
	resp.Body = limited{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

type limited struct {
	io.Reader
	io.Closer
}

// request asks the platform for one thing. Connecting is lazy: nothing is asked before.
func (c *Channel) request(ctx context.Context, method string, params tgbotapi.Params) (json.RawMessage, error) {
	api := &tgbotapi.BotAPI{Token: c.cfg.Token, Client: bounded{ctx, c.client}}
	api.SetAPIEndpoint(strings.ReplaceAll(c.cfg.APIBase, "%", "%%") + "/bot%s/%s")
	answer, err := api.MakeRequest(method, params)
	if err != nil {
		return nil, err //nolint:wrapcheck // turned into an outcome, see verdict
	}
	return answer.Result, nil
}

// verdict is what a failed request means for a message.
func (c *Channel) verdict(ctx context.Context, err error) notify.Outcome {
	refused, ok := errors.AsType[*tgbotapi.Error](err)
	if !ok {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: c.hide(ctx, err)}
	}
	o := sentence(refused)
	o.Detail = post.Redact("error_code "+itoa(int64(refused.Code))+": "+refused.Message, c.cfg.Token)
	return o
}

// sentence is the platform's refusal as an outcome. Its texts are all that tells some of
// them apart.
func sentence(e *tgbotapi.Error) notify.Outcome {
	text := strings.ToLower(e.Message)
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case e.Code == http.StatusTooManyRequests:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: max(time.Duration(e.RetryAfter)*time.Second, time.Second)}
	case e.Code == http.StatusForbidden: // never started, or blocked, or put out of the group
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient}
	case e.Code == http.StatusUnauthorized, e.Code == http.StatusNotFound: // the token
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonConfig}
	case e.Code == http.StatusBadRequest && says("message is not modified"):
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonDuplicate}
	case e.Code == http.StatusBadRequest && says("chat not found", "peer_id_invalid", "user not found", "upgraded to a supergroup", "have no rights"):
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient}
	case e.Code == http.StatusBadRequest, e.Code == http.StatusRequestEntityTooLarge:
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent}
	case e.Code >= http.StatusInternalServerError:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy}
	}
	return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown}
}

// hide says what went wrong without the address, which holds the token.
func (c *Channel) hide(ctx context.Context, err error) string {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "no answer in time"
	case ctx.Err() != nil:
		return "sending was cancelled"
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "answer cannot be read"
	}
	if whole, ok := errors.AsType[*url.Error](err); ok {
		err = whole.Err
	}
	return post.Redact(err.Error(), c.cfg.Token)
}
