package classifier_test

import (
	"slices"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/classifier/model"
	"huiying/incident"
)

// samplesOf reads a file of the shared developer data as samples.
func samplesOf(tb testing.TB, name string) []model.Sample {
	tb.Helper()
	var out []model.Sample
	if err := classifier.ReadRows(shared(tb, "data", name), func(r classifier.Row) error {
		out = append(out, r.Sample())
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	return out
}

// TestModel_Category_HeldOut asks about raw citizens' messages a model that was trained
// without them: on the other half and the token rows, near-identical ones left out.
func TestModel_Category_HeldOut(t *testing.T) {
	t.Parallel()
	messages, tokens := samplesOf(t, "messages_dev.jsonl"), samplesOf(t, "message_tokens_dev.jsonl.gz")
	said, twins, err := model.Cross(messages, tokens, 2)
	if err != nil {
		t.Fatal(err)
	}
	if twins < len(messages)*9/10 {
		t.Errorf("only %d of %d messages were found again among the token rows", twins, len(messages))
	}
	var tally classifier.Tally
	for i, s := range messages {
		o := said[i][model.Category]
		tally.Add(s.Labels[model.Category], o.Class, o.P)
	}
	_, ece := tally.Calibration()
	t.Logf("macro-F1 %.3f, accuracy %s, calibration error %.3f", tally.MacroF1(), tally.Accuracy(), ece)
	if f1 := tally.MacroF1(); f1 < 0.85 {
		t.Errorf("macro-F1 %.3f, want at least 0.85", f1)
	}
	if ece > 0.08 {
		t.Errorf("confidence and the share of right answers lie %.3f apart", ece)
	}
}

// TestTogether_Severity_HeldOut: the model's word beside the rules' lowers no level and
// raises no false emergency, on texts that it was not shown.
func TestTogether_Severity_HeldOut(t *testing.T) {
	t.Parallel()
	var rows []classifier.Row
	var samples []model.Sample
	if err := classifier.ReadRows(shared(t, "data", "severity_dev.jsonl"), func(r classifier.Row) error {
		rows, samples = append(rows, r), append(samples, r.Sample())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	said, _, err := model.Cross(samples, nil, 5)
	if err != nil {
		t.Fatal(err)
	}
	c := classifierOf(t)
	wrongly := 0
	for i, r := range rows {
		alone := c.Assess(r.Report(), r.At()).Grading.Level
		both := c.AssessGiven(r.Report(), r.At(), said[i]).Grading.Level
		switch {
		case both.Rank() < alone.Rank(), both != alone && both == incident.Emergency:
			t.Errorf("%s: the rules alone say %s, with the model %s", r.ID, alone, both)
		case both != alone && both != r.Level && both != r.AltLevel:
			wrongly++
		}
	}
	if wrongly > 1 {
		t.Errorf("%d levels were raised wrongly", wrongly)
	}
}

func BenchmarkAssess_WithModel(b *testing.B) {
	m, err := classifier.Teach(slices.Concat(samplesOf(b, "messages_dev.jsonl"), samplesOf(b, "message_tokens_dev.jsonl.gz")))
	if err != nil {
		b.Fatal(err)
	}
	c := classifier.New(rulesOf(b), directoryOf(b), classifier.WithModel(m))
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	r := incident.Report{Text: report300}
	b.ReportAllocs()
	for b.Loop() {
		c.Assess(r, now)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}
