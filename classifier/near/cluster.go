package near

import (
	"math"
	"slices"
)

// Thresholds of one matter.
const (
	// SameMatter is the likeness from which two texts may be of one matter.
	SameMatter = 0.34
	// together is the mean likeness from which two groups become one.
	together = 0.14
	// sampled bounds how many of a group are compared one by one.
	sampled = 24
)

// Cluster sorts texts into matters. The answer has a number for each text: the index of
// the earliest text of its matter, so that a text alone has its own.
func Cluster(texts []Text) []int {
	g := grouping{probes: make([]*probe, len(texts)), of: make([]int, len(texts)), members: make([][]int, len(texts))}
	g.read(texts)
	edges := g.edges()
	slices.SortFunc(edges, func(a, b edge) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		case a.i != b.i:
			return a.i - b.i
		}
		return a.j - b.j
	})
	for _, e := range edges {
		g.join(e)
	}
	for i := range g.of {
		g.of[i] = slices.Min(g.members[g.of[i]])
	}
	return g.of
}

// grouping is texts being sorted.
type grouping struct {
	probes  []*probe
	counts  *counts
	of      []int   // the group of each text
	members [][]int // the texts of each group
}

// edge joins two texts that are alike, j before i.
type edge struct {
	i, j  int
	score float64
}

// read counts all words first, so that what is rare is known from the first text on.
func (g *grouping) read(texts []Text) {
	var s scratch
	g.counts = &counts{most: float64(len(texts) + 1)}
	for i, t := range texts {
		g.counts.add(read(t, g.counts, &s).set)
		g.of[i], g.members[i] = i, []int{i}
	}
	for i, t := range texts {
		t.ID = int64(i + 1)
		p := read(t, g.counts, &s)
		g.probes[i] = p
	}
}

// edges are the pairs that are alike.
func (g *grouping) edges() []edge {
	x := NewIndex(max(len(g.probes), 1))
	x.counts = g.counts
	var out []edge
	for i, p := range g.probes {
		for _, n := range x.candidates(p) {
			j := int(n) - 1
			if l := compare(p, &g.probes[j].doc, SameMatter); l.Score >= SameMatter && !l.Elsewhere {
				out = append(out, edge{i, j, l.Score})
			}
		}
		x.insert(p)
	}
	return out
}

// join makes the groups of two texts one, if their texts are alike on the whole.
func (g *grouping) join(e edge) {
	a, b := g.of[e.i], g.of[e.j]
	if a == b || !g.fit(g.members[a], g.members[b]) {
		return
	}
	if len(g.members[a]) < len(g.members[b]) {
		a, b = b, a
	}
	for _, m := range g.members[b] {
		g.of[m] = a
	}
	g.members[a] = append(g.members[a], g.members[b]...)
	g.members[b] = nil
}

// fit tells whether two groups are of one matter: the texts of the smaller one are each
// like some of the other, all are alike on the mean, and few pairs are of different places.
func (g *grouping) fit(a, b []int) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	a, b = sample(a), sample(b)
	sum, bests, n, elsewhere := 0.0, 0.0, 0, 0
	for _, i := range a {
		best := 0.0
		for _, j := range b {
			l := compare(g.probes[i], &g.probes[j].doc, 0)
			n++
			if l.Elsewhere {
				elsewhere++
				continue
			}
			sum += l.Score
			best = math.Max(best, l.Score)
		}
		bests += best
	}
	return elsewhere*2 < n && sum/float64(n) >= together && bests/float64(len(a)) >= SameMatter
}

// sample takes at most sampled of a group, spread evenly.
func sample(of []int) []int {
	if len(of) <= sampled {
		return of
	}
	out := make([]int, 0, sampled)
	for k := range sampled {
		out = append(out, of[k*len(of)/sampled])
	}
	return out
}
