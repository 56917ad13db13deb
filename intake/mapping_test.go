package intake

import (
	"fmt"
	"strings"
	"testing"

	"huiying/incident"
)

func mapping(tb testing.TB, doc string) Mapping {
	tb.Helper()
	m, err := ParseMapping("m.yaml", []byte(doc))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestParseMapping_Faults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, doc, want string }{
		{"unknown field", "title: 主题\ntitel: 主题", "m.yaml 第2行：不认识的字段“titel”，可用：external_id、title、"},
		{"not names", "title: {a: b}", "第1行：title 须写成列名或列名的列表"},
		{"empty name", "title: ''", "列名不能是空的"},
		{"sheet", "sheet: [1]", "sheet 须是工作表的名称"},
		{"row", "header_row: 0", "header_row 须是表头所在的行号"},
		{"levels", "levels: 3", "levels 须写成"},
		{"level", "levels: {紧急: urgent}", "“紧急”的等级“urgent”不认识"},
		{"twice", "title: a\ntitle: b", "重复"},
		{"not a map", "- title", "m.yaml 有误"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ParseMapping("m.yaml", []byte(tt.doc)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestLayout: which column is taken for what.
func TestLayout(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, doc, header, want string }{
		{"English", "", "id,title,text,reported_at", "external_id=0 title=1 text=2 reported_at=3"},
		{"Chinese", "", "工单编号,诉求标题,诉求内容,受理时间", "external_id=0 title=1 text=2 reported_at=3"},
		{"remarks and stars", "", "*标题,内容（500字以内）： ,时间[必填]", "title=0 text=1 reported_at=2"},
		{"width and case", "", "ＩＤ,TITLE,标 题", "external_id=0 title=1,2"},
		{"the better first", "", "时间,来电时间,标题", "title=2 reported_at=1,0"},
		{"a header twice", "", "标题,标题", "title=0"},
		{"guessed by its end", "", "市民诉求内容,答复内容", "text=0"},
		{"no row number", "", "序号,标题", "title=1"},
		{"own column", "title: 事由", "事由,标题", "title=0"},
		{"own columns", "text: [补充, 内容]", "内容,补充", "text=1,0"},
		{"claimed", "text: 主题", "主题,编号", "external_id=1 text=0"},
		{"left out", "url: []", "标题,链接", "title=0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := mapping(t, tt.doc).layout(strings.Split(tt.header, ","))
			var got []string
			for _, f := range Fields() {
				if at := l.at[f]; len(at) > 0 {
					got = append(got, string(f)+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(at), " ", ","), "[]"))
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Fatalf("got %s, want %s", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// TestUsualHeaders: a header means one field only, and is written as it is compared.
func TestUsualHeaders(t *testing.T) {
	t.Parallel()
	seen := map[string]Field{}
	for f, names := range usualHeaders() {
		for _, n := range names {
			if other, twice := seen[n]; twice {
				t.Errorf("%s is %s and %s", n, other, f)
			}
			if foldHeader(n) != n {
				t.Errorf("%s is compared as %s", n, foldHeader(n))
			}
			seen[n] = f
		}
	}
	if len(usualHeaders()) != len(Fields()) {
		t.Error("a field without headers")
	}
}

func TestMapping_Level(t *testing.T) {
	t.Parallel()
	m := mapping(t, "levels: {特急: emergency, 急件: major}")
	for text, want := range map[string]incident.Level{
		"": "", " ": "", "一般": incident.General, "一般舆情": incident.General, "General": incident.General, "重大问题": incident.Major, "较大": incident.Major,
		"重大": incident.Major, "重大突发": incident.Emergency, "重大突发事件": incident.Emergency, "特别重大": incident.Emergency, "特急": incident.Emergency,
		"急件": incident.Major,
	} {
		if got, ok := m.level(text); !ok || got != want {
			t.Errorf("level(%q) = %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"事件", "紧急", "1"} {
		if got, ok := m.level(text); ok {
			t.Errorf("level(%q) = %q", text, got)
		}
	}
}

// TestImport_Mapping: a mapping leads an import where headers are a system's own.
func TestImport_Mapping(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	im := importer(t, l)
	im.Mapping = mapping(t, "title: 事由\ntext: [经过, 备注]\nreported_at: 何时\nheader_row: 2\nlevels: {红: emergency}\nlevel: 颜色")
	mustImport(t, im, "标题,内容,x,x,x\n事由,经过,备注,何时,颜色\n停水,,三天,2026-11-20,红\n")
	r := l.all[0]
	if r.Report.Title != "停水" || r.Report.Text != "三天" || r.Report.SubmittedAt.IsZero() || r.Grading.Level != incident.Emergency {
		t.Fatalf("got %+v", r)
	}
	im.Mapping = mapping(t, "title: [事由, 事项]")
	if _, err := import1(t, im, "标题,内容\na,b\n"); err == nil || !strings.Contains(err.Error(), "映射文件给 title 指定的列“事由、事项”在表头里没有。找到的表头（第1行）是：标题、内容。") {
		t.Errorf("error %v", err)
	}
	im.Mapping = mapping(t, "header_row: 9")
	if _, err := import1(t, im, "标题,内容\na,b\n"); err == nil || !strings.Contains(err.Error(), "没有第9行") {
		t.Errorf("error %v", err)
	}
}
