package org

// PersonID names a person for good.
type PersonID string

// Address is where a person can be reached on one channel.
type Address struct {
	Channel string `json:"channel" yaml:"channel"` // wecom, telegram, email, console
	To      string `json:"to" yaml:"to"`           // the channel's own user id
}

// Person is somebody who can be told or can act.
type Person struct {
	ID   PersonID `json:"id" yaml:"id"`
	Name string   `json:"name" yaml:"name"`
	// Addresses in the order in which they are tried.
	Addresses []Address `json:"addresses,omitempty" yaml:"addresses,omitempty"`
	// Role adds rights beside those of the posts; empty for most people.
	Role Role `json:"role,omitempty" yaml:"role,omitempty"`
	// Left is true for somebody who no longer works here; kept for the log's sake.
	Left bool `json:"left,omitempty" yaml:"left,omitempty"`
}

// Appointment says that a person holds a post of a unit.
type Appointment struct {
	Person PersonID `json:"person" yaml:"person"`
	Unit   UnitID   `json:"unit" yaml:"unit"`
	Post   Post     `json:"post" yaml:"post"`
}
