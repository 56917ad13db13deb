package drill_test

import (
	"testing"

	"huiying/internal/drill"
	"huiying/notify/notifytest"
)

func TestPhone_Contract(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(t *testing.T) notifytest.Fixture {
		t.Helper()
		return notifytest.Fixture{Channel: drill.Phone{}, To: "县住建局-handler"}
	})
}
