package sqlite

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options say which database to open.
type Options struct {
	// Path of the database file; its folder is made if it is missing.
	Path string
	Log  *slog.Logger
	// Readers is the size of the readers' pool; 0 means 4.
	Readers int
	// Throwaway gives up surviving a power cut, for drills and simulations whose database
	// ends with them: SQLite then leaves it to the system when to write.
	Throwaway bool
	// Driver is the registered database/sql driver; empty for this package's own. Tests
	// look at every query through another.
	Driver string
	// Beside lets the database be opened though another process has it: to register
	// reports, not to send. The outbox belongs to who holds the lock.
	Beside bool
}

// DB is an open database. Its methods may be called from many goroutines.
type DB struct {
	path string
	log  *slog.Logger
	lock io.Closer
	pool *sql.DB // the writer's, one connection
	conn *sql.Conn
	// version is SQLite's of the data at the last look; see [DB.Changed].
	version atomic.Int64
	read    *sql.DB
	// reader puts the hot queries to read as prepared statements.
	reader reader
	stmts  map[string]*sql.Stmt

	outbox  outbox
	jobs    chan *job
	stopped chan struct{}
	closing sync.Once
	closed  chan struct{}
}

// Open opens the database, makes or migrates its schema and starts its writer. What
// cannot be is an [incident.Error] that says what, where and how to mend it.
func Open(ctx context.Context, o Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o750); err != nil {
		return nil, fault(o.Path, err)
	}
	var lock io.Closer = noLock{}
	if !o.Beside {
		var err error
		if lock, err = acquire(o.Path); err != nil {
			return nil, err
		}
	}
	db := &DB{
		path: o.Path, log: o.Log, lock: lock, stmts: map[string]*sql.Stmt{},
		outbox: outbox{out: map[notify.NoticeID]time.Time{}, tried: map[notify.EnvelopeID]bool{}, sealing: map[string]bool{}, paused: map[org.PersonID]time.Time{}},
		jobs:   make(chan *job, 4*maxGroup), stopped: make(chan struct{}), closed: make(chan struct{}),
	}
	if err := db.start(ctx, o); err != nil {
		return nil, errors.Join(fault(o.Path, err), db.release())
	}
	go db.writeLoop()
	return db, nil
}

func (db *DB) start(ctx context.Context, o Options) error {
	var err error
	synchronous := "FULL"
	if o.Throwaway {
		synchronous = "OFF"
	}
	driver := cmp.Or(o.Driver, "sqlite3")
	if db.pool, err = sql.Open(driver, dsn(o.Path, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {synchronous}, "_busy_timeout": {"5000"}, "_txlock": {"immediate"}, "_foreign_keys": {"on"},
	})); err != nil {
		return fmt.Errorf("open writer: %w", err)
	}
	db.pool.SetMaxOpenConns(1)
	if err := checkPragmas(ctx, db.pool, o.Throwaway); err != nil {
		return err
	}
	if err := migrate(ctx, db.pool); err != nil {
		return err
	}
	if db.conn, err = db.pool.Conn(ctx); err != nil {
		return fmt.Errorf("open writer: %w", err)
	}
	if _, err := db.Changed(ctx); err != nil {
		return err
	}
	if o.Beside {
		// An import writes much at once: to copy its pages back for every four megabytes, as
		// SQLite does by itself, copies those of the indexes over and over.
		if _, err := db.conn.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 4000"); err != nil {
			return fmt.Errorf("set checkpoint: %w", err)
		}
	}
	readers := o.Readers
	if readers == 0 {
		readers = 4
	}
	if db.read, err = sql.Open(driver, dsn(o.Path, url.Values{
		"mode": {"ro"}, "_query_only": {"1"}, "_busy_timeout": {"5000"},
	})); err != nil {
		return fmt.Errorf("open readers: %w", err)
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	db.reader = newReader(db.read)
	for _, query := range []string{oneCase, theseCases, theirMilestones, dueTimers, nextTimer} {
		if _, err := db.reader.stmt(ctx, query); err != nil { //nolint:sqlclosecheck // lives as long as the database
			return err
		}
	}
	return db.prepare(ctx)
}

func dsn(path string, q url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// checkPragmas refuses a database that is not as durable as asked: the driver ignores
// options that it does not know, without a word.
func checkPragmas(ctx context.Context, db *sql.DB, throwaway bool) error {
	wants := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
	if throwaway {
		wants["synchronous"] = "0"
	}
	for pragma, want := range wants {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			return fmt.Errorf("read pragma %s: %w", pragma, err)
		}
		if !strings.EqualFold(got, want) {
			return fmt.Errorf("pragma %s is %s, want %s", pragma, got, want)
		}
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("find migrations: %w", err)
	}
	p, err := goose.NewProvider(database.DialectSQLite3, db, dir, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; version > newest {
		return &incident.Error{Code: incident.CodeInternal, Text: fmt.Sprintf(
			"数据库的结构版本是%d，比本程序认识的%d新。请使用新版程序，或用 huiying restore 恢复旧版备份。", version, newest)}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Schema names the structure that this program gives a database: a hash over the migrations.
func Schema() (string, error) {
	h := sha256.New()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return "", fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range files {
		raw, err := migrations.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read migration: %w", err)
		}
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// fault turns what went wrong with the file into a sentence; one that is such already stays.
func fault(path string, err error) error {
	if _, sentence := errors.AsType[*incident.Error](err); sentence {
		return err
	}
	var text string
	var se sqlite3.Error
	switch {
	case errors.As(err, &se) && (se.Code == sqlite3.ErrNotADB || se.Code == sqlite3.ErrCorrupt):
		text = "数据库文件已损坏或不是数据库：" + path + "。请停止程序，用 huiying restore 恢复最近的备份；原文件会保留。"
	case errors.As(err, &se) && se.Code == sqlite3.ErrFull:
		text = "磁盘已满，无法写入数据库：" + path + "。请清理磁盘空间，程序会自动恢复。"
	case errors.As(err, &se) && (se.Code == sqlite3.ErrReadonly || se.Code == sqlite3.ErrCantOpen || se.Code == sqlite3.ErrPerm),
		errors.Is(err, fs.ErrPermission), errors.Is(err, os.ErrPermission), strings.Contains(err.Error(), "read-only file system"),
		strings.Contains(err.Error(), "not a directory"):
		text = "数据目录不能写入：" + filepath.Dir(path) + "。请检查目录是否存在、权限和磁盘是否只读，或用配置项 storage.dir 换一个目录。"
	case errors.As(err, &se) && se.Code == sqlite3.ErrBusy:
		text = "数据库正被别的程序占用：" + path + "。请先关闭占用它的程序。"
	case errors.As(err, &se) && se.Code == sqlite3.ErrIoErr:
		text = "读写数据库时磁盘出错：" + path + "。请检查磁盘和文件系统，程序会自动重试。"
	default:
		return fmt.Errorf("database %s: %w", path, err)
	}
	return &incident.Error{Code: incident.CodeInternal, Text: text, Err: err}
}

// Close ends the writer after what waits, checkpoints and gives the file free.
func (db *DB) Close() error {
	db.closing.Do(func() { close(db.closed) })
	<-db.stopped
	return db.release()
}

func (db *DB) release() error {
	var errs []error
	for _, s := range db.stmts {
		errs = append(errs, s.Close())
	}
	if db.conn != nil {
		errs = append(errs, db.conn.Close())
	}
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.pool != nil {
		errs = append(errs, db.pool.Close())
	}
	errs = append(errs, db.lock.Close())
	return errors.Join(errs...)
}
