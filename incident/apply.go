package incident

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"huiying/org"
)

// turn is one command being applied: the case as it becomes, and what it leaves behind.
type turn struct {
	c   *Case
	by  org.Actor
	now time.Time
	// text is the sentence of the log; a command sets it.
	text string
	// old: the command was decided by older rules, and is only done again.
	old     bool
	notices []Notice
}

// Outcome is what a command leaves behind beside the changed case.
type Outcome struct {
	Entries []Entry
	// Notices that are owed whatever the ladders say, such as the answer to somebody
	// who asked for an extension. Person and Unit posts are resolved by desk: here
	// Post and Unit name the audience and Person is empty.
	Notices []Notice
}

// Apply decides whether the actor may give the command now and returns the case as
// it becomes, with the log's entries. It is pure: the receiver is unchanged. A
// refusal is an [Error] that says what is allowed now and by whom. Milestones are
// only marked met here; which are due, and when, is for sla.Plan.
//
// A unit's command that needs the incident accepted, given while it is dispatched,
// accepts it in the same step: who answers has plainly taken it on. So does an assisting
// unit's opinion or 会签, for that unit.
//
// All instants are kept to the millisecond, as they are stored: a rung that stood between
// two of them would be asked for before it is due.
func (c Case) Apply(cmd Command, by org.Actor, now time.Time) (Case, Outcome, error) {
	now = now.Truncate(time.Millisecond)
	next := c.clone()
	var out Outcome
	if next.acceptsBy(cmd, by) {
		if err := next.step(Accept{}, by, now, &out); err != nil {
			return c, Outcome{}, err
		}
	}
	if err := next.step(cmd, by, now, &out); err != nil {
		return c, Outcome{}, err
	}
	return next, out, nil
}

// acceptsBy tells whether the command accepts the incident by being given: work of the
// lead unit while it is dispatched, or an assisting unit's opinion or 会签 before it accepted.
func (c Case) acceptsBy(cmd Command, by org.Actor) bool {
	works := []Kind{KindProgress, KindFirstReport, KindRespond, KindRelease, KindPressConference, KindCompose, KindDraft, KindSubmit, KindReview, KindAssign, KindConsult, KindAskExtension, KindPlan, KindConclude}
	assists := []Kind{KindOpinion, KindCountersign}
	switch kind := cmd.Kind(); {
	case slices.Contains(works, kind):
		return c.State == Dispatched && by.In(c.Lead) && c.check(by, kind) == nil
	case slices.Contains(assists, kind):
		t := turn{c: &c, by: by}
		d := c.Dispatching(t.unit())
		return d != nil && d.Accepted.IsZero() && c.check(by, kind) == nil && c.check(by, KindAccept) == nil
	}
	return false
}

func (c *Case) step(cmd Command, by org.Actor, now time.Time, out *Outcome) error {
	return c.stepBy(cmd, by, now, out, false)
}

// stepBy is step, by the rules of today or by older ones (see [Replay]).
func (c *Case) stepBy(cmd Command, by org.Actor, now time.Time, out *Outcome, old bool) error {
	before, who := c.Summarize(), c.ref(by, cmd.Kind())
	switch first := cmd.(type) {
	case Register, OpenDuty:
		before = Summary{}
		if c.State != "" {
			return refused("事件已经登记过了。")
		}
		if duty, ok := first.(OpenDuty); ok {
			who = Case{Lead: duty.Lead}.ref(by, KindOpenDuty)
		} else if !c.may(by, KindRegister) {
			return forbidden("登记须由任职人员或接入账号办理，" + actorText(by) + "不能办理。")
		}
	default:
		if err := c.check(by, cmd.Kind()); err != nil {
			return err
		}
	}
	t := &turn{c: c, by: by, now: now, old: old}
	if err := cmd.apply(t); err != nil {
		return err
	}
	payload, err := json.Marshal(cmd)
	if err != nil {
		return fmt.Errorf("encode command %s: %w", cmd.Kind(), err)
	}
	out.Entries = append(out.Entries, Entry{
		At: now, Actor: who, Command: cmd.Kind(), Payload: payload, Text: t.text,
		Before: before, After: c.Summarize(),
	})
	out.Notices = append(out.Notices, t.notices...)
	return nil
}

// ref is the actor as the log keeps him: in the post that gives him the right to the
// command, before the command takes the case off his unit.
func (c Case) ref(by org.Actor, k Kind) ActorRef {
	able := by
	able.Holds = slices.DeleteFunc(slices.Clone(by.Holds), func(h org.Appointment) bool {
		return !c.may(org.Actor{Holds: []org.Appointment{h}}, k)
	})
	as := able.As(c.Lead)
	for _, u := range c.Assisting {
		if as.Unit != c.Lead && able.In(u) {
			as = able.As(u)
		}
	}
	if as == (org.Appointment{}) && len(able.Holds) > 0 {
		as = able.Holds[0] // a unit that has nothing to do with the case, such as one that comments
	}
	return ActorRef{Person: by.Person, Name: by.Name, Unit: as.Unit, Post: as.Post, Via: by.Via}
}

// reason refuses an empty reason, for which older rules did not ask.
func (t *turn) reason(value, what string) error {
	if t.old {
		return nil
	}
	return need("reason", value, what)
}

// need refuses an empty field with a sentence that says what belongs there.
func need(field, value, what string) error {
	if value == "" {
		return invalid(field, "请填写"+what+"。")
	}
	return nil
}

// factTime is when something outside happened: at if it was given, else now. It may
// lie neither in the future nor before the incident was received.
func (t *turn) factTime(field string, at time.Time) (time.Time, error) {
	switch at = at.Truncate(time.Millisecond); {
	case at.IsZero():
		return t.now, nil
	case at.After(t.now):
		return at, invalid(field, "时间不能晚于现在。")
	case at.Before(t.c.ReceivedAt):
		return at, invalid(field, "时间不能早于事件的接报时间。")
	}
	return at, nil
}

// handle moves an accepted case on to handling.
func (t *turn) handle() {
	if t.c.State == Accepted {
		t.c.State = Handling
	}
}
