// Package app puts the house together: configuration, clock, store, policy, classifier
// and channels become a desk, an engine and a courier that run. Serving, drills,
// demonstrations, simulations and tests are the same house with another clock, store
// or channels, so that what a drill shows is what serves.
package app
