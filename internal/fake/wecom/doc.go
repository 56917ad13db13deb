// Package wecom is a local stand-in for the WeChat Work platform: tokens that expire,
// application messages and group robots, checked as strictly as the platform's pages
// promise, with its limits, its silent drops and its duplicate check. Faults can be
// planted. It knows nothing of the house; tests and demonstrations talk to it by HTTP.
package wecom
