package figures

import (
	"slices"
	"strings"
)

// risenTo reads the second number of 由5人上升到8人, when number j is the first; -1 when
// it is none.
func (sc *scan) risenTo(se *sentence, ev item, j int) int {
	first := &sc.items[j]
	g := sc.gap(ev.end, first.start)
	if len(g) > 45 || !strings.HasPrefix(g, "由") && !strings.HasPrefix(g, "从") {
		return -1
	}
	for k := j + 1; k < se.last; k++ {
		it := sc.items[k]
		switch it.kind {
		case kNumber:
			between := sc.s[first.end:it.start]
			if it.used != "" || it.unit != first.unit && it.unit != uPeople || !changes(between) {
				return -1
			}
			first.used = ev.metric
			return k
		case kNow, kComma, kCorrect:
		default:
			return -1
		}
	}
	return -1
}

// changes tells whether the words say that a number became another.
func changes(between string) bool {
	if len(between) > 45 {
		return false
	}
	for _, w := range []string{"升", "增", "到", "至", "变为", "降", "减", "调整为", "更新为", "更正为"} {
		if strings.Contains(between, w) {
			return true
		}
	}
	return false
}

// allOf reads 52人烧伤，均为重伤: the serious injuries are as many as the injured before.
func (sc *scan) allOf(se *sentence, ev item, head string) bool {
	all := false
	for _, w := range []string{"均为", "均系", "全为", "全部为", "都是", "均属", "全是", "均", "全部"} {
		all = all || strings.HasSuffix(head, w)
	}
	if n := len(sc.out); all && n > 0 && sc.out[n-1].Metric == Injuries && sc.out[n-1].Start >= se.start {
		f := sc.out[n-1]
		f.Metric, f.End = SeriousInjuries, ev.end
		sc.out = append(sc.out, f)
		return true
	}
	return false
}

// peopleOf reads the 4300人 of 转移1200户4300人, when the households are at the item.
func (sc *scan) peopleOf(se *sentence, ev item, at int) {
	house := sc.items[at]
	for j := at + 1; j < se.last; j++ {
		it := &sc.items[j]
		if it.kind == kList || it.kind == kComma || it.kind == kOpen {
			continue
		}
		if it.kind != kNumber || it.used != "" || it.unit != uPeople {
			return
		}
		switch strings.TrimLeft(sc.gap(house.end, it.start), "，、（") {
		case "", "共", "共计", "计", "约", "合计":
			it.used = ev.metric
			sc.out = append(sc.out, sc.figure(ev.metric, *it, it.start, it.end))
		}
		return
	}
}

// running reads the 累计12例 that follows 新增5例, which names no event of its own.
func (sc *scan) running(se *sentence, i, before int) {
	it := &sc.items[i]
	head := sc.clauseHead(se, *it)
	total := false
	for _, w := range []string{"累计", "共计", "总计", "合计", "总数", "总数达"} {
		total = total || strings.HasSuffix(head, w)
	}
	if !total || len(sc.out) == 0 {
		return
	}
	last := sc.out[len(sc.out)-1]
	if last.Start < before || last.Has(Negated) || last.Value > it.num.low || last.Metric == hospital || last.Metric == freed {
		return
	}
	it.used = last.Metric
	f := sc.figure(last.Metric, *it, it.start, it.end)
	f.Replaces = true
	sc.out = append(sc.out, f)
}

// spots adds those who died later to those who died on the spot, where nothing says
// that both are parts of a sum: 5人当场死亡，3人送医途中死亡.
func (sc *scan) spots() {
	last := -1
	for i := range sc.out {
		f := &sc.out[i]
		if f.Metric != Deaths || f.Has(Negated) || f.Implied {
			continue
		}
		if last >= 0 && !f.Part && f.Qualifier == Exact {
			a := sc.out[last]
			there, later := sc.s[a.Start:a.End], sc.s[f.Start:f.End]
			if !a.Part && a.End <= f.Start && f.Start-a.End <= 36 && strings.Contains(there, "当场") && !strings.Contains(sc.s[a.End:f.Start], "其中") && afterwards(later) {
				f.Value, f.Max, f.Start, f.Adds = f.Value+a.Value, f.Max+a.Max, a.Start, false
			}
		}
		last = i
	}
}

// afterwards tells whether the dead did not die where it happened.
func afterwards(quote string) bool {
	for _, w := range []string{"途中", "抢救", "不治", "送医", "送往", "医院"} {
		if strings.Contains(quote, w) {
			return true
		}
	}
	return false
}

// newly tells whether the number is of those who came on top since: 又有3人不治.
func (sc *scan) newly(se *sentence, at int) bool {
	head := sc.clauseHead(se, sc.items[at])
	return strings.Contains(head, "又") || strings.Contains(head, "再") || strings.Contains(head, "新增")
}

// casualties stands for the dead and injured together; they are given out as injured,
// the number not being sure, where the text tells neither apart.
const casualties Metric = "casualties"

func (sc *scan) mixed() {
	apart := false
	for _, f := range sc.out {
		apart = apart || (f.Metric == Deaths || f.Metric == Injuries) && f.Value > 0 && f.Now()
	}
	out := sc.out[:0]
	for _, f := range sc.out {
		if f.Metric == casualties {
			if apart || f.Vague {
				continue
			}
			f.Metric, f.Mixed = Injuries, true
			if f.Qualifier == Exact {
				f.Qualifier = About
			}
		}
		out = append(out, f)
	}
	sc.out = out
}

// remaining reads the 剩余3人 of those who were trapped or missing, without their event.
func (sc *scan) remaining(se *sentence, i int) {
	it := &sc.items[i]
	if it.used != "" || i == se.first || sc.items[i-1].kind != kStill || it.start-sc.items[i-1].end > 6 {
		return
	}
	for j := len(sc.out) - 1; j >= max(0, len(sc.out)-reach); j-- {
		if m := sc.out[j].Metric; m == Trapped || m == Missing {
			it.used = m
			f := sc.figure(m, *it, sc.items[i-1].start, it.end)
			f.Replaces = true
			sc.out = append(sc.out, f)
			return
		}
	}
}

// freed stands for people who were trapped or missing and are no longer; it is never
// given out.
const freed Metric = "freed"

// gone reads one missing person without a number: 父亲从家中走失.
func (sc *scan) gone(se *sentence, i int) {
	ev := sc.items[i]
	if prefixOf(sc.s[ev.end:], "者", "人员", "人口", "的") != "" {
		return
	}
	for j := i - 1; j >= se.first && ev.start-sc.items[j].end <= nearby; j-- {
		it := sc.items[j]
		switch {
		case it.kind == kNumber && it.used != "" || it.kind == kEvent && it.metric == Deaths:
			return
		case it.kind == kPerson && kin(sc.s[it.start:it.end]) && (it.clause == ev.clause || sc.subject(se, it)):
			sc.out = append(sc.out, sc.implied(Missing, ev, it.start, ev.end, 1))
			return
		}
	}
}

// kin tells whether the word is of somebody who is missed, unlike a boss who is dodging.
func kin(word string) bool {
	return slices.Contains([]string{
		"父亲", "母亲", "爸爸", "妈妈", "爷爷", "奶奶", "孩子", "小孩", "女儿", "儿子", "老人", "学生", "男孩", "女孩", "男童", "女童", "儿童", "幼儿", "少年", "少女", "老伴", "老太太", "老大爷",
		"妻子", "丈夫", "弟弟", "妹妹", "孙子", "孙女", "我儿", "我女", "小学生", "中学生", "老母亲", "老父亲",
	}, word)
}

// rest makes 其余5人仍在搜救 the last word on those of whom the text said that they
// were trapped, or missing, in the other's word.
func (sc *scan) rest() {
	for i := range sc.out {
		f := &sc.out[i]
		if !f.Replaces || f.Metric != Missing && f.Metric != Trapped {
			continue
		}
		for j := i - 1; j >= max(0, i-reach); j-- {
			if t := sc.out[j]; (t.Metric == Missing || t.Metric == Trapped) && !t.Has(Negated) {
				if t.Metric != f.Metric && t.Value > f.Value {
					f.Metric = t.Metric
				}
				break
			}
		}
	}
}

// reach is how many figures back another is looked for, so that long texts take no longer
// than their length.
const reach = 32

// allFreed is the word by which the text last says that all were freed: 已全部安全升井;
// false when it nowhere does.
func (sc *scan) allFreed() (item, bool) {
	for i, it := range slices.Backward(sc.items) {
		if it.kind != kFewer {
			continue
		}
		head := sc.s[max(0, it.start-24):it.start]
		all := strings.Contains(head, "全部") || strings.Contains(head, "均") || strings.Contains(head, "悉数") || strings.Contains(head, "都")
		whole := strings.Contains(head, "成功") || strings.Contains(head, "已被") || strings.Contains(head, "安全")
		if all || whole && !sc.numbered(i) {
			return it, true
		}
	}
	return item{}, false
}

// freedWords are the words by which the text says that all were freed: the clause up to
// the word, and the word.
func (sc *scan) freedWords(joined string) string {
	it, ok := sc.allFreed()
	if !ok || sc.contextAt(it.start)&^Negated != 0 {
		return ""
	}
	se := &sc.sentences[sc.sentenceAt(it.start)]
	from := se.clauses[sc.clauseOf(se, it.start)].start
	words := strings.TrimSpace(joined[sc.original(from):sc.original(it.end)])
	if prefixOf(words, "如", "若", "待", "等") != "" { // 如能全部救出: not yet
		return ""
	}
	return words
}

// numbered tells whether those freed at the item are so many of several.
func (sc *scan) numbered(i int) bool {
	for _, j := range []int{i - 1, i + 1} {
		if j >= 0 && j < len(sc.items) && sc.items[j].kind == kNumber && sc.items[j].used == Trapped {
			return true
		}
	}
	return false
}

// release takes those who were freed out of those who are trapped or missing, unless
// the text says itself how many remain.
func (sc *scan) release() {
	out := sc.out[:0]
	for _, f := range sc.out {
		if f.Metric != freed {
			out = append(out, f)
			continue
		}
		if f.Has(Negated) || f.Vague {
			continue
		}
		for i := max(0, len(out)-reach); i < len(out); i++ {
			t := &out[i]
			if t.Metric != Trapped && t.Metric != Missing || t.Replaces || t.Has(Negated) || t.Start > f.Start {
				continue
			}
			if t.Value <= f.Value {
				t.Context |= Over
				continue
			}
			t.Value -= f.Value
			t.Max -= f.Value
		}
	}
	sc.out = out
}
