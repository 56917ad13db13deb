// Package telegram is a local stand-in for the Telegram Bot API, as strict as its pages
// promise: lengths in UTF-16 units after entities, HTML that must parse, buttons' bytes,
// long polling with offsets, webhooks with their secret, 429 for each chat, 403 for whom
// the bot may not write to. Faults can be planted. It knows nothing of the house.
package telegram
