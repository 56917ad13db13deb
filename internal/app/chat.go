package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"huiying/bot"
	"huiying/bot/console"
	"huiying/configs"
	"huiying/incident"
	"huiying/org"
	"huiying/storage/blob"
	"huiying/storage/sqlite"
)

// conversation is what people talk to, on whatever platform.
func (s *server) conversation() (*bot.Conversation, error) {
	sources, err := LoadSources(s.cfg)
	if err != nil {
		return nil, err
	}
	return bot.New(bot.Deps{
		Desk: s.house.Desk, Store: s.db, Clock: s.clock, Zone: s.zone, Log: s.Log, Sources: sources,
		Files: s.files(), BaseURL: s.cfg.Server.BaseURL,
		Weekly: s.reports.WeeklyText, Understander: s.understander(),
	}), nil
}

// files keeps what came with reports.
func (s *server) files() *blob.Store { return blob.Open(filepath.Join(s.cfg.Storage.Dir, "files")) }

// handoverWithin is how long after its beginning a shift still gets its handover.
const handoverWithin = 30 * time.Minute

// handovers sends the handover to each duty officer whose shift has begun, once a shift.
func (s *server) handovers(ctx context.Context) {
	now := s.clock.Now()
	for _, shift := range s.house.Desk.Directory().Data().Shifts {
		if shift.Post != org.DutyOfficer || shift.From.After(now) || now.Sub(shift.From) > handoverWithin || !now.Before(shift.To) {
			continue
		}
		text, err := s.talk.Handover(ctx, shift.Person)
		if err == nil {
			occasion := fmt.Sprintf("handover %s %s %d", shift.Unit, shift.Person, shift.From.UnixMilli())
			err = s.house.Desk.Tell(ctx, []org.PersonID{shift.Person}, occasion, text)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("handover not sent", "person_id", shift.Person, "error", err)
		}
	}
}

// ChatOptions say who talks, and through what.
type ChatOptions struct {
	// As is a person's name or id, or a post such as 值班员 or 县住建局经办人.
	As  string
	In  io.Reader
	Out io.Writer
	// Prompt: a terminal is at the other end, so that each line is asked for.
	Prompt bool
}

// Chat talks in a terminal, over the configured database, which a running house may have
// open: what it owes to people is sent by that house, within a second or two.
func Chat(ctx context.Context, cfg configs.Config, o ChatOptions) (err error) {
	s := &server{cfg: cfg, Options: Options{Log: slog.New(slog.DiscardHandler), Out: io.Discard}}
	if s.zone, err = Zone(cfg); err != nil {
		return err
	}
	if s.clock, err = clockOf(cfg); err != nil {
		return err
	}
	s.db, err = sqlite.Open(ctx, sqlite.Options{Path: DatabasePath(cfg), Log: s.Log, Beside: true})
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if err := s.beside(ctx); err != nil {
		return err
	}
	person, err := s.who(o.As)
	if err != nil {
		return err
	}
	talk, err := s.conversation()
	if err != nil {
		return err
	}
	chat := &console.Chat{
		Listener: talk, Clock: s.clock, In: o.In, Out: o.Out, From: string(person.ID), Session: rand.Text(),
	}
	if o.Prompt {
		chat.Prompt = person.Name + "> "
	}
	return chat.Run(ctx) //nolint:wrapcheck // a sentence for people
}

// who finds a person by his name or id, or whoever is on duty in a post.
func (s *server) who(as string) (org.Person, error) {
	dir := s.house.Desk.Directory()
	if p, ok := dir.FindPerson(as); ok && !p.Left {
		return p, nil
	}
	for _, post := range org.Posts() {
		for _, name := range []string{post.Chinese(), strings.TrimPrefix(post.Chinese(), "县"), strings.TrimPrefix(post.Chinese(), "县政府办")} {
			unit, ok := strings.CutSuffix(as, name)
			if !ok || name == "" {
				continue
			}
			where := dir.County()
			if u, found := dir.FindUnit(unit); found {
				where = u.ID
			} else if unit != "" || !post.County() {
				continue
			}
			if on := dir.Resolve([]org.Post{post}, where, s.clock.Now()); len(on) > 0 {
				return on[0].Person, nil
			}
		}
	}
	return org.Person{}, &incident.Error{
		Code: incident.CodeInvalid, Text: "没有叫“" + as + "”的人员。请写姓名，或写职务，例如：值班员、县住建局经办人。",
	}
}
