package intake

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"huiying/incident"
)

// Bounds of what strangers send, in characters; title and text have incident's own.
const (
	maxSource = 100
	maxID     = 200
	maxShort  = 100
	maxPlace  = 500
	maxURL    = 2000
)

// Bounds of lists.
const (
	maxAttachments = 50
	maxUnits       = 20
	maxDeadlines   = 20
)

// cleaner tidies the values of one report and keeps the first fault.
type cleaner struct {
	zone *time.Location
	err  error
}

func (c *cleaner) fail(field, format string, args ...any) {
	if c.err == nil {
		c.err = invalid(field, format, args...)
	}
}

// line is a value of one line: without control characters, each run of blanks one space.
// limit is in characters; zero leaves the length to somebody else.
func (c *cleaner) line(field, name, value string, limit int) string {
	value = strings.Join(strings.Fields(strings.Map(visible, value)), " ")
	if n := len([]rune(value)); limit > 0 && n > limit {
		c.fail(field, "%s有%d字，最多%d字，请缩短。", name, n, limit)
	}
	return value
}

// cleanText keeps the lines of a text, ends them alike, and drops control characters.
func cleanText(value string) string {
	value = strings.ReplaceAll(value, "\r\n", "\n")
	value = strings.ReplaceAll(value, "\r", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return visible(r)
	}, value))
}

// visible turns blanks into spaces and drops what nobody sees: control characters, the
// byte-order mark, and the marks that turn the direction of writing.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		if r == '\u3000' {
			return r
		}
		return ' '
	case unicode.IsControl(r), r == '\ufeff', r == '\u200b', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}

// url accepts web addresses only: what else a link may hold could act on the reader's page.
func (c *cleaner) url(field, name, value string) string {
	value = c.line(field, name, value, maxURL)
	if value == "" || c.err != nil {
		return value
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		c.fail(field, "%s“%s”不是网址，须以 http:// 或 https:// 开头。", name, clip(value))
	}
	return value
}

// instant reads an RFC 3339 time; empty is the zero time.
func (c *cleaner) instant(field, value string) time.Time {
	value = strings.TrimSpace(value)
	if value == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil || !plausible(at) {
		c.fail(field, "%s“%s”不是时间，请写成 2026-11-20T16:40:00+08:00。", field, clip(value))
		return time.Time{}
	}
	if c.zone != nil {
		at = at.In(c.zone)
	}
	return at
}

// plausible tells whether somebody can have meant this instant.
func plausible(at time.Time) bool { return at.Year() >= 1980 && at.Year() < 2100 }

func (c *cleaner) attachments(list []postedFile) []incident.Attachment {
	if len(list) > maxAttachments {
		c.fail("attachments", "附件最多%d个，这里有%d个。", maxAttachments, len(list))
		return nil
	}
	var out []incident.Attachment
	for i, a := range list {
		field := fmt.Sprintf("attachments.%d", i)
		if strings.TrimSpace(a.URL) == "" {
			c.fail(field, "第%d个附件没有网址（url）。", i+1)
		}
		out = append(out, incident.Attachment{
			Name: c.line(field, "附件名称", a.Name, maxID), URL: c.url(field, fmt.Sprintf("第%d个附件的网址", i+1), a.URL),
		})
	}
	return out
}

func (c *cleaner) deadlines(list []postedDeadline, by string) []incident.HandedLimit {
	if len(list) > maxDeadlines {
		c.fail("handed_limits", "随件期限最多%d个，这里有%d个。", maxDeadlines, len(list))
		return nil
	}
	var out []incident.HandedLimit
	for i, p := range list {
		field := fmt.Sprintf("handed_limits.%d", i)
		h := incident.HandedLimit{Kind: p.Kind, Limit: c.instant(field+".limit", p.Limit), By: c.line(field+".by", "期限的下达单位", p.By, maxShort)}
		if h.Kind == "" {
			h.Kind = incident.MilestoneConclude
		}
		if !h.Kind.Valid() || h.Kind.Inner() {
			c.fail(field+".kind", "随件期限的种类“%s”不认识，通常是 conclude（办结）。", clip(string(h.Kind)))
		}
		if h.Limit.IsZero() {
			c.fail(field+".limit", "随件期限没有写明时间（limit），例如 2026-11-20T18:00:00+08:00。")
		}
		if h.By == "" {
			h.By = by
		}
		out = append(out, h)
	}
	return out
}

// clip shortens what somebody wrote to what a message can show.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
