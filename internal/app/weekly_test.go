package app

import (
	"fmt"
	"testing"
	"time"

	"huiying/configs"
	"huiying/sla"
)

func builtinHolidays(t *testing.T) *sla.Holidays {
	t.Helper()
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := loadHolidays(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return holidays
}

// TestMondays: the summary comes on Monday, right after the holiday when Monday is one, and
// of both weeks where a holiday holds two Mondays.
func TestMondays(t *testing.T) {
	t.Parallel()
	holidays := builtinHolidays(t)
	zone := time.FixedZone("Asia/Shanghai", 8*60*60)
	for day, want := range map[string]string{
		"2026-11-23": "[2026-11-23]",
		"2026-11-24": "[]",
		"2026-02-14": "[]", // a Saturday that is worked
		"2026-02-16": "[]", // Spring Festival: off from the 15th to the 23rd
		"2026-02-23": "[]",
		"2026-02-24": "[2026-02-16 2026-02-23]",
		"2026-02-25": "[]",
		"2026-10-05": "[]", // National Day: off from the 1st to the 7th
		"2026-10-08": "[2026-10-05]",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", day+" 08:30", zone)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, m := range mondays(at, holidays) {
			got = append(got, m.Format("2006-01-02"))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", day, got, want)
		}
	}
}
