package bench_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql" //nolint:depguard // the bare reference speaks SQL itself
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	_ "github.com/mattn/go-sqlite3" // the bare reference's driver
)

var stored = flag.Int("stored", 0, "how many incidents are there already: 0 or 1000000")

// TestMain also is the bare reference's program, when the environment says so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("HUIYING_BENCH_BARE"); dir != "" {
		if err := serveBare(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// clock is the wall clock: durations are measured by it.
func clock() clockwork.Clock { return clockwork.NewRealClock() }

// morning is a working day's morning, so that no quiet hours hold anything back.
func morning() time.Time {
	return time.Date(2026, 11, 18, 10, 0, 0, 0, time.FixedZone("", 8*60*60))
}

// process is a program under measurement, apart from the load and from the measuring.
type process struct {
	cmd        *exec.Cmd
	url, token string
	out        io.Reader
}

var (
	tokenLine = regexp.MustCompile(`hy_[A-Za-z0-9_-]+`)
	urlLine   = regexp.MustCompile(`http://[0-9.:]+`)
)

// start runs a command until it prints its address.
func start(b *testing.B, cmd *exec.Cmd) *process {
	b.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	var logs bytes.Buffer
	cmd.Stderr = &logs
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := &process{cmd: cmd, out: out}
	lines := bufio.NewScanner(out)
	for p.url == "" && lines.Scan() {
		if t := tokenLine.FindString(lines.Text()); t != "" {
			p.token = t
		}
		p.url = urlLine.FindString(lines.Text())
	}
	if p.url == "" {
		b.Fatalf("%s did not start: %v\n%s", cmd.Path, cmd.Wait(), logs.String())
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // what it prints later is of no interest
	return p
}

// end stops the program as an operator does.
func (p *process) end(b *testing.B) {
	b.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil && p.token != "" {
		b.Fatal(err)
	}
}

// memory is the program's resident memory and its peak, in MiB.
func (p *process) memory(b *testing.B) (now, peak float64) {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Skip("no /proc here: memory is not measured")
	}
	read := func(name string) float64 {
		_, rest, _ := strings.Cut(string(status), name+":")
		kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		if err != nil {
			b.Fatal(err)
		}
		return kb / 1024
	}
	return read("VmRSS"), read("VmHWM")
}

// huiying builds the real program once and returns its path.
func huiying(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "huiying")
	build := exec.CommandContext(b.Context(), "go", "build", "-tags", "sqlite_fts5", "-o", bin, "huiying/cmd/huiying")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

// serve runs the real program on a folder.
func serve(b *testing.B, bin, dir string) *process {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), bin, "serve")
	cmd.Env = append(os.Environ(),
		"HUIYING_STORAGE__DIR="+dir, "HUIYING_SERVER__ADDR=127.0.0.1:0", "HUIYING_CONSOLE__ENABLED=false",
		"HUIYING_CLOCK__START="+morning().Format(time.RFC3339),
		// A platform that takes nothing: what is measured is intake, not sending.
		"HUIYING_WECOM__ENABLED=true", "HUIYING_WECOM__API_BASE=http://127.0.0.1:9", "HUIYING_WECOM__CORP_ID=corp",
		"HUIYING_WECOM__SECRET=secret", "HUIYING_WECOM__AGENT_ID=1000002",
	)
	p := start(b, cmd)
	token := filepath.Join(dir, "token")
	if p.token == "" {
		raw, err := os.ReadFile(token)
		if err != nil {
			b.Fatal(err)
		}
		p.token = string(raw)
	} else if err := os.WriteFile(token, []byte(p.token), 0o600); err != nil {
		b.Fatal(err)
	}
	return p
}

// database opens a folder's database beside no other process.
func database(b *testing.B, dir string) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "huiying.db")+"?_journal_mode=WAL&_synchronous=OFF")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// multiply copies the incidents in a folder's database until there are n, the copies with
// scattered external ids and with timers spread over 30 days from the afternoon on. What
// had to be told is taken for sent.
func multiply(b *testing.B, dir string, n int) {
	b.Helper()
	db := database(b, dir)
	defer func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}()
	do := func(query string, args ...any) {
		if _, err := db.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
	var have, first int
	if err := db.QueryRowContext(b.Context(), `SELECT count(*) FROM incidents`).Scan(&have); err != nil || have == 0 {
		b.Fatalf("%d incidents to copy, %v", have, err)
	}
	first = have
	for have < n {
		more := min(have, n-have)
		do(`BEGIN`)
		do(`INSERT INTO incidents (id, version, state, open, level, lead, next_limit, received_at, source, external_id, title, log_seq, log_hash, registered_at, acted_at, body)
			SELECT id + ?1, version, state, open, level, lead, next_limit, received_at, source,
			printf('S%010d', (id + ?1) * 2654435761 % 10000000000), title, log_seq, log_hash, registered_at, acted_at, body FROM incidents WHERE id <= ?2`, have, more)
		do(`INSERT INTO milestones SELECT incident + ?1, seq, kind, state, limit_at, body FROM milestones WHERE incident <= ?2`, have, more)
		do(`INSERT INTO timers SELECT incident + ?1, milestone, rung, ?3 + abs(random() % 2592000000) FROM timers WHERE incident <= ?2`,
			have, more, morning().Add(6*time.Hour).UnixMilli())
		do(`INSERT INTO entries SELECT incident + ?1, seq, at, key, body, hash FROM entries WHERE incident <= ?2`, have, more)
		do(`COMMIT`)
		have += more
	}
	do(`UPDATE timers SET fire_at = ? + abs(random() % 2592000000) WHERE incident > ?`, morning().Add(6*time.Hour).UnixMilli(), first)
	do(`UPDATE notices SET state = 'sent'`)
	do(`UPDATE envelopes SET state = 'sent'`)
	do(`ANALYZE`)
	do(`PRAGMA wal_checkpoint(TRUNCATE)`)
}

// copyTree copies the files of a folder.
func copyTree(b *testing.B, from, to string) {
	b.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil && !errors.Is(err, os.ErrExist) {
		b.Fatal(err)
	}
}

// percentile is the p-th part of the durations in milliseconds, such as 0.99.
func percentile(d []time.Duration, p float64) float64 {
	slices.Sort(d)
	if len(d) == 0 {
		return 0
	}
	return float64(d[min(int(float64(len(d))*p), len(d)-1)].Microseconds()) / 1000
}
