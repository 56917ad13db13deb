package near

import (
	"slices"
	"strings"
)

// Bounds of the evidence that is kept of a text.
const (
	maxNames   = 8
	maxNumbers = 4
)

// evidence finds names and numbers and packs them.
func (p *probe) evidence(title, rest []rune) {
	p.names = names(title, maxNames)
	p.heads = uint8(len(p.names))
	for _, n := range names(rest, maxNames) {
		if len(p.names) == maxNames {
			break
		}
		if !slices.ContainsFunc(p.names, func(o name) bool { return o.core == n.core }) {
			p.names = append(p.names, n)
		}
	}
	p.numbers = numbers(append(append(slices.Clone(title), gap), rest...))
	p.pack()
}

// numbers are the numbers of four digits and more that tell one matter from another:
// sums, house and order numbers; no years, and no telephone numbers of hotlines.
func numbers(text []rune) []string {
	var out []string
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && text[j] >= '0' && text[j] <= '9' {
			j++
		}
		if n := j - i; n >= 4 && n <= 11 {
			s := string(text[i:j])
			year := n == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
			if !year && s != "12345" && s != "12369" && strings.Trim(s, "0") != "" && len(out) < maxNumbers && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
		i = max(j, i+1)
	}
	return out
}

// numberMark stands before a packed number, as a name's kind before a name.
const numberMark = '#'

// pack writes names and numbers into the room that a remembered text has for them:
// first the names of the title, then the numbers, then the other names. Each begins with
// its length and its mark.
func (p *probe) pack() {
	at := 0
	put := func(mark rune, s string) bool {
		r := []rune(s)
		if at+1+len(r) > factBytes {
			return false
		}
		p.facts[at] = uint16(len(r))<<8 | uint16(mark)
		for i, c := range r {
			p.facts[at+1+i] = uint16(min(c, 0xffff))
		}
		at += 1 + len(r)
		return true
	}
	heads := 0
	for _, n := range p.names[:p.heads] {
		if !put(rune(n.kind), n.core) {
			break
		}
		heads++
	}
	for _, n := range p.numbers {
		put(numberMark, n)
	}
	for _, n := range p.names[p.heads:] {
		put(rune(n.kind), n.core)
	}
	p.heads = uint8(heads)
}

// unpack reads names and numbers back.
func (d *doc) unpack() (all []name, nums []string) {
	for at := 0; at < factBytes && d.facts[at] != 0; {
		n, mark := int(d.facts[at]>>8), d.facts[at]&0xff
		r := make([]rune, n)
		for i := range r {
			r[i] = rune(d.facts[at+1+i])
		}
		if at += 1 + n; mark == numberMark {
			nums = append(nums, string(r))
		} else {
			all = append(all, name{string(r), kind(mark)})
		}
	}
	return all, nums
}

// years are the first two years of this century that a text names.
func years(text []rune) (out [2]uint8) {
	n := 0
	for i := 0; i+4 <= len(text) && n < 2; i++ {
		if text[i] != '2' || text[i+1] != '0' || !digit(text[i+2]) || !digit(text[i+3]) || i > 0 && digit(text[i-1]) || i+4 < len(text) && digit(text[i+4]) {
			continue
		}
		out[n] = uint8((text[i+2]-'0')*10 + text[i+3] - '0')
		n++
	}
	return out
}

func digit(r rune) bool { return r >= '0' && r <= '9' }
