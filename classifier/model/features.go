package model

import (
	"math"
	"slices"
)

// kind of a feature.
type kind uint8

const (
	kindWord kind = iota
	kindPair
	kindChars
)

// weightOf is how much a kind counts; found by measurement (docs/classifier.md).
func (k kind) weightOf() float32 {
	switch k {
	case kindWord:
		return 1
	case kindPair:
		return 0.7
	case kindChars:
	}
	return 0.5
}

// lead words stand in the title or the first sentence, and count more.
const (
	leadWords  = 12
	leadWeight = 3
)

// longest run of characters that is a feature: within a word, and where texts are not
// parted into words.
const (
	gramsInWord = 3
	gramsInRun  = 4
)

// emit calls take for each feature of a text: its key, kind, weight, and the word that
// it stands in (a pair ends in it).
func emit(words []word, grams int, take func(k key, kind kind, weight float32, at int)) {
	for i, w := range words {
		weight := float32(1)
		if i < leadWords {
			weight = leadWeight
		}
		take(keyOf(w.hash), kindWord, weight, i)
		if i > 0 {
			take(keyOf(pair(words[i-1].hash, w.hash)), kindPair, weight, i)
			if before := words[i-1].chars; grams == gramsInWord {
				take(keyOf(step(step(seedChars, before[len(before)-1]), w.chars[0])), kindChars, weight, i)
			}
		}
		for from := range w.chars {
			h := uint64(seedChars)
			for _, r := range w.chars[from:min(from+grams, len(w.chars))] {
				h = step(h, r)
				take(keyOf(h), kindChars, weight, i)
			}
		}
	}
}

// vocabulary is what texts may show: features by number.
type vocabulary struct {
	keys  []key // sorted
	df    []int32
	kinds []kind
	docs  int
	grams int
	table table
	gain  []float32 // what a feature counts: rarer ones more
}

func (v *vocabulary) ready() {
	v.table = newTable(v.keys)
	v.gain = make([]float32, len(v.keys))
	for i, df := range v.df {
		v.gain[i] = float32(math.Log(float64(1+v.docs)/float64(1+df))) * v.kinds[i].weightOf()
	}
}

// In how many texts a feature must occur: in two that are not nearly the same, or in three.
const (
	minTexts = 2
	minAlike = 3
)

// newVocabulary takes what occurs in enough of the texts. A report that is there twice,
// whole and in words, must not make words of its own telling: they would never be met again.
func newVocabulary(docs [][]word, group []int, grams int) vocabulary {
	type seen struct {
		df    int32 // groups that hold it
		texts int32
		last  int32 // the text that was counted last, and its group
		group int32
		kind  kind
	}
	all := map[key]seen{}
	order := make([]int, len(docs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return group[a] - group[b] })
	texts, last := 0, -1
	for _, i := range order {
		if group[i] != last {
			texts, last = texts+1, group[i]
		}
		emit(docs[i], grams, func(k key, kind kind, _ float32, _ int) {
			s := all[k]
			if s.texts > 0 && s.last == int32(i) {
				return
			}
			if s.texts == 0 || s.group != int32(texts) {
				s.df++
			}
			all[k] = seen{s.df, s.texts + 1, int32(i), int32(texts), kind}
		})
	}
	v := vocabulary{docs: texts, grams: grams}
	for k, s := range all {
		if (s.df >= minTexts || s.texts >= minAlike) && k != 0 {
			v.keys = append(v.keys, k)
		}
	}
	sortKeys(v.keys)
	for _, k := range v.keys {
		v.df, v.kinds = append(v.df, all[k].df), append(v.kinds, all[k].kind)
	}
	v.ready()
	return v
}

// vector is a text in numbers, of length 1.
type vector struct {
	at  []int32
	val []float32
}

// bench is what counting a text needs, kept for the next one.
type bench struct {
	counts  []float32
	touched []int32
	shown   []shown
}

// shown is one occurrence of a feature in a text.
type shown struct {
	feature int32
	word    int32
	weight  float32
}

// count numbers a text. The vector is the bench's until the next call.
func (v *vocabulary) count(b *bench, words []word) vector {
	if len(b.counts) < len(v.keys) {
		b.counts = make([]float32, len(v.keys))
	}
	b.touched, b.shown = b.touched[:0], b.shown[:0]
	emit(words, v.grams, func(k key, _ kind, weight float32, at int) {
		f := v.table.find(k)
		if f < 0 {
			return
		}
		if b.counts[f] == 0 {
			b.touched = append(b.touched, f)
		}
		b.counts[f] += weight
		b.shown = append(b.shown, shown{f, int32(at), weight})
	})
	out := vector{at: b.touched, val: make([]float32, len(b.touched))}
	norm := 0.0
	for i, f := range b.touched {
		x := (1 + float32(math.Log(float64(b.counts[f])))) * v.gain[f]
		out.val[i] = x
		norm += float64(x) * float64(x)
	}
	if norm > 0 {
		scale := float32(1 / math.Sqrt(norm))
		for i := range out.val {
			out.val[i] *= scale
		}
	}
	for i, f := range b.touched {
		// how much one unit of weight of this feature came to, for explaining
		b.counts[f] = out.val[i] / b.counts[f]
	}
	return out
}

// clear makes the bench ready for the next text.
func (b *bench) clear() {
	for _, f := range b.touched {
		b.counts[f] = 0
	}
}
