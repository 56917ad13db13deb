package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"huiying/incident"
)

// Options say how a table is found in a file.
type Options struct {
	// Sheet names the worksheet of a workbook; empty takes the first that has a header.
	Sheet string
	// HeaderRow is the row of the header, from 1; zero takes the first of the first
	// [maxHeaderRow] rows that IsHeader knows.
	HeaderRow int
	// IsHeader tells a header from a title above it or data; nil takes the first row.
	IsHeader func(cells []string) bool
}

// maxHeaderRow is how far down a header is looked for: exports carry a title, a date and
// a unit above it.
const maxHeaderRow = 10

// Row is one row of data.
type Row struct {
	// Number is the row's as the file shows it, from 1.
	Number int
	// Cells by column; there may be fewer or more than columns.
	Cells []string
	// Err says why this row cannot be read; the next may be asked for.
	Err error
}

// blank tells whether a row has nothing in it.
func (r Row) blank() bool {
	return r.Err == nil && !slices.ContainsFunc(r.Cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// format reads the rows of one file format, header and blank rows included; io.EOF at
// the end.
type format interface {
	next() (Row, error)
	close() error
}

// Table is an open file with its columns. It is for one goroutine.
type Table struct {
	// HeaderRow is the row of the header; zero where every line names its own columns.
	HeaderRow int
	// Date1904 tells that numbers which are dates count from 1904 (old Excel for Mac).
	Date1904 bool

	columns []string
	rows    format
	lines   *jsonLines // of JSON Lines, whose columns grow
	closers []func() error
}

// Columns are the header's cells. For JSON Lines they are the keys met so far, and grow
// with every row that brings a new one.
func (t *Table) Columns() []string {
	if t.lines != nil {
		return t.lines.columns
	}
	return t.columns
}

// Next is the next row that is not blank; io.EOF at the end. An error means that the file
// cannot be read on; a row that cannot be read has its own Err.
func (t *Table) Next() (Row, error) {
	for {
		row, err := t.rows.next()
		if err != nil {
			return row, err //nolint:wrapcheck // io.EOF or a sentence for people
		}
		if !row.blank() {
			return row, nil
		}
	}
}

// Close closes the file and removes what was unpacked of it.
func (t *Table) Close() error {
	var errs []error
	if t.rows != nil {
		errs = append(errs, t.rows.close())
	}
	for _, c := range slices.Backward(t.closers) {
		errs = append(errs, c())
	}
	t.rows, t.closers = nil, nil
	return errors.Join(errs...)
}

// findHeader reads down to the header; false where there is none, with what looked most
// like one.
func findHeader(rows format, o Options) (header Row, found bool, err error) {
	last := maxHeaderRow
	if o.HeaderRow > 0 {
		last = o.HeaderRow
	}
	var best Row
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) || err == nil && row.Number > last {
			return best, false, nil
		}
		if err != nil {
			return best, false, err
		}
		isHeader := row.Number == o.HeaderRow
		if o.HeaderRow == 0 && !row.blank() {
			isHeader = o.IsHeader == nil || o.IsHeader(row.Cells)
		}
		if isHeader {
			return row, true, nil
		}
		if filled(row.Cells) > filled(best.Cells) {
			best = row
		}
	}
}

func filled(cells []string) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// noHeader refuses a table without a usable header and names what it has instead.
func noHeader(best Row, where string, o Options) error {
	switch {
	case o.HeaderRow > 0:
		return refuse("%s没有第%d行，请核对映射文件里的 header_row。", where, o.HeaderRow)
	case filled(best.Cells) == 0:
		return refuse("%s是空的，没有可以导入的内容。", where)
	}
	return refuse("%s里找不到能用的列：至少要有标题或内容一列。找到的表头（第%d行）是：%s。请改表头，或用 --map 指定列名，例如 title: 主题。",
		where, best.Number, List(best.Cells))
}

// maxListed bounds how many names a message lists, and each of them in characters.
const maxListed = 30

// List joins the names that are not empty for a message, a long list shortened.
func List(names []string) string {
	var out []string
	for _, n := range names {
		r := []rune(strings.Join(strings.Fields(n), " "))
		if len(r) == 0 {
			continue
		}
		if len(out) == maxListed {
			return strings.Join(out, "、") + "……"
		}
		if len(r) > maxListed {
			r = append(r[:maxListed], '…')
		}
		out = append(out, string(r))
	}
	return strings.Join(out, "、")
}

func refuse(text string, args ...any) error {
	return &incident.Error{Code: incident.CodeInvalid, Text: fmt.Sprintf(text, args...)}
}

// refuseFor is refuse with the cause kept for the log.
func refuseFor(err error, text string, args ...any) error {
	return &incident.Error{Code: incident.CodeInvalid, Text: fmt.Sprintf(text, args...), Err: err}
}
