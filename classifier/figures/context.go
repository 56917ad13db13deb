package figures

import (
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
	return at
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
	sc.denials()
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
	hypo := -9 // the clause of the last 如果
	at := 0
	var said bool // something was said of now or then in this sentence
	for i := se.first; i < se.last; i++ {
		it := &sc.items[i]
		for at < it.clause {
			sc.closeClause(se, at, current, hypo)
			at++
		}
		switch it.kind {
		case kHypo:
			hypo = it.clause
		case kHypoAfter:
			for c := max(0, it.clause-2); c <= it.clause; c++ {
				se.clauses[c].ctx |= Hypothetical
			}
		case kHearsay:
			current |= Hearsay
		case kStat:
			current |= Statistic
		case kOld:
			if !said {
				current |= Historical
			}
		case kNow:
			current &^= Historical
			said = true
		case kDate:
			current = sc.dated(it, current, said)
		}
	}
	for ; at < len(se.clauses); at++ {
		sc.closeClause(se, at, current, hypo)
	}
	return current&Historical != 0
}

func (sc *scan) closeClause(se *sentence, at int, current Context, hypo int) {
	se.clauses[at].ctx |= current
	if at-hypo <= 1 {
		se.clauses[at].ctx |= Hypothetical
	}
	se.ctx |= se.clauses[at].ctx
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
