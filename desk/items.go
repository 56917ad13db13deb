package desk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
)

// itemExample is how a line of items is written, for those whose line cannot be read.
const itemExample = "请每行写一条，例如：县水利局：加固堤坝，11月30日前"

var (
	itemNumber = regexp.MustCompile(`^\s*(?:[0-9]+[.、．)）]|[（(][0-9一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|[-·•])\s*`)
	itemUnit   = regexp.MustCompile(`^([^：:，,]{2,20})[：:]\s*`)
	itemDate   = regexp.MustCompile(`[，,（(]?\s*(?:(\d{4})[-年/])?(\d{1,2})[-月/](\d{1,2})日?` +
		`(?:\s*(上午|中午|下午|晚上)?(\d{1,2})(?:[:：](\d{2})|[点时](?:(\d{1,2})分?|半)?))?\s*(?:之?前)?(?:完成)?[)）]?[。；;]?\s*$`)
)

// Items reads what units are to do, one a line: the unit, what, and at the end the date.
// A line that lacks a unit, or a date where dated asks for one, is refused with its number.
func (d *Desk) Items(field, text string, dated bool) ([]incident.Item, error) {
	var out []incident.Item
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(itemNumber.ReplaceAllString(line, ""))
		if line == "" {
			continue
		}
		bad := func(why string) error {
			return &incident.Error{Code: incident.CodeInvalid, Field: field, Text: fmt.Sprintf("第%d条%s。%s。", len(out)+1, why, itemExample)}
		}
		var it incident.Item
		m := itemUnit.FindStringSubmatch(line)
		if m == nil {
			return nil, bad("没有写明责任单位")
		}
		unit, ok := d.Directory().FindUnit(strings.TrimSpace(m[1]))
		if !ok {
			return nil, bad("里没有“" + m[1] + "”这个单位")
		}
		it.Unit, it.Text = unit.ID, line[len(m[0]):]
		if at := itemDate.FindStringSubmatchIndex(it.Text); at != nil {
			day, ok := d.day(itemDate.FindStringSubmatch(it.Text))
			if !ok {
				return nil, bad("的日期有误")
			}
			it.DueAt, it.Text = day, strings.TrimRight(it.Text[:at[0]], "，,；; ")
		}
		switch {
		case strings.TrimSpace(it.Text) == "":
			return nil, bad("没有写明做什么")
		case dated && it.DueAt.IsZero():
			return nil, bad("没有写明完成日期")
		}
		out = append(out, it)
	}
	return out, nil
}

// day is the instant that a match names, of a day alone its end (24:00); without a year the
// next such day, or one that is just past.
func (d *Desk) day(m []string) (time.Time, bool) {
	now := d.Clock.Now().In(d.Zone)
	year := now.Year()
	if m[1] != "" {
		year, _ = strconv.Atoi(m[1]) // four digits
	}
	month, _ := strconv.Atoi(m[2])
	date, _ := strconv.Atoi(m[3])
	at := time.Date(year, time.Month(month), date, 0, 0, 0, 0, d.Zone)
	if at.Month() != time.Month(month) || at.Day() != date {
		return at, false
	}
	const halfYear = 183 * 24 * time.Hour
	if m[1] == "" && now.Sub(at) > halfYear {
		at = at.AddDate(1, 0, 0)
	}
	if m[5] == "" {
		return at.AddDate(0, 0, 1), true
	}
	hour, _ := strconv.Atoi(m[5])
	minute, _ := strconv.Atoi(m[6] + m[7])
	if m[6]+m[7] == "" && strings.Contains(m[0], "半") {
		minute = 30
	}
	if (m[4] == "下午" || m[4] == "晚上") && hour < 12 {
		hour += 12
	}
	return at.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute), hour <= 24 && minute < 60
}

// ItemsText writes items as [Desk.Items] reads them.
func (d *Desk) ItemsText(list []incident.Item) string {
	var out []string
	for _, it := range list {
		line := d.unitName(it.Unit) + "：" + it.Text
		if !it.DueAt.IsZero() {
			line += "，" + limitText(it.DueAt.In(d.Zone)) + "前"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// limitText is a limit as [Desk.Items] reads it: midnight belongs to the day before.
func limitText(at time.Time) string {
	if at.Hour() == 0 && at.Minute() == 0 {
		return at.AddDate(0, 0, -1).Format("2006年1月2日")
	}
	return at.Format("2006年1月2日15:04")
}

func (d *Desk) unitName(u org.UnitID) string {
	if u == "" {
		return unknown
	}
	return d.Directory().UnitName(u)
}
