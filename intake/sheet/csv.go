package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
)

// Bounds of CSV: one record in bytes, and rows whose quotes have no partner.
const (
	maxRecord   = 1 << 20
	maxUnpaired = 100
)

// openCSV takes the separator that makes the most of the header.
func (t *Table) openCSV(f *os.File, name string, o Options) error {
	charset, err := charsetOf(f)
	if err != nil {
		return err
	}
	from := func(comma byte) *csvRows {
		return newCSV(charset.reader(io.NewSectionReader(f, 0, maxSpooled)), comma)
	}
	var best, closest Row
	var by byte
	for _, comma := range []byte{',', '\t', ';', '|'} {
		header, found, err := findHeader(from(comma), o)
		if err != nil {
			return err
		}
		if found && filled(header.Cells) > filled(best.Cells) {
			best, by = header, comma
		}
		if !found && filled(header.Cells) > filled(closest.Cells) {
			closest = header
		}
	}
	if by == 0 {
		return noHeader(closest, name, o)
	}
	rows := from(by)
	header, _, err := findHeader(rows, o)
	t.HeaderRow, t.columns, t.rows = header.Number, header.Cells, rows
	return err
}

// csvRows reads records as spreadsheets do: a quote opens only at the beginning of a cell
// and may span lines, two of them are one, and every record is a row, blank ones too. A
// quote without a partner costs its own line only, not the rest of the file.
type csvRows struct {
	r        *bufio.Reader
	comma    byte
	row      int
	unpaired int
}

func newCSV(r io.Reader, comma byte) *csvRows {
	return &csvRows{r: bufio.NewReaderSize(r, maxRecord), comma: comma}
}

func (c *csvRows) close() error { return nil }

func (c *csvRows) next() (Row, error) {
	for size := 4 << 10; ; size *= 2 {
		size = min(size, maxRecord)
		window, err := c.r.Peek(size)
		if err != nil && !errors.Is(err, io.EOF) {
			return Row{}, refuseFor(err, "第%d行之后读不下去，请核对文件是否完好。", c.row)
		}
		if len(window) == 0 {
			return Row{}, io.EOF
		}
		last := err != nil
		if cells, n, ok := splitRecord(window, c.comma, last); ok {
			c.row++
			return Row{Number: c.row, Cells: cells}, c.discard(n)
		}
		if last || size == maxRecord {
			return c.skipLine(window)
		}
	}
}

// skipLine passes over a line whose record does not end.
func (c *csvRows) skipLine(window []byte) (Row, error) {
	c.row++
	if c.unpaired++; c.unpaired > maxUnpaired {
		return Row{}, refuse("有%d行以上的引号没有成对（最近是第%d行），这可能不是 CSV 文件，请用 Excel 打开另存为 .xlsx 后再导入。", maxUnpaired, c.row)
	}
	row := Row{Number: c.row, Err: refuse("这一行的引号没有成对，或内容超过1 MiB，请改正后再导入这一行。")}
	if i := bytes.IndexByte(window, '\n'); i >= 0 {
		return row, c.discard(i + 1)
	}
	for {
		_, err := c.r.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return row, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return row, refuseFor(err, "第%d行之后读不下去，请核对文件是否完好。", c.row)
		}
	}
}

func (c *csvRows) discard(n int) error {
	if _, err := c.r.Discard(n); err != nil {
		return refuseFor(err, "第%d行之后读不下去，请核对文件是否完好。", c.row)
	}
	return nil
}

// splitRecord splits the first record of the window into cells and tells its length. Not
// ok means that it does not end there; last says that nothing comes after the window.
func splitRecord(window []byte, comma byte, last bool) (cells []string, length int, ok bool) {
	for at := 0; ; {
		cell, n, ok := splitCell(window[at:], comma, last)
		if !ok {
			return nil, 0, false
		}
		cells = append(cells, cell)
		at += n
		switch {
		case at == len(window): // the end of the file
			return cells, at, true
		case window[at] == comma:
			at++
			if at == len(window) && !last {
				return nil, 0, false
			}
			continue
		case window[at] == '\r' && at+1 == len(window) && !last:
			return nil, 0, false
		case window[at] == '\r' && at+1 < len(window) && window[at+1] == '\n':
			return cells, at + 2, true
		}
		return cells, at + 1, true
	}
}

// splitCell takes the cell at the window's beginning, up to its separator or line's end.
func splitCell(window []byte, comma byte, last bool) (cell string, length int, ok bool) {
	ends := func(b byte) bool { return b == comma || b == '\n' || b == '\r' }
	if len(window) == 0 || window[0] != '"' {
		n := bytes.IndexAny(window, string([]byte{comma, '\n', '\r'}))
		if n < 0 && !last {
			return "", 0, false
		}
		if n < 0 {
			n = len(window)
		}
		return string(window[:n]), n, true
	}
	var out []byte
	for i := 1; i < len(window); i++ {
		b := window[i]
		if b != '"' {
			out = append(out, b)
			continue
		}
		switch {
		case i+1 == len(window):
			return string(out), i + 1, last
		case window[i+1] == '"':
			out = append(out, '"')
			i++
		case ends(window[i+1]):
			return string(out), i + 1, true
		default: // a quote within: keep it
			out = append(out, '"')
		}
	}
	return "", 0, false
}
