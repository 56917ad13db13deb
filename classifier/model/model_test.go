package model

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// corpus is a small made-up county: three categories, each with words of its own.
func corpus(n int) []Sample {
	subjects := []struct{ class, unit, words string }{
		{"环境", "环保局", "工厂 排污 河水 发臭 鱼 死亡 烟囱 黑烟 污水 直排"},
		{"教育", "教育局", "学校 老师 补课 收费 入学 学位 幼儿园 伙食 校车 班级"},
		{"交通", "交通局", "公路 坑洼 客车 班线 超载 货车 车站 公交 候车 路面"},
	}
	var out []Sample
	for i := range n {
		s := subjects[i%3]
		words := strings.Fields(s.words)
		var text []string
		for j := range 6 {
			text = append(text, words[(i*7+j*3)%len(words)], "请", "领导", "关注")
		}
		level := "general"
		if i%2 == 0 {
			level = "major"
			text = append(text, "多人", "受伤")
		}
		out = append(out, Sample{
			Title: strings.Join(text[:3], ""), Text: strings.Join(text, "") + fmt.Sprintf("，第%d次反映。", i),
			Labels: map[string]string{Category: s.class, Unit: s.unit, Level: level},
		})
	}
	return out
}

func trained(tb testing.TB, samples []Sample) *Model {
	tb.Helper()
	m, err := Train(samples)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func written(tb testing.TB, m *Model) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestTrain_LearnsEachQuestion(t *testing.T) {
	t.Parallel()
	m := trained(t, corpus(90))
	said := m.Judge("工厂偷排污水", "河水发臭，多人受伤，请领导关注")
	for head, want := range map[string]string{Category: "环境", Unit: "环保局", Level: "major"} {
		o := said[head]
		if o.Class != want || o.P < 0.5 || math.Abs(o.Of(want)-o.P) > 1e-9 {
			t.Errorf("%s: %q with %.3f, want %q", head, o.Class, o.P, want)
		}
		sum := 0.0
		for _, r := range o.Ranked {
			sum += r.P
		}
		if math.Abs(sum-1) > 1e-6 || !slices.IsSortedFunc(o.Ranked, func(a, b Ranked) int { return int(math.Copysign(1, b.P-a.P)) }) {
			t.Errorf("%s: ranked %v", head, o.Ranked)
		}
	}
	if len(said[Category].Words) == 0 || strings.Contains(strings.Join(said[Category].Words, ""), "领导") && len(said[Category].Words) == 1 {
		t.Errorf("words that weighed: %q", said[Category].Words)
	}
	for _, tr := range m.Trained() {
		if tr.Texts != 90 || tr.MacroF1 < 0.9 {
			t.Errorf("%s: %d texts, macro-F1 %.3f", tr.Head, tr.Texts, tr.MacroF1)
		}
	}
}

func TestTrain_SameInputSameBytes(t *testing.T) {
	t.Parallel()
	first := written(t, trained(t, corpus(60)))
	if again := written(t, trained(t, corpus(60))); !bytes.Equal(first, again) {
		t.Error("the same samples made two different models")
	}
	m, err := Read(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, written(t, m)) {
		t.Error("a model that was read is written differently")
	}
}

func TestTrain_TokensTeachWholeTexts(t *testing.T) {
	t.Parallel()
	samples := corpus(90)
	// Enough other words to make a dictionary of; stop words are missing in the tokens.
	for i := range samples {
		var toks []string
		for j := range 40 {
			toks = append(toks, string([]rune{rune(0x5000 + i*40 + j), rune(0x6000 + j)}))
		}
		class := samples[i].Labels[Category]
		toks = append(toks, map[string][]string{"环境": {"偷排", "污水"}, "教育": {"补课", "收费"}, "交通": {"班线", "客车"}}[class]...)
		samples[i] = Sample{Tokens: toks, Labels: samples[i].Labels}
	}
	m := trained(t, samples)
	if len(m.words.keys) < minDictionary {
		t.Fatalf("only %d words", len(m.words.keys))
	}
	o := m.Judge("", "我们这里的Ａ1客车今天又乱改班线了！")[Category]
	if o.Class != "交通" || !slices.Equal(sorted(o.Words), []string{"客车", "班线"}) {
		t.Errorf("got %q by %q", o.Class, o.Words)
	}
}

func sorted(list []string) []string { slices.Sort(list); return list }

func TestTrain_RareClassesAreNamed(t *testing.T) {
	t.Parallel()
	samples := append(corpus(30), Sample{Text: "庙会太吵", Labels: map[string]string{Category: "宗教"}})
	m := trained(t, samples)
	for _, tr := range m.Trained() {
		if tr.Head == Category && !slices.Equal(tr.Dropped, []string{"宗教"}) {
			t.Errorf("dropped %q", tr.Dropped)
		}
	}
}

// One matter that hundreds report is learned, and its likelihood is not made up.
func TestTrain_OneMatterReportedOftenIsLearned(t *testing.T) {
	t.Parallel()
	var samples []Sample
	for i := range 40 {
		samples = append(samples,
			Sample{Text: fmt.Sprintf("第%d号充电桩坏了没人修，车充不上电", i), Labels: map[string]string{Unit: "交通局"}},
			Sample{Text: fmt.Sprintf("第%d栋楼上的鸽子粪便到处都是", i), Labels: map[string]string{Unit: "城管局"}})
	}
	m := trained(t, samples)
	if tr := m.Trained()[0]; tr.Accuracy < 0.95 {
		t.Errorf("held-out accuracy %.2f", tr.Accuracy)
	}
	if o := m.Judge("", "广场的充电桩坏了，车充不上电")[Unit]; o.Class != "交通局" || o.P < 0.7 {
		t.Errorf("%s with %.2f", o.Class, o.P)
	}
	if o := m.Judge("", "请问图书馆几点开门")[Unit]; o.P > 0.9 {
		t.Errorf("a text without a known word is %s with %.2f", o.Class, o.P)
	}
}

func TestTrain_NothingToLearn(t *testing.T) {
	t.Parallel()
	for _, samples := range [][]Sample{nil, {{Text: "无标注"}}, {{Text: "一", Labels: map[string]string{Category: "甲"}}}} {
		if _, err := Train(samples); err == nil {
			t.Errorf("%v was learned", samples)
		}
	}
}

func TestJudge_AnyText(t *testing.T) {
	t.Parallel()
	m := trained(t, corpus(60))
	for _, text := range []string{"", "   ", "abc 123", "🙂🙂", "\xff\xfe", "生僻㐀字", strings.Repeat("排污", 50_000)} {
		if o := m.Judge(text, text)[Category]; o.Class == "" || math.IsNaN(o.P) {
			t.Errorf("%.20q: %+v", text, o)
		}
	}
}

func TestGroups_SameReportInWordsAndWhole(t *testing.T) {
	t.Parallel()
	whole := "兴旺化工厂每天夜里偷排污水，河水发臭，鱼都死了，村民多次举报无人处理"
	words := "兴旺 化工厂 每天 夜里 偷排 污水 河水 发臭 村民 多次 举报 无人 处理"
	other := "东风 小学 门口 班线 客车 超载 家长 多次 举报 交警 无人 处理"
	d := newDictionary([][]word{tokens(strings.Fields(words)), tokens(strings.Fields(other))})
	got := groups([][]word{d.read(whole), tokens(strings.Fields(other)), tokens(strings.Fields(words))})
	if got[0] != got[2] || got[0] == got[1] {
		t.Errorf("groups %v: the first and the last are one report", got)
	}
}

func TestRead_RefusesWhatIsNoModel(t *testing.T) {
	t.Parallel()
	good := written(t, trained(t, corpus(60)))
	broken := map[string]struct {
		doc  []byte
		want error
	}{
		"empty":         {nil, ErrNoModel},
		"other file":    {[]byte(`{"id":1,"text":"这不是模型"}` + "\n"), ErrNoModel},
		"other version": {append([]byte("huiying-model-9\n"), good[len(magic):]...), ErrVersion},
		"cut":           {good[:len(good)/2], ErrBroken},
		"cut at end":    {good[:len(good)-4], ErrBroken},
		"head only":     {good[:len(magic)], ErrBroken},
	}
	for name, b := range broken {
		if _, err := Read(bytes.NewReader(b.doc)); err == nil || !strings.Contains(err.Error(), b.want.Error()) {
			t.Errorf("%s: %v, want %v", name, err, b.want)
		}
	}
	for at := len(magic) + 12; at < len(good); at += max(1, len(good)/97) {
		doc := slices.Clone(good)
		doc[at] ^= 0x20
		if m, err := Read(bytes.NewReader(doc)); err == nil && !bytes.Equal(written(t, m), good) {
			t.Errorf("a changed byte at %d of %d was not noticed", at, len(good))
		}
	}
}

// FuzzRead holds that no file of a stranger crashes the house or fills its memory, and
// that what is read can be asked.
func FuzzRead(f *testing.F) {
	good := written(f, trained(f, corpus(30)))
	f.Add(good)
	f.Add(good[:len(good)/3])
	f.Add([]byte(magic))
	f.Add([]byte("huiying-model-2\n"))
	f.Fuzz(func(_ *testing.T, doc []byte) {
		m, err := Read(bytes.NewReader(doc))
		if err != nil {
			return
		}
		m.Judge("排污", "河水发臭，请领导关注")
	})
}

// FuzzDecode goes past the checksum, where only the decoder stands guard.
func FuzzDecode(f *testing.F) {
	m := trained(f, corpus(30))
	f.Add(plain(f, m))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var b bytes.Buffer
		b.WriteString(magic)
		zip(t, &b, doc)
		m, err := Read(&b)
		if err != nil {
			return
		}
		m.Judge("排污", "河水发臭，请领导关注")
	})
}

func FuzzJudge(f *testing.F) {
	m := trained(f, corpus(60))
	f.Add("工厂排污", "河水发臭")
	f.Add("", "\xe4\xbd")
	f.Fuzz(func(t *testing.T, title, text string) {
		for head, o := range m.Judge(title, text) {
			if math.IsNaN(o.P) || o.P <= 0 || o.P > 1 {
				t.Errorf("%s: %v", head, o.P)
			}
			for _, w := range o.Words {
				if !strings.Contains(title+"\n"+text, w) {
					t.Errorf("%q does not stand in the text", w)
				}
			}
		}
	})
}
