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
	sc.rest()
	sc.spots()
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
	seen, rule := -1, false // the sentence that was looked at last, and what it is
	for i := range sc.out {
		f := &sc.out[i]
		at := sc.sentenceAt(f.Start)
		if at != seen {
			seen, rule = at, sc.isRule(&sc.sentences[at])
		}
		if rule || sc.orMore(f) {
			f.Context |= Quoted
		}
	}
	for _, it := range sc.items {
		if it.kind != kTitle {
			continue
		}
		from, _ := slices.BinarySearchFunc(sc.out, it.start, func(f Figure, p int) int { return f.Start - p })
		for k := max(0, from-1); k < min(len(sc.out), from+reach) && sc.out[k].Start < it.end; k++ {
			if f := &sc.out[k]; f.Start >= it.start && f.End <= it.end {
				f.Context |= Quoted
			}
		}
	}
}

// orMore tells whether the figure is a threshold: 死亡10人以上的, 10人以上加倍赔付.
func (sc *scan) orMore(f *Figure) bool {
	rest := sc.s[f.End:]
	if strings.Contains(sc.s[f.Start:f.End], "以上") && strings.HasPrefix(rest, "的，") {
		return true // 造成3人以上死亡的，
	}
	if !strings.HasSuffix(sc.s[f.Start:f.End], "以上") {
		if !strings.HasPrefix(rest, "以上") {
			return strings.HasSuffix(sc.s[f.Start:f.End], "以上的")
		}
		rest = rest[len("以上"):]
	}
	return prefixOf(rest, "的", "加倍", "将", "应", "须", "可以", "处", "按", "属", "为", "需", "才", "或", "时") != ""
}

// isRule tells whether a sentence states what counts as what, instead of what happened.
func (sc *scan) isRule(se *sentence) bool {
	text := sc.s[se.start:se.end]
	if !strings.Contains(text, "以上") {
		return false
	}
	law := strings.Contains(text, "以下")
	for j := se.first; j < se.last && !law; j++ {
		law = sc.items[j].kind == kLaw
	}
	return law
}

// rescued takes those out of danger away who are: 从火中疏散出被困人员400人, 全部获救.
func (sc *scan) rescued() {
	if !slices.ContainsFunc(sc.out, func(f Figure) bool { return f.Metric == Trapped || f.Metric == Missing }) {
		return
	}
	all, freed := sc.allFreed()
	for i := range sc.out {
		f := &sc.out[i]
		if f.Metric != Trapped && f.Metric != Missing {
			continue
		}
		se := &sc.sentences[sc.sentenceAt(f.Start)]
		from, to := se.clauses[sc.clauseOf(se, f.Start)].start, se.clauses[sc.clauseOf(se, f.End-1)].end
		c := sc.s[max(min(from, f.Start), f.Start-nearby):min(max(to, f.End), f.End+nearby)]
		rest := sc.s[f.End:max(f.End, min(se.end, f.End+nearby))]
		after := sc.s[f.End:min(len(sc.s), f.End+24)]
		if i := strings.Index(after, "分钟"); i > 0 && !strings.ContainsAny(after[:i], "，。") {
			f.Context |= Over // 被困20分钟: they are out
		}
		if f.Metric == Missing && strings.Contains(rest, "找到") && !strings.Contains(rest, "没有找到") && !strings.Contains(rest, "未找到") {
			f.Context |= Over
		}
		if body := sc.s[f.End:min(len(sc.s), f.End+18)]; strings.Contains(body, "遗体") || strings.Contains(body, "尸体") {
			f.Context |= Over // 失踪者遗体
		}
		over := strings.Contains(c, "疏散") || strings.Contains(c, "救出") || strings.Contains(c, "解救") || strings.Contains(c, "营救")
		if over || freed && all.start > f.Start {
			f.Context |= Over
		}
	}
}

// Over marks people who were trapped or missing and are no longer.
const Over Context = 1 << 14

// nearby is how far round a figure words speak of it, in bytes.
const nearby = 150

func (sc *scan) clauseOf(se *sentence, pos int) int {
	i, _ := slices.BinarySearchFunc(se.clauses, pos, func(c clause, p int) int {
		if c.end <= p {
			return -1
		}
		return 1
	})
	return min(i, len(se.clauses)-1)
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
