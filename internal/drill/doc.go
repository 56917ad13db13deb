// Package drill plays a scripted incident on a simulated clock with the same house
// that serves: desk, policy, storage, outbox and courier. A county rehearses with it,
// and whoever tests from outside states a scenario as a timetable.
package drill
