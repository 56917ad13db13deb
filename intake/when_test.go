package intake

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseWhen(t *testing.T) {
	t.Parallel()
	at := func(y int, mo time.Month, d, h, mi, s int) time.Time {
		return time.Date(y, mo, d, h, mi, s, 0, shanghai())
	}
	for text, want := range map[string]time.Time{
		"":                          {},
		"  ":                        {},
		"2026-11-20T16:40:00+08:00": at(2026, 11, 20, 16, 40, 0),
		"2026-11-20T08:40:00Z":      at(2026, 11, 20, 16, 40, 0),
		"2026-11-20T16:40:05":       at(2026, 11, 20, 16, 40, 5),
		"2026-11-20 16:40:05":       at(2026, 11, 20, 16, 40, 5),
		"2026-11-20 16:40:05.123":   at(2026, 11, 20, 16, 40, 5),
		"2026-11-20 16:40":          at(2026, 11, 20, 16, 40, 0),
		"2026/1/2 3:04":             at(2026, 1, 2, 3, 4, 0),
		"2026.1.2":                  at(2026, 1, 2, 0, 0, 0),
		"2026-1-2":                  at(2026, 1, 2, 0, 0, 0),
		"２０２６年１月２日　３：０４":             at(2026, 1, 2, 3, 4, 0),
		"2026年11月20日16时40分":          at(2026, 11, 20, 16, 40, 0),
		"2026年11月20日 16时40分5秒":       at(2026, 11, 20, 16, 40, 5),
		"2026年11月20日16时":             at(2026, 11, 20, 16, 0, 0),
		"2026年11月20号 下午4点40分":        at(2026, 11, 20, 16, 40, 0),
		"2026年11月20日 星期五 16:40":      at(2026, 11, 20, 16, 40, 0),
		"2026-11-20 上午12:30":         at(2026, 11, 20, 12, 30, 0),
		"2026-11-20 12:30 AM":        at(2026, 11, 20, 0, 30, 0),
		"2026-11-20 12:30 pm":        at(2026, 11, 20, 12, 30, 0),
		"2026-11-20 中午1:30":          at(2026, 11, 20, 13, 30, 0),
		"2026-11-20 24:00":           at(2026, 11, 21, 0, 0, 0),
		"20261120":                   at(2026, 11, 20, 0, 0, 0),
		"202611201640":               at(2026, 11, 20, 16, 40, 0),
		"20261120164005":             at(2026, 11, 20, 16, 40, 5),
		"1795164000":                 at(2026, 11, 20, 16, 40, 0),
		"1795164000123":              at(2026, 11, 20, 16, 40, 0).Add(123 * time.Millisecond),
		"46346":                      at(2026, 11, 20, 0, 0, 0),   // Excel: 1899-12-30 + 46346 days
		"46346.694444444445":         at(2026, 11, 20, 16, 40, 0), // 0.694444… days are 16:40
		"46346.99999999":             at(2026, 11, 21, 0, 0, 0),   // to the nearest second
		" 2026-11-20T16:40:00+08:00": at(2026, 11, 20, 16, 40, 0),
	} {
		got, ok := parseWhen(text, shanghai(), false)
		if !ok || !got.Equal(want) {
			t.Errorf("parseWhen(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	if got, ok := parseWhen("44884", shanghai(), true); !ok || !got.Equal(at(2026, 11, 20, 0, 0, 0)) {
		t.Errorf("of 1904: %v, %v", got, ok)
	}
}

func TestParseWhen_Refused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"昨天", "2026-02-30", "2026-13-01", "2026-11-20 25:00", "2026-11-20 16:60", "2026-11-20 24:01", "11/20/2026", "20-11-2026",
		"2026", "5", "123456", "99999999", "1026-11-20", "3026-11-20", "NaN", "-46346", "2026-11-20 16:40 UTC", "20261399", "#N/A",
	} {
		if got, ok := parseWhen(text, shanghai(), false); ok {
			t.Errorf("parseWhen(%q) = %v", text, got)
		}
	}
}

// TestParseWhen_Serial: what Excel stores comes back to the second, whatever the instant.
func TestParseWhen_Serial(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := time.Unix(rapid.Int64Range(347155200, 4102358400).Draw(t, "unix"), 0).In(shanghai())
		wall := time.Date(want.Year(), want.Month(), want.Day(), want.Hour(), want.Minute(), want.Second(), 0, time.UTC)
		days := wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Seconds() / (24 * 60 * 60)
		if got, ok := fromSerial(days, shanghai(), false); !ok || !got.Equal(want) {
			t.Fatalf("%v became %v", want, got)
		}
		for _, layout := range []string{time.RFC3339, time.DateTime, "2006/1/2 15:04:05", "2006年1月2日15时4分5秒", "20060102150405"} {
			if got, ok := parseWhen(want.Format(layout), shanghai(), false); !ok || !got.Equal(want) {
				t.Fatalf("%s became %v", want.Format(layout), got)
			}
		}
	})
}
