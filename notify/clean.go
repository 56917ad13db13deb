package notify

import (
	"strings"
	"unicode"
)

// Clean drops from a text what no client can show, and what a terminal would obey:
// broken bytes and control characters other than line ends.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r != '\n' && unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
