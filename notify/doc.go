// Package notify says how people are told: the notices that wait in the outbox, the
// Courier that bundles, renders, paces, sends and settles them, and the Channel that
// each platform implements. It knows no rules of time; what is owed to whom was
// decided by package desk and stands in the outbox before the Courier sees it.
package notify
