package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// Excel's serial numbers of 1980 and 2100, between which a bare number is a date.
const (
	firstSerial = 29221
	lastSerial  = 73051
	// serial1904 is how much later the count of old Excel for Mac begins, in days.
	serial1904 = 1462
)

// written are times as systems and people write them: a date, and perhaps a time of day.
var written = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?号?` +
	`(?:[ T]*(?:(?:星期|周).)?[ ]*(凌晨|早上|上午|中午|下午|晚上|AM|PM)?[ ]*(\d{1,2})(?:[:时点](?:(\d{1,2})分?(?:[:]?(\d{1,2})(?:\.\d+)?秒?)?)?)[ ]*(AM|PM)?)?$`)

var digits = regexp.MustCompile(`^\d+$`)

// parseWhen reads an instant in the ways in which tables hold it: RFC 3339, a date with or
// without a time of day in zone, Excel's number of days, seconds or milliseconds since
// 1970. A date alone is its first instant. Empty text is the zero time.
func parseWhen(text string, zone *time.Location, date1904 bool) (time.Time, bool) {
	text = strings.ToUpper(strings.TrimSpace(width.Fold.String(text)))
	if text == "" {
		return time.Time{}, true
	}
	at, ok := time.Time{}, false
	if stamp, err := time.Parse(time.RFC3339, text); err == nil {
		at, ok = stamp.In(zone), true
	} else if m := written.FindStringSubmatch(text); m != nil {
		at, ok = fromParts(m, zone)
	} else if digits.MatchString(text) && len(text) >= 8 {
		at, ok = fromDigits(text, zone)
	} else if days, err := strconv.ParseFloat(text, 64); err == nil {
		at, ok = fromSerial(days, zone, date1904)
	}
	return at, ok && plausible(at)
}

// fromParts builds an instant of the parts that [written] found; a day or an hour that
// does not exist is refused, not carried over.
func fromParts(m []string, zone *time.Location) (time.Time, bool) {
	var n [8]int
	for i, part := range m[1:8] {
		if part == "" || i == 3 {
			continue
		}
		v, err := strconv.Atoi(part)
		if err != nil {
			return time.Time{}, false
		}
		n[i] = v
	}
	year, month, day, hour, minute, second := n[0], n[1], n[2], n[4], n[5], n[6]
	switch half := m[4] + m[8]; {
	case (half == "下午" || half == "晚上" || half == "PM") && hour < 12:
		hour += 12
	case (half == "AM" || half == "凌晨") && hour == 12:
		hour = 0
	case half == "中午" && hour < 3:
		hour += 12
	}
	if hour == 24 && minute == 0 && second == 0 {
		at, ok := fromParts([]string{"", m[1], m[2], m[3], "", "", "", "", ""}, zone)
		return at.AddDate(0, 0, 1), ok
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, 0, zone)
	same := at.Year() == year && int(at.Month()) == month && at.Day() == day
	return at, same && hour < 24 && minute < 60 && second < 60
}

// fromDigits reads 20261120, 202611201640, 20261120164000, and Unix seconds and
// milliseconds.
func fromDigits(text string, zone *time.Location) (time.Time, bool) {
	var layout string
	switch len(text) {
	case len("20060102"):
		layout = "20060102"
	case len("200601021504"):
		layout = "200601021504"
	case len("20060102150405"):
		layout = "20060102150405"
	case 10, 13:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, false
		}
		if len(text) == 10 {
			n *= 1000
		}
		return time.UnixMilli(n).In(zone), true
	default:
		return time.Time{}, false
	}
	at, err := time.ParseInLocation(layout, text, zone)
	return at, err == nil
}

// fromSerial reads Excel's days since 1899-12-30, to the second.
func fromSerial(days float64, zone *time.Location, date1904 bool) (time.Time, bool) {
	if date1904 {
		days += serial1904
	}
	if math.IsNaN(days) || days < firstSerial || days >= lastSerial {
		return time.Time{}, false
	}
	whole, part := math.Modf(days)
	seconds := int(math.Round(part * 24 * 60 * 60))
	return time.Date(1899, time.December, 30+int(whole), 0, 0, seconds, 0, zone), true
}
