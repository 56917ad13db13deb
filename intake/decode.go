package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// maxBody bounds what a system may post as one report, in bytes.
const maxBody = 1 << 20

// Decoder reads reports as POST /api/v1/incidents takes them. It may be used from many
// goroutines.
type Decoder struct {
	Sources *Sources
	// Zone is the county's; decoded instants are given in it. Nil leaves their own offset.
	Zone *time.Location
}

// posted is the body of POST /api/v1/incidents.
type posted struct {
	Source       string           `json:"source"`
	ExternalID   string           `json:"external_id"`
	Title        string           `json:"title"`
	Text         string           `json:"text"`
	ReportedAt   string           `json:"reported_at"`
	FoundAt      string           `json:"found_at"`
	Reporter     postedReporter   `json:"reporter"`
	Place        string           `json:"place"`
	Region       string           `json:"region"`
	URL          string           `json:"url"`
	Attachments  []postedFile     `json:"attachments"`
	Level        incident.Level   `json:"level"`
	Category     string           `json:"category"`
	Influence    bool             `json:"influence"`
	HandedLimits []postedDeadline `json:"handed_limits"`
	Lead         string           `json:"lead"`
	Assisting    []string         `json:"assisting"`
}

// Decode reads one report. Lead and Assisting may be units' ids, names or aliases. What
// cannot be is an [incident.Error] of [incident.CodeInvalid] with the field at fault and
// how to mend it; a body that cannot be read to its end is the reader's error.
func (d Decoder) Decode(r io.Reader) (desk.Registration, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil {
		return desk.Registration{}, fmt.Errorf("read report: %w", err)
	}
	if len(raw) > maxBody {
		return desk.Registration{}, invalid("", "提交的内容超过1 MiB，请缩短，文件请以附件网址提交。")
	}
	p, err := decodePosted(raw)
	if err != nil {
		return desk.Registration{}, err
	}
	reg, err := d.registration(p)
	if err != nil {
		return desk.Registration{}, err
	}
	return reg, nil
}

func decodePosted(raw []byte) (posted, error) {
	var p posted
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
	switch {
	case len(raw) == 0:
		return p, invalid("", "提交的内容是空的，请以 JSON 提交，至少写明 source 和 title 或 text。")
	case !utf8.Valid(raw):
		return p, invalid("", "提交的内容不是 UTF-8 编码，请转换编码后再提交。")
	case raw[0] == '[':
		return p, invalid("", "一次只能提交一件，请逐件提交，不要写成列表。")
	case raw[0] != '{':
		return p, invalid("", "提交的内容须是一个 JSON 对象，例如 {\"source\":\"12345热线\",\"title\":\"…\"}。")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return p, jsonFault(raw, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return p, invalid("", "提交的 JSON 后面还有多余的内容，一次只能提交一件。")
	}
	return p, nil
}

var unknownField = regexp.MustCompile(`unknown field "(.*)"`)

// jsonFault says in Chinese what the decoder stumbled over.
func jsonFault(raw []byte, err error) error {
	if e, ok := errors.AsType[*incident.Error](err); ok {
		return e
	}
	fault := &incident.Error{Code: incident.CodeInvalid, Err: err, Text: "提交的 JSON 不完整，请核对括号和引号是否成对。"}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		fault.Field = wrong.Field
		fault.Text = fmt.Sprintf("%s 的类型不对，这里需要%s。", wrong.Field, jsonType(wrong.Type.Kind().String()))
		return fault
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := raw[:min(max(syntax.Offset-1, 0), int64(len(raw)))]
		line := bytes.Count(before, []byte("\n")) + 1
		column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
		fault.Text = fmt.Sprintf("提交的内容不是正确的 JSON：第%d行第%d个字符附近有误。", line, column)
		return fault
	}
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		fault.Field = m[1]
		fault.Text = fmt.Sprintf("不认识的字段“%s”，可用：%s。", clip(m[1]), strings.Join(postedFields(), "、"))
	}
	return fault
}

func jsonType(kind string) string {
	switch kind {
	case "bool":
		return " true 或 false"
	case "slice":
		return "列表"
	case "struct":
		return "一个对象"
	}
	return "文字（加引号）"
}

// postedFields are the names that the body may hold.
func postedFields() []string {
	return []string{
		"source", "external_id", "title", "text", "reported_at", "found_at", "reporter", "place", "region", "url", "attachments",
		"level", "category", "influence", "handed_limits", "lead", "assisting",
	}
}

func (d Decoder) registration(p posted) (desk.Registration, error) {
	c := cleaner{zone: d.Zone}
	report := incident.Report{
		ExternalID: c.line("external_id", "来源的编号", p.ExternalID, maxID),
		Title:      c.line("title", "标题", p.Title, 0),
		Text:       cleanText(p.Text),
		URL:        c.url("url", "网址", p.URL),
		Place:      c.line("place", "地点", p.Place, maxPlace),
		Region:     c.line("region", "区域", p.Region, maxShort),
		Reporter: incident.Reporter{
			Name:  c.line("reporter.name", "来件人姓名", p.Reporter.Name, maxShort),
			Phone: c.line("reporter.phone", "来件人电话", p.Reporter.Phone, maxShort),
			IDNo:  c.line("reporter.id_no", "来件人证件号", p.Reporter.IDNo, maxShort),
		},
		SubmittedAt: c.instant("reported_at", p.ReportedAt),
		FoundAt:     c.instant("found_at", p.FoundAt),
	}
	if name := c.line("source", "来源", p.Source, maxSource); name != "" {
		report.Source = d.Sources.Find(name)
	}
	report.Attachments = c.attachments(p.Attachments)
	report.HandedLimits = c.deadlines(p.HandedLimits, report.Source.Name)
	grading := c.grading(p)
	lead, assisting := c.units(p)
	if c.err == nil {
		c.err = report.Validate()
	}
	if c.err != nil {
		return desk.Registration{}, c.err
	}
	return desk.Registration{Register: incident.Register{Report: report, Grading: grading}, Lead: lead, Assisting: assisting}, nil
}

// grading is what the sender says of the level; the county confirms an emergency.
func (c *cleaner) grading(p posted) incident.Grading {
	g := incident.Grading{Category: c.line("category", "类别", p.Category, maxShort), Influence: p.Influence}
	if p.Level == "" {
		return g
	}
	if !p.Level.Valid() {
		c.fail("level", "没有“%s”这个等级，只能是 general（一般）、major（重大问题）、emergency（重大突发）；不填则由系统研判。", clip(string(p.Level)))
	}
	g.Level, g.By = p.Level, "reporter"
	return g
}

func (c *cleaner) units(p posted) (lead org.UnitID, assisting []org.UnitID) {
	lead = org.UnitID(c.line("lead", "主办单位", p.Lead, maxShort))
	if len(p.Assisting) > 0 && lead == "" {
		c.fail("lead", "填写了协办单位（assisting），也请填写主办单位（lead）。")
	}
	if len(p.Assisting) > maxUnits {
		c.fail("assisting", "协办单位最多%d个。", maxUnits)
		return lead, nil
	}
	for _, name := range p.Assisting {
		unit := org.UnitID(c.line("assisting", "协办单位", name, maxShort))
		if unit == "" || slices.Contains(assisting, unit) {
			c.fail("assisting", "协办单位里有空的或重复的一项，请核对。")
		}
		assisting = append(assisting, unit)
	}
	return lead, assisting
}
