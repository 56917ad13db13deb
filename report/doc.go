// Package report counts: what falls due, what is overdue and whose it is, as figures
// and as the sentences that leaders read. It takes cases as they are and keeps nothing.
package report
