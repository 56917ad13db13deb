// Package browser drives a Chromium for tests: pages are looked at, tapped and pictured as
// a person would.
package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long the browser may take for anything, on a machine that is busy.
const patience = 2 * time.Minute

// Browser is a Chromium that is spoken to over a pair of pipes, in the DevTools
// protocol: JSON messages that end in a zero byte.
type Browser struct {
	tb      testing.TB
	in      io.Writer
	session string
	window  int // its width in pixels

	mu      sync.Mutex
	next    int
	answers map[int]chan message
	loaded  chan struct{}
}

type message struct {
	ID     int             `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// Find is where Chromium is; empty where there is none.
func Find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

// New starts Chromium with one page open. Where there is none, the test is skipped, or
// fails if HUIYING_TEST_ALL is 1.
func New(tb testing.TB) *Browser {
	tb.Helper()
	path := Find()
	if path == "" {
		if os.Getenv("HUIYING_TEST_ALL") == "1" {
			tb.Fatal("chromium is not installed; run make needs")
		}
		tb.Skip("chromium is not installed; run make needs, or set HUIYING_TEST_ALL=1 to make this a failure")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background()) // beyond the test's own, which ends before its browser
	cmd := exec.CommandContext(ctx, path,                 //nolint:gosec // the browser that was found
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--remote-debugging-pipe", "--user-data-dir="+tb.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	b := &Browser{tb: tb, in: in, answers: map[int]chan message{}, loaded: make(chan struct{}, 100)}
	done := make(chan struct{})
	go b.listen(out, done)
	tb.Cleanup(func() {
		b.tb = tb
		if _, err := b.try("Browser.close", nil); err != nil {
			tb.Log(err)
			stop()
		}
		if err := cmd.Wait(); err != nil {
			tb.Log(err)
		}
		stop()
		if err := errors.Join(theirIn.Close(), theirOut.Close(), in.Close()); err != nil {
			tb.Error(err)
		}
		<-done
		if err := out.Close(); err != nil {
			tb.Error(err)
		}
	})
	var target struct {
		TargetID string `json:"targetId"`
	}
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.do("Page.enable", nil, nil)
	return b
}

// For makes faults those of a subtest, until the next call.
func (b *Browser) For(tb testing.TB) { b.tb = tb } //nolint:thelper // it only keeps it

// listen hands answers to who waits for them and counts pages that have loaded.
func (b *Browser) listen(out io.Reader, done chan<- struct{}) {
	defer close(done)
	r := bufio.NewReader(out)
	for {
		raw, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(raw[:len(raw)-1], &m) != nil {
			continue
		}
		switch {
		case m.ID != 0:
			b.mu.Lock()
			ch := b.answers[m.ID]
			delete(b.answers, m.ID)
			b.mu.Unlock()
			if ch != nil {
				ch <- m
			}
		case m.Method == "Page.loadEventFired":
			b.loaded <- struct{}{}
		}
	}
}

func (b *Browser) try(method string, params any) (message, error) {
	b.mu.Lock()
	b.next++
	id := b.next
	ch := make(chan message, 1)
	b.answers[id] = ch
	b.mu.Unlock()
	call := map[string]any{"id": id, "method": method}
	if params != nil {
		call["params"] = params
	}
	if b.session != "" && !strings.HasPrefix(method, "Browser.") {
		call["sessionId"] = b.session
	}
	raw, err := json.Marshal(call)
	if err != nil {
		return message{}, err
	}
	if _, err := b.in.Write(append(raw, 0)); err != nil {
		return message{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case m := <-ch:
		if m.Error != nil {
			return m, fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		return m, nil
	case <-ctx.Done():
		return message{}, fmt.Errorf("%s: no answer from the browser within %s", method, patience)
	}
}

func (b *Browser) do(method string, params, result any) {
	b.tb.Helper()
	m, err := b.try(method, params)
	if err != nil {
		b.tb.Fatal(err)
	}
	if result != nil {
		if err := json.Unmarshal(m.Result, result); err != nil {
			b.tb.Fatal(err)
		}
	}
}

// wait returns when a page has loaded.
func (b *Browser) wait() {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.tb.Context(), patience)
	defer cancel()
	select {
	case <-b.loaded:
	case <-ctx.Done():
		b.tb.Fatalf("the browser loaded no page within %s", patience)
	}
}

// Open goes to an address.
func (b *Browser) Open(url string) {
	b.tb.Helper()
	b.do("Page.navigate", map[string]any{"url": url}, nil)
	b.wait()
}

// Scripts switches the page's scripts on or off.
func (b *Browser) Scripts(on bool) {
	b.tb.Helper()
	b.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": !on}, nil)
}

// Size makes the window so wide and high, as a phone or a desk has it.
func (b *Browser) Size(width, height int, phone bool) {
	b.tb.Helper()
	b.window = width
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}, nil)
}

// node finds an element by selector, without running anything in the page.
func (b *Browser) node(selector string) int {
	b.tb.Helper()
	var doc struct {
		Root struct {
			NodeID int `json:"nodeId"`
		} `json:"root"`
	}
	b.do("DOM.getDocument", nil, &doc)
	var found struct {
		NodeID int `json:"nodeId"`
	}
	b.do("DOM.querySelector", map[string]any{"nodeId": doc.Root.NodeID, "selector": selector}, &found)
	if found.NodeID == 0 {
		b.tb.Fatalf("no element %s on the page:\n%s", selector, b.html())
	}
	return found.NodeID
}

// html is the page as the browser has it.
func (b *Browser) html() string {
	b.tb.Helper()
	var doc struct {
		Root struct {
			NodeID int `json:"nodeId"`
		} `json:"root"`
	}
	b.do("DOM.getDocument", nil, &doc)
	var out struct {
		HTML string `json:"outerHTML"`
	}
	b.do("DOM.getOuterHTML", map[string]any{"nodeId": doc.Root.NodeID}, &out)
	return out.HTML
}

// tap presses the middle of an element with the mouse, as a person does.
func (b *Browser) tap(selector string) {
	b.tb.Helper()
	node := b.node(selector)
	b.do("DOM.scrollIntoViewIfNeeded", map[string]any{"nodeId": node}, nil)
	var box struct {
		Model struct {
			Content []float64 `json:"content"`
		} `json:"model"`
	}
	b.do("DOM.getBoxModel", map[string]any{"nodeId": node}, &box)
	c := box.Model.Content
	x, y := (c[0]+c[4])/2, (c[1]+c[5])/2
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.do("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
}

// Follow taps something that leads to another page, and waits for it.
func (b *Browser) Follow(selector string) {
	b.tb.Helper()
	b.tap(selector)
	b.wait()
}

// Unfold opens everything on the page that is folded.
func (b *Browser) Unfold() {
	b.tb.Helper()
	b.do("Runtime.evaluate", map[string]any{"expression": `document.querySelectorAll("details").forEach(d => d.open = true)`}, nil)
}

// Write types a text into a field.
func (b *Browser) Write(selector, text string) {
	b.tb.Helper()
	b.do("DOM.focus", map[string]any{"nodeId": b.node(selector)}, nil)
	b.do("Input.insertText", map[string]any{"text": text}, nil)
}

// MustShow fails if the page does not hold the texts.
func (b *Browser) MustShow(texts ...string) {
	b.tb.Helper()
	html := b.html()
	for _, text := range texts {
		if !strings.Contains(html, text) {
			b.tb.Errorf("the page does not show %q:\n%s", text, html)
		}
	}
}

// Width is how wide the page is, in pixels; wider than the window means that a phone
// must be pushed sideways.
func (b *Browser) Width() int {
	b.tb.Helper()
	return int(b.size().Width)
}

// size is that of the whole page, in pixels.
type size struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

func (b *Browser) size() size {
	b.tb.Helper()
	var m struct {
		Size size `json:"cssContentSize"`
	}
	b.do("Page.getLayoutMetrics", nil, &m)
	return m.Size
}

// Picture keeps a picture of the whole page if HUIYING_PICTURES names a folder.
func (b *Browser) Picture(name string) {
	b.tb.Helper()
	if dir := os.Getenv("HUIYING_PICTURES"); dir != "" {
		b.Keep(filepath.Join(dir, name+".png"), 0)
	}
}

// Keep writes a picture of the page as a PNG, its upper part of so many pixels, or the
// whole where most is 0.
func (b *Browser) Keep(file string, most int) {
	b.tb.Helper()
	params := map[string]any{"captureBeyondViewport": true}
	if size := b.size(); most > 0 {
		params["clip"] = map[string]any{"x": 0, "y": 0, "width": b.window, "height": min(size.Height, float64(most)), "scale": 1}
	}
	var shot struct {
		Data string `json:"data"`
	}
	b.do("Page.captureScreenshot", params, &shot)
	raw, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.tb.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil { //nolint:gosec // where the test says
		b.tb.Fatal(err)
	}
}
