package bot_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

// TestHandover says what is open, overdue, due soon and undispatched, and what happened since the shift began.
func TestHandover(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(h.desk.EditDirectory(t.Context(), func(d *org.Data) error {
		d.Shifts = append(d.Shifts,
			org.Shift{Unit: "fuban", Post: org.DutyOfficer, Person: "zhiban1", From: h.clock.Now().Add(-2 * time.Hour), To: h.clock.Now().Add(6 * time.Hour)},
			org.Shift{Unit: "fuban", Post: org.DutyOfficer, Person: "zhiban2", From: h.clock.Now().Add(6 * time.Hour), To: h.clock.Now().Add(18 * time.Hour)})
		return nil
	}))
	h.register("县水利局", "河堤塌了一段")
	h.register("县城管局", "路灯不亮")
	h.register("", "公交站牌有误")
	h.as(h.person("县水利局", org.Handler)).say("签收1号")
	deputy := h.as(h.person("县水利局", org.Deputy))
	deputy.say("办结1号 已解决，修好了")
	deputy.say("确认")
	h.clock.Advance(5 * time.Hour)
	got := h.as("钱值班").say("交接班")
	for _, want := range []string{"11月20日08:00起", "在办：2件，一般2", "已超期2件", "2号 路灯不亮：签收最迟", "还没有分办1件", "登记3件", "分办2件", "办结1件"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	h.clock.Advance(time.Hour)
	text, err := h.talk.Handover(t.Context(), "zhiban2")
	if err != nil || !strings.HasPrefix(text, "【接班】") || !strings.Contains(text, "登记3件") || !strings.Contains(text, "已超期2件") {
		t.Errorf("for the next shift: %v\n%s", err, text)
	}
	if h.get(1).State != incident.Concluded {
		t.Errorf("incident 1 is %s", h.get(1).State)
	}
}
