package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
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
// have open: it hears of them at its next look, within half a minute.
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
	if im.Desk, err = s.registrar(ctx); err != nil {
		return result, err
	}
	return im.Run(ctx, path) //nolint:wrapcheck // a sentence for people
}

// registrar is a desk that only registers: nothing fires and nothing is sent by it.
func (s *server) registrar(ctx context.Context) (*desk.Desk, error) {
	book, err := LoadBook(s.cfg, "")
	if err != nil {
		return nil, err
	}
	rules, err := LoadRules(s.cfg)
	if err != nil {
		return nil, err
	}
	if err := s.seed(ctx); err != nil {
		return nil, err
	}
	templates, err := loadTemplates(s.cfg)
	if err != nil {
		return nil, err
	}
	house, err := NewHouse(ctx, Parts{
		Book: book, Clock: s.clock, Store: s.db, Templates: templates, Notify: s.cfg.Notify, Log: s.Log,
		Assessor: func(directory func() *org.Directory) desk.Assessor { return classifier.New(rules, directory) },
	})
	if err != nil {
		return nil, fmt.Errorf("make desk: %w", err)
	}
	return house.Desk, nil
}
