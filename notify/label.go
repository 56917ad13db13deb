package notify

import (
	"strings"
	"time"
)

// rungNames names rungs for readers, such as 最迟前30分钟、力争时限.
func rungNames(labels []string) string {
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = rungName(l)
	}
	return strings.Join(names, "、")
}

// rungName is a rung's label (S, D, T or L and an offset) in words; a label that it does
// not know stays as it is.
func rungName(label string) string {
	if label == "" {
		return ""
	}
	alone, from := map[byte]string{'S': "开始时", 'D': "分办时", 'T': "力争时限", 'L': "最迟时限"}, map[byte]string{'S': "开始", 'D': "分办", 'T': "力争", 'L': "最迟"}
	at, ok := from[label[0]]
	if !ok {
		return label
	}
	if len(label) == 1 {
		return alone[label[0]]
	}
	if label[1:] == "+span" { // as long again as from the start to the limit
		return at + "后又过同样时长"
	}
	d, err := time.ParseDuration(label[1:])
	switch {
	case err != nil:
		return label
	case d < 0:
		return at + "前" + span(-d)
	}
	return at + "后" + span(d)
}
