package sheet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxSpooled bounds what is unpacked from gzip or copied from a stream, in bytes.
const maxSpooled = 1 << 30

// Open opens a file by what it holds, whatever its name says.
func Open(path string, o Options) (*Table, error) {
	f, err := os.Open(path) //nolint:gosec // the administrator names it
	if err != nil {
		return nil, refuseFor(err, "打不开文件 %s，请核对路径和权限。", path)
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil, errors.Join(refuseFor(err, "%s 不是文件，请指定一个 .xlsx、.csv 或 .jsonl 文件。", path), f.Close())
	}
	return open(f, filepath.Base(path), o, f.Close)
}

// Read copies a stream of at most 1 GiB to a temporary file and opens that; Close removes
// it. name is what messages call it.
func Read(r io.Reader, name string, o Options) (*Table, error) {
	f, remove, err := spool(r)
	if err != nil {
		return nil, err
	}
	return open(f, name, o, remove)
}

// open looks at the first bytes. On failure everything opened so far is closed.
func open(f *os.File, name string, o Options, closeFile func() error) (*Table, error) {
	t := &Table{closers: []func() error{closeFile}}
	if err := t.open(f, name, o, true); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *Table) open(f *os.File, name string, o Options, mayUnpack bool) error {
	head := make([]byte, 1024)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return refuseFor(err, "读不了文件 %s，请核对文件是否完好。", name)
	}
	head = head[:n]
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	markup := strings.ToLower(string(text))
	switch {
	case len(text) == 0:
		return refuse("文件 %s 是空的，没有可以导入的内容。", name)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")) && mayUnpack:
		return t.unpack(f, name, o)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return t.openXLSX(f, name, o)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return refuse("%s 是旧版 Excel（.xls）或设了密码的文件，请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 后再导入。", name)
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return refuse("%s 不是表格文件，请指定 .xlsx、.csv 或 .jsonl 文件。", name)
	case strings.HasPrefix(markup, "<"):
		return refuse("%s 其实是网页或 XML 格式的表格，请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。", name)
	case text[0] == '{':
		t.lines = newJSONLines(io.NewSectionReader(f, 0, maxSpooled))
		t.rows = t.lines
		return nil
	case text[0] == '[':
		return refuse("%s 是一个 JSON 列表，请改成每行一个对象的 JSONL 文件。", name)
	}
	return t.openCSV(f, name, o)
}

func (t *Table) unpack(f *os.File, name string, o Options) error {
	z, err := gzip.NewReader(io.NewSectionReader(f, 0, maxSpooled))
	if err != nil {
		return refuseFor(err, "%s 不是完好的 gzip 文件，请重新取一份。", name)
	}
	plain, remove, err := spool(z)
	if err != nil {
		return err
	}
	t.closers = append(t.closers, remove)
	return t.open(plain, name, o, false)
}

// spool copies a stream to a temporary file; remove closes and deletes it.
func spool(r io.Reader) (f *os.File, remove func() error, err error) {
	f, err = os.CreateTemp("", "huiying-import-*")
	if err != nil {
		return nil, nil, fmt.Errorf("make temporary file: %w", err)
	}
	remove = func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
	n, err := io.Copy(f, io.LimitReader(r, maxSpooled+1))
	switch {
	case err != nil:
		return nil, nil, errors.Join(refuseFor(err, "文件读到一半读不下去，可能没有传完或已损坏，请重新取一份。"), remove())
	case n > maxSpooled:
		return nil, nil, errors.Join(refuse("文件（解压后）超过1 GiB，请分成几个文件导入。"), remove())
	}
	return f, remove, nil
}
