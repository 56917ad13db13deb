package report

import (
	"context"

	"huiying/incident"
)

// Looked hands to before and to visit what two looks, one after the other, see of the cases,
// so that a test can compare it with the log.
func Looked(ctx context.Context, src Source, asAt AsAt, p Period, before, visit func(incident.Case)) error {
	earlier := Period{From: p.From.Add(-aWeek), To: p.From, CutOff: p.From}
	return gatherAll(ctx, src, asAt, look{scope{Period: earlier, ahead: aWeek}, before}, look{scope{Period: p, ahead: aWeek, told: true}, visit})
}
