package model

import "slices"

// A word is rare when at most that many texts hold it; only rare words are compared, so
// that a million texts can be.
const rare = 30

// groups puts texts that are nearly the same into one group, and returns each text's
// group. The same report by hotline and by letter, whole and in words, is one.
func groups(docs [][]word) []int {
	holders := map[key][]int32{}
	sets := make([][]key, len(docs))
	for i, d := range docs {
		for _, w := range d {
			if len(w.chars) > 1 {
				sets[i] = append(sets[i], keyOf(w.hash))
			}
		}
		sortKeys(sets[i])
		sets[i] = slices.Compact(sets[i])
		for _, k := range sets[i] {
			if len(holders[k]) <= rare {
				holders[k] = append(holders[k], int32(i))
			}
		}
	}
	group := make([]int, len(docs))
	for i := range group {
		group[i] = i
	}
	shared := map[int32]int{}
	for i, set := range sets {
		clear(shared)
		telling := 0
		for _, k := range set {
			if h := holders[k]; len(h) > 1 && len(h) <= rare {
				telling++
				for _, j := range h {
					if int(j) < i {
						shared[j]++
					}
				}
			}
		}
		for j, n := range shared {
			if n*2 >= telling && within(set, sets[j]) >= alike {
				join(group, i, int(j))
			}
		}
	}
	for i := range group {
		group[i] = root(group, i)
	}
	return group
}

// alike is the share of the shorter text's words that the other holds, from which two
// texts are nearly the same.
const alike = 0.7

// within is the share of the smaller set that lies in the other.
func within(a, b []key) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 5 {
		if slices.Equal(a, b) {
			return 1
		}
		return 0
	}
	n, j := 0, 0
	for _, k := range a {
		for j < len(b) && b[j] < k {
			j++
		}
		if j < len(b) && b[j] == k {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

func root(group []int, i int) int {
	for group[i] != i {
		group[i] = group[group[i]]
		i = group[i]
	}
	return i
}

// join makes the earlier text's group that of both.
func join(group []int, i, j int) {
	a, b := root(group, i), root(group, j)
	group[max(a, b)] = min(a, b)
}

func sortKeys(list []key) { slices.Sort(list) }
