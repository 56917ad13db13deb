package sla

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

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
		text := strings.TrimPrefix(l, "yaml: ")
		where := ""
		if m := faultLine.FindStringSubmatch(l); m != nil {
			where, text = "第"+m[1]+"行：", m[2]
		}
		if m := faultUnknown.FindStringSubmatch(text); m != nil {
			text = "不认识的配置项“" + m[1] + "”，请核对拼写"
		} else if m := faultType.FindStringSubmatch(text); m != nil {
			text = "值“" + m[1] + "”的类型不对"
			if strings.Contains(m[2], "Duration") {
				text += "，应写成时长，例如 30m、4h"
			}
		} else if m := faultTwice.FindStringSubmatch(text); m != nil {
			text = "配置项“" + m[1] + "”与第" + m[2] + "行重复"
		} else {
			text = "格式有误（" + text + "）"
		}
		out = append(out, fmt.Errorf("%s%s", where, text))
	}
	return errors.Join(out...)
}
