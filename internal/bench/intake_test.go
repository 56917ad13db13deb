package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// connections is how many systems post at once.
const connections = 64

// report is one citizen's complaint as a hotline posts it; ids are scattered.
func report(i int64) []byte {
	return fmt.Appendf(nil, `{"source":"12345热线","external_id":"B%010d","title":"%d号楼夜间施工噪音扰民，多次反映无人处理",`+
		`"text":"我是%d号楼业主，楼下工地每天晚上十点以后还在打桩，持续到凌晨两点，孩子和老人都无法休息。此前拨打过三次电话，答复说已经转给有关部门，但至今没有人来现场看过，希望县里尽快派人核实处理。",`+
		`"reporter":{"name":"王先生","phone":"13800000000"},"place":"城关镇西街%d号"}`, i*2654435761%1e10, i, i, i%997)
}

// load posts n reports over 64 connections and returns how long each took.
func load(b *testing.B, p *process, first, n int64) []time.Duration {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, n)
	var next atomic.Int64
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				began := clock().Now()
				if err := postOne(b.Context(), client, p, report(first+i)); err != nil {
					b.Error(err)
					return
				}
				took[i-1] = clock().Since(began)
			}
		})
	}
	all.Wait()
	return took
}

func postOne(ctx context.Context, client *http.Client, p *process, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v1/incidents", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	res, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	answer, err := io.ReadAll(res.Body)
	if closed := res.Body.Close(); err != nil || closed != nil || res.StatusCode != http.StatusCreated {
		return fmt.Errorf("status %d, %w: %s", res.StatusCode, err, answer)
	}
	return nil
}

// rounds is how often the load goes from one side to the other, so that what else the
// machine does meets both.
const rounds = 20

// side is one of the two programs under the same load.
type side struct {
	name  string
	p     *process
	rates []float64 // reports a second, one a round
	took  []time.Duration
}

// BenchmarkIntake is durable intake over HTTP, the real program beside the bare one, in
// turns: run it with -benchtime 20000x, and -stored 1000000 for a database that is full already.
func BenchmarkIntake(b *testing.B) {
	bin := huiying(b)
	seed := seeded(b, bin)
	open := func(name string, start func(dir string) *process) *side {
		dir := b.TempDir()
		copyTree(b, seed, dir)
		s := &side{name: name, p: start(dir)}
		load(b, s.p, 5_000_000, 2000) // warm
		return s
	}
	sides := []*side{
		open("huiying", func(dir string) *process { return serve(b, bin, dir) }),
		open("bare", func(dir string) *process { return bare(b, dir) }),
	}
	each := int64(max(b.N/rounds, connections))
	b.ResetTimer()
	var ratios []float64
	for i := range int64(rounds) {
		for _, s := range sides {
			began := clock().Now()
			s.took = append(s.took, load(b, s.p, 6_000_000+i*each, each)...)
			s.rates = append(s.rates, float64(each)/clock().Since(began).Seconds())
		}
		ratios = append(ratios, 100*sides[0].rates[i]/sides[1].rates[i])
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ratios), "%-of-bare")
	for _, s := range sides {
		b.ReportMetric(median(s.rates), s.name+"-req/s")
		b.ReportMetric(percentile(s.took, 0.5), s.name+"-p50-ms")
		b.ReportMetric(percentile(s.took, 0.99), s.name+"-p99-ms")
		_, peak := s.p.memory(b)
		b.ReportMetric(peak, s.name+"-peak-MiB")
		s.p.end(b)
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// seeded is a folder with a database of one registered incident, or of -stored.
func seeded(b *testing.B, bin string) string {
	b.Helper()
	dir := b.TempDir()
	p := serve(b, bin, dir)
	load(b, p, 0, 200)
	p.end(b)
	if *stored > 0 {
		multiply(b, dir, *stored)
	}
	return dir
}

func bare(b *testing.B, dir string) *process {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0])
	cmd.Env = append(os.Environ(), "HUIYING_BENCH_BARE="+dir)
	return start(b, cmd)
}

// BenchmarkRestart is from the start of the program to its readiness, over what -stored
// says is pending.
func BenchmarkRestart(b *testing.B) {
	bin := huiying(b)
	dir := seeded(b, bin)
	var took []time.Duration
	for b.Loop() {
		began := clock().Now()
		p := serve(b, bin, dir)
		res, err := http.Get(p.url + "/readyz")
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(res, err)
		}
		if err := res.Body.Close(); err != nil {
			b.Fatal(err)
		}
		took = append(took, clock().Since(began))
		b.StopTimer()
		now, peak := p.memory(b)
		b.ReportMetric(now, "RSS-MiB")
		b.ReportMetric(peak, "peak-MiB")
		p.end(b)
		b.StartTimer()
	}
	b.ReportMetric(percentile(took, 0.5), "p50-ms")
	b.ReportMetric(percentile(took, 1), "worst-ms")
}
