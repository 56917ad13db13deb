package sqlite

import (
	"huiying/bot"
	"huiying/desk"
	"huiying/notify"
)

var (
	_ desk.Store    = (*DB)(nil)
	_ notify.Outbox = (*DB)(nil)
	_ bot.Inbox     = (*DB)(nil)
)
