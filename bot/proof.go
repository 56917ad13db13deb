package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"huiying/incident"
)

// with is what was said with one more field filled in.
func (s said) with(name, value string) said {
	v := *s.verb
	v.set = maps.Clone(v.set)
	if v.set == nil {
		v.set = map[string]string{}
	}
	v.set[name] = value
	s.verb = &v
	return s
}

// filesValue are files as a command's JSON has them.
func filesValue(files []incident.Attachment) string {
	body, err := json.Marshal(files)
	if err != nil {
		return "" // names and addresses always encode
	}
	return string(body)
}

// proved adds pictures to a command that is being filled in, and goes on with it: what was
// written below them answers the question that was asked last.
func (t *turn) proved(ctx context.Context, f *form, kept []incident.Attachment, why string) ([]Reply, error) {
	var files []incident.Attachment
	if v := f.Values[fieldFiles]; v != "" {
		if err := json.Unmarshal([]byte(v), &files); err != nil {
			files = nil // a value that nobody can read holds nothing
		}
	}
	files = append(files, kept...)
	if over := len(files) - maxFiles; over > 0 {
		files, why = files[:maxFiles], lines(why, fmt.Sprintf("一件事最多%d个附件，多出的没有收。", maxFiles))
	}
	f.Values[fieldFiles] = filesValue(files)
	if t.text != "" {
		if replies, done, err := t.carried(ctx, f); done || err != nil {
			return replies, err
		}
	}
	return t.next(ctx, f, lines(why, fmt.Sprintf("附件已收到（共%d个）。", len(files))))
}
