package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rowsOf reads all rows of a text, a row that cannot be read as its error's text.
func rowsOf(tb testing.TB, text string, comma byte) [][]string {
	tb.Helper()
	var out [][]string
	rows := newCSV(strings.NewReader(text), comma)
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			tb.Fatal(err)
		}
		if row.Number != len(out)+1 {
			tb.Fatalf("row %d is numbered %d", len(out)+1, row.Number)
		}
		if row.Err != nil {
			row.Cells = []string{"!"}
		}
		out = append(out, row.Cells)
	}
}

// TestCSV_Rows: what a spreadsheet shows for each text.
func TestCSV_Rows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       [][]string
	}{
		{"nothing", "", nil},
		{"one line", "a,b", [][]string{{"a", "b"}}},
		{"ended", "a,b\n", [][]string{{"a", "b"}}},
		{"Windows", "a\r\nb\r\n", [][]string{{"a"}, {"b"}}},
		{"old Mac", "a\rb\r", [][]string{{"a"}, {"b"}}},
		{"blank rows count", "a\n\nb", [][]string{{"a"}, {""}, {"b"}}},
		{"empty cells", ",\n,,", [][]string{{"", ""}, {"", "", ""}}},
		{"quoted", `"a,b","c"`, [][]string{{"a,b", "c"}}},
		{"lines within", "\"a\nb\",c\nd", [][]string{{"a\nb", "c"}, {"d"}}},
		{"quotes within", `"a""b"`, [][]string{{`a"b`}}},
		{"only quotes", `"",""""`, [][]string{{"", `"`}}},
		{"a quote inside a cell", `a"b,c`, [][]string{{`a"b`, "c"}}},
		{"a stray quote inside quotes", `"a"b",c`, [][]string{{`a"b`, "c"}}},
		{"unpaired, last", "a\n\"b", [][]string{{"a"}, {"!"}}},
		{"unpaired costs its line only", "a\n\"b,c\nd,e\n", [][]string{{"a"}, {"!"}, {"d", "e"}}},
		{"Chinese", "标题，甲,乙\n", [][]string{{"标题，甲", "乙"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := rowsOf(t, tt.text, ','); !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestCSV_Long: a record that is longer than the first look is read; one beyond the bound
// is refused alone.
func TestCSV_Long(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 300_000)
	if got := rowsOf(t, "x,"+long+"\n\""+long+"\",y\nz", ','); len(got) != 3 || got[0][1] != long || got[1][0] != long || got[2][0] != "z" {
		t.Fatalf("%d rows", len(got))
	}
	too := strings.Repeat("长", maxRecord/2)
	if got := rowsOf(t, "a\n"+too+"\nb\n\""+too+"\"\nc", ','); fmt.Sprint(got) != "[[a] [!] [b] [!] [c]]" {
		t.Fatalf("%.80q", got)
	}
}

// TestCSV_Unpaired: a file of unpaired quotes is refused rather than looked through again
// and again.
func TestCSV_Unpaired(t *testing.T) {
	t.Parallel()
	rows := newCSV(strings.NewReader(strings.Repeat("\"x\n\n", maxUnpaired*3+1)), ',')
	for range maxUnpaired * 10 {
		if _, err := rows.next(); err != nil {
			if !strings.Contains(err.Error(), "引号没有成对") {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("read to the end")
}

// TestCSV_RoundTrip: what the standard library writes is read as it was.
func TestCSV_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.SampledFrom([]rune("a长\",\n\t; ")))
		want := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 4), 1, 5).Draw(t, "rows")
		var text strings.Builder
		w := csv.NewWriter(&text)
		if err := w.WriteAll(want); err != nil {
			t.Fatal(err)
		}
		var got [][]string
		rows := newCSV(strings.NewReader(text.String()), ',')
		for {
			row, err := rows.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || row.Err != nil {
				t.Fatal(err, row.Err)
			}
			got = append(got, row.Cells)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("wrote %q, read %q", want, got)
		}
	})
}

// FuzzCSV: any bytes are read to their end, rows are numbered one by one, and no row is
// longer than the bound.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"标题,内容\n停水,三天\n", "\"a\nb\",\"c\"\"\"\n\"", "\xb1\xea\xcc\xe2;\xc4\xda\xc8\xdd\n", "\xff\xfea\x00,\x00", "a\r\r\n\"\r", "\ufeff\"\",\"\"x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := Read(strings.NewReader(string(raw)), "x", Options{})
		if err != nil {
			if !strings.HasSuffix(err.Error(), "。") {
				t.Fatalf("no error for people: %v", err)
			}
			return
		}
		defer func() {
			if err := table.Close(); err != nil {
				t.Error(err)
			}
		}()
		for last := 0; ; {
			row, err := table.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) && !strings.HasSuffix(err.Error(), "。") {
					t.Fatalf("no error for people: %v", err)
				}
				return
			}
			if row.Number <= last || last > len(raw) {
				t.Fatalf("row %d after %d", row.Number, last)
			}
			last = row.Number
		}
	})
}
