package drill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// House is what a drill plays on: a desk over a store, and a courier that is pumped by
// hand so that each instant is finished before the next begins.
type House struct {
	Clock *clockwork.FakeClock
	Desk  *desk.Desk
	// Pump sends what waits at this instant and says when something waits next (zero for nothing).
	Pump func(ctx context.Context) (time.Time, error)
	// OnSent takes whom to tell of each notice that reached its reader.
	OnSent func(func(n incident.Notice, channel, text string))
}

// player is a drill being played.
type player struct {
	House
	script *Script
	source func(name string) incident.Source
	emit   func(Event)

	ids   map[string]incident.ID
	names map[incident.ID]string
	leads map[string]org.UnitID // the last unit that led, for steps that name nobody
	seen  map[incident.ID]incident.Case
	late  map[milestoneKey]bool
	// down is the end of an outage, zero while the house is up.
	down time.Time
}

type milestoneKey struct {
	id  incident.ID
	seq int
}

// Play runs the script to its end and hands out the events in order of time.
func Play(ctx context.Context, h House, s *Script, source func(string) incident.Source, emit func(Event)) error {
	p := &player{
		House: h, script: s, source: source, emit: emit,
		ids: map[string]incident.ID{}, names: map[incident.ID]string{}, leads: map[string]org.UnitID{},
		seen: map[incident.ID]incident.Case{}, late: map[milestoneKey]bool{},
	}
	h.OnSent(p.sent)
	if err := h.Desk.SetDirectory(ctx, people(s)); err != nil {
		return fmt.Errorf("set up the drill's people: %w", err)
	}
	for _, step := range s.Steps {
		if err := p.runTo(ctx, step.At); err != nil {
			return err
		}
		if err := p.step(ctx, step); err != nil {
			return fmt.Errorf("第%d行：%w", step.Line, err)
		}
	}
	if err := p.runTo(ctx, s.Until); err != nil {
		return err
	}
	return p.settle(ctx)
}

// runTo lets everything happen that is due before at, instant by instant, and sets the
// clock to at. What is due at that very instant waits for the step that comes then.
func (p *player) runTo(ctx context.Context, at time.Time) error {
	for {
		if err := p.settleBefore(ctx, at); err != nil {
			return err
		}
		next, err := p.next(ctx)
		if err != nil {
			return err
		}
		if next.IsZero() || !next.Before(at) {
			break
		}
		p.set(next)
	}
	p.set(at)
	return nil
}

// settleBefore finishes the present instant, unless it is the one that a step is about to take.
func (p *player) settleBefore(ctx context.Context, at time.Time) error {
	if !p.Clock.Now().Before(at) {
		return nil
	}
	return p.settle(ctx)
}

func (p *player) set(at time.Time) {
	if d := at.Sub(p.Clock.Now()); d > 0 {
		p.Clock.Advance(d)
	}
}

// settle fires what is due now, sends what waits and reports what became overdue.
func (p *player) settle(ctx context.Context) error {
	now := p.Clock.Now()
	if p.isDown(now) {
		return nil
	}
	if _, err := p.Desk.Fire(ctx, now); err != nil {
		return fmt.Errorf("fire: %w", err)
	}
	if err := p.look(ctx, true); err != nil {
		return err
	}
	if _, err := p.Pump(ctx); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

func (p *player) isDown(now time.Time) bool { return now.Before(p.down) }

// next is the next instant at which something happens by itself.
func (p *player) next(ctx context.Context) (time.Time, error) {
	now := p.Clock.Now()
	if p.isDown(now) {
		return p.down, nil
	}
	timer, err := p.Desk.Fire(ctx, now)
	if err != nil {
		return time.Time{}, fmt.Errorf("fire: %w", err)
	}
	waiting, err := p.Pump(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("send: %w", err)
	}
	best := earliest(timer, waiting)
	for _, c := range p.seen {
		for _, m := range c.Milestones {
			if m.Pending() && m.Limit.After(now) {
				best = earliest(best, m.Limit)
			}
		}
	}
	return best, nil
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// look reads the cases again and reports what changed. over is true once the instant is
// over, when nothing can meet at it any more what was due at it.
func (p *player) look(ctx context.Context, over bool) error {
	ids := make([]incident.ID, 0, len(p.names))
	for id := range p.names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		c, err := p.Desk.Get(ctx, id)
		if err != nil {
			return fmt.Errorf("look at incident %s: %w", id, err)
		}
		p.report(p.seen[id], c, over)
		p.seen[id] = c
	}
	return nil
}

func (p *player) report(was, is incident.Case, over bool) {
	now := p.Clock.Now()
	name := p.names[is.ID]
	if was.State != is.State {
		p.emit(Event{At: now, Event: "state", Incident: name, State: string(is.State)})
	}
	for _, m := range is.Milestones {
		old := was.Milestone(m.Seq)
		if old == nil && m.Kind.Inner() && !m.Pending() {
			continue // asked for and done in one decision: it was never waited for
		}
		changed := old == nil || old.State != m.State || !old.Limit.Equal(m.Limit) || !old.Target.Equal(m.Target)
		key := milestoneKey{is.ID, m.Seq}
		state := m.State
		if m.Pending() && (now.After(m.Limit) || (over && now.Equal(m.Limit))) {
			state = incident.Overdue
			changed = changed || !p.late[key]
			p.late[key] = true
		}
		if changed {
			p.emit(Event{
				At: now, Event: "milestone", Incident: name, Milestone: string(m.Kind), State: string(state),
				Unit: string(m.Unit), Seq: m.Seq, Target: m.Target, Limit: m.Limit,
			})
		}
	}
}

// sent reports a notice that reached its reader.
func (p *player) sent(n incident.Notice, channel, text string) {
	p.emit(Event{
		At: p.Clock.Now(), Event: "notice", Incident: p.names[n.Incident], Kind: string(n.Kind), Milestone: string(n.About), Rung: n.Label, Nth: n.Nth,
		Person: p.Desk.Directory().PersonName(n.Person), Post: string(n.Post), Unit: string(n.Unit), Channel: channel,
		Text: text, StandsFor: n.StandsFor, Missed: n.Missed,
	})
}

// step does one step of the script.
func (p *player) step(ctx context.Context, s Step) error {
	if s.Do == doOutage {
		until, ok := s.Args["until"].(string)
		if !ok {
			return errors.New("outage 须写明 until")
		}
		at, err := parseTime(until, p.script.Zone)
		p.down = at
		return err
	}
	if p.isDown(p.Clock.Now()) {
		p.refuse(s, errors.New("系统停机期间无法办理。"))
		return nil
	}
	var err error
	if s.Do == doRegister {
		err = p.register(ctx, s)
	} else {
		err = p.command(ctx, s)
	}
	var refused *incident.Error
	if errors.As(err, &refused) || errors.Is(err, incident.ErrNotFound) {
		p.refuse(s, err)
		err = nil
	}
	if err != nil {
		return err
	}
	return p.look(ctx, false)
}

func (p *player) refuse(s Step, err error) {
	text := err.Error()
	var e *incident.Error
	if errors.As(err, &e) || errors.Is(err, incident.ErrNotFound) {
		text = incident.Text(err)
	}
	p.emit(Event{At: p.Clock.Now(), Event: "refused", Incident: s.ID, Do: s.Do, Error: text})
}

// registration is what a register step may say.
type registration struct {
	Level       incident.Level         `json:"level"`
	Source      string                 `json:"source"`
	Title       string                 `json:"title"`
	Text        string                 `json:"text"`
	Place       string                 `json:"place"`
	Region      string                 `json:"region"`
	ExternalID  string                 `json:"external_id"`
	Influence   bool                   `json:"influence"`
	Public      *bool                  `json:"public"`
	WantsAnswer *bool                  `json:"wants_answer"`
	Submitted   time.Time              `json:"submitted_at"`
	Reported    time.Time              `json:"reported_at"`
	Found       time.Time              `json:"found_at"`
	Limits      []incident.HandedLimit `json:"handed_limits"`
	Lead        org.UnitID             `json:"lead"`
	Assisting   []org.UnitID           `json:"assisting"`
}

func (p *player) register(ctx context.Context, s Step) error {
	if _, twice := p.ids[s.ID]; twice {
		return fmt.Errorf("代号%s已经登记过", s.ID)
	}
	var r registration
	if err := p.decode(s, &r); err != nil {
		return err
	}
	source := p.source(r.Source)
	if r.Public != nil {
		source.Public = *r.Public
	}
	if r.WantsAnswer != nil {
		source.WantsAnswer = *r.WantsAnswer
	}
	title := r.Title
	if title == "" && r.Text == "" {
		title = s.ID
	}
	if r.Submitted.IsZero() {
		r.Submitted = r.Reported
	}
	by, err := p.actor(s, incident.Case{}, incident.KindRegister)
	if err != nil {
		return err
	}
	reg := incident.Register{Report: incident.Report{
		Source: source, ExternalID: r.ExternalID, Title: title, Text: r.Text, Place: r.Place, Region: r.Region,
		SubmittedAt: r.Submitted, FoundAt: r.Found, HandedLimits: r.Limits,
	}}
	if r.Level != "" {
		reg.Grading = incident.Grading{Level: r.Level, By: "officer", Confirmed: true, Influence: r.Influence}
	}
	c, duplicate, err := p.Desk.Register(ctx, by, desk.Registration{Register: reg, Lead: r.Lead, Assisting: r.Assisting})
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	p.ids[s.ID] = c.ID
	if !duplicate {
		p.names[c.ID] = s.ID
	}
	return nil
}

// decode turns a step's arguments into a struct, strictly.
func (p *player) decode(s Step, target any) error {
	raw, err := json.Marshal(s.Args)
	if err != nil {
		return fmt.Errorf("encode step: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(target); err != nil {
		return fmt.Errorf("读不懂：%w", err)
	}
	return nil
}

func (p *player) command(ctx context.Context, s Step) error {
	id, ok := p.ids[s.ID]
	if !ok {
		return fmt.Errorf("代号%s还没有登记", s.ID)
	}
	if into, ok := s.Args["into"].(string); ok {
		s.Args["into"] = p.ids[into]
	}
	c, err := p.Desk.Get(ctx, id)
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	if c.Lead != "" {
		p.leads[s.ID] = c.Lead
	}
	kind := incident.Kind(s.Do)
	seen(s, c, kind)
	rehearsed(s, kind)
	raw, err := json.Marshal(s.Args)
	if err != nil {
		return fmt.Errorf("encode step: %w", err)
	}
	cmd, err := incident.Decode(kind, raw)
	if err != nil {
		return err //nolint:wrapcheck // a sentence for people
	}
	by, err := p.actor(s, c, kind)
	if err != nil {
		return err
	}
	if whole(s, c, by, kind) {
		return p.publish(ctx, c, cmd, by, s)
	}
	_, err = p.Desk.Do(ctx, by, id, cmd, "")
	return err //nolint:wrapcheck // a sentence for people
}

// actor is who does the step: the one named, else the post that may do it.
func (p *player) actor(s Step, c incident.Case, kind incident.Kind) (org.Actor, error) {
	seat := Seat{}
	if s.By != nil {
		seat = *s.By
	}
	if seat.Post == "" {
		seat.Post = defaultPost(c, kind, s)
	}
	if units := c.Assisting; seat.Unit == "" && (kind == incident.KindCountersign || kind == incident.KindOpinion) && len(units) > 0 {
		seat.Unit = units[0]
	}
	if seat.Unit == "" {
		if seat.Unit = c.Lead; c.Lead == "" {
			seat.Unit = p.leads[s.ID]
		}
	}
	if seat.Post.County() {
		seat.Unit = hall
	}
	dir, now := p.Desk.Directory(), p.Clock.Now()
	for _, r := range dir.Resolve([]org.Post{seat.Post}, seat.Unit, now) {
		if by, ok := dir.Actor(r.Person.ID, "drill", now); ok {
			return by, nil
		}
	}
	return org.Actor{}, fmt.Errorf("%s没有人担任%s", seat.Unit, seat.Post.Chinese())
}

func defaultPost(c incident.Case, kind incident.Kind, s Step) org.Post {
	switch {
	case kind == incident.KindRegister, kind == incident.KindComment:
		return org.DutyOfficer
	case kind == incident.KindRelease && !slices.ContainsFunc(c.Drafts, approved):
		return org.Head
	case kind == incident.KindAcknowledge, kind == incident.KindPause:
		return org.Handler
	case s.By != nil && s.By.Unit != "" && s.By.Unit != hall:
		return firstOf(c.WhoMay(kind), false)
	}
	return firstOf(c.WhoMay(kind), true)
}

// rehearsed gives a step of an older script the reason that the command asks for now.
func rehearsed(s Step, kind incident.Kind) {
	if !slices.Contains([]incident.Kind{incident.KindMerge, incident.KindSplit, incident.KindDesignate, incident.KindRefuseExtension}, kind) {
		return
	}
	_, reason := s.Args["reason"]
	_, answer := s.Args["answer"]
	if !reason && !answer {
		s.Args["reason"] = "演练"
	}
}

func approved(d incident.Draft) bool { return d.State == incident.Approved }

func firstOf(posts []org.Post, county bool) org.Post {
	for _, p := range posts {
		if county || !p.County() {
			return p
		}
	}
	return org.Handler
}
