package model

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dictionary parts texts into words, as the token rows that it learned from were parted:
// the likeliest sequence of its words. What it does not know is skipped, as stop words
// are. An empty dictionary takes each run of characters for one word.
type dictionary struct {
	keys  []key     // of words and of their prefixes, sorted
	logp  []float32 // of words; prefixOnly for what only begins words
	table table
	// unknown is the cost of skipping one character.
	unknown float32
}

const prefixOnly = 1

// maxWord bounds words, in characters.
const maxWord = 12

// word is a word of a text: where it stands, its characters and its hash.
type word struct {
	start, end int // bytes
	chars      []rune
	hash       uint64
}

// newDictionary counts the words of documents.
func newDictionary(docs [][]word) dictionary {
	counts := map[key]float64{}
	total := 0.0
	for _, d := range docs {
		for _, w := range d {
			if len(w.chars) > maxWord {
				continue
			}
			counts[keyOf(w.hash)]++
			total++
			h := uint64(seedWord)
			for _, r := range w.chars[:len(w.chars)-1] {
				h = step(h, r)
				counts[keyOf(h)] += 0
			}
		}
	}
	d := dictionary{}
	if total == 0 {
		return d
	}
	for k := range counts {
		d.keys = append(d.keys, k)
	}
	slices.Sort(d.keys)
	for _, k := range d.keys {
		p := float32(prefixOnly)
		if counts[k] > 0 {
			p = float32(math.Log(counts[k] / total))
		}
		d.logp = append(d.logp, p)
	}
	d.unknown = float32(math.Log(0.5 / total))
	d.ready()
	return d
}

func (d *dictionary) ready() { d.table = newTable(d.keys) }

// read parts a text into words; only words with a Chinese character are kept.
func (d *dictionary) read(text string) []word {
	out := make([]word, 0, len(text)/6)
	chars := make([]rune, 0, len(text)/3+1)
	at := make([]int, 0, len(text)/3+2)
	from := 0 // where the run began
	for i, r := range text {
		r = fold(r)
		if r != 0 {
			chars, at = append(chars, r), append(at, i)
			continue
		}
		if from < len(chars) {
			out = d.part(out, chars[from:], append(at[from:], i))
			at = at[:len(chars)]
		}
		from = len(chars)
	}
	if from < len(chars) {
		out = d.part(out, chars[from:], append(at[from:], len(text)))
	}
	return out
}

// fold narrows and upper-cases a letter or digit; 0 for what parts words.
func fold(r rune) rune {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF:
		return r
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
		return r
	case r < utf8.RuneSelf:
		return 0
	case r >= 0xFF01 && r <= 0xFF5E:
		return fold(r - 0xFEE0)
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return unicode.ToUpper(r)
	}
	return 0
}

func han(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000
}

// part finds the likeliest words of one run of characters; at holds the place of each
// and the run's end.
func (d *dictionary) part(out []word, chars []rune, at []int) []word {
	if len(d.keys) == 0 {
		return whole(out, chars, at)
	}
	n := len(chars)
	best := make([]float32, n+1)
	back := make([]int32, n+1) // length of the word that ends here; 0 for a skipped character
	for i := range best {
		best[i] = -math.MaxFloat32
	}
	best[0] = 0
	for i := range n {
		if s := best[i] + d.unknown; s > best[i+1] {
			best[i+1], back[i+1] = s, 0
		}
		h := uint64(seedWord)
		for j := i; j < n && j < i+maxWord; j++ {
			h = step(h, chars[j])
			e := d.table.find(keyOf(h))
			if e < 0 {
				break
			}
			if p := d.logp[e]; p != prefixOnly && best[i]+p > best[j+1] {
				best[j+1], back[j+1] = best[i]+p, int32(j+1-i)
			}
		}
	}
	first := len(out)
	for i := n; i > 0; {
		l := int(back[i])
		if l == 0 {
			i--
			continue
		}
		if w := chars[i-l : i]; slices.ContainsFunc(w, han) {
			out = append(out, word{at[i-l], at[i], w, hashOf(w)})
		}
		i -= l
	}
	slices.Reverse(out[first:])
	return out
}

// whole takes the Chinese stretches of a run for words.
func whole(out []word, chars []rune, at []int) []word {
	for i := 0; i < len(chars); {
		j := i
		for j < len(chars) && han(chars[j]) {
			j++
		}
		if j > i {
			out = append(out, word{at[i], at[j], chars[i:j], hashOf(chars[i:j])})
		}
		i = j + 1
	}
	return out
}

func hashOf(chars []rune) uint64 {
	h := uint64(seedWord)
	for _, r := range chars {
		h = step(h, r)
	}
	return h
}

// tokens turns words that were parted already into words; those without a Chinese
// character, and what is no word, are left out.
func tokens(list []string) []word {
	out := make([]word, 0, len(list))
	for _, t := range list {
		chars := make([]rune, 0, len(t)/3)
		clean := true
		for _, r := range t {
			if r = fold(r); r == 0 {
				clean = false
				break
			}
			chars = append(chars, r)
		}
		if clean && slices.ContainsFunc(chars, han) {
			out = append(out, word{chars: chars, hash: hashOf(chars)})
		}
	}
	return out
}

// joined is title and text as they are read together.
func joined(title, text string) string {
	if title == "" {
		return text
	}
	var b strings.Builder
	b.Grow(len(title) + 1 + len(text))
	b.WriteString(title)
	b.WriteByte('\n')
	b.WriteString(text)
	return b.String()
}
