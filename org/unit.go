package org

import "fmt"

// UnitID names a unit for good; the name and the aliases may change, it does not.
type UnitID string

// Unit is 单位: a department, township or the county office itself.
type Unit struct {
	ID   UnitID `json:"id" yaml:"id"`
	Name string `json:"name" yaml:"name"`
	// Aliases are the short names that officers and citizens use, such as 住建局.
	Aliases []string `json:"aliases,omitempty" yaml:"aliases,omitempty"`
	// Parent is the unit above, empty at the top of the tree.
	Parent UnitID `json:"parent,omitempty" yaml:"parent,omitempty"`
	// Region is the area that the unit answers for, such as a township's name;
	// empty means the whole county.
	Region string `json:"region,omitempty" yaml:"region,omitempty"`
	// County marks the county office (县政府办), whose posts are duty officer,
	// office director and deputy leader.
	County bool `json:"county,omitempty" yaml:"county,omitempty"`
	// Group is the unit's own group of WeChat Work, by the name of its robot (robot.groups);
	// empty for none. It hears of new emergencies and major matters, and of what is overdue.
	Group string `json:"group,omitempty" yaml:"group,omitempty"`
	// Keywords are the duties by which incidents are routed to the unit.
	Keywords []string `json:"keywords,omitempty" yaml:"keywords,omitempty"`
}

// Validate reports what is wrong with a unit on its own, in Chinese.
func (u Unit) Validate() error {
	if u.ID == "" || u.Name == "" {
		return fmt.Errorf("单位须有编号（id）和名称（name）：%q", u.Name)
	}
	if u.Parent == u.ID {
		return fmt.Errorf("单位%s的上级不能是它自己", u.Name)
	}
	return nil
}
