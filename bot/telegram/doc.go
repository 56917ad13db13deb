// Package telegram is the Telegram bot: it sends messages with buttons, changes them
// after a tap, and takes messages in by long polling or a webhook. Telegram is outside
// the county, so it is off by default and gets masked text only. Of the platform's
// library it takes the requests and the types; its update channel, file links and
// handler are left, since they lose updates at a crash or put the token into logs.
package telegram
