package org

import (
	"cmp"
	"slices"
	"time"
)

// Recipient is one person of an audience.
type Recipient struct {
	Person Person
	// Unit and Post for which he is told: the ones he holds, or that he stands in for.
	Unit UnitID
	Post Post
	// StandsFor is the post (or person) that should have been told and is vacant or
	// absent; empty when he holds the post himself. It is shown in the message.
	StandsFor string
}

// Resolve returns the people of an audience of posts at the instant at: unit posts
// of the unit, county posts of the county office. A vacant or absent post goes to
// its stand-in, else to the next post up, up to the deputy leader (rules.md,
// Audience). One person holding two of the posts is returned once, for the lower.
// It is empty when nobody at all is left to tell.
func (d *Directory) Resolve(audience []Post, unit UnitID, at time.Time) []Recipient {
	var out []Recipient
	ordered := slices.Clone(audience)
	slices.SortFunc(ordered, func(a, b Post) int { return a.Rank() - b.Rank() })
	for _, post := range ordered {
		for _, r := range d.resolvePost(post, unit, at) {
			if !slices.ContainsFunc(out, func(o Recipient) bool { return o.Person.ID == r.Person.ID }) {
				out = append(out, r)
			}
		}
	}
	return out
}

func (d *Directory) resolvePost(post Post, unit UnitID, at time.Time) []Recipient {
	posts := Posts()
	for i := post.Rank(); i >= 0 && i < len(posts); i++ {
		holder := posts[i]
		where := unit
		if holder.County() {
			where = d.county
		}
		out := d.holders(holder, where, at)
		if len(out) == 0 {
			continue
		}
		if holder != post {
			for j := range out {
				out[j].StandsFor = d.seat(post, unit)
			}
		}
		return out
	}
	return nil
}

// seat names a post for a message, such as 县住建局经办人.
func (d *Directory) seat(post Post, unit UnitID) string {
	if post.County() || unit == "" {
		return post.Chinese()
	}
	return d.UnitName(unit) + post.Chinese()
}

// holders are those on duty in the post: people on shift if the post has a shift at
// that instant, else all who hold it; absent ones are replaced by their stand-ins.
func (d *Directory) holders(post Post, unit UnitID, at time.Time) []Recipient {
	key := postKey{unit, post}
	ids := d.byPost[key]
	var onShift []PersonID
	for _, s := range d.shifts[key] {
		if within(s.From, s.To, at) {
			onShift = append(onShift, s.Person)
		}
	}
	if len(onShift) > 0 {
		ids = onShift
	}
	var out []Recipient
	for _, id := range ids {
		r := Recipient{Unit: unit, Post: post}
		present, ok := d.present(id, at)
		if !ok {
			continue
		}
		if present != id {
			r.StandsFor = d.seat(post, unit) + d.PersonName(id)
		}
		r.Person = d.persons[present]
		out = append(out, r)
	}
	return out
}

// present follows stand-ins (at most a few, so that a ring ends) to somebody who is there.
func (d *Directory) present(id PersonID, at time.Time) (PersonID, bool) {
	for range 4 {
		away, standIn := false, PersonID("")
		for _, a := range d.absences[id] {
			if within(a.From, a.To, at) {
				away, standIn = true, cmp.Or(standIn, a.StandIn)
			}
		}
		if !away {
			p, ok := d.persons[id]
			return id, ok && !p.Left
		}
		if id = standIn; id == "" {
			return "", false
		}
	}
	return "", false
}
