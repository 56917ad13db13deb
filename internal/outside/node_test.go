package outside_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// missing skips a test for which something is not there, or fails it if everything must be.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("HUIYING_TEST_ALL") == "1" {
		t.Fatal(what + "; run make needs")
	}
	t.Skip(what + "; run make needs, or set HUIYING_TEST_ALL=1 to make this a failure")
}

// installed fetches the packages once, where nobody has.
var installed = sync.OnceValues(func() (string, error) {
	if _, err := os.Stat("npm/node_modules/telegram-test-api"); err == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund")
	c.Dir = "npm"
	said, err := c.CombinedOutput()
	return string(said), err
})

// node is a program in Node that is spoken to in JSON lines.
type node struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Reader
}

func start(t *testing.T, script string, args ...string) *node {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not installed")
	}
	if said, err := installed(); err != nil {
		t.Log(said)
		missing(t, "packages of npm are not there: "+err.Error())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	c := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	c.Dir, c.Stderr = "npm", os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(in.Close(), c.Wait()); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	return &node{t, in, bufio.NewReaderSize(out, 1<<20)}
}

// patience bounds a whole test, on a machine that is busy.
const patience = 90 * time.Second

func (n *node) tell(v any) {
	n.t.Helper()
	line, err := json.Marshal(v)
	if err == nil {
		_, err = n.in.Write(append(line, '\n'))
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) hear(into any) {
	n.t.Helper()
	if err := n.next(into); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) next(into any) error {
	line, err := n.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, into)
	}
	return err
}
