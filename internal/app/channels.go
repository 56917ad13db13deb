package app

import (
	"errors"
	"net/http"
	"slices"

	"github.com/jonboulle/clockwork"

	"huiying/bot/console"
	"huiying/bot/telegram"
	"huiying/bot/wecom"
	"huiying/configs"
	"huiying/notify"
	"huiying/notify/email"
	"huiying/notify/robot"
	"huiying/org"
)

// channels are the configured ways of reaching people.
func (s *server) channels() ([]notify.Channel, error) {
	var out []notify.Channel
	var errs []error
	add := func(ch notify.Channel, err error) {
		out, errs = append(out, ch), append(errs, err)
	}
	if s.cfg.Wecom.Enabled {
		ch, err := wecom.New(s.cfg.Wecom, wecom.Deps{Client: client(), Clock: wall(), Log: s.Log, Files: s.db.File})
		s.wecom = ch
		add(ch, err)
	}
	if s.cfg.Telegram.Enabled {
		ch, err := telegram.New(s.cfg.Telegram, telegram.Deps{Client: client(), Clock: wall(), Log: s.Log, Files: s.db.File})
		s.telegram = ch
		add(ch, err)
	}
	if s.cfg.Robot.Enabled {
		ch, err := robot.New(s.cfg.Robot, robot.Deps{Log: s.Log})
		add(ch, err)
	}
	if s.cfg.SMTP.Enabled {
		ch, err := email.New(s.cfg.SMTP, email.Deps{Clock: s.clock})
		add(ch, err)
	}
	if s.cfg.Console.Enabled {
		add(console.New(s.Out, s.clock, s.zone, func(to string) string { return s.nameOn("console", to) }), nil)
	}
	return out, errors.Join(errs...)
}

// wall is the clock of the platforms, whose tokens, quotas and timestamps know of no
// simulated one.
func wall() clockwork.Clock { return clockwork.NewRealClock() }

// client is one for a platform of its own, so that connections to one that hangs do not
// stand in the way of another's. Attempts are bounded by their contexts.
func client() *http.Client {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil
	}
	return &http.Client{Transport: t.Clone()}
}

// channelNames lists the channels that a configuration turns on.
func channelNames(cfg configs.Config) []string {
	var out []string
	for _, ch := range []struct {
		on   bool
		name string
	}{{cfg.Wecom.Enabled, "wecom"}, {cfg.Telegram.Enabled, "telegram"}, {cfg.Robot.Enabled, "robot"}, {cfg.SMTP.Enabled, "email"}, {cfg.Console.Enabled, "console"}} {
		if ch.on {
			out = append(out, ch.name)
		}
	}
	return out
}

// nameOn is who uses an address of a channel, with the post that he holds, for the console.
func (s *server) nameOn(channel, to string) string {
	dir := s.house.Desk.Directory()
	p, ok := dir.ByAddress(channel, to)
	if !ok {
		return to
	}
	by, _ := dir.Actor(p.ID, channel, s.clock.Now())
	if len(by.Holds) == 0 {
		return p.Name
	}
	highest := slices.MaxFunc(by.Holds, func(a, b org.Appointment) int { return a.Post.Rank() - b.Post.Rank() })
	if highest.Post.County() {
		return highest.Post.Chinese() + " " + p.Name // 县政府办主任, not 县政府办县政府办主任
	}
	return dir.UnitName(highest.Unit) + highest.Post.Chinese() + " " + p.Name
}
