package telegram_test

import (
	"testing"

	"huiying/notify"
)

// TestSend_FollowsAGroupThatMoved: a group that became a supergroup is told under its new
// id, at once and from then on.
func TestSend_FollowsAGroupThatMoved(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	p.fake.Group(-7)
	p.fake.Move(-7, -1007)
	to := func(m *notify.Message) { m.To = "-7" }
	for want := 2; want <= 3; want++ { // the first is refused once
		if o := p.Send(t.Context(), p.seal(t, to)); o.Status != notify.Sent {
			t.Fatalf("Send = %+v, want sent", o)
		}
		if asked := len(p.fake.Requests("sendMessage")); asked != want || len(p.fake.Messages(-1007)) != want-1 {
			t.Errorf("%d requests, %d messages in the supergroup", asked, len(p.fake.Messages(-1007)))
		}
	}
}
