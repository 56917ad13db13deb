package incident

import "time"

// Show is an instant for people: 24:00 of day X for a midnight, since a limit ends a
// day rather than beginning one.
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
