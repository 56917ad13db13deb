package near

import (
	"math"
	"slices"
)

// Likeness is how alike two texts are, and why.
type Likeness struct {
	// Score from 0 to 1: how likely both tell of the same matter.
	Score float64
	// Copy from 0 to 1: the share of the words that both have.
	Copy float64
	// Title and Body are the likeness of the telling words of title and whole.
	Title, Body float64
	// Same are names and numbers that both have, Mine and Theirs those that only one has
	// (of the title, where the other has others).
	Same, Mine, Theirs []string
	// Topics that both are about.
	Topics []string
	// Elsewhere: the words may be alike but the place is another: not the same matter.
	Elsewhere bool
	// Days between the two; 0 when unknown.
	Days int
}

// compare compares a text with a remembered one. Where even the best evidence would not
// lift the likeness to atLeast, evidence is not looked at.
func compare(p *probe, d *doc, atLeast float64) Likeness {
	l := Likeness{Copy: jaccard(&p.sig, &d.sig)}
	l.Title = cosine(p.titleWeight[:p.titleN], p.title[:p.titleN], d.title[:d.titleN], p.titleW, d.titleW)
	l.Body = cosine(p.bodyWeight[:p.bodyN], p.body[:p.bodyN], d.body[:d.bodyN], p.bodyW, d.bodyW)
	if p.at != 0 && d.at != 0 {
		l.Days = int(math.Abs(float64(p.at)-float64(d.at)) / 86400)
	}
	base := 0.5*l.Title + 0.5*l.Body
	copied := math.Min(1, math.Max(0, (l.Copy-0.25)*1.8))
	if l.Score = math.Max(base, copied); l.Score < least || l.Score+bothTitles < atLeast {
		return l
	}
	where := l.places(p, d)
	l.Score = math.Max(base+l.evidence(p, d, where), copied)
	return l
}

// least is the likeness of words below which nothing else is looked at.
const least = 0.08

// What evidence beside the words adds to or takes from the likeness. Found by trying on
// hot issues that people had sorted (docs/classifier.md).
const (
	bothTitles          = 0.22 // both titles name the same place and topic
	samePlaceSameTopic  = 0.15
	samePlaceOtherTopic = -0.12
	noPlaceSameTopic    = 0.04
	noPlaceOtherTopic   = -0.08
	otherYear           = -0.20
)

// evidence weighs place, topic and year.
func (l *Likeness) evidence(p *probe, d *doc, where verdict) float64 {
	e := 0.0
	shared := p.headTopics&d.topics | p.topics&d.headTopics
	known := p.headTopics != 0 && d.headTopics != 0
	switch {
	case where == same && p.headTopics&d.headTopics != 0:
		e += bothTitles
	case where != unlike && shared != 0:
		e += samePlaceSameTopic
	case where != unlike && known:
		e += samePlaceOtherTopic
	case shared != 0:
		e += noPlaceSameTopic
	case known:
		e += noPlaceOtherTopic
	}
	l.Topics = topicNames(shared)
	if p.years[0] != 0 && d.years[0] != 0 && p.years != d.years {
		e += otherYear
	}
	return e
}

// cosine is the likeness of two weighed sets of bigrams, each in ascending order; the
// weights are those of the first.
func cosine(weights []float32, a, b []uint16, wa, wb float32) float64 {
	if wa == 0 || wb == 0 {
		return 0
	}
	var dot float32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			dot += weights[i]
			i++
			j++
		}
	}
	return math.Min(1, float64(dot)/math.Sqrt(float64(wa)*float64(wb)))
}

// places compares names and numbers and judges whether the place is another.
func (l *Likeness) places(p *probe, d *doc) verdict {
	theirs, nums := d.unpack()
	best := unlike
	for i, n := range p.names {
		for j, m := range theirs {
			v := n.compare(m)
			if v == unlike {
				continue
			}
			l.Same = append(l.Same, n.core)
			titled := i < int(p.heads) || j < int(d.heads)
			if n.kind != area && (titled || p.titles() == 0 || d.titles(theirs) == 0) {
				if i >= int(p.heads) || j >= int(d.heads) {
					v = alike // sure only where both titles have it
				}
				best = max(best, v)
			}
			break
		}
	}
	for _, n := range p.numbers {
		if slices.Contains(nums, n) {
			l.Same = append(l.Same, n)
			best = same
		}
	}
	if best == unlike {
		for _, m := range theirs[:min(len(theirs), int(d.heads))] {
			if m.kind != area && p.mentions(m) {
				l.Same = append(l.Same, m.core)
				best = alike
			}
		}
	}
	if best == unlike {
		l.elsewhere(p.names, int(p.heads), theirs, int(d.heads))
	}
	return best
}

// titles is how many names of places, areas aside, stand in the title.
func (p *probe) titles() int { return p.doc.titles(p.names) }

func (d *doc) titles(all []name) int {
	n := 0
	for _, m := range all[:min(len(all), int(d.heads))] {
		if m.kind != area {
			n++
		}
	}
	return n
}

// mentions tells whether a name's bigrams all stand in the text.
func (p *probe) mentions(n name) bool {
	if n.kind == institution && isGeneric([]rune(n.core)) {
		return false
	}
	r := []rune(n.core)
	for i := 1; i < len(r); i++ {
		if _, ok := slices.BinarySearch(p.set, bigram(r[i-1], r[i])); !ok {
			return false
		}
	}
	return len(r) > 1
}

// elsewhere judges texts that have no place in common: the place is another when both
// titles name one, or when one text is a copy of the other with the names changed.
func (l *Likeness) elsewhere(mine []name, heads int, theirs []name, theirHeads int) {
	a, titled := main(mine, heads)
	b, theirTitled := main(theirs, theirHeads)
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if titled && theirTitled || l.Copy > 0.4 {
		l.Elsewhere = true
		l.Mine, l.Theirs = cores(a), cores(b)
	}
}

// main are the names that say where: those of the title that are no areas, else the
// first of the text; and whether they are of the title.
func main(all []name, heads int) (out []name, titled bool) {
	for i, n := range all {
		if n.kind == area {
			continue
		}
		if i >= heads {
			if len(out) == 0 {
				return []name{n}, false
			}
			break
		}
		out = append(out, n)
	}
	return out, len(out) > 0
}

func cores(ns []name) []string {
	out := make([]string, len(ns))
	for i, n := range ns {
		out[i] = n.core
	}
	return out
}
