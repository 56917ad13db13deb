package report

// Table is rows of a report as every format shows them.
type Table struct {
	Title   string   `json:"title"`
	Columns []Column `json:"columns"`
	Rows    [][]Cell `json:"rows"`
	// Sum: a last row adds up the columns that say so.
	Sum bool `json:"sum,omitempty"`
}

// Column is one column of a [Table].
type Column struct {
	Name string `json:"name"`
	// Width in half-width characters; 0 takes what is usual.
	Width float64 `json:"width,omitempty"`
	// Sum: its numbers are added up in the last row. A share is counted anew from the sums
	// of the columns Of[0] (numerator) and Of[1] (denominator).
	Sum bool   `json:"sum,omitempty"`
	Of  [2]int `json:"of,omitempty"`
}

// Share tells whether the column is a share of two others, which a spreadsheet divides itself.
func (c Column) Share() bool { return c.Of != [2]int{} }

// Cell is a text, or a number where Number is set.
type Cell struct {
	Text   string `json:"text"`
	Number *int   `json:"number,omitempty"`
}

func text(s string) Cell { return Cell{Text: s} }

func number(n int) Cell { return Cell{Text: itoa(n), Number: &n} }

// Chart is bars to be drawn, longest first.
type Chart struct {
	Title string `json:"title"`
	Bars  []Bar  `json:"bars"`
}

// Bar is one bar of a [Chart]; Part of its Value is drawn in the alarming colour.
type Bar struct {
	Name  string `json:"name"`
	Value int    `json:"value"`
	Part  int    `json:"part,omitempty"`
}

// Sums is the last row: the columns' sums, and shares counted anew from them.
func (t Table) Sums() []Cell {
	total := make([]int, len(t.Columns))
	for _, row := range t.Rows {
		for i, c := range row {
			if c.Number != nil {
				total[i] += *c.Number
			}
		}
	}
	out := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		switch {
		case c.Share():
			out[i] = text(percent(total[c.Of[0]], total[c.Of[1]]))
		case c.Sum:
			out[i] = number(total[i])
		case i == 0:
			out[i] = text("合计")
		}
	}
	return out
}
