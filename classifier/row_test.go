package classifier_test

import (
	"errors"
	"strings"
	"testing"

	"huiying/classifier"
)

// TestScanRows_GoesOnAfterABadLine holds what `huiying classify` promises: a bad line is
// named, the others are read.
func TestScanRows_GoesOnAfterABadLine(t *testing.T) {
	t.Parallel()
	in := "\ufeff{\"id\":1,\"text\":\"甲\"}\n\nnot json\n{\"id\":\"b\",\"tokens\":\"路灯 不亮\"}\n{\"id\":3}\n"
	var ids, faults []string
	err := classifier.ScanRows(strings.NewReader(in), func(_ int, r classifier.Row, err error) error {
		if err != nil {
			faults = append(faults, err.Error())
			return nil
		}
		ids = append(ids, string(r.ID)+r.Report().Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ids, " "); got != "1甲 b路灯不亮" {
		t.Errorf("rows: %q", got)
	}
	if len(faults) != 2 || !strings.Contains(faults[0], "第3行") || !strings.Contains(faults[1], "第5行") {
		t.Errorf("faults: %q", faults)
	}
}

func TestScanRows_StopsWhenTold(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	n := 0
	err := classifier.ScanRows(strings.NewReader("{\"text\":\"a\"}\n{\"text\":\"b\"}\n"), func(int, classifier.Row, error) error {
		n++
		return stop
	})
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("got %v after %d rows", err, n)
	}
}
