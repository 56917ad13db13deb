package classifier

import (
	"errors"
	"regexp"
	"strings"
)

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
