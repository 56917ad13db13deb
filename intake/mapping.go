package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
)

// Field is what a column of a table may hold.
type Field string

// The fields of a report that a table can fill.
const (
	FieldID       Field = "external_id"
	FieldTitle    Field = "title"
	FieldText     Field = "text"
	FieldReported Field = "reported_at"
	FieldFound    Field = "found_at"
	FieldSource   Field = "source"
	FieldName     Field = "reporter_name"
	FieldPhone    Field = "reporter_phone"
	FieldIDNo     Field = "reporter_id_no"
	FieldPlace    Field = "place"
	FieldRegion   Field = "region"
	FieldURL      Field = "url"
	FieldLevel    Field = "level"
	FieldCategory Field = "category"
	// FieldDeadline is 办结期限: a limit that came with the item, to conclude it.
	FieldDeadline Field = "deadline"
	// What became of a past report; read only by a mapping [Mapping.WithPast].
	FieldFirstReport Field = "first_report_at"
	FieldReleased    Field = "released_at"
	FieldConference  Field = "press_conference_at"
)

// Fields lists them in the order in which people read them.
func Fields() []Field {
	return []Field{
		FieldID, FieldTitle, FieldText, FieldReported, FieldFound, FieldSource, FieldName, FieldPhone, FieldIDNo,
		FieldPlace, FieldRegion, FieldURL, FieldLevel, FieldCategory, FieldDeadline,
	}
}

// PastFields are what a table may say of what became of a report, by the milestone that it met.
func PastFields() map[Field]incident.MilestoneKind {
	return map[Field]incident.MilestoneKind{
		FieldFirstReport: incident.MilestoneFirstReport, FieldReleased: incident.MilestoneRelease, FieldConference: incident.MilestonePressConference,
	}
}

// Mapping says which columns of a table hold which field. The zero Mapping knows the
// usual Chinese and English headers.
type Mapping struct {
	columns   map[Field][]string
	levels    map[string]incident.Level // by folded word
	sheet     string
	headerRow int
	past      bool
}

// WithPast also reads when a past report was reported upwards, released and held a press
// conference on (首报时间、发布时间、发布会时间). They come as handed limits of that milestone.
func (m Mapping) WithPast() Mapping {
	m.past = true
	return m
}

// fields are those that the mapping looks for.
func (m Mapping) fields() []Field {
	if m.past {
		return append(Fields(), FieldFirstReport, FieldReleased, FieldConference)
	}
	return Fields()
}

// ParseMapping reads a mapping of a user's own (`huiying import --map`) strictly:
//
//	title: 诉求主题                # a column, or several: the first that is not empty
//	text: [诉求内容, 补充说明]
//	levels: {紧急: major}          # words for levels, beside the usual ones
//	sheet: 明细                    # the worksheet, where not the first with a header
//	header_row: 3                  # the header's row, where it is not found by itself
//
// Fields that it does not name keep the usual headers; `[]` leaves a field out.
func ParseMapping(name string, doc []byte) (Mapping, error) {
	var m Mapping
	var raw map[string]yaml.Node
	if err := strictYAML(doc, &raw); err != nil {
		return m, invalid("", "映射文件 %s 有误：%s", name, err)
	}
	for key, node := range raw {
		if err := m.set(key, &node); err != "" {
			return Mapping{}, invalid(key, "映射文件 %s 第%d行：%s", name, node.Line, err)
		}
	}
	return m, nil
}

// set takes one key of the file; it returns what is wrong, as a sentence.
func (m *Mapping) set(key string, node *yaml.Node) string {
	switch {
	case key == "sheet":
		if node.Decode(&m.sheet) != nil || m.sheet == "" {
			return "sheet 须是工作表的名称。"
		}
	case key == "header_row":
		if node.Decode(&m.headerRow) != nil || m.headerRow < 1 {
			return "header_row 须是表头所在的行号，从1数起。"
		}
	case key == "levels":
		return m.setLevels(node)
	case slices.Contains(Mapping{past: true}.fields(), Field(key)):
		return m.setColumns(Field(key), node)
	default:
		return fmt.Sprintf("不认识的字段“%s”，可用：%s，以及 levels、sheet、header_row。", key, fieldList())
	}
	return ""
}

func (m *Mapping) setLevels(node *yaml.Node) string {
	var levels map[string]incident.Level
	if node.Decode(&levels) != nil {
		return "levels 须写成 {文件里的写法: 等级}，例如 {紧急: major}。"
	}
	m.levels = map[string]incident.Level{}
	for word, level := range levels {
		if !level.Valid() {
			return fmt.Sprintf("levels 里“%s”的等级“%s”不认识，只能是 general、major、emergency。", word, level)
		}
		m.levels[foldName(word)] = level
	}
	return ""
}

func (m *Mapping) setColumns(field Field, node *yaml.Node) string {
	var names []string
	if node.Kind == yaml.ScalarNode {
		names = []string{node.Value}
	} else if node.Decode(&names) != nil {
		return fmt.Sprintf("%s 须写成列名或列名的列表。", field)
	}
	if slices.ContainsFunc(names, func(n string) bool { return foldHeader(n) == "" }) {
		return fmt.Sprintf("%s 的列名不能是空的；不要这一项请写成 []。", field)
	}
	if m.columns == nil {
		m.columns = map[Field][]string{}
	}
	m.columns[field] = names
	return ""
}

func fieldList() string {
	names := make([]string, 0, len(Fields()))
	for _, f := range Fields() {
		names = append(names, string(f))
	}
	return strings.Join(names, "、")
}

// layout is where the fields stand in one table.
type layout struct {
	at      map[Field][]int // columns by field, the preferred first
	missing []Field         // fields whose mapped columns the table has not
}

// usable tells whether a report can be made of the table's rows.
func (l layout) usable() bool { return len(l.at[FieldTitle]) > 0 || len(l.at[FieldText]) > 0 }

// layout finds the fields in a header. A column that the mapping names for one field is
// no other's.
func (m Mapping) layout(header []string) layout {
	l := layout{at: map[Field][]int{}}
	byName := map[string]int{}
	for i, h := range header {
		key := foldHeader(h)
		if _, twice := byName[key]; !twice && key != "" {
			byName[key] = i
		}
	}
	claimed := map[int]bool{}
	for _, field := range m.fields() {
		for _, n := range m.columns[field] {
			if i, ok := byName[foldHeader(n)]; ok {
				l.at[field], claimed[i] = append(l.at[field], i), true
			}
		}
		if len(m.columns[field]) > 0 && len(l.at[field]) == 0 {
			l.missing = append(l.missing, field)
		}
	}
	usual := usualHeaders()
	if m.past {
		maps.Copy(usual, pastHeaders())
	}
	for _, field := range m.fields() {
		if _, mapped := m.columns[field]; mapped {
			continue
		}
		for _, n := range usual[field] {
			if i, ok := byName[n]; ok && !claimed[i] && !slices.Contains(l.at[field], i) {
				l.at[field] = append(l.at[field], i)
			}
		}
	}
	m.guess(&l, header, claimed)
	if m.past {
		l.settle()
	}
	return l
}

// settle decides what 发布时间 is where a table has it: when something was posted, if the
// table has no other time of its report, else when the answer was released.
func (l *layout) settle() {
	for _, i := range slices.Clone(l.at[FieldReleased]) {
		j := slices.Index(l.at[FieldReported], i)
		switch {
		case j < 0:
		case len(l.at[FieldReported]) == 1:
			l.at[FieldReleased] = slices.DeleteFunc(slices.Clone(l.at[FieldReleased]), func(k int) bool { return k == i })
		default:
			l.at[FieldReported] = slices.Delete(slices.Clone(l.at[FieldReported]), j, j+1)
		}
	}
}

// guess takes a column for the title and the text by the end of its header, where no
// usual one is there; a header of one cell may be a table's title and is not guessed.
func (m Mapping) guess(l *layout, header []string, claimed map[int]bool) {
	for field, ends := range map[Field][]string{FieldTitle: {"标题", "主题"}, FieldText: {"内容", "描述", "详情", "正文"}} {
		if _, mapped := m.columns[field]; mapped || len(l.at[field]) > 0 || len(header) < 2 {
			continue
		}
		for i, h := range header {
			key := foldHeader(h)
			fits := slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(key, e) })
			if fits && !claimed[i] && !aboutAnswer(key) && len([]rune(key)) <= maxGuessed {
				l.at[field] = []int{i}
				break
			}
		}
	}
}

// maxGuessed bounds a header that is guessed, in characters: a longer one is a sentence.
const maxGuessed = 8

// aboutAnswer tells headers of what was done about a report from those of the report.
func aboutAnswer(key string) bool {
	return slices.ContainsFunc([]string{"答复", "回复", "办理", "处理", "处置", "反馈", "回访", "退回", "结果", "审核", "评价", "意见"},
		func(w string) bool { return strings.Contains(key, w) })
}

// level reads a level as people write it; empty leaves it to the classifier.
func (m Mapping) level(text string) (incident.Level, bool) {
	key := foldName(text)
	if level, ok := m.levels[key]; ok {
		return level, true
	}
	for _, suffix := range []string{"事件", "舆情", "政务舆情"} {
		key = strings.TrimSuffix(key, suffix)
	}
	switch key {
	case "":
		return "", foldName(text) == ""
	case "general", "一般", "一般问题":
		return incident.General, true
	case "major", "重大", "重大问题", "较大":
		return incident.Major, true
	case "emergency", "重大突发", "特别重大", "特别重大突发", "特大", "突发":
		return incident.Emergency, true
	}
	return "", false
}
