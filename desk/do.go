package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// tries is how often a decision is taken anew when the case changed meanwhile.
const tries = 64

// Do gives a command to an incident and returns the case as it became. The same key
// twice answers as the first time. Errors: an [incident.Error] that says what is
// allowed now and by whom, or [incident.ErrNotFound]; on any error nothing was changed.
func (d *Desk) Do(ctx context.Context, by org.Actor, id incident.ID, cmd incident.Command, key string) (incident.Case, error) {
	switch c := cmd.(type) {
	case incident.Merge:
		return d.merge(ctx, by, id, c, key)
	case incident.Split:
		return d.split(ctx, by, id, c, key)
	case incident.Compose:
		return d.compose(ctx, by, id, c, key)
	}
	return d.do(ctx, by, id, cmd, key)
}

func (d *Desk) do(ctx context.Context, by org.Actor, id incident.ID, cmd incident.Command, key string) (incident.Case, error) {
	if cmd, err := d.names(cmd); err != nil {
		return incident.Case{}, err
	} else if cmd != nil {
		return d.once(ctx, by, id, cmd, key)
	}
	return incident.Case{}, &incident.Error{Code: incident.CodeInvalid, Text: "没有给出要办的操作。"}
}

// Step is one command and who gives it.
type Step struct {
	Command incident.Command
	By      org.Actor
}

// Rehearse gives several commands at one instant, as one decision that is saved whole or
// not at all. Drills use it where their scripts name a release and not its reviews.
func (d *Desk) Rehearse(ctx context.Context, id incident.ID, steps ...Step) (incident.Case, error) {
	return d.all(ctx, id, steps, "")
}

func (d *Desk) once(ctx context.Context, by org.Actor, id incident.ID, cmd incident.Command, key string) (incident.Case, error) {
	return d.all(ctx, id, []Step{{cmd, by}}, key)
}

// all decides on the steps and saves what comes of them, anew while the case is changed meanwhile.
func (d *Desk) all(ctx context.Context, id incident.ID, steps []Step, key string) (incident.Case, error) {
	for range tries {
		c, err := d.Store.Load(ctx, id)
		if err != nil {
			return incident.Case{}, fmt.Errorf("load incident %s: %w", id, err)
		}
		change, err := d.decide(ctx, c, steps, key)
		if err != nil {
			// A repeated command may be refused because its first time changed the state.
			if done, repeat := d.byKey(ctx, id, key); repeat {
				return done, nil
			}
			return incident.Case{}, err
		}
		saved, err := d.Store.Save(ctx, change)
		if err != nil {
			return incident.Case{}, fmt.Errorf("save incident %s: %w", id, err)
		}
		switch err := saved[0].Err; {
		case errors.Is(err, incident.ErrStale):
			continue
		case repeated(err):
			return d.Store.Load(ctx, id)
		case err != nil:
			return incident.Case{}, fmt.Errorf("save incident %s: %w", id, err)
		}
		d.saved(change)
		change.Case.Version = saved[0].Version
		return change.Case, nil
	}
	return incident.Case{}, &incident.Error{
		Code: incident.CodeRefused, Err: incident.ErrStale,
		Text: "这件事正被多人同时办理，请刷新后再试。",
	}
}

// byKey looks whether a command with the key was applied before.
func (d *Desk) byKey(ctx context.Context, id incident.ID, key string) (incident.Case, bool) {
	if key == "" {
		return incident.Case{}, false
	}
	entries, err := d.Store.Log(ctx, id)
	if err != nil || !slices.ContainsFunc(entries, func(e incident.Entry) bool { return e.Key == key }) {
		return incident.Case{}, false
	}
	c, err := d.Store.Load(ctx, id)
	return c, err == nil
}

// decide applies steps to a case, plans its milestones, fires what is due at once and
// makes one change of it all. It is pure but for looking up the policy's version.
func (d *Desk) decide(ctx context.Context, before incident.Case, steps []Step, key string) (Change, error) {
	now := d.Clock.Now().Truncate(time.Millisecond)
	after := before
	book := d.book
	var out incident.Outcome
	for _, s := range steps {
		s.Command = d.vetted(ctx, after, s.Command)
		next, o, err := after.Apply(s.Command, s.By, now)
		if err != nil {
			return Change{}, err //nolint:wrapcheck // a sentence for people
		}
		was := after
		if after, book, err = d.timed(ctx, next, s.Command, now); err != nil {
			return Change{}, err
		}
		switch s.Command.Kind() { //nolint:exhaustive // the others say it themselves
		case incident.KindRetime, incident.KindGrantExtension:
			effect := moved(was, after, d.Zone)
			o.Entries[len(o.Entries)-1].Text += effect
			for i := range o.Notices {
				o.Notices[i].Text += effect
			}
		case incident.KindOpenDuty:
			effect := dutyLimit(after, d.Zone)
			o.Entries[len(o.Entries)-1].Text += effect
			for i := range o.Notices {
				o.Notices[i].Text += effect
			}
		}
		if k := s.Command.Kind(); k == incident.KindDispatch || k == incident.KindDesignate {
			d.tellBeside(after, &o)
		}
		out.Entries = append(out.Entries, o.Entries...)
		out.Notices = append(out.Notices, o.Notices...)
	}
	if key != "" {
		out.Entries[len(out.Entries)-1].Key = key
	}
	out.Notices = slices.DeleteFunc(out.Notices, func(n incident.Notice) bool { return overtaken(after, n) })
	notices := d.address(book, after, out, now)
	told, more := d.tell(&after, book.Due(after, now), now)
	return d.change(book, before, after, append(out.Entries, told...), append(notices, more...)), nil
}

// overtaken tells whether a notice about a draft is of no use any more, as the draft was
// published in the same decision.
func overtaken(c incident.Case, n incident.Notice) bool {
	draft := c.Draft(n.Draft)
	return draft != nil && draft.State == incident.Published
}

// timed counts the milestones of a case after a command, by the version that the case keeps.
func (d *Desk) timed(ctx context.Context, c incident.Case, cmd incident.Command, now time.Time) (incident.Case, sla.Book, error) {
	book, err := d.BookOf(ctx, c.Policy)
	retime := cmd.Kind() == incident.KindRetime
	switch {
	case retime && errors.Is(err, incident.ErrNotFound):
		return c, book, &incident.Error{
			Code: incident.CodeInvalid, Field: "policy", Err: err,
			Text: fmt.Sprintf("没有“%s”这个版本的时限政策，请核对版本号。", c.Policy),
		}
	case err != nil:
		return c, book, err
	case retime:
		c = book.Recount(c, now)
	}
	return book.Plan(c, now), book, nil
}

// dutyLimit says by when a duty is due, for the log and for whoever is told of it.
func dutyLimit(c incident.Case, zone *time.Location) string {
	if due, ok := c.NextDue(); ok {
		return "，最迟" + incident.ShowFrom(due.Limit, c.RegisteredAt, zone)
	}
	return ""
}

// moved says which limits a recount moved, for the log.
func moved(before, after incident.Case, zone *time.Location) string {
	var b strings.Builder
	for _, was := range before.Milestones {
		is := after.Milestone(was.Seq)
		if was.Pending() && !is.Limit.Equal(was.Limit) {
			fmt.Fprintf(&b, "；%s的最迟时间由%s改为%s", was.Kind.Chinese(), incident.Show(was.Limit, zone), incident.Show(is.Limit, zone))
		}
	}
	if b.Len() == 0 {
		return "；各时限不变"
	}
	return b.String()
}

// names turns the units that a person wrote into units' ids; an unknown one is
// refused with the names that come near.
func (d *Desk) names(cmd incident.Command) (incident.Command, error) {
	var err error
	find := func(field string, u org.UnitID) org.UnitID {
		if u == "" || err != nil {
			return u
		}
		unit, ok := d.Directory().FindUnit(string(u))
		if !ok {
			err = &incident.Error{Code: incident.CodeInvalid, Field: field, Text: fmt.Sprintf("没有“%s”这个单位，请核对单位名称。", u)}
		}
		return unit.ID
	}
	all := func(us []org.UnitID) []org.UnitID {
		var out []org.UnitID
		for _, u := range us {
			if id := find("assisting", u); !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return out
	}
	switch c := cmd.(type) {
	case incident.Dispatch:
		c.Lead, c.Assisting = find("lead", c.Lead), all(c.Assisting)
		return c, err
	case incident.Designate:
		c.Lead, c.Assisting = find("lead", c.Lead), all(c.Assisting)
		return c, err
	case incident.Assign:
		c.Unit = find("unit", c.Unit)
		return c, err
	case incident.Find:
		c.Unit = find("unit", c.Unit)
		return c, err
	case incident.Reflect:
		c.Measures = slices.Clone(c.Measures)
		for i := range c.Measures {
			c.Measures[i].Unit = find("measures", c.Measures[i].Unit)
		}
		return c, err
	case incident.Consult:
		c.Division = slices.Clone(c.Division)
		for i := range c.Division {
			c.Division[i].Unit = find("division", c.Division[i].Unit)
		}
		return c, err
	case incident.Return:
		c.Suggest = find("suggest", c.Suggest)
		return c, err
	}
	return cmd, nil
}

// change compares a case before and after and lists what must be written.
func (d *Desk) change(book sla.Book, before, after incident.Case, entries []incident.Entry, notices []incident.Notice) Change {
	ch := Change{Case: after, Entries: entries, Notices: notices}
	old := make(map[int]incident.Milestone, len(before.Milestones))
	for _, m := range before.Milestones {
		old[m.Seq] = m
	}
	for _, m := range after.Milestones {
		was, had := old[m.Seq]
		if !had || !sameMilestone(was, m) {
			ch.Milestones = append(ch.Milestones, m)
		}
		if had && was.Pending() && !m.Pending() {
			ch.Settled = append(ch.Settled, m.Seq)
		}
	}
	timers := map[int]incident.Timer{}
	for _, t := range book.Timers(before) {
		timers[t.Milestone] = t
	}
	for _, t := range book.Timers(after) {
		if was, had := timers[t.Milestone]; !had || was.Rung != t.Rung || !was.FireAt.Equal(t.FireAt) {
			ch.Timers = append(ch.Timers, t)
		}
		delete(timers, t.Milestone)
	}
	for seq := range timers {
		ch.Stopped = append(ch.Stopped, seq)
	}
	slices.Sort(ch.Stopped)
	return ch
}

func sameMilestone(a, b incident.Milestone) bool {
	same := a.State == b.State && a.Limit.Equal(b.Limit) && a.Target.Equal(b.Target) && a.MetAt.Equal(b.MetAt) &&
		a.Extended == b.Extended && a.Ref == b.Ref && a.Counted == b.Counted && a.Warning == b.Warning && a.Unit == b.Unit
	return same && slices.EqualFunc(a.Told, b.Told, func(x, y incident.Told) bool {
		return x.Rung == y.Rung && x.Nth == y.Nth && x.At.Equal(y.At) &&
			slices.Equal(x.People, y.People) && slices.Equal(x.Acked, y.Acked)
	})
}

// address turns the audiences that commands named by post into people.
func (d *Desk) address(book sla.Book, c incident.Case, out incident.Outcome, now time.Time) []incident.Notice {
	var notices []incident.Notice
	for _, n := range out.Notices {
		unit := n.Unit
		if n.Post.County() {
			unit = d.Directory().County()
		}
		for _, r := range d.Directory().Resolve([]org.Post{n.Post}, unit, now) {
			n.Person, n.Unit, n.Post, n.StandsFor = r.Person.ID, r.Unit, r.Post, r.StandsFor
			n.Entry = c.Log.Seq + len(out.Entries)
			n.Text = d.named(c, n.Text)
			n.Level, n.Urgency, n.At = c.Level(), urgency(c.Level(), false), now
			n.NotBefore = book.HoldUntil(c.Level(), now)
			notices = append(notices, n)
		}
	}
	return notices
}

// named begins a sentence with the unit's name where a command began it with its id.
func (d *Desk) named(c incident.Case, text string) string {
	units := []org.UnitID{c.Lead}
	for _, p := range c.Dispatchings {
		units = append(units, p.Unit)
	}
	for _, u := range units {
		if rest, ok := strings.CutPrefix(text, string(u)); ok && u != "" {
			return d.Directory().UnitName(u) + rest
		}
	}
	return text
}

func urgency(level incident.Level, overdue bool) incident.Urgency {
	switch {
	case level == incident.Emergency:
		return incident.UrgencyEmergency
	case level == incident.Major:
		return incident.UrgencyMajor
	case overdue:
		return incident.UrgencyOverdue
	}
	return incident.UrgencyNormal
}
