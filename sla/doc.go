// Package sla says by when: the policy with its limits, calendars and ladders, Plan,
// which turns a case into milestones, Due and Timers, which say who is to be told next
// and when, and the Engine, which sleeps until then. It is a rule book with one loop;
// it keeps nothing and knows no storage.
//
// Read plan.go first, then ladder.go; package desk is where both are used.
package sla
