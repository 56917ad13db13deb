package intake

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
)

func invalid(field, format string, args ...any) error {
	return &incident.Error{Code: incident.CodeInvalid, Field: field, Text: fmt.Sprintf(format, args...)}
}

var (
	faultLine    = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	faultUnknown = regexp.MustCompile(`^field (\S+) not found in type`)
	faultType    = regexp.MustCompile("^cannot unmarshal \\S+ `?(.*?)`? into (\\S+)$")
	faultTwice   = regexp.MustCompile(`^mapping key "(.*)" already defined at line (\d+)`)
)

// chineseFaults turns yaml's messages into sentences with their lines.
func chineseFaults(err error) error {
	lines := []string{err.Error()}
	if te, ok := errors.AsType[*yaml.TypeError](err); ok {
		lines = te.Errors
	}
	var out []error
	for _, l := range lines {
		where, text := "", strings.TrimPrefix(l, "yaml: ")
		if m := faultLine.FindStringSubmatch(l); m != nil {
			where, text = "第"+m[1]+"行：", m[2]
		}
		out = append(out, errors.New(where+faultText(text)))
	}
	return errors.Join(out...)
}

func faultText(text string) string {
	if m := faultUnknown.FindStringSubmatch(text); m != nil {
		return "不认识的配置项“" + m[1] + "”，请核对拼写。"
	}
	if m := faultType.FindStringSubmatch(text); m != nil {
		return "值“" + m[1] + "”的类型不对，请对照默认文件改正。"
	}
	if m := faultTwice.FindStringSubmatch(text); m != nil {
		return "配置项“" + m[1] + "”与第" + m[2] + "行重复。"
	}
	return "格式有误（" + text + "）。"
}
