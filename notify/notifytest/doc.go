// Package notifytest is the contract of [notify.Channel] as tests: what the Courier
// relies on, tried on each channel with its platform (or a local stand-in) behind it.
package notifytest
