package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of JSON Lines: one line in bytes, keys in all.
const (
	maxLine = 2 << 20
	maxKeys = 1000
)

// jsonLines reads one object a line. An object within it gives columns of its own,
// such as reporter.phone; anything deeper, and lists, are a cell as they are written.
type jsonLines struct {
	r       *bufio.Reader
	row     int
	columns []string
	at      map[string]int
}

func newJSONLines(r io.Reader) *jsonLines {
	return &jsonLines{r: bufio.NewReaderSize(r, 64<<10), at: map[string]int{}}
}

func (j *jsonLines) close() error { return nil }

func (j *jsonLines) next() (Row, error) {
	line, whole, err := j.line()
	if err != nil {
		return Row{}, err
	}
	j.row++
	row := Row{Number: j.row}
	if j.row == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	line = bytes.TrimSpace(line)
	switch {
	case !whole:
		row.Err = refuse("这一行超过2 MiB，请缩短。")
	case len(line) == 0:
	case !utf8.Valid(line):
		row.Err = refuse("这一行不是 UTF-8 编码，请转换编码后再导入。")
	default:
		row.Cells, row.Err = j.cells(line)
	}
	return row, nil
}

// line reads to the end of the line; whole is false for one that is too long, which is
// skipped.
func (j *jsonLines) line() (line []byte, whole bool, err error) {
	whole = true
	read := false
	for {
		part, err := j.r.ReadSlice('\n')
		read = read || len(part) > 0
		if whole = whole && len(line)+len(part) <= maxLine; whole {
			line = append(line, part...)
		}
		switch {
		case err == nil:
			return line, whole, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && read:
			return line, whole, nil
		case errors.Is(err, io.EOF):
			return nil, false, io.EOF
		default:
			return nil, false, refuseFor(err, "第%d行之后读不下去，请核对文件是否完好。", j.row)
		}
	}
}

// cells decodes one object.
func (j *jsonLines) cells(line []byte) ([]string, error) {
	bad := refuse("这一行不是一个完整的 JSON 对象，请核对括号和引号。")
	pairs, err := object(line)
	if err != nil {
		return nil, bad
	}
	cells := make([]string, len(j.columns), len(j.columns)+len(pairs))
	put := func(key, value string) bool {
		i, ok := j.at[key]
		if !ok {
			if len(j.columns) == maxKeys {
				return false
			}
			i = len(j.columns)
			j.at[key], j.columns, cells = i, append(j.columns, key), append(cells, "")
		}
		cells[i] = value
		return true
	}
	for _, p := range pairs {
		fits := true
		if p.value[0] == '{' {
			inner, err := object(p.value)
			if err != nil {
				return nil, bad
			}
			for _, q := range inner {
				fits = fits && put(p.key+"."+q.key, scalar(q.value))
			}
		} else {
			fits = put(p.key, scalar(p.value))
		}
		if !fits {
			return nil, refuse("各行的字段加起来超过%d种，请核对是不是每行一件。", maxKeys)
		}
	}
	return cells, nil
}

type pair struct {
	key   string
	value json.RawMessage
}

// object reads an object's pairs in their order.
func object(raw []byte) ([]pair, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("not an object"), err)
	}
	var out []pair
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.Join(errors.New("no key"), err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err //nolint:wrapcheck // only whether it failed is told
		}
		out = append(out, pair{key, value})
	}
	if _, err := d.Token(); err != nil {
		return nil, err //nolint:wrapcheck // only whether it failed is told
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one object")
	}
	return out, nil
}

// scalar is a value as a cell: a text without its quotes, nothing for null.
func scalar(raw json.RawMessage) string {
	var s string
	if raw[0] == '"' && json.Unmarshal(raw, &s) == nil {
		return s
	}
	if string(raw) == "null" {
		return ""
	}
	return strings.TrimSpace(string(raw))
}
