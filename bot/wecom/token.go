package wecom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/silenceper/wechat/v2/credential"
	"github.com/silenceper/wechat/v2/util"

	"huiying/notify"
	"huiying/notify/post"
)

// tokens keeps the application's access token. One request at a time fetches it, the
// others wait for that one; no lock is held meanwhile. After the platform has refused
// the secret it is not asked for a while, since wrong secrets bar the county's address.
type tokens struct {
	cfg    Config
	client *http.Client
	clock  clockwork.Clock

	mu      sync.Mutex
	token   string
	until   time.Time
	refused error
	asks    time.Time // when to ask again after a refusal
	flight  *flight
}

var _ credential.AccessTokenContextHandle = (*tokens)(nil)

// flight is one fetch that others wait for.
type flight struct {
	done  chan struct{}
	token string
	err   error
}

// tokenError says why there is no token, as an outcome of the message that needed it.
type tokenError struct {
	outcome   notify.Outcome
	cancelled bool // by the one who fetched: the next may try
}

func (e *tokenError) Error() string { return "wecom token: " + e.outcome.Detail }

// GetAccessToken implements the library's handle, for its clients that know no context.
func (t *tokens) GetAccessToken() (string, error) {
	return t.GetAccessTokenContext(context.Background())
}

// GetAccessTokenContext returns a token that is good now; the error is a *tokenError.
func (t *tokens) GetAccessTokenContext(ctx context.Context) (string, error) {
	for {
		f, mine := t.join()
		if mine {
			t.land(ctx, f)
			return f.token, f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return "", &tokenError{outcome: notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: "no token in time"}}
		}
		var bad *tokenError
		if errors.As(f.err, &bad) && bad.cancelled {
			continue
		}
		return f.token, f.err
	}
}

// join returns the fetch to wait for, and whether the caller must make it. What is known
// already comes as a fetch that is done.
func (t *tokens) join() (f *flight, mine bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	known := &flight{done: make(chan struct{})}
	switch {
	case t.token != "" && now.Before(t.until):
		known.token = t.token
		close(known.done)
		return known, false
	case t.refused != nil && now.Before(t.asks):
		known.err = t.refused
		close(known.done)
		return known, false
	case t.flight != nil:
		return t.flight, false
	}
	t.flight = known
	return known, true
}

const (
	soonest = 5 * time.Minute  // a token is renewed this long before its end
	askRest = 10 * time.Minute // after the secret was refused
)

// land fetches the token and lets those who wait go on.
func (t *tokens) land(ctx context.Context, f *flight) {
	token, life, err := t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	t.refused = nil
	if err == nil {
		t.token, t.until = token, now.Add(life-min(soonest, life/10))
	} else if err.outcome.Reason == notify.ReasonConfig {
		t.refused, t.asks = err, now.Add(askRest)
	}
	if f.token = token; err != nil {
		f.err = err
	}
	t.flight = nil
	close(f.done)
}

func (t *tokens) fetch(ctx context.Context) (string, time.Duration, *tokenError) {
	query := url.Values{"corpid": {t.cfg.CorpID}, "corpsecret": {t.cfg.Secret}}
	answer, fault := post.Get(ctx, t.client, t.cfg.APIBase+"/cgi-bin/gettoken?"+query.Encode(), t.cfg.Secret)
	if fault != nil {
		o := notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: "gettoken: " + fault.Text}
		return "", 0, &tokenError{o, fault.Cancelled}
	}
	var got credential.ResAccessToken
	err := util.DecodeWithError(answer, &got, "gettoken")
	var refused *util.CommonError
	switch {
	case errors.As(err, &refused):
		o := verdict(refused.ErrCode)
		o.Detail = "gettoken: " + detail(refused, t.cfg.Secret)
		return "", 0, &tokenError{outcome: o}
	case err != nil || got.AccessToken == "" || got.ExpiresIn <= 0:
		o := notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: "gettoken: answer cannot be read"}
		return "", 0, &tokenError{outcome: o}
	}
	return got.AccessToken, time.Duration(got.ExpiresIn) * time.Second, nil
}

// drop forgets a token that the platform no longer takes; a newer one stays.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = ""
	}
}
