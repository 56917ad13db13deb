// Package desk decides: everything that changes an incident goes through it. Do is
// the one path (load, Apply, sla.Plan, save); Register is a save without a load; Fire
// is what the engine calls when timers are due. It is the only package that loads and
// saves cases, through the [Store] that it needs and package storage implements.
package desk
