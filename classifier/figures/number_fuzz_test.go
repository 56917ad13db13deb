package figures

import "testing"

// FuzzParseNumber: whatever stands there, the number read is in order and moves on.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"12人", "二十三", "三四人", "数十", "1,200", "2.1万", "10至20", "七点八", "上百", "好几百", "万亿", "1.", "9-", "两三百", "零", "十", "亿万", "99999999999999999999亿亿亿"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i := range s {
			n, ok := parseNumber(s, i, max(0, i-12))
			if !ok {
				continue
			}
			if n.end <= i || n.end > len(s) || n.start < 0 || n.start > i || n.low < 0 || n.high < n.low {
				t.Fatalf("%q at %d: %+v", s, i, n)
			}
		}
		if d, end, ok := parseDate(s, 0); ok && (end <= 0 || end > len(s) || d.m > 12 || d.d > 31) {
			t.Fatalf("%q: %+v ends at %d", s, d, end)
		}
	})
}
