package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// ledger registers as desk does: once for each source and id.
type ledger struct {
	all     []incident.Register
	ids     map[string]incident.ID
	batches []int
	by      org.Actor
	// answer, when set, gives the outcome instead.
	answer func(incident.Register) error
	fault  error
}

func (l *ledger) RegisterAll(_ context.Context, by org.Actor, regs []incident.Register) ([]desk.Registered, error) {
	if l.fault != nil {
		return nil, l.fault
	}
	if l.ids == nil {
		l.ids = map[string]incident.ID{}
	}
	l.by, l.batches = by, append(l.batches, len(regs))
	out := make([]desk.Registered, len(regs))
	for i, r := range regs {
		if l.answer != nil {
			if out[i].Err = l.answer(r); out[i].Err != nil {
				continue
			}
		}
		key := r.Report.Source.Name + "\x00" + r.Report.ExternalID
		if id, known := l.ids[key]; known {
			out[i] = desk.Registered{ID: id, Duplicate: true}
			continue
		}
		l.all = append(l.all, r)
		l.ids[key] = incident.ID(len(l.all))
		out[i].ID = l.ids[key]
	}
	return out, nil
}

func (l *ledger) find(_ context.Context, source, id string) (incident.ID, error) {
	if known, ok := l.ids[source+"\x00"+id]; ok {
		return known, nil
	}
	return 0, incident.ErrNotFound
}

func importer(tb testing.TB, l *ledger) Importer {
	tb.Helper()
	return Importer{Desk: l, Sources: builtin(tb), Zone: shanghai(), By: org.Actor{Person: "system:import", Role: org.RoleSystem}}
}

// import1 imports a text as a file.
func import1(tb testing.TB, im Importer, text string) (Result, error) {
	tb.Helper()
	return im.Read(tb.Context(), strings.NewReader(text), "测试.csv")
}

func mustImport(tb testing.TB, im Importer, text string) Result {
	tb.Helper()
	r, err := import1(tb, im, text)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func (r Result) counts() [3]int { return [3]int{r.Created, r.Duplicates, len(r.Rejected)} }

// TestImport_Twice: the same file again creates nothing, with ids of the source or without.
func TestImport_Twice(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"ids":    "工单编号,标题,内容\nA-1,停水,三天了\nA-2,停电,\n",
		"no ids": "标题,内容,时间\n停水,三天了,2026-11-20\n停水,三天了,2026-11-21\n",
		"json":   "{\"title\":\"停水\"}\n{\"title\":\"停电\",\"id\":7}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			im := importer(t, l)
			if got := mustImport(t, im, text).counts(); got != [3]int{2, 0, 0} {
				t.Fatalf("first: %v", got)
			}
			if got := mustImport(t, im, text).counts(); got != [3]int{0, 2, 0} {
				t.Fatalf("again: %v", got)
			}
			im.DryRun, im.Known = true, l.find
			if got := mustImport(t, im, text).counts(); got != [3]int{0, 2, 0} {
				t.Fatalf("dry: %v", got)
			}
		})
	}
}

// TestImport_DryRun registers nothing, and counts what a run would.
func TestImport_DryRun(t *testing.T) {
	t.Parallel()
	text := "编号,标题,时间\n1,停水,2026-11-20\n1,停水,2026-11-20\n2,停电,昨天\n,,\n3,,\n"
	im := importer(t, nil)
	im.Desk, im.DryRun = nil, true
	dry := mustImport(t, im, text)
	l := &ledger{}
	wet := mustImport(t, importer(t, l), text)
	if dry.counts() != [3]int{1, 1, 2} || dry.counts() != wet.counts() || len(l.all) != 1 {
		t.Fatalf("dry %v, wet %v", dry, wet)
	}
}

// TestImport_Encodings: one table as systems export it, always the same reports.
func TestImport_Encodings(t *testing.T) {
	t.Parallel()
	plain := "编号,标题,内容,来电时间\r\n1,\"停水,三天\",\"第一行\n第二行，说\"\"急\"\"\",2026-11-20 16:40\r\n"
	separated := func(by string) string {
		return "编号" + by + "标题" + by + "内容" + by + "来电时间\n1" + by + "停水,三天" + by + "\"第一行\n第二行，说\"\"急\"\"\"" + by + "2026-11-20 16:40\n"
	}
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, text := range map[string]string{
		"UTF-8":           plain,
		"UTF-8 marked":    "\ufeff" + plain,
		"GBK":             encode(simplifiedchinese.GBK.NewEncoder().String(plain)),
		"GB18030":         encode(simplifiedchinese.GB18030.NewEncoder().String(plain)),
		"UTF-16 of Excel": encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(separated("\t"))),
		"semicolons":      separated(";"),
		"tabs":            separated("\t"),
		"bars":            separated("|"),
		"a title above":   "县12345热线工单,,,\n导出时间：2026-11-21,,,\n" + plain,
		"Excel's hint":    "sep=,\r\n" + plain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{}
			result := mustImport(t, importer(t, l), text)
			if result.counts() != [3]int{1, 0, 0} {
				t.Fatalf("result %+v", result)
			}
			r := l.all[0].Report
			if r.Title != "停水,三天" || r.Text != "第一行\n第二行，说\"急\"" || r.ExternalID != "1" || r.SubmittedAt.Format("2006-01-02 15:04 -0700") != "2026-11-20 16:40 +0800" {
				t.Fatalf("report %+v", r)
			}
		})
	}
}

// TestImport_Rejected: a row that cannot be taken says where and why; the others go on.
func TestImport_Rejected(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       Rejected
	}{
		{"time", "标题,受理时间\n停水,昨天\n", Rejected{2, "受理时间", "“昨天”不是能识别的时间，请写成 2026-11-20 16:40。"}},
		{"second time", "标题,来电时间,受理时间\n停水,,昨天\n", Rejected{2, "受理时间", "“昨天”不是能识别的时间，请写成 2026-11-20 16:40。"}},
		{"below a title and blank rows", "明细,\n标题,时间\n\n停水,昨天\n", Rejected{4, "时间", "“昨天”不是能识别的时间，请写成 2026-11-20 16:40。"}},
		{"nothing said", "标题,内容,电话\n,,13800000000\n", Rejected{2, "标题", "标题和内容不能都为空，请至少填写一项。"}},
		{"long title", "标题\n" + strings.Repeat("长", 301) + "\n", Rejected{2, "标题", "标题超过300字，请缩短，其余写入内容。"}},
		{"level", "标题,等级\n停水,十万火急\n", Rejected{2, "等级", "等级“十万火急”不认识，可写一般、重大问题、重大突发，或留空由系统研判；别的写法请在映射文件的 levels 里说明。"}},
		{"rounded id", "标题,编号\n停水,2.0261E+16\n", Rejected{2, "编号", "编号“2.0261E+16”已被表格软件改成科学计数法，后面的数字丢了，请把这一列设为文本后重新导出。"}},
		{"address", "标题,链接\n停水,javascript:x\n", Rejected{2, "链接", "网址“javascript:x”不是网址，须以 http:// 或 https:// 开头。"}},
		{"quote", "标题,内容\n停水,\"三天\n停电,两天\n", Rejected{2, "", "这一行的引号没有成对，或内容超过1 MiB，请改正后再导入这一行。"}},
		{"line of JSON", "{\"title\":\"停水\"}\n{\"title\":\n", Rejected{2, "", "这一行不是一个完整的 JSON 对象，请核对括号和引号。"}},
		{"deadline", "标题,办结期限\n停水,尽快\n", Rejected{2, "办结期限", "“尽快”不是能识别的时间，请写成 2026-11-20 16:40。"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := mustImport(t, importer(t, &ledger{}), tt.text)
			if len(r.Rejected) != 1 || r.Rejected[0] != tt.want || r.RejectedTotal != 0 {
				t.Fatalf("rejected %+v, want %+v", r.Rejected, tt.want)
			}
		})
	}
}

// TestImport_ManyRejected: the list is bounded, the count is not.
func TestImport_ManyRejected(t *testing.T) {
	t.Parallel()
	text := "标题,时间\n" + strings.Repeat("停水,昨天\n", maxRejected+5)
	r := mustImport(t, importer(t, &ledger{}), text)
	if len(r.Rejected) != maxRejected || r.RejectedTotal != maxRejected+5 {
		t.Fatalf("%d listed, %d in all", len(r.Rejected), r.RejectedTotal)
	}
}

// TestImport_Refused: a file that is none of ours says what was found and how to go on.
func TestImport_Refused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "文件 测试.csv 是空的"},
		{"blank", "\n \n", "文件 测试.csv 是空的"},
		{"no columns of ours", "甲,乙\n1,2\n", "找到的表头（第1行）是：甲、乙。请改表头，或用 --map 指定列名"},
		{"answers only", "答复内容,办理内容\n1,2\n", "找到的表头（第1行）是：答复内容、办理内容"},
		{"JSON without", "{\"a\":1,\"b\":{\"c\":2}}\n", "找到的列是：a、b.c"},
		{"a list of JSON", "[{\"title\":\"x\"}]", "每行一个对象"},
		{"a page", "<html><table>", "网页或 XML"},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel（.xls）或设了密码"},
		{"a broken workbook", "PK\x03\x04xxxx", "不是完好的 .xlsx"},
		{"a broken archive", "\x1f\x8bxxxxxxxxxxxxxx", "gzip"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := import1(t, importer(t, &ledger{}), tt.text)
			e, ok := errors.AsType[*incident.Error](err)
			if !ok || !strings.Contains(e.Text, tt.want) || !strings.HasSuffix(e.Text, "。") {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestImport_Source: the flag binds, then the column, then nothing is invented.
func TestImport_Source(t *testing.T) {
	t.Parallel()
	text := "标题,渠道\n停水,微博\n停电,\n"
	for flag, want := range map[string][2]string{"": {"微博", "文件导入"}, "12345": {"12345热线", "12345热线"}} {
		l := &ledger{}
		im := importer(t, l)
		im.Source = flag
		mustImport(t, im, text)
		if got := [2]string{l.all[0].Report.Source.Name, l.all[1].Report.Source.Name}; got != want {
			t.Errorf("with %q: %v", flag, got)
		}
	}
}

// TestImport_Row: what a hotline's row becomes.
func TestImport_Row(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	im := importer(t, l)
	im.Source = "12345热线"
	result := mustImport(t, im, "序号,工单编号,诉求标题,诉求内容（必填）,来电人,联系电话,事发地址,所属乡镇,受理时间,办结期限,事件等级,诉求类别,链接,答复内容\n"+
		"1,2.0261120E+7,停水,三天了,张三,13800000000.0,西街,城关镇,46346.694444444445,2026-11-25,重大,供水,www.example.com/p?id=1,已修复\n")
	if result.counts() != [3]int{1, 0, 0} {
		t.Fatalf("result %+v", result)
	}
	reg := l.all[0]
	r, g := reg.Report, reg.Grading
	if r.ExternalID != "20261120" || r.Title != "停水" || r.Text != "三天了" || r.Place != "西街" || r.Region != "城关镇" ||
		r.Reporter != (incident.Reporter{Name: "张三", Phone: "13800000000"}) || !r.FoundAt.IsZero() ||
		r.URL != "http://www.example.com/p?id=1" {
		t.Errorf("report %+v", r)
	}
	if got := r.SubmittedAt.Format("2006-01-02 15:04:05"); got != "2026-11-20 16:40:00" {
		t.Errorf("submitted %s", got)
	}
	if h := r.HandedLimits; len(h) != 1 || h[0].Kind != incident.MilestoneConclude || h[0].By != "12345热线" || h[0].Limit.Day() != 25 {
		t.Errorf("limits %+v", h)
	}
	if g.Level != incident.Major || g.By != "reporter" || g.Confirmed || g.Category != "供水" {
		t.Errorf("grading %+v", g)
	}
	if l.by.Person != "system:import" {
		t.Errorf("by %+v", l.by)
	}
	if got := fmt.Sprint(result.Ignored); got != "[序号 答复内容]" {
		t.Errorf("ignored %s", got)
	}
}

// TestImport_Batches: rows are saved some hundreds at a time, and progress is told.
func TestImport_Batches(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("编号,标题\n")
	for i := range 1203 {
		fmt.Fprintf(&text, "%d,停水\n", i)
	}
	l := &ledger{}
	im := importer(t, l)
	var progress []int
	im.Progress = func(rows int) { progress = append(progress, rows) }
	mustImport(t, im, text.String())
	if got := fmt.Sprint(l.batches, progress); got != "[500 500 203] [500 1000 1203]" {
		t.Fatalf("batches %s", got)
	}
}

// TestImport_LongTexts: a batch is bounded in bytes as well, for memory.
func TestImport_LongTexts(t *testing.T) {
	t.Parallel()
	l := &ledger{}
	mustImport(t, importer(t, l), "编号,内容\n"+strings.Repeat("1,"+strings.Repeat("长", 100_000)+"\n", 20))
	if got := fmt.Sprint(l.batches); got != "[14 6]" { // 14 × 300,000 bytes is the first above 4 MiB
		t.Fatalf("batches %s", got)
	}
}

// TestImport_Faults: a database that fails stops the import and says how to go on; a row
// that alone fails is listed.
func TestImport_Faults(t *testing.T) {
	t.Parallel()
	text := "编号,标题\n1,停水\n2,停电\n"
	disk := errors.New("disk full")
	for name, l := range map[string]*ledger{
		"whole": {fault: disk},
		"each":  {answer: func(incident.Register) error { return disk }},
	} {
		r, err := import1(t, importer(t, l), text)
		if !errors.Is(err, disk) || !strings.Contains(err.Error(), "登记第2至3行时出错") || r.counts() != [3]int{} {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
	l := &ledger{answer: func(r incident.Register) error {
		if r.Report.ExternalID == "2" {
			return &incident.Error{Code: incident.CodeRefused, Text: "不行。"}
		}
		return nil
	}}
	r := mustImport(t, importer(t, l), text)
	if r.Created != 1 || len(r.Rejected) != 1 || r.Rejected[0] != (Rejected{3, "", "不行。"}) {
		t.Errorf("one: %+v", r)
	}
}

func TestImport_Cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	im := importer(t, nil)
	im.DryRun = true
	if _, err := im.Read(ctx, strings.NewReader("标题\n停水\n"), "x"); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
}

// TestRun_Path: a file is read by what it holds, and nothing is left of it.
func TestRun_Path(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "导出.dat")
	if err := os.WriteFile(path, []byte("标题\n停水\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := importer(t, &ledger{}).Run(t.Context(), path)
	if err != nil || r.Created != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, wrong := range []string{path + ".no", filepath.Dir(path)} {
		if _, err := importer(t, &ledger{}).Run(t.Context(), wrong); err == nil || !strings.HasSuffix(err.Error(), "。") {
			t.Errorf("error %v", err)
		}
	}
}
