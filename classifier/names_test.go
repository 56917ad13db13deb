package classifier

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestConcealNames_Blind measures on sentences that were written before the rules how many
// of the named persons are hidden, and how often something else is. The bounds keep what
// docs/classifier.md says.
func TestConcealNames_Blind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file          string
		hidden, wrong int // at least, at most
	}{{"testdata/names-blind.txt", 54, 0}, {"testdata/names-blind2.txt", 30, 0}, {"testdata/names-blind3.txt", 17, 2}} {
		hidden, wrong := measureNames(t, tt.file)
		if hidden < tt.hidden || wrong > tt.wrong {
			t.Errorf("%s: %d hidden and %d wrongly, want at least %d and at most %d", tt.file, hidden, wrong, tt.hidden, tt.wrong)
		}
	}
}

func measureNames(t *testing.T, file string) (hidden, wrong int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	mark := regexp.MustCompile(`〈([^〉]+)〉`)
	named, clean := 0, 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := sc.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		text := mark.ReplaceAllString(line, "$1")
		got := concealNames(text)
		found := strings.Count(got, hiddenName)
		marked := mark.FindAllStringSubmatch(line, -1)
		left := text
		for _, m := range marked {
			named++
			if !strings.Contains(got, m[1]) {
				hidden++
			} else {
				t.Logf("missed %s: %s", m[1], got)
			}
			left = strings.Replace(left, m[1], "", 1)
		}
		if extra := found - len(marked); extra > 0 || len(marked) == 0 && got != text {
			wrong += max(extra, 1)
			t.Logf("wrongly hidden: %s", got)
		}
		if len(marked) == 0 {
			clean++
		}
	}
	t.Logf("%s: %d of %d persons hidden; %d hidden wrongly, %d sentences name nobody", file, hidden, named, wrong, clean)
	return hidden, wrong
}
