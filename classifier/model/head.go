package model

import (
	"math"
	"runtime"
	"sync"
)

// head is one question, such as the category: its classes and their planes.
type head struct {
	name    string
	classes []string // sorted
	// weights hold, for each feature, one number a class: the root of its share of the
	// class's scale, in 127ths, so that the many small ones are kept as well.
	weights []int8
	scale   []float32
	bias    []float32
	// trust turns scores into calibrated likelihoods.
	trust trust
}

// balance raises what mistakes on rare classes cost.
const balance = 0.3

// plane is one class against the others.
type plane struct {
	w    []float64
	bias float64
}

// planes learns one plane a class from the texts that have a label; truth holds the
// class of each, care how much each counts.
func planes(xs []vector, truth []int, care []float64, classes, features int) []plane {
	out := make([]plane, classes)
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for c := range classes {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			positive := make([]bool, len(xs))
			of, others := 0.0, 0.0
			for i, t := range truth {
				if positive[i] = t == c; positive[i] {
					of += care[i]
				} else {
					others += care[i]
				}
			}
			cost := make([]float64, len(xs))
			for i := range cost {
				cost[i] = care[i]
				if positive[i] {
					cost[i] *= math.Pow(max(others, 1)/max(of, 1), balance)
				}
			}
			w, bias := separate(xs, positive, cost, features)
			out[c] = plane{w, bias}
		})
	}
	wg.Wait()
	return out
}

func scores(ps []plane, x vector) []float64 {
	out := make([]float64, len(ps))
	for c, p := range ps {
		out[c] = dot(p.w, x) + p.bias
	}
	return out
}

// pack keeps planes in a byte a weight.
func (h *head) pack(ps []plane, features int) {
	h.weights = make([]int8, features*len(ps))
	for c, p := range ps {
		top := 1e-9
		for _, w := range p.w {
			top = max(top, math.Abs(w))
		}
		for f, w := range p.w {
			h.weights[f*len(ps)+c] = int8(math.Copysign(math.Round(math.Sqrt(math.Abs(w)/top)*127), w))
		}
		h.scale = append(h.scale, float32(top))
		h.bias = append(h.bias, float32(p.bias))
	}
}

// unpacked are the weights that a byte stands for, from -128 up.
//
//nolint:gochecknoglobals // a constant table; Go has no constant arrays
var unpacked = func() (t [256]float32) {
	for i := range t {
		v := float32(i-128) / 127
		t[i] = v * max(v, -v)
	}
	return t
}()

// judge returns the likelihood of each class.
func (h *head) judge(x vector) []float64 {
	n := len(h.classes)
	sums := make([]float32, n)
	for k, f := range x.at {
		row := h.weights[int(f)*n : int(f)*n+n]
		v := x.val[k]
		for c, w := range row {
			sums[c] += v * unpacked[int(w)+128]
		}
	}
	out := make([]float64, n)
	for c := range out {
		out[c] = float64(sums[c]*h.scale[c] + h.bias[c])
	}
	return h.trust.shares(out)
}
