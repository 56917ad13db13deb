package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"huiying/incident"
)

// Backup writes a copy of the database as it is at one moment to dest while the house
// goes on working. The file appears whole or not at all.
//
// The readers' connections refuse to write anything, even a file of another name, so it
// has one of its own.
func (db *DB) Backup(ctx context.Context, dest string) error { return Copy(ctx, db.path, dest) }

func backup(ctx context.Context, db *sql.DB, dest string) error {
	if err := os.MkdirAll(filepath.Dir(dest), 0o750); err != nil {
		return fault(dest, err)
	}
	part := dest + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault(dest, err)
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		return errors.Join(fault(dest, fmt.Errorf("copy database: %w", err)), removed(part))
	}
	if err := syncFile(part); err != nil {
		return fault(dest, err)
	}
	if err := os.Rename(part, dest); err != nil {
		return fault(dest, err)
	}
	return syncFile(filepath.Dir(dest))
}

func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err //nolint:wrapcheck // joined to what is wrong
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// Check reads a backup through: the file's integrity and the log's chain.
func Check(ctx context.Context, path string) (Audit, error) {
	if _, err := os.Stat(path); err != nil {
		return Audit{}, &incident.Error{Code: incident.CodeInvalid, Text: "打不开备份文件：" + path + "，请核对路径。", Err: err}
	}
	db, err := sql.Open("sqlite3", dsn(path, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return Audit{}, fmt.Errorf("open backup: %w", err)
	}
	defer db.Close() //nolint:errcheck // read only
	var ok string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&ok); err != nil || ok != "ok" {
		return Audit{}, &incident.Error{
			Code: incident.CodeInvalid, Err: err,
			Text: "备份文件不完整或不是数据库：" + path + "。请换一份备份。",
		}
	}
	audit, err := verifyLog(ctx, db)
	if err != nil {
		return audit, &incident.Error{Code: incident.CodeInvalid, Text: "备份文件不是回应的数据库：" + path + "。", Err: err}
	}
	if n := len(audit.Problems); n > 0 {
		return audit, &incident.Error{Code: incident.CodeInvalid, Text: fmt.Sprintf("备份里的记录校验不通过（%d处），不能恢复：%s。", n, path)}
	}
	return audit, nil
}

// Restore checks a backup and then puts it in the database's place; the database that
// was there is kept beside it as .before-restore. It is refused while a house runs.
func Restore(ctx context.Context, backup, dest string) (Audit, error) {
	audit, err := Check(ctx, backup)
	if err != nil {
		return audit, err
	}
	if err := os.MkdirAll(filepath.Dir(dest), 0o750); err != nil {
		return audit, fault(dest, err)
	}
	lock, err := acquire(dest)
	if err != nil {
		return audit, err
	}
	defer lock.Close() //nolint:errcheck // the kernel gives the lock free
	part := dest + ".restoring"
	if err := copyFile(backup, part); err != nil {
		return audit, errors.Join(fault(dest, err), removed(part))
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(dest+suffix, dest+".before-restore"+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return audit, fault(dest, err)
		}
	}
	if err := os.Rename(part, dest); err != nil {
		return audit, fault(dest, err)
	}
	return audit, syncFile(filepath.Dir(dest))
}

func copyFile(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // the administrator names it
	if err != nil {
		return fmt.Errorf("open backup: %w", err)
	}
	defer in.Close()                                                       //nolint:errcheck // read only
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // beside the database
	if err != nil {
		return fmt.Errorf("write copy: %w", err)
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
