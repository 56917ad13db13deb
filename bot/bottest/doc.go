// Package bottest is what every chat platform must do for a conversation, as tests: the
// same scripts are played on each platform with a stand-in of it behind, by people who
// write, tap and look at their phones.
package bottest
