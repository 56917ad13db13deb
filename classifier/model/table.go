package model

import "math/bits"

// key is a hash of characters, 48 bits of it: small in a file, and of some 100,000
// features hardly two alike.
type key uint64

const keyBits = 48

// The seeds keep words, pairs of words and runs of characters apart.
const (
	seedWord  = 0x9E3779B97F4A7C15
	seedPair  = 0xC2B2AE3D27D4EB4F
	seedChars = 0x165667B19E3779F9
)

// step adds a character to a hash, so that the hash of a word is made of its prefix's.
func step(h uint64, r rune) uint64 {
	h = (h ^ uint64(uint32(r))) * 0xFF51AFD7ED558CCD
	return h ^ h>>32
}

func pair(a, b uint64) uint64 {
	h := (seedPair ^ a) * 0xFF51AFD7ED558CCD
	h = (bits.RotateLeft64(h, 31) ^ b) * 0xC4CEB9FE1A85EC53
	return h ^ h>>32
}

func keyOf(h uint64) key { return key(h >> (64 - keyBits)) }

// table finds a number by key; open addressing, as a map would take twice as long.
type table struct {
	keys []key // 0 is free; no feature hashes to it but one in 2^48
	vals []int32
	mask uint64
}

// newTable makes a table of keys, each with its place in the list.
func newTable(keys []key) table {
	size := 1 << bits.Len(uint(len(keys)*2)|8)
	t := table{keys: make([]key, size), vals: make([]int32, size), mask: uint64(size - 1)}
	for i, k := range keys {
		at := t.slot(k)
		t.keys[at], t.vals[at] = k, int32(i)
	}
	return t
}

func (t *table) slot(k key) uint64 {
	at := uint64(k) * seedWord >> 20 & t.mask
	for t.keys[at] != 0 && t.keys[at] != k {
		at = (at + 1) & t.mask
	}
	return at
}

// find returns the number of a key, -1 when it is not there.
func (t *table) find(k key) int32 {
	if at := t.slot(k); t.keys[at] == k && k != 0 {
		return t.vals[at]
	}
	return -1
}
