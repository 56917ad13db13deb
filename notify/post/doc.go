// Package post makes one HTTP attempt for a channel and says what became of it. Chat
// platforms put their secrets into addresses, which Go's errors quote; nothing that
// leaves this package holds one. It knows no platform and never tries twice.
package post
