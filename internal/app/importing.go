package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"huiying/configs"
	"huiying/intake"
	"huiying/org"
	"huiying/storage/sqlite"
)

// ImportOptions say how a file is imported.
type ImportOptions struct {
	Source   string
	Mapping  intake.Mapping
	DryRun   bool
	Progress func(rows int)
}

// Import registers a file's rows in the configured database, which a running house may
// have open: it hears of them within a second or two.
func Import(ctx context.Context, cfg configs.Config, path string, o ImportOptions) (result intake.Result, err error) {
	sources, err := LoadSources(cfg)
	if err != nil {
		return result, err
	}
	zone, err := Zone(cfg)
	if err != nil {
		return result, err
	}
	im := intake.Importer{
		Sources: sources, Zone: zone, Mapping: o.Mapping, Source: o.Source, DryRun: o.DryRun, Progress: o.Progress,
		By: org.Actor{Person: "system:import", Name: "批量导入", Role: org.RoleSystem, Via: "cli"},
	}
	if o.DryRun {
		return im.Run(ctx, path) //nolint:wrapcheck // a sentence for people
	}
	s := &server{cfg: cfg, zone: zone, Options: Options{Log: slog.New(slog.DiscardHandler)}}
	if s.clock, err = clockOf(cfg); err != nil {
		return result, err
	}
	s.db, err = sqlite.Open(ctx, sqlite.Options{Path: DatabasePath(cfg), Log: s.Log, Beside: true})
	if err != nil {
		return result, err //nolint:wrapcheck // a sentence for people
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	if err := s.beside(ctx); err != nil {
		return result, err
	}
	im.Desk = s.house.Desk
	// Nothing but the import runs here: it may let garbage grow to some 100 MiB, which else
	// is collected for every few rows.
	defer debug.SetGCPercent(debug.SetGCPercent(importGC))
	// Whoever watches the sources must hear that they spoke here.
	defer func() { err = errors.Join(err, s.house.Desk.KeepBeats(context.WithoutCancel(ctx))) }()
	return im.Run(ctx, path) //nolint:wrapcheck // a sentence for people
}

// importGC is how much garbage there may be, in percent of what is alive.
const importGC = 800

// beside puts a house together over a database that another process may have open: its
// desk decides, and knows who can be reached, but nothing fires and nothing is sent by it.
func (s *server) beside(ctx context.Context) error {
	book, err := LoadBook(s.cfg, "")
	if err != nil {
		return err
	}
	duties, err := LoadDuties(s.cfg, book.Policy)
	if err != nil {
		return err
	}
	assessor, err := newAssessor(s.cfg)
	if err != nil {
		return err
	}
	if err := s.seed(ctx); err != nil {
		return err
	}
	templates, err := loadTemplates(s.cfg)
	if err != nil {
		return err
	}
	channels, err := s.channels()
	if err != nil {
		return err
	}
	s.outside()
	s.house, err = NewHouse(ctx, Parts{
		Book: book, Clock: s.clock, Store: s.db, Channels: channels, Templates: templates, Notify: s.cfg.Notify, Words: s.cfg.Drafts, Author: s.author(), Duties: duties, Log: s.Log,
		BaseURL:  s.cfg.Server.BaseURL,
		Assessor: assessor,
	})
	if err != nil {
		return fmt.Errorf("make desk: %w", err)
	}
	s.reports = bureau(s.cfg, s.house.Desk, s.db)
	return nil
}
