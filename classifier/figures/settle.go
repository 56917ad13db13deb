package figures

import (
	"slices"
	"strings"
)

// settle makes the figures what they are for the text as a whole: people in hospital
// ill or injured, titles and rules of law apart, flags, places.
func (sc *scan) settle() {
	sc.hospital()
	sc.laws()
	sc.rescued()
	flags := sc.reading.Flags
	for _, se := range sc.sentences {
		flags |= se.ctx & Drill
		flags |= se.ctx & Hearsay
	}
	for _, f := range sc.out {
		if f.Has(Negated) && f.Now() {
			flags |= Negated
		}
		if f.Has(Historical) {
			flags |= Historical
		}
	}
	sc.reading.Flags = flags
}

// hospital turns 送往医院 into sick, where the text tells of an illness and the number
// is not of the injured.
func (sc *scan) hospital() {
	ill := false
	for _, it := range sc.items {
		ill = ill || it.metric == Sick
	}
	out := sc.out[:0]
	for _, f := range sc.out {
		if f.Metric == hospital {
			if !ill || sc.injured(f) {
				continue
			}
			f.Metric = Sick
		}
		out = append(out, f)
	}
	sc.out = out
}

func (sc *scan) injured(f Figure) bool {
	for _, g := range sc.out {
		if g.Metric == Injuries && g.Value >= f.Value {
			return true
		}
	}
	return false
}

// laws marks figures inside titles and rules: 造成3人以上10人以下死亡.
func (sc *scan) laws() {
	for i := range sc.out {
		f := &sc.out[i]
		se := &sc.sentences[sc.sentenceAt(f.Start)]
		text := sc.s[se.start:se.end]
		law := false
		for j := se.first; j < se.last; j++ {
			it := sc.items[j]
			law = law || it.kind == kLaw
			if it.kind == kTitle && f.Start >= it.start && f.End <= it.end {
				f.Context |= Quoted
			}
		}
		if strings.Contains(text, "以上") && (law || strings.Contains(text, "以下")) {
			f.Context |= Quoted
		}
	}
}

// rescued takes those out of danger away who are: 从火中疏散出被困人员400人, 全部获救.
func (sc *scan) rescued() {
	all := -1
	for _, w := range []string{"全部获救", "全部救出", "全部脱险", "全部被救出", "全部升井", "均已救出", "均被救出", "均已获救", "悉数获救", "成功救出被困", "全部脱困", "安全脱困", "已全部找到", "成功获救", "均获救", "被成功救出", "已被救出"} {
		all = max(all, strings.LastIndex(sc.s, w))
	}
	for i := range sc.out {
		f := &sc.out[i]
		if f.Metric != Trapped && f.Metric != Missing {
			continue
		}
		se := &sc.sentences[sc.sentenceAt(f.Start)]
		c := sc.s[se.clauses[min(sc.clauseOf(se, f.Start), len(se.clauses)-1)].start:f.End]
		over := strings.Contains(c, "疏散") || strings.Contains(c, "救出") || strings.Contains(c, "解救") || strings.Contains(c, "营救")
		if over || all > f.Start {
			f.Context |= Over
		}
	}
}

// Over marks people who were trapped or missing and are no longer.
const Over Context = 1 << 14

func (sc *scan) clauseOf(se *sentence, pos int) int {
	i := slices.IndexFunc(se.clauses, func(c clause) bool { return pos < c.end })
	if i < 0 {
		return len(se.clauses) - 1
	}
	return i
}
