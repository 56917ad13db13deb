package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"huiying/incident"
)

// beside opens a database that another process may be working on, to read it.
func beside(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &incident.Error{
			Code: incident.CodeInvalid, Err: err,
			Text: "没有找到数据库：" + path + "。请核对配置项 storage.dir，或先用 huiying serve 启动一次。",
		}
	}
	db, err := sql.Open("sqlite3", dsn(path, url.Values{
		"mode": {"rw"}, "_busy_timeout": {"5000"}, "_txlock": {"immediate"}, "_synchronous": {"FULL"},
	}))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(2)
	return db, nil
}

// Changed tells whether another process has written to the database since it was opened or the last call,
// such as an import beside a running house. What this DB writes does not count.
func (db *DB) Changed(ctx context.Context) (bool, error) {
	var version int64
	// The writer's own connection: what it commits leaves its version as it is.
	if err := db.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return false, fmt.Errorf("read data version: %w", err)
	}
	return db.version.Swap(version) != version, nil
}

// Copy backs a database up as [DB.Backup] does, from outside the process that has it open.
func Copy(ctx context.Context, path, dest string) error {
	db, err := beside(path)
	if err != nil {
		return err
	}
	return errors.Join(backup(ctx, db, dest), db.Close())
}

// Verify recomputes the log of a database as [DB.VerifyLog] does, from outside the
// process that has it open.
func Verify(ctx context.Context, path string) (Audit, error) {
	db, err := beside(path)
	if err != nil {
		return Audit{}, err
	}
	audit, err := verifyLog(ctx, db)
	if err != nil {
		err = fault(path, err)
	}
	return audit, errors.Join(err, db.Close())
}
