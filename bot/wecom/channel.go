package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/jonboulle/clockwork"
	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work/message"

	"huiying/notify"
	"huiying/notify/post"
)

// Deps is what a Channel works with.
type Deps struct {
	// Client makes the requests; nil for one of the standard library's. Redirects are not
	// followed whatever it says.
	Client *http.Client
	Clock  clockwork.Clock
	Log    *slog.Logger
	// Files reads what is to be sent as a file; nil where no files are sent.
	Files notify.Files
}

// Channel sends messages of one application. It is safe for concurrent use.
type Channel struct {
	cfg    Config
	client *http.Client
	tokens *tokens
	clock  clockwork.Clock
	log    *slog.Logger
	pace   pace
	taps   taps

	files   notify.Files
	uploads uploads
}

var _ notify.Carrier = (*Channel)(nil)

// New returns the application's channel, or what is wrong with cfg. It does not connect.
func New(cfg Config, d Deps) (*Channel, error) {
	cfg.Enabled = true
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	cfg.APIBase = strings.TrimRight(cfg.APIBase, "/")
	client := post.Client(d.Client)
	return &Channel{cfg: cfg, client: client, tokens: &tokens{cfg: cfg, client: client, clock: d.Clock}, clock: d.Clock, log: d.Log, files: d.Files}, nil
}

// Name is the channel's name in addresses.
func (*Channel) Name() string { return "wecom" }

// Quota is what one member may have from one application (90236): what is over would
// be dropped and answered as if it had been sent.
func (*Channel) Quota() notify.Quota { return notify.Quota{PerMinute: 30, PerHour: 1000} }

// Send tries once. A card that the platform refuses goes out as text in the same try.
func (c *Channel) Send(ctx context.Context, e notify.Envelope) notify.Outcome {
	if !single(e.To) {
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient, Detail: "userid cannot be used"}
	}
	// The Courier paces reminders; this is for those that meet with replies.
	if wait := c.pace.take(e.To, c.clock.Now(), perMinute, perHour); wait > 0 {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: wait, Detail: "quota of the member"}
	}
	if f, ok := fileOf(e.Body); ok {
		return c.sendFile(ctx, e.To, f)
	}
	o, code := c.try(ctx, e.To, e.Body)
	switch {
	case code == codeTaskID && e.Tries > 1:
		// The task_id is ours alone, so an earlier try has arrived.
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonDuplicate, Detail: o.Detail}
	case code == codeTaskID || o.Reason != notify.ReasonContent:
		return o
	}
	text, ok := plain(e.Body)
	if !ok {
		return o
	}
	c.log.Error("card refused by the platform, sent as text", "channel", c.Name(), "detail", o.Detail)
	second, _ := c.try(ctx, e.To, text)
	if second.Status != notify.Sent {
		return second
	}
	second.Detail = "sent as text, card refused: " + o.Detail
	return second
}

// single tells whether an address names one member, and not several or everybody.
func single(to string) bool {
	return to != "" && !strings.ContainsAny(to, "| \t\r\n") && !strings.EqualFold(to, "@all")
}

// try posts a body, with a new token if the first is no longer taken. The code is the
// platform's, 0 when it gave none.
func (c *Channel) try(ctx context.Context, to string, body []byte) (notify.Outcome, int64) {
	o, code, token := c.call(ctx, sendMessage, to, body)
	if staleToken(code) {
		c.tokens.drop(token)
		o, code, _ = c.call(ctx, sendMessage, to, body)
	}
	return o, code
}

// The platform's methods that change what people see.
const (
	sendMessage = "message/send"
	updateCard  = "message/update_template_card"
	createMenu  = "menu/create"
)

// call makes one request. to is the receiver whose refusal matters, empty for none.
func (c *Channel) call(ctx context.Context, method, to string, body []byte) (o notify.Outcome, code int64, token string) {
	token, err := c.tokens.GetAccessTokenContext(ctx)
	if bad := (*tokenError)(nil); errors.As(err, &bad) {
		return bad.outcome, 0, ""
	}
	addr := c.cfg.APIBase + "/cgi-bin/" + method + "?access_token=" + url.QueryEscape(token)
	if method == createMenu { // it names its application in the address
		addr += "&agentid=" + strconv.Itoa(c.cfg.AgentID)
	}
	answer, fault := post.JSON(ctx, c.client, addr, body, token, c.cfg.Secret)
	if fault != nil {
		return fault.Outcome(), 0, token
	}
	var got message.SendResponse
	if method == sendMessage {
		err = util.DecodeWithError(answer, &got, method)
	} else { // its list of receivers is an array
		err = util.DecodeWithCommonError(answer, method)
	}
	var refused *util.CommonError
	switch {
	case errors.As(err, &refused):
		o = verdict(refused.ErrCode)
		o.Detail = detail(refused, token, c.cfg.Secret)
		return o, refused.ErrCode, token
	case err != nil || !answered(answer):
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "answer cannot be read"}, 0, token
	}
	return accepted(to, got), 0, token
}

// answered tells whether the answer names an errcode: what a gateway says in its own
// JSON must not pass for success.
func answered(answer []byte) bool {
	var a struct {
		ErrCode *int64 `json:"errcode"`
	}
	return json.Unmarshal(answer, &a) == nil && a.ErrCode != nil
}

// accepted is the outcome of errcode 0, which the platform also gives when it left out
// receivers. It writes them in lower case.
func accepted(to string, got message.SendResponse) notify.Outcome {
	for list, why := range map[string]string{got.InvalidUser: "invaliduser", got.UnlicensedUser: "unlicenseduser"} {
		for user := range strings.SplitSeq(list, "|") {
			if to != "" && strings.EqualFold(user, to) {
				return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient, Detail: why}
			}
		}
	}
	return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK, Receipt: got.MsgID, Code: got.ResponseCode}
}
