package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"huiying/incident"
)

func builtin(tb testing.TB) *Sources {
	tb.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "configs", "sources.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := ParseSources("sources.yaml", doc)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// source builds what a test wants, in the order kind, public, wants an answer.
func source(name string, kind incident.SourceKind, public, wants bool) incident.Source {
	return incident.Source{Name: name, Kind: kind, Public: public, WantsAnswer: wants}
}

// TestFind holds which clock each name gets: it decides from when limits run and whether
// the public must be answered within 48 hours.
func TestFind(t *testing.T) {
	t.Parallel()
	s := builtin(t)
	for _, want := range []incident.Source{
		source("12345热线", incident.SourceHotline, false, true),
		source("人民网领导留言板", incident.SourcePlatform, true, true),
		source("问政平台", incident.SourcePlatform, true, true),
		source("县长信箱", incident.SourcePlatform, false, true),
		source("论坛", incident.SourceWeb, true, false),
		source("微博", incident.SourceWeb, true, false),
		source("抖音", incident.SourceWeb, true, false),
		source("上级交办", incident.SourceSuperior, false, true),
		source("网格巡查", incident.SourceInternal, false, false),
		source("文件导入", incident.SourceInternal, false, false),
		// Not listed, but with a listed source's word.
		source("某市12345分中心", incident.SourceHotline, false, true),
		source("抖音号老张", incident.SourceWeb, true, false),
		source("某某业主群", incident.SourceWeb, false, false),
		source("江西日报客户端", incident.SourceWeb, true, false),
		// Not listed and without: guessed.
		source("应急管理局值班电话", incident.SourceInternal, false, false),
		source("公安局指挥中心", incident.SourceInternal, false, false),
		source("林业局", incident.SourceInternal, false, false),
		source("矿山企业", incident.SourceInternal, false, false),
		source("乡镇值班", incident.SourceInternal, false, false),
		source("电话", incident.SourceHotline, false, true),
		source("市政府批转", incident.SourceSuperior, false, true),
		source("没人听说过的网站", incident.SourceWeb, true, false),
	} {
		if got := s.Find(want.Name); got != want {
			t.Errorf("Find(%q) = %+v, want %+v", want.Name, got, want)
		}
	}
}

// TestFind_Alias: a source has one name, however it was written, since an incident is
// known by its source and the source's id.
func TestFind_Alias(t *testing.T) {
	t.Parallel()
	s := builtin(t)
	for _, name := range []string{"12345", "１２３４５热线", " 12345 热线 ", "12345平台", "县长热线"} {
		if got := s.Find(name).Name; got != "12345热线" {
			t.Errorf("Find(%q).Name = %q", name, got)
		}
	}
}

// TestFind_Any: whatever the name, it is kept, and gets one of the kinds.
func TestFind_Any(t *testing.T) {
	t.Parallel()
	s := builtin(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		for _, sources := range []*Sources{s, nil} {
			got := sources.Find(name)
			if s.Find(got.Name) != s.Find(name) || len(got.Kind) == 0 {
				t.Fatalf("Find(%q) = %+v", name, got)
			}
		}
	})
}

func TestAll(t *testing.T) {
	t.Parallel()
	s := builtin(t)
	all := s.All()
	if all[0].Name != "12345热线" || len(all) < 20 {
		t.Fatalf("All() = %v", all)
	}
	for _, one := range all {
		if s.Find(one.Name) != one {
			t.Errorf("Find(%q) is not what All says", one.Name)
		}
	}
	all[0].Name = "x"
	if s.All()[0].Name == "x" {
		t.Error("All hands out its own list")
	}
	if (*Sources)(nil).All() != nil {
		t.Error("no sources, yet some")
	}
}

func TestParseSources_Faults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, doc, want string }{
		{"empty", "", "至少要有一个来源"},
		{"unknown key", "sources:\n  - name: a\n    kind: web\n    publik: true", "s.yaml 有误：第4行：不认识的配置项“publik”"},
		{"no name", "sources: [{kind: web}]", "第1个来源：缺少名称"},
		{"unknown kind", "sources: [{name: 论坛, kind: forum}]", "“论坛”的类别（kind）“forum”不认识，可用 hotline"},
		{"no kind", "sources: [{name: 论坛}]", "类别（kind）“”不认识"},
		{"name twice", "sources: [{name: 论坛, kind: web}, {name: 论 坛, kind: web}]", "第2个来源：名称“论 坛”重复：已用于“论坛”"},
		{"alias is a name", "sources: [{name: 论坛, kind: web}, {name: 微博, kind: web, aliases: [论坛]}]", "名称“论坛”重复"},
		{"alias of itself", "sources: [{name: 论坛, kind: web, aliases: [论坛]}]", "别名“论坛”是空的或写了两遍"},
		{"empty alias", "sources: [{name: 论坛, kind: web, aliases: ['']}]", "是空的或写了两遍"},
		{"empty word", "sources: [{name: 论坛, kind: web, words: [' ']}]", "关键词（words）里有空的一项"},
		{"wrong type", "sources: [{name: 论坛, kind: web, public: maybe}]", "第1行：值“maybe”的类型不对"},
		{"key twice", "sources: []\nsources: []", "重复"},
		{"not yaml", "sources: [", "格式有误"},
		{"long name", "sources: [{name: " + strings.Repeat("长", 101) + ", kind: web}]", "超过100字"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseSources("s.yaml", []byte(tt.doc))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// TestParseSources_Flags: flags that are written bind, others are those of the kind.
func TestParseSources_Flags(t *testing.T) {
	t.Parallel()
	s, err := ParseSources("s", []byte(`sources:
  - {name: a, kind: hotline, public: true}
  - {name: b, kind: web, wants_answer: true}
  - {name: c, kind: platform, public: false, words: [词]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []incident.Source{
		source("a", incident.SourceHotline, true, true),
		source("B", incident.SourceWeb, true, true),
		source("有词的", incident.SourcePlatform, false, true),
	} {
		got := s.Find(want.Name)
		if strings.ToLower(want.Name) == got.Name {
			want.Name = got.Name
		}
		if got != want {
			t.Errorf("Find = %+v, want %+v", got, want)
		}
	}
}
