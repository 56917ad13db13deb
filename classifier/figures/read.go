package figures

import "strings"

// Read reads a text. It takes time in proportion to the text's length.
func (r *Reader) Read(t Text) Reading {
	joined := t.Body
	if t.Title != "" {
		joined = t.Title + "\n" + t.Body
	}
	sc := &scan{folded: fold(joined)}
	if t.Title != "" {
		sc.titleEnd = len(fold(t.Title).s)
	}
	r.tokenise(sc)
	sc.reading.Reference = sc.reference(t.At)
	sc.contexts()
	for i := range sc.sentences {
		sc.people(&sc.sentences[i])
		sc.measures(&sc.sentences[i])
	}
	sc.settle()
	if m, ok := sc.happened(t.At); ok {
		sc.reading.moment = &m
	}
	sc.quote(joined)
	sc.reading.Freed = sc.freedWords(joined)
	sc.reading.Figures = sc.out
	sc.reading.joined = joined
	sc.reading.titleEnd = len(t.Title)
	sc.reading.keep(sc)
	return sc.reading
}

// figure makes a figure of the number item n and the words between from and to.
func (sc *scan) figure(metric Metric, n item, from, to int) Figure {
	from, to = min(from, n.start), max(to, n.end)
	f := Figure{
		Metric: metric, Value: n.num.low, Max: n.num.high, Qualifier: n.num.qualifier, Vague: n.num.vague,
		Start: from, End: to, Context: sc.contextAt(n.start) | sc.contextAt(to-1),
	}
	return f
}

// quote gives the figures their words and places in the original text.
func (sc *scan) quote(joined string) {
	for i := range sc.out {
		f := &sc.out[i]
		f.Start, f.End = sc.original(f.Start), sc.original(f.End)
		f.Quote = joined[f.Start:f.End]
	}
}

// gap is the text between two places of one clause, without spaces at its ends.
func (sc *scan) gap(from, to int) string {
	if from >= to {
		return ""
	}
	return strings.TrimSpace(sc.s[from:to])
}
