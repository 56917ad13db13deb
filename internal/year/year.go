// Package year plays a stretch of a county's life through a real desk on a simulated
// clock, seeded: reports of all levels, units that are prompt, late or silent, returns,
// extensions, plans, merges, reopenings. Tests of reports count it, benchmarks fill their
// database with it.
package year

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// Play is what is played.
type Play struct {
	Store desk.Store
	Seed  uint64
	From  time.Time
	// Incidents are spread over Days.
	Incidents, Days int
	// Every is how often timers are looked at; 0 fires each at its very instant.
	Every time.Duration
	// Ahead is how many changes are saved together, while the play goes on: a long play is
	// faster by it, and the same. 0 saves each before the next is decided on. The store must
	// be empty then, and is not to be read until the play is over.
	Ahead int
	// Desk is told of the desk before anything happens; may be nil.
	Desk func(*desk.Desk)
}

// Zone is the county's.
func Zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// county is being played.
type county struct {
	Play
	desk   *desk.Desk
	clock  *clockwork.FakeClock
	rand   *rand.Rand
	events events
	seq    int
	heads  []incident.ID // incidents into which others may be merged
	fired  time.Time
}

// Run plays to the end of the last day, and returns the desk and the clock as they then are.
func Run(ctx context.Context, p Play) (*desk.Desk, *clockwork.FakeClock, error) {
	c := &county{Play: p, clock: clockwork.NewFakeClockAt(p.From), rand: rand.New(rand.NewPCG(p.Seed, 7))} //nolint:gosec // a world that replays
	var run *ahead
	if p.Ahead > 0 {
		run = runAhead(ctx, p.Store, p.Ahead)
		c.Store = run
	}
	err := c.play(ctx)
	if run != nil {
		err = errors.Join(err, run.end())
		c.Store = p.Store
		err = errors.Join(err, c.open(ctx))
	}
	return c.desk, c.clock, err
}

func (c *county) play(ctx context.Context) error {
	p := c.Play
	if err := c.open(ctx); err != nil {
		return err
	}
	if p.Desk != nil {
		p.Desk(c.desk)
	}
	span := time.Duration(p.Days) * 24 * time.Hour
	for range p.Incidents {
		c.at(time.Duration(c.rand.Int64N(int64(span))), c.register)
	}
	for len(c.events) > 0 {
		e, _ := heap.Pop(&c.events).(event)
		if e.at.After(p.From.Add(span)) {
			break
		}
		if err := c.runTo(ctx, e.at); err != nil {
			return err
		}
		err := e.do(ctx)
		var refused *incident.Error
		if err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return c.runTo(ctx, p.From.Add(span))
}

func (c *county) open(ctx context.Context) error {
	_, doc, err := configs.Read("", "policy.yaml")
	if err != nil {
		return fmt.Errorf("read policy: %w", err)
	}
	policy, err := sla.ParsePolicy("policy.yaml", doc)
	if err != nil {
		return fmt.Errorf("read policy: %w", err)
	}
	c.desk, err = desk.New(ctx, desk.Deps{
		Store: c.Store, Clock: c.clock, Zone: Zone(), Assessor: given{}, Log: slog.New(slog.DiscardHandler), Policy: policy,
		Reachable: func(org.Person) bool { return true }, WakeEngine: func(time.Time) {}, WakeCourier: func() {},
	})
	if err != nil {
		return fmt.Errorf("make desk: %w", err)
	}
	if err := c.desk.SetDirectory(ctx, people()); err != nil {
		return fmt.Errorf("set up people: %w", err)
	}
	return nil
}

// given takes the level that comes with a report.
type given struct{}

func (given) Assess(incident.Report, time.Time) classifier.Assessment {
	return classifier.Assessment{Grading: incident.Grading{Level: incident.General}}
}

func units() []string {
	return []string{"县住建局", "县自然资源局", "县教育局", "县卫健局", "县公安局", "县交通运输局", "县市场监管局", "县城管局", "城关镇", "南桥镇", "吉潭镇", "三标乡"}
}

const hall = org.UnitID("fuban")

func people() org.Data {
	d := org.Data{Units: []org.Unit{{ID: hall, Name: "县政府办", County: true}}}
	for i, name := range units() {
		u := org.Unit{ID: org.UnitID(fmt.Sprintf("u%d", i)), Name: name, Parent: hall}
		if r := []rune(name); r[0] != '县' {
			u.Region = name
		}
		d.Units = append(d.Units, u)
	}
	for _, u := range d.Units {
		for _, p := range org.Posts() {
			if p.County() == u.County {
				id := org.PersonID(string(u.ID) + "-" + string(p))
				d.Persons = append(d.Persons, org.Person{ID: id, Name: u.Name + p.Chinese(), Addresses: []org.Address{{Channel: "console", To: string(id)}}})
				d.Appointments = append(d.Appointments, org.Appointment{Person: id, Unit: u.ID, Post: p})
			}
		}
	}
	return d
}

// event is something that somebody does at an instant.
type event struct {
	at  time.Time
	seq int
	do  func(context.Context) error
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return cmp.Or(e[i].at.Compare(e[j].at), e[i].seq-e[j].seq) < 0
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any) {
	v, _ := x.(event)
	*e = append(*e, v)
}

func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// at plans something for so long after the beginning.
func (c *county) at(after time.Duration, do func(context.Context) error) {
	c.seq++
	heap.Push(&c.events, event{c.From.Add(after.Truncate(time.Second)), c.seq, do})
}

// later plans something for so long after now.
func (c *county) later(after time.Duration, do func(context.Context) error) {
	c.at(c.clock.Now().Sub(c.From)+after, do)
}

// within draws a time up to most.
func (c *county) within(most time.Duration) time.Duration {
	return time.Duration(c.rand.Int64N(int64(most)))
}

func (c *county) chance(percent int) bool { return c.rand.IntN(100) < percent }

func (c *county) runTo(ctx context.Context, until time.Time) error {
	for {
		next, due := until, c.fired.Add(c.Every)
		if c.Every > 0 && until.Before(due) {
			break
		}
		t, err := c.desk.Fire(ctx, c.clock.Now())
		if err != nil {
			return fmt.Errorf("fire: %w", err)
		}
		c.fired = c.clock.Now()
		if c.Every == 0 && !t.IsZero() && t.Before(until) {
			next = t
		}
		c.set(next)
		if next.Equal(until) {
			break
		}
	}
	c.set(until)
	return nil
}

func (c *county) set(at time.Time) {
	if d := at.Sub(c.clock.Now()); d > 0 {
		c.clock.Advance(d)
	}
}

func (c *county) actor(unit org.UnitID, post org.Post) org.Actor {
	if post.County() {
		unit = hall
	}
	by, _ := c.desk.Directory().Actor(org.PersonID(string(unit)+"-"+string(post)), "test", c.clock.Now())
	return by
}

func (c *county) do(ctx context.Context, id incident.ID, by org.Actor, cmd incident.Command) error {
	_, err := c.desk.Do(ctx, by, id, cmd, "")
	return err //nolint:wrapcheck // a refusal, or a fault of the store
}

// act plans a command of the lead unit's post, whichever unit leads then.
func (c *county) act(after time.Duration, id incident.ID, post org.Post, cmd func() incident.Command) {
	c.later(after, func(ctx context.Context) error {
		now, err := c.desk.Get(ctx, id)
		if err != nil {
			return err //nolint:wrapcheck // a fault of the store
		}
		return c.do(ctx, id, c.actor(now.Lead, post), cmd())
	})
}

// publish plans that words go out, with all that comes before it: written, handed in and
// reviewed by three people, all at that instant.
func (c *county) publish(after time.Duration, id incident.ID, post org.Post, cmd func() incident.Command) {
	c.later(after, func(ctx context.Context) error {
		now, err := c.desk.Get(ctx, id)
		if err != nil {
			return err //nolint:wrapcheck // a fault of the store
		}
		const title, text = "情况通报", "有关部门已到现场，正在核实处理，进展将及时公布。联系电话：12345。"
		hash, n := incident.HashText(title, text), len(now.Drafts)+1
		writer := c.actor(now.Lead, org.Handler)
		steps := []desk.Step{
			{Command: incident.WriteDraft{Title: title, Text: text}, By: writer},
			{Command: incident.SubmitDraft{Draft: n, Hash: hash, Secrecy: true, Privacy: true}, By: writer},
		}
		for i, post := range []org.Post{org.SectionHead, org.Deputy, org.Head} {
			steps = append(steps, desk.Step{
				Command: incident.ReviewDraft{Draft: n, Hash: hash, Stage: incident.Stages()[i], Approve: true}, By: c.actor(now.Lead, post),
			})
		}
		out := cmd()
		switch v := out.(type) {
		case incident.Respond:
			v.Draft = n
			out = v
		case incident.Release:
			v.Draft = n
			out = v
		}
		_, err = c.desk.Rehearse(ctx, id, append(steps, desk.Step{Command: out, By: c.actor(now.Lead, post)})...)
		return err //nolint:wrapcheck // a refusal, or a fault of the store
	})
}

func (c *county) register(ctx context.Context) error {
	level := incident.General
	switch n := c.rand.IntN(100); {
	case n < 3:
		level = incident.Emergency
	case n < 15:
		level = incident.Major
	}
	sources := []incident.Source{
		{Name: "12345热线", Kind: incident.SourceHotline, WantsAnswer: true},
		{Name: "问政江西", Kind: incident.SourcePlatform, Public: true, WantsAnswer: true},
		{Name: "微博", Kind: incident.SourceWeb, Public: true},
	}
	categories := []string{"市政道路", "房屋质量", "噪声", "欠薪", "校园安全", "占道经营"}
	category := categories[c.rand.IntN(len(categories))]
	r := incident.Report{
		Source: sources[c.rand.IntN(len(sources))], ExternalID: fmt.Sprintf("%s-%d", c.From.Format("20060102"), c.rand.Int64()),
		Title: category + "问题，请尽快处理", Text: "反映人住城关镇西街，问题已有多日，附近居民都受影响，希望有关部门到现场查看并尽快答复。", Place: "城关镇西街",
		SubmittedAt: c.clock.Now().Add(-c.within(3 * time.Hour)), Reporter: incident.Reporter{Name: "张三", Phone: "13812345678"},
	}
	unit := org.UnitID(fmt.Sprintf("u%d", c.rand.IntN(len(units()))))
	k, _, err := c.desk.Register(ctx, c.actor(hall, org.DutyOfficer), desk.Registration{Register: incident.Register{
		Report: r, Grading: incident.Grading{Level: level, Category: category, By: "officer", Confirmed: true, Influence: level != incident.General && c.chance(50)},
	}})
	if err != nil {
		return err //nolint:wrapcheck // a refusal, or a fault of the store
	}
	c.way(k.ID, level, unit)
	return nil
}

// way plans what becomes of an incident. Each unit has a character of its own: the later
// ones are slower.
func (c *county) way(id incident.ID, level incident.Level, unit org.UnitID) {
	duty := func(after time.Duration, cmd incident.Command) {
		c.later(after, func(ctx context.Context) error { return c.do(ctx, id, c.actor(hall, org.DutyOfficer), cmd) })
	}
	if c.chance(5) && len(c.heads) > 0 {
		duty(c.within(time.Hour), incident.Merge{Into: c.heads[c.rand.IntN(len(c.heads))], Reason: "同一问题"})
		return
	}
	c.heads = append(c.heads, id)
	if len(c.heads) > 20 {
		c.heads = slices.Delete(c.heads, 0, 1)
	}
	if c.chance(3) {
		return // forgotten: never dispatched
	}
	wait := c.within(5 * time.Hour)
	if level == incident.Emergency {
		wait = c.within(12 * time.Minute)
	}
	duty(wait, incident.Dispatch{Lead: unit})
	if c.chance(2) {
		c.later(wait+time.Minute, func(ctx context.Context) error {
			return c.do(ctx, id, c.actor(hall, org.OfficeDirector), incident.DoVoid{Reason: "重复录入"})
		})
		return
	}
	if c.chance(8) {
		reason := "不属于本单位职责"
		if c.chance(50) {
			reason = "不属于"
		}
		c.act(wait+c.within(5*time.Hour), id, org.Deputy, func() incident.Command { return incident.Return{Reason: reason} })
		other := org.UnitID(fmt.Sprintf("u%d", c.rand.IntN(len(units()))))
		again := c.chance(20)
		if again {
			other = unit // the county stays by it, and gets it back once more
		}
		duty(wait+5*time.Hour+c.within(time.Hour), incident.Dispatch{Lead: other})
		wait += 6 * time.Hour
		if again {
			c.act(wait+c.within(time.Hour), id, org.Deputy, func() incident.Command { return incident.Return{Reason: reason + "，请另行分办"} })
			duty(wait+2*time.Hour, incident.Dispatch{Lead: org.UnitID(fmt.Sprintf("u%d", c.rand.IntN(len(units()))))})
			wait += 3 * time.Hour
		}
	}
	if c.chance(40) { // 知悉, by whoever was told most
		c.act(wait+c.within(100*time.Hour), id, org.Deputy, func() incident.Command { return incident.Acknowledge{} })
	}
	if level == incident.General && c.chance(2) {
		duty(wait+c.within(20*time.Hour), incident.Regrade{To: incident.Major, RegradeBy: "development", Reason: "反映的人增多"})
	}
	slow := 1 + int(unit[len(unit)-1]-'0')/3
	c.act(wait+time.Duration(slow)*c.within(2*time.Hour), id, org.Handler, func() incident.Command { return incident.Accept{} })
	if level != incident.General {
		c.grave(id, level, wait)
	}
	if c.chance(60) {
		c.publish(wait+c.within(50*time.Hour), id, org.Handler, func() incident.Command { return incident.Respond{Address: "https://example.gov.cn/reply"} })
	}
	if c.chance(7) {
		c.act(wait+c.within(50*time.Hour), id, org.Handler, func() incident.Command { return incident.AskExtension{Days: 2, Reason: "等待检测报告"} })
		c.later(wait+c.within(72*time.Hour), func(ctx context.Context) error {
			if c.chance(30) {
				return c.do(ctx, id, c.actor(hall, org.OfficeDirector), incident.RefuseExtension{Reason: "理由不足"})
			}
			return c.do(ctx, id, c.actor(hall, org.OfficeDirector), incident.GrantExtension{})
		})
	} else if c.chance(2) { // asked for in vain, and asked for again
		after := wait + c.within(30*time.Hour)
		ask := func() incident.Command { return incident.AskExtension{Days: 1, Reason: "涉及多个单位"} }
		c.act(after, id, org.Handler, ask)
		c.later(after+2*time.Hour, func(ctx context.Context) error {
			return c.do(ctx, id, c.actor(hall, org.OfficeDirector), incident.RefuseExtension{Reason: "理由不足"})
		})
		c.act(after+3*time.Hour, id, org.Handler, ask)
	}
	if c.chance(4) {
		return // never concluded
	}
	done := wait + c.within(time.Duration(slow)*40*time.Hour)
	c.conclude(id, done)
}

func (c *county) grave(id incident.ID, level incident.Level, wait time.Duration) {
	c.act(wait+c.within(2*time.Hour), id, org.Handler, func() incident.Command { return incident.FirstReport{Text: "已到现场，情况正在核实。"} })
	if level == incident.Emergency {
		c.publish(wait+c.within(7*time.Hour), id, org.Head, func() incident.Command {
			return incident.Release{Address: "https://example.gov.cn/notice", HeadSpoke: c.chance(40)}
		})
		c.act(wait+c.within(30*time.Hour), id, org.Deputy, func() incident.Command {
			return incident.PressConference{Place: "县政府会议室", Speaker: "主要负责人", HeadSpoke: c.chance(70)}
		})
	}
	if c.chance(30) {
		c.act(wait+c.within(130*time.Hour), id, org.Handler, func() incident.Command {
			return incident.Plan{PromisedAt: c.clock.Now().Add(10 * 24 * time.Hour), Text: "分期整改"}
		})
	}
}

func (c *county) conclude(id incident.ID, after time.Duration) {
	c.act(after, id, org.Head, func() incident.Command {
		if c.chance(20) {
			return incident.Conclude{ConcludeKind: incident.Explained, Basis: "江西省物业管理条例第三十条"}
		}
		if c.chance(6) {
			return incident.Conclude{ConcludeKind: incident.Clarified, Facts: "经核实，所述情况不属实", Address: "https://example.gov.cn/facts"}
		}
		return incident.Conclude{ConcludeKind: incident.Resolved, Result: "已整改到位"}
	})
	c.act(after+c.within(40*time.Hour), id, org.Handler, func() incident.Command { return incident.Feedback{Address: "12345平台已回复"} })
	result := []string{"satisfied", "satisfied", "satisfied", "unsatisfied", "unreached"}[c.rand.IntN(5)]
	c.later(after+c.within(90*time.Hour), func(ctx context.Context) error {
		return c.do(ctx, id, c.actor(hall, org.DutyOfficer), incident.Verify{Result: result})
	})
	if c.chance(4) {
		c.later(after+c.within(120*time.Hour), func(ctx context.Context) error {
			return c.do(ctx, id, c.actor(hall, org.DutyOfficer), incident.Reopen{Reason: "群众反映没有整改"})
		})
		c.act(after+120*time.Hour+c.within(80*time.Hour), id, org.Head, func() incident.Command {
			return incident.Conclude{ConcludeKind: incident.Resolved, Result: "再次整改到位"}
		})
	}
}
