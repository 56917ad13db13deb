package report

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"huiying/org"
)

// Kind names a kind of report.
type Kind string

// The kinds of reports.
const (
	KindWeekly     Kind = "weekly"     // 每周超期汇总、督办通报
	KindEvaluation Kind = "evaluation" // 月度评估
	KindAnnual     Kind = "year"       // 年度考核
)

// Kept is a report as it was issued: frozen, with the policy version then in force and
// the hash of its body. A correction is a new revision; the old ones stay.
type Kept struct {
	Kind     Kind            `json:"kind"`
	Period   string          `json:"period"` // 2026-W47, 2026-11, 2026
	Revision int             `json:"revision"`
	At       time.Time       `json:"at"`
	Issuer   string          `json:"issuer"`
	Policy   string          `json:"policy"`
	Hash     []byte          `json:"hash"`
	Body     json.RawMessage `json:"body,omitempty"`
}

// Freeze makes a report of any kind ready to be kept.
func Freeze(kind Kind, period, policy, issuer string, at time.Time, value any) (Kept, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return Kept{}, fmt.Errorf("encode report: %w", err)
	}
	sum := sha256.Sum256(body)
	return Kept{Kind: kind, Period: period, At: at, Issuer: issuer, Policy: policy, Hash: sum[:], Body: body}, nil
}

// Thaw reads a kept report; one whose body does not have its hash is refused.
func Thaw[T any](k Kept) (T, error) {
	var v T
	if sum := sha256.Sum256(k.Body); string(sum[:]) != string(k.Hash) {
		return v, fmt.Errorf("report %s %s/%d was changed after it was issued", k.Kind, k.Period, k.Revision)
	}
	if err := json.Unmarshal(k.Body, &v); err != nil {
		return v, fmt.Errorf("decode report: %w", err)
	}
	return v, nil
}

// Shelf keeps issued reports and what people decide about them. storage implements it.
type Shelf interface {
	// KeepReport keeps a report for good and returns its revision, from 1. With first it
	// keeps it only where none is kept of that kind and period, and else returns 0: of many
	// replicas that issue at once, one does.
	KeepReport(ctx context.Context, k Kept, first bool) (int, error)
	// Report returns an issued report, the newest revision for 0, or incident.ErrNotFound.
	Report(ctx context.Context, kind Kind, period string, revision int) (Kept, error)
	// Reports lists issued reports without their bodies, by period and revision, newest first, at most n.
	Reports(ctx context.Context, kind Kind, n int) ([]Kept, error)
	// AddRuling keeps a new ruling and returns its id; false when its key is there already,
	// and then the id is of the one that has it.
	AddRuling(ctx context.Context, r Ruling) (int64, bool, error)
	// Ruling returns one, or incident.ErrNotFound.
	Ruling(ctx context.Context, id int64) (Ruling, error)
	// DecideRuling replaces a ruling that is still in the state from; false when it is not.
	DecideRuling(ctx context.Context, r Ruling, from RulingState) (bool, error)
	// Rulings lists them by id; an empty kind, period or unit does not filter.
	Rulings(ctx context.Context, kind RulingKind, period string, unit org.UnitID) ([]Ruling, error)
}
