package incident

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Masked is the reporter as everybody may see him: the family name, the ends of the
// telephone and identity numbers (个人信息保护法 第五十一条).
func (r Reporter) Masked() Reporter {
	return Reporter{Name: MaskName(r.Name), Phone: MaskPhone(r.Phone), IDNo: MaskIDNo(r.IDNo)}
}

// Masked is the report with its reporter masked, his name also where it stands in the title
// and text, and the telephone and identity numbers there.
func (r Report) Masked() Report {
	who := r.Reporter
	r.Reporter = who.Masked()
	r.Title, r.Text, r.Place = WithoutReporter(r.Title, who), WithoutReporter(r.Text, who), WithoutReporter(r.Place, who)
	return r
}

// WithoutReporter is a text in which the reporter's own name stands masked, as do telephone
// and identity numbers: what leaves the house by a message names no reporter.
func WithoutReporter(text string, r Reporter) string {
	if name := strings.TrimSpace(r.Name); utf8.RuneCountInString(name) >= 2 {
		text = strings.ReplaceAll(text, name, MaskName(name))
	}
	return MaskText(text)
}

// MaskName keeps the first character: 张三 is 张*, 欧阳修远 is 欧***. A name of one
// character is hidden whole.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	n := utf8.RuneCountInString(name)
	switch n {
	case 0:
		return ""
	case 1:
		return "*"
	}
	_, first := utf8.DecodeRuneInString(name)
	return name[:first] + strings.Repeat("*", n-1)
}

// MaskPhone keeps the first three and the last four digits: 13812341234 is 138****1234.
// Of numbers too short for that, the last two remain.
func MaskPhone(phone string) string { return maskMiddle(strings.TrimSpace(phone), 3, 4) }

// MaskIDNo keeps the first six and the last two characters of an identity number.
func MaskIDNo(id string) string { return maskMiddle(strings.TrimSpace(id), 6, 2) }

// maskMiddle hides all but the ends; what is too short to have a middle of four
// characters keeps its last two, or nothing.
func maskMiddle(s string, head, tail int) string {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 5:
		return strings.Repeat("*", len(r))
	case len(r) < head+tail+4:
		head, tail = 0, 2
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}

var (
	// idNoInText matches an 18-digit identity number, mobileInText a mobile telephone
	// number, mailInText a mail address; the neighbours are digits of a longer number, which is something else.
	idNoInText   = regexp.MustCompile(`\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]\b`)
	mailInText   = regexp.MustCompile(`\b([0-9A-Za-z])[0-9A-Za-z._%+-]*(@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+)`)
	mobileInText = regexp.MustCompile(`\b(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}\b`)
)

// MaskText masks the mobile telephone and identity numbers and the mail addresses that stand in a text and
// leaves everything else as it is.
func MaskText(text string) string {
	if strings.IndexByte(text, '@') > 0 {
		text = mailInText.ReplaceAllString(text, "$1***$2")
	}
	if !hasDigits(text, 11) {
		return text
	}
	text = idNoInText.ReplaceAllStringFunc(text, MaskIDNo)
	return mobileInText.ReplaceAllStringFunc(text, func(found string) string {
		digits := strings.Map(digit, found)
		return MaskPhone(digits[len(digits)-11:])
	})
}

// digit keeps digits and drops what stands between them.
func digit(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

// hasDigits tells whether there are at least n digits in the text: most texts have
// none to mask, and looking is far cheaper than matching.
func hasDigits(text string, n int) bool {
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}
