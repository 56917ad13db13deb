package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"huiying/notify/post"
)

// maxMedia is the largest file that the platform takes, with some room.
const maxMedia = 24 << 20

// media fetches a picture, a voice or a video (90254); whoever gets it closes it.
func (c *Channel) media(ctx context.Context, id string) (io.ReadCloser, error) {
	body, code, token, err := c.fetch(ctx, id)
	if staleToken(code) {
		c.tokens.drop(token)
		body, _, _, err = c.fetch(ctx, id)
	}
	return body, err
}

func (c *Channel) fetch(ctx context.Context, id string) (body io.ReadCloser, code int64, token string, err error) {
	if token, err = c.tokens.GetAccessTokenContext(ctx); err != nil {
		return nil, 0, "", fmt.Errorf("fetch media: %w", err)
	}
	query := url.Values{"access_token": {token}, "media_id": {id}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.APIBase+"/cgi-bin/media/get?"+query.Encode(), http.NoBody)
	if err != nil {
		return nil, 0, token, errors.New("fetch media: address cannot be read")
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, 0, token, errors.New("fetch media: " + post.Redact(withoutAddress(err), token, c.cfg.Secret))
	}
	if resp.StatusCode == http.StatusOK && !strings.Contains(resp.Header.Get("Content-Type"), "json") {
		return limited{io.LimitReader(resp.Body, maxMedia), resp.Body}, 0, token, nil
	}
	defer resp.Body.Close() //nolint:errcheck // an answer that is read
	var refused struct {
		Code int64  `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxCallback)).Decode(&refused); err != nil {
		return nil, 0, token, fmt.Errorf("fetch media: HTTP %d", resp.StatusCode)
	}
	return nil, refused.Code, token, errors.New("fetch media: " + post.Redact(fmt.Sprintf("errcode %d: %s", refused.Code, refused.Text), token))
}

// withoutAddress is an error of the network without the address, which holds the token.
func withoutAddress(err error) string {
	if whole, ok := errors.AsType[*url.Error](err); ok {
		err = whole.Err
	}
	return err.Error()
}

type limited struct {
	io.Reader
	io.Closer
}
