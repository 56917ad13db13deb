package intake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"huiying/desk"
	"huiying/incident"
	"huiying/intake/sheet"
	"huiying/org"
)

const benchRows = 100_000

// benchCells are a hotline's row of some 400 bytes; texts differ, as real ones do.
func benchCells(i int) []any {
	return []any{
		fmt.Sprintf("GD%09d", i), fmt.Sprintf("第%d号诉求：小区停水", i),
		fmt.Sprintf("第%d号。%s", i, strings.Repeat("停水三天，老人小孩没有水喝，请尽快处理。", 5)),
		"张某", "13800000000", "锦绣小区", "城关镇", 46346 + float64(i%1440)/1440,
	}
}

func benchHeader() []any {
	return []any{"工单编号", "诉求标题", "诉求内容", "来电人", "联系电话", "事发地址", "所属乡镇", "受理时间"}
}

// xlsxFile writes the rows; shared puts every text into the table of shared strings, as
// Excel and most systems do, else they stand in the cells.
func xlsxFile(tb testing.TB, rows int, shared bool) string {
	tb.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	}()
	put := func(cell string, values []any) error { return f.SetSheetRow("Sheet1", cell, &values) }
	var w *excelize.StreamWriter
	if !shared {
		var err error
		if w, err = f.NewStreamWriter("Sheet1"); err != nil {
			tb.Fatal(err)
		}
		put = func(cell string, values []any) error { return w.SetRow(cell, values) }
	}
	for i := range rows + 1 {
		values := benchHeader()
		if i > 0 {
			values = benchCells(i)
		}
		if err := put(fmt.Sprintf("A%d", i+1), values); err != nil {
			tb.Fatal(err)
		}
	}
	if w != nil {
		if err := w.Flush(); err != nil {
			tb.Fatal(err)
		}
	}
	path := filepath.Join(tb.TempDir(), "导出.xlsx")
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
	return path
}

func csvFile(tb testing.TB, rows int) string {
	tb.Helper()
	var text strings.Builder
	for i := range rows + 1 {
		values := benchHeader()
		if i > 0 {
			values = benchCells(i)
		}
		text.WriteString(strings.TrimSuffix(strings.Join(strings.Fields(fmt.Sprintln(values...)), ","), "\n") + "\n")
	}
	path := filepath.Join(tb.TempDir(), "导出.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// nowhere registers nothing, so that reading alone is measured; it notes the heap.
type nowhere struct {
	rows, calls int
	peak        atomic.Uint64
}

func (n *nowhere) RegisterAll(_ context.Context, _ org.Actor, regs []incident.Register) ([]desk.Registered, error) {
	if n.rows, n.calls = n.rows+len(regs), n.calls+1; n.calls%10 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		n.peak.Store(max(n.peak.Load(), m.HeapInuse))
	}
	return make([]desk.Registered, len(regs)), nil
}

func benchImport(b *testing.B, path string) {
	b.Helper()
	var peak uint64
	for b.Loop() {
		n := &nowhere{}
		im := Importer{Desk: n, Sources: builtin(b), Zone: time.UTC}
		result, err := im.Run(b.Context(), path)
		if err != nil || result.counts() != [3]int{benchRows, 0, 0} {
			b.Fatal(result.counts(), err)
		}
		peak = max(peak, n.peak.Load())
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
}

func benchRead(b *testing.B, path string) {
	b.Helper()
	for b.Loop() {
		table, err := sheet.Open(path, sheet.Options{})
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for {
			if _, err := table.Next(); err != nil {
				break
			}
			rows++
		}
		if err := table.Close(); err != nil || rows != benchRows {
			b.Fatal(rows, err)
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// Benchmark100k measures tables of 100,000 rows: read alone, and made registrations.
func Benchmark100k(b *testing.B) {
	for _, kind := range []string{"xlsx", "xlsx-shared", "csv"} {
		var path string
		if kind == "csv" {
			path = csvFile(b, benchRows)
		} else {
			path = xlsxFile(b, benchRows, kind == "xlsx-shared")
		}
		b.Run(kind+"/read", func(b *testing.B) { benchRead(b, path) })
		b.Run(kind+"/import", func(b *testing.B) { benchImport(b, path) })
	}
}

// longFile is a table of rows of 6 KB each.
func longFile(tb testing.TB, rows int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "导出.csv")
	text := "内容,时间\n" + strings.Repeat(strings.Repeat("停水三天。", 400)+",2026-11-20\n", rows)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestImport_Memory: a table of many times the size of a batch is imported with a heap
// that holds batches, not the table.
//
//nolint:paralleltest // it looks at the heap
func TestImport_Memory(t *testing.T) {
	path := longFile(t, 16_000)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	n := &nowhere{}
	result, err := Importer{Desk: n, Sources: builtin(t)}.Run(t.Context(), path)
	if err != nil || result.Created != 16_000 || n.peak.Load() == 0 {
		t.Fatal(result, err)
	}
	// A batch has at most 4 MiB, twice as it is read and registered; the rest is garbage.
	if grown := int64(n.peak.Load()) - int64(before.HeapInuse); grown > 48<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	}
}
