package sheet

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// book makes a workbook of rows by sheet name, in the order given.
func book(tb testing.TB, sheets ...any) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			tb.Error(err)
		}
	}()
	for i := 0; i < len(sheets); i += 2 {
		name, rows := sheets[i].(string), sheets[i+1].([][]any)
		if _, err := f.NewSheet(name); err != nil {
			tb.Fatal(err)
		}
		for r, cells := range rows {
			if cells == nil {
				continue
			}
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &cells); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		tb.Fatal(err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// known takes a row with 标题 for a header.
func known(cells []string) bool { return strings.Contains(strings.Join(cells, ","), "标题") }

// readAll reads a table whole: its header's row and its rows with their numbers.
func readAll(raw []byte, o Options) (string, error) {
	t, err := Read(bytes.NewReader(raw), "工单.xlsx", o)
	if err != nil {
		return "", err
	}
	out := fmt.Sprintf("%d%v", t.HeaderRow, t.Columns())
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return out, t.Close()
		}
		if err != nil {
			return out, errors.Join(err, t.Close())
		}
		out += fmt.Sprintf(" %d%q", row.Number, row.Cells)
	}
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	plain := [][]any{{"标题", "内容", "时间"}, {"停水", "三天\n了", 46346.6875}, nil, {"停电", nil, "2026-11-20"}}
	const want = `停水" "三天\n了" "46346.6875"]`
	for _, tt := range []struct {
		name string
		raw  []byte
		o    Options
		want string
	}{
		{"plain", book(t, "明细", plain), Options{IsHeader: known}, `1[标题 内容 时间] 2["` + want + ` 4["停电" "" "2026-11-20"]`},
		{"a title above", book(t, "明细", append([][]any{{"12345工单"}, nil}, plain...)), Options{IsHeader: known}, `3[标题 内容 时间] 4["` + want + ` 6["停电" "" "2026-11-20"]`},
		{"second sheet", book(t, "说明", [][]any{{"填表说明"}}, "明细", plain), Options{IsHeader: known}, `1[标题 内容 时间] 2["` + want + ` 4["停电" "" "2026-11-20"]`},
		{"named sheet", book(t, "一", [][]any{{"标题"}, {"一"}}, "二", [][]any{{"标题"}, {"二"}}), Options{IsHeader: known, Sheet: "二"}, `1[标题] 2["二"]`},
		{"named row", book(t, "一", [][]any{{"标题"}, {"事由"}, {"停水"}}), Options{IsHeader: known, HeaderRow: 2}, `2[事由] 3["停水"]`},
		{"header only", book(t, "一", [][]any{{"标题"}}), Options{IsHeader: known}, `1[标题]`},
		{"long numbers", book(t, "一", [][]any{{"标题"}, {13812341234}, {true}}), Options{IsHeader: known}, `1[标题] 2["13812341234"] 3["1"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(tt.raw, tt.o)
			if err != nil || got != tt.want {
				t.Fatalf("got %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestXLSX_Refused(t *testing.T) {
	t.Parallel()
	plain := book(t, "明细", [][]any{{"标题"}, {"停水"}, {"停电"}})
	for _, tt := range []struct {
		name string
		raw  []byte
		o    Options
		want string
	}{
		{"no header", book(t, "明细", [][]any{{"甲", "乙"}, {"1", "2"}}), Options{IsHeader: known}, "找到的表头（第1行）是：甲、乙。"},
		{"nothing", book(t, "明细", [][]any{}), Options{IsHeader: known}, "工单.xlsx是空的"},
		{"header too far down", book(t, "明细", append(make([][]any, 10), []any{"标题"})), Options{IsHeader: known}, "是空的"},
		{"no such sheet", plain, Options{Sheet: "别的"}, "没有工作表“别的”，有：明细。"},
		{"no such row", plain, Options{HeaderRow: 7}, "没有第7行"},
		{"cut off", plain[:len(plain)-100], Options{}, "可能没有传完"},
		{"no workbook", rezip(t, plain, func(name string, b []byte) []byte {
			if name == "xl/workbook.xml" {
				return nil
			}
			return b
		}), Options{}, "不是 Excel 文件"},
		{"a sheet that breaks off", rezip(t, plain, sheetOnly(func(b []byte) []byte { return b[:len(b)/2] })), Options{}, "已损坏或含有非法字符（xl/worksheets/"},
		{"a control character", rezip(t, plain, textsOnly(func(b []byte) []byte {
			return bytes.Replace(b, []byte("停电"), []byte("停\x0b电"), 1)
		})), Options{}, "含有非法字符（xl/sharedstrings.xml）"},
		{"broken markup", rezip(t, plain, sheetOnly(func(b []byte) []byte {
			return bytes.Replace(b, []byte(`<row r="3"`), []byte(`<bad></x><row r="3"`), 1)
		})), Options{}, "工作表第2行之后读不下去（共3行）"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(tt.raw, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

// TestXLSX_Bomb: a workbook that unpacks to more than the bound is refused unread.
func TestXLSX_Bomb(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"xl/worksheets/sheet9.xml": "解压后超过1 GiB", "xl/media/image1.png": "图片等内容超过64 MiB"} {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		for _, part := range []string{"xl/workbook.xml", name} {
			h := &zip.FileHeader{Name: part, Method: zip.Deflate, UncompressedSize64: 2 << 30}
			if part != name {
				h.UncompressedSize64 = 0
			}
			if _, err := z.CreateRaw(h); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if name == "xl/media/image1.png" {
			raw := bytes.ReplaceAll(buf.Bytes(), []byte{0, 0, 0, 0x80}, []byte{0, 0, 0, 0x05}) // 80 MiB
			buf.Reset()
			buf.Write(raw)
		}
		if _, err := readAll(buf.Bytes(), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOpen_Leftovers: nothing that was unpacked stays behind, whatever came of it.
func TestOpen_Leftovers(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("标题\n停水\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	big := [][]any{{"标题", "内容"}}
	for i := range 400 {
		big = append(big, []any{strconv.Itoa(i), strings.Repeat(strconv.Itoa(i), 8000)})
	}
	for name, raw := range map[string][]byte{
		"gzip": packed.Bytes(), "cut gzip": packed.Bytes()[:packed.Len()-6], "no header": []byte("a\n"),
		"texts on disk": book(t, "明细", big), "broken": []byte("PK\x03\x04"),
	} {
		got, err := readAll(raw, Options{IsHeader: known})
		if (name == "gzip" && got != `1[标题] 2["停水"]`) || (name == "texts on disk" && err != nil) {
			t.Errorf("%s: %.80s, %v", name, got, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Fatalf("%s left %v, %v", name, left, err)
		}
	}
}

func sheetOnly(edit func([]byte) []byte) func(string, []byte) []byte {
	return func(name string, b []byte) []byte {
		if strings.HasPrefix(name, "xl/worksheets/") {
			return edit(b)
		}
		return b
	}
}

func textsOnly(edit func([]byte) []byte) func(string, []byte) []byte {
	return func(name string, b []byte) []byte {
		if name == "xl/sharedStrings.xml" {
			return edit(b)
		}
		return b
	}
}

// rezip packs a workbook again with its parts edited; nil leaves a part out.
func rezip(tb testing.TB, raw []byte, edit func(name string, b []byte) []byte) []byte {
	tb.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		b, err := io.ReadAll(rc)
		if err = errors.Join(err, rc.Close()); err != nil {
			tb.Fatal(err)
		}
		if b = edit(f.Name, b); b == nil {
			continue
		}
		part, err := w.Create(f.Name)
		if err == nil {
			_, err = part.Write(b)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}
