package model

// Cross asks about each of the samples a model that was trained without it, and without
// anything nearly the same: the samples are dealt into k folds, and each fold is
// answered by what was learned from the others and from with. The same input gives the
// same answers. It also returns how many samples have a near-identical one in with,
// which was left out of training.
func Cross(samples, with []Sample, k int) ([]map[string]Opinion, int, error) {
	all := append(append([]Sample{}, samples...), with...)
	_, docs := prepare(all)
	group := groups(docs)
	fold, next := map[int]int{}, 0
	for i := range samples {
		if _, ok := fold[group[i]]; !ok {
			fold[group[i]] = next % k
			next++
		}
	}
	out := make([]map[string]Opinion, len(samples))
	known := map[string]trust{}
	for f := range k {
		var rest []Sample
		for i, s := range all {
			if at, ok := fold[group[i]]; !ok || at != f {
				rest = append(rest, s)
			}
		}
		m, err := train(rest, known)
		if err != nil {
			return nil, 0, err
		}
		for _, h := range m.heads {
			known[h.name] = h.trust
		}
		for i, s := range samples {
			if fold[group[i]] == f {
				out[i] = m.Judge(s.Title, s.Text)
			}
		}
	}
	return out, twins(group, len(samples)), nil
}

// twins counts the first n that share a group with one after them.
func twins(group []int, n int) int {
	after := map[int]bool{}
	for _, g := range group[n:] {
		after[g] = true
	}
	count := 0
	for _, g := range group[:n] {
		if after[g] {
			count++
		}
	}
	return count
}
