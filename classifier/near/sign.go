package near

import (
	"math"
	"math/bits"
)

// The shape of MinHash and its LSH: 16 bands of 4 rows find texts of which a tenth was
// edited in 95 of 100 cases (docs/benchmarks.md has the measurement).
const (
	hashes = 64
	rows   = 4
	bands  = hashes / rows
)

// signature is the MinHash of a set of bigrams, whole while it is being made.
type signature [hashes]uint32

// sign makes the signature of a set of bigrams.
func sign(set []uint32) signature {
	var s signature
	for i := range s {
		s[i] = math.MaxUint32
	}
	for _, g := range set {
		// Two independent hashes of the bigram give the 64 (Kirsch and Mitzenmacher).
		h := mix(uint64(g) + 0x9e3779b97f4a7c15)
		a, b := uint32(h), uint32(h>>32)|1
		for i := range s {
			a += b
			v := bits.RotateLeft32(a, i) * 0x9e3779b1
			if v < s[i] {
				s[i] = v
			}
		}
	}
	return s
}

// band is the key of one band.
func (s *signature) band(i int) uint32 {
	h := uint64(i)
	for _, v := range s[i*rows : (i+1)*rows] {
		h = mix(h ^ uint64(v))
	}
	return uint32(h >> 32)
}

// short keeps a byte of each hash: enough to estimate likeness, a quarter of the room.
func (s *signature) short() (out [hashes]uint8) {
	for i, v := range s {
		out[i] = uint8(v>>24 ^ v)
	}
	return out
}

// jaccard estimates the share of bigrams that two texts have in common, by b-bit MinHash:
// one byte in 256 agrees by chance.
func jaccard(a, b *[hashes]uint8) float64 {
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	const chance = 1.0 / 256
	return max(0, (float64(same)/hashes-chance)/(1-chance))
}
