package classifier_test

import (
	"os"
	"strings"
	"testing"

	"huiying/classifier"
	"huiying/incident"
)

func TestRules_ExamplesHold(t *testing.T) {
	t.Parallel()
	rules := rulesOf(t)
	if err := rules.Check(); err != nil {
		t.Error(err)
	}
	for _, w := range rules.Warnings() {
		t.Error(w)
	}
}

// layered lays a county's file over the built-in rules.
func layered(tb testing.TB, doc string) (*classifier.Rules, error) {
	tb.Helper()
	builtin, err := os.ReadFile("../configs/rules.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return classifier.LayerRules(classifier.File{Name: "内置rules.yaml", Doc: builtin}, classifier.File{Name: "本县.yaml", Doc: []byte(doc)})
}

func TestLayerRules_CountyChangesAndAdds(t *testing.T) {
	t.Parallel()
	rules, err := layered(t, `
rules:
  - {id: M2, grades: {一般: 5}}
  - {id: J2, enabled: false}
  - id: X1
    category: 生产安全事故
    metric: injuries
    words: [校车]
    grades: {较大: 5}
    source: 本县校车安全办法
    clause: 第三条
    mark: ★
    examples:
      - {text: 校车侧翻事故，6名学生受伤。, grade: 较大}
      - {text: 校车追尾事故，无人受伤。}
triggers:
  - {id: T4, at_least: 30}
`)
	if err != nil {
		t.Fatal(err)
	}
	if err := rules.Check(); err == nil || !strings.Contains(err.Error(), "规则M2的示例") {
		t.Errorf("the example of the old threshold still holds: %v", err)
	}
	c := classifier.New(rules, nil)
	for _, k := range []struct {
		text  string
		grade string
		level incident.Level
	}{
		{"学校食堂食物中毒，6名学生呕吐。", "一般", incident.Major},
		{"校车侧翻事故，6名学生受伤。", "较大", incident.Major},
		{"台风过境，全县直接经济损失3000万元。", "", incident.General},
		{"35名业主聚集维权。", "", incident.Major},
		{"烟花厂爆炸，死亡12人。", "重大", incident.Emergency},
	} {
		if g := c.Assess(incident.Report{Text: k.text}, reported()).Grading; g.Grade != k.grade || g.Level != k.level {
			t.Errorf("%s: %s %q, want %s %q", k.text, g.Level, g.Grade, k.level, k.grade)
		}
	}
	if w := strings.Join(rules.Warnings(), "\n"); !strings.Contains(w, "停用了有法规依据的规则J2") || !strings.Contains(w, "本县.yaml第4行") {
		t.Errorf("warnings: %s", w)
	}
}

func TestLayerRules_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	const examples = `examples: [{text: 爆炸致3人死亡, grade: 较大}, {text: 爆炸无人死亡}]`
	for _, k := range []struct{ name, doc, want string }{
		{"looser than the law", "rules:\n  - {id: A1, grades: {重大: 20}}\n", "把“重大”的起点从10放宽到20"},
		{"asks where the law decides", "rules:\n  - {id: A1, confirm: true}\n", "改为只提出疑问"},
		{"thresholds that do not rise", "rules:\n  - {id: A1, grades: {较大: 1}}\n", "否则永远不会用到"},
		{"the same condition twice", "rules:\n  - {id: X1, category: 生产安全事故, metric: deaths, grades: {较大: 2, 重大: 8}, source: 某办法, clause: 第一条, " + examples + "}\n", "条件完全相同，而“较大”的起点不同（2与3）"},
		{"no example", "rules:\n  - {id: X1, metric: deaths, words: [井], grades: {较大: 2}, source: 某办法, clause: 第一条}\n", "示例（examples）不全"},
		{"no near miss", "rules:\n  - {id: X1, metric: deaths, words: [井], grades: {较大: 2}, source: 某办法, clause: 第一条, examples: [{text: 井下死亡3人, grade: 较大}]}\n", "一条相近但不符合的"},
		{"no clause", "rules:\n  - {id: X1, metric: deaths, words: [井], grades: {较大: 2}, " + examples + "}\n", "须注明依据"},
		{"words that are always left out", "rules:\n  - {id: X1, metric: deaths, words: [矿井透水], unless: [透水], grades: {较大: 2}, source: 某办法, clause: 第一条, " + examples + "}\n", "全被除外词（unless）排除"},
		{"unchecked, yet decides", "rules:\n  - {id: X1, mark: ○, metric: deaths, words: [井], grades: {较大: 2}, source: 某办法, clause: 第一条, " + examples + "}\n", "只能提出疑问"},
		{"unknown metric", "rules:\n  - {id: X1, metric: dead, words: [井], grades: {较大: 2}, source: 某办法, clause: 第一条, " + examples + "}\n", "不认识"},
		{"unknown key", "rules:\n  - {id: X1, metrics: deaths}\n", "第2行：不认识的配置项“metrics”"},
		{"wrong type", "rules:\n  - {id: A1, grades: {重大: 十}}\n", "第2行"},
		{"unknown category", "rules:\n  - {id: X1, category: 外星人, metric: deaths, grades: {较大: 2}, source: 某办法, clause: 第一条, " + examples + "}\n", "“外星人”不存在"},
		{"id twice in one file", "triggers:\n  - &t {id: X9, name: 甲, words: [甲], examples: [{text: 甲, holds: true}, {text: 乙}]}\n  - *t\n", "不重复的编号"},
	} {
		_, err := layered(t, k.doc)
		if err == nil || !strings.Contains(err.Error(), k.want) || !strings.Contains(err.Error(), "本县.yaml") {
			t.Errorf("%s: %v, want %q", k.name, err, k.want)
		}
	}
}
