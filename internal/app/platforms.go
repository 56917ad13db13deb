package app

import (
	"context"
	"net/http"

	"huiying/bot"
)

// talks are the chat platforms that take messages in: what each calls us by, and what
// runs for it.
type talks struct {
	handlers map[string]http.Handler
	run      map[string]func(context.Context) error
}

// platforms puts the configured chat platforms together with the one conversation.
func (s *server) platforms() talks {
	t := talks{handlers: map[string]http.Handler{}, run: map[string]func(context.Context) error{}}
	clerk := func(p bot.Platform) *bot.Clerk {
		c := bot.NewClerk(bot.ClerkDeps{Inbox: s.db, Platform: p, Listener: s.talk, Clock: wall(), Log: s.Log})
		t.run[p.Name()+" clerk"] = c.Run
		return c
	}
	if s.wecom != nil && s.cfg.Wecom.Receives() {
		c := clerk(s.wecom.Replies())
		t.handlers["/callback/wecom"] = s.wecom.Callback(s.db, c.Wake)
		t.run["wecom menu"] = func(ctx context.Context) error {
			s.wecom.Greet(ctx)
			return nil
		}
	}
	if s.telegram != nil {
		c := clerk(s.telegram.Replies())
		receiver := s.telegram.Receiver(s.db, c.Wake)
		t.handlers["/callback/telegram"] = receiver
		t.run["telegram receiver"] = receiver.Run
	}
	return t
}

// mount puts the platforms' addresses beside the pages.
func (t talks) mount(pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	for path, h := range t.handlers {
		mux.Handle(path, h)
	}
	return mux
}
