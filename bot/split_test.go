package bot_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"huiying/bot"
)

func TestSplit_AtParagraphs(t *testing.T) {
	t.Parallel()
	first, second := strings.Repeat("甲", 300), strings.Repeat("乙", 300)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"short", "一句话", []string{"一句话"}},
		{"nothing", " \n", nil},
		{"paragraphs", first + "\n\n" + second, []string{first, second}},
		{"lines", first + "\n" + second, []string{first, second}},
		{"sentences", first + "。" + second, []string{first + "。", second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := bot.Split(c.text, 1000, bot.Bytes)
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("Split = %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever the text, pieces fit, no character is broken, and none but spaces between
// pieces is lost.
func TestSplit_LosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("甲乙a𠮷🔥。，\n "))).Draw(t, "text")
		most := rapid.IntRange(4, 60).Draw(t, "most")
		size, name := bot.Bytes, "bytes"
		if rapid.Bool().Draw(t, "utf16") {
			size, name = bot.UTF16, "units"
		}
		pieces := bot.Split(text, most, size)
		for _, p := range pieces {
			if size(p) > most || !utf8.ValidString(p) {
				t.Fatalf("piece %q has %d %s of %d", p, size(p), name, most)
			}
		}
		if got, want := flat(strings.Join(pieces, "")), flat(text); got != want {
			t.Fatalf("pieces hold %q, want %q", got, want)
		}
	})
}

func flat(s string) string { return strings.Join(strings.Fields(s), "") }
