package bot

import "strings"

// Split parts a text into pieces that are no longer than most, in units that size counts (bytes for
// WeChat Work, UTF-16 units for Telegram): between paragraphs where it can, else between
// lines, sentences, and at last between characters, never within one.
func Split(text string, most int, size func(string) int) []string {
	var out []string
	text = strings.TrimSpace(text)
	for size(text) > most {
		head := fitting(text, most, size)
		cut := len(head)
		for _, mark := range []string{"\n\n", "\n", "。", "；", "，"} {
			if i := strings.LastIndex(head, mark); i > cut/3 {
				cut = i + len(mark)
				break
			}
		}
		if piece := strings.TrimSpace(text[:cut]); piece != "" {
			out = append(out, piece)
		}
		text = strings.TrimSpace(text[cut:])
	}
	if text != "" {
		out = append(out, text)
	}
	return out
}

// fitting is the longest beginning of whole characters that fits; one at least.
func fitting(text string, most int, size func(string) int) string {
	used, end := 0, 0
	for i, r := range text {
		n := size(string(r))
		if used+n > most && i > 0 {
			return text[:i]
		}
		used += n
		end = i + len(string(r))
	}
	return text[:min(end, len(text))]
}

// Bytes counts a text as WeChat Work does.
func Bytes(s string) int { return len(s) }

// UTF16 counts a text as Telegram does.
func UTF16(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
