// Package storagetest holds what every storage must promise, as tests: the doc comments
// of desk.Store, notify.Outbox and bot.Inbox, of documents, tokens and the jobs' periods. A
// behaviour is not there until this suite shows it.
package storagetest
