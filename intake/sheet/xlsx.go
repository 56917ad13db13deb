package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook, in bytes: unpacked in all; of one part in memory, beyond which it
// is unpacked to a temporary file; of all parts that are neither rows nor texts (pictures),
// which the library keeps in memory.
const (
	maxUnpacked = 1 << 30
	maxInMemory = 8 << 20
	maxPictures = 64 << 20
)

// openXLSX takes the named worksheet, or the first that has a header.
func (t *Table) openXLSX(f *os.File, name string, o Options) error {
	info, err := f.Stat()
	if err != nil {
		return refuseFor(err, "读不了文件 %s，请核对文件是否完好。", name)
	}
	parts, err := checkWorkbook(f, info.Size(), name)
	if err != nil {
		return err
	}
	book, err := excelize.OpenFile(f.Name(), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxInMemory, RawCellValue: true,
	})
	if err != nil {
		return refuseFor(err, "打不开 Excel 文件 %s，请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", name)
	}
	t.closers = append(t.closers, book.Close)
	sheets := book.GetSheetList()
	if o.Sheet != "" {
		if !slices.Contains(sheets, o.Sheet) {
			return refuse("%s里没有工作表“%s”，有：%s。请核对映射文件里的 sheet。", name, o.Sheet, List(sheets))
		}
		sheets = []string{o.Sheet}
	}
	props, err := book.GetWorkbookProps()
	if err != nil {
		return refuseFor(err, "打不开 Excel 文件 %s，请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", name)
	}
	t.Date1904 = props.Date1904 != nil && *props.Date1904
	var closest Row
	for _, s := range sheets {
		rows, err := book.Rows(s)
		if err != nil {
			continue // a chart's sheet has no rows
		}
		t.rows = &xlsxRows{rows: rows, last: parts.lastRow(s)}
		header, found, err := findHeader(t.rows, o)
		if err != nil {
			return err
		}
		if found {
			t.HeaderRow, t.columns = header.Number, header.Cells
			return nil
		}
		if filled(header.Cells) > filled(closest.Cells) {
			closest = header
		}
		if err := t.rows.close(); err != nil {
			return fmt.Errorf("close worksheet: %w", err)
		}
		t.rows = nil
	}
	return noHeader(closest, name, o)
}

// xlsxRows reads a worksheet as a stream. The library ends a sheet in silence where its
// XML breaks off, so the last row's number is compared with the one that was counted.
type xlsxRows struct {
	rows *excelize.Rows
	row  int
	last int // zero where it is not known
}

func (x *xlsxRows) next() (Row, error) {
	if !x.rows.Next() {
		err := x.rows.Error()
		if err != nil || x.row < x.last {
			return Row{}, refuseFor(err, "工作表第%d行之后读不下去（共%d行），文件可能已损坏，请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", x.row, x.last)
		}
		return Row{}, io.EOF
	}
	x.row++
	cells, err := x.rows.Columns()
	if err != nil {
		return Row{}, refuseFor(err, "工作表第%d行读不了，文件可能已损坏，请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", x.row)
	}
	return Row{Number: x.row, Cells: cells}, nil
}

func (x *xlsxRows) close() error {
	if err := x.rows.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close worksheet: %w", err)
	}
	return nil
}
