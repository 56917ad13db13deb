package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/intake"
	"huiying/internal/drill"
	"huiying/notify"
	"huiying/org"
	"huiying/sla"
	"huiying/storage/sqlite"
)

// BacktestOptions say what is replayed, and how.
type BacktestOptions struct {
	File     string
	Source   string
	Mapping  intake.Mapping
	Policies []string // files laid over the built-in policy; empty for the configured one
	// DoneInDeadline: the mapping's deadline column holds when a report was answered.
	DoneInDeadline bool
	// AcceptAfter is when units take an incident on; ConcludeAfter when they conclude one of
	// which the file does not say when (0: never).
	AcceptAfter, ConcludeAfter time.Duration
}

// Backtest is what became of past reports under one or several policies.
type Backtest struct {
	Reports  int `json:"reports"`
	Rejected int `json:"rejected"` // rows that could not be read
	Undated  int `json:"undated"`  // rows without a time, which cannot be replayed
	Answered int `json:"answered"` // rows that say when they were answered
	// Recorded counts the rows that say when a milestone was met, by its kind; NotCounted
	// are the kinds that the file says nothing of, which are left out of every figure.
	Recorded   map[incident.MilestoneKind]int `json:"recorded"`
	NotCounted []incident.MilestoneKind       `json:"not_counted"`
	Policies   []BacktestPolicy               `json:"policies"`
}

// BacktestPolicy is what one policy would have made of them.
type BacktestPolicy struct {
	Policy     string              `json:"policy"` // file, and the version that it makes
	Version    string              `json:"version"`
	Levels     map[string]int      `json:"levels"`
	Overdue    int                 `json:"overdue_incidents"`
	Milestones []BacktestMilestone `json:"milestones"`
	Messages   int                 `json:"messages"`
	Posts      []BacktestPost      `json:"posts"`
	Units      []BacktestUnit      `json:"units"`
}

// BacktestMilestone counts one kind of milestone at one level.
type BacktestMilestone struct {
	Kind  incident.MilestoneKind `json:"kind"`
	Level incident.Level         `json:"level"`
	Met   int                    `json:"met"`
	Late  int                    `json:"met_late"`
	Open  int                    `json:"overdue"` // never met within the replay
}

// BacktestPost is how much the holders of a post would have had to read.
type BacktestPost struct {
	Post     org.Post `json:"post"`
	Messages int      `json:"messages"`
	People   int      `json:"people"`
	// MostADay is the most that one of them got on one day.
	MostADay int `json:"most_a_day"`
}

// BacktestUnit is how much of it fell on one unit.
type BacktestUnit struct {
	Unit     string `json:"unit"`
	Led      int    `json:"led"`
	Overdue  int    `json:"overdue"` // milestones late or never met
	Messages int    `json:"messages"`
}

// past is one report of the file.
type past struct {
	reg  incident.Register
	at   time.Time
	done time.Time // zero where the file does not say
	// met is when milestones were met, where the file says so.
	met map[incident.MilestoneKind]time.Time
}

// RunBacktest replays a file's reports through each policy in a house of its own: the same
// desk, ladders and courier as in service, on a simulated clock, with nobody to disturb.
func RunBacktest(ctx context.Context, cfg configs.Config, o BacktestOptions) (Backtest, error) {
	reports, out, err := readPast(ctx, cfg, o)
	if err != nil {
		return out, err
	}
	if len(reports) == 0 {
		return out, &incident.Error{Code: incident.CodeInvalid, Text: "文件里没有可以回测的行：每行须有标题或内容，以及受理时间。"}
	}
	policies := o.Policies
	if len(policies) == 0 {
		policies = []string{""}
	}
	for _, file := range policies {
		if file != "" {
			cfg.Files.Policy = file
		}
		book, err := LoadBook(cfg, "")
		if err != nil {
			return out, err
		}
		p, err := replay(ctx, cfg, book, reports, o, out.NotCounted)
		if err != nil {
			return out, err
		}
		p.Policy = cmp.Or(file, "现行政策")
		out.Policies = append(out.Policies, p)
	}
	return out, nil
}

// collector takes in the file's rows in place of a desk.
type collector struct{ regs []incident.Register }

func (c *collector) RegisterAll(_ context.Context, _ org.Actor, regs []incident.Register) ([]desk.Registered, error) {
	out := make([]desk.Registered, len(regs))
	for i, r := range regs {
		c.regs = append(c.regs, r)
		out[i].ID = incident.ID(len(c.regs))
	}
	return out, nil
}

func readPast(ctx context.Context, cfg configs.Config, o BacktestOptions) ([]past, Backtest, error) {
	var out Backtest
	sources, err := LoadSources(cfg)
	if err != nil {
		return nil, out, err
	}
	zone, err := Zone(cfg)
	if err != nil {
		return nil, out, err
	}
	var c collector
	im := intake.Importer{Desk: &c, Sources: sources, Zone: zone, Mapping: o.Mapping.WithPast(), Source: o.Source, By: org.System("backtest")}
	result, err := im.Run(ctx, o.File)
	if err != nil {
		return nil, out, err //nolint:wrapcheck // a sentence for people
	}
	out.Rejected = max(result.RejectedTotal, len(result.Rejected))
	out.NotCounted = unrecorded(result.Columns)
	out.Recorded = map[incident.MilestoneKind]int{}
	var reports []past
	for _, reg := range c.regs {
		p := past{reg: reg, at: reg.Report.SubmittedAt}
		if p.at.IsZero() {
			p.at = reg.Report.FoundAt
		}
		if p.at.IsZero() {
			out.Undated++
			continue
		}
		p.read(o.DoneInDeadline, &out)
		reports = append(reports, p)
	}
	out.Reports = len(reports)
	slices.SortStableFunc(reports, func(a, b past) int { return a.at.Compare(b.at) })
	return reports, out, nil
}

// read takes what became of the report out of its handed limits.
func (p *past) read(doneInDeadline bool, out *Backtest) {
	p.met = map[incident.MilestoneKind]time.Time{}
	var handed []incident.HandedLimit
	for _, l := range p.reg.Report.HandedLimits {
		switch {
		case l.Kind != incident.MilestoneConclude:
			p.met[l.Kind] = l.Limit
			out.Recorded[l.Kind]++
		case doneInDeadline:
			p.done = l.Limit
			out.Answered++
		default:
			handed = append(handed, l)
		}
	}
	p.reg.Report.HandedLimits = handed
}

// unrecorded are the milestones that a file with these columns says nothing of: what nobody
// recorded in the past must not be held against anybody. Later
// releases and follow-up reports no column could hold.
func unrecorded(columns []intake.Column) []incident.MilestoneKind {
	kinds := intake.PastFields()
	for _, c := range columns {
		delete(kinds, c.Field)
	}
	out := []incident.MilestoneKind{}
	for _, k := range incident.MilestoneKinds() {
		missing := slices.Contains(slices.Collect(maps.Values(kinds)), k)
		if missing || k == incident.MilestoneRollingRelease || k == incident.MilestoneFollowup {
			out = append(out, k)
		}
	}
	return out
}

// after is how long the replay goes on after the last report, so that the ladders of what
// nobody answers are seen.
const replayAfter = 15 * 24 * time.Hour

// replayer plays reports on a house.
type replayer struct {
	house  *House
	clock  *clockwork.FakeClock
	events []replayEvent
	o      BacktestOptions
	ids    []incident.ID

	messages map[org.PersonID]map[string]int // by day
	posts    map[org.PersonID]org.Post
	units    map[org.UnitID]int
	zone     *time.Location
	left     []incident.MilestoneKind // of which the file says nothing
}

type replayEvent struct {
	at time.Time
	do func(context.Context) error
}

func replay(ctx context.Context, cfg configs.Config, book sla.Book, reports []past, o BacktestOptions, left []incident.MilestoneKind) (out BacktestPolicy, err error) {
	dir, err := os.MkdirTemp("", "huiying-backtest-")
	if err != nil {
		return out, fmt.Errorf("临时目录不能写入：%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	log := slog.New(slog.DiscardHandler)
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(dir, "backtest.db"), Log: log, Throwaway: true})
	if err != nil {
		return out, fmt.Errorf("open the replay's database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	assessor, err := newAssessor(cfg)
	if err != nil {
		return out, err
	}
	templates, err := loadTemplates(cfg)
	if err != nil {
		return out, err
	}
	r := &replayer{
		clock: clockwork.NewFakeClockAt(reports[0].at), o: o, zone: book.Zone, left: left,
		messages: map[org.PersonID]map[string]int{}, posts: map[org.PersonID]org.Post{}, units: map[org.UnitID]int{},
	}
	recorder := drill.NewRecorder(db, func(n incident.Notice, _, _ string) { r.sent(n) })
	r.house, err = NewHouse(ctx, Parts{
		Book: book, Clock: r.clock, Store: recorded{db, db, recorder}, Channels: []notify.Channel{drill.Phone{}},
		Assessor: assessor, Templates: templates, Notify: cfg.Notify, Log: log,
	})
	if err != nil {
		return out, err
	}
	if err := r.people(ctx, cfg); err != nil {
		return out, err
	}
	for _, p := range reports {
		r.at(p.at, func(ctx context.Context) error { return r.register(ctx, p) })
	}
	if err := r.run(ctx, reports[len(reports)-1].at.Add(replayAfter)); err != nil {
		return out, err
	}
	out.Version = book.Policy.Version()
	return out, r.count(ctx, &out)
}

// people are the configured ones, each with a telephone that takes everything.
func (r *replayer) people(ctx context.Context, cfg configs.Config) error {
	data, err := LoadPeople(cfg)
	if err != nil {
		return err
	}
	for i := range data.Persons {
		data.Persons[i].Addresses = []org.Address{{Channel: drill.Phone{}.Name(), To: string(data.Persons[i].ID)}}
	}
	return r.house.Desk.SetDirectory(ctx, data) //nolint:wrapcheck // a sentence for people
}

func (r *replayer) sent(n incident.Notice) {
	if slices.Contains(r.left, n.About) {
		return // nobody would have been told of it, had it been recorded
	}
	day := r.clock.Now().In(r.zone).Format("2006-01-02")
	if r.messages[n.Person] == nil {
		r.messages[n.Person] = map[string]int{}
	}
	r.messages[n.Person][day]++
	r.posts[n.Person] = n.Post
	r.units[n.Unit]++
}

// at plans something; events of one instant happen in the order in which they were planned.
func (r *replayer) at(at time.Time, do func(context.Context) error) {
	i, _ := slices.BinarySearchFunc(r.events, at, func(e replayEvent, at time.Time) int {
		if e.at.After(at) {
			return 1
		}
		return -1
	})
	r.events = slices.Insert(r.events, i, replayEvent{at, do})
}

// run plays to an instant; what happens by itself on the way happens at its own.
func (r *replayer) run(ctx context.Context, until time.Time) error {
	for len(r.events) > 0 && !r.events[0].at.After(until) {
		e := r.events[0]
		r.events = r.events[1:]
		if err := r.runTo(ctx, e.at); err != nil {
			return err
		}
		err := e.do(ctx)
		var refused *incident.Error
		if err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return r.runTo(ctx, until)
}

func (r *replayer) runTo(ctx context.Context, until time.Time) error {
	for {
		timer, err := r.house.Desk.Fire(ctx, r.clock.Now())
		if err != nil {
			return fmt.Errorf("fire: %w", err)
		}
		waiting, err := r.house.Courier.Drain(ctx)
		if err != nil {
			return fmt.Errorf("send: %w", err)
		}
		next := until
		for _, at := range []time.Time{timer, waiting} {
			if !at.IsZero() && at.Before(next) {
				next = at
			}
		}
		if d := next.Sub(r.clock.Now()); d > 0 {
			r.clock.Advance(d)
		}
		if next.Equal(until) {
			return nil
		}
	}
}

// register takes a report in, gives it to the unit that the classifier suggests, and plans
// what the unit did with it.
func (r *replayer) register(ctx context.Context, p past) error {
	duty, err := r.actor(r.house.Desk.Directory().County(), org.DutyOfficer)
	if err != nil {
		return err
	}
	c, again, err := r.house.Desk.Register(ctx, duty, desk.Registration{Register: p.reg})
	if err != nil || again {
		return err //nolint:wrapcheck // a refusal, or a fault of the store
	}
	r.ids = append(r.ids, c.ID)
	lead := r.house.Desk.Directory().County()
	if len(c.Grading.Suggested) > 0 {
		lead = c.Grading.Suggested[0]
	}
	if _, err := r.house.Desk.Do(ctx, duty, c.ID, incident.Dispatch{Lead: lead}, ""); err != nil {
		return err //nolint:wrapcheck // a refusal, or a fault of the store
	}
	r.at(r.clock.Now().Add(r.o.AcceptAfter), func(ctx context.Context) error {
		return r.do(ctx, c.ID, lead, org.Handler, incident.Accept{})
	})
	r.plan(c.ID, lead, p)
	done := p.done
	if done.IsZero() && r.o.ConcludeAfter > 0 {
		done = p.at.Add(r.o.ConcludeAfter)
	}
	if done.IsZero() {
		return nil
	}
	if done.Before(r.clock.Now()) {
		done = r.clock.Now()
	}
	r.at(done, func(ctx context.Context) error {
		const answer = "按历史记录答复"
		err := r.do(ctx, c.ID, lead, org.Head, incident.Conclude{ConcludeKind: incident.Resolved, Result: answer, Address: answer})
		return errors.Join(err, r.do(ctx, c.ID, lead, org.Handler, incident.Feedback{Address: answer}))
	})
	return nil
}

// plan lets the unit do what the file says it did beside answering.
func (r *replayer) plan(id incident.ID, lead org.UnitID, p past) {
	const words = "按历史记录"
	for _, kind := range slices.Sorted(maps.Keys(p.met)) {
		at := p.met[kind]
		if at.Before(r.clock.Now()) {
			at = r.clock.Now()
		}
		r.at(at, func(ctx context.Context) error {
			switch kind { //nolint:exhaustive // the file says nothing of the others
			case incident.MilestoneFirstReport:
				return r.do(ctx, id, lead, org.Handler, incident.FirstReport{Text: words})
			case incident.MilestonePressConference:
				return r.do(ctx, id, lead, org.Head, incident.PressConference{Place: words, Speaker: words})
			}
			return r.release(ctx, id, lead, words)
		})
	}
}

// release releases what the file says was released, with its three reviews.
func (r *replayer) release(ctx context.Context, id incident.ID, lead org.UnitID, words string) error {
	by, err := r.actor(lead, org.Head)
	if err != nil {
		return err
	}
	c, err := r.house.Desk.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("read incident %s: %w", id, err)
	}
	return drill.Publish(ctx, r.house.Desk, r.clock.Now(), c, drill.Words{Title: words, Text: words}, incident.Release{Address: words}, by) //nolint:wrapcheck // a refusal, or a fault of the store
}

func (r *replayer) do(ctx context.Context, id incident.ID, unit org.UnitID, post org.Post, cmd incident.Command) error {
	by, err := r.actor(unit, post)
	if err != nil {
		return err
	}
	_, err = r.house.Desk.Do(ctx, by, id, cmd, "")
	return err //nolint:wrapcheck // a refusal, or a fault of the store
}

// actor is somebody who holds the post; the county office's own posts act for it where it leads.
func (r *replayer) actor(unit org.UnitID, post org.Post) (org.Actor, error) {
	dir, now := r.house.Desk.Directory(), r.clock.Now()
	for _, on := range dir.Resolve([]org.Post{post}, unit, now) {
		if by, ok := dir.Actor(on.Person.ID, "backtest", now); ok {
			return by, nil
		}
	}
	return org.Actor{}, &incident.Error{Code: incident.CodeInvalid, Text: "机构人员里没有" + post.Chinese() + "，不能回测。"}
}

// count sums up what became of everything.
func (r *replayer) count(ctx context.Context, out *BacktestPolicy) error {
	out.Levels = map[string]int{}
	kinds := map[incident.MilestoneKind]map[incident.Level]*BacktestMilestone{}
	units := map[org.UnitID]*BacktestUnit{}
	dir, now := r.house.Desk.Directory(), r.clock.Now()
	unit := func(id org.UnitID) *BacktestUnit {
		if units[id] == nil {
			units[id] = &BacktestUnit{Unit: dir.UnitName(id), Messages: r.units[id]}
		}
		return units[id]
	}
	for id := range r.units {
		unit(id)
	}
	for _, id := range r.ids {
		c, err := r.house.Desk.Get(ctx, id)
		if err != nil {
			return fmt.Errorf("read incident %s: %w", id, err)
		}
		out.Levels[string(c.Level())]++
		unit(c.Lead).Led++
		late := false
		for _, m := range c.Milestones {
			state := m.StateAt(now)
			if state == incident.Voided || state == incident.Pending || m.Kind.Inner() || slices.Contains(r.left, m.Kind) {
				continue
			}
			if kinds[m.Kind] == nil {
				kinds[m.Kind] = map[incident.Level]*BacktestMilestone{}
			}
			k := kinds[m.Kind][c.Level()]
			if k == nil {
				k = &BacktestMilestone{Kind: m.Kind, Level: c.Level()}
				kinds[m.Kind][c.Level()] = k
			}
			switch state {
			case incident.Met:
				k.Met++
			case incident.MetLate:
				k.Late++
			case incident.Overdue:
				k.Open++
			case incident.Pending, incident.Voided:
			}
			if state != incident.Met {
				late = true
				unit(c.Lead).Overdue++
			}
		}
		if late {
			out.Overdue++
		}
	}
	for _, kind := range incident.MilestoneKinds() {
		for _, level := range incident.Levels() {
			if k := kinds[kind][level]; k != nil {
				out.Milestones = append(out.Milestones, *k)
			}
		}
	}
	for _, u := range units {
		out.Units = append(out.Units, *u)
	}
	slices.SortFunc(out.Units, func(a, b BacktestUnit) int {
		return cmp.Or(b.Overdue-a.Overdue, b.Messages-a.Messages, cmp.Compare(a.Unit, b.Unit))
	})
	r.countPosts(out)
	return nil
}

func (r *replayer) countPosts(out *BacktestPolicy) {
	for _, post := range org.Posts() {
		p := BacktestPost{Post: post}
		for person, days := range r.messages {
			if r.posts[person] != post {
				continue
			}
			p.People++
			for _, n := range days {
				p.Messages += n
				p.MostADay = max(p.MostADay, n)
			}
		}
		if p.People > 0 {
			out.Posts = append(out.Posts, p)
			out.Messages += p.Messages
		}
	}
}
