package match

import "slices"

// Hit is one occurrence of a word: Text[Start:End] is words[Word].
type Hit struct {
	Word, Start, End int
}

// Set finds its words in texts. It does not change once made and may be used from
// many goroutines.
type Set struct {
	// class maps a byte to its column; bytes that no word uses share column 0.
	class [256]uint8
	// next holds, for state s (a row's offset) and column c, the row of the next state
	// at next[s+c], with the top bit set when words end there.
	next []uint32
	// first is the last word that ends in a state, by row number; link the next state
	// on the chain of shorter words that end there, -1 at its end.
	first  []int32
	link   []int32
	length []int32
	width  uint32
}

const ends = 1 << 31

// New makes a set of the words; an empty word is never found. Of equal words only
// the last is found.
func New(words []string) *Set {
	s := &Set{length: make([]int32, len(words))}
	columns := 1
	for i, w := range words {
		s.length[i] = int32(len(w))
		for j := range len(w) {
			if s.class[w[j]] == 0 {
				s.class[w[j]] = uint8(columns)
				columns++
			}
		}
	}
	s.width = uint32(columns)
	s.trie(words)
	s.close()
	return s
}

// trie adds a row for every prefix; 0 in a cell means that there is no child yet.
func (s *Set) trie(words []string) {
	s.row()
	for i, w := range words {
		if w == "" {
			continue
		}
		at := uint32(0)
		for j := range len(w) {
			cell := at + uint32(s.class[w[j]])
			if s.next[cell] == 0 {
				s.next[cell] = s.row()
			}
			at = s.next[cell]
		}
		s.first[at/s.width] = int32(i)
	}
}

func (s *Set) row() uint32 {
	at := uint32(len(s.next))
	s.next = append(s.next, make([]uint32, s.width)...)
	s.first = append(s.first, -1)
	s.link = append(s.link, -1)
	return at
}

// close turns the trie into an automaton without failure steps, breadth first.
func (s *Set) close() {
	fail := make([]uint32, len(s.first))
	queue := make([]uint32, 0, len(s.first))
	for c := range s.width {
		if to := s.next[c]; to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		back := fail[at/s.width]
		if s.first[back/s.width] >= 0 {
			s.link[at/s.width] = int32(back / s.width)
		} else {
			s.link[at/s.width] = s.link[back/s.width]
		}
		for c := range s.width {
			to := s.next[at+c]
			if to == 0 {
				s.next[at+c] = s.next[back+c]
				continue
			}
			fail[to/s.width] = s.next[back+c]
			queue = append(queue, to)
		}
	}
	for i, to := range s.next {
		if row := to / s.width; s.first[row] >= 0 || s.link[row] >= 0 {
			s.next[i] = to | ends
		}
	}
}

// Append adds every occurrence of every word in the text to hits, by where they end,
// longer words first, and returns it. Occurrences may overlap.
func (s *Set) Append(hits []Hit, text string) []Hit {
	at := uint32(0)
	next, class := s.next, &s.class
	for i := range len(text) {
		to := next[at+uint32(class[text[i]])]
		if at = to &^ ends; to != at {
			hits = s.ending(hits, at, i+1)
		}
	}
	return hits
}

func (s *Set) ending(hits []Hit, at uint32, end int) []Hit {
	for row := int32(at / s.width); row >= 0; row = s.link[row] {
		if w := s.first[row]; w >= 0 {
			hits = append(hits, Hit{Word: int(w), Start: end - int(s.length[w]), End: end})
		}
	}
	return hits
}

// Longest drops the hits that lie within, or overlap, an earlier or longer one: what
// remains reads from left to right. It reorders and shortens hits in place.
func Longest(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	out := hits[:0]
	end := 0
	for _, h := range hits {
		if h.Start < end {
			continue
		}
		out = append(out, h)
		end = h.End
	}
	return out
}
