package sqlite

import (
	"huiying/desk"
	"huiying/notify"
)

var (
	_ desk.Store    = (*DB)(nil)
	_ notify.Outbox = (*DB)(nil)
)
