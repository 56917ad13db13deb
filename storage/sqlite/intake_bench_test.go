package sqlite_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jonboulle/clockwork"

	"huiying/storage/storagetest"
)

// callers is how many register at once in the benchmarks.
const callers = 64

// BenchmarkSave is durable intake without HTTP: one new incident a call, with its
// milestones, timers, entries and notices.
func BenchmarkSave(b *testing.B) {
	db := storagetest.OpenSQLite(b)
	changes := registrations(b, db, 1000, clockwork.NewFakeClockAt(begin()))
	rows := 0
	for _, ch := range changes {
		rows += 1 + len(ch.Milestones) + len(ch.Timers) + len(ch.Entries) + len(ch.Notices)
	}
	var n atomic.Int64
	var all sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range callers {
		all.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				ch := changes[int(i)%len(changes)]
				ch.Case.Report.ExternalID = "B" + strconv.FormatInt(i*2654435761%1e10, 10) // scattered
				saved, err := db.Save(b.Context(), ch)
				if err != nil || saved[0].Err != nil {
					b.Errorf("Save = %+v, %v", saved, err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "incidents/s")
	b.ReportMetric(float64(rows)/float64(len(changes)), "rows/incident")
}
