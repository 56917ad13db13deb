package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestJSONLines: each line brings its own columns; a bad line costs itself only.
func TestJSONLines(t *testing.T) {
	t.Parallel()
	text := "\ufeff{\"title\":\"停水\",\"n\":1.50,\"gone\":null}\n" +
		"\n" +
		"  {\"text\":\"a\\nb\",\"title\":\"\",\"reporter\":{\"name\":\"张三\",\"tags\":[1, 2]},\"ok\":true}\r\n" +
		"{\"title\":\n" +
		"{\"title\":\"x\"} {}\n" +
		"[1]\n" +
		"{\"title\":\"\xff\"}\n" +
		"{\"title\":\"" + strings.Repeat("长", maxLine/2) + "\"}\n" +
		"{\"title\":\"最后\"}"
	table, err := Read(strings.NewReader(text), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Err != nil {
			got = append(got, fmt.Sprintf("%d%v", row.Number, row.Err))
			continue
		}
		got = append(got, fmt.Sprintf("%d%q", row.Number, row.Cells))
	}
	bad := "这一行不是一个完整的 JSON 对象，请核对括号和引号。"
	want := []string{
		`1["停水" "1.50" ""]`,
		`3["" "" "" "a\nb" "张三" "[1, 2]" "true"]`,
		"4" + bad, "5" + bad, "6" + bad,
		"7这一行不是 UTF-8 编码，请转换编码后再导入。",
		"8这一行超过2 MiB，请缩短。",
		`9["最后" "" "" "" "" "" ""]`,
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		for i := range got {
			t.Logf("got  %.200s", got[i])
		}
		t.Fatalf("want %s", want)
	}
	if c := fmt.Sprint(table.Columns()); c != "[title n gone text reporter.name reporter.tags ok]" {
		t.Errorf("columns %s", c)
	}
	if err := table.Close(); err != nil {
		t.Error(err)
	}
}

// TestJSONLines_Keys: keys that never end are refused, not kept.
func TestJSONLines_Keys(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("{")
	for i := range maxKeys + 1 {
		fmt.Fprintf(&text, "\"k%d\":1,", i)
	}
	text.WriteString("\"k\":1}\n{\"k0\":2}\n")
	table, err := Read(strings.NewReader(text.String()), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := table.Next()
	if err != nil || row.Err == nil || !strings.Contains(row.Err.Error(), "超过1000种") {
		t.Fatalf("%v, %v", row.Err, err)
	}
	if row, err = table.Next(); err != nil || row.Err != nil || row.Cells[0] != "2" {
		t.Fatalf("%v, %v", row.Err, err)
	}
	if err := table.Close(); err != nil {
		t.Error(err)
	}
}
