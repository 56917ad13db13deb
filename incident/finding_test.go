package incident_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

// TestFind_OmissionStatesWhatItIs: an omission is known to the unit and found by others, and
// whoever finds it must say both; the other faults need neither.
func TestFind_OmissionStatesWhatItIs(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T09:00:00+08:00")
	known := at(t, "2026-11-20T15:00:00+08:00")
	whole := incident.Find{What: incident.Omitted, Unit: water, Reason: "知情未报", Evidence: "值班记录第3页", KnownAt: known, FoundBy: "县网信办"}
	tests := []struct {
		name, field, want string
		change            func(*incident.Find)
	}{
		{"no fault", "what", "迟报按首报时限自动计算", func(f *incident.Find) { f.What = "" }},
		{"no such fault", "what", "omitted（漏报）", func(f *incident.Find) { f.What = "late" }},
		{"no unit", "unit", "被认定的单位", func(f *incident.Find) { f.Unit = "" }},
		{"no reason", "reason", "认定理由", func(f *incident.Find) { f.Reason = " " }},
		{"no evidence", "evidence", "认定依据", func(f *incident.Find) { f.Evidence = "" }},
		{"not said when it was known", "known_at", "不知情的不是漏报", func(f *incident.Find) { f.KnownAt = time.Time{} }},
		{"known in the future", "known_at", "不能晚于现在", func(f *incident.Find) { f.KnownAt = now.Add(time.Hour) }},
		{"not said who found it", "found_by", "由谁发现", func(f *incident.Find) { f.FoundBy = "" }},
	}
	for _, tt := range tests {
		f := whole
		tt.change(&f)
		_, _, err := inState(t, incident.Handling).Apply(f, duty(), now)
		if e, ok := err.(*incident.Error); !ok || e.Field != tt.field || !strings.Contains(e.Text, tt.want) { //nolint:errorlint // never wrapped
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	c := must(t, inState(t, incident.Handling), now, duty(), whole,
		incident.Find{What: incident.Falsified, Unit: house, Reason: "伤亡人数不实", Evidence: "医院记录"})
	if n := len(c.Standing()); n != 2 {
		t.Errorf("%d findings stand, want 2", n)
	}
}

// TestFind_OnceAndTakenBack: the same is found once, told to the unit's leaders, taken back
// with a reason, and kept in the record.
func TestFind_OnceAndTakenBack(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T09:00:00+08:00")
	find := incident.Find{What: incident.Concealed, Unit: house, Reason: "隐瞒伤亡", Evidence: "家属证言"}
	c, out, err := inState(t, incident.Concluded).Apply(find, director(), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Notices) != 2 || out.Notices[0].Unit != house || out.Notices[0].Post != org.Deputy || out.Notices[1].Post != org.Head ||
		!strings.Contains(out.Notices[0].Text, "认定本单位瞒报：隐瞒伤亡；依据：家属证言") || !strings.Contains(out.Notices[0].Text, "申诉") {
		t.Errorf("told: %+v", out.Notices)
	}
	if f := c.Misreports[0]; f.By != "县政府办主任" || !f.At.Equal(now) || f.N != 1 {
		t.Errorf("kept: %+v", f)
	}
	if _, _, err := c.Apply(find, duty(), now); incident.CodeOf(err) != incident.CodeRefused {
		t.Errorf("the same was found twice: %v", err)
	}
	if _, _, err := c.Apply(incident.Revoke{}, duty(), now); err == nil {
		t.Error("taken back without a reason")
	}
	if _, _, err := c.Apply(incident.Revoke{Finding: 7, Reason: "查无实据"}, duty(), now); err == nil {
		t.Error("took back what is not there")
	}
	later := now.Add(time.Hour)
	c = must(t, c, later, duty(), incident.Revoke{Reason: "查无实据"})
	if f := c.Misreports[0]; f.Stands() || f.Why != "查无实据" || !f.Revoked.Equal(later) || len(c.Standing()) != 0 {
		t.Errorf("taken back: %+v", f)
	}
	if _, _, err := c.Apply(incident.Revoke{Finding: 1, Reason: "查无实据"}, duty(), later); err == nil {
		t.Error("taken back twice")
	}
	if c = must(t, c, later, duty(), find); c.Standing()[0].N != 2 {
		t.Error("it cannot be found again after it was taken back")
	}
}
