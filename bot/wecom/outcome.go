package wecom

import (
	"fmt"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"huiying/notify"
	"huiying/notify/post"
)

const quotaRest = time.Minute // after 45009: what bars a sender for a minute

// The codes that mean more here than their row in the table.
const (
	codeNoToken      = 41001
	codeInvalidToken = 40014
	codeExpiredToken = 42001
	codeTaskID       = 42014
	codeParallel     = 45033
	codeUsed         = 42022 // a response_code that changed its card before
)

// staleToken tells whether a new token mends it.
func staleToken(code int64) bool {
	return code == codeInvalidToken || code == codeExpiredToken || code == codeNoToken
}

// verdict is what the platform's errcode means for the message. Codes that nobody has
// seen are tried again, until the Courier gives this channel up.
func verdict(code int64) notify.Outcome {
	switch code {
	case 45009: // frequency
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: quotaRest}
	case codeNoToken, codeInvalidToken, codeExpiredToken: // a new one did not help either
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonConfig}
	case 40003, 40031, 46004, 60111, 81013: // receiver unknown or not visible
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonRecipient}
	case 40001, 40013, 40056, 41002, 41004, 41011, 48002, 50003, 60011, 60020, 301002: // secret, corporation, agent, right, visible range, address
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonConfig}
	case 40004, 40005, 40006, 40009, 45001, // kind, type and size of an upload
		40008, 40035, 40058, 40063, 44004, 45002, // request
		42014, 42015, 42016, 42017, 42018, 42019, // task_id, button key
		42027, 42028, 42031, 42035, 42038, 42039, 42042, 42043, 42045, 42046, 42049, 42051: // card
		return notify.Outcome{Status: notify.Permanent, Reason: notify.ReasonContent}
	}
	return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy} // -1, 45033 and the unknown
}

// detail is the platform's own words, which its support asks for.
func detail(e *util.CommonError, secrets ...string) string {
	return post.Redact(fmt.Sprintf("errcode %d: %s", e.ErrCode, e.ErrMsg), secrets...)
}
