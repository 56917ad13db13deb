package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"sync"
)

// querier is where a query may be put: the readers' pool or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// reader puts queries whose text never changes as prepared statements: to parse and plan
// one again costs more than to answer it.
type reader struct {
	db *sql.DB
	tx *sql.Tx // nil outside of a transaction
	*prepared
}

type prepared struct {
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func newReader(db *sql.DB) reader {
	return reader{db: db, prepared: &prepared{stmts: map[string]*sql.Stmt{}}}
}

// in is the reader inside a transaction.
func (r reader) in(tx *sql.Tx) reader { return reader{db: r.db, tx: tx, prepared: r.prepared} }

// stmt is the prepared statement of a query, nil inside a transaction that is the first to
// put it: to prepare one takes a connection of the pool, and whoever holds one and waits
// for another may wait for ever.
func (r reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	s := r.stmts[query]
	r.mu.Unlock()
	switch {
	case r.tx != nil && s != nil:
		return r.tx.StmtContext(ctx, s), nil
	case r.tx != nil || s != nil:
		return s, nil
	}
	s, err := r.db.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if was := r.stmts[query]; was != nil { // somebody was quicker
		return was, s.Close() //nolint:sqlclosecheck // of a statement that nobody used
	}
	r.stmts[query] = s
	return s, nil
}

// QueryContext runs a query of fixed text.
func (r reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := r.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next time
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return r.tx.QueryContext(ctx, query, args...) //nolint:wrapcheck // wrapped by the caller
	}
	return s.QueryContext(ctx, args...) //nolint:wrapcheck // wrapped by the caller
}

// QueryRowContext runs a query of fixed text that gives one row.
func (r reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := r.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next time
	switch {
	case err == nil && s != nil:
		return s.QueryRowContext(ctx, args...)
	case r.tx != nil:
		return r.tx.QueryRowContext(ctx, query, args...)
	}
	return r.db.QueryRowContext(ctx, query, args...) // it fails the same way, with a row to say so
}

// list is ids as a JSON array, for IN (SELECT value FROM json_each(?)): the query's text
// stays the same however many they are.
func list[T any](ids []T) (string, error) {
	raw, err := json.Marshal(ids)
	if err != nil {
		return "", fmt.Errorf("list ids: %w", err)
	}
	return string(raw), nil
}
