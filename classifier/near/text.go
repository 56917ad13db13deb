package near

import (
	"slices"
	"strings"
	"time"
)

// Text is a text to be compared and remembered.
type Text struct {
	ID int64
	// Group is whatever the caller puts together; it comes back with a match.
	Group       int64
	Title, Body string
	// Place is where it happened, as far as the source said so apart.
	Place string
	// At is when it was reported; zero when unknown.
	At time.Time
}

// What is kept of a text. A remembered text is a flat value without pointers, so that a
// million of them cost the collector nothing.
const (
	titleKept = 24 // rarest bigrams of the title
	bodyKept  = 28 // most telling bigrams of the whole
	factBytes = 32 // names and numbers, packed, in units of two bytes
	keysKept  = 12 // rarest bigrams of title and names, by which it is found
)

// doc is what is remembered of a text.
type doc struct {
	id     int64
	group  int64
	at     uint32 // seconds since 1970; 0 unknown
	titleW float32
	bodyW  float32
	sig    [hashes]uint8
	title  [titleKept]uint16
	body   [bodyKept]uint16
	// topics of the title, and of the whole.
	headTopics, topics uint64
	years              [2]uint8 // years that the title names, after 2000
	titleN             uint8
	bodyN              uint8
	// heads is how many of the facts stand in the title.
	heads uint8
	facts [factBytes]uint16
	keys  [keysKept]uint32
	keysN uint8
}

// probe is a text while it is being looked at: what will be remembered, and more.
type probe struct {
	doc
	titleWeight [titleKept]float32
	bodyWeight  [bodyKept]float32
	bands       [bands]uint32
	set         []uint32 // distinct bigrams, for counting
	names       []name   // those of the title first
	numbers     []string
}

// scratch is room that is used again from text to text.
type scratch struct {
	title, all  []rune
	grams, head []uint32
	weighed     []weighed
}

// weighed is a bigram and how much it tells.
type weighed struct {
	gram   uint32
	weight float32
}

// read takes what is compared from a text. rarity says how much a bigram tells.
func read(t Text, c *counts, s *scratch) *probe {
	p := &probe{}
	p.id = t.ID
	if !t.At.IsZero() {
		p.at = uint32(t.At.Unix())
	}
	s.title = fold(s.title[:0], t.Title, 120)
	if len(s.title) == 0 {
		s.title = fold(s.title[:0], head(t.Body), 60)
	}
	s.all = append(append(s.all[:0], s.title...), gap)
	s.all = fold(s.all, t.Place, 60)
	s.all = append(s.all, gap)
	body := len(s.all)
	s.all = fold(s.all, t.Body, maxRunes)
	p.headTopics, p.topics = topicsOf(s.title), topicsOf(s.all)
	p.years = years(s.title)
	p.evidence(s.title, s.all[len(s.title):min(len(s.all), body+400)])
	s.head = distinct(bigrams(s.head[:0], s.title))
	s.grams = bigrams(s.grams[:0], s.all)
	p.bodyGrams(c, s)
	p.set = slices.Clone(s.grams)
	sig := sign(s.grams)
	p.sig = sig.short()
	for i := range p.bands {
		p.bands[i] = sig.band(i)
	}
	p.titleGrams(c, s)
	return p
}

// head is the first sentence of a text without a title.
func head(body string) string {
	if i := strings.IndexAny(body, "。！？!?\n"); i > 0 {
		return body[:i]
	}
	return body
}

// distinct sorts and drops repetitions.
func distinct(g []uint32) []uint32 {
	slices.Sort(g)
	return slices.Compact(g)
}

// titleGrams keeps the most telling bigrams of the title, and the keys.
func (p *probe) titleGrams(c *counts, s *scratch) {
	s.weighed = s.weighed[:0]
	for _, g := range s.head {
		w := c.rarity(g)
		s.weighed = append(s.weighed, weighed{g, w * w})
		p.titleW += w * w
	}
	byWeight(s.weighed)
	p.key(s)
	for i, g := range inOrder(s.weighed, titleKept) {
		p.title[i], p.titleWeight[i] = uint16(g.gram), g.weight
		p.titleN++
	}
}

// key chooses the bigrams by which the text is found again: the rarest of the title, and
// some of the first name where the title has none.
func (p *probe) key(s *scratch) {
	put := func(g uint32) {
		if int(p.keysN) < keysKept && !slices.Contains(p.keys[:p.keysN], g) {
			p.keys[p.keysN] = g
			p.keysN++
		}
	}
	if where, titled := main(p.names, int(p.heads)); !titled && len(where) > 0 {
		r := []rune(where[0].core)
		for i := 1; i < min(len(r), 4); i++ {
			put(bigram(r[i-1], r[i]))
		}
	}
	for _, g := range s.weighed {
		put(g.gram)
	}
}

// bodyGrams keeps the most telling bigrams of the whole: the rare ones, the more so if
// they are repeated. It leaves the distinct bigrams in s.grams.
func (p *probe) bodyGrams(c *counts, s *scratch) {
	slices.Sort(s.grams)
	s.weighed = s.weighed[:0]
	out := s.grams[:0]
	for i := 0; i < len(s.grams); {
		j := i
		for j < len(s.grams) && s.grams[j] == s.grams[i] {
			j++
		}
		g := s.grams[i]
		w := c.rarity(g) * (1 + 0.5*float32(min(j-i, 4)-1))
		s.weighed = append(s.weighed, weighed{g, w * w})
		out = append(out, g)
		i = j
	}
	s.grams = out
	byWeight(s.weighed)
	for i, g := range inOrder(s.weighed, bodyKept) {
		p.body[i], p.bodyWeight[i] = uint16(g.gram), g.weight
		p.bodyN++
		p.bodyW += g.weight
	}
}

func byWeight(g []weighed) {
	slices.SortFunc(g, func(a, b weighed) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return int(int64(a.gram) - int64(b.gram))
	})
}

// inOrder is the first of a list, ordered as they are kept.
func inOrder(g []weighed, most int) []weighed {
	g = g[:min(len(g), most)]
	slices.SortFunc(g, func(a, b weighed) int { return int(uint16(a.gram)) - int(uint16(b.gram)) })
	return g
}
