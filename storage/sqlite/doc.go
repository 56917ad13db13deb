// Package sqlite keeps everything in one SQLite file: WAL, synchronous=FULL, one writer
// that puts the changes that wait into one commit, and a pool of readers. It implements
// the interfaces that desk, notify, web and the jobs state; it decides nothing.
package sqlite
