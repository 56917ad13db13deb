package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/jonboulle/clockwork"
	"go.yaml.in/yaml/v3"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/internal/drill"
	"huiying/notify"
	"huiying/sla"
	"huiying/storage/sqlite"
)

// Drill plays a script in a house of its own: a database that is thrown away, a
// simulated clock, and a telephone that everybody answers.
func Drill(ctx context.Context, cfg configs.Config, script *drill.Script, emit func(drill.Event)) (err error) {
	book, err := LoadBook(cfg, "")
	if err != nil {
		return err
	}
	book.Zone = script.Zone
	if script.Policy != nil {
		if book.Policy, err = override(book.Policy, script.Policy); err != nil {
			return err
		}
	}
	sources, err := LoadSources(cfg)
	if err != nil {
		return err
	}
	assessor, err := newAssessor(cfg)
	if err != nil {
		return err
	}
	templates, err := loadTemplates(cfg)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "huiying-drill-")
	if err != nil {
		return fmt.Errorf("临时目录不能写入：%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	log := slog.New(slog.DiscardHandler)
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(dir, "drill.db"), Log: log, Throwaway: true})
	if err != nil {
		return fmt.Errorf("open the drill's database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	var sent func(n incident.Notice, channel, text string)
	recorder := drill.NewRecorder(db, func(n incident.Notice, channel, text string) { sent(n, channel, text) })
	clock := clockwork.NewFakeClockAt(script.Begin())
	house, err := NewHouse(ctx, Parts{
		Book: book, Clock: clock, Store: recorded{db, db, recorder}, Channels: []notify.Channel{drill.Phone{}},
		Assessor: assessor, Memory: classifier.NewMemory(drillWindow),
		Templates: templates, Notify: cfg.Notify, Words: cfg.Drafts, Log: log,
	})
	if err != nil {
		return err
	}
	return drill.Play(ctx, drill.House{ //nolint:wrapcheck // a sentence with the script's line
		Clock: clock, Desk: house.Desk, Pump: house.Courier.Drain,
		OnSent: func(f func(n incident.Notice, channel, text string)) { sent = f },
	}, script, sources.Find, emit)
}

// recorded is a store whose outbox is watched.
type recorded struct {
	desk.Store
	notify.Amendments
	*drill.Recorder
}

// override lays a script's policy over the house's.
func override(p *sla.Policy, over *yaml.Node) (*sla.Policy, error) {
	doc, err := yaml.Marshal(over)
	if err != nil {
		return nil, fmt.Errorf("encode the script's policy: %w", err)
	}
	return sla.ParsePolicyOver(p, "policy（演练脚本）", doc) //nolint:wrapcheck // names what is wrong
}
