// Package web shows the house and takes commands over HTTP: the JSON API (web/api), the
// pages (web/page), sign-in by bearer tokens and session cookies, and the addresses by
// which others see that it lives. It decides nothing: every command goes to desk, and
// errors become answers in one place, problem.go.
package web
