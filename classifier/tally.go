package classifier

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Tally compares classes that were given with classes that are right.
type Tally struct {
	// Confusion counts by the right class and the one given.
	Confusion map[string]map[string]int
	bins      [calibrationBins]bin
	sure      int // rows with a confidence
}

// Class is how well one class was recognised.
type Class struct {
	Name      string  `json:"class"`
	Rows      int     `json:"rows"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

const calibrationBins = 10

type bin struct {
	rows, right int
	sum         float64
}

// Bin is one row of a reliability table: of those with about that confidence, so many
// were right.
type Bin struct {
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	Rows       int     `json:"rows"`
	Confidence float64 `json:"confidence"`
	Accuracy   float64 `json:"accuracy"`
}

// Add counts one row; confidence 0 means that none was given.
func (t *Tally) Add(right, given string, confidence float64) {
	if t.Confusion == nil {
		t.Confusion = map[string]map[string]int{}
	}
	if t.Confusion[right] == nil {
		t.Confusion[right] = map[string]int{}
	}
	t.Confusion[right][given]++
	if confidence <= 0 {
		return
	}
	t.sure++
	b := &t.bins[min(int(confidence*calibrationBins), calibrationBins-1)]
	b.rows++
	b.sum += confidence
	if right == given {
		b.right++
	}
}

// Rows is how many were counted.
func (t *Tally) Rows() int { return t.Accuracy().Of }

// Accuracy is the share that was right.
func (t *Tally) Accuracy() Share {
	var out Share
	for right, row := range t.Confusion {
		for given, n := range row {
			out.Of += n
			if right == given {
				out.Part += n
			}
		}
	}
	return out
}

// Names are all classes, right or given, in order; those that are right somewhere first,
// the most frequent before.
func (t *Tally) Names() []string {
	rows := map[string]int{}
	for right, row := range t.Confusion {
		for given, n := range row {
			rows[right] += n
			rows[given] += 0
		}
	}
	return slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		return cmp.Or(rows[b]-rows[a], cmp.Compare(a, b))
	})
}

// Classes is how well each class that is right somewhere was recognised.
func (t *Tally) Classes() []Class {
	given := map[string]int{}
	for _, row := range t.Confusion {
		for g, n := range row {
			given[g] += n
		}
	}
	var out []Class
	for _, name := range t.Names() {
		c := Class{Name: name}
		for _, n := range t.Confusion[name] {
			c.Rows += n
		}
		if c.Rows == 0 {
			continue
		}
		hit := float64(t.Confusion[name][name])
		c.Recall = hit / float64(c.Rows)
		if given[name] > 0 {
			c.Precision = hit / float64(given[name])
		}
		c.F1 = 2 * hit / float64(c.Rows+given[name])
		out = append(out, c)
	}
	return out
}

// MacroF1 is the mean F1 of the classes that are right somewhere; 0 of none.
func (t *Tally) MacroF1() float64 {
	classes := t.Classes()
	sum := 0.0
	for _, c := range classes {
		sum += c.F1
	}
	return sum / float64(max(len(classes), 1))
}

// Calibration is the reliability table and the expected calibration error: how far, on
// average, confidence and the share of right answers lie apart.
func (t *Tally) Calibration() ([]Bin, float64) {
	var out []Bin
	ece := 0.0
	for i, b := range t.bins {
		if b.rows == 0 {
			continue
		}
		n := float64(b.rows)
		row := Bin{
			From: float64(i) / calibrationBins, To: float64(i+1) / calibrationBins,
			Rows: b.rows, Confidence: round(b.sum / n), Accuracy: round(float64(b.right) / n),
		}
		ece += math.Abs(b.sum-float64(b.right)) / float64(t.sure)
		out = append(out, row)
	}
	return out, ece
}
