package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jonboulle/clockwork"

	"huiying/configs"
	"huiying/org"
	"huiying/storage/sqlite"
	"huiying/web"
)

// Audit is what a check of the log found.
type Audit = sqlite.Audit

func database(cfg configs.Config) sqlite.Options {
	return sqlite.Options{Path: DatabasePath(cfg), Log: slog.New(slog.DiscardHandler)}
}

// Migrate brings the database, which must not be in use, to this version's schema.
func Migrate(ctx context.Context, cfg configs.Config) error {
	db, err := sqlite.Open(ctx, database(cfg))
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	return db.Close() //nolint:wrapcheck // of the file
}

// Backup copies the database to a file, beside a running house, and proves the copy.
func Backup(ctx context.Context, cfg configs.Config, file string) (Audit, error) {
	if err := sqlite.Copy(ctx, DatabasePath(cfg), file); err != nil {
		return Audit{}, err //nolint:wrapcheck // a sentence for people
	}
	return sqlite.Check(ctx, file) //nolint:wrapcheck // a sentence for people
}

// Restore proves a backup and then puts it in the database's place.
func Restore(ctx context.Context, cfg configs.Config, file string) (Audit, error) {
	return sqlite.Restore(ctx, file, DatabasePath(cfg)) //nolint:wrapcheck // a sentence for people
}

// VerifyLog proves the log whole, beside a running house.
func VerifyLog(ctx context.Context, cfg configs.Config) (Audit, error) {
	return sqlite.Verify(ctx, DatabasePath(cfg)) //nolint:wrapcheck // a sentence for people
}

// EditPeople changes units, people and roster; a database without any begins with the
// configuration's. A running house takes the change over within a minute.
func EditPeople(ctx context.Context, cfg configs.Config, change func(org.Data) (org.Data, error)) error {
	now := clockwork.NewRealClock().Now()
	return sqlite.Edit(ctx, database(cfg), now, func(data org.Data) (org.Data, error) { //nolint:wrapcheck // a sentence for people
		if len(data.Units) == 0 {
			var err error
			if data, err = LoadPeople(cfg); err != nil {
				return data, err
			}
		}
		return change(data)
	})
}

// AddToken makes a bearer token for a person, or for an outside system with a role of
// its own, and returns it; only its hash is kept. An earlier one of the name ends.
func AddToken(ctx context.Context, cfg configs.Config, name string, role org.Role) (string, error) {
	var person org.PersonID
	err := EditPeople(ctx, cfg, func(data org.Data) (org.Data, error) {
		dir, err := org.NewDirectory(data)
		if err != nil {
			return data, err //nolint:wrapcheck // a sentence for people
		}
		p, ok := dir.FindPerson(name)
		if !ok && role == org.RoleNone {
			return data, fmt.Errorf("没有叫“%s”的人员（或有重名，请用编号）；接入系统请加 --role intake", name)
		}
		person = p.ID
		return data, nil
	})
	if err != nil {
		return "", err
	}
	token, err := web.NewToken(rand.Reader)
	if err != nil {
		return "", errors.Join(errors.New("口令生成失败"), err)
	}
	err = sqlite.AddToken(ctx, database(cfg), name, web.HashToken(token), person, role, clockwork.NewRealClock().Now())
	if err != nil {
		return "", err //nolint:wrapcheck // a sentence for people
	}
	return token, nil
}
