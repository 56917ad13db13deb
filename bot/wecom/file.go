package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"huiying/incident"
	"huiying/notify"
	"huiying/notify/post"
)

// What the platform takes (90253): a picture of PNG or JPG, a file of more than five bytes.
const (
	maxPicture  = 10 << 20
	maxDocument = 20 << 20
	minFile     = 6
)

// uploadLife is how long an upload is used again; the platform keeps it for three days.
const uploadLife = 2 * 24 * time.Hour

// carried is the body of an envelope that is a file: the message lacks only the media_id,
// which the platform gives for an upload.
type carried struct {
	Carry   incident.File `json:"carry"`
	Message request       `json:"message"`
}

// uploads are what was uploaded lately, so that one file for many readers goes up once.
type uploads struct {
	mu   sync.Mutex
	done map[string]upload // by kind and hash
}

type upload struct {
	id string
	at time.Time
}

// Carries implements notify.Carrier.
func (c *Channel) Carries(f incident.File) bool {
	most := maxDocument
	if kind(f) == "image" {
		most = maxPicture
	}
	return c.files != nil && f.Size >= minFile && f.Size <= most
}

// kind is the platform's word for a file.
func kind(f incident.File) string {
	if f.Media == "image/png" || f.Media == "image/jpeg" {
		return "image"
	}
	return "file"
}

// encodeFile makes the request for a file.
func (c *Channel) encodeFile(m notify.Message) ([]byte, error) {
	r := c.envelope(m.To)
	r.MsgType = kind(*m.File)
	raw, err := json.Marshal(carried{*m.File, r})
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return raw, nil
}

// fileOf is an envelope's file; false for one of words.
func fileOf(body []byte) (carried, bool) {
	var f carried
	err := json.Unmarshal(body, &f)
	return f, err == nil && f.Carry.Hash != ""
}

// codeMedia is errcode 40007: the platform does not keep the upload any more.
const codeMedia = 40007

// sendFile uploads the file, unless it is up, and sends it.
func (c *Channel) sendFile(ctx context.Context, to string, f carried) notify.Outcome {
	for again := range 2 {
		id, o := c.uploaded(ctx, f.Carry)
		if id == "" {
			return o
		}
		r := f.Message
		if r.MsgType == "image" {
			r.Image = &media{id}
		} else {
			r.File = &media{id}
		}
		body, err := r.bytes()
		if err != nil {
			return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "message cannot be made"}
		}
		o, code := c.try(ctx, to, body)
		if code != codeMedia || again > 0 {
			return o
		}
		c.uploads.forget(f.Carry)
	}
	return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: "upload not kept"}
}

// uploaded is the media_id of a file; empty with why there is none.
func (c *Channel) uploaded(ctx context.Context, f incident.File) (string, notify.Outcome) {
	if id := c.uploads.find(f, c.clock.Now()); id != "" {
		return id, notify.Outcome{}
	}
	if c.files == nil {
		return "", notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "no files are kept"}
	}
	raw, err := c.files(ctx, f.Hash)
	switch {
	case errors.Is(err, incident.ErrNotFound):
		return "", notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "the file is not kept any more"}
	case err != nil:
		return "", notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "the file cannot be read"}
	}
	id, o, code, token := c.upload(ctx, f, raw)
	if staleToken(code) {
		c.tokens.drop(token)
		id, o, _, _ = c.upload(ctx, f, raw)
	}
	if id != "" {
		c.uploads.keep(f, id, c.clock.Now())
	}
	return id, o
}

// upload puts a file up (media/upload, field media).
func (c *Channel) upload(ctx context.Context, f incident.File, raw []byte) (id string, o notify.Outcome, code int64, token string) {
	token, err := c.tokens.GetAccessTokenContext(ctx)
	if bad := (*tokenError)(nil); errors.As(err, &bad) {
		return "", bad.outcome, 0, ""
	}
	body, mime, err := form(f, raw)
	if err != nil {
		return "", notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "file cannot be sent"}, 0, token
	}
	addr := c.cfg.APIBase + "/cgi-bin/media/upload?access_token=" + url.QueryEscape(token) + "&type=" + kind(f)
	answer, fault := post.Form(ctx, c.client, addr, mime, body, token, c.cfg.Secret)
	if fault != nil {
		return "", fault.Outcome(), 0, token
	}
	var got struct {
		Code int64  `json:"errcode"`
		Text string `json:"errmsg"`
		ID   string `json:"media_id"`
	}
	switch err := json.Unmarshal(answer, &got); {
	case err == nil && got.Code != 0:
		o = verdict(got.Code)
		o.Detail = post.Redact("upload: errcode "+strconv.FormatInt(got.Code, 10)+": "+got.Text, token, c.cfg.Secret)
		return "", o, got.Code, token
	case err != nil || got.ID == "":
		return "", notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "answer cannot be read"}, 0, token
	}
	return got.ID, notify.Outcome{}, 0, token
}

// form is a file as a form, the same bytes for the same file.
func form(f incident.File, raw []byte) (body []byte, mime string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("huiying" + f.Hash[:min(32, len(f.Hash))]); err != nil {
		return nil, "", fmt.Errorf("make form: %w", err)
	}
	name := strings.NewReplacer(`"`, "", "\\", "", "\r", "", "\n", "").Replace(f.Name)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="media"; filename="%s"; filelength=%d`, name, len(raw))},
		"Content-Type":        {f.Media},
	})
	if err == nil {
		_, err = part.Write(raw)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, "", fmt.Errorf("make form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

func (u *uploads) find(f incident.File, now time.Time) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	for k, was := range u.done {
		if now.Sub(was.at) > uploadLife {
			delete(u.done, k)
		}
	}
	return u.done[kind(f)+f.Hash].id
}

func (u *uploads) keep(f incident.File, id string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done == nil {
		u.done = map[string]upload{}
	}
	u.done[kind(f)+f.Hash] = upload{id, now}
}

func (u *uploads) forget(f incident.File) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.done, kind(f)+f.Hash)
}
