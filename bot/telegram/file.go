package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"huiying/incident"
	"huiying/notify"
)

// What the platform takes from a bot: a picture of 10 MB, a document of 50.
const (
	maxPicture  = 10 << 20
	maxDocument = 50 << 20
	maxCaption  = 1024 // UTF-16 units, after entities
)

// carried is the body of an envelope that is a file.
type carried struct {
	Carry  incident.File   `json:"carry"`
	Params tgbotapi.Params `json:"params"`
}

// Carries implements notify.Carrier.
func (c *Channel) Carries(f incident.File) bool {
	_, field := way(f)
	most := maxDocument
	if field == "photo" {
		most = maxPicture
	}
	return c.kept != nil && f.Size > 0 && f.Size <= most
}

// way is the method by which a file goes, and the field that holds it.
func way(f incident.File) (method, field string) {
	if f.Media == "image/png" || f.Media == "image/jpeg" {
		return "sendPhoto", "photo"
	}
	return "sendDocument", "document"
}

// encodeFile makes the request for a file: what it is stands below it, masked, with the
// message's key.
func (c *Channel) encodeFile(m notify.Message) ([]byte, error) {
	tail := "\n〔" + m.Key + "〕"
	caption := cut(strings.TrimSpace(clean(m.Text)), maxCaption-utf16(tail))
	raw, err := json.Marshal(carried{*m.File, tgbotapi.Params{
		"chat_id": m.To, "caption": html.EscapeString(caption) + html.EscapeString(tail), "parse_mode": tgbotapi.ModeHTML,
	}})
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return raw, nil
}

// sendFile sends a file unless its chat is to be left alone.
func (c *Channel) sendFile(ctx context.Context, f carried) notify.Outcome {
	chat := f.Params["chat_id"]
	if wait := c.wait(chat); wait > 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: wait, Detail: "asked to wait"}
	}
	if c.kept == nil {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "no files are kept"}
	}
	raw, err := c.kept(ctx, f.Carry.Hash)
	switch {
	case errors.Is(err, incident.ErrNotFound):
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent, Detail: "the file is not kept any more"}
	case err != nil:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "the file cannot be read"}
	}
	method, field := way(f.Carry)
	result, err := c.following(f.Params, func(p tgbotapi.Params) (json.RawMessage, error) {
		return c.put(ctx, method, field, carried{f.Carry, p}, raw)
	})
	if err != nil {
		o := c.verdict(ctx, err)
		c.bar(chat, o)
		return o
	}
	return received(result)
}

// put makes one request with a file in it. The library's own has another boundary and
// another order of fields each time, and so never the same bytes twice.
func (c *Channel) put(ctx context.Context, method, field string, f carried, raw []byte) (json.RawMessage, error) {
	body, mime, err := form(field, f, raw)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.APIBase+"/bot"+c.cfg.Token+"/"+method, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("address cannot be read")
	}
	r.Header.Set("Content-Type", mime)
	resp, err := bounded{ctx, c.client}.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // an answer that is read
	var answer tgbotapi.APIResponse
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err //nolint:wrapcheck // turned into an outcome, see verdict
	}
	if !answer.Ok {
		refused := &tgbotapi.Error{Code: answer.ErrorCode, Message: answer.Description}
		if answer.Parameters != nil {
			refused.ResponseParameters = *answer.Parameters
		}
		return nil, refused
	}
	return answer.Result, nil
}

// form is a file with its parameters as a form, the same bytes for the same message.
func form(field string, f carried, raw []byte) (body []byte, mime string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err = w.SetBoundary("huiying" + f.Carry.Hash[:min(32, len(f.Carry.Hash))])
	for _, name := range slices.Sorted(maps.Keys(f.Params)) {
		err = errors.Join(err, w.WriteField(name, f.Params[name]))
	}
	part, perr := w.CreateFormFile(field, f.Carry.Name)
	if perr == nil {
		_, perr = part.Write(raw)
	}
	if err = errors.Join(err, perr, w.Close()); err != nil {
		return nil, "", fmt.Errorf("make form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// received is the outcome of a message that the platform took.
func received(result json.RawMessage) notify.Outcome {
	var sent struct {
		ID int64 `json:"message_id"`
	}
	if err := json.Unmarshal(result, &sent); err != nil || sent.ID == 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "answer cannot be read"}
	}
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Receipt: itoa(sent.ID)}
}
