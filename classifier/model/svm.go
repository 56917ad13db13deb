package model

import "math"

// dice are thrown the same way each time (xorshift), so that a training repeats.
type dice uint64

func (d *dice) shuffle(list []int32) {
	for i := len(list) - 1; i > 0; i-- {
		*d ^= *d << 13
		*d ^= *d >> 7
		*d ^= *d << 17
		j := uint64(*d) % uint64(i+1)
		list[i], list[j] = list[j], list[i]
	}
}

const (
	passes    = 60
	closeness = 0.05
)

// separate finds the plane that parts the positive from the negative vectors: a linear
// support vector machine with squared loss, by dual coordinate descent (Hsieh et al.,
// ICML 2008). cost is what a mistake at each vector costs.
func separate(xs []vector, positive []bool, cost []float64, features int) ([]float64, float64) {
	w := make([]float64, features)
	bias := 0.0
	alpha := make([]float64, len(xs))
	square := make([]float64, len(xs))
	order := make([]int32, len(xs))
	for i, x := range xs {
		order[i] = int32(i)
		for _, v := range x.val {
			square[i] += float64(v) * float64(v)
		}
		square[i] += 1 + 0.5/cost[i]
	}
	d := dice(88172645463325252)
	for range passes {
		d.shuffle(order)
		worst := 0.0
		for _, i := range order {
			y := -1.0
			if positive[i] {
				y = 1
			}
			g := y*(dot(w, xs[i])+bias) - 1 + alpha[i]*0.5/cost[i]
			if alpha[i] == 0 && g >= 0 {
				continue
			}
			worst = max(worst, math.Abs(g))
			old := alpha[i]
			alpha[i] = max(0, old-g/square[i])
			by := (alpha[i] - old) * y
			for k, f := range xs[i].at {
				w[f] += by * float64(xs[i].val[k])
			}
			bias += by
		}
		if worst < closeness {
			break
		}
	}
	return w, bias
}

func dot(w []float64, x vector) float64 {
	sum := 0.0
	for k, f := range x.at {
		sum += w[f] * float64(x.val[k])
	}
	return sum
}
