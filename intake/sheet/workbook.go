package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxParts bounds how many files a workbook is made of.
const maxParts = 10_000

// workbook is what was found out about a workbook before the library opens it: the library
// passes over damage in silence, and keeps pictures in memory.
type workbook struct {
	last   map[string]int    // a worksheet part's last row
	sheets map[string]string // a worksheet's part, by its name
}

// lastRow is the number of a worksheet's last row; zero where it is not known.
func (w workbook) lastRow(sheet string) int { return w.last[w.sheets[sheet]] }

// checkWorkbook refuses a workbook that is too big, damaged or encrypted.
func checkWorkbook(r io.ReaderAt, size int64, name string) (workbook, error) {
	w := workbook{last: map[string]int{}}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return w, refuseFor(err, "%s 不是完好的 .xlsx 文件，可能没有传完，请重新取一份。", name)
	}
	var all, other uint64
	index := map[string]*zip.File{}
	for _, f := range z.File {
		part := partName(f.Name)
		index[part] = f
		all += min(f.UncompressedSize64, maxUnpacked+1)
		if !isRows(part) && !isTexts(part) {
			other += min(f.UncompressedSize64, maxUnpacked+1)
		}
	}
	switch {
	case index["xl/workbook.xml"] == nil:
		return w, refuse("%s 不是 Excel 文件（.xlsx），请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", name)
	case all > maxUnpacked || len(z.File) > maxParts:
		return w, refuse("%s 解压后超过1 GiB，请分成几个文件导入。", name)
	case other > maxPictures:
		return w, refuse("%s 里的图片等内容超过64 MiB，请删去图片后再导入。", name)
	}
	for part, f := range index {
		if !isRows(part) && !isTexts(part) {
			continue
		}
		if w.last[part], err = checkPart(f); err != nil {
			return w, refuseFor(err, "%s 已损坏或含有非法字符（%s），请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", name, part)
		}
	}
	w.sheets, err = sheetParts(index)
	if err != nil {
		return w, refuseFor(err, "%s 的目录已损坏，请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", name)
	}
	return w, nil
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, "\\", "/"), "/"))
}

func isRows(part string) bool {
	return strings.HasPrefix(part, "xl/worksheets/") && strings.HasSuffix(part, ".xml")
}

func isTexts(part string) bool { return part == "xl/sharedstrings.xml" }

var (
	errControl = errors.New("control characters")
	errCut     = errors.New("cut off")
)

// checkPart reads a part to its end, which proves its checksum, and returns the number of
// its last row.
func checkPart(f *zip.File) (lastRow int, err error) {
	rc, err := f.Open()
	if err != nil {
		return 0, err //nolint:wrapcheck // kept as the cause
	}
	defer func() { err = errors.Join(err, rc.Close()) }()
	r := bufio.NewReaderSize(rc, 256<<10)
	var tail []byte
	split, utf := false, true
	for first := true; ; first = false {
		chunk, err := r.ReadSlice('>')
		if first && bytes.Contains(chunk, []byte("encoding=")) {
			utf = bytes.Contains(bytes.ToLower(chunk), []byte("utf-8"))
		}
		full := errors.Is(err, bufio.ErrBufferFull)
		if utf && (bytes.ContainsFunc(chunk, illegal) || !split && !full && !utf8.Valid(chunk)) {
			return lastRow, errControl
		}
		split = full
		if n, ok := rowTag(chunk); ok {
			if lastRow++; n > 0 {
				lastRow = n
			}
		}
		if rest := bytes.TrimSpace(chunk); len(rest) > 0 {
			tail = append(tail[:0], rest[max(0, len(rest)-64):]...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !full {
			return lastRow, err //nolint:wrapcheck // kept as the cause
		}
	}
	if utf && !bytes.HasSuffix(tail, []byte("worksheet>")) && !bytes.HasSuffix(tail, []byte("sst>")) && !bytes.HasSuffix(tail, []byte("/>")) {
		return lastRow, errCut
	}
	return lastRow, nil
}

// illegal are the characters that XML may not hold.
func illegal(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// rowTag tells whether a chunk ends with the opening tag of a row, and its number, zero
// where it has none.
func rowTag(chunk []byte) (number int, ok bool) {
	at := bytes.LastIndexByte(chunk, '<')
	if at < 0 {
		return 0, false
	}
	tag := chunk[at+1:]
	name, attrs, _ := bytes.Cut(bytes.TrimRight(tag, "/>"), []byte(" "))
	if _, local, prefixed := bytes.Cut(name, []byte(":")); prefixed {
		name = local
	}
	if string(name) != "row" || tag[0] == '/' {
		return 0, false
	}
	_, value, _ := bytes.Cut(append([]byte(" "), attrs...), []byte(` r="`))
	value, _, _ = bytes.Cut(value, []byte(`"`))
	number, err := strconv.Atoi(string(value))
	if err != nil {
		number = 0
	}
	return number, true
}

// sheetParts reads which part holds which worksheet.
func sheetParts(index map[string]*zip.File) (map[string]string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(index["xl/workbook.xml"], &book); err != nil {
		return nil, err
	}
	if err := decodePart(index["xl/_rels/workbook.xml.rels"], &rels); err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range rels.List {
		target := partName(r.Target)
		if !strings.HasPrefix(r.Target, "/") {
			target = path.Join("xl", target)
		}
		targets[r.ID] = target
	}
	out := map[string]string{}
	for _, s := range book.Sheets {
		out[s.Name] = targets[s.ID]
	}
	return out, nil
}

func decodePart(f *zip.File, target any) (err error) {
	if f == nil {
		return errCut
	}
	rc, err := f.Open()
	if err != nil {
		return err //nolint:wrapcheck // kept as the cause
	}
	defer func() { err = errors.Join(err, rc.Close()) }()
	return xml.NewDecoder(io.LimitReader(rc, maxInMemory)).Decode(target) //nolint:wrapcheck // kept as the cause
}
