package sla

import (
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Book is everything that counting needs. Its methods are pure.
type Book struct {
	Policy   *Policy
	Holidays *Holidays
	Zone     *time.Location
}

// Rung is one rung of a milestone's ladder with its instant.
type Rung struct {
	Number int
	Label  string // as in the policy: T, L-24h, D+10m
	// At is when it goes out, quiet hours reckoned in.
	At    time.Time
	Posts []org.Post
	Every time.Duration // 0 for once
}

// Firing is a rung, or a repeat of one, that is due.
type Firing struct {
	Milestone int // its Seq
	Rung      int
	// Nth distinguishes repeats, and the rungs of a limit that was moved, for the notice's key.
	Nth       int
	Label     string
	Posts     []org.Post
	Unit      org.UnitID
	At        time.Time // where the rung stands; repeats are counted from it
	NotBefore time.Time // held back by quiet hours until then; zero for at once
	Repeat    bool
}

// NthRound is the distance of Nth between the rounds of a limit that was moved.
const NthRound = 1_000_000 // more than a repeat each minute for a year

// levelOf is the level that a milestone is timed by: that of its clock.
func levelOf(c incident.Case, m incident.Milestone) incident.Level {
	if m.Clock >= 1 && m.Clock <= len(c.Clocks) {
		return c.Clocks[m.Clock-1].Level
	}
	if l := c.Level(); l != "" {
		return l
	}
	return incident.General
}

// instant is where a rung stands, and whether the milestone has it at all.
func (r rung) instant(m incident.Milestone) (time.Time, bool) {
	// 3日 that holidays stretch over a week are no 5日 for that.
	if short := m.Limit.Sub(m.From) < time.Duration(r.minDays)*24*time.Hour; r.minDays > 0 && (short || (m.Days > 0 && m.Days < r.minDays)) {
		return time.Time{}, false
	}
	var at time.Time
	switch r.base {
	case 'S', 'D':
		at = m.From
	case 'T':
		if m.Target.IsZero() {
			return at, false
		}
		at = m.Target
	case 'L':
		at = m.Limit
	}
	if r.span {
		at = at.Add(m.Limit.Sub(m.From))
	}
	return at.Add(r.offset), true
}

// The words by which a review's ladder calls whose review it is, and who is next up.
const (
	reviewer      = org.Post("reviewer")
	reviewerAbove = org.Post("reviewer_above")
)

// audience is whom a rung tells: an assisting unit's dispatch tells that unit's posts
// alone, a review's the post that was asked and those above it.
func (r rung) audience(c incident.Case, m incident.Milestone) []org.Post {
	if m.Kind.Inner() {
		return asked(r.posts, m.Post)
	}
	if r.base != 'D' || r.offset != 0 || m.Unit == c.Lead || m.Unit == "" {
		return r.posts
	}
	return slices.DeleteFunc(slices.Clone(r.posts), org.Post.County)
}

func asked(posts []org.Post, post org.Post) []org.Post {
	out := slices.Clone(posts)
	for i := range out {
		switch out[i] { //nolint:exhaustive // the others are posts themselves
		case reviewer:
			out[i] = post
		case reviewerAbove:
			out[i] = incident.ReviewerAbove(post)
		}
	}
	return out
}

// unitOf is the unit whose posts a rung means: that of the milestone for accept and part, else
// whoever leads now.
func unitOf(c incident.Case, m incident.Milestone) org.UnitID {
	if m.Kind == incident.MilestoneAccept || m.Kind == incident.MilestonePart {
		return m.Unit
	}
	return c.Lead
}

// Ladder lists the rungs of a milestone in order of their instants.
func (b Book) Ladder(c incident.Case, m incident.Milestone) []Rung {
	level := levelOf(c, m)
	rules := b.Policy.ladders[ladderKey{m.Kind, level}]
	out := make([]Rung, 0, len(rules))
	for _, r := range rules {
		at, ok := r.instant(m)
		if !ok {
			continue
		}
		at, until := b.hold(level, m, at)
		if !until.IsZero() {
			at = until
		}
		out = append(out, Rung{Number: r.number, Label: r.label, At: at, Posts: r.audience(c, m), Every: r.every})
	}
	slices.SortStableFunc(out, func(x, y Rung) int { return x.At.Compare(y.At) })
	return out
}

// Due lists what is due at now and was not said yet: by milestone, within a milestone
// from the highest rung down. Of repeats that were missed only the last is listed.
func (b Book) Due(c incident.Case, now time.Time) []Firing {
	var out []Firing
	for i := range c.Milestones {
		m := c.Milestones[i]
		if m.State != incident.Pending {
			continue
		}
		start := len(out)
		level := levelOf(c, m)
		for _, r := range b.Policy.ladders[ladderKey{m.Kind, level}] {
			if f, ok := b.due(c, m, level, r, now); ok {
				out = append(out, f)
			}
		}
		slices.SortStableFunc(out[start:], func(x, y Firing) int {
			if d := y.At.Compare(x.At); d != 0 {
				return d
			}
			return y.Rung - x.Rung
		})
	}
	return out
}

func (b Book) due(c incident.Case, m incident.Milestone, level incident.Level, r rung, now time.Time) (Firing, bool) {
	at, ok := r.instant(m)
	if !ok {
		return Firing{}, false
	}
	at, until := b.hold(level, m, at)
	f := Firing{
		Milestone: m.Seq, Rung: r.number, Nth: m.Round * NthRound, Label: r.label,
		Posts: r.audience(c, m), Unit: unitOf(c, m), At: at, NotBefore: until,
	}
	told := m.Rung(r.number)
	if at.After(now) || (told != nil && (r.every == 0 || !live(told))) {
		return Firing{}, false
	}
	if r.every > 0 {
		// Of what an outage passed over only the last repeat is said, and counts for all.
		n := int(now.Sub(at) / r.every)
		f.Nth += n
		_, f.NotBefore = b.hold(level, m, at.Add(time.Duration(n)*r.every))
	}
	f.Repeat = told != nil
	return f, told == nil || f.Nth > told.Nth
}

// live tells whether a rung goes on repeating: somebody told has not acknowledged it.
func live(told *incident.Told) bool {
	return len(told.People) == 0 || slices.ContainsFunc(told.People, func(p org.PersonID) bool {
		return !slices.Contains(told.Acked, p)
	})
}

// Timers gives each pending milestone's next timer: the earliest rung, or repeat, that
// was not said yet. A milestone whose ladder is exhausted has none.
func (b Book) Timers(c incident.Case) []incident.Timer {
	out := make([]incident.Timer, 0, len(c.Milestones))
	for i := range c.Milestones {
		m := c.Milestones[i]
		if m.State != incident.Pending {
			continue
		}
		level := levelOf(c, m)
		best := incident.Timer{Incident: c.ID, Milestone: m.Seq}
		for _, r := range b.Policy.ladders[ladderKey{m.Kind, level}] {
			at, ok := b.nextAt(m, level, r)
			if ok && (best.Rung == 0 || at.Before(best.FireAt)) {
				best.Rung, best.FireAt = r.number, at
			}
		}
		if best.Rung != 0 {
			out = append(out, best)
		}
	}
	return out
}

func (b Book) nextAt(m incident.Milestone, level incident.Level, r rung) (time.Time, bool) {
	at, ok := r.instant(m)
	if !ok {
		return at, false
	}
	at, _ = b.hold(level, m, at)
	told := m.Rung(r.number)
	if told == nil {
		return at, true
	}
	if r.every == 0 || !live(told) {
		return at, false
	}
	return at.Add(time.Duration(told.Nth-m.Round*NthRound+1) * r.every), true
}
