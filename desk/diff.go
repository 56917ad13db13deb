package desk

import (
	"github.com/sergi/go-diff/diffmatchpatch"
)

// Piece is a run of characters of two versions: in both, or only in the one or the other.
type Piece struct {
	Text string `json:"text"`
	// Added and Removed are both false for what stayed.
	Added   bool `json:"added,omitempty"`
	Removed bool `json:"removed,omitempty"`
}

// Differences compares two wordings by character, as Chinese has no spaces to go by, and
// joins what changed into runs that people can read.
func Differences(before, after string) []Piece {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // no clock: the same answer every time
	var out []Piece
	for _, p := range d.DiffCleanupSemantic(d.DiffMainRunes([]rune(before), []rune(after), false)) {
		out = append(out, Piece{Text: p.Text, Added: p.Type == diffmatchpatch.DiffInsert, Removed: p.Type == diffmatchpatch.DiffDelete})
	}
	return out
}
