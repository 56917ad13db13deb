package killtest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/incident"
	"huiying/internal/fake/wecom"
	"huiying/storage/sqlite"
)

var (
	kills = flag.Int("kills", 50, "how often the program is killed")
	seed  = flag.Uint64("seed", 0, "of the instants; 0 draws one and prints it")
)

const (
	clients = 8
	// breath is how long a client waits after an acknowledgement: a county of a hundred
	// reports a second, so that eight people's quota of messages is enough to tell of them.
	breath = 50 * time.Millisecond
)

// The program is killed with SIGKILL at random instants while reports pour in. Nothing
// that was answered with 201 is lost, nothing is registered twice, and WeChat Work shows
// each message once, however often the program had to ask.
func TestKill_LosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for range *kills {
		p := h.start(t)
		pause(t, time.Duration(30+h.rand.IntN(350))*time.Millisecond)
		p.kill(t)
	}
	h.stop()
	acked := h.acked()
	t.Logf("%d incidents were acknowledged over %d kills (seed %d)", len(acked), *kills, h.seed)
	if len(acked) < *kills {
		t.Fatalf("only %d incidents were acknowledged: the load did not come through", len(acked))
	}
	p := h.start(t)
	for external, id := range acked {
		if again, status := p.register(external); status != http.StatusOK || again != id {
			t.Fatalf("%s was acknowledged as incident %d; asked again: status %d, incident %d", external, id, status, again)
		}
	}
	p.drain(t)
	p.terminate(t)
	h.compare(t, acked)
}

// pause lets real time pass: the program under test is another process with its own clock.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	timer := clockwork.NewRealClock().NewTimer(d)
	select {
	case <-timer.Chan():
	case <-t.Context().Done():
	}
}

// harness is what outlives each process: the local WeChat Work server, the data, and
// the clients who post.
type harness struct {
	seed   uint64
	rand   *rand.Rand
	clock  clockwork.Clock
	began  time.Time
	bin    string
	dir    string
	wecom  *wecom.Server
	server *httptest.Server
	token  string

	mu     sync.Mutex
	ids    map[string]int64
	target *process // nil while there is none
	done   chan struct{}
	wait   sync.WaitGroup
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	clock := clockwork.NewRealClock()
	h := &harness{seed: *seed, clock: clock, began: clock.Now(), dir: t.TempDir(), ids: map[string]int64{}, done: make(chan struct{})}
	if h.seed == 0 {
		h.seed = rand.Uint64()
	}
	h.rand = rand.New(rand.NewPCG(h.seed, 1))
	h.bin = filepath.Join(h.dir, "huiying")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "sqlite_fts5", "-o", h.bin, "huiying/cmd/huiying")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	h.wecom = wecom.New(h.clock, wecom.Options{CorpID: "corp", Secret: "secret", AgentID: 1000002})
	h.server = httptest.NewServer(h.wecom)
	t.Cleanup(h.server.Close)
	for n := range clients {
		h.wait.Go(func() { h.client(n) })
	}
	return h
}

// now is the time for the program: a working day's morning when the test began, since at
// night quiet hours would hold the messages back.
func (h *harness) now() time.Time {
	morning := time.Date(2026, 11, 18, 10, 0, 0, 0, time.FixedZone("", 8*60*60))
	return morning.Add(h.clock.Since(h.began))
}

// client posts reports, each until it is acknowledged, across all restarts.
func (h *harness) client(n int) {
	for i := 0; ; i++ {
		external := fmt.Sprintf("c%d-%d", n, i)
		for {
			select {
			case <-h.done:
				return
			default:
			}
			p := h.current()
			if p == nil {
				continue
			}
			if id, status := p.register(external); status == http.StatusCreated || status == http.StatusOK {
				h.mu.Lock()
				h.ids[external] = id
				h.mu.Unlock()
				h.clock.Sleep(breath)
				break
			}
			h.dropped(p)
		}
	}
}

func (h *harness) current() *process {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.target
}

// dropped forgets a process that answers no more, so that clients do not spin on it.
func (h *harness) dropped(p *process) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.target == p && p.dead() {
		h.target = nil
	}
}

func (h *harness) stop() {
	close(h.done)
	h.wait.Wait()
}

func (h *harness) acked() map[string]int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ids
}

var tokenLine = regexp.MustCompile(`hy_[A-Za-z0-9_-]+`)

// start runs the program and waits until it says that it answers.
func (h *harness) start(t *testing.T) *process {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), h.bin, "serve")
	cmd.Env = append(os.Environ(),
		"HUIYING_STORAGE__DIR="+filepath.Join(h.dir, "data"), "HUIYING_SERVER__ADDR=127.0.0.1:0", "HUIYING_CONSOLE__ENABLED=false",
		"HUIYING_CLOCK__START="+h.now().Format(time.RFC3339Nano),
		"HUIYING_WECOM__API_BASE="+h.server.URL, "HUIYING_WECOM__CORP_ID=corp", "HUIYING_WECOM__SECRET=secret", "HUIYING_WECOM__AGENT_ID=1000002",
	)
	var logs bytes.Buffer
	cmd.Stderr = &logs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, ended: make(chan struct{}), logs: &logs}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if token := tokenLine.FindString(line); token != "" {
			h.token = token
		}
		if _, addr, ok := strings.Cut(line, "http://"); ok {
			p.url = "http://" + strings.TrimSuffix(strings.Fields(addr)[0], "/")
			break
		}
	}
	if p.url == "" {
		t.Fatalf("the program did not start: %v\n%s", cmd.Wait(), logs.String())
	}
	p.token = h.token
	go func() {
		_, copied := io.Copy(io.Discard, out)
		p.err = cmd.Wait()
		if p.err == nil {
			p.err = copied
		}
		close(p.ended)
	}()
	h.mu.Lock()
	h.target = p
	h.mu.Unlock()
	return p
}

// process is one run of the program.
type process struct {
	cmd   *exec.Cmd
	url   string
	token string
	ended chan struct{}
	err   error
	logs  *bytes.Buffer
}

func (p *process) dead() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !p.dead() {
		t.Fatal(err)
	}
	<-p.ended
}

// terminate stops the program as an operator does; it must end by itself with status 0.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if p.err != nil {
		t.Fatalf("SIGTERM: %v\n%s", p.err, p.logs.String())
	}
}

// register posts one report, a major matter that is dispatched at once, and returns the
// incident's number and the status; 0 when there was no answer.
func (p *process) register(external string) (int64, int) {
	units := []string{"县住建局", "县教育局", "县交通运输局", "县应急管理局", "县市场监管局"}
	body, err := json.Marshal(map[string]any{
		"source": "12345热线", "external_id": external, "title": "断电测试" + external, "level": "major",
		"lead": units[len(external)%len(units)],
	})
	if err != nil {
		return 0, 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v1/incidents", bytes.NewReader(body))
	if err != nil {
		return 0, 0
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or not, it is done with
	var answer struct {
		ID int64 `json:"id"`
	}
	if json.NewDecoder(resp.Body).Decode(&answer) != nil {
		return 0, 0 // cut by the kill
	}
	return answer.ID, resp.StatusCode
}

// drain waits until nothing waits to be sent any more, as the board's figures say.
func (p *process) drain(t *testing.T) {
	t.Helper()
	const patience = 300
	var body []byte
	for range patience {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/api/v1/counts", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+p.token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err = io.ReadAll(resp.Body)
		if cerr := resp.Body.Close(); err != nil || cerr != nil {
			t.Fatal(err, cerr)
		}
		if !strings.Contains(string(body), "oldest_waiting") {
			return
		}
		pause(t, time.Second)
	}
	t.Fatalf("messages still wait after five minutes: %s\n%s", body, p.logs)
}

// compare looks into the database that is left, and at what WeChat Work showed.
func (h *harness) compare(t *testing.T, acked map[string]int64) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{
		Path: filepath.Join(h.dir, "data", "huiying.db"), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // read only
	audit, err := db.VerifyLog(t.Context())
	if err != nil || len(audit.Problems) > 0 {
		t.Fatalf("log: %v, %v", err, audit.Problems)
	}
	if audit.Incidents != len(acked) {
		// A report that was saved but not answered was posted again and answered then.
		t.Logf("%d incidents in the database, %d acknowledged; the rest were in flight at the end", audit.Incidents, len(acked))
	}
	sent := 0
	for _, id := range acked {
		deliveries, err := db.Deliveries(t.Context(), incident.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]int{}
		for _, d := range deliveries {
			if d.State != "sent" {
				t.Errorf("incident %d: notice to %s is %s (%s)", id, d.Notice.Person, d.State, d.Reason)
			}
			told[fmt.Sprint(d.Notice.Milestone, d.Notice.Rung, d.Notice.Nth, d.Notice.Entry, d.Notice.Person)]++
			sent++
		}
		if len(deliveries) == 0 {
			t.Errorf("incident %d: nobody was told", id)
		}
		for key, n := range told {
			if n != 1 {
				t.Errorf("incident %d: %s has %d notices", id, key, n)
			}
		}
	}
	h.compareShown(t, db, sent)
}

// compareShown holds the messages that WeChat Work showed against those that were
// written down: the same number for each person, none dropped by the platform.
func (h *harness) compareShown(t *testing.T, db *sqlite.DB, notices int) {
	t.Helper()
	written, err := db.Recent(t.Context(), "wecom", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	shown, total := map[string]int{}, 0
	for _, m := range h.wecom.Delivered() {
		shown[m.User]++
		total++
	}
	for user, list := range written {
		if shown[user] != len(list) {
			t.Errorf("%s: %d messages were written down, %d were shown", user, len(list), shown[user])
		}
	}
	if dropped := h.wecom.Dropped(); len(dropped) > 0 {
		t.Errorf("the platform dropped %d messages that went over its limits", len(dropped))
	}
	t.Logf("%d notices went out in %d messages to %d people; %d requests were made",
		notices, total, len(shown), len(h.wecom.Requests("/cgi-bin/message/send")))
}
