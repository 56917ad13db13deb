package match_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"huiying/classifier/match"
)

func found(words []string, text string) []string {
	var out []string
	for _, h := range match.New(words).Append(nil, text) {
		if text[h.Start:h.End] != words[h.Word] {
			out = append(out, "WRONG "+text[h.Start:h.End])
			continue
		}
		out = append(out, words[h.Word])
	}
	return out
}

func TestAppend_FindsOverlappingWords(t *testing.T) {
	t.Parallel()
	cases := []struct {
		words []string
		text  string
		want  []string
	}{
		{[]string{"死亡", "死亡人数", "人数"}, "死亡人数升至12", []string{"死亡", "死亡人数", "人数"}},
		{[]string{"he", "she", "his", "hers"}, "ushers", []string{"she", "he", "hers"}},
		{[]string{"食物中毒", "中毒", "毒"}, "集体食物中毒", []string{"食物中毒", "中毒", "毒"}},
		{[]string{"坍塌"}, "没有塌", nil},
		{[]string{""}, "x", nil},
		{nil, "x", nil},
	}
	for _, c := range cases {
		if got := found(c.words, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: found %q, want %q", c.words, c.text, got, c.want)
		}
	}
}

func TestLongest_KeepsTheLongerWordOnce(t *testing.T) {
	t.Parallel()
	words := []string{"死", "死亡", "死亡证明", "证明"}
	text := "开具死亡证明，死者"
	var got []string
	for _, h := range match.Longest(match.New(words).Append(nil, text)) {
		got = append(got, words[h.Word])
	}
	if want := []string{"死亡证明", "死"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAppend_AgreesWithPlainSearch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("ab死亡伤"))
		word := rapid.StringOfN(letters, 1, 4, -1)
		words := rapid.SliceOfNDistinct(word, 1, 6, rapid.ID).Draw(t, "words")
		text := rapid.StringOfN(letters, 0, 30, -1).Draw(t, "text")
		want := 0
		for _, w := range words {
			for i := range text {
				if strings.HasPrefix(text[i:], w) {
					want++
				}
			}
		}
		got := found(words, text)
		if len(got) != want {
			t.Fatalf("%q in %q: found %q, want %d", words, text, got, want)
		}
		for _, w := range got {
			if strings.HasPrefix(w, "WRONG") {
				t.Fatal(w)
			}
		}
	})
}
