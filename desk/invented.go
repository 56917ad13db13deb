package desk

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
)

var (
	digits = regexp.MustCompile(`\d+(?:\.\d+)?`)
	// spelled matches a number in Chinese signs with what is counted.
	spelled = regexp.MustCompile(`([一二两三四五六七八九十百千]+)(?:余|多)?(?:人|名|户|栋|间|辆|起|万|亿|吨|公里|公顷|亩|米|小时|天|日|家|处|个)`)
)

// numbersIn are the numbers of a text, as digits.
func numbersIn(text string) []string {
	var out []string
	for _, n := range digits.FindAllString(text, -1) {
		if len(n) > 1 {
			n = strings.TrimLeft(n, "0")
		}
		if n != "" && !strings.HasPrefix(n, ".") {
			out = append(out, n)
		}
	}
	for _, m := range spelled.FindAllStringSubmatch(text, -1) {
		if n := chinese(m[1]); n > 0 {
			out = append(out, strconv.Itoa(n))
		}
	}
	return out
}

// chinese reads a whole number below ten thousand.
func chinese(s string) int {
	total, digit := 0, 0
	for _, r := range s {
		switch unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]; {
		case unit > 0:
			total += max(digit, 1) * unit
			digit = 0
		default:
			digit = map[rune]int{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}[r]
		}
	}
	return total + digit
}

// invented points out the numbers of a draft that a machine began and that stand nowhere in
// the log: a model makes numbers up, and a person who corrects its words may not see it.
func (d *Desk) invented(ctx context.Context, c incident.Case, draft incident.Draft) []incident.Finding {
	if _, drawn := draft.Machine(); !drawn {
		return nil
	}
	entries, err := d.Store.Log(ctx, c.ID)
	if err != nil {
		return []incident.Finding{ask("numbers", "办理记录暂时读不出，稿中的数字没有核对，请逐一核对")}
	}
	known := d.numbersKnown(c, entries)
	last := draft.Last()
	var odd []string
	for _, n := range numbersIn(last.Title + "\n" + last.Text) {
		if !slices.Contains(known, n) && !slices.Contains(odd, n) {
			odd = append(odd, n)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	return []incident.Finding{ask("numbers", "稿中的数字%s在办理记录里没有，初稿由机器起草，请核实后再送审", strings.Join(odd, "、"))}
}

// numbersKnown are all numbers that the log holds, with those of the instants in it.
func (d *Desk) numbersKnown(c incident.Case, entries []incident.Entry) []string {
	var b strings.Builder
	add := func(texts ...string) {
		for _, t := range texts {
			b.WriteString(t + "\n")
		}
	}
	when := func(at time.Time) {
		if !at.IsZero() {
			add(at.In(d.Zone).Format("2006年1月2日15时4分 15:04"))
		}
	}
	for _, r := range append([]incident.Report{c.Report}, c.More...) {
		add(r.Title, r.Text, r.Place)
		when(r.SubmittedAt)
		when(r.FoundAt)
	}
	for _, e := range entries {
		when(e.At)
		if factual(e.Command) {
			add(e.Text, string(e.Payload))
		}
	}
	when(c.ReceivedAt)
	add("12345")
	return numbersIn(b.String())
}
