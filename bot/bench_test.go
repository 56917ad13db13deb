package bot_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot"
)

// BenchmarkConversations has a thousand people log an incident, look at it and ask what is
// overdue, all at once on one process over SQLite: at once, where each sends the next
// message as soon as he has read the answer, and at the pace of people, a message about
// every 15 seconds.
func BenchmarkConversations(b *testing.B) {
	for _, pace := range []time.Duration{0, 15 * time.Second} {
		name := "at_once"
		if pace > 0 {
			name = "at_peoples_pace"
		}
		b.Run(name, func(b *testing.B) {
			for range b.N {
				converse(b, 1000, pace)
			}
		})
	}
}

func converse(b *testing.B, people int, pace time.Duration) {
	b.Helper()
	h := open(b)
	wall := clockwork.NewRealClock()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	took := make([][]time.Duration, people)
	var all sync.WaitGroup
	begun := wall.Now()
	for i := range people {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			hear := func(n int, m bot.Message) []bot.Reply {
				if pace > 0 {
					wall.Sleep(time.Duration(rng.Int64N(int64(2 * pace))))
				}
				m.ID, m.Platform, m.From, m.Chat, m.At = fmt.Sprintf("b%d-%d", i, n), "console", "zhiban1", fmt.Sprintf("chat%d", i), h.clock.Now()
				start := wall.Now()
				replies, err := h.talk.Hear(b.Context(), m)
				took[i] = append(took[i], wall.Since(start))
				if err != nil || len(replies) == 0 {
					b.Errorf("message %d: %v, %v", n, replies, err)
				}
				return replies
			}
			hear(1, bot.Message{Text: fmt.Sprintf("和平小区%d号楼前路灯坏了一周，晚上出行不便", i)})
			replies := hear(2, bot.Message{Text: "12345热线"})
			hear(3, bot.Message{Tap: &bot.Tap{Key: key(replies, "登记并分办")}})
			hear(4, bot.Message{Text: "它现在怎么样"})
			hear(5, bot.Message{Text: "逾期"})
		})
	}
	all.Wait()
	elapsed := wall.Since(begun)
	runtime.ReadMemStats(&after)
	if h.count() != people {
		b.Errorf("%d incidents of %d conversations", h.count(), people)
	}
	times := slices.Concat(took...)
	slices.Sort(times)
	at := func(q float64) float64 {
		return float64(times[int(q*float64(len(times)-1))]) / float64(time.Millisecond)
	}
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	b.ReportMetric(float64(len(times))/elapsed.Seconds(), "messages/s")
	b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB-taken")
	b.ReportMetric(float64(after.Sys)/(1<<20), "MiB-in-all")
}

func key(replies []bot.Reply, text string) string {
	for _, r := range replies {
		for _, row := range r.Buttons {
			for _, one := range row {
				if strings.Contains(one.Text, text) {
					return one.Key
				}
			}
		}
	}
	return cmp.Or("", "none")
}
