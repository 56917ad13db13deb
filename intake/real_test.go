package intake

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"
)

// shared is the folder of real texts: HUIYING_SHARED, or a folder named shared beside the
// module's root.
func shared(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("HUIYING_SHARED")
	if dir == "" {
		root, err := filepath.Abs(".")
		if err != nil {
			tb.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			if root == filepath.Dir(root) {
				tb.Fatal("no go.mod above")
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared")
	}
	dir = filepath.Join(dir, "data")
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("no real texts: set HUIYING_SHARED to the folder that has data/ in it")
	}
	return dir
}

// rowOf is what the real texts have, under the names that each file uses.
type rowOf struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Text       string `json:"text"`
	Time       string `json:"time"`
	Date       string `json:"date"`
	ReportDate string `json:"report_date"`
}

// TestImport_RealTexts: every line of the real files becomes an incident, once, with its
// words and its time as they were; also by way of a workbook.
func TestImport_RealTexts(t *testing.T) {
	t.Parallel()
	dir := shared(t)
	for _, name := range []string{
		"messages_dev.jsonl", "hot_issues_dev.jsonl", "replies_dev.jsonl", "incidents_dev.jsonl", "weibo_rumor_dev.jsonl", "hotline_fuzhou_dev.jsonl",
		"severity_dev.jsonl",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, name)
			want := readReal(t, path)
			check(t, path, want)
			check(t, workbookOf(t, want[:min(len(want), 100)]), want[:min(len(want), 100)])
		})
	}
	for _, name := range []string{"message_tokens_dev.jsonl.gz", "hot_dev.jsonl", "categories.csv"} {
		if _, err := importer(t, &ledger{}).Run(t.Context(), filepath.Join(dir, name)); err == nil {
			t.Errorf("%s has no reports, yet was imported", name)
		}
	}
}

func check(t *testing.T, path string, want []rowOf) {
	t.Helper()
	l := &ledger{}
	im := importer(t, l)
	im.Source = "问政平台"
	result, err := im.Run(t.Context(), path)
	if err != nil || result.counts() != [3]int{len(want), 0, 0} {
		t.Fatalf("%v, %v, want %d", result.counts(), err, len(want))
	}
	for i, w := range want {
		r := l.all[i].Report
		text := w.Time + w.Date + w.ReportDate
		at, ok := parseWhen(text, shanghai(), false)
		if r.ExternalID != w.ID || r.Text != cleanText(w.Text) || !r.SubmittedAt.Equal(at) || !ok {
			t.Fatalf("%s became %s, submitted %v, want %s", w.ID, r.ExternalID, r.SubmittedAt, text)
		}
	}
	if again, err := im.Run(t.Context(), path); err != nil || again.counts() != [3]int{0, len(want), 0} {
		t.Fatalf("again: %v, %v", again.counts(), err)
	}
}

func readReal(tb testing.TB, path string) []rowOf {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	}()
	var out []rowOf
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r rowOf
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			tb.Fatal(err)
		}
		out = append(out, r)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

// workbookOf writes the same rows as a spreadsheet with Chinese headers.
func workbookOf(tb testing.TB, rows []rowOf) string {
	tb.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	}()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	all := append([]rowOf{{ID: "编号", Title: "标题", Text: "内容", Time: "时间"}}, rows...)
	for i, r := range all {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = w.SetRow(cell, []any{r.ID, r.Title, r.Text, r.Time + r.Date + r.ReportDate})
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	path := filepath.Join(tb.TempDir(), "导出.xlsx")
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
	return path
}
