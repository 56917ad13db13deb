package incident

import (
	"strconv"
	"time"
)

// Show is an instant for people: 24:00 of day X for a midnight, since a limit ends a
// day rather than beginning one.
//
// The year is left out; [ShowFrom] says it where it is not the reader's own.
func Show(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	if h, m, s := t.Clock(); h+m+s == 0 && t.Nanosecond() == 0 {
		return t.AddDate(0, 0, -1).Format("1月2日") + "24:00"
	}
	if t.Second() != 0 {
		return t.Format("1月2日15:04:05")
	}
	return t.Format("1月2日15:04")
}

// ShowFrom is an instant as [Show] writes it, with its year where that is not now's.
func ShowFrom(t, now time.Time, zone *time.Location) string {
	// The last moment of a year belongs to it.
	if year := t.In(zone).Add(-time.Nanosecond).Year(); year != now.In(zone).Year() {
		return strconv.Itoa(year) + "年" + Show(t, zone)
	}
	return Show(t, zone)
}
