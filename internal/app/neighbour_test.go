package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"huiying/configs"
	"huiying/internal/app"
)

// screen is a console that tells when a text has been printed.
type screen struct {
	mu   sync.Mutex
	b    bytes.Buffer
	want string
	seen chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.b.Write(p)
	if s.want != "" && strings.Contains(s.b.String(), s.want) {
		s.want = ""
		close(s.seen)
	}
	return n, err
}

// TestServe_TellsWhatAnotherProcessRegistered: an emergency that is logged in a terminal
// beside a running house goes out well before the house would look by itself.
func TestServe_TellsWhatAnotherProcessRegistered(t *testing.T) {
	t.Parallel()
	cfg, err := configs.Load("", []string{"HUIYING_SERVER__ADDR=127.0.0.1:0", "HUIYING_STORAGE__DIR=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	out := &screen{want: "【新件·重大突发】1号", seen: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, cfg, app.Options{Out: out, Log: slog.New(slog.DiscardHandler), Ready: func(string) error { close(ready); return nil }})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	<-ready
	said := strings.NewReader("网友在抖音发视频，城东物流园仓库起火，有12人被困，浓烟很大\n1\n退出\n")
	if err := app.Chat(t.Context(), cfg, app.ChatOptions{As: "值班员", In: said, Out: io.Discard}); err != nil {
		t.Fatal(err)
	}
	const most = 20 * time.Second // it would look by itself after 30
	select {
	case <-out.seen:
	case <-time.After(most): //nolint:forbidigo // a limit on a failing test
		t.Fatal("nobody was told of what another process registered")
	}
}
