package incident_test

import (
	"testing"

	"huiying/incident"
)

func TestMask_ShowsOnlyTheEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		mask func(string) string
		in   string
		want string
	}{
		{"mobile number", incident.MaskPhone, "13812341234", "138****1234"},
		{"mobile number with blanks around", incident.MaskPhone, " 13812341234 ", "138****1234"},
		{"land line is short", incident.MaskPhone, "6601234", "*****34"},
		{"land line with area code", incident.MaskPhone, "0591-6601234", "059*****1234"},
		{"four digits are hidden whole", incident.MaskPhone, "1234", "****"},
		{"no number", incident.MaskPhone, "", ""},
		{"identity number", incident.MaskIDNo, "350102199001011234", "350102**********34"},
		{"identity number that ends in X", incident.MaskIDNo, "35010219900101123X", "350102**********3X"},
		{"old identity number of 15", incident.MaskIDNo, "350102900101123", "350102*******23"},
		{"passport is short", incident.MaskIDNo, "E12345678", "*******78"},
		{"no identity number", incident.MaskIDNo, "", ""},
		{"name of two", incident.MaskName, "张三", "张*"},
		{"name of three", incident.MaskName, "李小明", "李**"},
		{"compound family name", incident.MaskName, "欧阳修远", "欧***"},
		{"name of one", incident.MaskName, "张", "*"},
		{"title after the name", incident.MaskName, "王女士", "王**"},
		{"no name", incident.MaskName, "  ", ""},
		{"text with a mobile number", incident.MaskText, "请回电13812341234，谢谢", "请回电138****1234，谢谢"},
		{"text with a parted number", incident.MaskText, "电话 138-1234-1234。", "电话 138****1234。"},
		{"text with a country code", incident.MaskText, "+86 13812341234", "+138****1234"},
		{"text with an identity number", incident.MaskText, "身份证350102199001011234号", "身份证350102**********34号"},
		{"text with a long order number", incident.MaskText, "工单202611231381234123456", "工单202611231381234123456"},
		{"text with a mail address", incident.MaskText, "邮箱wang.jg@qq.com，@城关镇 请看", "邮箱w***@qq.com，@城关镇 请看"},
		{"text with figures only", incident.MaskText, "受伤12人，损失3500000元，2026年11月23日", "受伤12人，损失3500000元，2026年11月23日"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.mask(c.in); got != c.want {
				t.Errorf("%q: got %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestReporterMasked_HidesEveryField(t *testing.T) {
	t.Parallel()
	in := incident.Report{
		Title:    "反映人13812341234来电",
		Text:     "我叫张三，身份证350102199001011234",
		Reporter: incident.Reporter{Name: "张三", Phone: "13812341234", IDNo: "350102199001011234"},
	}
	got := in.Masked()
	want := incident.Reporter{Name: "张*", Phone: "138****1234", IDNo: "350102**********34"}
	if got.Reporter != want {
		t.Errorf("reporter: got %+v, want %+v", got.Reporter, want)
	}
	if got.Title != "反映人138****1234来电" || got.Text != "我叫张*，身份证350102**********34" {
		t.Errorf("text: got %q, %q", got.Title, got.Text)
	}
	if in.Reporter.Name != "张三" {
		t.Error("masking changed the report it was given")
	}
}
