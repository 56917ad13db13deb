package post

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"huiying/notify"
)

// Fault is an attempt that brought no answer that could be read: the request may have
// been carried out all the same.
type Fault struct {
	// Status is the HTTP status, 0 when there was none.
	Status int
	// Text says what went wrong, without secrets.
	Text string
	// Cancelled: the caller's context ended, which says nothing of the platform.
	Cancelled bool
}

// Outcome is the fault for the Courier: send the same bytes again.
func (f *Fault) Outcome() notify.Outcome {
	return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: f.Text}
}

// open is how many connections to one platform are kept for the next message: as many as
// messages may be on their way, since a new one costs more than a message.
const open = 64

// Client returns a copy of c (nil for one that keeps its connections) that follows no
// redirect: a message with its token in the address goes where it was addressed to or nowhere.
func Client(c *http.Client) *http.Client {
	var own http.Client
	switch t, ok := http.DefaultTransport.(*http.Transport); {
	case c != nil:
		own = *c
	case ok:
		t = t.Clone()
		t.MaxIdleConnsPerHost = open
		own.Transport = t
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// JSON posts a body and returns the answer to a status of 200. Secrets are struck from
// the fault's text.
func JSON(ctx context.Context, c *http.Client, addr string, body []byte, secrets ...string) ([]byte, *Fault) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, addr, bytes.NewReader(body))
	if err != nil {
		return nil, &Fault{Text: "address cannot be read"}
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return do(c, r, secrets)
}

// Form posts a form with a file in it like [JSON]; mime is its media type.
func Form(ctx context.Context, c *http.Client, addr, mime string, body []byte, secrets ...string) ([]byte, *Fault) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, addr, bytes.NewReader(body))
	if err != nil {
		return nil, &Fault{Text: "address cannot be read"}
	}
	r.Header.Set("Content-Type", mime)
	return do(c, r, secrets)
}

// Get fetches an address like [JSON].
func Get(ctx context.Context, c *http.Client, addr string, secrets ...string) ([]byte, *Fault) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, addr, http.NoBody)
	if err != nil {
		return nil, &Fault{Text: "address cannot be read"}
	}
	return do(c, r, secrets)
}

const maxAnswer = 256 << 10 // bytes; platforms answer with less than one KiB

func do(c *http.Client, r *http.Request, secrets []string) ([]byte, *Fault) {
	resp, err := c.Do(r)
	if err != nil {
		return nil, fault(r.Context(), err, secrets)
	}
	defer closeQuietly(resp.Body)
	if resp.StatusCode != http.StatusOK {
		return nil, &Fault{Status: resp.StatusCode, Text: "HTTP " + strconv.Itoa(resp.StatusCode)}
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fault(r.Context(), err, secrets)
	}
	return answer, nil
}

// closeQuietly closes a body that was read: what it could say comes too late to matter.
func closeQuietly(c io.Closer) {
	if err := c.Close(); err != nil {
		return
	}
}

func fault(ctx context.Context, err error, secrets []string) *Fault {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Fault{Text: "no answer in time", Cancelled: true}
	case ctx.Err() != nil:
		return &Fault{Text: "sending was cancelled", Cancelled: true}
	}
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return &Fault{Text: "no answer in time"}
	}
	if whole, ok := errors.AsType[*url.Error](err); ok {
		err = whole.Err // without the address
	}
	return &Fault{Text: Redact(err.Error(), secrets...)}
}

// Redact strikes secrets from a text, as they are and as they stand in addresses, and
// shortens it to what a receipt needs.
func Redact(text string, secrets ...string) string {
	for _, s := range secrets {
		if s == "" {
			continue
		}
		text = strings.ReplaceAll(text, s, "***")
		text = strings.ReplaceAll(text, url.QueryEscape(s), "***")
	}
	return notify.CutRunes(strings.Join(strings.Fields(text), " "), maxText)
}

const maxText = 200 // characters
