package classifier_test

import (
	"os"
	"testing"

	"huiying/classifier"
	"huiying/classifier/figures"
)

// TestSeverity_DevSet scores the rules on the labelled developer-side texts.
// HUIYING_SCORE=1 prints the card.
func TestSeverity_DevSet(t *testing.T) {
	t.Parallel()
	c := classifierOf(t)
	var card classifier.Scorecard
	if err := classifier.ReadRows(shared(t, "data", "severity_dev.jsonl"), func(row classifier.Row) error {
		r := row.Report()
		card.Add(row, c.Assess(r, r.SubmittedAt))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("HUIYING_SCORE") != "" {
		if err := card.Write(t.Output()); err != nil {
			t.Error(err)
		}
	}
	for _, want := range []struct {
		name        string
		got, target float64
	}{
		{"accuracy", card.Accuracy().Rate(), 0.93},
		{"macro-F1", card.MacroF1(), 0.90},
		{"emergencies found", card.Found.Rate(), 1},
		{"quiet where it is no emergency", 1 - card.Alarms.Rate(), 0.98},
		{"questions raised", 1 - card.Unasked.Rate(), 1},
		{"deaths", card.Figures[figures.Deaths].Rate(), 0.95},
		{"other figures", card.Others().Rate(), 0.90},
	} {
		if want.got < want.target {
			t.Errorf("%s: %.3f, want at least %.2f", want.name, want.got, want.target)
		}
	}
}
