// Package sim runs the whole house (desk, engine, courier, storage) in one goroutine on
// a simulated clock in a seeded random world: reports and officers, crashes between any
// two steps, storage that fails, channels that are slow, lie low or refuse, outages,
// clocks set back. What must hold whatever happens is checked at the end; a seed that
// breaks it replays exactly.
package sim
