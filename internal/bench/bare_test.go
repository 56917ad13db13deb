package bench_test

import (
	"context"
	"database/sql" //nolint:depguard // the bare reference speaks SQL itself
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
)

// row is a table's row of the incident that the reference inserts again and again.
type row struct {
	insert string
	values []any
	// incident and external are the columns that are new each time; -1 for none.
	incident, external int
}

// bareServer is the least that could do intake: net/http, JSON, and one writer that puts
// the same rows as the house writes for a report into whatever transaction is open.
type bareServer struct {
	rows  []row
	queue chan *bareJob
}

type bareJob struct {
	external string
	id       int64
	done     chan error
}

// serveBare is the reference's program.
func serveBare(dir string) error {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "huiying.db")+"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000")
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	db.SetMaxOpenConns(1)
	s := &bareServer{queue: make(chan *bareJob, 256)}
	ctx := context.Background()
	if err := s.learn(ctx, db); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	go s.write(ctx, conn)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, s)
}

// learn reads the rows that the house wrote for its first report.
func (s *bareServer) learn(ctx context.Context, db *sql.DB) error {
	for _, t := range []struct{ table, where string }{
		{"incidents", "id = 1"},
		{"milestones", "incident = 1"},
		{"timers", "incident = 1"},
		{"entries", "incident = 1"},
		{"notices", "incident = 1"},
	} {
		if err := s.learnTable(ctx, db, t.table, t.where); err != nil {
			return fmt.Errorf("learn %s: %w", t.table, err)
		}
	}
	return nil
}

func (s *bareServer) learnTable(ctx context.Context, db *sql.DB, table, where string) (err error) {
	rows, err := db.QueryContext(ctx, `SELECT * FROM `+table+` WHERE `+where)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return fmt.Errorf("columns: %w", err)
	}
	for rows.Next() {
		r := row{incident: -1, external: -1, values: make([]any, len(columns))}
		into := make([]any, len(columns))
		for i, name := range columns {
			into[i] = &r.values[i]
			switch {
			case name == "incident" || table == "incidents" && name == "id":
				r.incident = i
			case name == "external_id":
				r.external = i
			}
		}
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if table == "notices" {
			r.values[0] = nil
		}
		r.insert = `INSERT INTO ` + table + ` VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
		s.rows = append(s.rows, r)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("rows: %w", err)
	}
	return nil
}

// write puts whatever waits, up to 256, into one commit.
func (s *bareServer) write(ctx context.Context, conn *sql.Conn) {
	statements := map[string]*sql.Stmt{}
	for _, r := range s.rows {
		if statements[r.insert] == nil {
			st, err := conn.PrepareContext(ctx, r.insert) //nolint:sqlclosecheck // kept as long as the process lives
			if err != nil {
				panic(err)
			}
			statements[r.insert] = st
		}
	}
	for first := range s.queue {
		group := []*bareJob{first}
		for more := true; more && len(group) < 256; {
			select {
			case j := <-s.queue:
				group = append(group, j)
			default:
				more = false
			}
		}
		err := s.commit(ctx, conn, statements, group)
		for _, j := range group {
			j.done <- err
		}
	}
}

func (s *bareServer) commit(ctx context.Context, conn *sql.Conn, statements map[string]*sql.Stmt, group []*bareJob) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, j := range group {
		for i, r := range s.rows {
			values := append([]any(nil), r.values...)
			if r.incident >= 0 {
				values[r.incident] = j.id
			}
			if r.external >= 0 {
				values[r.external] = j.external
			}
			if i == 0 {
				values[r.incident] = nil
			}
			res, err := statements[r.insert].ExecContext(ctx, values...)
			if err != nil {
				return fmt.Errorf("insert: %w", err)
			}
			if i == 0 {
				if j.id, err = res.LastInsertId(); err != nil {
					return fmt.Errorf("insert: %w", err)
				}
			}
		}
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ServeHTTP answers 201 once the rows are durable.
func (s *bareServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ExternalID string `json:"external_id"`
		Title      string `json:"title"`
		Text       string `json:"text"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	j := &bareJob{external: body.ExternalID, done: make(chan error, 1)}
	s.queue <- j
	if err := <-j.done; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	if err := json.NewEncoder(w).Encode(map[string]any{"id": j.id, "title": body.Title}); err != nil {
		panic(http.ErrAbortHandler)
	}
}
