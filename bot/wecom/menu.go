package wecom

import (
	"context"
	"time"

	"huiying/notify"
)

// menu is the application's menu (90231): what can be said, to be tapped. A tap comes as
// an event whose key is the word itself.
type menu struct {
	Buttons []menuButton `json:"button"`
}

type menuButton struct {
	Type string       `json:"type,omitempty"`
	Name string       `json:"name"`
	Key  string       `json:"key,omitempty"`
	Sub  []menuButton `json:"sub_button,omitempty"`
}

func word(s string) menuButton { return menuButton{Type: "click", Name: s, Key: s} }

func words() menu {
	return menu{Buttons: []menuButton{
		word("登记"),
		{Name: "查看", Sub: []menuButton{word("我的"), word("逾期"), word("值班"), word("周报")}},
		word("帮助"),
	}}
}

// menuTries is how often the menu is offered to a platform that is away. The application
// works without one.
const menuTries = 8

// Greet sets the application's menu, if the configuration wants one. It returns when the
// menu is set, or cannot be, or ctx has ended.
func (c *Channel) Greet(ctx context.Context) {
	if !c.cfg.Menu || !c.cfg.Receives() {
		return
	}
	body, err := marshal(words())
	if err != nil {
		c.log.Error("menu cannot be made", "channel", c.Name(), "error", err)
		return
	}
	for n := range menuTries {
		asking, cancel := context.WithTimeout(ctx, greetTimeout)
		o, code, token := c.call(asking, createMenu, "", body)
		cancel()
		switch {
		case o.Status == notify.Sent || ctx.Err() != nil:
			return
		case staleToken(code):
			c.tokens.drop(token)
		case o.Status == notify.Permanent:
			c.log.Warn("menu not set", "channel", c.Name(), "detail", o.Detail)
			return
		}
		timer := c.clock.NewTimer(min(time.Second<<n, time.Minute))
		select {
		case <-ctx.Done():
		case <-timer.Chan():
		}
		timer.Stop()
	}
	c.log.Warn("menu not set, the platform is away", "channel", c.Name())
}

const greetTimeout = 10 * time.Second
