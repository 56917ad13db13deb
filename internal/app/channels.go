package app

import (
	"huiying/bot/console"
	"huiying/configs"
	"huiying/notify"
)

// channels are the configured ways of reaching people.
func (s *server) channels() ([]notify.Channel, error) {
	var out []notify.Channel
	if s.cfg.Console.Enabled {
		name := func(to string) string { return s.nameOn("console", to) }
		out = append(out, console.New(s.Out, s.clock, s.zone, name))
	}
	return out, nil
}

// channelNames lists the channels that a configuration turns on.
func channelNames(cfg configs.Config) []string {
	var out []string
	if cfg.Console.Enabled {
		out = append(out, "console")
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
	return dir.UnitName(by.Holds[0].Unit) + by.Holds[0].Post.Chinese() + " " + p.Name
}
