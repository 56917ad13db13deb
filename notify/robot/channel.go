package robot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"huiying/notify"
	"huiying/notify/post"
)

// Deps is what a Channel works with.
type Deps struct {
	// Client makes the requests; nil for one of the standard library's. Redirects are not
	// followed whatever it says.
	Client *http.Client
	Log    *slog.Logger
}

// Channel speaks in groups. An address is a group's name, or name/userid to call one
// member in it. It is safe for concurrent use.
type Channel struct {
	base   string
	keys   map[string]string // by group
	plain  bool
	client *http.Client
	log    *slog.Logger
}

var _ notify.Channel = (*Channel)(nil)

// New returns a channel for the groups of cfg, or what is wrong with it. It does not
// connect.
func New(cfg Config, d Deps) (*Channel, error) {
	cfg.Enabled = true
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &Channel{base: strings.TrimRight(cfg.APIBase, "/"), keys: map[string]string{}, plain: cfg.PlainText, client: post.Client(d.Client), log: d.Log}
	if c.base == "" {
		c.base = publicAPI
	}
	for _, g := range cfg.Groups {
		c.keys[g.Name] = g.Key
	}
	return c, nil
}

// Name is the channel's name in addresses.
func (*Channel) Name() string { return "robot" }

// Quota is what one robot may say (91770), for all groups together, since an address
// that calls a member hides which group it is.
func (*Channel) Quota() notify.Quota { return notify.Quota{AllPerMinute: 20} }

// Send tries once. Markdown that the platform refuses goes out as text in the same try.
func (c *Channel) Send(ctx context.Context, e notify.Envelope) notify.Outcome {
	group, _, _ := strings.Cut(e.To, "/")
	key, ok := c.keys[group]
	if !ok {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient, Detail: "group is not configured"}
	}
	o := c.try(ctx, key, e.Body)
	if o.Reason != notify.ReasonContent {
		return o
	}
	text, ok := asText(e.Body)
	if !ok {
		return o
	}
	c.log.Error("markdown refused by the platform, sent as text", "channel", c.Name(), "detail", o.Detail)
	second := c.try(ctx, key, text)
	if second.Status != notify.Sent {
		return second
	}
	second.Detail = "sent as text, markdown refused: " + o.Detail
	return second
}

func (c *Channel) try(ctx context.Context, key string, body []byte) notify.Outcome {
	answer, fault := post.JSON(ctx, c.client, c.base+"/cgi-bin/webhook/send?key="+url.QueryEscape(key), body, key)
	if fault != nil {
		return fault.Outcome()
	}
	var got struct {
		ErrCode *int   `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
	}
	if err := json.Unmarshal(answer, &got); err != nil || got.ErrCode == nil {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "answer cannot be read"}
	}
	o := verdict(*got.ErrCode)
	if *got.ErrCode != 0 {
		o.Detail = post.Redact(fmt.Sprintf("errcode %d: %s", *got.ErrCode, got.ErrMsg), key)
	}
	return o
}

const quotaRest = time.Minute // after 45009

// verdict is what the platform's errcode means for the message. Codes that nobody has
// seen are tried again, until the Courier gives this channel up.
func verdict(code int) notify.Outcome {
	switch code {
	case 0:
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
	case 45009:
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: quotaRest}
	case 93000, 93004, 93008, 48002, 60020: // robot removed, stopped, not in the group
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonConfig}
	case 40008, 40035, 40058, 40063, 44004, 45002:
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent}
	}
	return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy}
}
