package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"huiying/report"
)

// XLSX writes the document's lists as a workbook, a sheet each. Sums and shares are
// formulas, so that a reader who filters or corrects a row sees them follow.
func XLSX(w io.Writer, doc report.Document) (err error) {
	book := excelize.NewFile()
	defer func() {
		if cerr := book.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close workbook: %w", cerr)
		}
	}()
	styles, err := newStyles(book)
	if err != nil {
		return err
	}
	for i, t := range doc.Sheets {
		s := sheet{book: book, name: sheetName(t.Title), styles: styles}
		if i == 0 {
			s.try(book.SetSheetName("Sheet1", s.name))
		} else if _, err := book.NewSheet(s.name); err != nil {
			return fmt.Errorf("add sheet %s: %w", s.name, err)
		}
		s.write(doc, t)
		if s.err != nil {
			return fmt.Errorf("write sheet %s: %w", s.name, s.err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// sheetName is a title that a sheet may bear: at most 31 characters, none of []:*?/\.
func sheetName(title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, title)
	if r := []rune(name); len(r) > 31 {
		name = string(r[:31])
	}
	return name
}

type styles struct{ title, head, cell, number, sum, share, foot int }

func newStyles(book *excelize.File) (styles, error) {
	var s styles
	border := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "808080", Style: 1})
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "center"}
	center := &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"}
	share := "0.0%"
	for _, one := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Family: "宋体"}, Alignment: center}},
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true, Family: "宋体"}, Alignment: center, Border: border, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DCE6F1"}}}},
		{&s.cell, excelize.Style{Font: &excelize.Font{Family: "宋体"}, Alignment: wrap, Border: border}},
		{&s.number, excelize.Style{Font: &excelize.Font{Family: "宋体"}, Alignment: center, Border: border}},
		{&s.sum, excelize.Style{Font: &excelize.Font{Bold: true, Family: "宋体"}, Alignment: center, Border: border}},
		{&s.share, excelize.Style{Font: &excelize.Font{Family: "宋体"}, Alignment: center, Border: border, CustomNumFmt: &share}},
		{&s.foot, excelize.Style{Font: &excelize.Font{Family: "宋体", Color: "606060"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
	} {
		id, err := book.NewStyle(&one.style)
		if err != nil {
			return s, fmt.Errorf("make style: %w", err)
		}
		*one.id = id
	}
	return s, nil
}

// sheet writes one table and keeps the first fault.
type sheet struct {
	book   *excelize.File
	name   string
	styles styles
	err    error
}

func (s *sheet) try(err error) {
	if s.err == nil {
		s.err = err
	}
}

// cell is the name of a cell, both counted from 1.
func (s *sheet) cell(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	s.try(err)
	return name
}

func (s *sheet) put(col, row int, value any, style int) {
	at := s.cell(col, row)
	s.try(s.book.SetCellValue(s.name, at, value))
	s.try(s.book.SetCellStyle(s.name, at, at, style))
}

func (s *sheet) formula(col, row int, formula string, style int) {
	at := s.cell(col, row)
	s.try(s.book.SetCellFormula(s.name, at, formula))
	s.try(s.book.SetCellStyle(s.name, at, at, style))
}

const firstRow = 4 // after title, issue and heads

func (s *sheet) write(doc report.Document, t report.Table) {
	last := len(t.Columns)
	s.put(1, 1, t.Title, s.styles.title)
	s.try(s.book.MergeCell(s.name, s.cell(1, 1), s.cell(last, 1)))
	s.put(1, 2, strings.TrimSpace(doc.Issuer+"　"+doc.Issue), s.styles.foot)
	s.try(s.book.MergeCell(s.name, s.cell(1, 2), s.cell(last, 2)))
	for i, c := range t.Columns {
		s.put(i+1, firstRow-1, c.Name, s.styles.head)
		name, err := excelize.ColumnNumberToName(i + 1)
		s.try(err)
		width := c.Width
		if width == 0 {
			width = 12
		}
		s.try(s.book.SetColWidth(s.name, name, name, width))
	}
	for r, row := range t.Rows {
		for i, c := range row {
			switch {
			case t.Columns[i].Share():
				s.share(i+1, firstRow+r, t.Columns[i], s.styles.share)
			case c.Number != nil:
				s.put(i+1, firstRow+r, *c.Number, s.styles.number)
			default:
				s.put(i+1, firstRow+r, c.Text, s.styles.cell)
			}
		}
	}
	end := firstRow + len(t.Rows)
	if t.Sum && len(t.Rows) > 0 {
		s.sums(t, end)
		end++
	}
	for i, line := range doc.Foot {
		s.put(1, end+1+i, line, s.styles.foot)
		s.try(s.book.MergeCell(s.name, s.cell(1, end+1+i), s.cell(last, end+1+i)))
	}
	s.page(t)
}

func (s *sheet) sums(t report.Table, row int) {
	for i, c := range t.Columns {
		switch {
		case c.Share():
			s.share(i+1, row, c, s.styles.share)
		case c.Sum:
			s.formula(i+1, row, fmt.Sprintf("SUM(%s:%s)", s.cell(i+1, firstRow), s.cell(i+1, row-1)), s.styles.sum)
		case i == 0:
			s.put(1, row, "合计", s.styles.sum)
		default:
			s.put(i+1, row, "", s.styles.sum)
		}
	}
}

// share divides two cells of the row, — where there is nothing to divide by.
func (s *sheet) share(col, row int, c report.Column, style int) {
	num, den := s.cell(c.Of[0]+1, row), s.cell(c.Of[1]+1, row)
	s.formula(col, row, fmt.Sprintf(`IF(%s=0,"—",%s/%s)`, den, num, den), style)
}

// page makes the sheet print on A4 across, heads on every page, and stay in view on screen.
func (s *sheet) page(t report.Table) {
	across, a4, one, many := "landscape", 9, 1, 0
	s.try(s.book.SetPageLayout(s.name, &excelize.PageLayoutOptions{Orientation: &across, Size: &a4, FitToWidth: &one, FitToHeight: &many}))
	s.try(s.book.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: firstRow - 1, TopLeftCell: s.cell(1, firstRow), ActivePane: "bottomLeft"}))
	if len(t.Rows) > 0 {
		s.try(s.book.AutoFilter(s.name, s.cell(1, firstRow-1)+":"+s.cell(len(t.Columns), firstRow-1+len(t.Rows)), nil))
	}
	fit := true // after the filter, which writes the sheet's properties anew
	s.try(s.book.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	s.try(s.book.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", s.name, firstRow-1, firstRow-1),
	}))
}
