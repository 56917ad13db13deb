package sqlite

import (
	"huiying/bot"
	"huiying/desk"
	"huiying/notify"
	"huiying/report"
)

var (
	_ bot.Store     = (*DB)(nil)
	_ desk.Store    = (*DB)(nil)
	_ notify.Outbox = (*DB)(nil)
	_ bot.Inbox     = (*DB)(nil)
	_ report.Source = (*DB)(nil)
	_ report.Shelf  = (*DB)(nil)

	_ notify.Amendments = (*DB)(nil)
)
