package render_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"huiying/desk"
	"huiying/internal/year"
	"huiying/report"
	"huiying/report/render"
	"huiying/storage/sqlite"
)

// town is a county that had two busy weeks.
func town(t *testing.T) (*sqlite.DB, *desk.Desk, time.Time) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "huiying.db"), Log: slog.New(slog.DiscardHandler), Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	from := time.Date(2026, 11, 2, 0, 0, 0, 0, year.Zone())
	d, clock, err := year.Run(t.Context(), year.Play{Store: db, Seed: 3, From: from, Days: 14, Incidents: 90, Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return db, d, clock.Now()
}

func county(d *desk.Desk) report.County {
	return report.County{
		Name: "示例县人民政府", Zone: year.Zone(), Directory: d.Directory(), Holidays: d.Book().Holidays, Policy: "p-1", Basis: "最迟时间按“自然日”计算，力争时间按小时连续计算。",
	}
}

// annual is the year of that county.
func annual(t *testing.T) report.Annual {
	t.Helper()
	db, d, now := town(t)
	b := report.Bureau{Source: db, Shelf: db, Log: db.Log, AsAt: d.AsAtEach, County: func() report.County { return county(d) }}
	a, err := b.CountAnnual(t.Context(), 2026, now.AddDate(0, 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// weekly is a busy week's summary.
func weekly(t *testing.T) report.Weekly {
	t.Helper()
	db, d, now := town(t)
	w, err := report.NewWeekly(t.Context(), db, d.AsAtEach, county(d), report.WeekBefore(now, year.Zone()), now, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A title of a county's real length, with what XML and sheets must not be broken by.
	w.Late[0].Title = `<反映>城关镇西街12号"物业"&'开发商'互相推诿，电梯停运三个月无人维修，老人上下楼困难` + "\x01"
	return w
}

func TestDOCX(t *testing.T) {
	t.Parallel()
	w := weekly(t)
	var b bytes.Buffer
	if err := render.DOCX(&b, w.Document(year.Zone())); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, f.Name, raw)
		if f.Name == "word/document.xml" {
			for _, want := range []string{"关于政务舆情办理情况的督办通报", "2026年第46期", "一、总体情况", "六、工作要求", "附件1 各单位统计表"} {
				if !bytes.Contains(raw, []byte(want)) {
					t.Errorf("the bulletin does not say %s", want)
				}
			}
			for _, never := range []string{"13812345678", "张三"} {
				if bytes.Contains(raw, []byte(never)) {
					t.Errorf("the bulletin names the reporter: %s", never)
				}
			}
		}
	}
}

func wellFormed(t *testing.T, name string, raw []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(raw))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

// TestXLSX_SumsAreFormulas: each sum is a formula, and what it makes is what was counted.
func TestXLSX_SumsAreFormulas(t *testing.T) {
	t.Parallel()
	w := weekly(t)
	doc := w.Document(year.Zone())
	var b bytes.Buffer
	if err := render.XLSX(&b, doc); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close() //nolint:errcheck // a reader
	if got := len(book.GetSheetList()); got != len(doc.Sheets) {
		t.Fatalf("%d sheets, want %d", got, len(doc.Sheets))
	}
	for _, table := range doc.Sheets {
		if !table.Sum {
			continue
		}
		row := 4 + len(table.Rows)
		for i, want := range table.Sums() {
			cell, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				t.Fatal(err)
			}
			formula, err := book.GetCellFormula(table.Title, cell)
			if err != nil {
				t.Fatal(err)
			}
			if table.Columns[i].Sum != strings.HasPrefix(formula, "SUM(") {
				t.Errorf("%s!%s is %q", table.Title, cell, formula)
			}
			if formula == "" {
				continue
			}
			value, err := book.CalcCellValue(table.Title, cell)
			if err != nil {
				t.Fatalf("%s!%s %s: %v", table.Title, cell, formula, err)
			}
			if want.Number != nil && value != strconv.Itoa(*want.Number) {
				t.Errorf("%s!%s = %s, counted %d", table.Title, cell, value, *want.Number)
			}
		}
	}
}

func TestPNG(t *testing.T) {
	t.Parallel()
	w := weekly(t)
	system, err := render.SystemFace("")
	if err != nil {
		t.Fatal(err)
	}
	for name, face := range map[string]render.Face{"built in": render.BuiltIn(), "system": system} {
		var b bytes.Buffer
		if err := render.PNG(&b, w.Poster(year.Zone()), face); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if size := img.Bounds(); size.Dx() != 1080 || size.Dy() < 1000 || size.Dy() > 4000 {
			t.Errorf("%s: %v is no picture for a telephone", name, size)
		}
		inks := map[string]int{}
		for y := range 190 {
			for x := range 1080 {
				r, g, bl, _ := img.At(x, y).RGBA()
				inks[fmt.Sprint(r>>12, g>>12, bl>>12)]++
			}
		}
		if inks["15 15 15"] < 1000 {
			t.Errorf("%s: the head has no white letters: %v", name, inks)
		}
	}
}

func TestSystemFace_RefusesWhatIsNoFont(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "字体.ttf")
	if err := os.WriteFile(file, []byte("no font"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + ".gone"} {
		if _, err := render.SystemFace(name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("SystemFace(%s): %v", name, err)
		}
	}
}

// TestLibreOffice opens the files as an office would: the bulletin is one page before its
// annexes, and the sums come out as they were counted.
func TestLibreOffice(t *testing.T) {
	t.Parallel()
	needs(t, "soffice", "pdftotext")
	w := weekly(t)
	dir := t.TempDir()
	files(t, dir, "w", w.Document(year.Zone()))
	office(t, dir, "pdf", "w.docx")
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", filepath.Join(dir, "w.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(string(out), "\f")
	for _, want := range []string{"督办通报", "六、工作要求", "办公室"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first page lacks %s:\n%s", want, first)
		}
	}
	if !strings.Contains(rest, "附件") {
		t.Error("no annexes follow")
	}
	office(t, dir, `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2`, "w.xlsx")
	raw, err := os.ReadFile(filepath.Join(dir, "w-各单位统计表.csv"))
	if err != nil {
		t.Fatal(err)
	}
	due := 0
	for _, u := range w.Units {
		due += u.Ending
	}
	if !strings.Contains(string(raw), fmt.Sprintf("合计,,%d,%d,", dispatched(w), due)) {
		t.Errorf("LibreOffice sums otherwise than %d and %d:\n%s", dispatched(w), due, raw)
	}
}

// TestLibreOffice_Year opens the year's files: the method stands on the first page, every
// unit's reckoning in the book.
func TestLibreOffice_Year(t *testing.T) {
	t.Parallel()
	needs(t, "soffice", "pdftotext")
	a := annual(t)
	dir := t.TempDir()
	files(t, dir, "y", a.Document(year.Zone()))
	office(t, dir, "pdf", "y.docx")
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", filepath.Join(dir, "y.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(out)), "")
	for _, want := range []string{"政务舆情回应年度考核", "2026年度", "全年得分=0.4×日常考核+0.6×年终考核", "附件1各月得分", "附件4扣分明细"} {
		if !strings.Contains(flat, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	office(t, dir, `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1`, "y.xlsx")
	raw, err := os.ReadFile(filepath.Join(dir, "y-年度得分.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range a.Units {
		if !strings.Contains(string(raw), u.Name+","+u.TotalText()) {
			t.Errorf("the book lacks %s with %s:\n%s", u.Name, u.TotalText(), raw)
		}
	}
}

// files writes a document in both forms.
func files(t *testing.T, dir, name string, doc report.Document) {
	t.Helper()
	for ext, write := range map[string]func(io.Writer, report.Document) error{".docx": render.DOCX, ".xlsx": render.XLSX} {
		var b bytes.Buffer
		if err := write(&b, doc); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+ext), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("HUIYING_TEST_ALL") == "1" {
				t.Fatalf("%s is not installed; run tools/needs.sh", tool)
			}
			t.Skipf("%s is not installed: documents are not opened", tool)
		}
	}
}

func dispatched(w report.Weekly) int {
	n := 0
	for _, u := range w.Units {
		n += u.Dispatched
	}
	return n
}

// office converts a file of the folder, with a profile of its own.
func office(t *testing.T, dir, to, file string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", to, "--outdir", dir, filepath.Join(dir, file))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
}
