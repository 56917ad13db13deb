package report

import (
	"fmt"
	"time"
)

// nothing stands where there is nothing to divide by.
const nothing = "—"

// percent is a share with one digit after the point; 100% only where nothing is missing.
func percent(num, den int) string {
	if den == 0 {
		return nothing
	}
	tenths := (num*2000 + den) / (2 * den) // rounded half up
	switch {
	case tenths >= 1000 && num < den:
		tenths = 999
	case tenths == 0 && num > 0:
		tenths = 1
	}
	if tenths%10 == 0 {
		return fmt.Sprintf("%d%%", tenths/10)
	}
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

func hours(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d分钟", max(1, int(d.Round(time.Minute)/time.Minute)))
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f小时", d.Hours())
	}
	return fmt.Sprintf("%.1f天", d.Hours()/24)
}
