package intake

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// kept takes rows in and keeps them.
type kept struct{ regs []incident.Register }

func (k *kept) RegisterAll(_ context.Context, _ org.Actor, regs []incident.Register) ([]desk.Registered, error) {
	k.regs = append(k.regs, regs...)
	return make([]desk.Registered, len(regs)), nil
}

// TestPast_ReadsWhatBecameOfAReport: 发布时间 is when the answer was released where the table
// has another time of the report, else when the report was posted; an import reads neither.
func TestPast_ReadsWhatBecameOfAReport(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*60*60)
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, zone) }
	for _, c := range []struct {
		name, header, row   string
		past                bool
		reported            time.Time
		release, conference time.Time
	}{
		{"both", "标题,受理时间,发布时间,发布会时间", "爆炸,2026-03-02 09:00,2026-03-02 11:00,2026-03-02 20:00", true, at(9), at(11), at(20)},
		{"no time of the report in the row", "标题,受理时间,发布时间", "爆炸,,2026-03-02 11:00", true, time.Time{}, at(11), time.Time{}},
		{"posted", "标题,发布时间", "爆炸,2026-03-02 11:00", true, at(11), time.Time{}, time.Time{}},
		{"authoritative beside posted", "标题,发布时间,权威发布时间", "爆炸,2026-03-02 09:00,2026-03-02 12:00", true, at(9), at(12), time.Time{}},
		{"an import", "标题,受理时间,发布时间,发布会时间", "爆炸,2026-03-02 09:00,2026-03-02 11:00,2026-03-02 20:00", false, at(9), time.Time{}, time.Time{}},
	} {
		file := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(file, []byte(c.header+"\n"+c.row+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var k kept
		im := Importer{Desk: &k, Sources: builtin(t), Zone: zone, By: org.System("test")}
		if c.past {
			im.Mapping = im.Mapping.WithPast()
		}
		if _, err := im.Run(t.Context(), file); err != nil || len(k.regs) != 1 {
			t.Fatalf("%s: %d rows, %v", c.name, len(k.regs), err)
		}
		r := k.regs[0].Report
		met := map[incident.MilestoneKind]time.Time{}
		for _, l := range r.HandedLimits {
			met[l.Kind] = l.Limit
		}
		if !r.SubmittedAt.Equal(c.reported) || !met[incident.MilestoneRelease].Equal(c.release) || !met[incident.MilestonePressConference].Equal(c.conference) {
			t.Errorf("%s: reported %s, met %v", c.name, r.SubmittedAt, met)
		}
	}
}
