package classifier_test

import "testing"

func TestRules_ExamplesHold(t *testing.T) {
	t.Parallel()
	if err := rulesOf(t).Check(); err != nil {
		t.Error(err)
	}
}
