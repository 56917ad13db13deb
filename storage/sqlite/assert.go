package sqlite

import (
	"huiying/bot"
	"huiying/desk"
	"huiying/notify"
)

var (
	_ bot.Store     = (*DB)(nil)
	_ desk.Store    = (*DB)(nil)
	_ notify.Outbox = (*DB)(nil)
	_ bot.Inbox     = (*DB)(nil)

	_ notify.Amendments = (*DB)(nil)
)
