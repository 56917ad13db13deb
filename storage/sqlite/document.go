package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Policy implements desk.Store.
func (db *DB) Policy(ctx context.Context, version string) ([]byte, error) {
	var body []byte
	err := db.read.QueryRowContext(ctx, `SELECT body FROM policies WHERE version = ?`, version).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, incident.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return body, nil
}

// PutPolicy implements desk.Store.
func (db *DB) PutPolicy(ctx context.Context, version string, yaml []byte, now time.Time) error {
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("put policy", version, ms(now), yaml)
		return err
	})
}

const directoryDocument = "directory"

// Directory implements desk.Store.
func (db *DB) Directory(ctx context.Context) (org.Data, error) {
	var d org.Data
	var body []byte
	err := db.read.QueryRowContext(ctx, `SELECT body FROM documents WHERE name = ?`, directoryDocument).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return d, nil
	}
	if err != nil {
		return d, fmt.Errorf("read directory: %w", err)
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return d, fmt.Errorf("decode directory: %w", err)
	}
	return d, nil
}

// PutDirectory implements desk.Store.
func (db *DB) PutDirectory(ctx context.Context, d org.Data, now time.Time) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode directory: %w", err)
	}
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("put document", directoryDocument, ms(now), body)
		return err
	})
}

// claimLasts is how long a job that was begun and never finished keeps others away.
const claimLasts = time.Hour

// RunOnce claims a job's period; false when it was claimed or done before. A claim that
// was never finished can be claimed again after an hour.
func (db *DB) RunOnce(ctx context.Context, job, period string, now time.Time) (bool, error) {
	claimed := false
	err := db.write(ctx, func(w *tx) error {
		var err error
		if claimed, err = w.changed("claim period", job, period, ms(now)); err != nil || claimed {
			return err
		}
		claimed, err = w.changed("reclaim period", ms(now), job, period, ms(now.Add(-claimLasts)))
		return err
	})
	return claimed, err
}

// Done marks a job's period done.
func (db *DB) Done(ctx context.Context, job, period string, now time.Time) error {
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("period done", ms(now), job, period)
		return err
	})
}

// PutToken keeps the hash of a bearer token, in place of one of the same name.
func (db *DB) PutToken(ctx context.Context, name string, hash []byte, person org.PersonID, role org.Role, now time.Time) error {
	return db.write(ctx, func(w *tx) error {
		if _, err := w.exec("drop token named", name); err != nil {
			return err
		}
		_, err := w.exec("put token", hash, name, string(person), string(role), ms(now))
		return err
	})
}

// Token finds who a bearer token stands for by its hash, or [incident.ErrNotFound].
func (db *DB) Token(ctx context.Context, hash []byte) (name string, person org.PersonID, role org.Role, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT name, person, role FROM tokens WHERE hash = ?`, hash).Scan(&name, &person, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", "", incident.ErrNotFound
	}
	if err != nil {
		return "", "", "", fmt.Errorf("read token: %w", err)
	}
	return name, person, role, nil
}

// Clean drops the bodies of messages that were settled before an instant, and what is
// left of letters that were received before it; what was sent to whom stays in the
// notices. It returns when there are no more.
func (db *DB) Clean(ctx context.Context, before time.Time) error {
	for _, drop := range []string{"drop envelopes", "drop letters", "drop amendments", "drop files", "drop beats"} {
		for more := true; more; {
			err := db.write(ctx, func(w *tx) error {
				var err error
				more, err = w.changed(drop, ms(before))
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
