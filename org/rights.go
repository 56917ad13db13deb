package org

import "slices"

// Role is a right beside the posts: what an account may do to the system itself.
type Role string

// The roles. Officers need none: their posts say what they may do.
const (
	RoleNone    Role = ""
	RoleAdmin   Role = "admin"   // 系统管理员: accounts, configuration; no incident commands
	RoleAuditor Role = "auditor" // 审计员: reads the log
	RoleIntake  Role = "intake"  // 接入: registers reports, reads what it registered
	RoleViewer  Role = "viewer"  // 只读
	RoleSystem  Role = "system"  // the house itself: engine, classifier, jobs
)

// Actor is who does a command, and through what.
type Actor struct {
	Person PersonID      `json:"person"`
	Name   string        `json:"name"`
	Holds  []Appointment `json:"holds,omitempty"`
	Role   Role          `json:"role,omitempty"`
	// Via is the channel the command came by: web, api, cli, wecom, telegram, console, drill, engine.
	Via string `json:"via"`
}

// System is the house acting by itself, named for the log (engine, classifier, job).
func System(name string) Actor {
	return Actor{Person: PersonID("system:" + name), Name: name, Role: RoleSystem, Via: name}
}

// In tells whether the actor holds one of the posts in the unit; with no posts, any post.
func (a Actor) In(unit UnitID, posts ...Post) bool {
	if unit == "" {
		return false
	}
	return slices.ContainsFunc(a.Holds, func(h Appointment) bool {
		return h.Unit == unit && (len(posts) == 0 || slices.Contains(posts, h.Post))
	})
}

// County tells whether the actor holds one of the county's posts named; with none named, any of them.
func (a Actor) County(posts ...Post) bool {
	return slices.ContainsFunc(a.Holds, func(h Appointment) bool {
		return h.Post.County() && (len(posts) == 0 || slices.Contains(posts, h.Post))
	})
}

// As picks the appointment in which the actor acts for the unit: one in the unit
// itself first, else a county post, else none. The log shows it beside the name.
func (a Actor) As(unit UnitID) Appointment {
	var best Appointment
	for _, h := range a.Holds {
		switch {
		case h.Unit == unit && unit != "" && (best.Unit != unit || h.Post.Rank() > best.Post.Rank()):
			best = h
		case best.Person == "" && h.Post.County():
			best = h
		}
	}
	return best
}
