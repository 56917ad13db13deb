package figures

import (
	"strings"
	"unicode/utf8"
)

// folded is a text with full-width digits and letters made half-width, and the way
// back to the places of the original.
type folded struct {
	s string
	// from holds, for each byte of s and its end, the byte of the original; nil when
	// nothing was changed.
	from []int32
}

// fold narrows digits, letters, points and percent signs; Chinese punctuation stays.
func fold(s string) folded {
	at := strings.IndexFunc(s, func(r rune) bool { return narrow(r) != r })
	if at < 0 {
		return folded{s: s}
	}
	var b strings.Builder
	b.Grow(len(s))
	from := make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		n := narrow(r)
		if n == r {
			b.WriteString(s[i : i+w])
			for j := range w {
				from = append(from, int32(i+j))
			}
		} else {
			for range utf8.RuneLen(n) {
				from = append(from, int32(i))
			}
			b.WriteRune(n)
		}
		i += w
	}
	return folded{s: b.String(), from: append(from, int32(len(s)))}
}

// narrow is the half-width form of r, or the simplified one of the few traditional
// characters that figures depend on.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '．', r == '％', r == '－', r == '～':
		return r - 0xFEE0
	}
	switch r {
	case '傷':
		return '伤'
	case '餘':
		return '余'
	case '億':
		return '亿'
	case '萬':
		return '万'
	case '兩':
		return '两'
	case '災':
		return '灾'
	case '級':
		return '级'
	}
	return r
}

// original is the place in the original text of a byte of s.
func (f folded) original(i int) int {
	if f.from == nil {
		return i
	}
	return int(f.from[i])
}
