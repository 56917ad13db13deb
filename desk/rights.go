package desk

import (
	"context"
	"fmt"

	"huiying/incident"
	"huiying/org"
)

// CheckRead refuses an actor who may not read: lists and counts (id 0), or one incident.
// Whoever holds a post reads, and so do administrators, auditors and viewers; an intake
// account reads only what it registered itself.
func (d *Desk) CheckRead(ctx context.Context, by org.Actor, id incident.ID) error {
	switch {
	case len(by.Holds) > 0:
		return nil
	case by.Role == org.RoleAdmin, by.Role == org.RoleAuditor, by.Role == org.RoleViewer, by.Role == org.RoleSystem:
		return nil
	case by.Role != org.RoleIntake:
		return &incident.Error{Code: incident.CodeForbidden, Text: "您没有任职，也没有查看权限，请联系管理员。"}
	case id == 0:
		return &incident.Error{Code: incident.CodeForbidden, Text: "接入账号只能登记事件和查看自己登记的事件，不能查看列表。"}
	}
	entries, err := d.Store.Log(ctx, id)
	if err != nil {
		return fmt.Errorf("read log of incident %s: %w", id, err)
	}
	if len(entries) == 0 {
		return incident.ErrNotFound
	}
	if entries[0].Actor.Person != by.Person {
		return &incident.Error{Code: incident.CodeForbidden, Text: "接入账号只能查看自己登记的事件。"}
	}
	return nil
}
