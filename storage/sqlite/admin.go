package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Edit changes units, people and roster from outside the process that has the database
// open; a running house takes the change over within a minute. A database that is not
// there yet is made. What change refuses leaves everything as it was.
func Edit(ctx context.Context, o Options, now time.Time, change func(org.Data) (org.Data, error)) error {
	return outside(ctx, o, func(tx *sql.Tx) error {
		var data org.Data
		var body []byte
		err := tx.QueryRowContext(ctx, `SELECT body FROM documents WHERE name = ?`, directoryDocument).Scan(&body)
		if err == nil {
			err = json.Unmarshal(body, &data)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read directory: %w", err)
		}
		if data, err = change(data); err != nil {
			return err
		}
		if body, err = json.Marshal(data); err != nil {
			return fmt.Errorf("encode directory: %w", err)
		}
		if _, err := tx.ExecContext(ctx, statements()["put document"], directoryDocument, ms(now), body); err != nil {
			return fmt.Errorf("keep directory: %w", err)
		}
		return nil
	})
}

// AddToken keeps the hash of a bearer token as [DB.PutToken] does, from outside the
// process that has the database open.
func AddToken(ctx context.Context, o Options, name string, hash []byte, person org.PersonID, role org.Role, now time.Time) error {
	return outside(ctx, o, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, statements()["drop token named"], name); err != nil {
			return fmt.Errorf("drop old token: %w", err)
		}
		if _, err := tx.ExecContext(ctx, statements()["put token"], hash, name, string(person), string(role), ms(now)); err != nil {
			return fmt.Errorf("keep token: %w", err)
		}
		return nil
	})
}

// outside runs a transaction on a database that another process may have open; SQLite
// itself keeps the two apart, one commit at a time.
func outside(ctx context.Context, o Options, do func(*sql.Tx) error) (err error) {
	if _, err := os.Stat(o.Path); errors.Is(err, os.ErrNotExist) {
		db, err := Open(ctx, o)
		if err != nil {
			return err
		}
		if err := db.Close(); err != nil {
			return err
		}
	}
	db, err := beside(o.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fault(o.Path, err)
	}
	if err := do(tx); err != nil {
		if _, sentence := errors.AsType[*incident.Error](err); !sentence {
			err = fault(o.Path, err)
		}
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fault(o.Path, err)
	}
	return nil
}
