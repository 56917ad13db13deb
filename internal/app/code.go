package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"huiying/bot"
	"huiying/configs"
	"huiying/incident"
	"huiying/org"
	"huiying/storage/sqlite"
)

// codeLasts is how long a code of an administrator's is good: he hands it on by some way
// that takes time.
const codeLasts = 24 * time.Hour

// GiveCode makes a code by which a person binds an account of a chat platform, beside a
// running house. It is good once and for a day; only its hash is kept.
func GiveCode(ctx context.Context, cfg configs.Config, name string) (string, org.Person, error) {
	db, err := sqlite.Open(ctx, sqlite.Options{Path: DatabasePath(cfg), Log: slog.New(slog.DiscardHandler), Beside: true})
	if err != nil {
		return "", org.Person{}, err //nolint:wrapcheck // a sentence for people
	}
	code, person, err := giveCode(ctx, db, name)
	return code, person, errors.Join(err, db.Close())
}

func giveCode(ctx context.Context, db *sqlite.DB, name string) (string, org.Person, error) {
	data, err := db.Directory(ctx)
	if err != nil {
		return "", org.Person{}, err //nolint:wrapcheck // a fault of the store
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		return "", org.Person{}, err //nolint:wrapcheck // a sentence for people
	}
	p, ok := dir.FindPerson(name)
	if !ok || p.Left {
		return "", p, &incident.Error{
			Code: incident.CodeNotFound, Text: "没有叫“" + name + "”的人员（或有重名，请用编号）。先用 huiying user add 添加。",
		}
	}
	now := wall().Now()
	code, err := bot.GiveCode(ctx, db, p.ID, now, now.Add(codeLasts))
	return code, p, err //nolint:wrapcheck // a fault of the store
}
