package console_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/bot/console"
	"huiying/notify"
	"huiying/notify/notifytest"
)

var beijing = time.FixedZone("CST", 8*60*60)

func TestContract(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		var out bytes.Buffer
		clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
		return notifytest.Fixture{
			Channel: console.New(&out, clock, beijing, func(to string) string { return to }), To: "liming", Escapes: true,
			Received: func() []string {
				return strings.Split(strings.TrimSuffix(out.String(), "\n\n"), "\n\n")
			},
		}
	})
}

func TestSend_PrintsWhenAndToWhom(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 12, 20, 0, 0, time.UTC))
	ch := console.New(&out, clock, beijing, func(string) string { return "李明（县住建局经办人）" })
	if o := ch.Send(t.Context(), notify.Envelope{To: "liming", Body: []byte("第一行\n第二行")}); o.Status != notify.Sent {
		t.Fatalf("Send = %+v", o)
	}
	const want = "11-20 20:20:00 ─→ 李明（县住建局经办人）\n    第一行\n    第二行\n\n"
	if out.String() != want {
		t.Errorf("printed\n%swant\n%s", out.String(), want)
	}
}
