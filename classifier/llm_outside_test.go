package classifier_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/incident"
)

// outside is a server of OpenAI's protocol that others wrote, and its version.
const outside = "@copilotkit/aimock@1.43.0"

// installed is where it lies; the first who asks installs it, if all tests are asked for.
var installed = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "huiying-tests", "aimock-1.43.0")
	cli := filepath.Join(dir, "node_modules", "@copilotkit", "aimock", "dist", "cli.js")
	if _, err := os.Stat(cli); err == nil {
		return cli, nil
	}
	if os.Getenv("HUIYING_TEST_ALL") != "1" {
		return "", errors.New("set HUIYING_TEST_ALL=1 to install it from npm")
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	if out, err := exec.Command("npm", "install", "--no-audit", "--no-fund", "--prefix", dir, outside).CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install %s: %w\n%s", outside, err, out)
	}
	return cli, nil
})

// outsideServer starts it with fixtures and returns its address. It is installed from npm
// once; without Node or the network the test is skipped, unless all tests are asked for.
func outsideServer(t *testing.T, fixtures any, flags ...string) string {
	t.Helper()
	must := os.Getenv("HUIYING_TEST_ALL") == "1"
	skip := func(why string, err error) {
		t.Helper()
		if must {
			t.Fatal(why, err)
		}
		t.Skip(why, err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		skip("no Node: install it with tools/needs.sh:", err)
	}
	cli, err := installed()
	if err != nil {
		skip("the server that others wrote is not there:", err)
	}
	raw, err := json.Marshal(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fixtures.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{cli, "-p", port, "-h", "127.0.0.1", "-f", file}, flags...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		skip("node does not start:", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), port) {
			go func() { // the rest, so that it never waits for a reader
				for lines.Scan() {
				}
			}()
			return "http://" + addr
		}
	}
	t.Fatalf("the server did not start: %v", lines.Err())
	return ""
}

func fixture(match, content string) map[string]any {
	return map[string]any{"match": map[string]any{"userMessage": match}, "response": map[string]any{"content": content}}
}

func TestAdvise_AServerThatOthersWrote(t *testing.T) {
	t.Parallel()
	url := outsideServer(t, map[string]any{"fixtures": []any{
		fixture("脚手架", graver),
		fixture("编造", `{"level":"emergency","reason":"死亡多人","quotes":["现场十二人死亡"],"questions":[]}`),
		fixture("散文", "依我看这件事很严重。"),
		fixture("上面的回答", "依我看还是很严重。"), // asked once more
		map[string]any{
			"match":    map[string]any{"userMessage": "繁忙"},
			"response": map[string]any{"error": map[string]any{"message": "slow down", "type": "rate_limit_error"}, "status": 429},
		},
	}})
	ask := func(r incident.Report, mode string) (incident.Advise, error) {
		cfg := llmConfig(url)
		cfg.Mode, cfg.Timeout = mode, 20*time.Second
		return adviser(t, cfg, &purse{}).Advise(t.Context(), r, general())
	}
	for _, mode := range []string{"schema", "object", "plain"} {
		got, err := ask(fall(), mode)
		if err != nil || got.Level != incident.Major || len(got.Evidence) != 1 {
			t.Errorf("%s: advice %+v, %v", mode, got, err)
		}
	}
	for text, reason := range map[string]string{"编造": "invented quotes", "散文": "wrong form", "繁忙": "busy"} {
		_, err := ask(incident.Report{Title: text, Text: text + "的来件"}, "schema")
		if got := classifier.AdviceFault(err); err == nil || got != reason {
			t.Errorf("%s: %q (%v), want %q", text, got, err, reason)
		}
	}
	// Its journal shows what came over the wire.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/__aimock/journal", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	var journal []any
	if err := json.NewDecoder(resp.Body).Decode(&journal); err != nil {
		t.Fatal(err)
	}
	wire := fmt.Sprint(journal)
	if !strings.Contains(wire, "脚手架") || strings.Contains(wire, "13812345678") || strings.Contains(wire, "张小明") {
		t.Error("the journal lacks the report, or holds what names a person")
	}
}

// It breaks the connection, or the JSON of its own protocol.
func TestAdvise_AServerThatOthersWroteAndThatFails(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--chaos-drop", "--chaos-malformed", "--chaos-disconnect"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			url := outsideServer(t, map[string]any{"fixtures": []any{fixture("脚手架", graver)}}, flag, "1")
			cfg := llmConfig(url)
			cfg.Timeout = 20 * time.Second
			if got, err := adviser(t, cfg, &purse{}).Advise(t.Context(), fall(), general()); err == nil || len(got.Doubts) != 0 {
				t.Errorf("advice %+v, %v", got, err)
			}
		})
	}
}

// The first draft is asked of it in the same three ways; one that answers in prose leaves the template's.
func TestDraft_AServerThatOthersWrote(t *testing.T) {
	t.Parallel()
	url := outsideServer(t, map[string]any{"fixtures": []any{fixture("脚手架坍塌", drafted), fixture("散文", "依我看这样写。"), fixture("上面的回答", "还是这样写。")}})
	for _, mode := range []string{"schema", "object", "plain"} {
		cfg := llmConfig(url)
		cfg.Mode, cfg.Timeout = mode, 20*time.Second
		a := adviser(t, cfg, &purse{})
		if title, text, err := a.Draft(t.Context(), toWrite()); err != nil || title != "情况通报" || !strings.Contains(text, "2人受伤") {
			t.Errorf("%s: %q, %q, %v", mode, title, text, err)
		}
		if _, _, err := a.Draft(t.Context(), classifier.Facts{Title: "散文"}); classifier.AdviceFault(err) != "wrong form" {
			t.Errorf("%s: %v", mode, err)
		}
	}
}
