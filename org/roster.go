package org

import "time"

// Shift is 班次: the person who holds a post of a unit from From (included) to To (not included).
// Where a post has any shift at an instant, only people on shift are on duty for it.
type Shift struct {
	Unit   UnitID    `json:"unit" yaml:"unit"`
	Post   Post      `json:"post" yaml:"post"`
	Person PersonID  `json:"person" yaml:"person"`
	From   time.Time `json:"from" yaml:"from"`
	To     time.Time `json:"to" yaml:"to"`
}

// Absence is 请假、外出: the person is not to be told from From (included) to To (not
// included); StandIn (AB角) is told instead and may act in the absent person's posts.
type Absence struct {
	Person  PersonID  `json:"person" yaml:"person"`
	StandIn PersonID  `json:"stand_in,omitempty" yaml:"stand_in,omitempty"`
	From    time.Time `json:"from" yaml:"from"`
	To      time.Time `json:"to" yaml:"to"`
	Reason  string    `json:"reason,omitempty" yaml:"reason,omitempty"`
}

func within(from, to, at time.Time) bool { return !at.Before(from) && at.Before(to) }
