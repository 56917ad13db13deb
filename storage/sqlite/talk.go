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

// Answer implements bot.Store.
func (db *DB) Answer(ctx context.Context, message string) ([]byte, bool, error) {
	var body []byte
	err := db.read.QueryRowContext(ctx, `SELECT body FROM answers WHERE message = ?`, message).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read answer: %w", err)
	}
	return body, true, nil
}

// Talk implements bot.Store.
func (db *DB) Talk(ctx context.Context, name string) ([]byte, int64, error) {
	var state []byte
	var version int64
	err := db.read.QueryRowContext(ctx, `SELECT state, version FROM talks WHERE name = ?`, name).Scan(&state, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read talk: %w", err)
	}
	return state, version, nil
}

// KeepAnswer implements bot.Store.
func (db *DB) KeepAnswer(ctx context.Context, message string, answer []byte, talk string, state []byte, version int64, now time.Time) (bool, error) {
	kept := false
	err := db.write(ctx, func(w *tx) error {
		kept = false // the group may be tried again
		var stands int64
		err := w.row("talk version", talk).Scan(&stands)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read talk: %w", err)
		}
		var answered int
		err = w.row("was answered", message).Scan(&answered)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read answer: %w", err)
		}
		if stands != version || answered > 0 {
			return nil
		}
		if _, err := w.exec("put answer", message, ms(now), answer); err != nil {
			return err
		}
		_, err = w.exec("put talk", talk, version+1, ms(now), state)
		kept = err == nil
		return err
	})
	return kept && err == nil, err
}

// ForgetAnswers implements bot.Store.
func (db *DB) ForgetAnswers(ctx context.Context, before time.Time) error {
	for {
		more := false
		err := db.write(ctx, func(w *tx) error {
			var err error
			more, err = w.changed("drop answers", ms(before))
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// SwapDirectory implements desk.Store.
func (db *DB) SwapDirectory(ctx context.Context, was, d org.Data, now time.Time) error {
	old, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("encode directory: %w", err)
	}
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode directory: %w", err)
	}
	return db.write(ctx, func(w *tx) error {
		stands, err := standing(w)
		if err != nil {
			return err
		}
		if stands != string(old) {
			return refusal{incident.ErrStale}
		}
		_, err = w.exec("put document", directoryDocument, ms(now), body)
		return err
	})
}

// standing is the kept directory as it is written today, whatever version wrote it.
func standing(w *tx) (string, error) {
	var body []byte
	var d org.Data
	err := w.row("get document", directoryDocument).Scan(&body)
	if err == nil {
		err = json.Unmarshal(body, &d)
	} else if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("read directory: %w", err)
	}
	body, err = json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encode directory: %w", err)
	}
	return string(body), nil
}
