package near_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier/near"
)

// citizen writes reports as citizens do: of some thousand places and problems, with
// words of their own, one in ten nearly a copy of an earlier one.
type citizen struct {
	r    *rand.Rand
	last []near.Text
}

func (c *citizen) pick(of []string) string { return of[c.r.IntN(len(of))] }

func (c *citizen) write() near.Text {
	if len(c.last) > 100 && c.r.IntN(10) == 0 {
		t := c.last[c.r.IntN(len(c.last))]
		body := []rune(t.Body)
		for range len(body) / 20 {
			body[c.r.IntN(len(body))] = rune(0x4e00 + c.r.IntN(3000))
		}
		return near.Text{Title: t.Title, Body: string(body)}
	}
	first := []string{"金", "银", "龙", "凤", "翠", "华", "荣", "盛", "嘉", "怡", "锦", "绣", "碧", "云", "星", "河", "湖", "山", "林", "江"}
	place := c.pick(first) + c.pick(first) + c.pick(first) + c.pick([]string{"花园", "小区", "家园", "路", "街", "小学", "市场", "村"})
	problem := c.pick([]string{"夜间施工噪音扰民", "垃圾站臭气熏天", "停水多日无人管", "房产证迟迟办不下来", "路灯长期不亮", "物业乱收费", "电梯经常故障", "油烟直排居民家中"})
	body := []rune("尊敬的领导：我是" + place + "的居民，" + problem + "。")
	for range 12 {
		for range 20 {
			body = append(body, rune(0x4e00+c.r.IntN(1200)*c.r.IntN(4)))
		}
		body = append(body, '，')
	}
	t := near.Text{Title: place + problem, Body: string(body)}
	if len(c.last) < 5000 {
		c.last = append(c.last, t)
	}
	return t
}

// BenchmarkLook measures a look-up among a million remembered texts: its p99 and what
// the window holds of memory.
func BenchmarkLook(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			x, c := filled(n), &citizen{r: rand.New(rand.NewPCG(7, 7))}
			var mem runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&mem)
			clock := clockwork.NewRealClock()
			var took []time.Duration
			for b.Loop() {
				t := c.write()
				start := clock.Now()
				x.Look(t, near.SameMatter, 5)
				took = append(took, clock.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(mem.HeapInuse)/(1<<20), "heap-MiB")
			b.ReportMetric(float64(mem.HeapSys)/(1<<20), "heap-sys-MiB")
		})
	}
}

func filled(n int) *near.Index {
	x, c := near.NewIndex(n), &citizen{r: rand.New(rand.NewPCG(1, 1))}
	for i := range n {
		x.Remember(x.Look(c.write(), 2, 1), int64(i+1), 0, 2)
	}
	return x
}
