package report

import (
	"context"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Teller owes an issued report to its readers once more and returns how many they are.
type Teller func(ctx context.Context, kind Kind, period string, now time.Time) (int, error)

// Chinese is the kind as officers read it.
func (k Kind) Chinese() string {
	switch k {
	case KindWeekly:
		return "督办通报"
	case KindEvaluation:
		return "效果评估"
	case KindAnnual:
		return "年度考核"
	}
	return string(k)
}

// Issue freezes the report of a kind and period (2026-W47, 2026-11, 2026). One that was
// issued stays as it is, unless again asks for a new revision.
func (b Bureau) Issue(ctx context.Context, by org.Actor, kind Kind, period string, now time.Time, again bool) (Kept, error) {
	switch kind {
	case KindWeekly:
		if week, ok := ParseWeek(period); ok {
			_, kept, err := b.weekly(week, now).issue(ctx, b, by, now, again)
			return kept, err
		}
	case KindEvaluation:
		if month, ok := ParseMonth(period); ok {
			_, kept, err := b.evaluation(month, now).issue(ctx, b, by, now, again)
			return kept, err
		}
	case KindAnnual:
		if year, ok := ParseYear(period); ok {
			_, kept, err := b.annual(year, now).issue(ctx, b, by, now, again)
			return kept, err
		}
	}
	return Kept{}, &incident.Error{Code: incident.CodeInvalid, Field: "period", Text: "“" + period + "”不是期次，周请写成 2026-W47，月份写成 2026-11，年份写成 2026。"}
}

// Send owes a report to its readers once more; one that was not issued is issued first.
func (b Bureau) Send(ctx context.Context, by org.Actor, kind Kind, period string, now time.Time) (int, error) {
	if !issuer(by) {
		return 0, forbidden(kind.Chinese() + "由县政府办发送，您不能办理。")
	}
	if b.Tell == nil {
		return 0, refused("现在不能发送消息，请在运行回应的服务器上办理。")
	}
	if _, err := b.Issue(ctx, by, kind, period, now, false); err != nil {
		return 0, err
	}
	return b.Tell(ctx, kind, period, now)
}
