// Package page shows incidents to people: the board, one page for each incident with
// everything on it, and forms for whatever the signed-in person may do now. The pages
// are plain HTML made here and need no script; a small one only spares a few taps. What
// is shown comes from desk, what is done goes to desk, and reporters are masked.
package page
