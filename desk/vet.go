package desk

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"huiying/incident"
)

// Words are the county's own lists for what goes to the public.
type Words struct {
	// Forbidden words keep a draft from being handed in; Sensitive ones are pointed out.
	Forbidden []string `yaml:"forbidden"`
	Sensitive []string `yaml:"sensitive"`
}

// Validate refuses an empty word, which every text would hold.
func (w Words) Validate() error {
	for _, word := range append(append([]string{}, w.Forbidden...), w.Sensitive...) {
		if strings.TrimSpace(word) == "" {
			return errors.New("drafts 的词表里有空白的词，请删去")
		}
	}
	return nil
}

// vetted is a command with what the checks find in the draft that it is about: they are
// made anew before each review, as figures elsewhere may have changed meanwhile. What a
// client says that was found is not believed.
func (d *Desk) vetted(ctx context.Context, c incident.Case, cmd incident.Command) incident.Command {
	switch cmd := cmd.(type) {
	case incident.SubmitDraft:
		cmd.Found = d.Vet(ctx, c, cmd.Draft)
		return cmd
	case incident.ReviewDraft:
		cmd.Found = d.Vet(ctx, c, cmd.Draft)
		return cmd
	}
	return cmd
}

// Vet checks a draft as it stands: personal data, marks of secrecy, the county's words,
// missing parts, a wrong level of detail, figures that differ from those of the log or
// of another unit, and numbers that a machine may have made up. Nil where there is no such draft or nothing was found. A machine cannot
// judge a text: what is only doubtful is pointed out to the reviewers, and only what may
// never be published stops the draft.
func (d *Desk) Vet(ctx context.Context, c incident.Case, n int) []incident.Finding {
	draft := c.Draft(n)
	if draft == nil {
		return nil
	}
	last := draft.Last()
	whole := last.Title + "\n" + last.Text
	var out []incident.Finding
	out = append(out, personal(c, whole)...)
	out = append(out, d.words(whole)...)
	out = append(out, missing(c, whole)...)
	out = append(out, detail(whole)...)
	out = append(out, d.differing(c, *draft)...)
	return append(out, d.invented(ctx, c, *draft)...)
}

func stop(check, format string, a ...any) incident.Finding {
	return incident.Finding{Check: check, Text: fmt.Sprintf(format, a...), Stop: true}
}

func ask(check, format string, a ...any) incident.Finding {
	return incident.Finding{Check: check, Text: fmt.Sprintf(format, a...)}
}

var (
	idNumber = regexp.MustCompile(`[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`)
	mobile   = regexp.MustCompile(`(?:^|\D)(1[3-9]\d{9})(?:\D|$)`)
	// somebody matches a private person by what he is, with what looks like a full name.
	somebody = regexp.MustCompile(`(?:司机|驾驶员|业主|伤者|死者|患者|村民|居民|学生|儿童|家属|嫌疑人|当事人)(?:（[^）]*）)?([\p{Han}]{2,3})(?:，|、|（|系|因|为|称|表示|于)`)
	dwelling = regexp.MustCompile(`\d+(?:号楼|栋|幢)\d*(?:单元)?\d{2,4}(?:室|户)|\d+单元\d{2,4}`)
	secrecy  = regexp.MustCompile(`绝密|机密[★☆]?|秘密[★☆]|内部资料|内部传阅|工作秘密|不得外传|密级`)
)

// personal finds what tells who a private person is (个人信息保护法 第三十四条).
func personal(c incident.Case, text string) []incident.Finding {
	var out []incident.Finding
	if idNumber.MatchString(text) {
		out = append(out, stop("personal", "含有身份证号码，必须删去"))
	}
	reports := append([]incident.Report{c.Report}, c.More...)
	told := map[string]bool{}
	for _, r := range reports {
		name, phone := strings.TrimSpace(r.Reporter.Name), strings.TrimSpace(r.Reporter.Phone)
		if utf8.RuneCountInString(name) >= 2 && strings.Contains(text, name) && !told[name] {
			told[name] = true
			out = append(out, stop("personal", "含有来件人的姓名（%s），必须删去", incident.MaskName(name)))
		}
		if len(phone) >= 7 && strings.Contains(text, phone) && !told[phone] {
			told[phone] = true
			out = append(out, stop("personal", "含有来件人的电话（%s），必须删去", incident.MaskPhone(phone)))
		}
	}
	for _, m := range mobile.FindAllStringSubmatch(text, -1) {
		if !told[m[1]] {
			told[m[1]] = true
			out = append(out, ask("personal", "含有手机号码（%s），请确认不是个人的", incident.MaskPhone(m[1])))
		}
	}
	for _, m := range somebody.FindAllStringSubmatch(text, -1) {
		if name := m[1]; !strings.Contains(name, "某") && !told[name] {
			told[name] = true
			out = append(out, ask("personal", "“%s”像是个人姓名，不宜公开，可写作某某", incident.MaskName(name)))
		}
	}
	return out
}

// words finds marks of secrecy and the words of the county's lists.
func (d *Desk) words(text string) []incident.Finding {
	var out []incident.Finding
	if mark := secrecy.FindString(text); mark != "" {
		out = append(out, stop("secrecy", "含有“%s”字样，须先完成保密审查并删去", mark))
	}
	for _, w := range d.Words.Forbidden {
		if strings.Contains(text, w) {
			out = append(out, stop("words", "含有禁用词“%s”", w))
		}
	}
	for _, w := range d.Words.Sensitive {
		if strings.Contains(text, w) {
			out = append(out, ask("words", "含有敏感词“%s”，请斟酌", w))
		}
	}
	return out
}

var (
	facts    = regexp.MustCompile(`经核实|经核查|经查|查明|核实|\d+[时日]|发生|目前|现已|属实|情况如下`)
	measures = regexp.MustCompile(`采取|组织|开展|处置|整改|救治|救援|排查|维修|修复|修补|封堵|督促|责令|立案|调查|赶赴|启动|协调|安排|退还|整治|疏散|扑灭`)
	basis    = regexp.MustCompile(`《[^》]+》|依据|根据|按照|依法|规定|条例|办法`)
	contact  = regexp.MustCompile(`电话|热线|拨打|12345|联系|反映|\d{3,4}-?\d{7,8}`)
	nextTime = regexp.MustCompile(`再次发布|下次发布|下一次发布|持续发布|及时发布|及时公布|后续|滚动|随后公布|另行`)
	todo     = regexp.MustCompile(`请|提醒|建议|避让|绕行|勿|不要`)
)

// missing finds the parts of a release that are not there (facts/standards.md 3).
func missing(c incident.Case, text string) []incident.Finding {
	var lack []string
	need := func(re *regexp.Regexp, name string) {
		if !re.MatchString(text) {
			lack = append(lack, name)
		}
	}
	if n := strings.Count(text, unknown); n > 0 {
		lack = append(lack, fmt.Sprintf("%d处“%s”的内容", n, unknown))
	}
	need(facts, "已核实的情况")
	need(measures, "采取的措施")
	need(basis, "政策依据")
	need(contact, "联系方式或咨询电话")
	if c.Level() == incident.Emergency {
		need(todo, "群众该怎么做")
		need(nextTime, "下次发布的时间")
	}
	if len(lack) == 0 {
		return nil
	}
	return []incident.Finding{ask("missing", "可能缺少：%s", strings.Join(lack, "、"))}
}

var guess = regexp.MustCompile(`疑似[^，。；]{0,12}(?:原因|引起|引发|导致)|初步(?:判断|怀疑)|可能(?:是|系)?[^，。；]{0,10}(?:引起|引发|导致|造成)|估计是|据推测`)

// shortest is a text in which nothing can be explained, in characters.
const shortest = 20

// detail finds a wrong level of detail: guesses at the cause, private dwellings, too little to be an answer.
func detail(text string) []incident.Finding {
	var out []incident.Finding
	if g := guess.FindString(text); g != "" {
		out = append(out, ask("detail", "“%s”是对原因的推测，未查明前不宜发布", g))
	}
	if place := dwelling.FindString(text); place != "" {
		out = append(out, ask("detail", "“%s”具体到户，请改写到小区或路段", place))
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < shortest {
		out = append(out, ask("detail", "全文只有%d字，恐怕说明不了情况", n))
	}
	return out
}
