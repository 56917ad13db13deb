package near

import (
	"math/bits"
	"slices"
	"sync"
)

// Index remembers the newest texts, up to a bound, and finds those that tell of the same
// matter as a new one. It may be used from many goroutines.
//
// Texts are numbered as they come. For each band of the signature and each key a table
// says which text had it last, and each text says which had it before; so a chain leads
// ever further back, and whoever meets a number that has left the window is at its end.
// Nothing has to be taken out of a table, and a look-up's cost is bounded by how many
// texts of each chain are looked at.
type Index struct {
	mu     sync.RWMutex
	window uint32
	bits   int
	next   uint32 // the number that the next text gets; the first is 1
	counts *counts
	slots  []*[block]slot
	heads  [bands + 1][]uint32 // the last is of the keys
}

// slot is a text in the window and its place in the chains.
type slot struct {
	doc
	before [bands + keysKept]uint32
}

const (
	block = 1 << 10 // texts that are allocated at once
	// chainBand and chainKey bound how many texts of a chain are looked at, the newest first.
	chainBand = 24
	chainKey  = 32
	// copied is the share of common bytes of the signature from which a band's candidate is compared whole.
	minCopy = 0.08
)

// DefaultWindow is how many texts are remembered unless said otherwise.
const DefaultWindow = 1_000_000

// NewIndex makes an index that remembers at most window texts (0: [DefaultWindow]). It
// grows as texts come in: some 450 bytes each.
func NewIndex(window int) *Index {
	if window <= 0 {
		window = DefaultWindow
	}
	x := &Index{window: uint32(window), next: 1, counts: &counts{most: 4 * float64(window)}}
	x.bits = min(20, max(10, bits.Len(uint(window-1))))
	for i := range x.heads {
		x.heads[i] = make([]uint32, 1<<x.bits)
	}
	return x
}

// Len is how many texts are remembered.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return int(min(x.next-1, x.window))
}

// Match is a remembered text that is like another.
type Match struct {
	ID, Group int64
	Likeness
}

// Look is a text that was looked at, ready to be remembered.
type Look struct {
	// Matches are the texts that are like it, the most alike first; those at another
	// place are not among them but in Elsewhere.
	Matches, Elsewhere []Match

	probe *probe
	seen  uint32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }} //nolint:gochecknoglobals // room used again

// Look finds remembered texts like a text: at most limit, of at least the score given.
func (x *Index) Look(t Text, atLeast float64, limit int) *Look {
	s := scratches.Get().(*scratch) //nolint:forcetypeassert // the pool holds nothing else
	defer scratches.Put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	l := &Look{probe: read(t, x.counts, s), seen: x.next}
	l.take(x.candidates(l.probe), x, atLeast, limit)
	return l
}

// take compares candidates and keeps the best.
func (l *Look) take(candidates []uint32, x *Index, atLeast float64, limit int) {
	for _, n := range candidates {
		d := &x.slot(n).doc
		if d.id == l.probe.id && d.id != 0 {
			continue
		}
		like := compare(l.probe, d, atLeast)
		switch {
		case like.Score < atLeast:
		case like.Elsewhere:
			l.Elsewhere = append(l.Elsewhere, Match{d.id, d.group, like})
		default:
			l.Matches = append(l.Matches, Match{d.id, d.group, like})
		}
	}
	l.Matches, l.Elsewhere = best(l.Matches, limit), best(l.Elsewhere, limit)
}

func best(ms []Match, limit int) []Match {
	slices.SortFunc(ms, func(a, b Match) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return int(b.ID - a.ID)
	})
	return ms[:min(len(ms), limit)]
}

// candidates are the numbers of the texts that share a band or a key, each once.
func (x *Index) candidates(p *probe) []uint32 {
	var out []uint32
	for i, b := range p.bands {
		n := x.heads[i][x.at(b)]
		for range chainBand {
			if !x.inside(n) {
				break
			}
			sl := x.slot(n)
			if jaccard(&p.sig, &sl.sig) >= minCopy {
				out = append(out, n)
			}
			n = sl.before[i]
		}
	}
	for _, k := range p.keys[:p.keysN] {
		n := x.heads[bands][x.at(k)]
		for range chainKey {
			if !x.inside(n) {
				break
			}
			out = append(out, n)
			n = x.follow(n, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// follow is the text that had the key before the text n.
func (x *Index) follow(n, key uint32) uint32 {
	sl := x.slot(n)
	for i := range sl.keysN {
		if x.at(sl.keys[i]) == x.at(key) {
			return sl.before[bands+int(i)]
		}
	}
	return 0
}

// at is a key's place in a table.
func (x *Index) at(key uint32) uint32 { return key >> (32 - x.bits) }

// inside tells whether a number is in the window.
func (x *Index) inside(n uint32) bool { return n != 0 && n < x.next && x.next-n <= x.window }

func (x *Index) slot(n uint32) *slot {
	i := n % x.window
	return &x.slots[i/block][i%block]
}

// Remember takes a text that was looked at into the window, under the ID and group given, and
// returns the texts like it that came in between: of two that come in at once, one
// finds the other.
func (x *Index) Remember(l *Look, id, group int64, atLeast float64) []Match {
	x.mu.Lock()
	defer x.mu.Unlock()
	const between = 1024 // more came in between only while a great many are imported
	var since []uint32
	for n := max(l.seen, x.next-min(x.next-1, between)); n < x.next; n++ {
		if x.inside(n) {
			since = append(since, n)
		}
	}
	late := &Look{probe: l.probe}
	late.probe.id, late.probe.group = id, group
	late.take(since, x, atLeast, 8)
	x.insert(l.probe)
	return late.Matches
}

func (x *Index) insert(p *probe) {
	x.counts.add(p.set)
	n := x.next
	for int(n%x.window)/block >= len(x.slots) {
		x.slots = append(x.slots, new([block]slot))
	}
	sl := x.slot(n)
	sl.doc = p.doc
	for i, b := range p.bands {
		head := &x.heads[i][x.at(b)]
		sl.before[i], *head = *head, n
	}
	for i, k := range p.keys[:p.keysN] {
		head := &x.heads[bands][x.at(k)]
		if *head != n {
			sl.before[bands+i], *head = *head, n
		}
		// A second key of one text at the same place is never followed: follow takes the first.
	}
	x.next++
}
