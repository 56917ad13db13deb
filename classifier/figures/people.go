package figures

import (
	"slices"
	"strings"
)

// people reads what the sentence tells of people: for each event the number that
// counts it, on its left (12人死亡) or on its right (死亡12人).
func (sc *scan) people(se *sentence) {
	for i := se.first; i < se.last; i++ {
		it := &sc.items[i]
		switch it.kind {
		case kEvent, kHead, kNatural, kHarm, kFewer, kCasualty:
			sc.event(se, i)
		case kAct:
			sc.act(se, i)
		case kSomeone:
			sc.out = append(sc.out, sc.implied(Deaths, *it, it.start, it.end, 1))
		}
	}
	sc.crowd(se)
}

// event finds the number of one event, or what stands for it.
func (sc *scan) event(se *sentence, i int) {
	ev := sc.items[i]
	if sc.negated(se, i) {
		sc.zero(ev)
		return
	}
	left := sc.left(se, i)
	right := sc.right(se, i)
	if sc.unknown(se, i) { // 伤亡待核实 states nothing, not even that there are none
		if left >= 0 && sc.gap(sc.items[left].end, ev.start) == "" {
			sc.count(se, ev, left)
		}
		return
	}
	if ev.kind == kHead && right >= 0 {
		left = -1
	}
	if left >= 0 && right >= 0 {
		if sc.prefersRight(i, left, right) {
			left = -1
		} else {
			right = -1
		}
	}
	switch {
	case left >= 0:
		sc.count(se, ev, left)
	case right >= 0:
		sc.count(se, ev, right)
	case ev.metric == Deaths && ev.kind != kCasualty:
		sc.unnumbered(se, i)
	case ev.metric == Missing:
		sc.gone(se, i)
	case ev.metric == Injuries || ev.metric == SeriousInjuries:
		sc.hurt(se, i)
	}
}

// prefersRight decides between 3人死亡 and 死亡3人 where both could be.
func (sc *scan) prefersRight(i, left, right int) bool {
	ev, l, r := sc.items[i], sc.items[left], sc.items[right]
	if l.clause != ev.clause {
		return true
	}
	if sc.gap(l.end, ev.start) == "" {
		return false
	}
	if next := right + 1; next < len(sc.items) {
		n := sc.items[next]
		if (n.kind == kEvent || n.kind == kHead || n.kind == kAct) && n.clause == r.clause && n.start-r.end <= 12 {
			return false // the number on the right has its own event
		}
	}
	return sc.gap(ev.end, r.start) == ""
}

// left walks back from the event to the nearest number of people that is free.
func (sc *scan) left(se *sentence, i int) int {
	ev := sc.items[i]
	commas := 0
	for j := i - 1; j >= se.first; j-- {
		it := sc.items[j]
		switch it.kind {
		case kComma:
			commas++
			own := se.clauses[ev.clause].start // of the event
			if commas > 2 || ev.start-own > 36 || !sc.mayCross(ev) {
				return -1
			}
		case kOpen, kList, kTitle:
			return -1
		case kNegate, kUnheard:
			own := se.clauses[ev.clause].start // of the event
			if it.start >= own && ev.start-it.end <= 36 && sc.barred(se, j) {
				return -1 // 41人住院，无危重和死亡病例
			}
		case kClose:
			if j = sc.opening(se, j); j < 0 {
				return -1
			}
		case kEvent, kHead, kAct, kNatural, kCasualty, kHarm, kFewer:
			if sc.takesOver(ev, it, i, j) {
				continue
			}
			return -1
		case kAdd, kPart:
			if commas > 0 {
				return -1
			}
		case kNumber:
			if sc.fits(ev, it, commas) {
				return j
			}
			if it.unit == uPeople || it.unit == uHelper {
				return -1
			}
		}
	}
	return -1
}

// barred tells whether no number of people stands between the start of the clause and
// the negation at j, so that the number would have to come from before the comma.
func (sc *scan) barred(se *sentence, j int) bool {
	for k := j - 1; k >= se.first && sc.items[k].clause == sc.items[j].clause; k-- {
		if sc.items[k].kind == kNumber && sc.items[k].unit == uPeople {
			return false
		}
	}
	return true
}

// opening is the index of the bracket that closes at j.
func (sc *scan) opening(se *sentence, j int) int {
	for j--; j >= se.first; j-- {
		if sc.items[j].kind == kOpen {
			return j
		}
	}
	return -1
}

// mayCross tells whether the event's number may stand before a comma:
// 6名员工下池作业，经抢救无效死亡.
func (sc *scan) mayCross(ev item) bool {
	switch ev.metric {
	case Deaths, Sick, Trapped, Missing, Injuries, SeriousInjuries, hospital:
		return ev.kind == kEvent && !strings.HasSuffix(sc.s[ev.start:ev.end], "者")
	}
	return false
}

// takesOver tells whether the event follows an earlier one of the same people: 受伤后死亡,
// 中毒身亡, 出现呕吐、腹泻.
func (sc *scan) takesOver(ev, earlier item, i, j int) bool {
	if earlier.metric == ev.metric && earlier.kind == ev.kind {
		return false
	}
	for k := j + 1; k < i; k++ {
		switch sc.items[k].kind {
		case kNumber:
			if sc.items[k].unit == uPeople {
				return false
			}
		case kComma:
			if ev.metric != Deaths || !sc.afterwards(ev) {
				return false
			}
		}
	}
	switch {
	case ev.metric == Deaths && sc.afterwards(ev):
		return earlier.metric != Deaths && (ev.kind == kEvent || ev.kind == kNatural)
	case ev.metric == Deaths:
		return earlier.metric != Deaths && (ev.kind == kEvent || ev.kind == kNatural) && ev.start-earlier.end <= 24
	case ev.metric == hospital:
		return earlier.metric == Sick || earlier.metric == Injuries
	}
	return false
}

// afterwards tells whether the dead are those of whom the text spoke before: 经抢救无效死亡.
func (sc *scan) afterwards(ev item) bool {
	head := sc.s[max(0, ev.start-36):ev.end]
	return strings.Contains(head, "抢救无效") || strings.Contains(head, "不治") || strings.Contains(head, "送医") || strings.Contains(head, "均已") || strings.Contains(head, "全部")
}

// fits tells whether the number can count the event.
func (sc *scan) fits(ev, n item, commas int) bool {
	if n.used != "" && (ev.metric != Deaths || !slices.Contains([]Metric{Injuries, SeriousInjuries, Sick, Trapped, Missing, hospital}, n.used)) {
		return false
	}
	if ev.start-n.end > 90 {
		return false
	}
	switch n.unit {
	case uPeople:
		return true
	case uHelper:
		return commas == 0 && (ev.metric == Deaths || ev.metric == Injuries || ev.metric == SeriousInjuries) && ev.start-n.end < 36
	case uHouse:
		return ev.kind == kHarm || ev.metric == Endangered || ev.metric == Evacuated
	case uNone:
		return n.end == ev.start && ev.kind != kHarm // 2死14伤
	case uSome:
		return n.end == ev.start && ev.metric == Deaths
	}
	return false
}

// right reads the number that follows the event with nothing but fillers between.
func (sc *scan) right(se *sentence, i int) int {
	ev := sc.items[i]
	for j := i + 1; j < se.last; j++ {
		it := sc.items[j]
		switch it.kind {
		case kNumber:
			if it.used == "" && ev.kind != kFewer {
				if to := sc.risenTo(se, ev, j); to >= 0 {
					return to
				}
			}
			if it.used != "" || !sc.fillers(ev.end, it.start) {
				return -1
			}
			switch it.unit {
			case uPeople, uHelper:
				return j
			case uHouse:
				if ev.kind == kHarm || ev.metric == Endangered || ev.metric == Evacuated {
					return j
				}
			case uSome:
				if ev.metric == Deaths || ev.metric == Injuries {
					return j
				}
			case uNone:
				alone := sc.bareAfter(it.end) || j+1 < se.last && sc.items[j+1].start == it.end
				alone = alone && it.num.high < 1e4
				if alone && (ev.kind == kHead || it.start == ev.end && ev.end-ev.start <= 6) {
					return j
				}
			}
			return -1
		case kNow, kPerson, kComma, kPart:
			if it.kind == kComma && !strings.ContainsAny(sc.s[it.start:it.end], ":：") {
				return -1
			}
		default:
			return -1
		}
	}
	return -1
}

// bareAfter tells whether a number stands alone: 死亡人数：3，.
func (sc *scan) bareAfter(end int) bool {
	return end == len(sc.s) || prefixOf(sc.s[end:], "，", "。", "、", "；", ",", ";", "\n", "（", "(", "）", ")", " ") != ""
}

// fillers tells whether only words that may stand between an event and its number do.
func (sc *scan) fillers(from, to int) bool {
	if to-from > 60 {
		return false
	}
	g := strings.TrimSpace(sc.s[from:to])
	for g != "" {
		w := prefixOf(g, "了", "过", "的那", "那", "和", "教师", "老师", "家属", "一度", "最多", "最高", "者", "人数", "人员", "的", "有", "为", "达到", "已达", "达", "已经", "已", "增加", "增至", "增", "升至", "上升到", "上升至", "上升", "至少", "至", "到", "共计", "共有", "共", "累计", "计", "是", "：", ":", "仅", "目前", "现",
			"总数", "分别", "群众", "村民", "居民", "学生", "矿工", "工人", "民众", "师生", "员工", "旅客", "人口", "游客", "乘客", "职工", "数", "截至", "下方", "周边", "附近", "附近的", "出", "并", "安全", "及", "超", "下游", "沿线", "其中", "业主", "住户", "我们", "我", "其", "该", "患者", "伤者", "伤员", "工地", "学校", "医院", "病人", "老人", "儿童", "孩子", "路人", "行人")
		if w == "" {
			return false
		}
		g = strings.TrimSpace(g[len(w):])
	}
	return true
}

// count makes the figure of an event and its number, and of what is added to it by 和.
func (sc *scan) count(se *sentence, ev item, at int) {
	n := &sc.items[at]
	metric := ev.metric
	if n.unit == uHouse {
		metric = Households
	}
	if ev.kind == kCasualty {
		n.used = ev.metric
		if n.num.high == 0 {
			sc.zero(ev) // 零伤亡
			return
		}
		f := sc.figure(casualties, *n, ev.start, ev.end)
		sc.out = append(sc.out, f)
		return
	}
	f := sc.figure(metric, *n, ev.start, ev.end)
	if ev.kind == kFewer {
		n.used = Trapped
		f.Metric = freed
		sc.out = append(sc.out, f)
		return
	}
	n.used = metric
	f.Part = sc.preceded(se, at, kPart)
	f.Adds = sc.preceded(se, at, kAdd)
	f.Newly = f.Adds && sc.newly(se, at)
	f.Replaces = sc.preceded(se, at, kCorrect) || (metric == Trapped || metric == Missing) && sc.preceded(se, at, kStill)
	if ev.kind == kNatural && prefixOf(sc.s[ev.start:], "死") == "" && !sc.violent(se, ev) {
		f.Context |= Natural
	}
	if sc.s[ev.start:ev.end] == "死过" {
		f.Context |= Historical
	}
	sc.join(se, at, &f)
	sc.out = append(sc.out, f)
	if n.unit == uHouse && ev.metric != Households {
		sc.peopleOf(se, ev, at)
	}
}

// join adds the numbers of a list before the event: 3名学生和2名教师死亡.
func (sc *scan) join(se *sentence, at int, f *Figure) {
	for j := at - 1; j >= se.first; j-- {
		it := &sc.items[j]
		switch it.kind {
		case kList, kPerson:
			continue
		case kNumber:
			between := sc.s[it.end:sc.items[at].start]
			linked := strings.Contains(between, "和") || strings.Contains(between, "、") || strings.Contains(between, "及") || strings.Contains(between, "与")
			if it.unit != uPeople || it.used != "" || !linked || sc.items[at].unit != uPeople || len(between) > 24 || f.Start > sc.items[at].start {
				return
			}
			f.Value += it.num.low
			f.Max += it.num.high
			f.Start = it.start
			it.used = f.Metric
			return
		default:
			return
		}
	}
}

// preceded tells whether a word of the kind stands before the number in its clause.
func (sc *scan) preceded(se *sentence, at int, k kind) bool {
	for j := at - 1; j >= se.first && sc.items[j].clause == sc.items[at].clause; j-- {
		switch sc.items[j].kind {
		case k:
			return true
		case kNumber:
			if sc.items[j].unit == uPeople {
				return false
			}
		}
	}
	return false
}

// negated tells whether the event is said not to have happened: 未造成人员伤亡.
func (sc *scan) negated(se *sentence, i int) bool {
	ev := sc.items[i]
	for j := i - 1; j >= se.first; j-- {
		it := sc.items[j]
		switch it.kind {
		case kNegate:
			return it.clause == ev.clause && sc.thin(it.end, ev.start)
		case kUnheard:
			return ev.clause-it.clause <= 1 && ev.start-it.end <= 60
		case kNumber:
			if it.unit == uPeople && it.num.low != 0 && sc.s[it.start:it.end] != "一人" && sc.s[it.start:it.end] != "一名" {
				return false
			}
		case kEvent, kCasualty, kList, kHead, kLoss, kPerson:
		default:
			return false
		}
	}
	return false
}

// unknown tells whether the event's number is said to be unknown: 伤亡情况不详.
func (sc *scan) unknown(se *sentence, i int) bool {
	return i+1 < se.last && sc.items[i+1].kind == kUnknown && sc.items[i+1].clause == sc.items[i].clause
}

// thin tells whether a negation reaches over the text between.
func (sc *scan) thin(from, to int) bool {
	if to-from > 48 {
		return false
	}
	g := strings.TrimSpace(sc.s[from:to])
	for g != "" {
		if strings.HasPrefix(g, "在") {
			if i := strings.Index(g, "中"); i > 0 && i <= 30 { // 未在事故中受伤
				g = g[i+len("中"):]
				continue
			}
		}
		w := prefixOf(g, "造成", "员", "有", "发生", "出现", "接到", "收到", "发现", "任何", "人员", "人", "一人", "一名", "一例", "群众", "学生", "师生", "居民", "村民", "旅客", "乘客", "财产损失", "报告", "重大", "大的", "新的", "及", "和", "、", "或", "因灾", "因此",
			"致", "导致", "员工", "其他", "死亡", "受伤", "伤亡", "失踪", "被困", "情况", "引发", "引起", "再", "明显", "直接", "工人", "重伤", "轻伤", "危重", "病危", "重症", "病例", "与", "以及", "中毒", "游客", "司机", "的", "现象", "症状")
		if w == "" {
			return false
		}
		g = strings.TrimSpace(g[len(w):])
	}
	return true
}

// zero states that there are none: of 伤亡 neither dead nor injured.
func (sc *scan) zero(ev item) {
	metrics := []Metric{ev.metric}
	if ev.kind == kCasualty {
		metrics = []Metric{Deaths, Injuries}
	}
	for _, m := range metrics {
		if m == hospital || m == Participants || m == Affected {
			continue
		}
		f := Figure{Metric: m, Qualifier: Exact, Start: ev.start, End: ev.end, Context: sc.contextAt(ev.start)&^(Denied|Hearsay) | Negated}
		sc.out = append(sc.out, f)
	}
}
