package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// rows is the size of a hotline's export.
const rows = 100_000

// workbook writes an export as hotlines give it.
func workbook(b *testing.B) string {
	b.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	put := func(row int, cells ...any) {
		if err := w.SetRow(fmt.Sprintf("A%d", row), cells); err != nil {
			b.Fatal(err)
		}
	}
	put(1, "工单编号", "诉求标题", "诉求内容", "来电人", "联系电话", "事发地址", "所属乡镇", "受理时间")
	for i := range rows {
		put(i+2, fmt.Sprintf("GD%09d", i), fmt.Sprintf("%d号楼夜间施工噪音扰民", i),
			fmt.Sprintf("我是%d号楼业主，楼下工地每天晚上十点以后还在打桩，持续到凌晨两点，孩子和老人都无法休息，希望派人核实处理。", i),
			"王先生", "13800000000", "锦绣小区", "城关镇", 46346+float64(i%1440)/1440)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "export.xlsx")
	if err := f.SaveAs(path); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkImport is the real program importing a workbook of 100,000 rows, each a graded
// and timed incident when it ends, beside the library reading the file and nothing else.
func BenchmarkImport(b *testing.B) {
	bin, path := huiying(b), workbook(b)
	var read, whole []time.Duration
	for b.Loop() {
		began := clock().Now()
		readAlone(b, path)
		read = append(read, clock().Since(began))
		began = clock().Now()
		cmd := exec.CommandContext(b.Context(), bin, "import", path, "--source", "12345热线", "--json")
		cmd.Env = append(os.Environ(), "HUIYING_STORAGE__DIR="+b.TempDir())
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		whole = append(whole, clock().Since(began))
		var result struct{ Created int }
		if err := json.Unmarshal(out, &result); err != nil || result.Created != rows {
			b.Fatalf("%d created, %v", result.Created, err)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(percentile(read, 0.5)/1000, "read-s")
	b.ReportMetric(percentile(whole, 0.5)/1000, "import-s")
	b.ReportMetric(percentile(whole, 0.5)/percentile(read, 0.5), "times-reading")
}

func readAlone(b *testing.B, path string) {
	b.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		b.Fatal(err)
	}
	all, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for all.Next() {
		if _, err := all.Columns(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != rows+1 || all.Close() != nil || f.Close() != nil {
		b.Fatalf("%d rows", n)
	}
}
