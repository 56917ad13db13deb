package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"huiying/classifier"
	"huiying/classifier/model"
	"huiying/configs"
	"huiying/desk"
	"huiying/storage/sqlite"
)

// LogSamples are what officers decided, as examples to learn from: read from the log of
// the configured database, which a running house may have open.
func LogSamples(ctx context.Context, cfg configs.Config) ([]model.Sample, error) {
	var out []model.Sample
	err := besideDesk(ctx, cfg, func(d *desk.Desk) error {
		return d.Pasts(ctx, time.Time{}, time.Time{}, func(p desk.Past) error { //nolint:wrapcheck // says what it read
			row := classifier.Row{Title: p.Report.Title, Text: p.Report.Text, Level: p.Level, Category: p.Category}
			if p.Unit != "" {
				row.Unit = d.Directory().UnitName(p.Unit)
			}
			if s := row.Sample(); len(s.Labels) > 0 {
				out = append(out, s)
			}
			return nil
		})
	})
	return out, err
}

// Drift counts how often officers decided otherwise than was suggested, of what was
// received in [from, to).
func Drift(ctx context.Context, cfg configs.Config, from, to time.Time) (drift desk.Drift, err error) {
	err = besideDesk(ctx, cfg, func(d *desk.Desk) error {
		drift, err = d.Drift(ctx, from, to)
		return err //nolint:wrapcheck // says what it read
	})
	return drift, err
}

// besideDesk opens the database beside whoever has it open, to read it by a desk. A model
// that cannot be read is no hindrance: it may be what is to be mended.
func besideDesk(ctx context.Context, cfg configs.Config, do func(*desk.Desk) error) (err error) {
	cfg.Files.Model = ""
	zone, err := Zone(cfg)
	if err != nil {
		return err
	}
	s := &server{cfg: cfg, zone: zone, Options: Options{Log: slog.New(slog.DiscardHandler)}}
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
	return do(s.house.Desk)
}
