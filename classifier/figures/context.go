package figures

import (
	"slices"
	"strings"
	"time"
)

// oldAfter is how long ago something must have happened to be no present matter.
const oldAfter = 30 * 24 * time.Hour

// reference is the day by which old and new are told apart: the date that opens the
// text, as news does, else when it was reported.
func (sc *scan) reference(at time.Time) time.Time {
	for i := range sc.items {
		it := &sc.items[i]
		if it.start > sc.titleEnd+60 {
			break
		}
		if it.kind == kDate && it.when.y > 0 && it.when.d > 0 && sc.opensLine(it.start) && sc.heads(it.end) {
			t := time.Date(it.when.y, time.Month(it.when.m), it.when.d, 23, 59, 59, 0, location(at))
			it.kind = kNow // the text's own date
			if at.IsZero() || t.Before(at) {
				return t
			}
			return at
		}
	}
	if at.IsZero() {
		return sc.latestDay()
	}
	return at
}

// latestDay is the latest day that the text gives in full: of a text whose age nobody
// knows, it is at least as young as that.
func (sc *scan) latestDay() time.Time {
	var last time.Time
	for i := range sc.items {
		it := &sc.items[i]
		if it.kind != kDate || it.when.y == 0 {
			continue
		}
		if t := it.when.latest(time.Time{}); t.After(last) {
			last = t
		}
	}
	return last
}

// heads tells whether a date is that of the text itself: it stands alone on its line,
// with an hour or a source at most, or before 电 or 讯.
func (sc *scan) heads(end int) bool {
	rest := sc.s[end:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return len(rest) < 48 && !strings.Contains(rest, "，") || prefixOf(strings.TrimSpace(rest), "电", "讯") != ""
}

// opensLine tells whether a line begins at the place.
func (sc *scan) opensLine(pos int) bool {
	head := strings.TrimRight(sc.s[:pos], " 　\t")
	return head == "" || strings.HasSuffix(head, "\n")
}

// contexts finds what holds for each sentence and clause.
func (sc *scan) contexts() {
	drill := sc.drill()
	old := false
	for i := range sc.sentences {
		se := &sc.sentences[i]
		if se.opens {
			old = false
		}
		old = sc.sentenceContext(se, old)
		if drill {
			se.ctx |= Drill
		}
	}
	sc.wonders()
	sc.denials()
}

// shortText is up to where one question whether it is true holds for the whole text, in bytes.
const shortText = 600

// wonders marks as hearsay what the text itself asks or doubts to be true.
func (sc *scan) wonders() {
	for i := range sc.sentences {
		se := &sc.sentences[i]
		if !slices.ContainsFunc(sc.items[se.first:se.last], func(it item) bool { return it.kind == kWonder }) {
			continue
		}
		from, to := i, i+1
		if len(sc.s) <= shortText {
			from, to = 0, len(sc.sentences)
		}
		for j := from; j < to; j++ {
			sc.sentences[j].ctx |= Hearsay
			for c := range sc.sentences[j].clauses {
				sc.sentences[j].clauses[c].ctx |= Hearsay
			}
		}
	}
}

// drill tells whether the text as a whole is about a drill.
func (sc *scan) drill() bool {
	n, title := 0, false
	for _, it := range sc.items {
		if it.kind == kDrill {
			n++
			title = title || it.start < sc.titleEnd
			if strings.HasSuffix(sc.s[:it.start], "不是") || strings.HasSuffix(sc.s[:it.start], "非") {
				return false
			}
		}
	}
	if n == 0 {
		return false
	}
	return title || n > 1 || strings.Contains(sc.s, "演练中") || strings.Contains(sc.s, "此次演练") || strings.Contains(sc.s, "本次演练") ||
		strings.Contains(sc.s, "演练现场") || strings.Contains(sc.s, "模拟") || strings.Contains(sc.s, "演练开始") || strings.Contains(sc.s, "演练结束") ||
		strings.Contains(sc.s, "演练脚本") || strings.Contains(sc.s, "演练情景") || strings.Contains(sc.s, "参演") || sc.opensWith("演练", 60)
}

// opensWith tells whether the word stands in the first bytes of the text.
func (sc *scan) opensWith(word string, within int) bool {
	i := strings.Index(sc.s, word)
	return i >= 0 && i < within
}

// sentenceContext sets the clauses' contexts from the words of the sentence, and
// returns whether what follows is still told of long ago.
func (sc *scan) sentenceContext(se *sentence, old bool) bool {
	current := Context(0) // from here to the end of the sentence
	if old {
		current |= Historical
	}
	hypo, cond := -9, -9 // the clauses of the last 可能 and the last 如果
	at := 0
	var said bool // something was said of now or then in this sentence
	for i := se.first; i < se.last; i++ {
		it := &sc.items[i]
		for at < it.clause {
			sc.closeClause(se, at, current, hypo, cond)
			at++
		}
		switch it.kind {
		case kHypo:
			hypo = it.clause
		case kAvert:
			se.clauses[it.clause].ctx |= Hypothetical
		case kIf:
			hypo, cond = it.clause, it.clause
		case kHypoAfter:
			for c := max(0, it.clause-2); c <= it.clause; c++ {
				se.clauses[c].ctx |= Hypothetical
			}
		case kHearsay:
			current |= Hearsay
		case kStat:
			current |= Statistic
		case kOfficial:
			current &^= Hearsay
		case kFiction:
			current |= Quoted
		case kOld:
			if !said {
				current |= Historical
			}
		case kNow:
			current &^= Historical
			said = true
		case kDate:
			current = sc.dated(it, current, said)
		case kTitle:
			if sc.story(it) {
				current |= Quoted
			}
		}
	}
	for ; at < len(se.clauses); at++ {
		sc.closeClause(se, at, current, hypo, cond)
	}
	return current&Historical != 0
}

// closeClause sets a clause's context. What follows 如果 stays an if up to the end of
// the sentence, unless a clause plainly tells a fact.
func (sc *scan) closeClause(se *sentence, at int, current Context, hypo, cond int) {
	c := &se.clauses[at]
	c.ctx |= current
	if at == hypo || at == cond || (at == hypo+1 || cond >= 0 && at > cond) && !sc.factual(c) {
		c.ctx |= Hypothetical
	}
	se.ctx |= se.clauses[at].ctx
}

// story tells whether a title is of something made up: 电影《…》里.
func (sc *scan) story(it *item) bool {
	head := sc.s[max(0, it.start-12):it.start]
	for _, w := range []string{"电影", "影片", "小说", "电视剧", "连续剧", "纪录片", "大片", "看了", "看完", "刚看", "观看", "重温", "读了", "读完", "话剧", "游戏", "漫画"} {
		if strings.HasSuffix(head, w) {
			return true
		}
	}
	return false
}

// factual tells whether the clause says of itself that it has happened.
func (sc *scan) factual(c *clause) bool {
	text := sc.s[c.start:c.end]
	for _, w := range []string{"已", "目前", "截至", "据", "事故造成", "造成了", "共造成", "当场", "昨", "今", "致"} {
		if strings.Contains(text, w) && !strings.Contains(text, "导致") {
			return true
		}
	}
	return false
}

// dated changes the context by a date: old, or of now.
func (sc *scan) dated(it *item, current Context, said bool) Context {
	ref := sc.reading.Reference
	last := it.when.latest(ref)
	switch {
	case last.IsZero() || ref.IsZero():
		return current
	case ref.Sub(last) > oldAfter:
		if said {
			return current
		}
		return current | Historical
	case it.when.m > 0 && it.when.d > 0 || it.when.y > 0:
		return current &^ Historical
	}
	return current
}

// denials marks hearsay that the text itself calls untrue.
func (sc *scan) denials() {
	denied := false
	for i := range sc.items {
		denied = denied || sc.items[i].kind == kDeny
	}
	if !denied {
		return
	}
	for i := range sc.sentences {
		se := &sc.sentences[i]
		here := false
		for j := se.first; j < se.last; j++ {
			here = here || sc.items[j].kind == kDeny
		}
		for c := range se.clauses {
			if here || se.clauses[c].ctx&Hearsay != 0 {
				se.clauses[c].ctx |= Denied
			}
		}
	}
	sc.reading.Flags |= Denied
}

// contextAt is the context of the clause that holds the byte of the folded text.
func (sc *scan) contextAt(pos int) Context {
	se := &sc.sentences[sc.sentenceAt(pos)]
	ctx := se.ctx & Drill
	for i := range se.clauses {
		if pos < se.clauses[i].end || i == len(se.clauses)-1 {
			return ctx | se.clauses[i].ctx
		}
	}
	return ctx
}
