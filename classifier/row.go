package classifier

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"huiying/incident"
)

// Row is one line of a file of labelled texts: whichever labels are there.
type Row struct {
	ID       ID             `json:"id"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
	Tokens   Tokens         `json:"tokens"`
	Time     Time           `json:"time"`
	Reported Time           `json:"reported_at"`
	Printed  Time           `json:"report_date"`
	Level    incident.Level `json:"level"`
	// AltLevel is the other defensible level where Ambiguous is true.
	AltLevel  incident.Level `json:"alt_level"`
	Ambiguous bool           `json:"ambiguous"`
	Category  string         `json:"category"`
	Unit      string         `json:"unit"`
	Deaths    *float64       `json:"deaths"`
	Injured   *float64       `json:"injured"`
	Stuck     *float64       `json:"missing_trapped"`
	Poisoned  *float64       `json:"poisoned"`
	Drill     bool           `json:"is_drill"`
	Rumor     bool           `json:"is_rumor"`
	Old       bool           `json:"is_historical"`
}

// At is when the text was written or reported; zero when the row does not say.
func (r Row) At() time.Time {
	if t := time.Time(r.Reported); !t.IsZero() {
		return t
	}
	if t := time.Time(r.Time); !t.IsZero() {
		return t
	}
	return time.Time(r.Printed)
}

// Report is the row as a report.
func (r Row) Report() incident.Report {
	text := r.Text
	if text == "" && r.Title == "" {
		text = strings.Join(r.Tokens, "")
	}
	return incident.Report{Title: r.Title, Text: text, SubmittedAt: r.At()}
}

// ID is a row's id, a string or a number.
type ID string

// UnmarshalJSON takes strings and numbers.
func (id *ID) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err == nil {
		*id = ID(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("id: %w", err)
	}
	*id = ID(n)
	return nil
}

// Time is an instant in RFC 3339 or a day; null and "" are zero.
type Time time.Time

// UnmarshalJSON takes RFC 3339 and 2006-01-02.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("time: %w", err)
	}
	if s == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if v, err := time.Parse(layout, s); err == nil {
			*t = Time(v)
			return nil
		}
	}
	return fmt.Errorf("时间“%s”的格式不认识，请用 2026-11-20T16:40:00+08:00", s)
}

// Tokens are words, as a list or parted by spaces.
type Tokens []string

// UnmarshalJSON takes a list of strings or one string.
func (t *Tokens) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err == nil {
		*t = list
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	for w := range bytes.FieldsSeq([]byte(s)) {
		*t = append(*t, string(w))
	}
	return nil
}

// maxRow bounds one line of a file of rows.
const maxRow = 16 << 20

// ReadRows reads JSON Lines, gzipped or not, and calls take for each row. A line that
// is no row is an error that names it and ends the reading.
func ReadRows(r io.Reader, take func(Row) error) error {
	return ScanRows(r, func(_ int, row Row, err error) error {
		if err != nil {
			return err
		}
		return take(row)
	})
}

// ScanRows reads JSON Lines, gzipped or not, and calls take for each line that is not
// empty, with its number: with the row, or with an error that names the line. What take
// returns ends the reading. It holds one line at a time.
func ScanRows(r io.Reader, take func(line int, row Row, err error) error) error {
	br := bufio.NewReaderSize(r, 1<<16)
	if head, err := br.Peek(2); err == nil && head[0] == 0x1f && head[1] == 0x8b {
		zr, err := gzip.NewReader(br)
		if err != nil {
			return fmt.Errorf("read gzip: %w", err)
		}
		br = bufio.NewReaderSize(zr, 1<<16)
	}
	sc := bufio.NewScanner(br)
	sc.Buffer(make([]byte, 1<<16), maxRow)
	for n := 1; sc.Scan(); n++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(sc.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		row, err := parseRow(line)
		if err != nil {
			err = &incident.Error{Code: incident.CodeInvalid, Text: fmt.Sprintf("第%d行%s", n, err), Err: err}
		}
		if err := take(n, row, err); err != nil {
			return err
		}
	}
	if err := sc.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return &incident.Error{Code: incident.CodeInvalid, Text: "文件里有一行超过16MB，请核对格式（每行一条JSON）。", Err: err}
		}
		return fmt.Errorf("read rows: %w", err)
	}
	return nil
}

// parseRow reads one line; its error is the rest of a Chinese sentence.
func parseRow(line []byte) (Row, error) {
	var row Row
	if err := json.Unmarshal(line, &row); err != nil {
		return row, fmt.Errorf("不是一条JSON记录，请核对：%w", err)
	}
	if row.Title == "" && row.Text == "" && len(row.Tokens) == 0 {
		return row, errors.New("没有title、text或tokens，请至少填写一项")
	}
	return row, nil
}
