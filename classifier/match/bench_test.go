package match_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cloudflare/ahocorasick"
	"go.yaml.in/yaml/v3"

	"huiying/classifier/match"
)

// keywords are the words of the built-in rules, as they are searched for.
func keywords(tb testing.TB) []string {
	tb.Helper()
	doc, err := os.ReadFile("../../configs/rules.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var rules struct {
		Categories []struct{ Keywords, Except []string }
		Rules      []struct{ Words, Unless []string }
		Triggers   []struct{ Words, Unless []string }
		Routing    []struct{ Keywords []string }
		Abroad     struct{ Home, Places, Compatriots []string }
	}
	if err := yaml.Unmarshal(doc, &rules); err != nil {
		tb.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	add := func(lists ...[]string) {
		for _, l := range lists {
			for _, p := range l {
				for w := range strings.SplitSeq(p, "+") {
					if !seen[w] {
						seen[w] = true
						out = append(out, w)
					}
				}
			}
		}
	}
	for _, c := range rules.Categories {
		add(c.Keywords, c.Except)
	}
	for _, r := range append(rules.Rules, rules.Triggers...) {
		add(r.Words, r.Unless)
	}
	for _, r := range rules.Routing {
		add(r.Keywords)
	}
	add(rules.Abroad.Home, rules.Abroad.Places, rules.Abroad.Compatriots)
	return out
}

// complaint is a text of some 300 bytes, as citizens write.
const complaint = "尊敬的领导：我们小区楼下的烧烤摊每天营业到凌晨两点，油烟很大，噪音扰民，老人和孩子都睡不好觉，多次向物业和城管反映都没有解决，希望相关部门能管一管，给我们一个安静的生活环境，谢谢！"

// BenchmarkSearch finds the words of the rules in a complaint: with this package, which
// gives every occurrence and its place, and with cloudflare/ahocorasick, which gives
// the words that occur.
func BenchmarkSearch(b *testing.B) {
	words := keywords(b)
	b.Run("match", func(b *testing.B) {
		set := match.New(words)
		var hits []match.Hit
		b.SetBytes(int64(len(complaint)))
		for b.Loop() {
			hits = set.Append(hits[:0], complaint)
		}
	})
	b.Run("cloudflare", func(b *testing.B) {
		m := ahocorasick.NewStringMatcher(words)
		text := []byte(complaint)
		b.SetBytes(int64(len(complaint)))
		for b.Loop() {
			m.MatchThreadSafe(text)
		}
	})
	b.Run("cloudflare-unsafe", func(b *testing.B) {
		m := ahocorasick.NewStringMatcher(words)
		text := []byte(complaint)
		b.SetBytes(int64(len(complaint)))
		for b.Loop() {
			m.Match(text)
		}
	})
}
