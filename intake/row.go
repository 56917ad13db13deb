package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/intake/sheet"
)

// fileSource is where the rows of a file come from that says no source.
const fileSource = "文件导入"

// rowReader makes registrations of a table's rows.
type rowReader struct {
	table   *sheet.Table
	mapping Mapping
	sources *Sources
	source  string // for all rows; empty takes the row's own
	zone    *time.Location
	layout  layout
	known   int // columns that the layout was made of
}

// look brings the layout up to date: JSON Lines may bring new columns with every row.
func (r *rowReader) look() {
	if columns := r.table.Columns(); len(columns) != r.known {
		r.layout, r.known = r.mapping.layout(columns), len(columns)
	}
}

// value is the first of a field's columns that is not empty.
func (r *rowReader) value(row sheet.Row, field Field) string {
	for _, i := range r.layout.at[field] {
		if i < len(row.Cells) {
			if v := strings.TrimSpace(row.Cells[i]); v != "" {
				return v
			}
		}
	}
	return ""
}

// column is the header of the column that a field's value was taken from.
func (r *rowReader) column(row sheet.Row, field Field) string {
	columns := r.table.Columns()
	name := ""
	for _, i := range r.layout.at[field] {
		filled := i < len(row.Cells) && strings.TrimSpace(row.Cells[i]) != ""
		if i < len(columns) && (name == "" || filled) {
			name = strings.TrimSpace(columns[i])
			if filled {
				break
			}
		}
	}
	return name
}

// register makes a row a registration; an error is for people and has the field at fault.
func (r *rowReader) register(row sheet.Row) (incident.Register, error) {
	if row.Err != nil {
		return incident.Register{}, row.Err
	}
	r.look()
	c := cleaner{zone: r.zone}
	line := func(field Field, name string, limit int) string {
		return c.line(string(field), name, r.value(row, field), limit)
	}
	report := incident.Report{
		ExternalID: r.id(&c, row),
		Title:      line(FieldTitle, "标题", 0),
		Text:       cleanText(r.value(row, FieldText)),
		URL:        c.url(string(FieldURL), "网址", withScheme(r.value(row, FieldURL))),
		Place:      line(FieldPlace, "地点", maxPlace),
		Region:     line(FieldRegion, "区域", maxShort),
		Reporter: incident.Reporter{
			Name: line(FieldName, "姓名", maxShort), Phone: whole(line(FieldPhone, "电话", maxShort)), IDNo: whole(line(FieldIDNo, "证件号", maxShort)),
		},
		SubmittedAt: r.when(&c, row, FieldReported),
		FoundAt:     r.when(&c, row, FieldFound),
	}
	source := r.source
	if source == "" {
		source = line(FieldSource, "来源", maxSource)
	}
	if source == "" {
		source = fileSource
	}
	report.Source = r.sources.Find(source)
	if at := r.when(&c, row, FieldDeadline); !at.IsZero() {
		report.HandedLimits = []incident.HandedLimit{{Kind: incident.MilestoneConclude, Limit: at, By: report.Source.Name}}
	}
	if r.mapping.past {
		kinds := PastFields()
		for _, field := range r.mapping.fields()[len(Fields()):] {
			if at := r.when(&c, row, field); !at.IsZero() {
				report.HandedLimits = append(report.HandedLimits, incident.HandedLimit{Kind: kinds[field], Limit: at, By: report.Source.Name})
			}
		}
	}
	reg := incident.Register{Report: report, Grading: r.grading(&c, row)}
	if c.err == nil {
		c.err = report.Validate()
	}
	if report.ExternalID == "" {
		reg.Report.ExternalID = contentID(report)
	}
	return reg, c.err
}

func (r *rowReader) grading(c *cleaner, row sheet.Row) incident.Grading {
	g := incident.Grading{Category: c.line(string(FieldCategory), "类别", r.value(row, FieldCategory), maxShort)}
	text := r.value(row, FieldLevel)
	level, ok := r.mapping.level(text)
	if !ok {
		c.fail(string(FieldLevel), "等级“%s”不认识，可写一般、重大问题、重大突发，或留空由系统研判；别的写法请在映射文件的 levels 里说明。", clip(text))
	}
	if level != "" {
		g.Level, g.By = level, "reporter"
	}
	return g
}

func (r *rowReader) when(c *cleaner, row sheet.Row, field Field) time.Time {
	text := r.value(row, field)
	at, ok := parseWhen(text, r.zone, r.table.Date1904)
	if !ok {
		c.fail(string(field), "“%s”不是能识别的时间，请写成 2026-11-20 16:40。", clip(text))
	}
	return at
}

var (
	scientific = regexp.MustCompile(`^(\d)(?:\.(\d+))?[eE]\+?(\d+)$`)
	floating   = regexp.MustCompile(`^(\d+)\.0+$`)
)

// id is the source's own id of a row. One that a spreadsheet has rounded is refused: two
// reports would look like one.
func (r *rowReader) id(c *cleaner, row sheet.Row) string {
	id := whole(c.line(string(FieldID), "编号", r.value(row, FieldID), maxID))
	if scientific.MatchString(id) {
		c.fail(string(FieldID), "编号“%s”已被表格软件改成科学计数法，后面的数字丢了，请把这一列设为文本后重新导出。", clip(id))
	}
	return id
}

var bareAddress = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/\S*)?$`)

// withScheme completes an address as people copy it, without its http://.
func withScheme(address string) string {
	if bareAddress.MatchString(address) {
		return "http://" + address
	}
	return address
}

// whole undoes what spreadsheets do to long numbers, where no digit is lost: 13812341234.0,
// 1.3812341234E+10.
func whole(text string) string {
	if m := floating.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	m := scientific.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	if exponent, err := strconv.Atoi(m[3]); err != nil || exponent != len(m[2]) {
		return text
	}
	return m[1] + m[2]
}

// contentID is an id made of what a row says, the same each time that it is imported.
func contentID(r incident.Report) string {
	said := strings.Join([]string{r.Source.Name, r.Title, r.Text, r.SubmittedAt.UTC().Format(time.RFC3339)}, "\x00")
	sum := sha256.Sum256([]byte(said))
	return "row-" + hex.EncodeToString(sum[:12])
}

// fieldOf is the field that an error for people is about; empty for the whole row.
func fieldOf(err error) Field {
	if e, ok := errors.AsType[*incident.Error](err); ok {
		return Field(e.Field)
	}
	return ""
}
