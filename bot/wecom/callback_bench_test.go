package wecom_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot/wecom"
	fake "huiying/internal/fake/wecom"
	"huiying/storage/sqlite"
)

// BenchmarkCallback is how long WeChat Work waits for its callback to be acknowledged: it
// sends a message again after 5 s. Each is decrypted, its signature checked, and it is a
// durable row before it is acknowledged. Two hundred connections send 10,000 at once.
func BenchmarkCallback(b *testing.B) {
	const connections, each = 200, 50
	clock := clockwork.NewRealClock()
	db, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "huiying.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	ch, err := wecom.New(wecom.Config{Enabled: true, CorpID: "ww0123", Secret: secret, AgentID: 1000002, Token: callbackToken, EncodingAESKey: aesKey},
		wecom.Deps{Clock: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(ch.Callback(db, func() {}))
	b.Cleanup(server.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	b.Cleanup(transport.CloseIdleConnections)
	caller := fake.Caller{
		URL: server.URL, CorpID: "ww0123", Token: callbackToken, AESKey: aesKey, Client: &http.Client{Transport: transport}, Clock: clock,
	}
	phones := fake.New(clock, fake.Options{CorpID: "ww0123", Secret: secret, AgentID: 1000002})
	for b.Loop() {
		took := make([][]time.Duration, connections)
		var all sync.WaitGroup
		begun := clock.Now()
		for i := range connections {
			all.Go(func() {
				for range each {
					plain := phones.Say("user"+strconv.Itoa(i), "逾期")
					start := clock.Now()
					if a, err := caller.Once(b.Context(), plain); err != nil || a.Status != http.StatusOK {
						b.Errorf("callback answered %d, %v", a.Status, err)
					}
					took[i] = append(took[i], clock.Since(start))
				}
			})
		}
		all.Wait()
		elapsed := clock.Since(begun)
		times := slices.Concat(took...)
		slices.Sort(times)
		at := func(q float64) float64 {
			return float64(times[int(q*float64(len(times)-1))]) / float64(time.Millisecond)
		}
		b.ReportMetric(at(0.5), "p50-ms")
		b.ReportMetric(at(0.99), "p99-ms")
		b.ReportMetric(at(1), "max-ms")
		b.ReportMetric(float64(len(times))/elapsed.Seconds(), "messages/s")
	}
}
