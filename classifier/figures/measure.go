package figures

import (
	"slices"
	"strings"
)

// measures reads losses, burnt forest, magnitudes and durations of the sentence.
func (sc *scan) measures(se *sentence) {
	for i := se.first; i < se.last; i++ {
		it := sc.items[i]
		if it.kind != kNumber || it.used != "" {
			continue
		}
		switch it.unit {
		case uYuan:
			sc.loss(se, i)
		case uHa:
			sc.forest(se, i)
		case uLevel:
			sc.magnitude(se, i)
		case uNone:
			if i > se.first && sc.items[i-1].kind == kQuake && sc.items[i-1].end == it.start && it.num.low >= 3 && it.num.low < 10 {
				sc.take(Magnitude, i, sc.items[i-1].start, it.end) // 震级6.8
			}
		case uHour, uDay:
			sc.lasting(se, i)
		case uCar:
			sc.near(se, i, kDerail, Cars, "")
		case uItem:
			sc.near(se, i, kLeak, Records, "信息 数据 记录 资料 档案")
		case uShare:
			sc.near(se, i, kLasting, OutagePercent, "用户 的用户 供电用户 负荷 减供")
		}
	}
}

// near reads a number that stands within two clauses of a word of the kind; with one of
// the words round it, if any are given.
func (sc *scan) near(se *sentence, i int, k kind, m Metric, words string) {
	n := sc.items[i]
	around := sc.s[max(se.start, n.start-24):min(se.end, n.end+36)]
	if words != "" && !slices.ContainsFunc(strings.Fields(words), func(w string) bool { return strings.Contains(around, w) }) {
		return
	}
	for j := max(se.first, i-reach); j < min(se.last, i+reach); j++ {
		if it := sc.items[j]; it.kind == k && it.clause >= n.clause-2 && it.clause <= n.clause+2 {
			sc.take(m, i, min(it.start, n.start), max(it.end, n.end))
			return
		}
	}
}

// loss reads 直接经济损失约600万元 and 造成600万元的损失.
func (sc *scan) loss(se *sentence, i int) {
	n := sc.items[i]
	for j := i - 1; j >= se.first; j-- {
		it := sc.items[j]
		if it.kind == kLoss && n.start-it.end <= 45 && n.clause-it.clause <= 1 && !strings.ContainsAny(sc.s[it.end:n.start], "赔补罚") {
			sc.take(LossYuan, i, it.start, n.end)
			return
		}
		if it.kind == kNumber && it.unit == uYuan {
			break
		}
	}
	if j := i + 1; j < se.last && sc.items[j].kind == kLoss && sc.items[j].start-n.end <= 18 {
		sc.take(LossYuan, i, n.start, sc.items[j].end)
	}
}

func (sc *scan) take(m Metric, i, from, to int) {
	n := &sc.items[i]
	n.used = m
	f := sc.figure(m, *n, from, to)
	if m == ForestHa {
		text := sc.s[n.start:n.end]
		f.Value, f.Max = hectares(f.Value, text), hectares(f.Max, text)
	}
	sc.out = append(sc.out, f)
}

// forest reads 过火面积约200亩 and 300亩山林被烧毁, in a text about a forest.
func (sc *scan) forest(se *sentence, i int) {
	n := sc.items[i]
	if !strings.Contains(sc.s, "森林") && !strings.Contains(sc.s, "山火") && !strings.Contains(sc.s, "林火") && !strings.Contains(sc.s, "山林") && !strings.Contains(sc.s, "林地") {
		return
	}
	for j := i - 1; j >= se.first && n.clause == sc.items[j].clause; j-- {
		if sc.items[j].kind == kForest {
			sc.take(ForestHa, i, sc.items[j].start, n.end)
			return
		}
	}
	if prefixOf(strings.TrimPrefix(sc.s[n.end:], "的"), "森林", "山林", "林地", "林木", "树林", "松林") != "" && strings.Contains(sc.s[n.end:se.end], "烧") {
		sc.take(ForestHa, i, n.start, n.end)
	}
}

// magnitude reads 7.8级地震, 里氏5.3级, 震级为6.0级; what houses are built to stand is none.
func (sc *scan) magnitude(se *sentence, i int) {
	n := sc.items[i]
	if n.num.low > 10 || n.num.low < 1 {
		return
	}
	quake := false
	for j := se.first; j < se.last && !quake; j++ {
		quake = sc.items[j].kind == kQuake
	}
	text := sc.s[se.clauses[n.clause].start:se.clauses[n.clause].end]
	if !quake || strings.Contains(text, "抗") || strings.Contains(text, "设防") || strings.Contains(text, "防震") || strings.Contains(text, "抵御") || strings.Contains(text, "像") || strings.Contains(text, "如同") || strings.Contains(text, "相当于") {
		return
	}
	end := n.end
	if w := prefixOf(sc.s[end:], "左右地震", "强烈地震", "地震", "强震", "浅源地震", "余震"); w != "" {
		end += len(w)
		if w == "余震" {
			sc.items[i].used = Hours // an aftershock grades nothing by itself
			return
		}
	}
	sc.take(Magnitude, i, n.start, end)
}

// lasting reads how long water was cut off, people were stuck, a road was closed.
func (sc *scan) lasting(se *sentence, i int) {
	n := sc.items[i]
	for j := se.first; j < se.last; j++ {
		it := sc.items[j]
		if it.clause < n.clause-1 || it.clause > n.clause+1 || it.kind != kLasting && it.metric != Trapped {
			continue
		}
		sc.take(Hours, i, min(it.start, n.start), max(it.end, n.end))
		f := &sc.out[len(sc.out)-1]
		if n.unit == uDay {
			f.Value, f.Max = f.Value*24, f.Max*24
		}
		return
	}
}
