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
	sc.release()
	sc.mixed()
	sc.died()
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
	known := slices.ContainsFunc(sc.out, func(f Figure) bool { return f.Metric == Sick && !f.Vague && f.Now() && f.Value > 0 })
	hurt := 0.0
	for _, f := range sc.out {
		if f.Metric == Injuries {
			hurt = max(hurt, f.Value)
		}
	}
	if known {
		sc.counted()
	}
	out := sc.out[:0]
	for _, f := range sc.out {
		if f.Metric == hospital {
			if !ill || known || hurt >= f.Value {
				continue
			}
			f.Metric = Sick
		}
		out = append(out, f)
	}
	sc.out = out
}

// counted makes 40余 exact where the hospitals' own numbers add up to a little more:
// 收治37名，另有10名.
func (sc *scan) counted() {
	sum, from := 0.0, -1
	for i, f := range sc.out {
		if f.Metric != hospital || f.Vague || f.Part || f.Qualifier != Exact {
			continue
		}
		if f.Adds && from >= 0 {
			sum += f.Value
		} else {
			sum, from = f.Value, i
		}
		if from == i {
			continue
		}
		for j := max(0, i-reach); j < len(sc.out) && j < i+reach; j++ {
			s := sc.out[j]
			if s.Metric == Sick && s.Qualifier == AtLeast && s.Value < sum && sum < s.Value+round(s.Value) {
				f.Metric, f.Value, f.Max, f.Replaces, f.Start, f.Adds = Sick, sum, sum, true, sc.out[from].Start, false
				sc.out[i] = f
				break
			}
		}
	}
}

// round is the last round step of a number: 10 of 40, 100 of 300.
func round(v float64) float64 {
	step := 1.0
	for v >= step*10 {
		step *= 10
	}
	return step
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
		if strings.HasPrefix(sc.s[f.End:], "以上的") || strings.HasSuffix(sc.s[f.Start:f.End], "以上的") || strings.Contains(text, "以上") && (law || strings.Contains(text, "以下")) {
			f.Context |= Quoted
		}
	}
}

// rescued takes those out of danger away who are: 从火中疏散出被困人员400人, 全部获救.
func (sc *scan) rescued() {
	if !slices.ContainsFunc(sc.out, func(f Figure) bool { return f.Metric == Trapped || f.Metric == Missing }) {
		return
	}
	all := -1
	for _, w := range []string{"全部获救", "全部救出", "全部脱险", "全部被救出", "全部升井", "均已救出", "均被救出", "均已获救", "悉数获救", "成功救出被困", "全部脱困", "安全脱困", "已全部找到", "成功获救", "均获救", "被成功救出", "已被救出"} {
		all = max(all, strings.LastIndex(sc.s, w))
	}
	all = max(all, sc.allFreed())
	for i := range sc.out {
		f := &sc.out[i]
		if f.Metric != Trapped && f.Metric != Missing {
			continue
		}
		se := &sc.sentences[sc.sentenceAt(f.Start)]
		own := se.clauses[min(sc.clauseOf(se, f.End-1), len(se.clauses)-1)]
		c := sc.s[min(se.clauses[min(sc.clauseOf(se, f.Start), len(se.clauses)-1)].start, f.Start):max(own.end, f.End)]
		after := sc.s[f.End:min(len(sc.s), f.End+24)]
		if i := strings.Index(after, "分钟"); i > 0 && !strings.ContainsAny(after[:i], "，。") {
			f.Context |= Over // 被困20分钟: they are out
		}
		if f.Metric == Missing && strings.Contains(sc.s[f.End:se.end], "找到") && !strings.Contains(sc.s[f.End:se.end], "没有找到") && !strings.Contains(sc.s[f.End:se.end], "未找到") {
			f.Context |= Over
		}
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

// succumbed drops those who were hurt and are told to have died of it: 1名伤者不治.
func (sc *scan) succumbed() {
	if !slices.ContainsFunc(sc.out, func(f Figure) bool { return f.Metric == Deaths && f.Value > 0 }) {
		return
	}
	all := slices.Clone(sc.out)
	out := sc.out[:0]
	for i, f := range all {
		hurt := f.Metric == Injuries || f.Metric == SeriousInjuries
		if hurt && slices.ContainsFunc(all[max(0, i-reach):min(len(all), i+reach)], func(d Figure) bool {
			return d.Metric == Deaths && !d.Has(Negated) && d.Value == f.Value && d.Start <= f.Start && d.End > f.End
		}) {
			continue
		}
		out = append(out, f)
	}
	sc.out = out
}

// died takes the dead out of those who were hurt or trapped before: 10人烧伤，其中1人死亡.
func (sc *scan) died() {
	sc.succumbed()
	last := -1 // the latest figure of the injured
	dead := Figure{Start: -1}
	for i := range sc.out {
		f := &sc.out[i]
		switch {
		case f.Metric == Injuries && !f.Has(Negated):
			last = i
		case f.Metric == Deaths && !f.Has(Negated):
			if last >= 0 {
				if h := &sc.out[last]; f.Part && h.End <= f.Start && f.Start-h.End < 30 && h.Value > f.Value {
					h.Value -= f.Value
					h.Max -= f.Value
				}
			}
			if f.Value >= dead.Value {
				dead = *f
			}
		}
	}
	for i := range sc.out {
		if f := &sc.out[i]; f.Metric == Trapped && f.Start < dead.Start && f.Value <= dead.Value {
			f.Context |= Over
		}
	}
}
