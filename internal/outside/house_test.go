package outside_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"huiying/configs"
	"huiying/internal/app"
	"huiying/org"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the whole house, serving.
type house struct {
	cfg  configs.Config
	addr string
	log  *lockedBuffer
	stop func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// config is the built-in one with settings as the environment gives them.
func config(t *testing.T, settings ...string) configs.Config {
	t.Helper()
	cfg, err := configs.Load("", append([]string{
		"HUIYING_SERVER__ADDR=127.0.0.1:0", "HUIYING_STORAGE__DIR=" + t.TempDir(), "HUIYING_CONSOLE__ENABLED=false",
	}, settings...))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// serve starts the house and stops it when the test ends.
func serve(t *testing.T, cfg configs.Config) *house {
	t.Helper()
	h := &house{cfg: cfg, log: &lockedBuffer{}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, cfg, app.Options{
			Out: io.Discard, Log: slog.New(slog.NewTextHandler(h.log, nil)),
			Ready: func(addr string) error { ready <- addr; return nil },
		})
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(h.log.String())
		}
	})
	t.Cleanup(h.stop)
	select {
	case h.addr = <-ready:
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return h
}

// holder is who holds a post of a unit in the built-in county.
func holder(t *testing.T, cfg configs.Config, unit string, post org.Post) org.Person {
	t.Helper()
	data, err := app.LoadPeople(cfg)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		t.Fatal(err)
	}
	u, ok := dir.FindUnit(unit)
	at := slices.IndexFunc(data.Appointments, func(a org.Appointment) bool { return a.Unit == u.ID && a.Post == post })
	if !ok || at < 0 {
		t.Fatalf("nobody is %s of %s", post, unit)
	}
	p, _ := dir.Person(data.Appointments[at].Person)
	return p
}
