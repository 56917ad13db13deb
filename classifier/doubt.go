package classifier

import (
	"fmt"
	"slices"
	"strings"

	"huiying/classifier/figures"
	"huiying/classifier/match"
	"huiying/incident"
)

// hearsay applies the rules to what is only said: a rumour of the dead is a major
// matter, and a question, but never a grade (facts/standards.md 1.2).
func (v *view) hearsay(known []finding) []finding {
	w := v.allowing(figures.Hearsay)
	var out []finding
	for _, f := range w.findings() {
		if slices.ContainsFunc(known, func(k finding) bool { return k.rule == f.rule }) {
			continue
		}
		if f.grade != "" {
			f.asks = true
		}
		out = append(out, f)
	}
	return out
}

// doubts asks about figures that would grade higher if they were fact of now: in a
// drill, denied, long ago, in an if.
func (v *view) doubts(g *incident.Grading, found []finding) {
	v.mixed(g)
	if h, ok := v.any(v.rules.elsewhere, false); ok && g.Level == incident.Emergency {
		g.Doubts = append(g.Doubts, fmt.Sprintf("文中有“%s”，似为外地的事，请核实是否涉及本县。", v.text[h.Start:h.End]))
	}
	if v.away {
		w := v.allowing(0)
		w.only, w.away = nil, false
		if f, ok := w.emergency(found); ok {
			g.Doubts = append(g.Doubts, fmt.Sprintf("似为境外的事，未按“%s”定级；如在本地或涉及我国公民，请改定。", f.quote))
		}
	}
	for _, k := range []struct {
		ctx  figures.Context
		text string
	}{
		{figures.Drill, "文中为演练，未按“%s”定级；如确有其事请改定。"},
		{figures.Denied, "文中称不属实，未按“%s”定级；请核实并澄清。"},
		{figures.Historical, "“%s”似为较早的事，未据以定级；如有新进展请改定。"},
		{figures.Hypothetical, "“%s”似为假设，未据以定级，请核对。"},
	} {
		if !v.tells(k.ctx) {
			continue
		}
		if f, ok := v.allowing(k.ctx | figures.Hearsay).emergency(found); ok {
			g.Doubts = append(g.Doubts, fmt.Sprintf(k.text, f.quote))
		}
	}
}

// emergency is the first finding of an emergency beside those that are known.
func (v *view) emergency(known []finding) (finding, bool) {
	for _, f := range v.graded() {
		if f.grade.Level() == incident.Emergency && !f.asks && !slices.ContainsFunc(known, func(x finding) bool { return x.rule == f.rule && x.grade == f.grade }) {
			return f, true
		}
	}
	return finding{}, false
}

// mixed asks how many of 几十人伤亡 are dead.
func (v *view) mixed(g *incident.Grading) {
	for _, f := range v.reading.Figures {
		if f.Mixed && f.Now() {
			g.Doubts = append(g.Doubts, fmt.Sprintf("“%s”未分死亡和受伤，请核实死亡人数。", f.Quote))
			return
		}
	}
}

// tells whether any figure stands in the context.
func (v *view) tells(ctx figures.Context) bool {
	return slices.ContainsFunc(v.reading.Figures, func(f figures.Figure) bool { return f.Has(ctx) && f.Value > 0 })
}

// allowing is the view with figures of further contexts let in.
func (v *view) allowing(ctx figures.Context) *view {
	w := *v
	w.allowed |= ctx
	w.known = [metricCount]known{}
	return &w
}

// graded applies the rules of figures only.
func (v *view) graded() []finding {
	var out []finding
	for i := range v.rules.rules {
		if r := &v.rules.rules[i]; len(r.metrics) > 0 {
			if f, ok := v.apply(r); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

// abroad tells whether the event lies outside the country, and then lets only figures
// of our own people count.
func (v *view) abroad() bool {
	title := v.early(v.rules.places, 1)
	if !title && (!v.early(v.rules.places, leadSentences) || v.early(v.rules.home, leadSentences)) {
		return false
	}
	if v.early(v.rules.home, 1) {
		return false
	}
	ours := v.ofOurs()
	v.only = func(f figures.Figure) bool {
		return len(ours) > 0 && ours[int32(v.reading.SentenceIndex(f.Start))] //nolint:gosec // few sentences
	}
	v.away = true
	v.known = [metricCount]known{}
	return true
}

// leadSentences are the first ones, which tell where something happened.
const leadSentences = 4

// early tells whether one of the words stands in the first sentences.
func (v *view) early(pats []pattern, sentences int32) bool {
	for i := range pats {
		for j := v.byWord[pats[i].words[0]]; j > 0; j = v.next[j-1] {
			if v.sentence[j-1] < sentences && !v.dateline(v.hits[j-1]) && !v.nameOf(v.hits[j-1]) {
				return true
			}
		}
	}
	return false
}

// dateline tells whether the word is where a report was written: 新华网北京5月12日电.
func (v *view) dateline(h match.Hit) bool {
	head := v.text[max(0, h.Start-18):h.Start]
	return strings.HasSuffix(head, "网") || strings.HasSuffix(head, "社") || strings.HasSuffix(head, "讯")
}

// nameOf tells whether the word is only part of what something is called: 罗马家园,
// 巴黎春天, 日本料理.
func (v *view) nameOf(h match.Hit) bool {
	if h.Start > 0 && v.text[h.Start-1] >= '0' && v.text[h.Start-1] <= '9' {
		return true // 28日本人
	}
	rest := v.text[h.End:]
	for _, w := range []string{
		"小区", "花园", "家园", "春天", "城", "苑", "广场", "大厦", "酒店", "路", "街", "大道", "餐厅", "料理", "菜", "进口", "牌", "车", "风情", "阳光", "印象",
		"公馆", "湾", "镇", "风格", "半岛", "豆", "队", "假日", "名都", "皇宫", "宫", "庄园", "公寓", "都市", "小镇", "商场", "百货", "文化", "森林", "碧水", "联建", "智好", "商贸", "市场", "影城", "KTV", "会所",
	} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}

// ofOurs are the sentences that speak of our people.
func (v *view) ofOurs() map[int32]bool {
	out := map[int32]bool{}
	for i := range v.rules.compatriot {
		for j := v.byWord[v.rules.compatriot[i].words[0]]; j > 0; j = v.next[j-1] {
			out[v.sentence[j-1]] = true
		}
	}
	return out
}
