package incident

import (
	"fmt"
	"strings"
	"time"

	"huiying/org"
)

// Replay makes the case anew from its log alone: it applies each entry's command, in
// order, for the actor that the entry names, and lets timed count the milestones after
// each, as the house did. What the log cannot explain is an error that names the entry.
// Version and Log of the case are the store's and stay zero.
//
// A case that was registered under older rules may hold commands that are refused by
// now: such an entry is done again as it was then, by whoever might give it. That nobody
// added it is for the chain of hashes to say, not for Replay.
func Replay(entries []Entry, timed func(c Case, cmd Command, now time.Time) (Case, error)) (Case, error) {
	return Case{}.Follow(entries, timed)
}

// Follow goes on with a case from where its log stood by the entries that came after, as
// [Replay] does from the beginning. The receiver is unchanged.
func (c Case) Follow(entries []Entry, timed func(c Case, cmd Command, now time.Time) (Case, error)) (Case, error) {
	for _, e := range entries {
		cmd, err := Decode(e.Command, e.Payload)
		if err != nil {
			return c, fmt.Errorf("read entry %d: %w", e.Seq, err)
		}
		var out Outcome
		next := c.clone()
		err = next.step(cmd, e.Actor.actor(), e.At, &out)
		if c.older(err) {
			next = c.clone()
			err = next.stepBy(cmd, e.Actor.actor(), e.At, &out, true)
		}
		if err != nil {
			return c, fmt.Errorf("apply entry %d: %w", e.Seq, err)
		}
		if after := next.Summarize(); after != e.After {
			return c, fmt.Errorf("apply entry %d: log says %+v, replaying gives %+v", e.Seq, e.After, after)
		}
		next.ID = e.Incident
		if c, err = timed(next, cmd, e.At); err != nil {
			return c, fmt.Errorf("time entry %d: %w", e.Seq, err)
		}
	}
	return c, nil
}

// actor is who acted, as far as a command's rights need it.
func (r ActorRef) actor() org.Actor {
	by := org.Actor{Person: r.Person, Name: r.Name, Via: r.Via}
	switch {
	case strings.HasPrefix(string(r.Person), string(org.System("").Person)):
		by.Role = org.RoleSystem
	case r.Post != "":
		by.Holds = []org.Appointment{{Person: r.Person, Unit: r.Unit, Post: r.Post}}
	default:
		by.Role = org.RoleIntake // only such an account acts without a post
	}
	return by
}
