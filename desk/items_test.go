package desk_test

import (
	"strings"
	"testing"

	"huiying/incident"
)

// TestItems reads lines as officers write them, and says which line lacks what.
func TestItems(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, tt := range []struct{ text, want string }{
		{"县水利局：加固堤坝，11月30日前", "县水利局：加固堤坝，2026年11月30日前"},
		{"1. 县水利局: 加固堤坝（12月5日前完成）。\n\n（二）县住建局：每周巡查一次，2027-01-10", "县水利局：加固堤坝，2026年12月5日前/县住建局：每周巡查一次，2027年1月10日前"},
		{"县水利局：整改，1月10日前", "县水利局：整改，2027年1月10日前"},
		{"县水利局：报数，11月23日12点前", "县水利局：报数，2026年11月23日12:00前"},
		{"县水利局：报数（11月23日下午3点半前完成）", "县水利局：报数，2026年11月23日15:30前"},
		{"县水利局：报数，11-23 08:05", "县水利局：报数，2026年11月23日08:05前"},
		{"县水利局：报数，11月23日24:00", "县水利局：报数，2026年11月23日前"},
		{"县水利局：报数，11月23日25点前", "第1条的日期有误"},
		{"加固堤坝，11月30日前", "第1条没有写明责任单位"},
		{"县水利局：加固堤坝，11月30日前\n县气象局：预报，12月1日前", "第2条里没有“县气象局”这个单位"},
		{"县水利局：加固堤坝", "第1条没有写明完成日期"},
		{"县水利局：12月1日前", "第1条没有写明做什么"},
		{"县水利局：加固堤坝，11月31日前", "第1条的日期有误"},
		{"\n \n", ""},
	} {
		items, err := o.Items("measures", tt.text, true)
		got := strings.ReplaceAll(o.ItemsText(items), "\n", "/")
		if err != nil {
			got = incident.Text(err)
		}
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q:\n got  %s\n want %s", tt.text, got, tt.want)
		}
	}
}
