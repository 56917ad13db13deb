package classifier

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lines knows on which line each item of each list of a document begins.
type lines map[string][]int

func newLines(doc []byte) lines {
	var root yaml.Node
	out := lines{}
	if err := yaml.Unmarshal(doc, &root); err != nil || len(root.Content) == 0 {
		return out // the strict decoder has told what is wrong
	}
	m := root.Content[0].Content
	for i := 0; i+1 < len(m); i += 2 {
		for _, item := range m[i+1].Content {
			out[m[i].Value] = append(out[m[i].Value], item.Line)
		}
	}
	return out
}

func (l lines) of(section string, i int) string {
	if at := l[section]; i < len(at) {
		return fmt.Sprintf("第%d行：", at[i])
	}
	return section + "："
}

// chineseFaults turns the decoder's faults into sentences with their lines.
func chineseFaults(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n")
	line := regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	unknown := regexp.MustCompile(`^field (\S+) not found in type`)
	wrong := regexp.MustCompile("^cannot unmarshal (\\S+) `?(.*?)`? into (\\S+)$")
	twice := regexp.MustCompile(`^mapping key "(.*)" already defined at line (\d+)`)
	var out []error
	for l := range strings.SplitSeq(text, "\n") {
		at, what := "", strings.TrimSpace(l)
		if m := line.FindStringSubmatch(what); m != nil {
			at, what = "第"+m[1]+"行：", m[2]
		}
		switch {
		case unknown.MatchString(what):
			what = "不认识的配置项“" + unknown.FindStringSubmatch(what)[1] + "”，请核对拼写"
		case wrong.MatchString(what):
			what = "值“" + wrong.FindStringSubmatch(what)[2] + "”的类型不对"
		case twice.MatchString(what):
			m := twice.FindStringSubmatch(what)
			what = "配置项“" + m[1] + "”与第" + m[2] + "行重复"
		default:
			what = "格式有误（" + what + "）"
		}
		out = append(out, errors.New(at+what))
	}
	return errors.Join(out...)
}
