package classifier

import (
	"strings"

	"huiying/classifier/figures"
	"huiying/classifier/match"
)

// pattern is one or more words that must stand in one sentence: 甲+乙.
type pattern struct {
	words []int
	text  string
}

// wordbook numbers the words of all patterns, so that one pass over a text finds them.
type wordbook struct {
	ids   map[string]int
	words []string
	set   *match.Set
	// except tells which words are phrases that take the words inside them away.
	except map[int]bool
}

func newWordbook() *wordbook {
	return &wordbook{ids: map[string]int{}, except: map[int]bool{}}
}

func (b *wordbook) word(w string) int {
	id, ok := b.ids[w]
	if !ok {
		id = len(b.words)
		b.ids[w] = id
		b.words = append(b.words, w)
	}
	return id
}

func (b *wordbook) patterns(texts []string) []pattern {
	out := make([]pattern, 0, len(texts))
	for _, t := range texts {
		p := pattern{text: t}
		for w := range strings.SplitSeq(t, "+") {
			if w = strings.TrimSpace(w); w != "" {
				p.words = append(p.words, b.word(w))
			}
		}
		if len(p.words) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func (b *wordbook) exceptions(phrases []string) {
	for _, p := range phrases {
		b.except[b.word(p)] = true
	}
}

func (b *wordbook) done() { b.set = match.New(b.words) }

// page is a text with the words that were found in it.
type page struct {
	text    string
	reading figures.Reading
	hits    []match.Hit
	// byWord holds the index of a word's first hit plus one, next the following hit's.
	byWord []int32
	next   []int32
	// sentence and live are of each hit; live hits tell of something that is or was so.
	sentence []int32
	live     []bool
}

// read finds the words of the book in a text that was read.
func (b *wordbook) read(reading figures.Reading) *page {
	p := &page{text: reading.Text(), reading: reading}
	p.hits = b.drop(b.set.Append(make([]match.Hit, 0, 48), p.text))
	p.byWord = make([]int32, len(b.words))
	p.next = make([]int32, len(p.hits))
	p.sentence = make([]int32, len(p.hits))
	p.live = make([]bool, len(p.hits))
	for i := len(p.hits) - 1; i >= 0; i-- {
		h := p.hits[i]
		p.next[i] = p.byWord[h.Word]
		p.byWord[h.Word] = int32(i + 1)                       //nolint:gosec // few hits
		p.sentence[i] = int32(reading.SentenceIndex(h.Start)) //nolint:gosec // few sentences
		p.live[i] = reading.ContextAt(h.Start)&notNow == 0 && !denied(p.text[:h.Start])
	}
	return p
}

// notNow are the contexts in which a word tells of nothing that is so now.
const notNow = figures.Hypothetical | figures.Drill | figures.Denied | figures.Quoted | figures.Historical | figures.Statistic

// drop takes the phrases of exception away, with the words inside them.
func (b *wordbook) drop(hits []match.Hit) []match.Hit {
	if len(b.except) == 0 {
		return hits
	}
	var holes []match.Hit
	for _, h := range hits {
		if b.except[h.Word] {
			holes = append(holes, h)
		}
	}
	if len(holes) == 0 {
		return hits
	}
	out := hits[:0]
	first := 0 // holes before it end before any hit that follows
	for _, h := range hits {
		for first < len(holes) && holes[first].End < h.Start {
			first++
		}
		inside := false
		for _, x := range holes[first:] {
			if x.Start > h.End {
				break
			}
			inside = inside || h.Start >= x.Start && h.End <= x.End
		}
		if !inside {
			out = append(out, h)
		}
	}
	return out
}

// denied tells whether the words before a place say that it did not happen.
func denied(head string) bool {
	if len(head) > 24 {
		head = head[len(head)-24:]
	}
	for _, w := range []string{"未发生", "没有发生", "无", "未", "没有", "避免", "防止", "预防", "杜绝", "未出现", "不存在", "不会", "现场无", "不是", "并非", "严禁", "禁止", "防", "没有发现", "未发现", "想以", "想", "像"} {
		if strings.HasSuffix(head, w) {
			return true
		}
	}
	return false
}

// find returns the hit of a pattern's first word where the pattern matches; among live
// hits only, if told so.
func (p *page) find(pat pattern, live bool) (match.Hit, bool) {
	i := p.byWord[pat.words[0]]
	if i == 0 {
		return match.Hit{}, false
	}
	var at [4]int32 // where the search for each further word has come to
	for n, w := range pat.words[1:min(len(pat.words), 5)] {
		if at[n] = p.byWord[w]; at[n] == 0 {
			return match.Hit{}, false
		}
	}
	for ; i > 0; i = p.next[i-1] {
		if live && !p.live[i-1] {
			continue
		}
		if p.together(at[:min(len(pat.words)-1, 4)], p.sentence[i-1], live) {
			return p.hits[i-1], true
		}
	}
	return match.Hit{}, false
}

// together moves each of the other words' hits up to the sentence, which only grows,
// and tells whether all stand in it.
func (p *page) together(at []int32, sentence int32, live bool) bool {
	for n := range at {
		for at[n] > 0 && (p.sentence[at[n]-1] < sentence || live && !p.live[at[n]-1] && p.sentence[at[n]-1] == sentence) {
			at[n] = p.next[at[n]-1]
		}
		if at[n] == 0 || p.sentence[at[n]-1] != sentence {
			return false
		}
	}
	return true
}

// any returns the first pattern that matches.
func (p *page) any(pats []pattern, live bool) (match.Hit, bool) {
	for _, pat := range pats {
		if p.byWord[pat.words[0]] == 0 {
			continue // nearly always
		}
		if h, ok := p.find(pat, live); ok {
			return h, true
		}
	}
	return match.Hit{}, false
}

// quote is the words of a pattern as they stand in the text: the clause round the first.
func (p *page) quote(h match.Hit) string {
	s := p.reading.SentenceAt(h.Start)
	for _, c := range s.Clauses {
		if h.Start < c.End {
			return strings.TrimSpace(strings.TrimRight(p.text[c.Start:c.End], "，。；！？：\n ,.;!?"))
		}
	}
	return p.text[h.Start:h.End]
}
