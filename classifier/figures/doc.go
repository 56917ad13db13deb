// Package figures reads what Chinese text states in numbers: the dead, the missing,
// the injured, the ill, crowds, losses, burnt forest, magnitudes, durations. Each
// figure keeps its words, its place, its qualifier and the context that keeps it from
// counting (negated, hypothetical, a drill, hearsay, long ago, a statistic). It knows
// no incident and no grading.
package figures
