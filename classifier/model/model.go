package model

import (
	"cmp"
	"slices"
	"sync"
)

// Model is what was learned. It does not change once made and may be asked from many
// goroutines.
type Model struct {
	words   dictionary
	vocab   vocabulary
	heads   []head
	trained []Trained
	benches sync.Pool
}

// Opinion is what the model thinks of one question about a text.
type Opinion struct {
	Class string
	// P is how sure it is, 0 to 1, calibrated: of those with 0.8, four in five are right.
	P float64
	// Ranked are all classes, the likeliest first.
	Ranked []Ranked
	// Words are those that weighed most for the class, as they stand in the text.
	Words []string
}

// Ranked is a class and how likely it is.
type Ranked struct {
	Class string
	P     float64
}

// Of returns the likelihood of a class; 0 when the model does not know it.
func (o Opinion) Of(class string) float64 {
	for _, r := range o.Ranked {
		if r.Class == class {
			return r.P
		}
	}
	return 0
}

// Has tells whether the model learned to answer a question.
func (m *Model) Has(name string) bool {
	return slices.ContainsFunc(m.heads, func(h head) bool { return h.name == name })
}

// Trained says how the model was made, by head.
func (m *Model) Trained() []Trained { return m.trained }

// Judge answers each question that the model learned, by head.
func (m *Model) Judge(title, text string) map[string]Opinion {
	whole := joined(title, text)
	words := m.words.read(whole)
	b, ok := m.benches.Get().(*bench)
	if !ok {
		b = &bench{}
	}
	x := m.vocab.count(b, words)
	out := make(map[string]Opinion, len(m.heads))
	for i := range m.heads {
		h := &m.heads[i]
		o := h.opinion(x)
		o.Words = m.weighed(b, h, slices.Index(h.classes, o.Class), words, whole)
		out[h.name] = o
	}
	b.clear()
	m.benches.Put(b)
	return out
}

func (h *head) opinion(x vector) Opinion {
	shares := h.judge(x)
	o := Opinion{Ranked: make([]Ranked, len(shares))}
	for c, p := range shares {
		o.Ranked[c] = Ranked{h.classes[c], p}
	}
	slices.SortStableFunc(o.Ranked, func(a, b Ranked) int { return cmp.Compare(b.P, a.P) })
	o.Class, o.P = o.Ranked[0].Class, o.Ranked[0].P
	return o
}

// told is how many words are shown.
const told = 3

// weighed finds the words that weighed most for a class. A pair's weight is shared by
// its two words, a run of characters' is its word's.
func (m *Model) weighed(b *bench, h *head, class int, words []word, text string) []string {
	if len(words) == 0 || words[0].end == 0 {
		return nil
	}
	by := make([]float32, len(words))
	n := len(h.classes)
	for _, s := range b.shown {
		w := unpacked[int(h.weights[int(s.feature)*n+class])+128] * s.weight * b.counts[s.feature]
		if m.vocab.kinds[s.feature] == kindPair && s.word > 0 {
			w /= 2
			by[s.word-1] += w
		}
		by[s.word] += w
	}
	var out []string
	for range told {
		best, at := float32(0), -1
		for i, w := range by {
			if w > best && !slices.Contains(out, text[words[i].start:words[i].end]) {
				best, at = w, i
			}
		}
		if at < 0 {
			break
		}
		out = append(out, text[words[at].start:words[at].end])
	}
	return out
}
