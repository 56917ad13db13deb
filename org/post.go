package org

import "slices"

// Post is 职务. The first four are of a unit, the last three of the county office.
type Post string

// The posts from low to high (facts/standards.md section 3).
const (
	Handler        Post = "handler"         // 经办人
	SectionHead    Post = "section_head"    // 科室负责人
	Deputy         Post = "deputy"          // 分管领导
	Head           Post = "head"            // 主要负责人
	DutyOfficer    Post = "duty_officer"    // 县值班员
	OfficeDirector Post = "office_director" // 县政府办主任
	DeputyLeader   Post = "deputy_leader"   // 分管副县长
)

// Posts lists every post from low to high; whoever is absent is replaced by the next one up.
func Posts() []Post {
	return []Post{Handler, SectionHead, Deputy, Head, DutyOfficer, OfficeDirector, DeputyLeader}
}

// Valid tells whether p is one of the known posts.
func (p Post) Valid() bool { return slices.Contains(Posts(), p) }

// County tells whether the post belongs to the county office rather than to a unit.
func (p Post) County() bool { return p == DutyOfficer || p == OfficeDirector || p == DeputyLeader }

// Rank orders posts, 0 for the handler; -1 for an unknown post.
func (p Post) Rank() int { return slices.Index(Posts(), p) }

// Chinese is the post as officers read it; an unknown post is returned as it is.
func (p Post) Chinese() string {
	switch p {
	case Handler:
		return "经办人"
	case SectionHead:
		return "科室负责人"
	case Deputy:
		return "分管领导"
	case Head:
		return "主要负责人"
	case DutyOfficer:
		return "县值班员"
	case OfficeDirector:
		return "县政府办主任"
	case DeputyLeader:
		return "分管副县长"
	}
	return string(p)
}
