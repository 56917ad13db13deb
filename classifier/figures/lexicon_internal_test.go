package figures

import "testing"

func TestLexicon_EachWordHasOneMeaning(t *testing.T) {
	t.Parallel()
	seen := map[string]kind{}
	for _, e := range lexicon() {
		for _, w := range e.words {
			if k, ok := seen[w]; ok {
				t.Errorf("%s stands in the lexicon twice: kinds %d and %d", w, k, e.kind)
			}
			seen[w] = e.kind
		}
	}
}
