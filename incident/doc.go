// Package incident says what may be done: the case with its reports, milestones
// and log, the commands as values, and [Case.Apply], the one pure function that
// decides whether a command is allowed and what becomes of the case. It loads and
// saves nothing and knows no limits; by when something is due is package sla's.
//
// Read command.go first (what can be done), then apply.go (when it may), then
// package sla (by when).
package incident
