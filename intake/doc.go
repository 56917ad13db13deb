// Package intake turns what comes from outside into registrations: the JSON body of
// the API ([Decoder]) and whole tables of past reports ([Import]). It owns formats, the
// mapping of their fields and the list of sources; it decides nothing about a report
// beyond whether it can be read, and keeps nothing: package desk registers.
//
// Package intake/sheet reads the rows of XLSX, CSV and JSON Lines.
package intake
