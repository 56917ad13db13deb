// Package bench measures the whole house beside the least that could do the same work:
// intake over HTTP against bare net/http with the same rows, timers and messages at one
// instant, restarts with a million incidents. make bench runs it; docs/benchmarks.md
// holds the figures.
package bench
