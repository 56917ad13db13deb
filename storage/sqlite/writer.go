package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"huiying/incident"
)

// maxGroup is how many jobs share a commit at most (facts/performance.md: beyond 100 a
// transaction nothing is gained, and the tail grows).
const maxGroup = 256

// errClosed means that the database was closed before the write began.
var errClosed = errors.New("database is closed")

// job is one thing to be written whole or not at all. Its run must find out whether it
// can be done before it writes anything: a fault after that rolls the whole group back.
type job struct {
	run  func(w *tx) error
	done chan error
}

// tx is the group's transaction; statements are prepared once for the writer.
type tx struct {
	db *DB
	// next are the numbers of the next new incident and of the next duty, 0 while nobody asked.
	next [2]int64
	// counts are what the board's counters change by, added up for the whole transaction.
	counts map[counter]int
}

// counter is one of the board's counters.
type counter struct{ level, state, lead string }

func (w *tx) count(level, state, lead string, n int) {
	if w.counts == nil {
		w.counts = map[counter]int{}
	}
	w.counts[counter{level, state, lead}] += n
}

// countUp writes the counters before the transaction ends.
func (w *tx) countUp() error {
	for c, n := range w.counts {
		if n == 0 {
			continue
		}
		if _, err := w.exec("count", c.level, c.state, c.lead, n); err != nil {
			return err
		}
	}
	return nil
}

// number is the number that the next new case will have: nobody else writes until the
// transaction ends. With it the head of the case's log is known before the case is
// written, which else would have to be written over at once.
func (w *tx) number(duty bool) (*int64, error) {
	n, above, below := &w.next[0], int64(0), int64(incident.FirstDuty)
	if duty {
		n, above, below = &w.next[1], int64(incident.FirstDuty)-1, math.MaxInt64
	}
	if *n == 0 {
		if err := w.row("next number", above, below).Scan(n); err != nil {
			return nil, fmt.Errorf("next number: %w", err)
		}
	}
	return n, nil
}

func (w *tx) exec(name string, args ...any) (sql.Result, error) {
	r, err := w.db.stmts[name].ExecContext(context.Background(), args...) //nolint:contextcheck // a write is not cancelled half-way
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

func (w *tx) changed(name string, args ...any) (bool, error) {
	r, err := w.exec(name, args...)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	return n > 0, nil
}

func (w *tx) row(name string, args ...any) *sql.Row {
	return w.db.stmts[name].QueryRowContext(context.Background(), args...) //nolint:contextcheck // as exec
}

// write waits until run is durable. If ctx ends first it returns ctx's error, and the
// write may still happen.
func (db *DB) write(ctx context.Context, run func(w *tx) error) error {
	if err := ctx.Err(); err != nil {
		return err //nolint:wrapcheck // the caller's own
	}
	j := &job{run: run, done: make(chan error, 1)}
	select {
	case db.jobs <- j:
	case <-db.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's own
	case <-db.stopped:
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

// writeLoop is the one writer: it takes whatever waits, without lingering, so that the
// group grows with the load by itself.
func (db *DB) writeLoop() {
	defer close(db.stopped)
	group := make([]*job, 0, maxGroup)
	for {
		group = group[:0]
		select {
		case j := <-db.jobs:
			group = append(group, j)
		case <-db.closed:
			db.drain(group)
			return
		}
		db.commit(db.more(group))
	}
}

func (db *DB) more(group []*job) []*job {
	for len(group) < maxGroup {
		select {
		case j := <-db.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// drain writes what was accepted before the database was closed.
func (db *DB) drain(group []*job) {
	for {
		if group = db.more(group[:0]); len(group) == 0 {
			return
		}
		db.commit(group)
	}
}

// commit runs a group in one transaction. When a job faults after it began to write,
// the group is rolled back and each job is tried in a transaction of its own, so that
// one that cannot be written (or a full disk) fails alone.
func (db *DB) commit(group []*job) {
	outcomes, err := db.try(group)
	if err != nil && len(group) > 1 {
		for _, j := range group {
			one, err := db.try([]*job{j})
			if err != nil {
				j.done <- fault(db.path, err)
				continue
			}
			j.done <- one[0]
		}
		return
	}
	for i, j := range group {
		if err != nil {
			j.done <- fault(db.path, err)
			continue
		}
		j.done <- outcomes[i]
	}
}

// refusal is an outcome that wrote nothing and lets the rest of the group go on.
type refusal struct{ err error }

func (r refusal) Error() string { return r.err.Error() }
func (r refusal) Unwrap() error { return r.err }

func (db *DB) try(group []*job) ([]error, error) {
	ctx := context.Background()
	if _, err := db.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	outcomes := make([]error, len(group))
	w := &tx{db: db}
	for i, j := range group {
		err := j.run(w)
		if refused, ok := errors.AsType[refusal](err); ok {
			outcomes[i] = refused.err
			continue
		}
		if err != nil {
			return nil, db.rollback(ctx, err)
		}
	}
	if err := w.countUp(); err != nil {
		return nil, db.rollback(ctx, err)
	}
	if _, err := db.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return nil, db.rollback(ctx, fmt.Errorf("commit: %w", err))
	}
	return outcomes, nil
}

// rollback ends the transaction; SQLite has ended it by itself after some faults.
func (db *DB) rollback(ctx context.Context, cause error) error {
	if _, err := db.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		db.log.Debug("transaction was ended by the database", "error", err)
	}
	return cause
}
