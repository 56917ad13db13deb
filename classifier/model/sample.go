package model

// Sample is one labelled text to learn from. Tokens, where given, are its words already
// parted (stop words may be missing); they teach how texts fall into words.
type Sample struct {
	Title, Text string
	Tokens      []string
	// Labels hold the class by head; a head without a label is left out.
	Labels map[string]string
}

// The heads that the house asks.
const (
	Category = "category"
	Unit     = "unit"
	Level    = "level"
)
