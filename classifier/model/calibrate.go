package model

import "math"

// softmax turns scores into shares of 1; a greater sharpness makes them surer.
func softmax(scores []float64, sharpness float64) []float64 {
	out := make([]float64, len(scores))
	top := math.Inf(-1)
	for _, s := range scores {
		top = max(top, s)
	}
	sum := 0.0
	for i, s := range scores {
		out[i] = math.Exp((s - top) * sharpness)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// sharpen finds the sharpness with which held-out scores are the least surprised by the
// truth, by golden section over its logarithm.
func sharpen(scores [][]float64, truth []int) float64 {
	surprise := func(logs float64) float64 {
		sum := 0.0
		for i, s := range scores {
			sum -= math.Log(softmax(s, math.Exp(logs))[truth[i]] + 1e-12)
		}
		return sum
	}
	const ratio = 0.6180339887498949
	low, high := math.Log(0.1), math.Log(30)
	a, b := high-ratio*(high-low), low+ratio*(high-low)
	fa, fb := surprise(a), surprise(b)
	for range 30 {
		if fa < fb {
			high, b, fb = b, a, fa
			a = high - ratio*(high-low)
			fa = surprise(a)
			continue
		}
		low, a, fa = a, b, fb
		b = low + ratio*(high-low)
		fb = surprise(b)
	}
	return math.Exp((low + high) / 2)
}
