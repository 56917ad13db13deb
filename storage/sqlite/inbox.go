package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"huiying/bot"
)

// Receive implements bot.Inbox.
func (db *DB) Receive(ctx context.Context, r bot.Received) (int, error) {
	fresh := 0
	err := db.write(ctx, func(w *tx) error {
		fresh = 0
		for _, l := range r.Letters {
			ok, err := w.changed("receive letter", r.Platform, l.Key, l.Talk, l.Body, ms(r.At), ms(r.At))
			if err != nil {
				return err
			}
			if ok {
				fresh++
			}
		}
		if r.Offset == 0 {
			return nil
		}
		_, err := w.exec("put offset", r.Platform, r.Offset, ms(r.At))
		return err
	})
	return fresh, err
}

// Offset implements bot.Inbox.
func (db *DB) Offset(ctx context.Context, platform string) (int64, time.Time, error) {
	var value, at int64
	err := db.read.QueryRowContext(ctx, `SELECT value, at FROM offsets WHERE platform = ?`, platform).Scan(&value, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, fmt.Errorf("read offset: %w", err)
	}
	return value, fromMS(at), nil
}

// Waiting implements bot.Inbox.
func (db *DB) Waiting(ctx context.Context, platform string, now time.Time, n int) ([]bot.Letter, time.Time, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT id, key, talk, body, received_at, replies, sent, tries, due_at FROM inbox
		WHERE id IN (SELECT min(id) FROM inbox WHERE platform = ? AND done = 0 GROUP BY talk) AND due_at <= ? ORDER BY id LIMIT ?`,
		platform, ms(now), n)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read inbox: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []bot.Letter
	for rows.Next() {
		l := bot.Letter{Platform: platform}
		var received, due int64
		if err := rows.Scan(&l.ID, &l.Key, &l.Talk, &l.Body, &received, &l.Replies, &l.Sent, &l.Tries, &due); err != nil {
			return nil, time.Time{}, fmt.Errorf("read letter: %w", err)
		}
		l.ReceivedAt, l.DueAt = fromMS(received), fromMS(due)
		out = append(out, l)
	}
	if err := rows.Err(); err != nil {
		return nil, time.Time{}, fmt.Errorf("read inbox: %w", err)
	}
	if len(out) > 0 {
		return out, time.Time{}, nil
	}
	next, err := db.nextLetter(ctx, platform)
	return nil, next, err
}

// nextLetter is when the first of the oldest letters of all talks is due.
func (db *DB) nextLetter(ctx context.Context, platform string) (time.Time, error) {
	var due sql.NullInt64
	err := db.read.QueryRowContext(ctx, `SELECT min(due_at) FROM inbox
		WHERE id IN (SELECT min(id) FROM inbox WHERE platform = ? AND done = 0 GROUP BY talk)`, platform).Scan(&due)
	if err != nil {
		return time.Time{}, fmt.Errorf("read next letter: %w", err)
	}
	return fromMS(due.Int64), nil
}

// Keep implements bot.Inbox. What a letter said is not kept longer than it is needed.
func (db *DB) Keep(ctx context.Context, l bot.Letter) error {
	body, replies := l.Body, l.Replies
	if l.Done {
		body, replies = []byte{}, nil
	}
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("keep letter", body, replies, l.Sent, l.Tries, ms(l.DueAt), l.Done, l.ID)
		if err != nil || l.Card == "" {
			return err
		}
		_, err = w.exec("amended by tap", l.Platform, l.Card, l.Platform, l.Card, l.Talk)
		return err
	})
}
