package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
)

// KeepFile writes a file down and returns its hash; one that is kept already is kept anew.
func (db *DB) KeepFile(ctx context.Context, body []byte, now time.Time) (string, error) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	err := db.write(ctx, func(w *tx) error {
		_, err := w.exec("keep file", hash, ms(now), body)
		return err
	})
	return hash, err
}

// File implements notify.Files. A file whose bytes do not have its hash is refused.
func (db *DB) File(ctx context.Context, hash string) ([]byte, error) {
	var body []byte
	err := db.read.QueryRowContext(ctx, `SELECT body FROM files WHERE hash = ?`, hash).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, incident.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("file %s was changed after it was written down", hash)
	}
	return body, nil
}
