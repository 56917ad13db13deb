package figures

import "testing"

func TestParseNumber(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text      string
		low, high float64
		qualifier Qualifier
		rest      string
	}{
		{"12人", 12, 12, Exact, "人"},
		{"1,200人", 1200, 1200, Exact, "人"},
		{"2.1万人", 21000, 21000, Exact, "人"},
		{"3000余人", 3000, 3000, AtLeast, "人"},
		{"20多万人", 200000, 200000, AtLeast, "人"},
		{"3千5百元", 3000, 3000, Exact, "5百元"},
		{"2万3千元", 23000, 23000, Exact, "元"},
		{"1058.5万元", 10585000, 10585000, Exact, "元"},
		{"1.2亿元", 1.2e8, 1.2e8, Exact, "元"},
		{"九千二百余人", 9200, 9200, AtLeast, "人"},
		{"十二人", 12, 12, Exact, "人"},
		{"二十三人", 23, 23, Exact, "人"},
		{"一百零五人", 105, 105, Exact, "人"},
		{"三千名", 3000, 3000, Exact, "名"},
		{"两名", 2, 2, Exact, "名"},
		{"十余人", 10, 10, AtLeast, "人"},
		{"百余人", 100, 100, AtLeast, "人"},
		{"万余人", 10000, 10000, AtLeast, "人"},
		{"二十多万人", 200000, 200000, AtLeast, "人"},
		{"数十人", 20, 20, AtLeast, "人"},
		{"几十名", 20, 20, AtLeast, "名"},
		{"数百户", 200, 200, AtLeast, "户"},
		{"上百人", 100, 100, AtLeast, "人"},
		{"上万人", 10000, 10000, AtLeast, "人"},
		{"数万人", 20000, 20000, AtLeast, "人"},
		{"好几百人", 200, 200, AtLeast, "人"},
		{"十几人", 10, 10, AtLeast, "人"},
		{"三四人", 3, 4, Range, "人"},
		{"七八十户", 70, 80, Range, "户"},
		{"两三百人", 200, 300, Range, "人"},
		{"十三四岁", 13, 14, Range, "岁"},
		{"10至20人", 10, 20, Range, "人"},
		{"10-20人", 10, 20, Range, "人"},
		{"二〇〇八年", 2008, 2008, Exact, "年"},
		{"七点八级", 7.8, 7.8, Exact, "级"},
		{"二点四万名", 24000, 24000, Exact, "名"},
		{"7.8级", 7.8, 7.8, Exact, "级"},
		{"一亿二千万元", 1.2e8, 1.2e8, Exact, "元"},
		{"五十余万间", 500000, 500000, AtLeast, "间"},
		{"30人左右", 30, 30, Exact, "人左右"},
		{"几人", 2, 2, AtLeast, "人"},
	}
	for _, c := range cases {
		n, ok := parseNumber(c.text, 0, 0)
		if !ok || n.low != c.low || n.high != c.high || n.qualifier != c.qualifier || c.text[n.end:] != c.rest {
			t.Errorf("%s: got %v–%v %s rest %q (%v), want %v–%v %s rest %q", c.text,
				n.low, n.high, n.qualifier, c.text[n.end:], ok, c.low, c.high, c.qualifier, c.rest)
		}
	}
}
