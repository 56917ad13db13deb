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

// trust says how scores become likelihoods: how sharply they are taken, and which share
// is left to chance, since some labels can be argued either way.
type trust struct{ sharpness, chance float32 }

// shares are the likelihoods of scores.
func (t trust) shares(scores []float64) []float64 {
	out := softmax(scores, float64(t.sharpness))
	for i := range out {
		out[i] = (1-float64(t.chance))*out[i] + float64(t.chance)/float64(len(out))
	}
	return out
}

// calibrate finds the trust with which held-out scores are the least surprised by the
// truth: the sharpness by golden section over its logarithm, for each chance of a few.
func calibrate(scores [][]float64, truth []int) trust {
	best, least := trust{}, math.Inf(1)
	for _, chance := range []float32{0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2} {
		logs, sum := sharpen(func(logs float64) float64 {
			t := trust{float32(math.Exp(logs)), chance}
			sum := 0.0
			for i, s := range scores {
				sum -= math.Log(t.shares(s)[truth[i]] + 1e-12)
			}
			return sum
		})
		if sum < least {
			best, least = trust{float32(math.Exp(logs)), chance}, sum
		}
	}
	return best
}

// sharpen finds where a surprise is least, and the least.
func sharpen(surprise func(float64) float64) (float64, float64) {
	const ratio = 0.6180339887498949
	low, high := math.Log(0.1), math.Log(30)
	a, b := high-ratio*(high-low), low+ratio*(high-low)
	fa, fb := surprise(a), surprise(b)
	for range 16 {
		if fa <= fb { // where nothing speaks for either, the less sure
			high, b, fb = b, a, fa
			a = high - ratio*(high-low)
			fa = surprise(a)
			continue
		}
		low, a, fa = a, b, fb
		b = low + ratio*(high-low)
		fb = surprise(b)
	}
	return (low + high) / 2, min(fa, fb)
}
