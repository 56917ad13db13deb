package near

import "unicode"

// gap stands in a folded text for whatever is neither letter, digit nor Han.
const gap = ' '

// maxRunes bounds what is looked at of one text: a matter is told in its beginning.
const maxRunes = 1600

// fold appends a text as it is compared: full-width forms narrowed, letters small, each
// run of signs and spaces one gap, and no more than room runes.
func fold(dst []rune, s string, room int) []rune {
	for _, r := range s {
		if room == 0 {
			break
		}
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　':
			r = gap
		}
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r < 0x80 && (r < '0' || r > '9') && (r < 'a' || r > 'z'):
			r = gap
		case r >= 0x80 && !unicode.IsLetter(r) && !unicode.IsNumber(r):
			r = gap
		}
		if r == gap && (len(dst) == 0 || dst[len(dst)-1] == gap) {
			continue
		}
		dst = append(dst, r)
		room--
	}
	return dst
}

// mix scatters the bits of a number (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// bigram numbers two neighbouring characters.
func bigram(a, b rune) uint32 {
	return uint32(mix(uint64(a)<<32|uint64(b)) >> 32)
}

// bigrams appends the bigrams of a folded text, none across a gap.
func bigrams(dst []uint32, text []rune) []uint32 {
	for i := 1; i < len(text); i++ {
		if text[i-1] != gap && text[i] != gap {
			dst = append(dst, bigram(text[i-1], text[i]))
		}
	}
	return dst
}
