package model

import (
	"errors"
	"maps"
	"math"
	"slices"
)

// Trained says what one head was made of and how well it answers texts that it was not
// shown (cross-validation; near-identical texts never stand on both sides).
type Trained struct {
	Head    string `json:"head"`
	Texts   int    `json:"texts"`
	Classes []Kept `json:"classes"`
	// Dropped are classes with too few texts.
	Dropped []string `json:"dropped,omitempty"`
	// Accuracy and MacroF1 are of the cross-validation.
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
}

// Kept is a class that was learned.
type Kept struct {
	Class string  `json:"class"`
	Texts int     `json:"texts"`
	F1    float64 `json:"f1"`
}

const (
	// MinClass is how many texts a class needs to be learned.
	MinClass = 5
	// minDictionary is how many words make a dictionary worth its use.
	minDictionary = 5000
	folds         = 5
	// mistake is what one costs; less lets the planes lie smoother.
	mistake = 0.5
)

// ErrNothing says that there is nothing to learn from.
var ErrNothing = errors.New("没有可用的标注：至少要有两个类别，每类至少5条")

// Train learns from samples. The same samples in the same order give the same model.
func Train(samples []Sample) (*Model, error) { return train(samples, nil) }

// train learns; heads whose trust is known already are not validated.
func train(samples []Sample, known map[string]trust) (*Model, error) {
	m, docs := prepare(samples)
	group := groups(docs)
	m.vocab = newVocabulary(docs, group, m.vocab.grams)
	xs := m.vectors(docs)
	size := map[int]int{}
	for _, g := range group {
		size[g]++
	}
	for _, name := range headNames(samples) {
		p := pick(name, samples, xs, group, size)
		if p == nil {
			continue
		}
		h := head{name: name, classes: p.classes}
		t := Trained{Head: name, Texts: len(p.xs)}
		if known, ok := known[name]; ok {
			h.trust = known
		} else {
			t = p.validate(&h, len(m.vocab.keys))
		}
		h.pack(planes(p.xs, p.truth, p.care, len(p.classes), len(m.vocab.keys)), len(m.vocab.keys))
		m.heads, m.trained = append(m.heads, h), append(m.trained, t)
	}
	if len(m.heads) == 0 {
		return nil, ErrNothing
	}
	return m, nil
}

// prepare learns how texts fall into words and parts them.
func prepare(samples []Sample) (*Model, [][]word) {
	m := &Model{}
	docs := make([][]word, len(samples))
	var parted [][]word
	for i, s := range samples {
		if len(s.Tokens) > 0 {
			docs[i] = tokens(s.Tokens)
			parted = append(parted, docs[i])
		}
	}
	m.vocab.grams = gramsInRun
	if d := newDictionary(parted); len(d.keys) >= minDictionary {
		m.words, m.vocab.grams = d, gramsInWord
	}
	for i, s := range samples {
		if len(s.Tokens) == 0 {
			docs[i] = m.words.read(joined(s.Title, s.Text))
		}
	}
	return m, docs
}

func (m *Model) vectors(docs [][]word) []vector {
	xs := make([]vector, len(docs))
	b := &bench{}
	for i, d := range docs {
		x := m.vocab.count(b, d)
		xs[i] = vector{at: slices.Clone(x.at), val: x.val}
		b.clear()
	}
	return xs
}

// headNames are the questions that any sample answers, in order.
func headNames(samples []Sample) []string {
	names := map[string]bool{}
	for _, s := range samples {
		for name, class := range s.Labels {
			names[name] = names[name] || class != ""
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// picked are the samples that answer one question.
type picked struct {
	name    string
	classes []string
	dropped []string
	xs      []vector
	truth   []int
	care    []float64
	group   []int
	whole   []bool // texts as people write them, not token rows
}

// pick takes the samples with a label of a class that is common enough; nil when fewer
// than two classes are.
func pick(name string, samples []Sample, xs []vector, group []int, size map[int]int) *picked {
	count := map[string]int{}
	for _, s := range samples {
		if c := s.Labels[name]; c != "" {
			count[c]++
		}
	}
	p := &picked{name: name}
	for _, c := range slices.Sorted(maps.Keys(count)) {
		if count[c] < MinClass {
			p.dropped = append(p.dropped, c)
			continue
		}
		p.classes = append(p.classes, c)
	}
	if len(p.classes) < 2 {
		return nil
	}
	for i, s := range samples {
		c, ok := slices.BinarySearch(p.classes, s.Labels[name])
		if !ok {
			continue
		}
		p.xs, p.truth, p.group = append(p.xs, xs[i]), append(p.truth, c), append(p.group, group[i])
		p.whole = append(p.whole, len(s.Tokens) == 0)
		// what came a hundred times is not a hundred times as telling
		p.care = append(p.care, mistake/math.Sqrt(float64(size[group[i]])))
	}
	return p
}

// validate holds out each fifth in turn, sets the head's trust by what was held out,
// and says how well it was answered.
func (p *picked) validate(h *head, features int) Trained {
	held := make([][]float64, len(p.xs))
	fold := p.folds()
	for f := range folds {
		var xs []vector
		var truth []int
		var care []float64
		for i := range p.xs {
			if fold[i] != f {
				xs, truth, care = append(xs, p.xs[i]), append(truth, p.truth[i]), append(care, p.care[i])
			}
		}
		ps := planes(xs, truth, care, len(p.classes), features)
		for i := range p.xs {
			if fold[i] == f {
				held[i] = scores(ps, p.xs[i])
			}
		}
	}
	h.trust = calibrate(p.telling(held))
	return p.report(held)
}

// enough whole texts to set the trust by.
const enough = 100

// telling are the held-out scores by which the trust is set: those of whole texts
// where there are enough, since such will be asked about.
func (p *picked) telling(held [][]float64) ([][]float64, []int) {
	var scores [][]float64
	var truth []int
	for i, w := range p.whole {
		if w {
			scores, truth = append(scores, held[i]), append(truth, p.truth[i])
		}
	}
	if len(scores) < enough {
		return held, p.truth
	}
	return scores, truth
}

// folds deals groups round, so that alike texts stay together and classes are spread. Of a
// class that is made of fewer groups than there are folds, such as one matter that
// hundreds reported, the texts are dealt one by one: else nothing of it could be held out.
func (p *picked) folds() []int {
	of := map[[2]int]int{} // by class and group
	next := make([]int, len(p.classes))
	for i := range p.xs {
		k := [2]int{p.truth[i], p.group[i]}
		if _, ok := of[k]; !ok {
			of[k] = next[p.truth[i]] % folds
			next[p.truth[i]]++
		}
	}
	out := make([]int, len(p.xs))
	dealt := make([]int, len(p.classes))
	whole := map[int]int{} // a group that two classes share stays together
	for i := range p.xs {
		c, g := p.truth[i], p.group[i]
		if next[c] < folds {
			out[i] = dealt[c] % folds
			dealt[c]++
			continue
		}
		if _, ok := whole[g]; !ok {
			whole[g] = of[[2]int{c, g}]
		}
		out[i] = whole[g]
	}
	return out
}

func (p *picked) report(held [][]float64) Trained {
	n := len(p.classes)
	hit, said, are := make([]int, n), make([]int, n), make([]int, n)
	right := 0
	for i, s := range held {
		best := slices.Index(s, slices.Max(s))
		said[best]++
		are[p.truth[i]]++
		if best == p.truth[i] {
			hit[best]++
			right++
		}
	}
	t := Trained{Head: p.name, Texts: len(held), Dropped: p.dropped, Accuracy: float64(right) / float64(len(held))}
	for c, name := range p.classes {
		f1 := 2 * float64(hit[c]) / float64(max(said[c]+are[c], 1))
		t.Classes = append(t.Classes, Kept{name, are[c], f1})
		t.MacroF1 += f1 / float64(n)
	}
	return t
}
